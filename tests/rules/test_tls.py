"""The certificate of web and media node: made, renewed, or one's own and looked at before anything starts."""

from __future__ import annotations

import ipaddress
import select
import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from teleconsult import tls
from teleconsult.settings import BadSetting, Settings
from teleconsult.web.tls_line import Line

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def secured(home: Path, **changes: Any) -> Settings:
    return Settings(home=home, tls=True, **changes)


def a_certificate(folder: Path, name: str, begins: datetime, ends: datetime) -> tuple[Path, Path]:
    """Files of one's own: certificate and key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name.from_rfc4514_string(f"CN={name}.example")
    builder = x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number(), begins, ends)
    folder.mkdir(exist_ok=True)
    certificate, secret = folder / f"{name}.crt", folder / f"{name}.key"
    certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    secret.write_bytes(key.private_bytes(*form, serialization.NoEncryption()))
    locked = key.private_bytes(*form, serialization.BestAvailableEncryption(b"word"))
    (folder / f"{name}.locked").write_bytes(locked)
    return certificate, secret


def test_a_made_certificate_is_for_every_name_of_this_machine_and_its_key_for_its_owner(tmp_path: Path) -> None:
    settings = secured(tmp_path, public_url="https://read.example.org:8443")
    pair = tls.pair(settings, NOW)
    names = pair.leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"localhost", socket.gethostname().lower(), "read.example.org"} <= set(
        names.get_values_for_type(x509.DNSName)
    )
    addresses = set(names.get_values_for_type(x509.IPAddress))
    assert {ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")} <= addresses
    assert stat.S_IMODE(pair.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(pair.key.parent.stat().st_mode) == 0o700
    assert pair.fingerprint in pair.words()
    assert len(pair.fingerprint.split(":")) == 32


def test_a_made_certificate_stays_until_shortly_before_its_end_and_then_is_another(tmp_path: Path) -> None:
    settings = secured(tmp_path)
    first = tls.pair(settings, NOW)
    assert tls.pair(settings, NOW + tls.LASTS - tls.RENEWED_BEFORE - timedelta(days=1)).leaf == first.leaf
    later = NOW + tls.LASTS - tls.RENEWED_BEFORE + timedelta(days=1)
    renewed = tls.pair(settings, later)
    assert renewed.leaf != first.leaf
    assert renewed.leaf.not_valid_after_utc > later + timedelta(days=300)


def test_a_new_name_of_the_machine_makes_a_new_certificate_for_the_old_names_too(tmp_path: Path) -> None:
    tls.pair(secured(tmp_path, public_url="https://old.example"), NOW)
    pair = tls.pair(secured(tmp_path, public_url="https://new.example"), NOW)
    names = pair.leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"old.example", "new.example"} <= set(names.get_values_for_type(x509.DNSName))


def test_many_processes_at_once_get_the_same_certificate(tmp_path: Path) -> None:
    found: list[tls.Pair] = []
    several = [threading.Thread(target=lambda: found.append(tls.pair(secured(tmp_path), NOW))) for _ in range(6)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    assert len(found) == 6
    assert len({pair.fingerprint for pair in found}) == 1


def test_ones_own_certificate_is_taken_with_or_without_the_word_tls(tmp_path: Path) -> None:
    certificate, key = a_certificate(tmp_path, "own", NOW - timedelta(1), NOW + timedelta(1))
    settings = Settings(home=tmp_path, tls_certificate=certificate, tls_key=key)
    pair = tls.pair(settings, NOW)
    assert (settings.encrypted, settings.url, pair.own) == (True, "https://127.0.0.1:8080", True)
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize(
    ("certificate", "key", "words"),
    [
        ("none.crt", "good.key", "none.crt can't be read: No such file or directory"),
        ("good.crt", "none.key", "none.key can't be read: No such file or directory"),
        ("good.key", "good.key", "good.key holds no certificate in PEM"),
        ("good.crt", "good.crt", "good.crt holds no key in PEM"),
        ("good.crt", "good.locked", "asks for a passphrase"),
        ("good.crt", "old.key", "do not belong together"),
        ("old.crt", "old.key", "old.crt ended on 2026-11-21: renew it"),
        ("early.crt", "early.key", "early.crt begins on 2026-11-23"),
        ("good.crt", "", "name both"),
        ("", "good.key", "name both"),
    ],
)
def test_a_pair_that_cannot_serve_is_refused_in_one_line(
    certificate: str, key: str, words: str, tmp_path: Path
) -> None:
    a_certificate(tmp_path, "good", NOW - timedelta(1), NOW + timedelta(1))
    a_certificate(tmp_path, "old", NOW - timedelta(9), NOW - timedelta(1))
    a_certificate(tmp_path, "early", NOW + timedelta(1), NOW + timedelta(9))
    named = {
        "tls_certificate": tmp_path / certificate if certificate else None,
        "tls_key": tmp_path / key if key else None,
    }
    with pytest.raises(BadSetting) as refusal:
        tls.pair(Settings(home=tmp_path).with_(**named), NOW)
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["public_url", "media_url"])
def test_a_plain_address_for_users_is_refused_with_tls(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="with TLS it begins with https://"):
        tls.pair(secured(tmp_path, **{name: "http://read.example.org"}), NOW)


@contextmanager
def talking(entrance: tls.Entrance, pem: str) -> Iterator[tuple[Line, ssl.SSLSocket]]:
    """Server's and client's end of one connection."""
    here, there = socket.socketpair()
    line = entrance.context.wrap_socket(here, server_side=True, do_handshake_on_connect=False)
    assert isinstance(line, Line)
    line.settimeout(0.0)
    shaking = threading.Thread(target=shaken, args=(line,))
    shaking.start()
    with line, tls.trusting(pem).wrap_socket(there) as client:
        shaking.join()
        line.settimeout(None)
        yield line, client


def shaken(line: Line) -> None:
    """The handshake, which waits for nothing itself."""
    while True:
        try:
            return line.do_handshake()
        except ssl.SSLWantReadError:
            select.select([line], [], [], 20)


def test_a_line_is_read_by_one_thread_and_written_by_several_at_once(tmp_path: Path) -> None:
    entrance = tls.Entrance(secured(tmp_path), Line)
    block = bytes(range(256)) * 250  # 64 kB: several records, more than a socket's buffer takes at once
    with talking(entrance, entrance.pem) as (line, client):
        heard: list[bytes] = []

        def listen() -> None:
            while got := line.recv(4096):
                heard.append(got)

        def speak() -> None:
            for _ in range(20):
                line.sendall(block)

        several = [threading.Thread(target=listen), *(threading.Thread(target=speak) for _ in range(3))]
        for one in several:
            one.start()
        left = 60 * len(block)
        while left:
            got = client.recv(1 << 16)
            assert got
            left -= len(got)
            client.sendall(got[:1000])
        client.shutdown(socket.SHUT_WR)
        for one in several:
            one.join(20)
        assert not any(one.is_alive() for one in several)
        assert heard


def test_a_renewed_certificate_is_shown_to_the_next_who_connects(tmp_path: Path) -> None:
    entrance = tls.Entrance(secured(tmp_path), Line)
    before = entrance.pem
    (tmp_path / "keys" / "tls.pem").unlink()
    entrance.look(every=0)
    assert entrance.pem != before
    with talking(entrance, entrance.pem) as (line, client):
        line.sendall(b"after")
        assert client.recv(5) == b"after"


def test_a_line_waits_no_longer_than_it_was_told(tmp_path: Path) -> None:
    entrance = tls.Entrance(secured(tmp_path), Line)
    with talking(entrance, entrance.pem) as (line, _):
        line.settimeout(0.05)
        with pytest.raises(TimeoutError):
            line.recv(1)
        line.setblocking(False)
        with pytest.raises(ssl.SSLWantReadError):
            line.recv(1)
