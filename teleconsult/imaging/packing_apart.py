"""Packing and unpacking in a child process: a codec that hangs or crashes, and a file made to harm, cost one object its short way.

Both go from file to file; the child takes one picture into memory and has a limit of it, and a time.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any, Final

from teleconsult.imaging.packing import outline_of
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.imaging.render_apart import RenderApart
from teleconsult.kernel.errors import Refused, busy, invalid

_MODULE: Final = "teleconsult.imaging.packing_child"
_MEMORY: Final = 3 << 30
_SECONDS, _BYTES_PER_SECOND = 30.0, 2e6
"""What any file gets, and what must be got through in each second beyond it: a tenth of what an old machine does."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A packed file: its bytes and SHA-256, and the SHA-256 of the file that it becomes again."""

    size: int
    sha256: str
    original: str


class PackingApart:
    """At most so many children, started when they are needed. Shared by threads: who finds all of them busy waits `wait` seconds.

    `nice`: by how much everything else on the machine goes first.
    """

    def __init__(self, most: int = 1, *, nice: int = 0, wait: float = 60.0) -> None:
        self._nice, self._wait = nice, wait
        self._all = [RenderApart(memory=_MEMORY, module=_MODULE) for _ in range(most)]
        self._idle: LifoQueue[RenderApart] = LifoQueue()
        for apart in self._all:
            self._idle.put(apart)

    def pack(self, source: Path, target: Path) -> Packed:
        """Fill `target`, an empty file, with the packed `source`, proved to come back byte by byte. Raises Undecodable where it is sent as it is:
        `packing.unfit`, `packing.busy`, or whatever went wrong."""
        return Packed(**self._ask("pack", source, target, source.stat().st_size))

    def unpack(self, source: Path, target: Path, most: int, free: int | None = None) -> str:
        """Fill `target`, an empty file, with the original of at most `most` bytes; its SHA-256. `free`: what the disk has.

        INVALID `packing.damaged`, `packing.too_large`, `packing.digest`; BUSY `packing.busy`, `storage.full`.
        """
        try:
            with source.open("rb") as packed:
                size = outline_of(packed, most).size
            if free is not None and size > free:
                raise busy("storage.full", f"{size} bytes, {free} free")
            said = self._ask("unpack", source, target, size, most=most)
        except Undecodable as error:
            raise _refused(error) from error
        return str(said["original"])

    def close(self) -> None:
        """End the children. Safe to repeat."""
        for apart in self._all:
            apart.close()

    def _ask(self, what: str, source: Path, target: Path, size: int, **more: int) -> dict[str, Any]:
        try:
            apart = self._idle.get(timeout=self._wait)
        except Empty:
            raise Undecodable("packing.busy", f"after {self._wait:g} s") from None
        wanted = {"what": what, "source": str(source), "target": str(target), "nice": self._nice, **more}
        try:
            (content,) = apart.ask(wanted, _SECONDS + size / _BYTES_PER_SECOND)
        finally:
            self._idle.put(apart)
        said: dict[str, Any] = json.loads(content)
        return said


def _refused(error: Undecodable) -> Refused:
    if error.code == "storage.full":
        return busy("storage.full", error.detail)
    if error.code == "packing.busy":
        return busy("packing.busy", error.detail)
    if error.code in ("packing.too_large", "pixels.too_large"):
        return invalid("packing.too_large", error.detail)
    if error.code == "packing.digest":
        return invalid("packing.digest", error.detail)
    return invalid("packing.damaged", f"{error.code}: {error.detail}")
