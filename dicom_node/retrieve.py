"""C-MOVE and C-GET, Patient Root and Study Root (PS3.4 C.4.2, C.4.3): what a peer may find, object by object, with its counts."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final, cast

from pydicom.dataset import Dataset
from pynetdicom import evt
from pynetdicom.association import Association
from pynetdicom.dimse_primitives import C_GET, C_MOVE
from pynetdicom.dsutils import encode
from pynetdicom.events import Event
from pynetdicom.presentation import PresentationContext
from pynetdicom.service_class import QueryRetrieveServiceClass
from pynetdicom.sop_class import _SERVICE_CLASSES

from dicom_node import status, syntaxes
from dicom_node.answering import Answering, Frame, Refusal
from dicom_node.associate import Patience, associated
from dicom_node.identifier import PATIENT, UNIQUE, Identifier, one_of_each_above
from dicom_node.outgoing import WARNINGS, Departure, Originator, contexts_for
from dicom_node.peers import PeerLog
from dicom_node.query_keys import TAGS
from dicom_node.secure import calling
from teleconsult.access import Peer, Thing, permits, shares_of
from teleconsult.access.destinations import Destination, destination, is_known
from teleconsult.imaging import find, retrieve
from teleconsult.imaging.retrieve import Leaving
from teleconsult.kernel.errors import Meaning, Refused, absent, busy, invalid
from teleconsult.records import Work
from teleconsult.system import System

LOG = logging.getLogger(__name__)
FRAME: Final = Frame("retrieval", status.find_status, status.FIND_FAILED)
RETRIEVAL_SERVICE: Final = "2.25.193117329184612051246310517409830613112"
"""How this node's own retrieval is known to pynetdicom, whose own decodes and encodes each object again."""


class RetrievalClass(QueryRetrieveServiceClass):
    """Leaves a retrieval, with all its responses, to the bound handler."""

    def SCP(self, req: Any, context: PresentationContext) -> None:
        asked = {"request": req, "context": context.as_tuple, "_is_cancelled": self.is_cancelled}
        if isinstance(req, C_GET):
            evt.trigger(self.assoc, evt.EVT_C_GET, asked)
        elif isinstance(req, C_MOVE):
            evt.trigger(self.assoc, evt.EVT_C_MOVE, asked)
        else:
            super().SCP(req, context)


_SERVICE_CLASSES[RETRIEVAL_SERVICE] = RetrievalClass


@dataclass(slots=True)
class Tally:
    """What became of the sub-operations so far."""

    remaining: int
    completed: int = 0
    warning: int = 0
    failed: list[str] = field(default_factory=list)
    why: str = ""

    def count(self, sop_uid: str, said: int | None, why: str = "") -> None:
        """`said` is the C-STORE status; None when it was never sent."""
        self.remaining -= 1
        if said == status.SUCCESS:
            self.completed += 1
        elif said in WARNINGS:
            self.warning += 1
        else:
            self.failed.append(sop_uid)
            self.why = self.why or why or f"C-STORE status {said:04X}"

    def verdict(self) -> int:
        """Success, B000 with failures or warnings among them, A702 when nothing went (PS3.4 C.4.2.1.5)."""
        if self.failed and not self.completed and not self.warning:
            return status.SUBOPERATIONS_FAILED
        return status.SUBOPERATIONS_WARNING if self.failed or self.warning else status.SUCCESS


class Reply:
    """The responses to one retrieval."""

    def __init__(self, event: Event) -> None:
        self._association: Association = event.assoc
        self._request = cast(C_GET | C_MOVE, event.request)
        self._context = event.context

    def pending(self, tally: Tally) -> None:
        self._say(status.PENDING, tally, None, remaining=True)

    def refused(self, refusal: Refusal) -> None:
        self._say(refusal.status, None, None, why=refusal.why)

    def ended(self, code: int, tally: Tally) -> None:
        failed = None
        if code != status.SUCCESS:
            failed = Dataset()
            failed.FailedSOPInstanceUIDList = tally.failed
        self._say(code, tally, failed, remaining=code == status.CANCELLED, why=tally.why)

    def _say(
        self, code: int, tally: Tally | None, identifier: Dataset | None, *, remaining: bool = False, why: str = ""
    ) -> None:
        answer = type(self._request)()
        answer.MessageID = answer.MessageIDBeingRespondedTo = self._request.MessageID
        answer.AffectedSOPClassUID = self._request.AffectedSOPClassUID
        answer.Status = code
        if why:
            answer.ErrorComment = status.comment(why)  # type: ignore[assignment] # pynetdicom declares it None
        if tally is not None:
            answer.NumberOfRemainingSuboperations = tally.remaining if remaining else None
            answer.NumberOfCompletedSuboperations = tally.completed
            answer.NumberOfFailedSuboperations = len(tally.failed)
            answer.NumberOfWarningSuboperations = tally.warning
        if identifier is not None:
            syntax = self._context.transfer_syntax
            encoded = encode(identifier, syntax.is_implicit_VR, syntax.is_little_endian)
            answer.Identifier = BytesIO(encoded or b"")
        if self._association.is_established:
            self._association.dimse.send_msg(answer, self._context.context_id)


