"""C-FIND, Patient Root and Study Root (PS3.4 C.4.1): the same search as everywhere, asked and answered in DIMSE."""

import logging
from collections.abc import Callable, Iterator
from typing import Final

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pynetdicom.events import Event

from dicom_node import status, syntaxes
from dicom_node.identifier import IMAGE, PATIENT, SERIES, STUDY, Identifier, one_of_each_above
from dicom_node.peers import Admission, PeerLog
from dicom_node.query_keys import TAGS, Line, keys_at, match_of, unsupported
from teleconsult.access import Peer
from teleconsult.imaging import find, find_patients
from teleconsult.kernel.errors import Refused, busy
from teleconsult.records import Work
from teleconsult.system import System

LOG = logging.getLogger(__name__)
MOST: Final = 10_000
"""Answers to one query; whoever asks for more is told so and asks for less."""
_PAGE = 500
_IGNORE = 0  # pydicom's validation: what hospitals sent is answered as they sent it
_SEARCH: Final = {STUDY: find.studies, SERIES: find.series, IMAGE: find.instances}
Answer = tuple[int | Dataset, Dataset | None]


class Query:
    """The C-FIND service of one node. Threads share it."""

    def __init__(self, system: System, admission: Admission, log: PeerLog, settled: Callable[[str], None]) -> None:
        self._system = system
        self._admission = admission
        self._log = log
        self._settled = settled

    def on_find(self, event: Event) -> Iterator[Answer]:
        """The matches one by one. Pending says FF01 when a key was asked that is not supported; a cancel ends it with FE00."""
        peer = self._admission.peer_of(event.assoc)
        if peer is None:
            yield status.response(status.NOT_AUTHORISED, "not a peer of this node"), None
            return
        try:
            yield from self._matches(event, peer)
        except Refused as refused:
            LOG.info("%s: C-FIND refused: %s", peer.ae_title, refused)
            self._log.failed(peer, f"{refused.code}: {refused.detail}")
            yield status.response(status.find_status(refused), refused.detail or refused.code), None
        except Exception as error:  # the shell's boundary: the peer gets an answer, the next query works
            LOG.exception("%s: C-FIND failed", peer.ae_title)
            self._log.failed(peer, f"{type(error).__name__}: {error}")
            yield status.response(status.FIND_FAILED, "the node failed, see its log"), None
        else:
            self._log.called(peer)

    def _matches(self, event: Event, peer: Peer) -> Iterator[Answer]:
        root = syntaxes.QUERIES[str(event.request.AffectedSOPClassUID)]
        asked = Identifier(event.identifier, root, peer.charset)
        one_of_each_above(asked, TAGS)
        match = match_of(asked)
        pending = status.PENDING_UNSUPPORTED if unsupported(asked) else status.PENDING
        charset = "GB18030" if {"GB18030", "GBK"} & set(asked.declared) else "ISO_IR 192"
        self._settled(peer.id)
        for line in self._lines(peer, asked.level, match):
            if event.is_cancelled:
                yield status.CANCELLED, None
                return
            yield pending, self._answer(asked, line, charset)

    def _lines(self, peer: Peer, level: str, match: find.Match) -> Iterator[Line]:
        """Page by page: no transaction is open while the peer reads. An arrival meanwhile moves rows down, never out of sight."""
        told: set[str] = set()
        for offset in range(0, MOST, _PAGE):
            with self._system.read(peer.actor()) as work:
                lines, more = _page(work, peer, level, match, find.Page(_PAGE, offset))
            for line in lines:
                if (key := _id(line)) not in told:
                    told.add(key)
                    yield line
            if not more:
                return
        raise busy("dimse.too_many", f"more than {MOST} matches: ask for less")

    def _answer(self, asked: Identifier, line: Line, charset: str) -> Dataset:
        answer = Dataset()
        _put(answer, 0x00080005, "CS", charset)
        _put(answer, 0x00080052, "CS", asked.level)
        _put(answer, 0x00080054, "AE", self._system.settings.ae_title)
        _put(answer, 0x00080056, "CS", "ONLINE")
        supported = keys_at(asked.level)
        for tag in {*asked.tags, TAGS[asked.level]} & supported.keys():
            _put(answer, tag, supported[tag].vr, supported[tag].read(line))
        return answer


def _page(work: Work, peer: Peer, level: str, match: find.Match, page: find.Page) -> tuple[tuple[Line, ...], bool]:
    if level == PATIENT:
        return find_patients.patients(work, peer.actor(), match, page)
    found = _SEARCH[level](work, peer.actor(), match, page)
    return found.items, found.more


def _id(line: Line) -> str:
    if isinstance(line, find_patients.FoundPatient):
        return line.patient.id
    return (line.instance or line.series or line.study).id


def _put(answer: Dataset, tag: int, vr: str, value: object) -> None:
    answer[tag] = DataElement(tag, vr, "" if value is None and vr != "US" else value, validation_mode=_IGNORE)
