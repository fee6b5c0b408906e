"""Where the prepared parts of a study lie among the blobs, and how they are had. The one place that knows these keys.

    derived/<study id>/<version>/manifest.json.gz                what a viewer needs before the first pixel
    derived/<study id>/<version>/metadata/<series uid>.json.gz   DICOM JSON of the series' instances, in viewing order
    derived/<study id>/<version>/thumbs/<n>.webp, <n>p.webp      picture of the n-th series (from 1) small and as preview

`version` is the study's when it settled: what is under it never changes, and two preparations never write the same name.
Which of them is shown stands in the study's row (`settle.prepared` compares and sets it), so a study is always seen as it was
prepared at one time, and an older preparation that ends last changes nothing. Readers hand in the `shown` of that row; None stands for
a study that was prepared before versions had manifests of their own, or never.

All of it can be made again from the objects, so a manifest that is missing or damaged is as good as none: `make_again` has it made.
"""

import gzip
import json
import re
import zlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update

from teleconsult.access import audience
from teleconsult.imaging import facts
from teleconsult.imaging.metadata import DicomJson, unpacked
from teleconsult.imaging.tables import StudyRow
from teleconsult.kernel.errors import Meaning, Refused, absent
from teleconsult.records import journal
from teleconsult.records.blobs import BlobStore
from teleconsult.records.work import By, Store, Work

GRACE: Final = timedelta(hours=24)
"""How long older files are kept after a newer version is shown. A session ends after twelve hours: nobody reads them any more."""
DAMAGED: Final = "object.damaged"
"""The problem of an instance whose file was found missing or altered and has not come back."""
_AT_ONCE = 5

_NAME = re.compile(r"[0-9]{1,5}p?\.webp")


def shown(work: Work, study_id: str) -> int | None:
    """The version of the study that is to be shown."""
    return work.session.scalar(select(StudyRow.shown_version).where(StudyRow.id == study_id))


def manifest_bytes(blobs: BlobStore, study_id: str, shown: int | None) -> bytes:
    """The current manifest as gzip JSON, to be sent as it is. ABSENT `manifest.absent` until the study was prepared, and where what was made
    is missing or damaged (`make_again`); BUSY `storage.unreachable`."""
    return _whole(blobs, study_id, shown)[0]


def manifest(blobs: BlobStore, study_id: str, shown: int | None) -> dict[str, Any]:
    """The current manifest. As `manifest_bytes`."""
    found: dict[str, Any] = json.loads(_whole(blobs, study_id, shown)[1])
    return found


def _whole(blobs: BlobStore, study_id: str, shown: int | None) -> tuple[bytes, bytes]:
    """The manifest packed and unpacked: gzip's own digest says whether it is what was written."""
    try:
        packed = blobs.read(_manifest(study_id, shown))
        text = gzip.decompress(packed)
    except (Refused, OSError, EOFError, zlib.error) as error:
        if isinstance(error, Refused) and error.meaning is not Meaning.ABSENT:
            raise
        raise absent("manifest.absent", study_id) from error
    if not text:  # an empty file unpacks to nothing
        raise absent("manifest.absent", study_id)
    return packed, text


def make_again(work: Work, study_id: str, shown: int | None) -> None:
    """Owe the making of a prepared study's manifest, for the one of version `shown` is missing or damaged.

    Nothing happens where another one is shown by now, where a later one is on its way already or was given up, or where the study was never
    prepared: it is owed once, however many ask for it at once. Permits nothing.
    """
    study = work.session.get(StudyRow, study_id, with_for_update=True, populate_existing=True)
    if study is None or study.prepared_at is None or study.shown_version != shown:
        return
    if not journal.is_owed(work, study_id, shown or 0, "prepare", "redraw"):
        work.keep(study)
        work.record(facts.manifest_lost(study_id, study.version, audience(work, study_id)))


def without(packed: bytes, gone: Collection[str]) -> bytes:
    """A manifest (gzip) without these SOP Instance UIDs and without pictures, which may show them. Its version is nobody's (negative), so
    that the one which is being made anew is another."""
    made: dict[str, Any] = json.loads(gzip.decompress(packed))
    series = []
    for each in made["series"]:
        left = [
            {name: value for name, value in instance.items() if name != "preview"}
            for instance in each["instances"]
            if instance["sop_uid"] not in gone
        ]
        if left:
            frames = sum(instance["frames"] for instance in left)
            series.append({**each, "instances": left, "frames_total": frames, "thumb": None, "preview": None})
    return _packed({**made, "version": -int(made["version"]), "series": series})


