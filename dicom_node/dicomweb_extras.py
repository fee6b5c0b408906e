"""Attributes that a search is to include and the index does not hold, from what was prepared for viewing (PS3.18 8.3.4.3).

They are the objects' own content, a report's text among it: for who may see the study's images.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from dicom_node.dicomweb_query import Question
from teleconsult.imaging import manifest_shelf
from teleconsult.imaging.find import Found
from teleconsult.imaging.metadata import DicomJson
from teleconsult.kernel.errors import Refused
from teleconsult.records.blobs import BlobStore

Json = dict[str, Any]
MOST_READ = 100
"""Prepared files that one search opens; results beyond are given without, and a Warning says so."""
_ALWAYS_OF_INSTANCES = frozenset({"00280100"})  # Bits Allocated (table 10.6.3-5): for all who find the instance


class Extras:
    """For one search. Nothing is read twice. `readable` are the studies whose images the asker may see.

    Afterwards `looked_into` are the studies of which more than the index was read; `left_out` says that it was too many, `withheld`
    that of some the asker may have the index only.
    """

    def __init__(self, blobs: BlobStore, readable: Collection[str]) -> None:
        self._blobs = blobs
        self._readable = readable
        self.looked_into: set[str] = set()
        self.withheld = False
        self._read: dict[tuple[str, str], dict[str, DicomJson]] = {}
        self.left_out = False

    def add(self, asked: Question, level: str, found: Sequence[Found], rows: Iterable[Json]) -> None:
        """Complete `rows`, which stand for `found`. What was not prepared yet, or the object does not say, stays out."""
        everything = asked.include_all and level == "instances"
        for item, row in zip(found, rows, strict=True):
            beyond, may = bool(asked.include - row.keys()) or everything, item.study.id in self._readable
            self.withheld = self.withheld or (beyond and not may)
            wanted = (asked.include if may else frozenset()) | (_ALWAYS_OF_INSTANCES if level == "instances" else set())
            source = self._source(item) if wanted - row.keys() or (everything and may) else None
            if source is None:
                continue
            if beyond and may:
                self.looked_into.add(item.study.id)
            names = (source.keys() if everything and may else wanted & source.keys()) - row.keys()
            row.update({tag: source[tag] for tag in names if "BulkDataURI" not in source[tag]})

    def _source(self, item: Found) -> DicomJson | None:
        """The instance's metadata, or that of the first one of the series or study."""
        version = item.study.shown_version
        if version is None:
            return None
        try:
            series_uid = item.series.series_uid if item.series is not None else self._first_series(item)
            prepared = self._prepared(item.study.id, version, series_uid)
        except Refused:
            return None
        if item.instance is not None:
            return prepared.get(item.instance.sop_uid)
        return next(iter(prepared.values()), None)

    def _first_series(self, item: Found) -> str:
        if len(self._read) >= MOST_READ:
            return ""
        made = manifest_shelf.manifest(self._blobs, item.study.id, item.study.shown_version)
        return str(made["series"][0]["series_uid"]) if made["series"] else ""

    def _prepared(self, study_id: str, version: int, series_uid: str) -> dict[str, DicomJson]:
        known = self._read.get((study_id, series_uid))
        if known is not None:
            return known
        if len(self._read) >= MOST_READ:
            self.left_out = True
            return {}
        if not series_uid:
            return {}
        entries = manifest_shelf.series_metadata(self._blobs, study_id, version, series_uid)
        made = {entry["00080018"]["Value"][0]: entry for entry in entries if entry.get("00080018", {}).get("Value")}
        self._read[study_id, series_uid] = made
        return made
