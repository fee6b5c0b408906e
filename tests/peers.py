"""Foreign DICOM systems for tests: a scanner that sends, once by pynetdicom and once by DCMTK's programs."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import struct
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import cast

from pydicom import Dataset
from pydicom.uid import UID
from pynetdicom import AE
from pynetdicom.association import Association
from pynetdicom.dimse_messages import C_STORE_RQ
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.pdu_primitives import UserIdentityNegotiation
from pynetdicom.transport import AssociationSocket

from dicom_node import turnstile
from tests import synth


def _shut(plain: AssociationSocket) -> None:
    """pynetdicom 3.0.4 leaves a socket open whose peer has gone first; a scanner of these tests closes it."""
    connection = plain.socket
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()


AssociationSocket._shutdown_socket = _shut  # type: ignore[method-assign,assignment] # noqa: SLF001
VERIFICATION = "1.2.840.10008.1.1"


@dataclass(frozen=True, slots=True)
class Sent:
    """One object on its way: exactly these bytes under exactly this transfer syntax."""

    sop_class: str
    sop_uid: str
    transfer_syntax: str
    data_set: bytes


def sent(ds: Dataset, transfer_syntax: str = synth.ExplicitVRLittleEndian) -> Sent:
    """A synthetic object as it would be sent."""
    return Sent(str(ds.SOPClassUID), str(ds.SOPInstanceUID), transfer_syntax, synth.dataset_bytes(ds, transfer_syntax))


def sent_file(part10: bytes) -> Sent:
    """A Part 10 file as it would be sent, its data set untouched. ValueError when it is no such file, KeyError when it names no syntax."""
    if part10[128:132] != b"DICM" or part10[132:138] != b"\x02\x00\x00\x00UL":
        raise ValueError("no Part 10 file")
    end = 144 + struct.unpack_from("<L", part10, 140)[0]
    meta, at = dict[str, str](), 144
    while at < end:
        group_element, vr = part10[at : at + 4].hex(), part10[at + 4 : at + 6]
        long = vr in (b"OB", b"UN")
        length = struct.unpack_from("<L" if long else "<H", part10, at + (8 if long else 6))[0]
        start = at + (12 if long else 8)
        meta[group_element] = part10[start : start + length].rstrip(b"\0 ").decode("ascii", "replace")
        at = start + length
    return Sent(meta.get("02000200", ""), meta.get("02000300", ""), meta["02001000"], part10[end:])


class Scanner:
    """A storage SCU. `called` and `calling` are AE titles; the address is always this machine. `secure`: over TLS, by pynetdicom only."""

    def __init__(
        self, address: tuple[str, int], *, calling: str = "SCANNER_A", called: str = "TELECONSULT", seconds: float = 20,
        secure: ssl.SSLContext | None = None, identity: UserIdentityNegotiation | None = None,
    ) -> None:  # fmt: skip
        self._secure, self._identity = secure, identity
        self.address, self.calling, self.called = address, calling, called
        self._seconds = seconds

    # ---- pynetdicom

    def request(
        self, objects: Iterable[Sent] = (), *, contexts: Sequence[tuple[str, Sequence[str]]] = ()
    ) -> Association:
        """Ask for an association with a context for each class and syntax of the objects (Verification when none)."""
        ae = AE(ae_title=self.calling)
        ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = ae.connection_timeout = self._seconds
        wanted = [*contexts, *((o, [s]) for o, s in dict.fromkeys((o.sop_class, o.transfer_syntax) for o in objects))]
        for sop_class, syntaxes in wanted or [(VERIFICATION, ["1.2.840.10008.1.2"])]:
            ae.add_requested_context(UID(sop_class), [UID(syntax) for syntax in syntaxes])
        association = ae.associate(
            *self.address, ae_title=self.called, max_pdu=0, ext_neg=None if self._identity is None else [self._identity],
            tls_args=None if self._secure is None else (self._secure, self.address[0]),
        )  # fmt: skip
        turnstile.put_in(association)
        return association

    @contextmanager
    def associated(self, objects: Iterable[Sent] = ()) -> Iterator[Association]:
        """An established association, released at the end."""
        association = self.request(objects)
        assert association.is_established, "the association was not accepted"
        try:
            yield association
        finally:
            if association.is_established:
                association.release()

    def echo(self) -> int:
        """The status of one C-ECHO."""
        with self.associated() as association:
            return int(association.send_c_echo().Status)

    def send(self, *objects: Sent) -> list[int]:
        """Store the objects one after another in one association; their statuses."""
        with self.associated(objects) as association:
            return [int(store(association, item).Status) for item in objects]

    # ---- DCMTK

    def storescu(
        self, *paths: Path, options: Sequence[str] = (), nodelay: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Send files, or folders of them, by DCMTK's storescu; +v output is in stdout and stderr."""
        return self._run("storescu", "-v", "+sd", "+r", *options, files=paths, nodelay=nodelay)

    def echoscu(self) -> subprocess.CompletedProcess[str]:
        return self._run("echoscu", "-v", files=(), nodelay=True)

    def _run(
        self, program: str, *options: str, files: Sequence[Path], nodelay: bool
    ) -> subprocess.CompletedProcess[str]:
        command = [program, *options, "-aet", self.calling, "-aec", self.called, self.address[0], str(self.address[1])]
        env = {**os.environ, "TCP_NODELAY": "1"} if nodelay else dict(os.environ)
        return subprocess.run(
            [*command, *map(str, files)], env=env, capture_output=True, text=True, timeout=120, check=False
        )


def store(association: Association, item: Sent) -> Dataset:
    """Store one object as it is: its bytes are neither read nor encoded again, so that broken ones can be sent too.

    The response's command set; without Status when the association ended instead of an answer.
    """
    context = next(
        cx.context_id
        for cx in association.accepted_contexts
        if cx.abstract_syntax == item.sop_class and cx.transfer_syntax[0] == item.transfer_syntax
    )
    request = C_STORE()
    request.MessageID, request.Priority = 1, 2
    request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = UID(item.sop_class), UID(item.sop_uid)
    request.DataSet = BytesIO(item.data_set)
    association._reactor_checkpoint.clear()  # noqa: SLF001 - as send_c_store does: its reactor must not take our answer
    while not association._is_paused:  # noqa: SLF001
        time.sleep(0.001)
    association.dimse.send_msg(request, cast(int, context))
    _, response = association.dimse.get_msg(block=True)
    association._reactor_checkpoint.set()  # noqa: SLF001
    answer = Dataset()
    if response is not None and getattr(response, "Status", None) is not None:
        answer.Status = response.Status
        answer.ErrorComment = getattr(response, "ErrorComment", None) or ""
    return answer


def store_in_part(association: Association, item: Sent, share: float = 0.5) -> None:
    """The C-STORE-RQ and this share of its data set, as they would lie on the wire; the rest never comes."""
    request = C_STORE()
    request.MessageID, request.Priority = 1, 2
    request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = UID(item.sop_class), UID(item.sop_uid)
    request.DataSet = BytesIO(item.data_set)
    message = C_STORE_RQ()
    message.primitive_to_message(request)
    pieces = list(message.encode_msg(cast(int, association.accepted_contexts[0].context_id), 16384))
    for piece in pieces[: max(2, round(len(pieces) * share))]:
        association.dul.send_pdu(piece)
