"""One compressed frame → numbers, for every transfer syntax with its pixels in the file (PS3.5 annex A).

Two tables: `syntax → family` and `family → decoder`. Native (uncompressed) frames are `pixels_values.native`; video is
`codecs_video`. Decoders are C code fed by strangers: callers that must survive a crash or a hang use `render_apart`.
"""

import zlib
from collections.abc import Callable
from dataclasses import replace

import imagecodecs
import numpy as np

from teleconsult.imaging import codecs_headers
from teleconsult.imaging.codecs_headers import Coded
from teleconsult.imaging.pixels_values import Array, Layout, Undecodable, native, signed_as

_J = "1.2.840.10008.1.2.4."
NATIVE = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"})
IMPLICIT = "1.2.840.10008.1.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
RLE = "1.2.840.10008.1.2.5"
# JPIP: the data set names a server instead of holding pixels (PS3.5 A.6, A.7).
REMOTE = frozenset({_J + "94", _J + "95", _J + "204", _J + "205"})
VIDEO = frozenset(
    _J + tail
    for tail in ("100", "100.1", "101", "101.1", "102", "102.1", "103", "103.1", "104", "104.1", "105", "105.1", "106")
) | {_J + "106.1", _J + "107", _J + "108"}
FAMILIES = {
    "1.2.840.10008.1.2.1.98": "uncompressed",
    "1.2.840.10008.1.2.8.1": "deflate",
    RLE: "rle",
    **dict.fromkeys((_J + "50", _J + "51", _J + "53", _J + "55", _J + "57", _J + "70"), "jpeg"),
    **dict.fromkeys((_J + "80", _J + "81"), "jpegls"),
    **dict.fromkeys((_J + "90", _J + "91", _J + "92", _J + "93"), "jpeg2000"),
    **dict.fromkeys((_J + "201", _J + "202", _J + "203"), "htj2k"),
    **dict.fromkeys((_J + "110", _J + "111", _J + "112"), "jpegxl"),
}
LOSSLESS = frozenset(
    {"1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.8.1", RLE, _J + "57", _J + "70", _J + "80", _J + "90", _J + "110"}
) | {_J + "201", _J + "202", *NATIVE}

KNOWN = NATIVE | REMOTE | VIDEO | FAMILIES.keys()
"""Whose pixels can be read, or are known to be elsewhere. In any other syntax nobody knows how they lie."""

Decoded = tuple[Array, str]


def decode(syntax: str, stream: bytes, layout: Layout) -> Decoded:
    """The samples of one encapsulated frame and the photometric interpretation they now have.

    Values are as stored: no rescale, no palette; RGB where the codec itself undoes its colour transform. Raises
    Undecodable: pixels.unsupported_syntax, .corrupt, .truncated, .size_mismatch, .unsupported_layout.
    """
    family = FAMILIES.get(syntax)
    if family is None:
        raise Undecodable("pixels.unsupported_syntax", syntax)
    if not stream:
        raise Undecodable("pixels.truncated", "empty frame")
    try:
        return _DECODERS[family](stream, layout)
    except Undecodable:
        raise
    except (RuntimeError, ValueError, TypeError, IndexError, MemoryError, zlib.error, OSError) as error:
        # Codec libraries raise their own RuntimeErrors; to the reader each of them means the same.
        raise Undecodable("pixels.corrupt", f"{family}: {error}"[:300]) from error


def probe(syntax: str, stream: bytes, layout: Layout) -> None:
    """Whether the frame's first markers agree with the header, without decoding. Raises Undecodable as `decode` would."""
    family = FAMILIES.get(syntax)
    if family is None:
        raise Undecodable("pixels.unsupported_syntax", syntax)
    if not stream:
        raise Undecodable("pixels.truncated", "empty frame")
    if family in ("jpeg", "jpegls"):
        _agree(codecs_headers.jpeg(stream), layout)
    elif family in ("jpeg2000", "htj2k"):
        _agree(codecs_headers.jpeg2000(stream), layout)
    elif family == "uncompressed" and len(stream) * 8 < layout.frame_bits:
        raise Undecodable("pixels.truncated", f"{len(stream)} bytes for {layout.frame_bits} bits")


def _uncompressed(stream: bytes, layout: Layout) -> Decoded:
    return native(stream, layout), layout.photometric


def _deflate(stream: bytes, layout: Layout) -> Decoded:
    needed = (layout.frame_bits + 7) // 8
    return native(zlib.decompressobj(-zlib.MAX_WBITS).decompress(stream, needed), layout), layout.photometric


