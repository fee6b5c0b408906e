"""Associations that this node asks for: to destinations, and to itself."""

import contextlib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydicom.uid import UID
from pynetdicom import AE, evt
from pynetdicom.association import Association
from pynetdicom.events import Event
from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation
from pynetdicom.transport import AssociationSocket

from dicom_node import turnstile
from dicom_node.secure import fault_of
from dicom_node.staging import IMPLEMENTATION_UID, IMPLEMENTATION_VERSION
from teleconsult.kernel.errors import Refused, busy, invalid

MOST_CONTEXTS = 128  # PS3.8 9.3.2.2: odd numbers of one byte
_REJECTED_FOR_GOOD = 1


@dataclass(frozen=True, slots=True)
class Patience:
    """How long this node waits for a destination, in seconds."""

    connect: float = 10.0
    associate: float = 30.0
    answer: float = 120.0


Contexts = Sequence[tuple[str, Sequence[str]]]


@contextmanager
def associated(
    address: tuple[str, int],
    called: str,
    calling: str,
    contexts: Contexts,
    patience: Patience,
    answers: Sequence[tuple[Any, Any]] = (),
    secure: ssl.SSLContext | None = None,
    roles: Sequence[SCP_SCU_RoleSelectionNegotiation] = (),
) -> Iterator[Association]:
    """An established association, released at the end, aborted when the block fails.

    BUSY `peer.away` when nobody answers there or it is rejected for now: later it may do. INVALID `peer.rejected` when it is
    rejected for good, `peer.no_context` when none of the contexts is taken, `peer.certificate` when it shows another certificate than
    it should or none: people have to mend that. `secure`: over TLS with this context (`secure.calling`).
    """
    ae = AE(ae_title=calling)
    ae.implementation_class_uid, ae.implementation_version_name = IMPLEMENTATION_UID, IMPLEMENTATION_VERSION
    ae.connection_timeout, ae.acse_timeout = patience.connect, patience.associate
    ae.dimse_timeout = ae.network_timeout = patience.answer
    for sop_class, syntaxes in list(contexts)[:MOST_CONTEXTS]:
        ae.add_requested_context(UID(sop_class), [UID(syntax) for syntax in syntaxes])
    handlers: list[Any] = [(evt.EVT_CONN_OPEN, _no_delay), *answers]
    try:
        association = ae.associate(
            *address, ae_title=called, max_pdu=131072, evt_handlers=handlers, ext_neg=list(roles) or None,
            tls_args=None if secure is None else (secure, address[0]),
        )  # fmt: skip
    except (OSError, UnicodeError) as error:  # the host's name leads nowhere, or is none
        raise busy("peer.away", f"{called} at {address[0]}:{address[1]}: {error}", peer=called) from error
    try:
        if not association.is_established:
            raise _refusal(association, called, address, secure)
        turnstile.put_in(association)
        yield association
    except BaseException:
        if association.is_established:
            association.abort()
        raise
    finally:
        if association.is_established:
            association.release()
        _close(association)


def accepted(association: Association) -> Mapping[tuple[str, str], int]:
    """(SOP class, transfer syntax) → the context under which this side may send it."""
    return {
        (str(context.abstract_syntax), str(context.transfer_syntax[0])): int(context.context_id or 0)
        for context in association.accepted_contexts
        if context.as_scu
    }


def _refusal(association: Association, called: str, address: tuple[str, int], secure: ssl.SSLContext | None) -> Refused:
    fault = fault_of(secure)
    if fault is not None:
        return invalid("peer.certificate", f"{called} at {address[0]}:{address[1]}: {fault}", peer=called)
    where = f"{called} at {address[0]}:{address[1]}"
    answer = association.acceptor.primitive
    if association.is_rejected and answer is not None:
        permanent = getattr(answer, "result", None) == _REJECTED_FOR_GOOD
        why = f"{where} rejected the association: source {answer.result_source}, reason {answer.diagnostic}"
        return invalid("peer.rejected", why, peer=called) if permanent else busy("peer.away", why, peer=called)
    if association.rejected_contexts and not association.accepted_contexts and answer is not None:
        return invalid("peer.no_context", f"{where} takes none of what was proposed", peer=called)
    return busy("peer.away", f"{where} does not answer", peer=called)


def _no_delay(event: Event) -> None:
    connection = event.assoc.dul.socket
    plain = None if connection is None else connection.socket
    if plain is not None:
        with contextlib.suppress(OSError):
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _shut(plain: AssociationSocket) -> None:
    """Close in any case: pynetdicom 3.0.4 leaves a socket open that never connected, or whose peer has gone first."""
    connection = plain.socket
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()


AssociationSocket._shutdown_socket = _shut  # type: ignore[method-assign,assignment] # noqa: SLF001


def _close(association: Association) -> None:
    """pynetdicom leaves a socket open whose peer has gone first."""
    if association.is_alive():
        association.join(timeout=2.0)
    connection = association.dul.socket
    plain = None if connection is None else connection.socket
    if plain is not None:
        with contextlib.suppress(OSError):
            plain.close()
