"""Rendered frames and thumbnails (PS3.18 10.5, 9.5): drawn in a child process, so that no codec can take web down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dicom_node.dicomweb_frames import Drawing
from dicom_node.dicomweb_media import Wanted
from teleconsult.imaging.render_apart import Look
from teleconsult.kernel.errors import invalid

THUMB_SIDE = 256
_ALL = 1 << 20  # pixels: more than any frame has
KINDS = {"image/jpeg": "jpeg", "image/png": "png", "image/webp": "webp"}
_FUNCTIONS = {"linear": "linear", "linear-exact": "linear_exact", "sigmoid": "sigmoid"}


@dataclass(frozen=True, slots=True)
class Picture:
    """How a frame is wanted: the look, and a window when it is not the object's own."""

    look: Look
    window: tuple[float, float, str] | None = None
    in_parts: bool = False

    @property
    def media(self) -> str:
        return f"image/{self.look.format}"

    @property
    def tag(self) -> str:
        look = self.look
        window = "own" if self.window is None else f"{self.window[0]:g}w{self.window[1]:g}{self.window[2]}"
        region = "" if look.region is None else "-r" + "_".join(map(str, look.region))
        return f"{look.format}{look.quality}-{look.width}x{look.height}-{window}{region}{'-p' if self.in_parts else ''}"


def picture(wanted: Sequence[Wanted], query: Mapping[str, str], side: int = 0, *, several: bool = False) -> Picture:
    """Read `window`, `viewport` and `quality`. INVALID `dicomweb.query`, or `dicomweb.not_acceptable` for another media type.

    `side` bounds both edges when no viewport is given; 0 keeps the frame's own size. `several` pictures go out in parts only.
    """
    kind, in_parts = _kind(wanted, several)
    width, height, region = _viewport(query.get("viewport", ""), side)
    quality = _whole("quality", query.get("quality", "90"), 1, 100)
    return Picture(Look(width, height, kind, quality, region), _window(query.get("window", "")), in_parts)


def _kind(wanted: Sequence[Wanted], several: bool) -> tuple[str, bool]:
    for alternative in wanted:
        any_picture = alternative.media in ("*/*", "image/*")
        kind = "jpeg" if any_picture else KINDS.get(alternative.media)
        in_parts = several if alternative.media == "*/*" else alternative.multipart
        if kind is not None and in_parts >= several:
            return kind, in_parts
    raise invalid("dicomweb.not_acceptable", f"rendered as {', '.join(KINDS)}{', in parts' if several else ''}")


def _viewport(text: str, side: int) -> tuple[int, int, tuple[int, int, int, int] | None]:
    """`width,height` of the picture, then perhaps `left,top,width,height` of the frame (PS3.18 8.3.5.1.3)."""
    if not text:
        return side, side, None
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in (2, 6):
        raise invalid(
            "dicomweb.query", f"viewport={text[:32]!r}: width,height[,left,top,width,height]", name="viewport"
        )
    width, height = (_whole("viewport", part, 1, 8192) for part in parts[:2])
    if len(parts) == 2:
        return width, height, None
    try:
        left, top, across, down = (
            int(float(part or usual)) for part, usual in zip(parts[2:], (0, 0, _ALL, _ALL), strict=True)
        )
    except (ValueError, OverflowError):
        across = 0
    if not across or not down or max(map(abs, (left, top, across, down))) > _ALL:
        raise invalid("dicomweb.query", f"viewport={text[:32]!r}: a region of the frame", name="viewport")
    return width, height, (left, top, across, down)


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
