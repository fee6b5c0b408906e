"""A deflated data set (PS3.5 A.5) as a stream to be read and sought in, although it is never whole in memory nor on the disk.

A few megabytes may inflate to gigabytes. So the stream is inflated a piece at a time, and every few megabytes the state of inflating
(some 40 kB) is kept: whatever is asked for is reached again from the last state before it.
"""

import io
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from teleconsult.imaging.pixels_values import Undecodable

_PIECE: Final = 1 << 20
_INPUT: Final = 16 << 10
_APART: Final = 8 << 20


@dataclass(frozen=True, slots=True)
class _State:
    """`inflater` has given the bytes before `plain` and taken those of the file before `packed`."""

    plain: int
    packed: int
    inflater: Any


class Inflated(io.RawIOBase):
    """What the file holds from `start` on, inflated. `size` is its whole length, known from the beginning: it has been gone through once.

    Raises Undecodable: `pixels.corrupt` where it cannot be inflated, `pixels.too_large` where it is longer than `most` bytes. A stream that
    was cut off ends where it was. Reading beyond `readable_to`, while that is set, is `pixels.too_large`, too.
    """

    def __init__(self, file: BinaryIO, start: int, most: int) -> None:
        super().__init__()
        self._file, self._at = file, 0
        self.readable_to: int | None = None
        self._states = [_State(0, start, zlib.decompressobj(-zlib.MAX_WBITS))]
        self._go_to(self._states[0])
        while self._next():
            if self._plain > most:
                raise Undecodable("pixels.too_large", f"inflates beyond {most} bytes")
            if self._plain - self._states[-1].plain >= _APART:
                self._states.append(_State(self._plain, self._packed, self._inflater.copy()))
        self.size = self._plain

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        into = memoryview(buffer)
        if self.readable_to is not None and self._at + len(into) > self.readable_to:
            into = into[: self.readable_to - self._at]
            if not into:
                raise Undecodable("pixels.too_large", f"more than {self.readable_to} bytes before the pixels")
        if not into or self._at >= self.size:
            return 0
        self._reach()
        begins = self._at - (self._plain - len(self._piece))
        given = self._piece[begins : begins + len(into)]
        into[: len(given)] = given
        self._at += len(given)
        return len(given)

    def _reach(self) -> None:
        """Inflate the piece in which the place lies that is to be read."""
        nearest = max((each for each in self._states if each.plain <= self._at), key=lambda each: each.plain)
        if self._at < self._plain - len(self._piece) or self._plain < nearest.plain:
            self._go_to(nearest)
        while self._plain <= self._at and self._next():
            pass

    def _go_to(self, state: _State) -> None:
        self._plain, self._packed, self._inflater, self._piece = state.plain, state.packed, state.inflater.copy(), b""

    def _next(self) -> bytes:
        """Inflate the next piece; empty at the end."""
        self._piece = b""
        try:
            while not self._piece and not self._inflater.eof:
                self._file.seek(self._packed)
                taken = self._file.read(_INPUT)
                self._piece = self._inflater.decompress(taken, _PIECE)
                self._packed += len(taken) - len(self._inflater.unconsumed_tail)
                if not taken:
                    break
        except zlib.error as error:
            raise Undecodable("pixels.corrupt", f"deflate: {error}") from error
        self._plain += len(self._piece)
        return self._piece
