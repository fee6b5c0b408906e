"""A frame as a grey or colour picture: modality LUT → VOI → polarity last → 8 bits (PS3.4 N.2; PS3.3 C.11).

Windowing is asked for, else the header's VOI LUT, else its window, else what the values themselves suggest. Polarity is
one decision made at the end, so that MONOCHROME1 and an INVERSE presentation LUT, which say the same thing twice, never
cancel each other. Colour is shown as it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset

from teleconsult.imaging import luts
from teleconsult.imaging.pixels import Frame
from teleconsult.imaging.pixels_values import Array, Undecodable

_BLOCK = 1 << 16  # pixels looked up at once: their places stay in the processor's cache

__all__ = ["Window", "default_window", "fitted", "grey_levels", "render"]


@dataclass(frozen=True, slots=True)
class Window:
    """Centre and width in modality units; `function` is linear, linear_exact or sigmoid (PS3.3 C.11.2.1)."""

    center: float
    width: float
    function: str = "linear"

    def apply(self, values: Array) -> Array:
        """Modality values → 0.0 … 1.0."""
        x = values.astype(np.float32)
        if self.function == "sigmoid":
            steepness = np.clip(-4.0 * (x - self.center) / max(self.width, 1e-6), -60, 60)
            shares: Array = 1.0 / (1.0 + np.exp(steepness))
            return shares
        if self.function == "linear" and self.width <= 1:
            return (x > self.center - 0.5).astype(np.float32)
        if self.function == "linear_exact":
            low, span = self.center - self.width / 2, max(self.width, 1e-6)
        else:  # C.11.2.1.2.1: a width of w covers w grey steps, not w intervals
            low, span = self.center - 0.5 - (self.width - 1) / 2, self.width - 1
        shares = np.clip((x - low) / span, 0.0, 1.0)
        return shares


def render(
    frame: Frame,
    window: Window | None = None,
    size: tuple[int, int] | None = None,
    *,
    overlays: bool = False,
) -> Image.Image:
    """The frame as a PIL picture of mode L or RGB.

    `size` (width, height) is a box that the picture is fitted into, never enlarged beyond it; pixels that are not square
    become so. `overlays` draws planes 60xx in white. Raises Undecodable("pixels.header") for a palette that cannot be read.
    """
    if frame.photometric == "PALETTE COLOR":
        picture = Image.fromarray(luts.palette(frame.header, frame.pixels))
    elif frame.pixels.ndim == 3:
        picture = Image.fromarray(_eight_bits(frame.pixels, frame.bits_stored))
    else:
        levels = grey_levels(frame, window)
        picture = Image.fromarray(_with_overlays(levels, frame) if overlays else levels)
    return fitted(picture, size, aspect=_aspect(frame.header, frame.index))


def grey_levels(frame: Frame, window: Window | None = None) -> Array:
    """The grey frame as uint8, polarity settled: 0 is black on screen."""
    voi, inverted = _voi(frame, window), _inverted(frame)

    def levels(samples: Array) -> Array:
        shares = voi(luts.modality(frame.header, frame.index, samples, signed=frame.signed))
        out: Array = np.rint((1.0 - shares if inverted else shares) * 255.0).astype("u1")
        return out

    return _through_table(frame.pixels, levels)


def _through_table(samples: Array, levels: Callable[[Array], Array]) -> Array:
    """`levels` of every sample. A picture has more pixels than values: each value is worked out once and then looked up."""
    if samples.dtype.kind not in "iu" or samples.dtype.itemsize > 2 or samples.size == 0:
        return levels(samples)
    low, high = int(samples.min()), int(samples.max())
    if high - low >= samples.size:
        return levels(samples)
    table = levels(np.arange(low, high + 1).astype(samples.dtype))
    out = np.empty(samples.size, "u1")
    flat, kind = samples.reshape(-1), f"u{samples.dtype.itemsize}"
    for at in range(0, samples.size, _BLOCK):
        places = flat[at : at + _BLOCK] if low == 0 else (flat[at : at + _BLOCK] - flat.dtype.type(low)).view(kind)
        table.take(places, out=out[at : at + _BLOCK], mode="clip")
    return out.reshape(samples.shape)


def _voi(frame: Frame, window: Window | None) -> Callable[[Array], Array]:
    """Modality values → 0.0 … 1.0, one value by itself."""
    lut = _voi_lut(frame) if window is None else None
    if lut is not None:
        return lambda values: lut.apply(values).astype(np.float32) / float((1 << lut.bits) - 1)
    return (window or default_window(frame.header, frame.index) or _suggested(frame)).apply


def _voi_lut(frame: Frame) -> luts.Lut | None:
    # A table that starts below zero: its input is what the modality LUT gives (PS3.3 C.11.2.1.1).
    signed = frame.signed or (luts.values_of(frame.header, "RescaleIntercept") or [0.0])[0] < 0
    group = luts.frame_group(frame.header, frame.index, "FrameVOILUTSequence")
    for source in (group, frame.header):
        lut = luts.lut_of(luts.first_item(source, "VOILUTSequence"), signed_input=signed)
        if lut is not None:
            return lut
    return None


def default_window(header: Dataset, index: int = 0) -> Window | None:
    """The header's first window for the frame, its function included; None when there is none that makes sense."""
    group = luts.frame_group(header, index, "FrameVOILUTSequence")
    for source in (group, header):
        centers, widths = luts.values_of(source, "WindowCenter"), luts.values_of(source, "WindowWidth")
        if centers and widths and widths[0] > 0:
            named = str(source.get("VOILUTFunction") or "") if source is not None else ""
            return Window(centers[0], widths[0], luts.window_functions().get(named, "linear"))
    return None


