"""Whose turn it is to read an answer: the thread that asked, or the association's own loop (pynetdicom 3.0.4)."""

import threading

from pynetdicom.association import Association

_LONGEST = 1.0  # a loop that has ended takes no answer away


class Turnstile(threading.Event):
    """pynetdicom's checkpoint, closed for sure: `clear` returns once the loop stands before it.

    Its own is taken for closed while the loop is just passing; the loop then takes the answer that somebody is waiting for ("unexpected
    C-STORE service message"). The quicker the other side answers, the more often.
    """

    def __init__(self) -> None:
        super().__init__()
        self._standing = threading.Event()
        self.set()

    def clear(self) -> None:
        self._standing.clear()
        super().clear()
        self._standing.wait(_LONGEST)

    def wait(self, timeout: float | None = None) -> bool:
        while not self.is_set():
            self._standing.set()
            if not super().wait(timeout):
                return False
        return True


def put_in(association: Association) -> None:
    """Give an association that this side asked for the checkpoint that closes for sure."""
    association._reactor_checkpoint = Turnstile()  # noqa: SLF001 (no public place)
