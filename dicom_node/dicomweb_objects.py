"""Stored objects as DICOMweb names them: by three UIDs, after permission was asked; their files and their metadata."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from teleconsult.access import SYSTEM, Actor
from teleconsult.imaging import charset, find, header, manifest_shelf, metadata, queries, renditions, viewing, whole
from teleconsult.imaging.metadata import DicomJson
from teleconsult.imaging.metadata_values import Decode
from teleconsult.imaging.pixels_file import opened
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.kernel.errors import Refused, absent
from teleconsult.system import System

_AGAIN_AFTER = viewing.AGAIN_AFTER.total_seconds() / 2
_MOST_NOTED = 10_000
_ALL = find.Page(limit=200_000)


def verb_of(actor: Actor, verb: str) -> str:
    """What a person does with a study by `verb`, a peer does by a verb of its own."""
    if actor.kind != "peer":
        return verb
    return "study.find" if verb == "study.see" else "study.retrieve"


@dataclass(frozen=True, slots=True)
class Stored:
    """One object, as far as the web needs it. `charset` overrides what the header says of its text."""

    study_id: str
    study_uid: str
    series_uid: str
    sop_uid: str
    sop_class: str
    transfer_syntax: str
    blob_key: str
    size: int
    dataset_offset: int
    sha256: str
    frames: int
    rows: int | None
    columns: int | None
    charset: str | None

    @property
    def tag(self) -> str:
        """Names the object's content in entity tags: what a UID names never changes here."""
        return self.sha256[:24]