def _suggested(frame: Frame) -> Window:
    """No window anywhere. Eight bits and less are made to be shown in full; deeper ones between robust percentiles."""
    stored = frame.pixels.reshape(-1)[:: max(1, frame.pixels.size // 200_000)]
    values = luts.modality(frame.header, frame.index, stored, signed=frame.signed)
    if frame.bits_stored <= 8 and not frame.signed and values is stored:
        return Window((1 << frame.bits_stored) / 2, float(1 << frame.bits_stored))
    sample = _real_values(frame, stored, values)
    low, high = (float(v) for v in np.percentile(sample, (0.5, 99.5))) if sample.size else (0.0, 1.0)
    if high <= low:
        low, high = (float(sample.min()), float(sample.max())) if sample.size else (0.0, 1.0)
    return Window((low + high) / 2, max(high - low, 1e-6), "linear_exact")


def _real_values(frame: Frame, stored: Array, sample: Array) -> Array:
    bounds = luts.values_of(frame.header, "PixelPaddingValue")
    if bounds:
        bounds += luts.values_of(frame.header, "PixelPaddingRangeLimit")
        kept = sample[(stored < min(bounds)) | (stored > max(bounds))]
        sample = kept if kept.size else sample
    return sample[np.isfinite(sample)] if sample.dtype.kind == "f" else sample


def _inverted(frame: Frame) -> bool:
    if frame.photometric == "MONOCHROME1":
        return True
    return str(frame.header.get("PresentationLUTShape") or "").strip() == "INVERSE"


def _eight_bits(pixels: Array, bits_stored: int) -> Array:
    if pixels.dtype == np.uint8 and bits_stored >= 8:
        return pixels
    top = (1 << bits_stored) - 1
    return (np.clip(pixels, 0, top).astype(np.float32) * (255.0 / top)).round().astype("u1")


def _with_overlays(levels: Array, frame: Frame) -> Array:
    out = levels.copy()
    for group in range(0x6000, 0x6020, 2):
        if (group, 0x3000) not in frame.header:
            continue
        try:
            plane: Any = frame.header.overlay_array(group)
            top, left = (int(v) - 1 for v in frame.header.get((group, 0x0050), None).value)
        except (ValueError, AttributeError, TypeError, NotImplementedError):
            continue  # an unreadable overlay never blocks the picture
        plane = plane[frame.index % plane.shape[0]] if plane.ndim == 3 else plane
        part = out[max(0, top) : max(0, top) + plane.shape[0], max(0, left) : max(0, left) + plane.shape[1]]
        part[plane[: part.shape[0], : part.shape[1]] != 0] = 255
    return out


def _aspect(header: Dataset, index: int) -> float:
    """Height of a pixel over its width; 1.0 when nothing sensible is said."""
    group = luts.frame_group(header, index, "PixelMeasuresSequence")
    for source, keyword in (
        (header, "PixelAspectRatio"),
        (group, "PixelSpacing"),
        (header, "PixelSpacing"),
        (header, "ImagerPixelSpacing"),
        (header, "NominalScannedPixelSpacing"),
    ):
        ratio = luts.values_of(source, keyword)
        if len(ratio) == 2 and min(ratio) > 0:
            aspect = ratio[0] / ratio[1]
            return aspect if 0.1 < aspect < 10 else 1.0
    return 1.0


def part(picture: Image.Image, frame: tuple[int, int], region: Sequence[int] | None) -> Image.Image:
    """The region (left, top, width, height) of a picture of a `frame` of columns × rows; a negative width or height mirrors it.

    What lies outside of the frame is left out; a region that lies outside altogether raises Undecodable("pixels.region").
    """
    if region is None:
        return picture
    left, top, width, height = region
    across, down = picture.size[0] / frame[0], picture.size[1] / frame[1]
    right, bottom = min(left + abs(width), frame[0]), min(top + abs(height), frame[1])
    if not (0 <= left < right and 0 <= top < bottom):
        raise Undecodable("pixels.region", f"{region} of {frame[0]}×{frame[1]}")
    cut = picture.crop((round(left * across), round(top * down), round(right * across), round(bottom * down)))
    cut = cut.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if width < 0 else cut
    return cut.transpose(Image.Transpose.FLIP_TOP_BOTTOM) if height < 0 else cut


def size_in(frame: Frame, size: tuple[int, int] | None) -> tuple[int, int]:
    """Width and height that the frame's picture has when it is fitted into `size`, as `render` does it."""
    rows, columns = frame.pixels.shape[:2]
    return _inside((columns, rows), size, _aspect(frame.header, frame.index))


def _inside(whole: tuple[int, int], size: tuple[int, int] | None, aspect: float) -> tuple[int, int]:
    width, height = whole
    if abs(aspect - 1.0) > 0.01:
        # The finer direction keeps its resolution.
        width, height = (width, round(height * aspect)) if aspect > 1 else (round(width / aspect), height)
    if size is not None:
        scale = min(size[0] / width, size[1] / height, 1.0)
        width, height = max(1, round(width * scale)), max(1, round(height * scale))
    return width, height


def fitted(picture: Image.Image, size: tuple[int, int] | None, *, aspect: float = 1.0) -> Image.Image:
    """The picture made to fit into `size` (width, height) and never enlarged; `aspect` is a pixel's height over width."""
    width, height = _inside(picture.size, size, aspect)
    if (width, height) == picture.size:
        return picture
    shrinks = width * height < picture.size[0] * picture.size[1]
    # Whole factors by averaging areas, the rest by Lanczos: quick, and fine lines do not vanish between samples.
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=1.0 if shrinks else None)
