"""DICOM over TLS: a second port, pinned certificates, what is turned away, and who goes on being served meanwhile."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import AE
from pynetdicom.association import Association
from sqlalchemy import select

from dicom_node import send
from dicom_node.node import Node
from teleconsult.access import SYSTEM, change_peer, identify
from teleconsult.access.destinations import Destination, address_of
from teleconsult.access.tables import PeerRow
from teleconsult.kernel.errors import Refused
from teleconsult.records.tables import FactRow
from teleconsult.tls_dicom import dicom_pair
from tests import certificates, synth
from tests.builders import Alliance, a_system, an_alliance
from tests.certificates import Own
from tests.children import Child, free_port, wait_for
from tests.node import index
from tests.node.conftest import SHORT
from tests.orthanc import orthanc
from tests.peers import Scanner, sent


@pytest.fixture
def secured(alliance: Alliance) -> Alliance:
    settings = alliance.system.settings.with_(dicom_tls_port=free_port())
    return Alliance(replace(alliance.system, settings=settings), alliance.sites, alliance.people)


@pytest.fixture
def node(secured: Alliance) -> Iterator[Node]:
    made = Node(secured.system, SHORT)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def pem(secured: Alliance) -> str:
    """What the node shows."""
    return dicom_pair(secured.system.settings).pem


@pytest.fixture
def scanner_s(tmp_path: Path) -> Own:
    return certificates.made(tmp_path, "scanner")


def rules(alliance: Alliance, title: str = "SCANNER_A", **changes: Any) -> None:
    with alliance.system.work() as work:
        peer = identify(work, title, "127.0.0.1")
        assert peer is not None
        change_peer(work, SYSTEM, peer.id, changes)


def row(alliance: Alliance, title: str = "SCANNER_A") -> PeerRow:
    with alliance.system.read() as work:
        return work.session.scalars(select(PeerRow).where(PeerRow.ae_title == title)).one()


def refusals(alliance: Alliance) -> list[str]:
    with alliance.system.read() as work:
        told = work.session.scalars(select(FactRow.details).where(FactRow.name == "PeerRefused").order_by(FactRow.seq))
        return [str(each["code"]) for each in told]


MOVE = "1.2.840.10008.5.1.4.1.2.2.2"


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def secure(node: Node, context: ssl.SSLContext, **options: Any) -> Scanner:
    return Scanner(node.secure_address, secure=context, **options)


def rejection(scanner: Scanner) -> tuple[int, int, int] | None:
    """Result, source and reason; None when there was no association at all."""
    association = scanner.request()
    assert not association.is_established
    return refused_with(association)


def refused_with(association: Association) -> tuple[int, int, int] | None:
    """Of an association that did not come about."""
    if not association.is_rejected:
        return None
    answer = association.acceptor.primitive
    assert answer is not None
    return (answer.result or 0, answer.result_source or 0, answer.diagnostic or 0)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_objects_come_over_tls_as_they_come_in_the_clear(
    node: Node, secured: Alliance, pem: str, version: ssl.TLSVersion
) -> None:
    context = certificates.client(pem)
    context.minimum_version = context.maximum_version = version
    items = [sent(ds) for ds in synth.a_ct_series(10, rows=256, columns=256)]
    assert secure(node, context).send(*items) == [0x0000] * 10
    with secured.system.read() as work:
        peers = list(work.session.scalars(select(PeerRow.id)))
    assert all(node.settled(peer, 20) for peer in peers)
    for item in items:
        (found,) = index.instances(secured.system, item.sop_uid)
        assert index.bytes_of(secured.system, found) == item.data_set
    assert row(secured).last_secure is True
    assert Scanner(node.address).echo() == 0x0000  # in the clear at the other port


def test_older_versions_of_tls_are_refused(node: Node, pem: str) -> None:
    context = certificates.client(pem)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    assert rejection(secure(node, context)) is None


def test_a_peer_that_must_use_tls_is_refused_in_the_clear_and_it_is_written_down(
    node: Node, secured: Alliance, pem: str
) -> None:
    rules(secured, tls_required=True)
    assert rejection(Scanner(node.address)) == (1, 1, 1)
    assert refusals(secured) == ["line.in_the_clear"]
    assert str(row(secured).last_error).startswith("line.in_the_clear")
    assert secure(node, certificates.client(pem)).echo() == 0x0000
    assert Scanner(node.address, calling="SCANNER_B").echo() == 0x0000


def test_only_the_certificate_of_its_row_is_taken_under_a_title(
    node: Node, secured: Alliance, pem: str, scanner_s: Own, tmp_path: Path
) -> None:
    other = certificates.made(tmp_path, "other")
    rules(secured, certificate=scanner_s.pem)
    rules(secured, "SCANNER_B", certificate=other.pem)
    assert secure(node, scanner_s.trusting(pem)).echo() == 0x0000
    assert rejection(secure(node, other.trusting(pem))) == (1, 1, 1)  # known, but another's
    assert rejection(secure(node, certificates.client(pem))) == (1, 1, 1)
    assert refusals(secured) == ["line.certificate"]  # once for both: it was within the same half minute
    assert Scanner(node.address).echo() == 0x0000  # nobody said that it must use TLS


@pytest.mark.parametrize("days", [(-1.0, 30.0), (-30.0, -1.0)])
def test_a_certificate_that_is_unknown_or_has_ended_gets_no_handshake(
    node: Node, secured: Alliance, pem: str, scanner_s: Own, tmp_path: Path, days: tuple[float, float]
) -> None:
    rules(secured, certificate=scanner_s.pem, tls_required=True)
    stranger = certificates.made(tmp_path, "stranger", days)
    if days[1] < 0:  # it was good when it was registered
        with secured.system.work() as work:
            peer = identify(work, "SCANNER_A", "127.0.0.1")
            assert peer is not None
            work.keep(work.get(PeerRow, peer.id), certificate=stranger.pem, fingerprint="0" * 64)
    assert rejection(secure(node, stranger.trusting(pem))) is None
    wait_for(lambda: refusals(secured) == ["line.handshake"], "it is written down")
    assert "expired" in str(row(secured).last_error) or days[1] > 0


def test_with_mutual_tls_nobody_gets_in_without_a_known_certificate(
    secured: Alliance, pem: str, scanner_s: Own
) -> None:
    rules(secured, certificate=scanner_s.pem)
    settings = secured.system.settings.with_(dicom_tls_mutual=True, dicom_tls_port=free_port())
    node = Node(replace(secured.system, settings=settings), SHORT)
    node.start()
    try:
        assert rejection(secure(node, certificates.client(pem), calling="SCANNER_B")) is None
        assert secure(node, scanner_s.trusting(pem)).echo() == 0x0000
    finally:
        node.stop()


def test_a_changed_certificate_counts_for_the_next_call(
    node: Node, secured: Alliance, pem: str, scanner_s: Own, tmp_path: Path
) -> None:
    rules(secured, certificate=scanner_s.pem)
    assert secure(node, scanner_s.trusting(pem)).echo() == 0x0000
    newer = certificates.made(tmp_path, "newer")
    rules(secured, certificate=newer.pem)
    assert secure(node, newer.trusting(pem)).echo() == 0x0000
    assert rejection(secure(node, scanner_s.trusting(pem))) is None


def test_a_new_certificate_is_known_within_seconds_and_one_that_was_taken_back_lets_nobody_in_at_once(
    secured: Alliance, pem: str, scanner_s: Own, tmp_path: Path
) -> None:
    rules(secured, certificate=scanner_s.pem)
    node = Node(secured.system, replace(SHORT, known_seconds=2.0))
    node.start()
    try:
        assert secure(node, scanner_s.trusting(pem)).echo() == 0x0000
        newer = certificates.made(tmp_path, "newer")
        rules(secured, certificate=newer.pem)
        assert rejection(secure(node, scanner_s.trusting(pem))) in ((1, 1, 1), None)
        wait_for(lambda: secure(node, newer.trusting(pem)).request().is_established, "the new one is known")
        assert rejection(secure(node, scanner_s.trusting(pem))) is None
    finally:
        node.stop()


@pytest.mark.needs_postgres
def test_a_database_that_is_away_refuses_the_handshake_in_one_line_and_is_asked_again(
    tmp_path: Path, postgres_url: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    system = a_system(tmp_path / "home", postgres_url)
    made = an_alliance(system)
    system = replace(system, settings=system.settings.with_(dicom_tls_port=free_port()))
    ours = certificates.client(dicom_pair(system.settings).pem)
    node = Node(system, SHORT)
    node.start()
    try:
        assert secure(node, ours).echo() == 0x0000
        with away(postgres_url):
            caplog.clear()
            assert rejection(secure(node, ours)) is None
            told = [each for each in caplog.records if "no TLS with" in each.getMessage()]
            assert [(each.levelname, each.exc_info) for each in told] == [("WARNING", None)]
            assert "database.busy" in told[0].getMessage()
            assert not [each for each in caplog.records if "no note about" in each.getMessage()]
            assert rejection(Scanner(node.address)) == (2, 3, 1)
        assert "Traceback" not in capfd.readouterr().err
        assert secure(node, ours).echo() == Scanner(node.address).echo() == 0x0000
        assert refusals(made) == [], "nobody's line is blamed for it"
    finally:
        node.stop()
        system.store.engine.dispose()


@contextlib.contextmanager
def away(url: str) -> Iterator[None]:
    """PostgreSQL lets nobody into the database and ends whoever is in."""
    server, _, name = url.replace("+psycopg", "").rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        yield
        connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())


def test_garbage_and_plain_dicom_on_the_port_for_tls_and_tls_on_the_other_one_harm_nobody(
    node: Node, secured: Alliance, pem: str
) -> None:
    for content in (
        b"\x00" * 4096,
        b"GET / HTTP/1.0\r\n\r\n",
        bytes(range(256)) * 20,
        b"\x16\x03\x01\xff\xff" + b"\x01" * 500,
    ):
        with socket.create_connection(node.secure_address, timeout=60) as line, contextlib.suppress(OSError):
            line.sendall(content)
            line.shutdown(socket.SHUT_WR)
            while line.recv(4096):
                pass
    assert rejection(Scanner(node.secure_address)) is None
    assert rejection(Scanner(node.address, secure=certificates.client(pem))) is None
    assert secure(node, certificates.client(pem)).echo() == Scanner(node.address).echo() == 0x0000


def test_two_hundred_handshakes_that_never_end_keep_nobody_from_being_served(secured: Alliance, pem: str) -> None:
    node = Node(secured.system, replace(SHORT, request_seconds=5.0))
    node.start()
    try:
        lines = [socket.create_connection(node.secure_address, timeout=60) for _ in range(200)]
        for line in lines[:100]:
            line.sendall(b"\x16\x03\x01")  # the beginning of a record
        assert secure(node, certificates.client(pem)).send(sent(synth.ct_slice())) == [0x0000]
        assert Scanner(node.address).echo() == 0x0000
        for line in lines:
            line.settimeout(60)
            with contextlib.suppress(OSError):
                assert line.recv(1) in (b"", b"\x15")  # the end, or an alert before it
            line.close()
        assert secure(node, certificates.client(pem)).echo() == 0x0000
    finally:
        node.stop()


def test_past_its_share_of_handshakes_the_oldest_goes_for_the_newest(secured: Alliance, pem: str) -> None:
    node = Node(secured.system, replace(SHORT, request_seconds=30.0, handshakes=4))
    node.start()
    try:
        lines = [socket.create_connection(node.secure_address, timeout=60) for _ in range(8)]
        assert secure(node, certificates.client(pem)).echo() == 0x0000
        assert lines[0].recv(1) == b""
        for line in lines:
            line.close()
    finally:
        node.stop()


class SecureScp:
    """Somebody else's node that listens over TLS, and may want to see a certificate."""

    def __init__(self, theirs: Own, wants: str | None = None) -> None:
        self.port = free_port()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(theirs.certificate, theirs.key)
        if wants is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            context.load_verify_locations(cadata=wants)
        ae = AE(ae_title="SCANNER_A")
        ae.add_supported_context(UID("1.2.840.10008.1.1"))
        self._server = ae.start_server(("127.0.0.1", self.port), block=False, ssl_context=context)

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()


