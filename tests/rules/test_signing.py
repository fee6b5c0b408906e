"""Ed25519 behind the signer port."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from teleconsult.reporting.signing import Ed25519Signer, Keyring, Signer, key_id_of


def signer_of(secret: bytes) -> Ed25519Signer:
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(secret))


SIGNER = signer_of(bytes(range(32)))
RING = Keyring(SIGNER.public_key)


def test_the_key_of_rfc_8032_test_1_signs_as_the_rfc_says() -> None:
    """RFC 8032 §7.1, TEST 2: one byte."""
    signer = signer_of(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    assert signer.sign(b"\x72").value.hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


@given(st.binary())
def test_what_is_signed_verifies(content: bytes) -> None:
    assert RING.verify(SIGNER.sign(content), content)


@given(st.binary(min_size=1), st.integers(min_value=0), st.integers(min_value=0, max_value=7))
def test_one_bit_changed_does_not_verify(content: bytes, at: int, bit: int) -> None:
    changed = bytearray(content)
    changed[at % len(content)] ^= 1 << bit
    signature = SIGNER.sign(content)
    assert not RING.verify(signature, bytes(changed))
    assert not RING.verify(replace(signature, sha256=SIGNER.sign(bytes(changed)).sha256), bytes(changed))


def test_a_key_that_is_not_on_the_ring_is_not_believed() -> None:
    stranger = Ed25519Signer(Ed25519PrivateKey.generate())
    assert not RING.knows(stranger.key_id)
    assert not RING.verify(stranger.sign(b"text"), b"text")


def test_a_stranger_cannot_borrow_a_known_key_id() -> None:
    borrowed = replace(Ed25519Signer(Ed25519PrivateKey.generate()).sign(b"text"), key_id=SIGNER.key_id)
    assert not RING.verify(borrowed, b"text")


def test_another_algorithm_or_a_cut_signature_is_refused_without_an_error() -> None:
    signature = SIGNER.sign(b"text")
    assert not RING.verify(replace(signature, algorithm="SM2"), b"text")
    assert not RING.verify(replace(signature, value=b"short"), b"text")


def test_a_retired_key_still_verifies_old_reports() -> None:
    fresh = Ed25519Signer(Ed25519PrivateKey.generate())
    assert Keyring(fresh.public_key, SIGNER.public_key).verify(SIGNER.sign(b"old"), b"old")


def test_the_key_id_follows_from_the_public_key() -> None:
    port: Signer = SIGNER
    assert port.key_id == key_id_of(SIGNER.public_key) == signer_of(bytes(range(32))).key_id


@pytest.mark.needs_openssl
def test_openssl_verifies_our_signature_over_the_canonical_bytes(tmp_path: Path) -> None:
    pem = Ed25519PublicKey.from_public_bytes(SIGNER.public_key).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    content = b'{"format":"teleconsult.report/1"}'
    for name, made in {"key.pem": pem, "content": content, "signature": SIGNER.sign(content).value}.items():
        (tmp_path / name).write_bytes(made)
    command = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in content -sigfile signature"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verified Successfully" in done.stdout + done.stderr
