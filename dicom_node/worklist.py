"""C-FIND of the modality worklist (PS3.4 Annex K): a device asks what is to be made, and sees its own hospital's orders alone."""

from collections.abc import Iterator, Mapping
from typing import Final

from pydicom.dataset import Dataset
from pynetdicom.events import Event

from dicom_node import status
from dicom_node.answering import Answering, Frame
from dicom_node.issuers import ISSUER, codes_of, told_by_code
from dicom_node.keys import Key, put
from dicom_node.matches import Answer, in_pages, pending, refusal
from dicom_node.worklist_keys import REQUESTED, SCHEDULED_STEP, STEP, Asked
from teleconsult.access import Peer
from teleconsult.imaging import OrderRow, pinyin
from teleconsult.imaging.find import Page
from teleconsult.imaging.orders_find import Wanted, worklist
from teleconsult.system import System

FRAME: Final = Frame("worklist", status.find_status, status.FIND_FAILED)
_PAGE = 200
_CHINESE: Final = ("GB18030", "GBK", "ISO_IR 192")
_USUAL: Final = "GB18030"
"""For a device of which nobody said what it reads: what the devices of Chinese hospitals read."""


class Worklist:
    """The worklist of one node. Threads share it."""

    def __init__(self, system: System, answering: Answering) -> None:
        self._system = system
        self._answering = answering

    def on_find(self, event: Event) -> Iterator[Answer]:
        """The matches one by one. Pending says FF01 when a key was asked that is not supported; a cancel ends it with FE00."""
        return self._answering.each(event.assoc, FRAME, lambda peer: self._matches(event, peer), refusal)

    def _matches(self, event: Event, peer: Peer) -> Iterator[Answer]:
        asked = Asked(event.identifier, peer.charset)
        wanted = asked.wanted()
        charset, station = charset_for(peer.charset, asked.declared), asked.station or peer.ae_title
        orders = in_pages(lambda page: self._page(peer, wanted, page), lambda order: order.id, _PAGE)
        codes = self._codes(peer) if ISSUER in asked.tags else {}
        answers = (told_by_code(answer(asked, order, charset, station), codes) for order in orders)
        return pending(event, answers, not asked.unsupported)

    def _codes(self, peer: Peer) -> Mapping[str, str]:
        with self._system.read(peer.actor()) as work:
            return codes_of(work)

    def _page(self, peer: Peer, wanted: Wanted, page: Page) -> tuple[tuple[OrderRow, ...], bool]:
        with self._system.read(peer.actor()) as work:
            return worklist(work, peer.actor(), wanted, page)


def charset_for(override: str | None, declared: tuple[str, ...]) -> str:
    """What the answers are written in: what the device is known to read, else what it asks in, else GB18030."""
    if override:
        return override if override in _CHINESE else "ISO_IR 100"
    return next((term for term in declared if term in _CHINESE), _USUAL)


def answer(asked: Asked, order: OrderRow, charset: str, station: str) -> Dataset:
    """One match: the keys that were asked for, and the scheduled step with its own. An order without a station is `station`'s."""
    found = Dataset()
    put(found, 0x00080005, "CS", charset)
    for key in REQUESTED:
        if key.tag in asked.tags:
            put(found, key.tag, key.vr, _value(key, order, charset))
    step = Dataset()
    for key in SCHEDULED_STEP:
        if key.tag in asked.step_tags or not asked.step_tags:
            value = _value(key, order, charset)
            put(step, key.tag, key.vr, station if key.field == "station" and not value else value)
    put(found, STEP, "SQ", [step])
    return found


def _value(key: Key, order: OrderRow, charset: str) -> str:
    """As the device can read it: without Chinese characters a name is its Latin letters, other text is spelt in pinyin."""
    value: str = key.read(order)
    if charset in _CHINESE or value.isascii():
        return value
    if key.vr == "PN" and value.split("=")[0].isascii() and value.split("=")[0]:
        return value.split("=")[0]
    return _spelt(value)


def _spelt(text: str) -> str:
    return " ".join("".join(map(_spelt_out, text)).split())[:64]


def _spelt_out(character: str) -> str:
    sound = pinyin.keys(character)[0].split(" ")[0]
    return f" {sound} " if sound else character if character <= "\xff" else " "
