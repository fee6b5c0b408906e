"""Whether a peer's own DICOM port answers: a C-ECHO with the time it took (PS3.4 A.4, Verification)."""

import time

from pynetdicom import AE

from teleconsult.web.respond import Model

SECONDS = 5.0


class Echo(Model):
    """`code` is echo.ok, echo.no_port (none is registered), echo.unreachable, echo.rejected or echo.failed."""

    ok: bool
    code: str
    milliseconds: int | None = None


def echo(host: str | None, port: int | None, called: str, calling: str) -> Echo:
    """Call the peer. Takes ten seconds at most."""
    if not host or not port:
        return Echo(ok=False, code="echo.no_port")
    entity = AE(ae_title=calling)
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = entity.connection_timeout = SECONDS
    entity.add_requested_context("1.2.840.10008.1.1")
    begin = time.monotonic()
    association = entity.associate(host, port, ae_title=called)
    if not association.is_established:
        return Echo(ok=False, code="echo.rejected" if association.is_rejected else "echo.unreachable")
    status = association.send_c_echo()
    association.release()
    took = round((time.monotonic() - begin) * 1000)
    good = "Status" in status and status.Status == 0x0000
    return Echo(ok=good, code="echo.ok" if good else "echo.failed", milliseconds=took)
