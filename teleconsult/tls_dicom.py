"""Calling others over TLS, and what both sides of DICOM over TLS share (PS3.15 B.12, BCP 195): TLS 1.2 and 1.3 with forward secrecy."""

from __future__ import annotations

import ssl
from typing import Final, TypeVar

from teleconsult.settings import Settings
from teleconsult.tls import Pair, pair

Context = TypeVar("Context", bound=ssl.SSLContext)
CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:!aNULL"
"""Of TLS 1.2 (RFC 9325 4.2); those of TLS 1.3 are all good."""


def dicom_pair(settings: Settings) -> Pair:
    """The certificate that this node shows. BadSetting as `tls.pair`."""
    named = settings.dicom_tls_certificate is not None or settings.dicom_tls_key is not None
    files = (
        (settings.dicom_tls_certificate, settings.dicom_tls_key)
        if named
        else (settings.tls_certificate, settings.tls_key)
    )
    # Web's addresses may be plain HTTP behind a proxy: they are no matter here.
    return pair(settings.with_(tls_certificate=files[0], tls_key=files[1], public_url="", media_url=""), calls=True)


def calling(settings: Settings | None, certificate: str | None) -> ssl.SSLContext:
    """For one association to a peer that is called over TLS.

    The peer must show this `certificate` (PEM); where there is none, one that the authorities signed for its host.
    """
    if settings is None:
        raise RuntimeError("a peer that is called over TLS is never called in the clear: name the settings")
    context = _Calling(ssl.PROTOCOL_TLS_CLIENT)
    plainly(context)
    context.sslsocket_class = _Noting
    if certificate is not None:
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(cadata=certificate)
    elif settings.dicom_tls_authorities is not None:
        context.load_verify_locations(settings.dicom_tls_authorities)
    else:
        context.load_default_certs()
    ours = dicom_pair(settings)
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
                self.context.fault = words(error)
            raise


def plainly(context: Context) -> Context:
    """TLS 1.2 and 1.3 only, with good ciphers."""
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    return context


def words(error: Exception) -> str:
    """Why no TLS came of it, in a few."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate: {error.verify_message}"
    if isinstance(error, ssl.SSLError) and error.reason:
        return str(error.reason).lower().replace("_", " ")
    return str(error) or type(error).__name__
