"""What this node asks of others (SCU): echo, store, find, have moved. Refusals say whether a repeat is worth it.

BUSY: the peer is away, full, or says nothing more; later it may do. INVALID: the peer will refuse the same again, people have to look.
"""

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Final, cast

from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom.association import Association

from dicom_node import secure, syntaxes
from dicom_node.associate import Contexts, Patience, accepted, associated
from dicom_node.outgoing import WARNINGS, store
from teleconsult.access.destinations import Destination
from teleconsult.kernel.errors import Refused, busy, invalid
from teleconsult.reporting.dicom_report import EXPLICIT_LE, ReportObject
from teleconsult.settings import Settings

logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)  # it logs every fault of a peer as an error of ours
PATIENCE: Final = Patience()
_STUDY_FIND: Final = "1.2.840.10008.5.1.4.1.2.2.1"
_STUDY_MOVE: Final = "1.2.840.10008.5.1.4.1.2.2.2"
_IMPLICIT_LE: Final = "1.2.840.10008.1.2"
_OUT_OF_RESOURCES: Final = range(0xA700, 0xA800)
_UNABLE_FOR_NOW: Final = frozenset({0x0110, 0x0213})


def echo(calling: str, to: Destination, patience: Patience = PATIENCE, settings: Settings | None = None) -> None:
    """One C-ECHO. BUSY `peer.away` or `peer.silent`, INVALID `peer.rejected` or `peer.refused`."""
    with _line(calling, to, [(syntaxes.VERIFICATION, [_IMPLICIT_LE])], patience, settings) as association:
        _judge(to, association.send_c_echo().get("Status"))


def store_to(
    calling: str,
    to: Destination,
    objects: Sequence[ReportObject],
    patience: Patience = PATIENCE,
    settings: Settings | None = None,
) -> None:
    """Store the objects in one association; returns when the peer has all of them. Repeats safely: UIDs stay.

    BUSY `peer.away`, `peer.silent` or `peer.full`, INVALID `peer.rejected`, `peer.no_context` or `peer.refused`.
    """
    contexts = [(sop_class, [EXPLICIT_LE]) for sop_class in dict.fromkeys(each.sop_class for each in objects)]
    with _line(calling, to, contexts, patience, settings) as association:
        taken = accepted(association)
        for number, each in enumerate(objects, start=1):
            context = taken.get((each.sop_class, EXPLICIT_LE))
            if context is None:
                raise invalid("peer.no_context", f"{to.peer.ae_title} takes no {each.sop_class}", peer=to.peer.ae_title)
            _judge(to, store(association, each.sop_class, each.sop_uid, each.data_set, context, number))


def find_at(
    calling: str, to: Destination, identifier: Dataset, patience: Patience = PATIENCE, settings: Settings | None = None
) -> list[Dataset]:
    """The answers of one Study Root C-FIND. Refusals as for `store_to`."""
    with _line(calling, to, [(_STUDY_FIND, [_IMPLICIT_LE])], patience, settings) as association:
        found = []
        for status, answer in association.send_c_find(identifier, UID(_STUDY_FIND)):
            said = status.get("Status")
            if said in (0xFF00, 0xFF01):
                found.append(cast(Dataset, answer))
            else:
                _judge(to, said)
        return found


def move_from(
    calling: str,
    to: Destination,
    identifier: Dataset,
    destination: str,
    patience: Patience = PATIENCE,
    settings: Settings | None = None,
) -> int:
    """Have the peer send what `identifier` names to the AE title `destination` (Study Root C-MOVE); how many objects went.
    INVALID `peer.refused` when any did not."""
    with _line(calling, to, [(_STUDY_MOVE, [_IMPLICIT_LE])], patience, settings) as association:
        *_, (last, _) = association.send_c_move(identifier, destination, UID(_STUDY_MOVE))
        said = last.get("Status")
        if said != 0:
            raise _refusal(to.peer.ae_title, said)
        return int(last.get("NumberOfCompletedSuboperations", 0))


def _line(
    calling: str, to: Destination, contexts: Contexts, patience: Patience, settings: Settings | None = None
) -> AbstractContextManager[Association]:
    """Over TLS to a peer that wants it; `settings` then name the certificate that this side shows."""
    context = secure.calling(settings, to)
    return associated((to.host, to.port), to.peer.ae_title, calling, contexts, patience, secure=context)


def _judge(to: Destination, said: int | None) -> None:
    """Nothing for success and for warnings of C-STORE."""
    if said == 0 or said in WARNINGS:
        return
    raise _refusal(to.peer.ae_title, said)


def _refusal(peer: str, said: int | None) -> Refused:
    if said is None:
        return busy("peer.silent", f"{peer} says nothing more", peer=peer)
    if said in _OUT_OF_RESOURCES or said in _UNABLE_FOR_NOW:
        return busy("peer.full", f"{peer} answers {said:04X}", peer=peer, status=f"{said:04X}")
    return invalid("peer.refused", f"{peer} answers {said:04X}", peer=peer, status=f"{said:04X}")