class Retrieval:
    """The C-MOVE and C-GET services of one node. Threads share it."""

    def __init__(self, system: System, answering: Answering, log: PeerLog, settled: Callable[[str], None]) -> None:
        self._system = system
        self._answering = answering
        self._log = log
        self._settled = settled
        self._patience = Patience()
        self.departure = Departure(system.blobs)

    def on_move(self, event: Event) -> None:
        self._serve(event, self._move)

    def on_get(self, event: Event) -> None:
        self._serve(event, self._get)

    def _serve(self, event: Event, do: Callable[[Event, Peer, Reply], None]) -> None:
        reply = Reply(event)
        self._answering.once(event.assoc, FRAME, lambda peer: do(event, peer, reply), reply.refused)

    def _get(self, event: Event, peer: Peer, reply: Reply) -> None:
        leaving = self._leaving(event, peer, None)
        self._send(event, event.assoc, leaving, reply, None)

    def _move(self, event: Event, peer: Peer, reply: Reply) -> None:
        request = cast(C_MOVE, event.request)
        title = str(request.MoveDestination or "").strip()
        with self._system.read(peer.actor()) as work:
            to = _destination(work, title, peer)
        leaving = self._leaving(event, peer, to)
        if not leaving:
            reply.ended(status.SUCCESS, Tally(0))
            return
        ours, originator = self._system.settings.ae_title, Originator(peer.ae_title, int(request.MessageID or 0))
        try:
            secure = calling(self._system.settings, to)
            with associated(
                (to.host, to.port), title, ours, contexts_for(leaving), self._patience, secure=secure
            ) as line:
                self._send(event, line, leaving, reply, originator)
        except Refused as refused:
            if not refused.code.startswith("peer."):
                raise
            LOG.warning("%s: C-MOVE to %s: %s", peer.ae_title, title, refused)
            self._log.failed(to.peer, f"{refused.code}: {refused.detail}")
            nothing = Tally(0, failed=[item.sop_uid for item in leaving], why=refused.detail)
            reply.ended(nothing.verdict(), nothing)

    def _leaving(self, event: Event, peer: Peer, to: Destination | None) -> tuple[Leaving, ...]:
        """What is asked for and may go, recorded as opened before anything goes."""
        match = _match(
            Identifier(event.identifier, syntaxes.RETRIEVALS[str(event.request.AffectedSOPClassUID)], peer.charset)
        )
        self._settled(peer.id)
        with self._system.work(peer.actor()) as work:
            leaving = retrieve.objects(work, peer.actor(), match)
            if len(leaving) > retrieve.MOST:
                raise busy("dimse.too_many", f"more than {retrieve.MOST} objects: ask for less")
            if to is not None and to.peer.site_id != peer.site_id:
                for study_id in {item.study_id for item in leaving}:
                    if not permits(to.peer.actor(), "study.retrieve", Thing(study_id, shares_of(work, study_id))):
                        raise _not_theirs(to.peer.ae_title)
            retrieve.retrieved(work, peer.actor(), leaving, peer.ae_title if to is None else to.peer.ae_title)
        return leaving

    def _send(
        self, event: Event, line: Association, leaving: tuple[Leaving, ...], reply: Reply, originator: Originator | None
    ) -> None:
        tally = Tally(len(leaving))
        for number, item in enumerate(leaving, start=1):
            if not event.assoc.is_established:
                return  # who asked is gone: nobody waits for the rest
            if event.is_cancelled:
                reply.ended(status.CANCELLED, tally)
                return
            self._one(line, item, number, originator, tally)
            if tally.remaining:
                reply.pending(tally)
        reply.ended(tally.verdict(), tally)

    def _one(self, line: Association, item: Leaving, number: int, originator: Originator | None, tally: Tally) -> None:
        if not line.is_established:
            tally.count(item.sop_uid, None, "the destination has ended the association")
            return
        try:
            tally.count(item.sop_uid, self.departure.send(line, item, number % 65_535 + 1, originator))
        except Refused as refused:
            LOG.warning("%s was not sent: %s", item.sop_uid, refused)
            # What is absent is named by its place in the store, which is nobody's business.
            tally.count(item.sop_uid, None, refused.code if refused.meaning is Meaning.ABSENT else refused.detail)
            if refused.meaning is Meaning.BUSY and line.is_established:
                line.abort()  # an answer that comes late would be taken for the next object's


def _destination(work: Work, title: str, peer: Peer) -> Destination:
    """What the peer names. ABSENT `dimse.destination`, or `dimse.no_address` where its hospital has such a device: what is kept of it stands in the
    row of who asked, and must not sound as if its own address were missing."""
    try:
        return destination(work, title, peer.site_id)
    except Refused as refused:
        if is_known(work, title, peer.site_id):
            raise absent("dimse.no_address", f"{title[:16]!r} has no host and port, or is disabled") from refused
        raise _not_theirs(title) from refused


def _not_theirs(title: str) -> Refused:
    """One answer for an unknown title and another hospital's."""
    return absent("dimse.destination", f"{title[:16]!r} is no destination of yours")


def _match(asked: Identifier) -> find.Match:
    """What is to be retrieved: single values above, a list of UIDs at the asked level (PS3.4 C.4.2.2.1)."""
    one_of_each_above(asked, TAGS)
    number = asked.text(TAGS[PATIENT])
    values: dict[str, Any] = {"patient_number": number} if number and asked.root == "patient" else {}
    for level, name in (("STUDY", "study_uids"), ("SERIES", "series_uids"), ("IMAGE", "sop_uids")):
        if level == asked.level or level in asked.above():
            values[name] = asked.uids(TAGS[level])
    own = asked.text(TAGS[asked.level])
    if not own or any(each in own for each in "*?"):
        raise invalid("dimse.identifier", f"{UNIQUE[asked.level]} is needed at level {asked.level}")
    return find.Match(**values)