class Objects:
    """Looks objects up. Threads share it."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._noted: dict[tuple[str, str], float] = {}

    def instances(
        self, actor: Actor, verb: str, study: str, series: str | None = None, sop: str | None = None
    ) -> list[Stored]:
        """The objects named, at least one, by series and number.

        ABSENT `study.absent` also for who may not see the study, `instance.absent` for what it does not hold; FORBIDDEN
        for who may see it but not `verb`.
        """
        match = find.Match(study_uids=(study,), series_uids=(series,) if series else (), sop_uids=(sop,) if sop else ())
        with self._system.read(actor) as work:
            queries.study_by_uid(work, actor, study, verb_of(actor, verb))
            found = find.instances(work, SYSTEM, match, _ALL).items
        if not found:
            raise absent("instance.absent", sop or series or study)
        return [_stored(row) for row in found]

    def path(self, instance: Stored) -> Path:
        """The object's file on this machine. ABSENT `blob.absent`, also where it has not all of its bytes."""
        path = whole.file_of(self._system.blobs, instance)
        if path is None:
            raise absent("blob.absent", instance.blob_key)
        return path

    def is_there(self, instance: Stored) -> bool:
        """Whether the object's bytes are kept: they may have been lost, cut short, or found altered."""
        return whole.is_there(self._system.blobs, instance)

    def kept_fast(self, instance: Stored, numbers: Sequence[int]) -> bool:
        """Whether all these frames (from 1) are there as renditions for slow lines."""
        return all(renditions.kept(self._system.blobs, instance.blob_key, number) for number in numbers)

    def fast(self, instance: Stored, numbers: Sequence[int]) -> Iterator[bytes]:
        """The renditions of these frames. ABSENT `blob.absent`."""
        return (renditions.read(self._system.blobs, instance.blob_key, number) for number in numbers)

    def opened(self, actor: Actor, *study_ids: str) -> None:
        """Note that a person looks at the studies' images. A viewer asks for every series: asked again soon, nothing is done."""
        now = time.monotonic()
        fresh = [each for each in study_ids if now - self._noted.get((actor.id, each), -_AGAIN_AFTER) >= _AGAIN_AFTER]
        if actor.kind != "person" or not fresh:
            return
        with self._system.work(actor) as work:
            for study_id in fresh:
                viewing.images_opened(work, actor, study_id)
        if len(self._noted) > _MOST_NOTED:
            self._noted.clear()
        self._noted.update({(actor.id, study_id): now for study_id in fresh})

    def taken(self, actor: Actor, study_id: str, uid: str) -> None:
        """Note that objects were taken away, by the UID that was asked for. Of a system that fetches them one by one, only now and then."""
        now, key = time.monotonic(), (actor.id, f"{study_id} taken")
        if actor.kind == "peer" and now - self._noted.get(key, -_AGAIN_AFTER) < _AGAIN_AFTER:
            return
        with self._system.work(actor) as work:
            viewing.object_taken(work, actor, study_id, uid)
        if actor.kind == "peer":
            self._noted[key] = now

    def metadata(self, instances: Sequence[Stored]) -> tuple[bytes, str]:
        """DICOM JSON of the objects of one study, gzipped, and a tag for it.

        A whole series that was prepared goes out as it lies there; what came later, or was never prepared, is read now.
        """
        held = self._held(instances[0].study_id, instances)
        by_series: dict[str, set[str]] = defaultdict(set)
        for instance in instances:
            by_series[instance.series_uid].add(instance.sop_uid)
        tag = _tag(instance.sha256 for instance in instances)
        if len(by_series) == 1:
            ((series_uid, wanted),) = by_series.items()
            if held.sops.get(series_uid) == wanted:
                study_id = instances[0].study_id
                packed = manifest_shelf.series_metadata_bytes(self._system.blobs, study_id, held.version, series_uid)
                return packed, f"{tag}-{held.version}"
        return metadata.packed(self._mixed(instances, held)), f"{tag}-{held.version}"

    def _mixed(self, instances: Sequence[Stored], held: "_Held") -> list[DicomJson]:
        known: dict[str, DicomJson] = {}
        for series_uid in {instance.series_uid for instance in instances} & held.sops.keys():
            study_id = instances[0].study_id
            prepared = manifest_shelf.series_metadata(self._system.blobs, study_id, held.version, series_uid)
            known.update({entry["00080018"]["Value"][0]: entry for entry in prepared})
        return [known.get(instance.sop_uid) or self._read(instance) for instance in instances]

    def _held(self, study_id: str, instances: Sequence[Stored]) -> "_Held":
        try:
            with self._system.read() as work:
                shown = manifest_shelf.shown(work, study_id)
            prepared = manifest_shelf.manifest(self._system.blobs, study_id, shown)
        except Refused:
            return _Held(0, {})
        wanted = {instance.series_uid for instance in instances}
        sops = {
            entry["series_uid"]: {instance["sop_uid"] for instance in entry["instances"]}
            for entry in prepared["series"]
            if entry["series_uid"] in wanted
        }
        return _Held(int(prepared["version"]), sops)

    def _read(self, instance: Stored) -> DicomJson:
        """From the file itself; what cannot be read is described by what the index knows."""
        try:
            path = self.path(instance)
            choice = header.read_stored(path, instance.charset).charset

            def decoder_for(declared: tuple[str, ...] | None) -> Decode:
                chosen = choice if declared is None else charset.choose(declared, (), instance.charset)
                return lambda raw: charset.decode(raw, chosen)

            with opened(path) as found:
                return metadata.dicom_json(found, decoder_for)
        except (Refused, Undecodable):
            return _known(instance)


@dataclass(frozen=True, slots=True)
class _Held:
    """What was prepared: the version, and the objects in each series' sidecar."""

    version: int
    sops: dict[str, set[str]]


def _stored(found: find.Found) -> Stored:
    study, series, row = found.study, found.series, found.instance
    if series is None or row is None:
        raise TypeError("an instance was asked for")
    return Stored(
        study_id=study.id,
        study_uid=study.study_uid,
        series_uid=series.series_uid,
        sop_uid=row.sop_uid,
        sop_class=row.sop_class,
        transfer_syntax=row.transfer_syntax,
        blob_key=row.blob_key,
        size=row.size,
        dataset_offset=row.dataset_offset,
        sha256=row.sha256,
        frames=row.frames,
        rows=row.rows,
        columns=row.columns,
        charset=study.charset if study.charset_reason == "override" else None,
    )


def _known(instance: Stored) -> DicomJson:
    values = {
        "00080016": instance.sop_class,
        "00080018": instance.sop_uid,
        "00083002": instance.transfer_syntax,
        "0020000D": instance.study_uid,
        "0020000E": instance.series_uid,
    }
    return {tag: {"vr": "UI", "Value": [value]} for tag, value in values.items()}


def _tag(digests: Iterable[str]) -> str:
    return sha256("".join(digests).encode()).hexdigest()[:24]
