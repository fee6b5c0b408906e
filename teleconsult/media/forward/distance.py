"""How far away a browser is that only receives: it asks for the round trip time (RFC 3611), and we answer. Pure bytes.

A browser that sends nothing on a connection learns no round trip time from it; Chromium then takes it to be 100 ms and waits that long before
it asks a second time for what was lost, long enough for the picture to stand still. Told the true time, it asks again after that.
"""

import struct

EXTENDED = 207
_RRTR, _DLRR = 4, 5
_EVERY = 0.5
_MOST = 32


def asks(compound: bytes) -> list[tuple[int, int]]:
    """Of a compound RTCP packet: who asks (SSRC) and the middle 32 bits of its clock, of each receiver reference time report (4.4)."""
    found: list[tuple[int, int]] = []
    at = 0
    while at + 4 <= len(compound):
        end = at + 4 + 4 * (compound[at + 2] << 8 | compound[at + 3])
        if compound[at + 1] == EXTENDED and at + 8 <= end <= len(compound):
            found += _of_blocks(compound, at, end)
        at = end
    return found


def _of_blocks(compound: bytes, at: int, end: int) -> list[tuple[int, int]]:
    ssrc = int.from_bytes(compound[at + 4 : at + 8], "big")
    found, block = [], at + 8
    while block + 4 <= end:
        if compound[block] == _RRTR and block + 12 <= end:
            found.append((ssrc, int.from_bytes(compound[block + 6 : block + 10], "big")))
        block += 4 + 4 * (compound[block + 2] << 8 | compound[block + 3])
    return found


class Distance:
    """The answers of one connection: each asker has one twice a second, and more than 32 askers are none of a browser's."""

    def __init__(self) -> None:
        self._answered: dict[int, float] = {}

    def answer(self, compound: bytes, now: float) -> bytes:
        """The packet to send at once (4.5; it is sent in the moment of the question, so its delay is nought), or nothing."""
        told = []
        for ssrc, clock in asks(compound):
            if now - self._answered.get(ssrc, now - _EVERY) < _EVERY or not clock:
                continue
            if ssrc not in self._answered and len(self._answered) >= _MOST:
                continue
            self._answered[ssrc] = now
            told.append(struct.pack("!LLL", ssrc, clock, 0))
        if not told:
            return b""
        words = 3 * len(told)
        return struct.pack("!BBHLBBH", 0x80, EXTENDED, 2 + words, 1, _DLRR, 0, words) + b"".join(told)
