"""Which objects travel packed (`teleconsult.imaging.packing`): on a slow line, what gets clearly smaller by it.

The packed files lie in `packing` of the home until the centre has their objects, so that one that was sent in part goes on after a restart.
Nothing depends on them: what can't be packed, or what the centre can't unpack, is sent as it is.
"""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dicom_node.gateway.config import Config
from dicom_node.gateway.shelf import Item, Shelf, digest_of
from dicom_node.gateway.speed import Speed
from teleconsult.imaging.packing import LEAST, NAME
from teleconsult.imaging.packing_apart import PackingApart
from teleconsult.imaging.pixels_values import Undecodable

LOG = logging.getLogger(__name__)
_NICE: Final = 10  # whoever receives from a modality goes first
_WAIT: Final = 10.0  # seconds for another object to be packed; then this one goes as it is
_ENDING = "tcpk"


@dataclass(frozen=True, slots=True)
class PackedFile:
    """`sha256` is of the packed file itself."""

    path: Path
    size: int
    sha256: str


@dataclass(slots=True)
class Saved:
    """Since the start: objects that travelled packed, their bytes on the line and as they were; and what the centre could not unpack."""

    objects: int = 0
    sent_bytes: int = 0
    original_bytes: int = 0
    refused: int = 0
    refused_code: str = ""


class Packing:
    """Threads share it."""

    def __init__(self, home: Path, config: Config, shelf: Shelf, speed: Speed) -> None:
        self._config, self._shelf, self._speed = config, shelf, speed
        self._folder = home / "packing"
        self._apart = PackingApart(nice=_NICE, wait=_WAIT)
        self._lock = threading.Lock()
        self._plain: set[str] = set()
        self._kept: dict[str, PackedFile] = {}
        self._told = 0
        self._active, self._understood = False, True
        self.saved = Saved()
        self._tidy()

    @property
    def state(self) -> str:
        """How it is at present: never, unknown (to the centre), on or off."""
        if self._config.packing == "never":
            return "never"
        if not self._understood:
            return "unknown"
        return "on" if self._wanted() else "off"

    def file_for(self, item: Item, packings: list[str], begun: bool) -> PackedFile | None:
        """The packed file of an object, made now where that is worth it; None where it goes as it is. `packings`: what the centre understands;
        `begun`: it has a part of the object as it is already."""
        wanted, understood = self._wanted(), NAME in packings
        if understood != self._understood:
            self._understood = understood
            LOG.warning("the centre %s packed files", "unpacks" if understood else "does not unpack")
        if not understood or self._config.packing == "never" or item.sha256 in self._plain:
            return None
        kept = self._kept.get(item.sha256)
        if kept is not None and kept.path.exists():
            return kept
        if not wanted or begun or item.size < LEAST or self._shelf.free_bytes() < item.size:
            return None
        return self._made(item)

    def sent(self, item: Item, packed: PackedFile) -> None:
        """The centre has unpacked it."""
        with self._lock:
            self.saved.objects += 1
            self.saved.sent_bytes += packed.size
            self.saved.original_bytes += item.size

    def spoilt(self, item: Item, code: str) -> None:
        """The centre does not take the packed file: from now on the object goes as it is."""
        with self._lock:
            if item.sha256 in self._plain:
                return
            self._plain.add(item.sha256)
            self.saved.refused += 1
            self.saved.refused_code = code
        LOG.warning("%s is sent as it is: the centre refused it packed: %s", item.path.name, code)
        self._drop(item.sha256)

    def forget(self, item: Item) -> None:
        """The object has gone."""
        self._drop(item.sha256)
        with self._lock:
            self._plain.discard(item.sha256)

    def say(self) -> None:
        """In the log, what was saved since this was last said."""
        saved = self.saved
        if saved.objects != self._told:
            self._told = saved.objects
            LOG.info("packed: %d objects, %d bytes sent of %d", saved.objects, saved.sent_bytes, saved.original_bytes)

    def _wanted(self) -> bool:
        active = self._config.packing == "always" or (self._config.packing == "auto" and self._speed.slow())
        if active != self._active:
            self._active = active
            rate = self._speed.bytes_per_second()
            LOG.info("packing %s; the line carries %s bytes/s", "begins" if active else "ends", f"{rate or 0:.0f}")
        return active

    def _made(self, item: Item) -> PackedFile | None:
        draft = self._folder / f"{item.sha256}.part"
        try:
            draft.touch()
            made = self._apart.pack(item.path, draft)
            if made.original != item.sha256:
                raise Undecodable("packing.digest", "the file on this disk is no longer what was received")
            packed = PackedFile(self._folder / f"{item.sha256}.{made.sha256}.{_ENDING}", made.size, made.sha256)
            os.replace(draft, packed.path)
        except (Undecodable, OSError) as error:
            draft.unlink(missing_ok=True)
            self._not_packed(item, error)
            return None
        with self._lock:
            self._kept[item.sha256] = packed
        return packed

    def _not_packed(self, item: Item, error: Exception) -> None:
        """As it is, for good: but where only everybody was busy it may be another time."""
        code = error.code if isinstance(error, Undecodable) else "disk"
        if code != "packing.busy":
            with self._lock:
                self._plain.add(item.sha256)
        if code not in ("packing.busy", "packing.unfit"):
            LOG.warning("%s could not be packed: %s", item.path.name, error)

    def _drop(self, sha256: str) -> None:
        with self._lock:
            kept = self._kept.pop(sha256, None)
        if kept is not None:
            kept.path.unlink(missing_ok=True)

    def _tidy(self) -> None:
        """After a start: whole packed files of what still waits stay, all else goes."""
        self._folder.mkdir(exist_ok=True)
        waiting = {item.sha256 for items in self._shelf.studies().values() for item in items}
        for path in self._folder.iterdir():
            original, *rest = path.name.split(".")
            good = len(rest) == 2 and rest[1] == _ENDING and original in waiting and digest_of(path) == rest[0]
            if good and self._config.packing != "never":
                self._kept[original] = PackedFile(path, path.stat().st_size, rest[0])
            else:
                path.unlink(missing_ok=True)