def _rle(stream: bytes, layout: Layout) -> Decoded:
    if layout.bits_allocated not in (8, 16, 32):
        raise Undecodable("pixels.unsupported_layout", f"RLE with {layout.bits_allocated} bits allocated")
    raw = imagecodecs.dicomrle_decode(stream, f"<u{layout.bits_allocated // 8}")
    # Byte segments come in colour-by-plane order whatever PlanarConfiguration says (PS3.5 G.2).
    plain = "YBR_FULL" if layout.photometric == "YBR_FULL_422" else layout.photometric
    unpacked = replace(layout, planar=layout.samples > 1, photometric=plain)
    return native(np.asarray(raw).tobytes(), unpacked), plain


def _jpeg(stream: bytes, layout: Layout) -> Decoded:
    coded = codecs_headers.jpeg(stream)
    _agree(coded, layout)
    if coded.samples == 1:
        return _settled(imagecodecs.jpeg8_decode(stream), coded, layout), layout.photometric
    if coded.lossless:  # no transform in a lossless stream: the components are what the data set says they are
        samples = imagecodecs.jpeg8_decode(stream, colorspace="RGB", outcolorspace="RGB")
        return _settled(samples, coded, layout), layout.photometric
    space = "RGB" if codecs_headers.jpeg_is_rgb(coded, layout.photometric) else "YCBCR"
    return np.asarray(imagecodecs.jpeg8_decode(stream, colorspace=space, outcolorspace="RGB")), "RGB"


def _jpegls(stream: bytes, layout: Layout) -> Decoded:
    coded = codecs_headers.jpeg(stream)
    _agree(coded, layout)
    samples = np.asarray(imagecodecs.jpegls_decode(stream))
    if samples.ndim == 3 and samples.shape[0] == coded.samples and samples.shape[2] != coded.samples:
        samples = samples.transpose(1, 2, 0)  # interleave mode none
    return _settled(samples, coded, layout), layout.photometric


def _jpeg2000(stream: bytes, layout: Layout) -> Decoded:
    coded = codecs_headers.jpeg2000(stream)
    _agree(coded, layout)
    samples = np.asarray(imagecodecs.jpeg2k_decode(stream, numthreads=1))
    return _settled(samples, coded, layout), _component_model(coded, layout)


def _htj2k(stream: bytes, layout: Layout) -> Decoded:
    coded = codecs_headers.jpeg2000(stream)
    _agree(coded, layout)
    try:
        samples = np.asarray(imagecodecs.htj2k_decode(stream))
    except RuntimeError:  # OpenJPH refuses a few streams that OpenJPEG reads
        samples = np.asarray(imagecodecs.jpeg2k_decode(stream, numthreads=1))
    return _settled(samples, coded, layout), _component_model(coded, layout)


def _jpegxl(stream: bytes, layout: Layout) -> Decoded:
    samples = np.asarray(imagecodecs.jpegxl_decode(stream, numthreads=1))
    shape = samples.shape
    coded = Coded(shape[0], shape[1], shape[2] if samples.ndim == 3 else 1, samples.dtype.itemsize * 8)
    _agree(coded, layout)
    return _settled(samples, coded, layout), "RGB" if coded.samples == 3 else layout.photometric


def _component_model(coded: Coded, layout: Layout) -> str:
    if coded.samples != 3:
        return layout.photometric
    return "RGB" if coded.transformed or not layout.photometric.startswith("YBR_FULL") else layout.photometric


def _agree(coded: Coded, layout: Layout) -> None:
    told, found = (layout.rows, layout.columns, layout.samples), (coded.rows, coded.columns, coded.samples)
    if told != found:
        raise Undecodable("pixels.size_mismatch", f"header says {told}, codestream says {found}")


def _settled(samples: object, coded: Coded, layout: Layout) -> Array:
    array = np.asarray(samples)
    if array.dtype == np.bool_:
        array = array.astype("u1")
    if array.shape != ((layout.rows, layout.columns) + ((layout.samples,) if layout.samples > 1 else ())):
        raise Undecodable("pixels.size_mismatch", f"decoder gave {array.shape}")
    return signed_as(array, layout, precision=coded.precision, coded_signed=coded.signed)


_DECODERS: dict[str, Callable[[bytes, Layout], Decoded]] = {
    "uncompressed": _uncompressed,
    "deflate": _deflate,
    "rle": _rle,
    "jpeg": _jpeg,
    "jpegls": _jpegls,
    "jpeg2000": _jpeg2000,
    "htj2k": _htj2k,
    "jpegxl": _jpegxl,
}
