"""The frame of every DIMSE service: who asks, how a refusal is said and noted, and that a fault of ours ends nothing but its request."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from pynetdicom.association import Association

from dicom_node import status
from dicom_node.peers import Admission, PeerLog
from teleconsult.access import Peer
from teleconsult.kernel.errors import Refused

LOG = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a service is called in the log, and its statuses. `noted`: that it was used is told to who looks after the line."""

    name: str
    refused: Callable[[Refused], int]
    failed: int = status.PROCESSING_FAILURE
    noted: bool = True
    level: int = logging.INFO


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the peer is told: the status, and why in words. `code` is the refusal's own, empty where nothing was refused but went wrong."""

    status: int
    why: str
    code: str = ""


class Answering:
    """Answers the peers of one node. Threads share it."""

    def __init__(self, admission: Admission, log: PeerLog) -> None:
        self._admission = admission
        self._log = log

    def each(
        self,
        association: Association,
        frame: Frame,
        act: Callable[[Peer], Iterable[T]],
        say: Callable[[Refusal], T],
    ) -> Iterator[T]:
        """What `act` answers, one by one; `say` puts a refusal in its place, or after what was answered already."""
        peer = self._admission.peer_of(association)
        if peer is None:
            yield say(Refusal(status.NOT_AUTHORISED, "not a peer of this node"))
            return
        try:
            yield from act(peer)
        except Refused as refused:
            LOG.log(frame.level, "%s: %s refused: %s", peer.ae_title, frame.name, refused)
            self._log.failed(peer, f"{refused.code}: {refused.detail}")
            yield say(Refusal(frame.refused(refused), refused.detail or refused.code, refused.code))
        except Exception as error:  # the shell's boundary: the peer gets an answer, its next request works
            LOG.exception("%s: %s failed", peer.ae_title, frame.name)
            self._log.failed(peer, f"{type(error).__name__}: {error}")
            yield say(Refusal(frame.failed, "the node failed, see its log"))
        else:
            if frame.noted:
                self._log.called(peer)

    def once(self, association: Association, frame: Frame, act: Callable[[Peer], T], say: Callable[[Refusal], T]) -> T:
        """As `each`, for what has one answer."""
        (answer,) = self.each(association, frame, lambda peer: (act(peer),), say)
        return answer
