"""The first half of preparing a study: every object's metadata, and what is wrong with its pixels at first sight."""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from teleconsult.imaging import charset, header, metadata
from teleconsult.imaging.manifest import Problem
from teleconsult.imaging.manifest_fields import kind_of
from teleconsult.imaging.manifest_sources import Source, Sources
from teleconsult.imaging.metadata import DicomJson
from teleconsult.imaging.metadata_values import Decode
from teleconsult.imaging.pixels import FrameReader, frame_count
from teleconsult.imaging.pixels_file import opened
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.records import BlobStore
from workers.jobs.trail import Trail

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Headers:
    """DICOM JSON of every object, and problems by SOP instance uid."""

    metadata: list[DicomJson] = field(default_factory=list)
    problems: dict[str, Problem] = field(default_factory=dict)


def read(blobs: BlobStore, study: Sources, trail: Trail) -> Headers:
    """Read every object's header. One that cannot be read is listed with what the index knows, and its reason."""
    out = Headers()
    for source in study.objects:
        try:
            if trail.fatal(source.sop_uid):
                raise Undecodable("pixels.decoder_crashed", "workers died reading this object")
            with trail.at(source.sop_uid), on_disk(blobs, source.blob_key) as path:
                instance, problem = _one(path, study.charset)
        except (Undecodable, RecursionError, MemoryError) as error:
            code = error.code if isinstance(error, Undecodable) else "pixels.header"
            instance, problem = known(study.study_uid, source), Problem(code, str(error)[:300])
        out.metadata.append(instance)
        if problem is not None:
            out.problems[source.sop_uid] = problem
    return out


def _one(path: Path, override: str | None) -> tuple[DicomJson, Problem | None]:
    try:
        choice = header.read_stored(path, override).charset
    except Refused as refusal:
        raise Undecodable("pixels.header", str(refusal)) from refusal

    def decoder_for(declared: tuple[str, ...] | None) -> Decode:
        chosen = choice if declared is None else charset.choose(declared, (), override)
        return lambda raw: charset.decode(raw, chosen)

    with opened(path) as found:
        instance = metadata.dicom_json(found, decoder_for)
        problem = None
        if kind_of(instance) in ("images", "video"):
            frames = FrameReader(found, frame_count(found.header))
            try:
                frames.probe(0)
                frames.probe(frames.count - 1)
            except Undecodable as error:
                problem = Problem(error.code, error.detail)
    return instance, problem


def known(study_uid: str, source: Source) -> DicomJson:
    """The little that the index knows of an object whose header cannot be read."""
    texts = {
        "00080016": ("UI", source.sop_class),
        "00080018": ("UI", source.sop_uid),
        "00080060": ("CS", source.modality),
        "00083002": ("UI", source.transfer_syntax),
        "0020000D": ("UI", study_uid),
        "0020000E": ("UI", source.series_uid),
    }
    numbers = {
        "00200013": ("IS", source.number),
        "00280008": ("IS", source.frames),
        "00280010": ("US", source.rows),
        "00280011": ("US", source.columns),
    }
    every = {**texts, **numbers}
    return {tag: {"vr": vr, "Value": [value]} for tag, (vr, value) in every.items() if value is not None}


@contextmanager
def on_disk(blobs: BlobStore, key: str) -> Iterator[Path]:
    """The object's file on this machine: where it lies, or a copy for as long as it is needed."""
    path = blobs.path(key)
    if path is not None:
        yield path
        return
    try:
        with blobs.open(key) as kept, tempfile.NamedTemporaryFile(dir=blobs.staging(), prefix="read-") as copy:
            shutil.copyfileobj(kept, copy, 1 << 20)
            copy.flush()
            yield Path(copy.name)
    except Refused as refusal:
        if refusal.meaning is not Meaning.ABSENT:
            raise
        log.error("the bytes of %s are missing", key)
        raise Undecodable("pixels.file_absent") from refusal  # a screen shows it: no file is named