def with_damage(packed: bytes, damaged: Collection[str]) -> bytes:
    """A manifest (gzip) in which these SOP Instance UIDs say that their files are damaged or lost: nobody need ask for them to learn it."""
    made: dict[str, Any] = json.loads(gzip.decompress(packed))
    for series in made["series"]:
        for instance in series["instances"]:
            if instance["sop_uid"] in damaged:
                instance["problem"] = {"code": DAMAGED, "detail": ""}
    return _packed(made)


def _packed(made: dict[str, Any]) -> bytes:
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode("utf-8", "replace"), mtime=0)


def series_metadata_bytes(blobs: BlobStore, study_id: str, version: int, series_uid: str) -> bytes:
    """DICOM JSON of a series' instances as gzip, to be sent as it is. ABSENT `blob.absent`."""
    return blobs.read(metadata_key(study_id, version, series_uid))


def series_metadata(blobs: BlobStore, study_id: str, version: int, series_uid: str) -> list[DicomJson]:
    """DICOM JSON of a series' instances. ABSENT `blob.absent`."""
    return unpacked(series_metadata_bytes(blobs, study_id, version, series_uid))


def picture(blobs: BlobStore, study_id: str, shown: int | None, name: str) -> tuple[bytes, int]:
    """A WebP of the current version, and that version: `<n>.webp` or `<n>p.webp`, n the series' place from 1. ABSENT `picture.absent`.

    The key preview of the study is `1p.webp`. A URL that carries `?v=<version>` may be cached for ever; with another number it may
    not, for the places are other ones after late images.
    """
    if not _NAME.fullmatch(name):
        raise absent("picture.absent", name[:32])
    try:
        version = int(manifest(blobs, study_id, None)["version"]) if shown is None else shown
        return blobs.read(picture_key(study_id, version, name)), version
    except Refused as error:
        raise absent("picture.absent", name) from error


def picture_url(study_id: str, name: str, version: int) -> str:
    """Where web serves `picture`."""
    return f"/api/studies/{study_id}/thumbs/{name}?v={version}"


def metadata_key(study_id: str, version: int, series_uid: str) -> str:
    return f"derived/{study_id}/{version}/metadata/{series_uid}.json.gz"


def picture_key(study_id: str, version: int, name: str) -> str:
    return f"derived/{study_id}/{version}/thumbs/{name}"


def put_manifest(blobs: BlobStore, study_id: str, made: dict[str, Any]) -> None:
    """Keep the manifest of one version. Shown only after `settle.prepared`. Repeats safely."""
    blobs.put(_manifest(study_id, int(made["version"])), _packed(made))


def tidy(store: Store, by: By, blobs: BlobStore, grace: timedelta = GRACE) -> int:
    """Delete what older preparations left once a newer one has been shown for `grace`; of how many studies (a few at once).

    Repeats safely, also beside another one: only versions below the shown one go, and that one never falls.
    """
    with store.read(by) as work:
        stale = select(StudyRow.id, StudyRow.shown_version, StudyRow.stale_since)
        due = stale.where(StudyRow.stale_since <= work.now - grace).order_by(StudyRow.stale_since).limit(_AT_ONCE)
        found = work.session.execute(due).all()
    for study_id, version, since in found:
        if version is not None:
            _delete_older(blobs, study_id, version)
        with store.work(by) as work:
            _tidied(work, study_id, since)
    return len(found)


def _delete_older(blobs: BlobStore, study_id: str, shown: int) -> None:
    for name in blobs.names(f"derived/{study_id}"):
        if name.isdecimal() and int(name) < shown:
            blobs.delete_below(f"derived/{study_id}/{name}")
    blobs.delete(_manifest(study_id, None))


def _tidied(work: Work, study_id: str, since: datetime | None) -> None:
    work.session.execute(
        update(StudyRow).where(StudyRow.id == study_id, StudyRow.stale_since == since).values(stale_since=None),
        execution_options={"synchronize_session": False},
    )


def _manifest(study_id: str, shown: int | None) -> str:
    return f"derived/{study_id}/{'' if shown is None else f'{shown}/'}manifest.json.gz"
