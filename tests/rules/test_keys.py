"""The installation's keys: made once, readable by their owner alone, retired ones still known."""

import threading
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from teleconsult.keys import Keys, load_keys
from teleconsult.reporting import Ed25519Signer, Keyring


def test_keys_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    first, second = load_keys(tmp_path), load_keys(tmp_path)
    assert (first.journal, first.flask) == (second.journal, second.flask)
    assert first.signing.public_key() == second.signing.public_key()
    assert {file.stat().st_mode & 0o077 for file in (tmp_path / "keys").iterdir()} == {0}


def test_processes_that_start_at_once_get_the_same_keys(tmp_path: Path) -> None:
    found: list[Keys] = []
    threads = [threading.Thread(target=lambda: found.append(load_keys(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({(keys.journal, keys.flask, keys.signing.private_bytes_raw()) for keys in found}) == 1


def test_what_a_retired_key_signed_still_verifies(tmp_path: Path) -> None:
    old = load_keys(tmp_path)
    signature = Ed25519Signer(old.signing).sign(b"report")
    retired = tmp_path / "keys" / "retired"
    retired.mkdir()
    (tmp_path / "keys" / "signing.pem").rename(retired / "2026.pem")
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (retired / "public-only.pem").write_bytes(old.signing.public_key().public_bytes(*form))
    new = load_keys(tmp_path)
    assert new.signing.public_key() != old.signing.public_key()
    assert Keyring(Ed25519Signer(new.signing).public_key, *new.retired).verify(signature, b"report")
    assert not Keyring(Ed25519Signer(new.signing).public_key).verify(signature, b"report")
