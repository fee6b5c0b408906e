"""One instance's header as DICOM JSON (PS3.18 annex F), the sidecar that DICOMweb sends instead of reading files.

* Binary values above 1 kB and the pixels are named, not carried: BulkDataURI is relative to the study's URL and has no
  leading slash, `series/<uid>/instances/<uid>/bulkdata/<path>`; `<path>` is a tag, or tag/item number/tag … (items from 1).
* Text comes out as UTF-8 by the decoder given, and (0008,0005) says so.
* (0008,3002) Available Transfer Syntax UID tells what the frames are stored in.
"""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from teleconsult.imaging import codecs
from teleconsult.imaging.metadata_values import BINARY, Decode, inline, turned, value_of
from teleconsult.imaging.pixels import refuse_unknown
from teleconsult.imaging.pixels_file import UNDEFINED, StoredObject, opened
from teleconsult.imaging.pixels_fragments import Span, spans_of_frame
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.kernel.errors import absent

DicomJson = dict[str, Any]
# A decoder for text declared so; None stands for the object's own declaration.
DecoderFor = Callable[[tuple[str, ...] | None], Decode]

BULK_BYTES = 1024
_MOST_INFLATED = 64 << 20
_CHARSET, _PIXEL_REPRESENTATION, _SYNTAXES = 0x00080005, 0x00280103, "00083002"
_BROKEN = (ValueError, TypeError, AttributeError, NotImplementedError, KeyError, IndexError, OverflowError)


def dicom_json(found: StoredObject, decoder_for: DecoderFor) -> DicomJson:
    """The open object's metadata, keys in tag order. An element that cannot be read is left out, never the object.

    Call it before anything else asks the header for values: it wants the raw bytes.
    """
    header = found.header
    at = f"series/{_plain(header, 'SeriesInstanceUID')}/instances/{_plain(header, 'SOPInstanceUID')}/bulkdata"
    out = _items_of(header, decoder_for, decoder_for(None), f"{at}/")
    if found.pixels is not None:
        tag = f"{found.pixels.tag:08X}"
        out[tag] = {"vr": found.pixels.vr, "BulkDataURI": f"{at}/{tag}"}
    out["00080005"] = {"vr": "CS", "Value": ["ISO_IR 192"]}
    out[_SYNTAXES] = {"vr": "UI", "Value": [found.transfer_syntax]}
    return dict(sorted(out.items()))


def packed(instances: Iterable[Mapping[str, Any]]) -> bytes:
    """A gzip JSON array, the same bytes for the same instances."""
    text = json.dumps(list(instances), ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode("utf-8", "replace"), compresslevel=6, mtime=0)


def unpacked(content: bytes) -> list[DicomJson]:
    """What `packed` made."""
    found: list[DicomJson] = json.loads(gzip.decompress(content))
    return found


def bulk(path: Path, tag_path: str) -> tuple[str, bytes]:
    """VR and little-endian bytes of the element that a BulkDataURI names. Raises ABSENT `bulk.absent`, Undecodable as `bulk_spans`.

    Encapsulated pixels are one value only where they are one stream: a single frame or a video; else ask for frames.
    """
    parts = tag_path.strip("/").split("/")
    with _bulk_of(path, tag_path) as found:
        if found.pixels is not None and parts == [f"{found.pixels.tag:08X}"]:
            return found.pixels.vr, _pixel_bytes(found)
        holder = found.header
        for tag, item in zip(parts[:-1:2], parts[1::2], strict=True):
            holder = holder[int(tag, 16)].value[int(item) - 1]
        return _bulk_value(found.header, holder[int(parts[-1], 16)])


def bulk_spans(path: Path, tag_path: str) -> tuple[Span, ...] | None:
    """Where in the file the value lies that `bulk` would give, so that gigabytes need not be read; None where it does not go out as it lies.
    Raises ABSENT `bulk.absent`; Undecodable `pixels.unsupported_syntax` for pixels of which nobody knows how they lie."""
    with _bulk_of(path, tag_path) as found:
        element = found.pixels
        if (
            element is None
            or tag_path.strip("/") != f"{element.tag:08X}"
            or found.transfer_syntax == codecs.DEFLATED
            or (found.big_endian and element.vr != "OB")
        ):
            return None
        encapsulated = element.length == UNDEFINED
        spans = _stream_spans(found) if encapsulated else ((element.start, element.length),)
        return tuple((start, max(0, min(length, found.size - start))) for start, length in spans)


@contextmanager
def _bulk_of(path: Path, tag_path: str) -> Iterator[StoredObject]:
    """The open object for that element of it. What is wrong meanwhile is ABSENT `bulk.absent`, but not that its pixels are unknown."""
    try:
        with opened(path) as found:
            if found.pixels is not None and tag_path.strip("/") == f"{found.pixels.tag:08X}":
                refuse_unknown(found)
            yield found
    except (*_BROKEN, Undecodable) as error:
        if isinstance(error, Undecodable) and error.code == "pixels.unsupported_syntax":
            raise
        raise absent("bulk.absent", f"{tag_path}: {error}") from error


