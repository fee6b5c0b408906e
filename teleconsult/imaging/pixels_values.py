"""Numbers of one decoded frame: unpacking, signs and colour models. Pure arithmetic on arrays.

`Layout` is what the header says about one frame (PS3.3 C.7.6.3). Arrays are `(rows, columns)` for one sample per pixel
and `(rows, columns, 3)` for colour.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

_UNSIGNED = {8: "u1", 16: "u2", 32: "u4", 64: "u8"}
_SIGNED = {8: "i1", 16: "i2", 32: "i4", 64: "i8"}
# PS3.3 C.7.6.3.1.2: the inverse of the full-range matrix of ITU-R BT.601 / JFIF.
_FULL_TO_RGB = np.array([[1.0, 0.0, 1.402], [1.0, -0.344136, -0.714136], [1.0, 1.772, 0.0]], dtype=np.float32)


class Undecodable(Exception):
    """No picture can be made of this frame. `code` is stable and translated by the user interface, `detail` is English."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Layout:
    """How one frame's samples lie, as the header declares it."""

    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    photometric: str
    planar: bool = False  # planar configuration 1: RRR GGG BBB
    real: bool = False  # (7FE0,0008) or (7FE0,0009): IEEE floats
    big_endian: bool = False

    @property
    def halved(self) -> bool:
        """Native colour with one chroma pair for two pixels (PS3.3 C.7.6.3.1.2)."""
        return self.samples == 3 and self.photometric in ("YBR_FULL_422", "YBR_PARTIAL_422")

    @property
    def frame_bits(self) -> int:
        samples = 2 if self.halved else self.samples
        return self.rows * self.columns * samples * self.bits_allocated


def native(raw: bytes, layout: Layout, first_bit: int = 0) -> Array:
    """The samples of an uncompressed frame that starts `first_bit` bits into `raw`.

    Promise: shape as in the module's docstring, values as stored (sign and unused bits settled, no rescale, colour model
    unchanged except that 4:2:2 chroma is doubled). Raises Undecodable("pixels.truncated") when bytes are missing.
    """
    needed = (first_bit + layout.frame_bits + 7) // 8
    if len(raw) < needed:
        raise Undecodable("pixels.truncated", f"{len(raw)} of {needed} bytes")
    flat = _words(raw[:needed], layout, first_bit)
    if layout.halved:
        return _doubled(flat, layout)
    if layout.samples == 1:
        return flat.reshape(layout.rows, layout.columns)
    if layout.planar:
        return np.ascontiguousarray(flat.reshape(layout.samples, layout.rows, layout.columns).transpose(1, 2, 0))
    return flat.reshape(layout.rows, layout.columns, layout.samples)


def _words(raw: bytes, layout: Layout, first_bit: int) -> Array:
    bits, order = layout.bits_allocated, ">" if layout.big_endian else "<"
    if layout.real:
        return np.frombuffer(raw, f"{order}f{bits // 8}").astype(f"f{bits // 8}")
    if bits in _UNSIGNED:
        words = np.frombuffer(raw, order + _UNSIGNED[bits], count=layout.frame_bits // bits)
        return stored(words.astype(_UNSIGNED[bits], copy=False), layout)
    # Odd cell sizes (1, 12 …) are packed without gaps, the first pixel in the lowest bits (PS3.5 8.1.1).
    cells = np.unpackbits(np.frombuffer(raw, "u1"), bitorder="little")[first_bit : first_bit + layout.frame_bits]
    weights = (1 << np.arange(bits)).astype("u4")
    container = "u1" if bits <= 8 else "u2" if bits <= 16 else "u4"
    return stored((cells.reshape(-1, bits) @ weights).astype(container), layout)


def stored(words: Array, layout: Layout) -> Array:
    """Whole words → stored values: bits above HighBit (old overlays) dropped, the sign bit spread (PS3.5 8.1.1)."""
    size = words.dtype.itemsize * 8
    width = layout.bits_stored
    lift, drop = size - 1 - layout.high_bit, size - width
    kind = words.view(f"i{size // 8}") if layout.signed else words
    if width == size:
        return kind
    if not layout.signed and layout.high_bit == width - 1 and (not words.size or words.max() < 1 << width):
        return words  # nothing above: the usual case, and a look is quicker than two shifts
    return (kind << lift) >> drop


def signed_as(samples: Array, layout: Layout, *, precision: int, coded_signed: bool) -> Array:
    """What a codec gave → values as PixelRepresentation says, also where codestream and header disagree on the sign."""
    if samples.dtype.kind == "f" or coded_signed == layout.signed == (samples.dtype.kind == "i"):
        return samples
    size = samples.dtype.itemsize * 8
    if not layout.signed:
        whole = samples.view(f"u{size // 8}")
        return whole & np.array((1 << precision) - 1, whole.dtype) if precision < size else whole
    shift = max(0, size - layout.bits_stored)
    return (samples.view(f"i{size // 8}") << shift) >> shift


def _doubled(flat: Array, layout: Layout) -> Array:
    if layout.columns % 2:
        raise Undecodable("pixels.unsupported_layout", "4:2:2 needs an even number of columns")
    quads = flat.reshape(layout.rows, layout.columns // 2, 4)  # Y1 Y2 Cb Cr
    out = np.empty((layout.rows, layout.columns, 3), flat.dtype)
    out[:, 0::2, 0], out[:, 1::2, 0] = quads[..., 0], quads[..., 1]
    out[..., 1], out[..., 2] = np.repeat(quads[..., 2], 2, axis=1), np.repeat(quads[..., 3], 2, axis=1)
    return out


def to_rgb(pixels: Array, photometric: str, bits_stored: int) -> Array:
    """YBR_FULL*, YBR_PARTIAL_* → RGB of the same type; RGB (and YBR_ICT/RCT, which the codec undoes) unchanged."""
    if not photometric.startswith(("YBR_FULL", "YBR_PARTIAL")):
        return pixels
    top, middle = (1 << bits_stored) - 1, 1 << (bits_stored - 1)
    ybr = pixels.astype(np.float32)
    ybr[..., 1:] -= middle
    if photometric.startswith("YBR_PARTIAL"):
        unit = middle / 128
        ybr[..., 0] = (ybr[..., 0] - 16 * unit) * (255 / 219)
        ybr[..., 1:] *= 255 / 224
    rgb = ybr @ _FULL_TO_RGB.T
    out: Array = np.clip(np.rint(rgb), 0, top).astype(pixels.dtype)
    return out
