"""Whose turn it is to read an answer: the thread that asked, or the association's own loop (pynetdicom 3.0.4)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from pynetdicom.association import Association

_LONGEST = 1.0  # a loop that has ended takes no answer away


class Turnstile(threading.Event):
    """pynetdicom's checkpoint, closed for sure: `clear` returns once the loop stands before it, or is itself who closes.

    Its own is taken for closed while the loop is just passing; the loop then takes the answer that somebody is waiting for ("unexpected
    C-STORE service message"). The quicker the other side answers, the more often.
    """

    def __init__(self) -> None:
        super().__init__()
        self.turn = threading.RLock()
        self._passing = threading.Lock()
        self._standing = threading.Event()
        self._loop = 0
        self.set()

    def clear(self) -> None:
        with self._passing:
            super().clear()
        self.stir()
        if not self.is_closed:
            self._standing.wait(_LONGEST)

    @property
    def is_closed(self) -> bool:
        """Whether the loop stands, or serves the request whose thread asks this: it takes nothing away meanwhile."""
        return self._standing.is_set() or threading.get_ident() == self._loop

    def stir(self) -> None:
        """Let a loop that waits for something else look at the turnstile."""

    def wait(self, timeout: float | None = None) -> bool:
        self._loop = threading.get_ident()
        while not self._passes():
            if not super().wait(timeout):
                self._standing.clear()
                return False
        return True

    def _passes(self) -> bool:
        with self._passing:
            if self.is_set():
                self._standing.clear()
            else:
                self._standing.set()
            return self.is_set()


class _Gated(Association):
    """An association with a turnstile. pynetdicom serves an N-EVENT-REPORT in a thread of its own, which says of the loop that it goes on
    while it stands: whoever waited for the flag waited for ever."""

    @property
    def _is_paused(self) -> bool:
        gate = self._reactor_checkpoint
        return not isinstance(gate, Turnstile) or gate.is_closed or not self.is_alive()

    @_is_paused.setter
    def _is_paused(self, _value: bool) -> None:
        """The turnstile knows."""


def put_in(association: Association, gate: Turnstile | None = None) -> None:
    """Give an association the checkpoint that closes for sure."""
    association._reactor_checkpoint = gate or Turnstile()  # noqa: SLF001 (no public place)
    association.__class__ = _Gated


@contextmanager
def closed(association: Association) -> Iterator[None]:
    """While the block runs the answers that come are its own: the association's loop stands, and nobody else asks. Only where `put_in` was."""
    gate = cast(Turnstile, association._reactor_checkpoint)  # noqa: SLF001
    with gate.turn:
        gate.clear()
        try:
            yield
        finally:
            gate.set()
