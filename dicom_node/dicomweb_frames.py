"""Frames for the web: as stored where the client takes that, else decoded to Explicit VR Little Endian (PS3.18 10.4)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dicom_node.dicomweb_media import DICOM, EXPLICIT_LE, OCTETS, Wanted, media_type
from teleconsult.imaging import codecs, pixels, renditions
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.imaging.render_apart import RenderApart
from teleconsult.imaging.render_pool import RenderPool
from teleconsult.kernel.errors import invalid

# Their stored frames are what Explicit VR Little Endian holds: implicit, deflated (inflated on reading), encapsulated uncompressed.
_SAME_AS_EXPLICIT = frozenset({"1.2.840.10008.1.2", EXPLICIT_LE, "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.1.98"})
_BIG_ENDIAN = "1.2.840.10008.1.2.2"
_NATIVE = frozenset({"1.2.840.10008.1.2", EXPLICIT_LE, "1.2.840.10008.1.2.1.99", _BIG_ENDIAN})
AS_KEPT_ONLY = codecs.VIDEO | codecs.REMOTE | {_BIG_ENDIAN}

Drawing = RenderApart | RenderPool


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the frames go out: decoded, as stored or as the rendition for slow lines, in parts or bare, and under which name."""

    decoded: bool
    in_parts: bool
    media: str
    syntax: str
    rendition: bool = False

    @property
    def content_type(self) -> str:
        return f"{self.media}; transfer-syntax={self.syntax}"

    @property
    def tag(self) -> str:
        """Told apart in an entity tag."""
        return "raw" if self.decoded else "jhc" if self.rendition else "stored"


def delivery(
    wanted: Sequence[Wanted], stored: str, count: int, ranged: bool, kept_fast: Callable[[], bool] = lambda: False
) -> Delivery:
    """The first alternative that can be served. INVALID `dicomweb.not_acceptable` (406) when there is none.

    `stored` is the object's transfer syntax; `kept_fast` is asked whether there are renditions, by who names their syntax. A byte
    range is answered bare, whatever was accepted: it is a range of the frame.
    """
    for alternative in wanted:
        decoded = _decoded(alternative, stored)
        in_parts = (alternative.multipart or alternative.media == "*/*") and not (ranged and count == 1)
        if decoded is None and _fast(alternative) and (in_parts or count == 1) and kept_fast():
            return Delivery(False, in_parts, media_type(renditions.SYNTAX), renditions.SYNTAX, rendition=True)
        if decoded is not None and (in_parts or count == 1):
            if decoded or stored in _SAME_AS_EXPLICIT:
                return Delivery(decoded and stored not in _SAME_AS_EXPLICIT, in_parts, OCTETS, EXPLICIT_LE)
            return Delivery(False, in_parts, media_type(stored), stored)
    raise invalid("dicomweb.not_acceptable", f"stored as {media_type(stored)}; transfer-syntax={stored}")


def _decoded(wanted: Wanted, stored: str) -> bool | None:
    """Whether to decode for this alternative; None when it cannot be met."""
    if stored == _BIG_ENDIAN:  # has no place on the web (PS3.18 8.7.3.5)
        return True if wanted.takes(OCTETS) and wanted.syntax in (None, "*", EXPLICIT_LE) else None
    if wanted.syntax in ("*", stored) and wanted.takes(media_type(stored)):
        return False
    if wanted.media == OCTETS:
        if wanted.syntax == "*":
            return False  # viewers say octet-stream and any syntax, and mean: as it is stored
        return True if wanted.syntax in (None, EXPLICIT_LE) else None
    return False if wanted.syntax is None and wanted.takes(media_type(stored)) else None


def _fast(wanted: Wanted) -> bool:
    """Who asks for any syntax gets the stored one: a rendition is for who names it."""
    media = media_type(renditions.SYNTAX)
    return wanted.syntax == renditions.SYNTAX and (wanted.takes(media) or wanted.takes(OCTETS))


def whole_objects(wanted: Sequence[Wanted], stored: Sequence[str]) -> tuple[bool, bool]:
    """Whether whole objects go out in parts, and whether as Explicit VR Little Endian instead of as they are kept.

    As kept for whoever names no syntax, `*`, or the one that all of them are in; decoded for whoever names Explicit VR Little
    Endian. INVALID `dicomweb.not_acceptable` (406) otherwise, and for big endian and video, which are sent as kept only.
    """
    for alternative in wanted:
        as_kept = alternative.syntax in (None, "*") or all(alternative.syntax == syntax for syntax in stored)
        decoded = alternative.syntax == EXPLICIT_LE and not any(syntax in AS_KEPT_ONLY for syntax in stored)
        in_parts = alternative.multipart or alternative.media in ("*/*", "application/*")
        if alternative.takes(DICOM) and (as_kept or decoded) and (in_parts or len(stored) == 1):
            return in_parts, not as_kept
    raise invalid(
        "dicomweb.not_acceptable", f"kept as {', '.join(sorted(set(stored)))}; or transfer-syntax={EXPLICIT_LE}"
    )


def apart_only(stored: str, count: int) -> bool:
    """Whether the pixels are many encapsulated frames, which are no single value: each is a part of its own (PS3.18 8.7.3)."""
    return count > 1 and stored not in _NATIVE | codecs.VIDEO | codecs.REMOTE


def frame_numbers(text: str) -> list[int]:
    """`1,3,4` as written in the URL, from 1. INVALID `dicomweb.frames`."""
    try:
        numbers = [int(part) for part in text.replace("%2C", ",").replace("%2c", ",").split(",")]
    except ValueError:
        numbers = [0]
    if min(numbers) < 1 or len(numbers) > 10_000:
        raise invalid("dicomweb.frames", f"{text[:64]!r} is no list of frame numbers")
    return numbers


def frames(apart: Drawing, path: Path, numbers: Sequence[int], decoded: bool) -> Iterator[bytes]:
    """The frames in the order asked for, one in memory at a time. Undecodable before the first if one is not there at all.

    Codecs run in the children of `apart` only: bytes that hang or crash one cost a frame, not this process.
    """
    with pixels.reader(path) as reader:
        _within(reader, numbers)
        for number in numbers:
            yield apart.raw(path, number - 1) if decoded else reader.stored(number - 1)


def there(path: Path, numbers: Sequence[int]) -> None:
    """Undecodable `pixels.frame_absent` unless the object has all these frames."""
    with pixels.reader(path) as reader:
        _within(reader, numbers)


def _within(reader: pixels.FrameReader, numbers: Sequence[int]) -> None:
    if max(numbers) > reader.count:
        raise Undecodable("pixels.frame_absent", f"frame {max(numbers)} of {reader.count}")