def called(alliance: Alliance) -> Destination:
    with alliance.system.read() as work:
        peer = identify(work, "SCANNER_A", "127.0.0.1")
        assert peer is not None
        found = address_of(work, peer.id)
    assert found is not None
    return found


def test_a_peer_is_called_over_tls_where_it_shows_its_certificate_and_sees_ours(
    secured: Alliance, pem: str, tmp_path: Path
) -> None:
    theirs, settings = certificates.made(tmp_path, "theirs"), secured.system.settings
    scp = SecureScp(theirs, wants=pem)
    rules(secured, host="127.0.0.1", port=scp.port, tls_outgoing=True, certificate=theirs.pem)
    try:
        send.echo("TELECONSULT", called(secured), settings=settings)
        rules(secured, certificate=certificates.made(tmp_path, "wrong").pem)
        with pytest.raises(Refused) as wrong:
            send.echo("TELECONSULT", called(secured), settings=settings)
        assert wrong.value.code == "peer.certificate"
        rules(secured, certificate=None)
        with pytest.raises(Refused) as unknown:
            send.echo("TELECONSULT", called(secured), settings=settings)
        assert unknown.value.code == "peer.certificate"
        with pytest.raises(RuntimeError):
            send.echo("TELECONSULT", called(secured))  # never in the clear
    finally:
        scp.close()


