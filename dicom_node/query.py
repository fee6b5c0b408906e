"""C-FIND, Patient Root and Study Root (PS3.4 C.4.1): the same search as everywhere, asked and answered in DIMSE."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from pydicom.dataset import Dataset
from pynetdicom.events import Event

from dicom_node import status, syntaxes
from dicom_node.answering import Answering, Frame
from dicom_node.identifier import IMAGE, PATIENT, SERIES, STUDY, Identifier, one_of_each_above
from dicom_node.issuers import ISSUER, OTHER_NUMBERS, asked_by_code, codes_of, told_by_code
from dicom_node.keys import Key, put
from dicom_node.matches import Answer, in_pages, pending, refusal
from dicom_node.query_keys import TAGS, Line, keys_at, match_of, unsupported
from teleconsult.access import Peer
from teleconsult.imaging import find, find_patients
from teleconsult.imaging.find_numbers import Number, other_numbers
from teleconsult.records import Work
from teleconsult.system import System

FRAME: Final = Frame("C-FIND", status.find_status, status.FIND_FAILED)
_PAGE = 500
_SEARCH: Final = {STUDY: find.studies, SERIES: find.series, IMAGE: find.instances}


class Query:
    """The C-FIND service of one node. Threads share it."""

    def __init__(self, system: System, answering: Answering, settled: Callable[[str], None]) -> None:
        self._system = system
        self._answering = answering
        self._settled = settled

    def on_find(self, event: Event) -> Iterator[Answer]:
        """The matches one by one. Pending says FF01 when a key was asked that is not supported; a cancel ends it with FE00."""
        return self._answering.each(event.assoc, FRAME, lambda peer: self._matches(event, peer), refusal)

    def _matches(self, event: Event, peer: Peer) -> Iterator[Answer]:
        root = syntaxes.QUERIES[str(event.request.AffectedSOPClassUID)]
        asked = Identifier(event.identifier, root, peer.charset)
        one_of_each_above(asked, TAGS)
        codes = self._codes(peer) if asked.tags & {ISSUER, OTHER_NUMBERS} else {}
        match = asked_by_code(match_of(asked), codes)
        charset = "GB18030" if {"GB18030", "GBK"} & set(asked.declared) else "ISO_IR 192"
        self._settled(peer.id)
        known = keys_at(asked.level)
        answered = [known[tag] for tag in {*asked.tags, TAGS[asked.level]} & known.keys()]
        lines = in_pages(lambda page: self._page(peer, asked, match, page), _id, _PAGE)
        answers = (told_by_code(self._answer(asked.level, answered, line, charset), codes) for line in lines)
        return pending(event, answers, not unsupported(asked))

    def _codes(self, peer: Peer) -> Mapping[str, str]:
        with self._system.read(peer.actor()) as work:
            return codes_of(work)

    def _page(self, peer: Peer, asked: Identifier, match: find.Match, page: find.Page) -> tuple[tuple[Line, ...], bool]:
        with self._system.read(peer.actor()) as work:
            lines, more = _found(work, peer, asked.level, match, page)
            if OTHER_NUMBERS in asked.tags:
                others = other_numbers(work, peer.actor(), {_patient(line) for line in lines})
                lines = tuple(_with(line, others.get(_patient(line), ())) for line in lines)
        return lines, more

    def _answer(self, level: str, answered: Iterable[Key], line: Line, charset: str) -> Dataset:
        answer = Dataset()
        put(answer, 0x00080005, "CS", charset)
        put(answer, 0x00080052, "CS", level)
        put(answer, 0x00080054, "AE", self._system.settings.ae_title)
        put(answer, 0x00080056, "CS", "ONLINE")
        for key in answered:
            put(answer, key.tag, key.vr, key.read(line))
        return answer


def _found(work: Work, peer: Peer, level: str, match: find.Match, page: find.Page) -> tuple[tuple[Line, ...], bool]:
    if level == PATIENT:
        return find_patients.patients(work, peer.actor(), match, page)
    found = _SEARCH[level](work, peer.actor(), match, page)
    return found.items, found.more


def _with(line: Line, others: tuple[Number, ...]) -> Line:
    if isinstance(line, find_patients.FoundPatient):
        return replace(line, others=others)
    return line._replace(others=others)


def _patient(line: Line) -> str:
    return line.patient.id if isinstance(line, find_patients.FoundPatient) else line.study.patient_id


def _id(line: Line) -> str:
    if isinstance(line, find_patients.FoundPatient):
        return line.patient.id
    return (line.instance or line.series or line.study).id
