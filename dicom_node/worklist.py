"""C-FIND of the modality worklist (PS3.4 Annex K): a device asks what is to be made, and sees its own hospital's orders alone."""

import logging
from collections.abc import Iterator
from typing import Final

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pynetdicom.events import Event

from dicom_node import status
from dicom_node.peers import Admission, PeerLog
from dicom_node.query import MOST, Answer
from dicom_node.worklist_keys import REQUESTED, SCHEDULED_STEP, STEP, Asked, Key
from teleconsult.access import Peer
from teleconsult.imaging import OrderRow, pinyin
from teleconsult.imaging.find import Page
from teleconsult.imaging.orders_find import Wanted, worklist
from teleconsult.kernel.errors import Refused, busy
from teleconsult.system import System

LOG = logging.getLogger(__name__)
_PAGE = 200
_IGNORE = 0  # pydicom's validation: what people typed is answered as they typed it
_CHINESE: Final = ("GB18030", "GBK", "ISO_IR 192")
_USUAL: Final = "GB18030"
"""For a device of which nobody said what it reads: what the devices of Chinese hospitals read."""


class Worklist:
    """The worklist of one node. Threads share it."""

    def __init__(self, system: System, admission: Admission, log: PeerLog) -> None:
        self._system = system
        self._admission = admission
        self._log = log

    def on_find(self, event: Event) -> Iterator[Answer]:
        """The matches one by one. Pending says FF01 when a key was asked that is not supported; a cancel ends it with FE00."""
        peer = self._admission.peer_of(event.assoc)
        if peer is None:
            yield status.response(status.NOT_AUTHORISED, "not a peer of this node"), None
            return
        try:
            yield from self._matches(event, peer)
        except Refused as refused:
            LOG.info("%s: worklist refused: %s", peer.ae_title, refused)
            self._log.failed(peer, f"{refused.code}: {refused.detail}")
            yield status.response(status.find_status(refused), refused.detail or refused.code), None
        except Exception as error:  # the shell's boundary: the device gets an answer, the next query works
            LOG.exception("%s: worklist failed", peer.ae_title)
            self._log.failed(peer, f"{type(error).__name__}: {error}")
            yield status.response(status.FIND_FAILED, "the node failed, see its log"), None
        else:
            self._log.called(peer)

    def _matches(self, event: Event, peer: Peer) -> Iterator[Answer]:
        asked = Asked(event.identifier, peer.charset)
        pending = status.PENDING_UNSUPPORTED if asked.unsupported else status.PENDING
        charset = charset_for(peer.charset, asked.declared)
        for order in self._orders(peer, asked.wanted()):
            if event.is_cancelled:
                yield status.CANCELLED, None
                return
            yield pending, answer(asked, order, charset, asked.station or peer.ae_title)

    def _orders(self, peer: Peer, wanted: Wanted) -> Iterator[OrderRow]:
        """Page by page: no transaction is open while the device reads."""
        told: set[str] = set()
        for offset in range(0, MOST, _PAGE):
            with self._system.read(peer.actor()) as work:
                rows, more = worklist(work, peer.actor(), wanted, Page(_PAGE, offset))
            for row in rows:
                if row.id not in told:
                    told.add(row.id)
                    yield row
            if not more:
                return
        raise busy("dimse.too_many", f"more than {MOST} matches: ask for less")


def charset_for(override: str | None, declared: tuple[str, ...]) -> str:
    """What the answers are written in: what the device is known to read, else what it asks in, else GB18030."""
    if override:
        return override if override in _CHINESE else "ISO_IR 100"
    return next((term for term in declared if term in _CHINESE), _USUAL)


def answer(asked: Asked, order: OrderRow, charset: str, station: str) -> Dataset:
    """One match: the keys that were asked for, and the scheduled step with its own. An order without a station is `station`'s."""
    found = Dataset()
    _put(found, 0x00080005, "CS", charset)
    for key in REQUESTED:
        if key.tag in asked.tags:
            _put(found, key.tag, key.vr, _value(key, order, charset))
    step = Dataset()
    for key in SCHEDULED_STEP:
        if key.tag in asked.step_tags or not asked.step_tags:
            value = _value(key, order, charset)
            _put(step, key.tag, key.vr, station if key.field == "station" and not value else value)
    found[STEP] = DataElement(STEP, "SQ", Sequence([step]))
    return found


def _value(key: Key, order: OrderRow, charset: str) -> str:
    """As the device can read it: without Chinese characters a name is its Latin letters, other text is spelt in pinyin."""
    value = key.read(order)
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


def _put(ds: Dataset, tag: int, vr: str, value: str) -> None:
    filled: object = [] if vr == "SQ" else None if not value and vr in ("US", "DS") else value
    ds[tag] = DataElement(tag, vr, filled, validation_mode=_IGNORE)