FIND = ("-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID")


@pytest.mark.needs_dcmtk
def test_dcmtk_s_programs_come_over_tls_with_their_certificate(
    node: Node, secured: Alliance, pem: str, scanner_s: Own, tmp_path: Path
) -> None:
    """echoscu, storescu and findscu; DCMTK's getscu and movescu speak no TLS."""
    rules(secured, certificate=scanner_s.pem, tls_required=True)
    slice_ = synth.ct_slice()
    file, trusted = tmp_path / "one.dcm", tmp_path / "node.pem"
    file.write_bytes(synth.as_bytes(slice_))
    trusted.write_text(pem)
    host, port = node.secure_address

    def run(program: str, *options: str) -> subprocess.CompletedProcess[str]:
        keys = ["+tls", str(scanner_s.key), str(scanner_s.certificate), "+cf", str(trusted)]
        command = [program, "-v", *keys, "-aet", "SCANNER_A", "-aec", "TELECONSULT", host, str(port), *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    for program, options in (("echoscu", ()), ("storescu", (str(file),)), ("findscu", FIND)):
        done = run(program, *options)
        assert done.returncode == 0, done.stderr
    assert str(slice_.StudyInstanceUID) in done.stderr + done.stdout
    assert len(index.instances(secured.system, str(slice_.SOPInstanceUID))) == 1


@pytest.mark.needs_dcmtk
def test_a_c_move_over_tls_goes_to_its_destination_over_tls(
    node: Node, secured: Alliance, pem: str, scanner_s: Own, tmp_path: Path
) -> None:
    slice_, port, out = synth.ct_slice(), free_port(), tmp_path / "out"
    out.mkdir()
    (tmp_path / "node.pem").write_text(pem)
    rules(secured, certificate=scanner_s.pem, tls_outgoing=True, host="127.0.0.1", port=port)
    assert secure(node, scanner_s.trusting(pem)).send(sent(slice_)) == [0x0000]
    keys = ["+tls", str(scanner_s.key), str(scanner_s.certificate), "+cf", str(tmp_path / "node.pem")]
    with Child(["storescp", *keys, "-od", out, str(port)], tmp_path / "log") as storescp:
        storescp.up(lambda: listens(port), "storescp listens")
        asked = Dataset()
        asked.QueryRetrieveLevel, asked.StudyInstanceUID = "STUDY", slice_.StudyInstanceUID
        association = secure(node, scanner_s.trusting(pem)).request(contexts=[(MOVE, ["1.2.840.10008.1.2"])])
        *_, (last, _) = association.send_c_move(asked, "SCANNER_A", UID(MOVE))
        association.release()
    assert (last.Status, last.NumberOfCompletedSuboperations) == (0x0000, 1)
    assert len(list(out.iterdir())) == 1


@pytest.mark.needs_orthanc
def test_orthanc_sends_over_tls_and_is_called_over_tls(node: Node, secured: Alliance, pem: str, tmp_path: Path) -> None:
    theirs, trusted = certificates.made(tmp_path, "theirs"), tmp_path / "node.pem"
    trusted.write_text(pem)
    host, port = node.secure_address
    options: dict[str, Any] = {
        "DicomTlsEnabled": True,
        "DicomTlsCertificate": str(theirs.certificate),
        "DicomTlsPrivateKey": str(theirs.key),
        "DicomTlsTrustedCertificates": str(trusted),
        "DicomModalities": {"center": {"AET": "TELECONSULT", "Host": host, "Port": port, "UseDicomTls": True}},
    }
    with orthanc(tmp_path / "orthanc", ae_title="SCANNER_A", **options) as peer:
        rules(
            secured,
            certificate=theirs.pem,
            tls_required=True,
            tls_outgoing=True,
            host="127.0.0.1",
            port=peer.dicom_port,
        )
        peer.ask("/modalities/center/echo", b"{}")
        send.echo("TELECONSULT", called(secured), settings=secured.system.settings)
    assert row(secured).last_secure is True
