"""Whether a peer's own DICOM port answers: a C-ECHO with the time it took (PS3.4 A.4, Verification)."""

import ssl
import time

from pynetdicom import AE

from teleconsult.tls_dicom import fault_of
from teleconsult.web.respond import Model

SECONDS = 5.0


class Echo(Model):
    """`code` is echo.ok, echo.no_port (none is registered), echo.unreachable, echo.rejected, echo.certificate or echo.failed."""

    ok: bool
    code: str
    milliseconds: int | None = None


def echo(
    host: str | None,
    port: int | None,
    called: str,
    calling: str,
    secure: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
) -> Echo:
    """Call the peer, over TLS with the context `secure`. Takes twice the seconds at most."""
    if not host or not port:
        return Echo(ok=False, code="echo.no_port")
    entity = AE(ae_title=calling)
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = entity.connection_timeout = seconds
    entity.add_requested_context("1.2.840.10008.1.1")
    begin = time.monotonic()
    tls = None if secure is None else (secure, host)
    try:
        association = entity.associate(host, port, ae_title=called, tls_args=tls)
    except (OSError, UnicodeError):  # the host's name leads nowhere, or is none
        return Echo(ok=False, code="echo.unreachable")
    if not association.is_established:
        refused = "echo.certificate" if fault_of(secure) else "echo.unreachable"
        return Echo(ok=False, code="echo.rejected" if association.is_rejected else refused)
    status = association.send_c_echo()
    association.release()
    took = round((time.monotonic() - begin) * 1000)
    good = "Status" in status and status.Status == 0x0000
    return Echo(ok=good, code="echo.ok" if good else "echo.failed", milliseconds=took)