def _stream_spans(found: StoredObject) -> tuple[Span, ...]:
    """The fragments of a single frame or a video."""
    frames = int(found.header.get("NumberOfFrames") or 1)
    if frames != 1 and found.transfer_syntax not in codecs.VIDEO:
        raise ValueError("encapsulated frames are fetched one by one")
    return spans_of_frame(found, 0, 1)


def _bulk_value(header: Dataset, element: DataElement) -> tuple[str, bytes]:
    if not isinstance(element.value, bytes):
        raise ValueError("not a binary value")
    little = header.original_encoding != (False, False)
    return str(element.VR), turned(str(element.VR), element.value, little_endian=little)


def _pixel_bytes(found: StoredObject) -> bytes:
    element = found.pixels
    if element is None:
        raise ValueError("no pixels")
    if element.length != UNDEFINED:
        if found.transfer_syntax == codecs.DEFLATED and element.length > _MOST_INFLATED:
            raise ValueError("deflated pixels of this length are fetched frame by frame")
        found.stream.seek(element.start)
        raw = found.stream.read(element.length)
        return turned(element.vr, raw, little_endian=not found.big_endian)
    out = []
    for start, length in _stream_spans(found):
        found.stream.seek(start)
        out.append(found.stream.read(length))
    return b"".join(out)


def _items_of(source: Dataset, decoder_for: DecoderFor, decode: Decode, at: str) -> DicomJson:
    out: DicomJson = {}
    signed = _plain(source, "PixelRepresentation") == "1"
    for element in list(source.elements()):
        tag = int(element.tag)
        if tag >> 16 < 0x0008 or tag & 0xFFFF == 0 or tag == 0xFFFCFFFC:
            continue
        try:
            entry = _entry(source, element, decoder_for, decode, at, signed=signed)
        except _BROKEN:
            continue
        if entry is not None:
            out[f"{tag:08X}"] = entry
    return out


def _entry(
    source: Dataset,
    element: DataElement | RawDataElement,
    decoder_for: DecoderFor,
    decode: Decode,
    at: str,
    *,
    signed: bool,
) -> DicomJson | None:
    tag, vr = int(element.tag), _vr(element, signed=signed)
    if vr == "SQ":
        return _sequence(source[tag].value, decoder_for, decode, f"{at}{tag:08X}/")
    if isinstance(element, DataElement):
        return _converted(element, vr, f"{at}{tag:08X}")
    length = len(element.value) if element.value is not None else (element.length or 0)
    if vr in BINARY and length > BULK_BYTES:
        return {"vr": vr, "BulkDataURI": f"{at}{tag:08X}"}
    raw = element.value if element.value is not None else (_deferred(source, tag) if length else b"")
    if vr in BINARY:
        return (
            {"vr": vr, "InlineBinary": inline(vr, raw, little_endian=element.is_little_endian)} if raw else {"vr": vr}
        )
    values = value_of(vr, raw, little_endian=element.is_little_endian, decode=decode)
    return {"vr": vr, "Value": values} if values else {"vr": vr}


def _sequence(items: Any, decoder_for: DecoderFor, decode: Decode, at: str) -> DicomJson:
    if not isinstance(items, Sequence):
        raise ValueError("not a sequence")
    values = []
    for number, item in enumerate(items, start=1):
        declared = item.get(_CHARSET)
        own = decoder_for(tuple(_texts(declared.value))) if declared is not None and declared.value else decode
        inner = _items_of(item, decoder_for, own, f"{at}{number}/")
        inner.pop("00080005", None)
        values.append(inner)
    return {"vr": "SQ", "Value": values} if values else {"vr": "SQ"}


def _converted(element: DataElement, vr: str, uri: str) -> DicomJson:
    """An element that pydicom has converted already: the few that it looks at itself while reading."""
    if isinstance(element.value, bytes) and len(element.value) > BULK_BYTES:
        return {"vr": vr, "BulkDataURI": uri}
    found: DicomJson = element.to_json_dict(None, BULK_BYTES)
    return found


def _deferred(source: Dataset, tag: int) -> bytes:
    value = source[tag].value
    return value if isinstance(value, bytes) else str(value).encode()


def _vr(element: DataElement | RawDataElement, *, signed: bool) -> str:
    vr = str(element.VR or "UN")
    if vr == "UN":
        group, part = int(element.tag) >> 16, int(element.tag) & 0xFFFF
        if group % 2 and 0x10 <= part <= 0xFF:
            return "LO"  # a private creator (PS3.5 7.8.1)
        try:
            vr = dictionary_VR(element.tag)
        except KeyError:
            return "UN"
    if " or " in vr:  # PS3.5 A.1: what implicit VR leaves open
        return "OW" if "OW" in vr else ("SS" if signed else "US")
    return vr


def _texts(value: Any) -> list[str]:
    return [str(value)] if isinstance(value, str) else [str(v) for v in value]


def _plain(source: Dataset, keyword: str) -> str:
    """A short header value without converting the element in place (that would lose its raw bytes)."""
    element = source.get_item(keyword)
    value = None if element is None else element.value
    if isinstance(value, bytes):
        if keyword == "PixelRepresentation":
            return str(sum(value))
        return value.decode("latin-1").strip(" \0")
    return "" if value is None else str(value)
