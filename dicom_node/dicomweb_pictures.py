"""Rendered frames and thumbnails (PS3.18 10.5, 9.5): drawn in a child process, so that no codec can take web down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dicom_node.dicomweb_frames import Drawing
from dicom_node.dicomweb_media import Wanted
from teleconsult.imaging.render_apart import Look
from teleconsult.kernel.errors import invalid

THUMB_SIDE = 256
_KINDS = {"image/jpeg": "jpeg", "image/png": "png", "image/webp": "webp"}
_FUNCTIONS = {"linear": "linear", "linear-exact": "linear_exact", "sigmoid": "sigmoid"}


@dataclass(frozen=True, slots=True)
class Picture:
    """How a frame is wanted: the look, and a window when it is not the object's own."""

    look: Look
    window: tuple[float, float, str] | None = None

    @property
    def media(self) -> str:
        return f"image/{self.look.format}"

    @property
    def tag(self) -> str:
        look = self.look
        window = "own" if self.window is None else f"{self.window[0]:g}w{self.window[1]:g}{self.window[2]}"
        return f"{look.format}{look.quality}-{look.width}x{look.height}-{window}"


def picture(wanted: Sequence[Wanted], query: Mapping[str, str], side: int = 0) -> Picture:
    """Read `window`, `viewport` and `quality`. INVALID `dicomweb.query`, or `dicomweb.not_acceptable` for another media type.

    `side` bounds both edges when no viewport is given; 0 keeps the frame's own size.
    """
    kinds = [_KINDS.get(alternative.media) for alternative in wanted if not alternative.multipart]
    if any(alternative.media in ("*/*", "image/*") for alternative in wanted):
        kinds.append("jpeg")
    kind = next(filter(None, kinds), None)
    if kind is None:
        raise invalid("dicomweb.not_acceptable", f"rendered as {', '.join(_KINDS)}")
    width, height = _viewport(query.get("viewport", ""), side)
    quality = _whole("quality", query.get("quality", "90"), 1, 100)
    return Picture(Look(width, height, kind, quality), _window(query.get("window", "")))


def _viewport(text: str, side: int) -> tuple[int, int]:
    if not text:
        return side, side
    parts = text.split(",")
    if len(parts) != 2:  # a region of the source is not offered yet
        raise invalid("dicomweb.query", f"viewport={text[:32]!r}: width,height", name="viewport")
    width, height = (_whole("viewport", part, 1, 8192) for part in parts)
    return width, height


def _window(text: str) -> tuple[float, float, str] | None:
    if not text:
        return None
    parts = text.split(",")
    try:
        center, width = float(parts[0]), float(parts[1])
        function = _FUNCTIONS[parts[2].lower() if len(parts) > 2 else "linear"]
    except (IndexError, ValueError, KeyError):
        raise invalid("dicomweb.query", f"window={text[:32]!r}: center,width,function", name="window") from None
    if not (width > 0 and abs(center) < 1e9 and width < 1e9):
        raise invalid("dicomweb.query", f"window={text[:32]!r}: a width above 0", name="window")
    return center, width, function


def _whole(name: str, text: str, least: int, most: int) -> int:
    if not text.strip().isdigit() or not least <= int(text) <= most:
        raise invalid("dicomweb.query", f"{name}={text[:32]!r}: {least} to {most}", name=name)
    return int(text)


def draw(apart: Drawing, path: Path, number: int, wanted: Picture) -> bytes:
    """Frame `number` (from 1) as asked. Raises Undecodable."""
    return apart.frame(path, number - 1, [wanted.look], window=wanted.window)[0]
