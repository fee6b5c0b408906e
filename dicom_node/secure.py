"""DICOM over TLS (PS3.15 B.12, BCP 195): TLS 1.2 and 1.3 with forward secrecy, certificates of peers pinned, both as server and as client."""

from __future__ import annotations

import hashlib
import logging
import select
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from teleconsult.access import SYSTEM
from teleconsult.access.peers import certificates
from teleconsult.tls import LOOK_SECONDS, Pair, pair

if TYPE_CHECKING:
    from pynetdicom.association import Association

    from teleconsult.access.destinations import Destination
    from teleconsult.records import Store
    from teleconsult.settings import Settings

LOG = logging.getLogger(__name__)
CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:!aNULL"
"""Of TLS 1.2 (RFC 9325 4.2); those of TLS 1.3 are all good."""


def own(settings: Settings) -> Pair:
    """The certificate that this node shows. BadSetting as `tls.pair`."""
    named = settings.dicom_tls_certificate is not None or settings.dicom_tls_key is not None
    files = (
        (settings.dicom_tls_certificate, settings.dicom_tls_key)
        if named
        else (settings.tls_certificate, settings.tls_key)
    )
    # Web's addresses may be plain HTTP behind a proxy: they are no matter here.
    return pair(settings.with_(tls_certificate=files[0], tls_key=files[1], public_url="", media_url=""))


@dataclass(frozen=True, slots=True)
class Shown:
    """How somebody called: over TLS, and the SHA-256 of the certificate that they showed."""

    secure: bool = False
    fingerprint: str | None = None


def shown(association: Association) -> Shown:
    """How the peer of an association called."""
    line = association.dul.socket
    connection = None if line is None else line.socket
    if not isinstance(connection, ssl.SSLSocket):
        return Shown()
    leaf = connection.getpeercert(binary_form=True)
    return Shown(True, _sha256(leaf) if leaf else None)


class HandshakeRefused(Exception):
    """No TLS came of it; the message says why in a few words."""


class Entrance:
    """The server's side. Threads share it; `most` handshakes may be under way, the oldest goes when another one comes."""

    def __init__(self, settings: Settings, store: Store, seconds: float, most: int = 256) -> None:
        self._settings, self._store = settings, store
        self._seconds, self._most = seconds, most
        self._lock = threading.Lock()
        self._under_way: dict[ssl.SSLSocket, None] = {}
        self._pair, self._looked_at = own(settings), time.monotonic()
        self._made_of: tuple[object, ...] = ()
        self._context = self._present()

    def shake(self, connection: socket.socket) -> ssl.SSLSocket:
        """The connection as TLS, within the time for a request. HandshakeRefused; the connection is then closed."""
        deadline = time.monotonic() + self._seconds
        connection.settimeout(0)
        try:
            line = self._present().wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        except (OSError, ValueError) as error:
            connection.close()
            raise HandshakeRefused(_words(error)) from error
        self._enter(line)
        try:
            _shaken(line, deadline)
        except (OSError, ValueError) as error:
            line.close()
            raise HandshakeRefused(_words(error)) from error
        finally:
            with self._lock:
                self._under_way.pop(line, None)
        return line

    def _enter(self, line: ssl.SSLSocket) -> None:
        with self._lock:
            while len(self._under_way) >= self._most:
                oldest = next(iter(self._under_way))
                del self._under_way[oldest]
                _hang_up(oldest)
            self._under_way[line] = None

    def under_way(self) -> int:
        return len(self._under_way)

    def _present(self) -> ssl.SSLContext:
        """With the certificate and the known peers of now: a change needs no restart."""
        with self._store.read(SYSTEM) as work:
            known = certificates(work)
        with self._lock:
            if time.monotonic() - self._looked_at >= LOOK_SECONDS:
                self._pair, self._looked_at = own(self._settings), time.monotonic()
            made_of = (*known, self._pair.pem)
            if made_of != self._made_of:
                self._context, self._made_of = self._made(known), made_of
            return self._context

    def _made(self, known: tuple[str, ...]) -> ssl.SSLContext:
        context = _plainly(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
        context.num_tickets = 0  # nothing to read for a client before it has asked
        context.load_cert_chain(self._pair.certificate, self._pair.key)
        authorities = self._settings.dicom_tls_authorities
        if authorities is not None:
            context.load_verify_locations(authorities)
        # Our own is known, too: the node checks its own line with it.
        context.load_verify_locations(cadata="\n".join((*known, self._pair.pem)))
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        if self._settings.dicom_tls_mutual:
            context.verify_mode = ssl.CERT_REQUIRED
        elif known or authorities is not None:
            context.verify_mode = ssl.CERT_OPTIONAL
        return context


def calling(settings: Settings | None, to: Destination) -> ssl.SSLContext | None:
    """For one association to a peer that is called over TLS; None for one that is not.

    The peer must show the certificate of its row; where there is none, one that the authorities signed for its host.
    """
    if not to.tls:
        return None
    if settings is None:
        raise RuntimeError("a peer that is called over TLS is never called in the clear: name the settings")
    context = _Calling(ssl.PROTOCOL_TLS_CLIENT)
    _plainly(context)
    context.sslsocket_class = _Noting
    if to.certificate is not None:
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(cadata=to.certificate)
    elif settings.dicom_tls_authorities is not None:
        context.load_verify_locations(settings.dicom_tls_authorities)
    else:
        context.load_default_certs()
    ours = own(settings)
    context.load_cert_chain(ours.certificate, ours.key)
    return context


def fault_of(context: ssl.SSLContext | None) -> str | None:
    """Why no TLS came of a call with this context; None when it did, or nobody answered at all."""
    return context.fault if isinstance(context, _Calling) else None


class _Calling(ssl.SSLContext):
    """A context for one call, which remembers why it failed."""

    fault: str | None = None


class _Noting(ssl.SSLSocket):
    """pynetdicom swallows why a connection was not made."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except ssl.SSLError as error:
            if isinstance(self.context, _Calling):
                self.context.fault = _words(error)
            raise


def _plainly(context: ssl.SSLContext) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    return context


def _shaken(line: ssl.SSLSocket, deadline: float) -> None:
    while True:
        try:
            line.do_handshake()
        except ssl.SSLWantReadError:
            _wait(line, select.POLLIN, deadline)
        except ssl.SSLWantWriteError:
            _wait(line, select.POLLOUT, deadline)
        else:
            line.settimeout(None)
            return


def _wait(line: ssl.SSLSocket, event: int, deadline: float) -> None:
    left = deadline - time.monotonic()
    waiting = select.poll()
    waiting.register(line.fileno(), event)
    if left <= 0 or not waiting.poll(left * 1000):
        raise TimeoutError("no handshake in time")


def _hang_up(connection: Any) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate: {error.verify_message}"
    if isinstance(error, ssl.SSLError) and error.reason:
        return str(error.reason).lower().replace("_", " ")
    return str(error) or type(error).__name__


def _sha256(leaf: bytes) -> str:
    return hashlib.sha256(leaf).hexdigest()
