"""The certificate that web and the media node show: one's own, or one that is made in the home and renewed before it ends.

A browser does not trust a made one by itself. Its SHA-256 fingerprint is printed at start, so that whoever sees the browser's warning can
compare before saying yes.
"""

import fcntl
import ipaddress
import logging
import os
import re
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from teleconsult.kernel.clock import SystemClock
from teleconsult.settings import PREFIX, BadSetting, Settings

log = logging.getLogger(__name__)
LOOK_SECONDS = 60.0
"""How often a running process looks for a certificate that was renewed."""
LASTS = timedelta(days=397)  # what browsers accept at most
RENEWED_BEFORE = timedelta(days=30)
_LOCAL_4 = re.compile(r"\|-- (\S+)\n\s+/32 host LOCAL")
_LINK_SCOPE = "20"


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate (PEM, perhaps with its chain) and its key, which were seen to belong together."""

    certificate: Path
    key: Path
    own: bool
    leaf: x509.Certificate

    @property
    def pem(self) -> str:
        """The certificate itself, without chain or key."""
        return self.leaf.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def fingerprint(self) -> str:
        """SHA-256 as browsers show it."""
        return self.leaf.fingerprint(hashes.SHA256()).hex(":").upper()

    def words(self) -> str:
        """What is printed at start."""
        ends = f"ends {self.leaf.not_valid_after_utc:%Y-%m-%d}"
        if self.own:
            return f"  Certificate {self.certificate}, {ends}, SHA-256 {self.fingerprint}"
        return f"  Certificate made here, renewed by itself ({ends}). Compare in the browser: SHA-256\n    {self.fingerprint}"


class Entrance:
    """The TLS side of a server: TLS 1.2 at least, always with the present certificate. `line` is the class of its sockets."""

    def __init__(self, settings: Settings, line: type[ssl.SSLSocket] | None = None) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._looked_at = time.monotonic()
        self.pair = pair(settings)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_alpn_protocols(["http/1.1"])
        if line is not None:
            self.context.sslsocket_class = line
        self._show(self.pair)

    @property
    def pem(self) -> str:
        return self.pair.pem

    def look(self, every: float = LOOK_SECONDS) -> None:
        """Show a certificate that was renewed to whoever connects from now on. A bad one is a warning, and the old one stays.

        May be called for every connection and from any thread: it looks only once in `every` seconds.
        """
        with self._lock:
            if time.monotonic() - self._looked_at < every:
                return
            self._looked_at = time.monotonic()
            try:
                found = pair(self._settings)
                if found.leaf != self.pair.leaf:
                    self._show(found)
                    log.warning("certificate renewed, SHA-256 %s", found.fingerprint)
            except (BadSetting, OSError) as error:
                log.warning("the certificate is not renewed: %s", error)

    def _show(self, found: Pair) -> None:
        try:
            self.context.load_cert_chain(found.certificate, found.key)
        except ssl.SSLError as error:
            raise BadSetting(f"{found.certificate} can't be used: {error.reason}") from None
        self.pair = found


def pair(settings: Settings, now: datetime | None = None, *, calls: bool = False) -> Pair:
    """The certificate of these settings; where none is named, one in the home, made or renewed if need be.
    `calls`: it is shown to others' servers, too, as DICOM does.

    `BadSetting` with one line when a file is missing, unreadable, no PEM, out of its time, or certificate and key do not belong together.
    Repeats safely, also in several processes at once.
    """
    now = now or SystemClock().now()
    for name, url in (("PUBLIC_URL", settings.public_url), ("MEDIA_URL", settings.media_url)):
        if url.startswith("http://"):
            raise BadSetting(f"{PREFIX}{name}={url}: with TLS it begins with https://")
    certificate, key = settings.tls_certificate, settings.tls_key
    if certificate is None and key is None:
        return _made(settings, now, calls or settings.dicom_tls_port > 0)
    if certificate is None or key is None:
        raise BadSetting("--tls-certificate and --tls-key belong together: name both, or neither with --tls")
    leaf = _belonging(certificate, key)
    if now > leaf.not_valid_after_utc:
        raise BadSetting(f"{certificate} ended on {leaf.not_valid_after_utc:%Y-%m-%d}: renew it")
    if now < leaf.not_valid_before_utc:
        raise BadSetting(
            f"{certificate} begins on {leaf.not_valid_before_utc:%Y-%m-%d}: this machine's clock is wrong?"
        )
    return Pair(certificate, key, True, leaf)


def trusting(pem: str) -> ssl.SSLContext:
    """For a client that trusts this one certificate and no other, whatever name the server is reached by."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=pem)
    return context


