"""The matches of a C-FIND, one by one: read in pages, cancelled between two (PS3.4 C.4.1.3)."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from pydicom.dataset import Dataset
from pynetdicom.events import Event

from dicom_node import status
from dicom_node.answering import Refusal
from teleconsult.imaging.find import Page
from teleconsult.kernel.errors import busy

MOST: Final = 10_000
"""Answers to one query; whoever asks for more is told so and asks for less."""
Answer = tuple[int | Dataset, Dataset | None]
T = TypeVar("T")


def in_pages(read: Callable[[Page], tuple[Iterable[T], bool]], key: Callable[[T], str], size: int) -> Iterator[T]:
    """Each once, by its key. `read` gives a page and whether there is more; no transaction is open while the peer reads.

    An arrival meanwhile moves rows down, never out of sight. BUSY `dimse.too_many` after MOST.
    """
    told: set[str] = set()
    for offset in range(0, MOST, size):
        rows, more = read(Page(size, offset))
        for row in rows:
            if key(row) not in told:
                told.add(key(row))
                yield row
        if not more:
            return
    raise busy("dimse.too_many", f"more than {MOST} matches: ask for less")


def pending(event: Event, answers: Iterable[Dataset], supported: bool) -> Iterator[Answer]:
    """Each as a pending response: FF01 where not every key is supported. A cancel ends it with FE00."""
    said = status.PENDING if supported else status.PENDING_UNSUPPORTED
    for answer in answers:
        if event.is_cancelled:
            yield status.CANCELLED, None
            return
        yield said, answer


def refusal(refused: Refusal) -> Answer:
    return status.response(refused.status, refused.why), None
