"""Look-up tables of DICOM: modality, VOI and palette (PS3.3 C.11.1, C.11.2, C.7.6.3.1.5). Pure.

A header broken in one of them must not cost the picture: a table that cannot be read is None and the caller goes on
with the next thing the standard offers.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from pydicom.datadict import keyword_dict
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset

from teleconsult.imaging.pixels_values import Array, Undecodable


@dataclass(frozen=True, slots=True)
class Lut:
    """`values[k]` is the output for input `first + k`; inputs outside take the nearest entry. `bits` is the output depth."""

    first: int
    bits: int
    values: Array

    def apply(self, samples: Array) -> Array:
        places = np.clip(np.rint(samples).astype(np.int64) - self.first, 0, len(self.values) - 1)
        return self.values[places]


def values_of(source: Dataset | None, keyword: str) -> list[float]:
    """All values of a numeric element as floats; empty when absent or unreadable."""
    tag = keyword_dict[keyword]
    if source is None or tag not in source.keys():
        return []  # pydicom takes long to say that something is not there
    try:
        found = _as_written(source, tag)
        if found is None:
            value: Any = source.get(keyword)
            if value is None or value == "" or value == b"":
                return []
            several = isinstance(value, Sequence) and not isinstance(value, str)
            found = [float(v) for v in value] if several else [float(value)]
    except (ValueError, TypeError, AttributeError, OverflowError):
        return []
    return [number for number in found if math.isfinite(number)]


def _as_written(source: Dataset, tag: int) -> list[float] | None:
    """The numbers of an element that nobody has converted yet, without pydicom's numbers that remember how they were written."""
    element = cast(DataElement | RawDataElement, source.get_item(tag))
    if not isinstance(element, RawDataElement) or not isinstance(element.value, bytes) or b"_" in element.value:
        return None
    if element.VR in ("DS", "IS"):
        written = element.value.rstrip(b"\0 ")
        return [float(part) for part in written.split(b"\\")] if written else []
    if element.VR == "US":
        return [float(v) for v in np.frombuffer(element.value, "<u2" if element.is_little_endian else ">u2")]
    return None


def first_item(source: Dataset | None, keyword: str) -> Dataset | None:
    """The first item of a sequence, None when there is none."""
    if source is None or keyword_dict[keyword] not in source.keys():
        return None
    try:
        items = source.get(keyword)
        return items[0] if items else None
    except (ValueError, TypeError, AttributeError, IndexError, NotImplementedError):
        return None


def frame_group(header: Dataset, index: int, keyword: str) -> Dataset | None:
    """The functional group item for frame `index`: its own, else the shared one (PS3.3 C.7.6.16)."""
    try:
        own = header.get("PerFrameFunctionalGroupsSequence")
        found = first_item(own[index], keyword) if own and index < len(own) else None
    except (ValueError, TypeError, AttributeError, NotImplementedError):
        found = None
    return found or first_item(first_item(header, "SharedFunctionalGroupsSequence"), keyword)


def lut_of(item: Dataset | None, *, signed_input: bool) -> Lut | None:
    """Modality or VOI LUT of a sequence item with (0028,3002) and (0028,3006)."""
    if item is None:
        return None
    descriptor = _descriptor(item, "LUTDescriptor", signed=signed_input)
    if descriptor is None:
        return None
    entries, first, bits = descriptor
    values = _entries(_raw(item, "LUTData"), entries, bits, _order(item))
    return Lut(first, bits, values) if values is not None else None


def _descriptor(item: Dataset, keyword: str, *, signed: bool) -> tuple[int, int, int] | None:
    numbers = [int(v) for v in values_of(item, keyword)]
    if len(numbers) != 3:
        return None
    entries, first, bits = numbers
    entries = (entries & 0xFFFF) or 0x10000
    first = first & 0xFFFF
    if signed and first >= 0x8000:
        first -= 0x10000
    return (entries, first, bits) if 0 < bits <= 16 else None


def _raw(item: Dataset, keyword: str) -> Any:
    try:
        return item.get(keyword)
    except (ValueError, TypeError, AttributeError):
        return None


def _order(item: Dataset) -> str:
    """Byte order of 16-bit words that pydicom hands over as bytes."""
    return ">" if item.original_encoding == (False, False) else "<"


def _entries(raw: Any, entries: int, bits: int, order: str = "<") -> Array | None:
    """LUT data as it may come: OW bytes, a list of US, one number, and 8-bit tables one or two entries to the word."""
    if isinstance(raw, bytes):
        if len(raw) >= 2 * entries:
            values: Array = np.frombuffer(raw, f"{order}u2", count=entries).astype("u2")
        elif len(raw) >= entries and bits <= 8:
            values = np.frombuffer(raw, "u1", count=entries).astype("u2")
        else:
            return None
    elif isinstance(raw, Sequence) and len(raw) >= entries:
        values = np.asarray([int(v) & 0xFFFF for v in raw[:entries]], "u2")
    else:
        return None
    return values


