"""Certificates for tests: signed by themselves, in and out of their time, as files of PEM."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Own:
    """Somebody's certificate and key."""

    certificate: Path
    key: Path

    @property
    def pem(self) -> str:
        return self.certificate.read_text()

    def trusting(self, pem: str) -> ssl.SSLContext:
        """For a client that shows this certificate to a server that shows the one of `pem`."""
        context = client(pem)
        context.load_cert_chain(self.certificate, self.key)
        return context


def client(pem: str) -> ssl.SSLContext:
    """For a client that shows nothing to a server that shows the certificate of `pem`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=pem)
    return context


def made(folder: Path, name: str, days: tuple[float, float] = (-1.0, 30.0)) -> Own:
    """A certificate that begins and ends so many days from now."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now + timedelta(days[0])).not_valid_after(now + timedelta(days[1]))
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
    own = Own(folder / f"{name}.crt", folder / f"{name}.key")
    own.certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    own.key.write_bytes(key.private_bytes(*form))
    return own
