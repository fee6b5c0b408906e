"""Sequence numbers and timestamps of one slot that run on although the sources behind it change. Pure.

A browser takes the slot for one stream: a switch must look like the next packet, and what comes late from before the switch is dropped.
"""


class Continuity:
    """Numbers of one outgoing stream. `clock` is its rate, `seq` and `ts` where it starts."""

    __slots__ = ("_first", "_last_at", "clock", "last_seq", "last_ts", "seq_off", "started", "ts_off")

    def __init__(self, clock: int, seq: int, ts: int) -> None:
        self.clock = clock
        self.last_seq, self.last_ts = seq & 0xFFFF, ts & 0xFFFFFFFF
        self.seq_off = self.ts_off = 0
        self._first = 0
        self._last_at: float | None = None
        self.started = False

    def switch(self, seq: int, ts: int, now: float) -> None:
        """The packet `seq`, `ts` of a new source follows on what was sent last, as much later as it is."""
        passed = 0.0 if self._last_at is None else now - self._last_at
        self.seq_off = (self.last_seq + 1 - seq) & 0xFFFF
        self.ts_off = (self.last_ts + max(int(passed * self.clock), 1) - ts) & 0xFFFFFFFF
        self._first, self.started = seq, True

    def place(self, seq: int, ts: int, now: float) -> tuple[int, int] | None:
        """The number and timestamp to send under, or None for a packet from before the switch."""
        behind = (seq - self._first) & 0xFFFF
        if behind >= 0x8000:
            return None
        out, out_ts = (seq + self.seq_off) & 0xFFFF, (ts + self.ts_off) & 0xFFFFFFFF
        if (out - self.last_seq) & 0xFFFF < 0x8000:
            self.last_seq, self.last_ts, self._last_at = out, out_ts, now
            if behind > 0x4000:  # the switch lies so far back that the numbers would soon come round
                self._first = (seq - 0x2000) & 0xFFFF
        return out, out_ts