def modality(header: Dataset, index: int, samples: Array, *, signed: bool) -> Array:
    """Stored values → modality values (HU …): Modality LUT, else rescale of the frame or of the object, else unchanged."""
    lut = lut_of(first_item(header, "ModalityLUTSequence"), signed_input=signed)
    if lut is not None:
        return lut.apply(samples)
    group = frame_group(header, index, "PixelValueTransformationSequence")
    source = group if group is not None else header
    slope = (values_of(source, "RescaleSlope") or [1.0])[0] or 1.0
    intercept = (values_of(source, "RescaleIntercept") or [0.0])[0]
    if slope == 1.0 and intercept == 0.0:
        return samples
    if samples.dtype.itemsize <= 2 and slope == 1.0 and intercept == int(intercept) and abs(intercept) < 1 << 30:
        return samples.astype(np.int32) + int(intercept)
    return samples.astype(np.float32) * np.float32(slope) + np.float32(intercept)


def palette(header: Dataset, indices: Array) -> Array:
    """Palette indices → RGB uint8. Raises Undecodable("pixels.header") without a usable palette."""
    tables = [_palette_lut(header, colour) for colour in ("Red", "Green", "Blue")]
    # 16-bit entries are the norm; some writers say 16 and fill 8, so the values of all three decide.
    wide = max(int(lut.values.max(initial=0)) for lut in tables) > 255
    planes = [lut.apply(indices) >> (lut.bits - 8 if wide and lut.bits > 8 else 0) for lut in tables]
    return np.stack(planes, axis=-1).astype("u1")


def _palette_lut(header: Dataset, colour: str) -> Lut:
    descriptor = _descriptor(header, f"{colour}PaletteColorLookupTableDescriptor", signed=False)
    values = None if descriptor is None else _palette_values(header, colour, descriptor)
    if descriptor is None or values is None:
        raise Undecodable("pixels.header", f"no usable {colour.lower()} palette")
    return Lut(descriptor[1], descriptor[2], values)


def _palette_values(header: Dataset, colour: str, descriptor: tuple[int, int, int]) -> Array | None:
    entries, _, bits = descriptor
    plain = _raw(header, f"{colour}PaletteColorLookupTableData")
    if plain:
        return _entries(plain, entries, bits, _order(header))
    segmented = _raw(header, f"Segmented{colour}PaletteColorLookupTableData")
    if not isinstance(segmented, bytes):
        return None
    even = segmented[: len(segmented) // 2 * 2]
    words = np.frombuffer(even, f"{_order(header)}u2") if bits > 8 else np.frombuffer(segmented, "u1")
    return _entries(list(expanded([int(w) for w in words], byte_offsets=bits <= 8)), entries, 16)


def expanded(segments: Sequence[int], *, byte_offsets: bool = False) -> list[int]:
    """Segmented palette data → plain entries (PS3.3 C.7.9.2): discrete, linear and indirect segments. Pure.

    Raises Undecodable("pixels.header") for a segment of unknown kind or one that points nowhere.
    """
    out: list[int] = []
    at, places = 0, []
    while at + 1 < len(segments):
        opcode, length = segments[at], segments[at + 1]
        places.append(at)
        if opcode == 2:
            target = _indirect_target(segments, at, byte_offsets=byte_offsets)
            for place in [p for p in places[:-1] if p >= target][:length]:
                _segment(segments, place, out)
            at += 4 if not byte_offsets else 6
        else:
            at += _segment(segments, at, out)
        if len(out) > 0x20000:
            raise Undecodable("pixels.header", "segmented palette without end")
    return out


def _indirect_target(segments: Sequence[int], at: int, *, byte_offsets: bool) -> int:
    """Where an indirect segment points, in entries: a 32-bit byte offset, low word first."""
    if byte_offsets:
        return sum(part << (8 * k) for k, part in enumerate(segments[at + 2 : at + 6]))
    return sum(part << (16 * k) for k, part in enumerate(segments[at + 2 : at + 4])) // 2


def _segment(segments: Sequence[int], at: int, out: list[int]) -> int:
    opcode, length = segments[at], segments[at + 1]
    if opcode == 0:
        out.extend(segments[at + 2 : at + 2 + length])
        return 2 + length
    if opcode == 1 and out and at + 2 < len(segments):
        start, end = out[-1], segments[at + 2]
        out.extend(round(start + (end - start) * step / length) for step in range(1, length + 1))
        return 3
    raise Undecodable("pixels.header", f"segmented palette: opcode {opcode}")


def window_functions() -> Mapping[str, str]:
    """The names of (0028,1056) this product knows; anything else is LINEAR (PS3.3 C.11.2.1.2)."""
    return {"": "linear", "LINEAR": "linear", "LINEAR_EXACT": "linear_exact", "SIGMOID": "sigmoid"}
