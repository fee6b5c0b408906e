"""The rendition for slow lines: lossless for another library than wrote it, and any beginning of it is a smaller picture."""

from __future__ import annotations

import struct
from pathlib import Path

import imagecodecs as ic
import numpy as np
import pytest
from pydicom.encaps import encapsulate

from teleconsult.imaging import pixels, renditions
from teleconsult.imaging.pixels_values import Array, Layout, Undecodable
from tests.rules.test_pixels_golden import J, R, grey, stored

LARGE = (700, 500)
EXPLICIT = "1.2.840.10008.1.2.1"


def a_picture(kind: str, bits: int) -> Array:
    r, c = np.mgrid[0 : LARGE[0], 0 : LARGE[1]]
    top = 1 << bits
    noise = np.random.default_rng(bits).normal(0, top / 200, LARGE)
    found = np.clip(top / 2 + top / 2.2 * np.sin(r / 90) * np.cos(c / 70) + noise, 0, top - 1)
    shifted: Array = found - (top / 2 if kind[0] == "i" else 0)
    return shifted.astype(kind)


def markers(stream: bytes) -> dict[int, bytes]:
    """The main header's marker segments (ITU-T T.800 A.2)."""
    at, found = 2, {}
    while stream[at + 1] != 0x90:
        (length,) = struct.unpack_from(">H", stream, at + 2)
        found[stream[at + 1]] = stream[at + 4 : at + 2 + length]
        at += 2 + length
    return found


def ends(stream: bytes) -> list[int]:
    """Where each tile-part, that is each resolution, ends: from the TLM marker and the header's length."""
    body = markers(stream)[0x55]
    wide = 4 if body[1] & 0x40 else 2
    tile = (body[1] >> 4) & 3
    lengths = [int.from_bytes(body[at + tile : at + tile + wide]) for at in range(2, len(body), tile + wide)]
    return [int(v) for v in stream.index(b"\xff\x90") + np.cumsum(lengths)]


@pytest.mark.parametrize(("kind", "bits"), [("u1", 8), ("u2", 10), ("u2", 12), ("u2", 16), ("i2", 12), ("i2", 16)])
def test_two_other_readers_give_the_very_samples(kind: str, bits: int) -> None:
    array = a_picture(kind, bits)
    stream = renditions.encoded(array)
    assert len(stream) < array.nbytes
    for decoded in (ic.jpeg2k_decode(stream), ic.htj2k_decode(stream)):
        assert decoded.dtype == array.dtype
        assert np.array_equal(decoded, array)


def test_the_codestream_is_what_its_transfer_syntax_says() -> None:
    stream = renditions.encoded(a_picture("u2", 12))
    found = markers(stream)
    style, progression, layers, transform, levels = struct.unpack_from(">BBHBB", found[0x52])
    assert (progression, layers, transform) == (2, 1, 0), "RPCL, one layer"
    assert found[0x52][8] & 0x40, "high throughput coding of blocks (T.814)"
    assert found[0x52][9] == 1, "the reversible wavelet"
    assert 0x50 in found, "CAP says Part 15"
    assert max(LARGE) >> levels <= 64
    assert len(ends(stream)) == levels + 1
    assert ends(stream)[-1] + 2 == len(stream), "and then the end of the codestream"
    assert style in range(8)


def test_any_beginning_is_a_smaller_picture_of_the_whole() -> None:
    array = a_picture("u2", 12)
    stream = renditions.encoded(array)
    for dropped, end in enumerate(reversed(ends(stream))):
        if dropped == 0:
            continue
        small = ic.htj2k_decode(stream[:end], skipres=dropped)
        step = 1 << dropped
        assert small.shape == tuple(-(-edge // step) for edge in LARGE)
        near = array[: small.shape[0] * step : step, : small.shape[1] * step : step].astype(int)
        assert np.abs(small[: near.shape[0], : near.shape[1]].astype(int) - near).mean() < 4096 * 0.02
        assert end < len(stream) / (2.5**dropped), "and costs accordingly less"


@pytest.mark.parametrize("syntax", [EXPLICIT, J + "70", J + "80", J + "90"])
def test_a_stored_frame_is_the_same_after_it(syntax: str, tmp_path: Path) -> None:
    array = grey().astype("<u2")
    coders = {
        J + "70": lambda a: bytes(ic.ljpeg_encode(a, bitspersample=12)),
        J + "80": lambda a: bytes(ic.jpegls_encode(a)),
        J + "90": lambda a: bytes(ic.jpeg2k_encode(a, level=0, codecformat="j2k", reversible=True)),
    }
    value = encapsulate([coders[syntax](array)]) if syntax in coders else array.tobytes()
    path = stored(tmp_path / "a", syntax, value, encapsulated=syntax in coders)
    with pixels.reader(path) as reader:
        assert renditions.gains(reader.found.transfer_syntax, reader.layout(), R * R)
        stream = renditions.made(reader, 0)
    assert np.array_equal(ic.jpeg2k_decode(stream), array)


def a_layout(**more: object) -> Layout:
    told: dict[str, object] = {"rows": 1000, "columns": 1000, "samples": 1, "bits_allocated": 16, "bits_stored": 12}
    told |= {"high_bit": 11, "signed": False, "photometric": "MONOCHROME2"}
    return Layout(**{**told, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("syntax", "layout", "least", "expected"),
    [
        (EXPLICIT, a_layout(), 1_000_000, True),
        (EXPLICIT, a_layout(), 1_000_001, False),
        (EXPLICIT, a_layout(), 0, False),
        (J + "80", a_layout(photometric="MONOCHROME1"), 1, True),
        (J + "51", a_layout(), 1, False),
        (J + "91", a_layout(), 1, False),
        (renditions.SYNTAX, a_layout(), 1, False),
        (EXPLICIT, a_layout(photometric="PALETTE COLOR"), 1, False),
        (EXPLICIT, a_layout(photometric="RGB", samples=3), 1, False),
        (EXPLICIT, a_layout(bits_allocated=32, bits_stored=32, high_bit=31), 1, False),
        (EXPLICIT, a_layout(bits_allocated=1, bits_stored=1, high_bit=0), 1, False),
        (EXPLICIT, a_layout(bits_allocated=32, bits_stored=32, high_bit=31, real=True), 1, False),
    ],
)
def test_only_large_grey_frames_that_lost_nothing_get_one(
    syntax: str, layout: Layout, least: int, expected: bool
) -> None:
    assert renditions.gains(syntax, layout, least) is expected


def test_what_would_not_come_back_equal_is_not_kept() -> None:
    with pytest.raises(Undecodable):
        renditions.encoded(np.zeros((64, 64), "f8"))


def test_it_lies_under_the_name_of_the_content() -> None:
    assert renditions.key("dicom/abc/abcdef.1.2", 3) == "derived/htj2k/abc/abcdef.1.2/3.jhc"
    assert renditions.levels(2500, 2048) == 6
    assert renditions.levels(64, 64) == 1
