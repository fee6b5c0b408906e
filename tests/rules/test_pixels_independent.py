"""The golden matrix against decoders of other hands: transfer syntax × photometric interpretation × bits.

| syntaxes | written by | read for comparison by |
|---|---|---|
| native, deflated: 1, 8, 16, 32 bits, signed, RGB by pixel and plane, YBR_FULL, YBR_FULL_422, palette | pydicom | pydicom's own native reader |
| RLE | pydicom | DCMTK `dcmdrle` |
| JPEG 8 and 12 bits, lossless 8 to 16 bits | DCMTK `dcmcjpeg` | DCMTK `dcmdjpeg` (its own fork of libjpeg) |
| JPEG-LS lossless and near-lossless | DCMTK `dcmcjpls` | DCMTK `dcmdjpls` |
| JPEG 2000 | OpenJPEG | FFmpeg's own decoder |
| HTJ2K | OpenJPH | FFmpeg's own decoder, OpenJPEG |
| JPEG XL | libjxl | none that is not libjxl: the source, or the JPEG that was packed, by DCMTK |
| encapsulated uncompressed, deflated frames | zlib | the source |
| video | | none at hand: FFmpeg is what decodes it here, so it has no place in this matrix |

`test_pixels_golden.py` goes through the same with the source itself as the measure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imagecodecs as ic
import numpy as np
import pytest
from pydicom import dcmread

from teleconsult.imaging import codecs, pixels
from teleconsult.imaging.pixels_values import Array
from tests.rules.independent import (
    BIG,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    RLE,
    by_dcmtk,
    by_ffmpeg,
    by_openjpeg,
    by_pydicom,
    coded,
    dcmtk_made,
    halved,
    native,
    one_bit,
    smooth,
)  # fmt: skip
from tests.rules.test_pixels_golden import J, colour, deflated, grey, to_ybr

pytestmark = pytest.mark.needs_dcmtk
Made = Callable[[Path], Path]
ROUNDED = 1.0
"""Mean difference that two ways of rounding may have; 0: sample by sample the same."""


@dataclass(frozen=True)
class Case:
    """One field of the matrix: how the object is made in a folder, who else reads it, and how far apart the two may be."""

    name: str
    syntax: str
    make: Made
    read: Callable[[Path], Array]
    within: float = 0.0


def plainly(array: Array, bits: int, photometric: str = "MONOCHROME2", **more: Any) -> Made:
    return lambda folder: native(folder, array, bits, photometric, **more)


GREYS: dict[str, tuple[Array, int]] = {
    "8": (grey(8).astype("u1"), 8),
    "8 signed": (grey(8, signed=True).astype("i1"), 8),
    "10": (grey(10).astype("<u2"), 10),
    "12": (grey(12).astype("<u2"), 12),
    "12 signed": (grey(12, signed=True).astype("<i2"), 12),
    "16": (grey(16).astype("<u2"), 16),
    "16 signed": (grey(16, signed=True).astype("<i2"), 16),
}
WIDE: dict[str, tuple[Array, int]] = {
    "32": (grey(32).astype("<u4"), 32),
    "32 signed": (grey(32, signed=True).astype("<i4"), 32),
}


def native_cases() -> list[Case]:
    out = [
        Case("1 bit", EXPLICIT, one_bit, by_pydicom),
        Case("YBR_FULL_422", EXPLICIT, halved, by_pydicom, ROUNDED),
    ]
    for syntax in (IMPLICIT, EXPLICIT, BIG, DEFLATED):
        for name, (array, bits) in {**GREYS, **WIDE}.items():
            out.append(Case(name, syntax, plainly(array, bits, syntax=syntax), by_pydicom))
        for planar in (0, 1):
            rgb = plainly(colour(), 8, "RGB", planar=planar, syntax=syntax)
            out.append(Case(f"RGB planar {planar}", syntax, rgb, by_pydicom))
        ybr = plainly(to_ybr(colour()), 8, "YBR_FULL", syntax=syntax)
        out.append(Case("YBR_FULL", syntax, ybr, by_pydicom, ROUNDED))
        indices = plainly(grey(8).astype("u1"), 8, "PALETTE COLOR", syntax=syntax)
        out.append(Case("palette", syntax, indices, by_pydicom))
    return out


def rle_cases() -> list[Case]:
    made, read = dcmtk_made("dcmcrle"), by_dcmtk("dcmdrle")
    # DCMTK's encoder takes no more than 16 bits.
    out = [Case(name, RLE, made(plainly(*found)), read) for name, found in GREYS.items()]
    for planar in (0, 1):
        out.append(Case(f"RGB planar {planar}", RLE, made(plainly(colour(), 8, "RGB", planar=planar)), read))
    out.append(Case("YBR_FULL", RLE, made(plainly(to_ybr(colour()), 8, "YBR_FULL")), read, ROUNDED))
    out.append(Case("palette", RLE, made(plainly(grey(8).astype("u1"), 8, "PALETTE COLOR")), read))
    return out


def jpeg_cases() -> list[Case]:
    read, out = by_dcmtk("dcmdjpeg", "+cp"), []
    for syntax, words in ((J + "57", ("+el", "+sv", "4")), (J + "70", ("+e1",))):
        made = dcmtk_made("dcmcjpeg", "+tl", *words)
        out += [Case(name, syntax, made(plainly(*found)), read) for name, found in GREYS.items()]
        out.append(Case("RGB", syntax, made(plainly(colour(), 8, "RGB")), read))
        out.append(Case("palette", syntax, made(plainly(grey(8).astype("u1"), 8, "PALETTE COLOR")), read))
    small, deep = smooth(8).astype("u1"), smooth(12).astype("<u2")
    for sampling in ("+s2", "+s4"):
        made = dcmtk_made("dcmcjpeg", "+eb", sampling)
        out.append(Case(f"RGB as YCbCr {sampling}", J + "50", made(plainly(colour(), 8, "RGB")), read, 3.0))
    out.append(
        Case("RGB as RGB", J + "50", dcmtk_made("dcmcjpeg", "+eb", "+cr")(plainly(colour(), 8, "RGB")), read, 3.0)
    )
    out.append(Case("8", J + "50", dcmtk_made("dcmcjpeg", "+eb")(plainly(small, 8)), read, ROUNDED))
    out.append(Case("12", J + "51", dcmtk_made("dcmcjpeg", "+ee")(plainly(deep, 12)), read, 2.0))
    out.append(Case("8 extended", J + "51", dcmtk_made("dcmcjpeg", "+ee")(plainly(small, 8)), read, ROUNDED))
    out.append(Case("8 spectral", J + "53", dcmtk_made("dcmcjpeg", "+es")(plainly(small, 8)), read, ROUNDED))
    out.append(Case("8 progressive", J + "55", dcmtk_made("dcmcjpeg", "+ep")(plainly(small, 8)), read, ROUNDED))
    return out


def jpegls_cases() -> list[Case]:
    read, out = by_dcmtk("dcmdjpls"), []
    for syntax, words in ((J + "80", ("+el",)), (J + "81", ("+en", "+md", "3"))):
        made = dcmtk_made("dcmcjpls", *words)
        # Near-lossless, too, both give the same samples: the error is the encoder's.
        out += [Case(name, syntax, made(plainly(*GREYS[name])), read) for name in ("8", "10", "12", "16")]
        out.append(Case("RGB", syntax, made(plainly(colour(), 8, "RGB")), read))
    signed = dcmtk_made("dcmcjpls", "+el")
    out += [Case(name, J + "80", signed(plainly(*GREYS[name])), read) for name in ("12 signed", "16 signed")]
    out.append(Case("palette", J + "80", signed(plainly(grey(8).astype("u1"), 8, "PALETTE COLOR")), read))
    return out


def jpeg2000_cases() -> list[Case]:
    out, rgb = [], colour()
    for name in ("8", "16"):
        array, bits = GREYS[name]
        for syntax, level in ((J + "90", 0), (J + "91", 60)):
            stream = bytes(ic.jpeg2k_encode(array, level=level, codecformat="j2k", reversible=level == 0))
            out.append(
                Case(name, syntax, coded(syntax, stream, (array.itemsize * 8, bits)), by_ffmpeg, 2.0 if level else 0)
            )
        for syntax in (J + "201", J + "202"):
            stream = bytes(ic.htj2k_encode(array, reversible=True, tlm=True))
            for read in (by_ffmpeg, by_openjpeg):
                made = coded(syntax, stream, (array.itemsize * 8, bits))
                out.append(Case(f"{name} {read.__name__}", syntax, made, read))
    stream = bytes(ic.htj2k_encode(smooth(8).astype("u1"), reversible=False, level=0.001))
    out.append(Case("8", J + "203", coded(J + "203", stream, (8, 8)), by_ffmpeg, ROUNDED))
    for photometric, transformed in (("YBR_RCT", True), ("RGB", False)):
        stream = bytes(ic.jpeg2k_encode(rgb, level=0, codecformat="j2k", reversible=True, mct=transformed))
        out.append(Case(photometric, J + "90", coded(J + "90", stream, (8, 8), photometric), by_ffmpeg))
    stream = bytes(ic.jpeg2k_encode(rgb, level=70, codecformat="j2k", reversible=False, mct=True))
    out.append(Case("YBR_ICT", J + "91", coded(J + "91", stream, (8, 8), "YBR_ICT"), by_ffmpeg, 2.0))
    stream = bytes(ic.htj2k_encode(rgb, reversible=True))
    return [*out, Case("YBR_RCT", J + "201", coded(J + "201", stream, (8, 8), "YBR_RCT"), by_ffmpeg)]


def source(array: Array) -> Callable[[Path], Array]:
    return lambda _path: array


def other_cases() -> list[Case]:
    twelve, rgb = GREYS["12"][0], colour()
    jpeg = bytes(ic.jpeg8_encode(smooth(8).astype("u1"), level=95))
    soft = smooth(12).astype("<u2")
    xl, repacked = J + "110", bytes(ic.jpegxl_encode_jpeg(jpeg))
    packed = dcmtk_made("dcmcjpeg", "+eb")
    return [
        Case("12", xl, coded(xl, bytes(ic.jpegxl_encode(twelve, lossless=True)), (16, 12)), source(twelve)),
        Case("RGB", xl, coded(xl, bytes(ic.jpegxl_encode(rgb, lossless=True)), (8, 8), "RGB"), source(rgb)),
        Case(
            "8, a JPEG packed",
            J + "111",
            coded(J + "111", repacked, (8, 8)),
            lambda folder: jpeg_of(folder, jpeg),
            ROUNDED,
        ),
        Case(
            "12 lossy",
            J + "112",
            coded(J + "112", bytes(ic.jpegxl_encode(soft, distance=0.1)), (16, 12)),
            source(soft),
            20,
        ),
        Case(
            "12", "1.2.840.10008.1.2.1.98", coded("1.2.840.10008.1.2.1.98", twelve.tobytes(), (16, 12)), source(twelve)
        ),
        Case(
            "12",
            "1.2.840.10008.1.2.8.1",
            coded("1.2.840.10008.1.2.8.1", deflated(twelve.tobytes()), (16, 12)),
            source(twelve),
        ),
        Case("RGB as JPEG, twice coded", J + "50", packed(plainly(rgb, 8, "RGB")), by_dcmtk("dcmdjpeg"), 3.0),
    ]


def jpeg_of(path: Path, jpeg: bytes) -> Array:
    """The JPEG that was packed, by DCMTK's decoder."""
    return by_dcmtk("dcmdjpeg")(coded(J + "50", jpeg, (8, 8))(path.parent))


CASES = [*native_cases(), *rle_cases(), *jpeg_cases(), *jpegls_cases(), *jpeg2000_cases(), *other_cases()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.syntax.removeprefix('1.2.840.10008.')} {case.name}")
def test_our_samples_are_those_of_a_decoder_of_other_hands(case: Case, tmp_path: Path) -> None:
    path = case.make(tmp_path)
    assert dcmread(path).file_meta.TransferSyntaxUID == case.syntax
    ours, theirs = pixels.frame(path).pixels, case.read(path)
    assert ours.shape == theirs.shape
    if case.within:
        assert np.abs(ours.astype(float) - theirs.astype(float)).mean() <= case.within
    else:
        assert np.array_equal(ours, theirs)


def test_no_transfer_syntax_that_is_decoded_here_is_left_out() -> None:
    named = {case.syntax for case in CASES}
    assert named == codecs.NATIVE | codecs.FAMILIES.keys() - {J + "92", J + "93"}, "Part 2 multi-component: never seen"
