"""Objects for the golden matrix, and decoders of other hands: pydicom's native reader, DCMTK's programs, FFmpeg, OpenJPEG."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import imagecodecs as ic
import numpy as np
from pydicom import dcmread
from pydicom.encaps import encapsulate, generate_frames

from teleconsult.imaging.pixels_values import Array
from tests.rules.test_pixels_golden import C, R, colour, grey, stored, to_ybr

EXPLICIT, IMPLICIT, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
DEFLATED, RLE = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.5"


def smooth(bits: int, *, signed: bool = False) -> Array:
    """What a lossy codec is made for."""
    r, c = np.mgrid[0:R, 0:C]
    values: Array = ((1 << bits) * (0.2 + 0.6 * (r + c) / (R + C))).astype("i8") - ((1 << (bits - 1)) if signed else 0)
    return values


def native(
    folder: Path, array: Array, bits: int, photometric: str = "MONOCHROME2", *, planar: int = 0, syntax: str = EXPLICIT
) -> Path:
    """An uncompressed object around the samples."""
    signed = array.dtype.kind == "i"
    mask = (1 << bits) - 1
    raw = array if bits == array.dtype.itemsize * 8 else (array & mask).astype(array.dtype)
    raw = raw.transpose(2, 0, 1) if planar else raw
    raw = raw.byteswap() if syntax == BIG and array.dtype.itemsize > 1 else raw
    more: dict[str, Any] = {"PlanarConfiguration": planar} if array.ndim == 3 else {}
    if photometric == "PALETTE COLOR":
        more |= palette()
    allocated = array.dtype.itemsize * 8
    return stored(
        folder / "native", syntax, np.ascontiguousarray(raw).tobytes(), bits=(allocated, bits), signed=signed,
        photometric=photometric, encapsulated=False, **more,
    )  # fmt: skip


def palette() -> dict[str, Any]:
    ramp = np.arange(256, dtype="u1")
    tables = {"Red": ramp, "Green": ramp[::-1], "Blue": (ramp * 7).astype("u1")}
    out: dict[str, Any] = {}
    for name, table in tables.items():
        out[f"{name}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        out[f"{name}PaletteColorLookupTableData"] = (table.astype("<u2") << 8).tobytes()
    return out


# ---- decoders of other hands


def by_pydicom(path: Path) -> Array:
    """pydicom's reader of native pixels, which makes RGB of other colour models by its own matrix."""
    found: Array = dcmread(path).pixel_array
    return found


def by_dcmtk(program: str, *words: str) -> Callable[[Path], Array]:
    def read(path: Path) -> Array:
        plain = path.with_suffix(".plain")
        subprocess.run([program, *words, str(path), str(plain)], check=True, capture_output=True)
        return by_pydicom(plain)

    return read


def by_ffmpeg(path: Path) -> Array:
    """FFmpeg's JPEG 2000 decoder, which reads HTJ2K too and shares nothing with OpenJPEG and OpenJPH."""
    ds = dcmread(path)
    context = av.CodecContext.create("jpeg2000", "r")
    frames = context.decode(av.Packet(next(generate_frames(ds.PixelData, number_of_frames=1))))
    frame = (frames + context.decode(None))[0]
    if ds.SamplesPerPixel == 3:
        return np.asarray(frame.to_ndarray(format="rgb24"))
    wide = "<u2" if frame.format.name.startswith("gray1") else "u1"
    plane = np.frombuffer(bytes(frame.planes[0]), wide)
    return plane.reshape(frame.height, -1)[:, : frame.width]


def by_openjpeg(path: Path) -> Array:
    return np.asarray(ic.jpeg2k_decode(next(generate_frames(dcmread(path).PixelData, number_of_frames=1))))


# ---- objects


def dcmtk_made(program: str, *words: str) -> Callable[[Callable[[Path], Path]], Callable[[Path], Path]]:
    def of(source: Callable[[Path], Path]) -> Callable[[Path], Path]:
        def made(folder: Path) -> Path:
            packed = folder / "packed"
            subprocess.run([program, *words, str(source(folder)), str(packed)], check=True, capture_output=True)
            return packed

        return made

    return of


def coded(
    syntax: str, stream: bytes, bits: tuple[int, int], photometric: str = "MONOCHROME2", signed: bool = False
) -> Callable[[Path], Path]:
    return lambda folder: stored(
        folder / "coded", syntax, encapsulate([stream]), bits=bits, photometric=photometric, signed=signed
    )


def one_bit(folder: Path) -> Path:
    cells = (grey(8) > 100).astype("u1")
    return stored(
        folder / "bits",
        EXPLICIT,
        np.packbits(cells.reshape(-1), bitorder="little").tobytes(),
        bits=(1, 1),
        encapsulated=False,
    )


def halved(folder: Path) -> Path:
    ybr = to_ybr(colour())
    quads = np.stack([ybr[:, 0::2, 0], ybr[:, 1::2, 0], ybr[:, 0::2, 1], ybr[:, 0::2, 2]], axis=-1)
    return stored(
        folder / "422", EXPLICIT, quads.tobytes(), bits=(8, 8), photometric="YBR_FULL_422", encapsulated=False
    )