def _belonging(certificate: Path, key: Path) -> x509.Certificate:
    """The first certificate of the file, which is the server's own; `BadSetting` unless the key is its key."""
    try:
        leaf = x509.load_pem_x509_certificates(_content(certificate, "TLS_CERTIFICATE"))[0]
    except ValueError:
        raise BadSetting(f"{certificate} holds no certificate in PEM") from None
    try:
        private = serialization.load_pem_private_key(_content(key, "TLS_KEY"), None)
    except TypeError:
        raise BadSetting(f"{key} asks for a passphrase: the processes start unattended, name a key without") from None
    except ValueError:
        raise BadSetting(f"{key} holds no key in PEM") from None
    if _raw(private.public_key()) != _raw(leaf.public_key()):
        raise BadSetting(f"{certificate} and {key} do not belong together: the key is of another certificate")
    return leaf


def _content(file: Path, name: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadSetting(f"{PREFIX}{name}={file} can't be read: {error.strerror}") from None


def _raw(key: object) -> bytes:
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return key.public_bytes(*form)  # type: ignore[attr-defined,no-any-return]  # every public key has it


def _made(settings: Settings, now: datetime, calls: bool) -> Pair:
    """`HOME/keys/tls.pem` holds key and certificate in one file, so that whoever reads it never sees halves of two."""
    file = settings.home / "keys" / "tls.pem"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    wanted = names(settings)
    with _alone(file.with_name(".tls.lock")):
        leaf = _belonging(file, file) if file.exists() else None
        if leaf is None or leaf.not_valid_after_utc - now < RENEWED_BEFORE or (calls and not _may_call(leaf)):
            leaf = _write(file, wanted, now)
        elif missing := wanted - (present := _named(leaf)):
            log.info("a new certificate, for %s too", ", ".join(sorted(missing)))
            leaf = _write(file, wanted | present, now)
    return Pair(file, file, False, leaf)


def _write(file: Path, wanted: Iterable[str], now: datetime) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = _signed(key, wanted, now)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    draft = file.with_name(f".tls.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(key.private_bytes(*form) + leaf.public_bytes(serialization.Encoding.PEM))
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
    return leaf


def _signed(key: ec.EllipticCurvePrivateKey, wanted: Iterable[str], now: datetime) -> x509.Certificate:
    """Signed by itself, for both sides of TLS only: whoever trusts it trusts nothing else that this key might sign."""
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Teleconsult {socket.gethostname()}"[:64])])
    signs = [usage == "digital_signature" for usage in _USAGES]
    builder = x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + LASTS)
    for extension, critical in (
        (x509.SubjectAlternativeName([_general(name) for name in sorted(wanted)]), False),
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.KeyUsage(*signs), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    ):
        builder = builder.add_extension(extension, critical)
    return builder.sign(key, hashes.SHA256())


_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def names(settings: Settings) -> set[str]:
    """What a made certificate is for: localhost, this machine's name, its addresses, and the public URL's host."""
    named = {"localhost", socket.gethostname().lower(), urlsplit(settings.url).hostname or ""}
    named |= {host for host in (settings.media_address, urlsplit(settings.media_url).hostname or "") if "{" not in host}
    return {name for name in named if name not in ("", "0.0.0.0", "::") and name.isascii()} | _addresses()  # noqa: S104


def _addresses() -> set[str]:
    """Every address of this machine that a browser can be told; from the kernel's own tables (Linux)."""
    found = {"127.0.0.1", "::1"}
    table, six = Path("/proc/net/fib_trie"), Path("/proc/net/if_inet6")
    if table.exists():
        found |= set(_LOCAL_4.findall(table.read_text()))
    if six.exists():
        rows = [line.split() for line in six.read_text().splitlines()]
        found |= {str(ipaddress.ip_address(bytes.fromhex(row[0]))) for row in rows if row[3] != _LINK_SCOPE}
    return found


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _named(leaf: x509.Certificate) -> set[str]:
    """The names that a certificate is for."""
    found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in found}


def _may_call(leaf: x509.Certificate) -> bool:
    """Those made by earlier versions are for servers only, which a strict peer does not take from a caller."""
    uses = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    return ExtendedKeyUsageOID.CLIENT_AUTH in uses


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """One process at a time."""
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def gateway_link(settings: Settings, token: str) -> str:
    """Address and token in one line to paste into a gateway; with the digest of the certificate where that is one made here, which nobody
    else vouches for. Behind the # nothing travels if somebody opens it in a browser by mistake."""
    made = settings.encrypted and not pair(settings).own
    return link_to(settings.url, token, pair(settings).fingerprint.replace(":", "").lower() if made else "")


def link_to(url: str, token: str, pin: str) -> str:
    """`gateway_link` where address and digest are known already; no digest where somebody else vouches for the certificate."""
    return f"{url}/#gateway={token}" + (f"&pin={pin}" if pin else "")
