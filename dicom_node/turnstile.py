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
        self._standing = threading.Event()
        self._loop = 0
        self.set()

    def clear(self) -> None:
        self._standing.clear()
        super().clear()
        self.stir()
        if threading.get_ident() != self._loop:  # a loop that serves a request takes nothing away meanwhile
            self._standing.wait(_LONGEST)

    def stir(self) -> None:
        """Let a loop that waits for something else look at the turnstile."""

    def wait(self, timeout: float | None = None) -> bool:
        self._loop = threading.get_ident()
        while not self.is_set():
            self._standing.set()
            if not super().wait(timeout):
                return False
        return True


def put_in(association: Association, gate: Turnstile | None = None) -> None:
    """Give an association the checkpoint that closes for sure."""
    association._reactor_checkpoint = gate or Turnstile()  # noqa: SLF001 (no public place)


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
