"""Where the prepared parts of a study lie among the blobs, and how they are had. The one place that knows these keys.

    derived/<study id>/manifest.json.gz                          the current manifest, replaced whole
    derived/<study id>/<version>/metadata/<series uid>.json.gz   DICOM JSON of the series' instances, in viewing order
    derived/<study id>/<version>/thumbs/<n>.webp, <n>p.webp      picture of the n-th series (from 1) small and as preview

`version` is the study's when it settled: what is under it never changes. Readers find the version in the manifest, so a
study is always seen as it was prepared at one time.
"""

import gzip
import json
import re
from typing import Any

from teleconsult.imaging.metadata import DicomJson, unpacked
from teleconsult.kernel.errors import Refused, absent
from teleconsult.records.blobs import BlobStore

_NAME = re.compile(r"[0-9]{1,5}p?\.webp")


def manifest_bytes(blobs: BlobStore, study_id: str) -> bytes:
    """The current manifest as gzip JSON, to be sent as it is. ABSENT `manifest.absent` until the study was prepared."""
    try:
        return blobs.read(_manifest(study_id))
    except Refused as error:
        raise absent("manifest.absent", study_id) from error


def manifest(blobs: BlobStore, study_id: str) -> dict[str, Any]:
    """The current manifest. ABSENT `manifest.absent`."""
    found: dict[str, Any] = json.loads(gzip.decompress(manifest_bytes(blobs, study_id)))
    return found


def series_metadata_bytes(blobs: BlobStore, study_id: str, version: int, series_uid: str) -> bytes:
    """DICOM JSON of a series' instances as gzip, to be sent as it is. ABSENT `blob.absent`."""
    return blobs.read(metadata_key(study_id, version, series_uid))


def series_metadata(blobs: BlobStore, study_id: str, version: int, series_uid: str) -> list[DicomJson]:
    """DICOM JSON of a series' instances. ABSENT `blob.absent`."""
    return unpacked(series_metadata_bytes(blobs, study_id, version, series_uid))


def picture(blobs: BlobStore, study_id: str, name: str) -> tuple[bytes, int]:
    """A WebP of the current version, and that version: `<n>.webp` or `<n>p.webp`, n the series' place from 1. ABSENT `picture.absent`.

    The key preview of the study is `1p.webp`. A URL that carries `?v=<version>` may be cached for ever; with another number it may
    not, for the places are other ones after late images.
    """
    if not _NAME.fullmatch(name):
        raise absent("picture.absent", name[:32])
    try:
        version = int(manifest(blobs, study_id)["version"])
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
    """Make this the current manifest, unless a later version is current already. Repeats safely."""
    try:
        if int(manifest(blobs, study_id)["version"]) > int(made["version"]):
            return
    except Refused:
        pass  # the first one
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    blobs.put(_manifest(study_id), gzip.compress(text.encode("utf-8", "replace"), mtime=0))


def _manifest(study_id: str) -> str:
    return f"derived/{study_id}/manifest.json.gz"
