"""Pictures for what is no picture: a broken frame, an ECG, a document, a report, anything else. Never a blank.

The text on a card is the code of the reason in Latin letters; the sentence in the reader's language stands beside it on
the screen, from the same code.
"""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from teleconsult.imaging.waveform import Tracing

Size = tuple[int, int]
_GROUND, _EDGE, _INK, _WARN = (24, 27, 32), (70, 76, 86), (170, 178, 190), (224, 160, 60)
_PAPER, _TRACE, _GRID = (16, 20, 22), (120, 220, 150), (40, 56, 50)
_SHOWN = ("II", "V1", "V5")


def broken(code: str, size: Size) -> Image.Image:
    """A frame that cannot be shown: a torn picture sign and the reason's code."""
    card, draw, box = _card(size)
    x0, y0, x1, y1 = box
    draw.rectangle(box, outline=_WARN, width=2)
    middle = (x0 + x1) / 2
    tear = [(middle, y0), (middle - 5, y0 + (y1 - y0) * 0.3), (middle + 5, y0 + (y1 - y0) * 0.6), (middle - 2, y1)]
    draw.line(tear, fill=_WARN, width=2)
    _caption(draw, size, code, _WARN)
    return card


def document(label: str, size: Size, *, structured: bool = False) -> Image.Image:
    """A page (PDF) or a tree of lines (structured report), with its short Latin label."""
    card, draw, (x0, y0, x1, y1) = _card(size)
    draw.rectangle((x0, y0, x1, y1), outline=_INK, width=2)
    for line in range(4):
        y = y0 + (y1 - y0) * (line + 1) / 5
        indent = (x1 - x0) * (0.12 + (0.15 * (line % 3) if structured else 0))
        draw.line(((x0 + indent, y), (x1 - (x1 - x0) * 0.12, y)), fill=_INK, width=2)
    _caption(draw, size, label, _INK)
    return card


def sealed(label: str, size: Size) -> Image.Image:
    """An object that is kept and can be downloaded but not shown here."""
    card, draw, box = _card(size)
    draw.rounded_rectangle(box, radius=6, outline=_INK, width=2)
    x0, y0, x1, y1 = box
    draw.line(((x0, y0 + (y1 - y0) / 3), (x1, y0 + (y1 - y0) / 3)), fill=_INK, width=2)
    _caption(draw, size, label, _INK)
    return card


def ecg(tracing: Tracing, size: Size) -> Image.Image:
    """Three leads of a tracing (II, V1, V5 where there are such), the first five seconds, on a grid. Not for measurement."""
    card = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(card)
    step = max(6, size[1] // 12)
    for x in range(0, size[0], step):
        draw.line(((x, 0), (x, size[1])), fill=_GRID)
    for y in range(0, size[1], step):
        draw.line(((0, y), (size[0], y)), fill=_GRID)
    named = {lead.name: lead for lead in tracing.leads}
    shown = [named[name] for name in _SHOWN if name in named] or list(tracing.leads[:3])
    for place, lead in enumerate(shown):
        part = lead.samples[: max(2, int(tracing.hertz * 5))]
        columns = np.linspace(0, len(part) - 1, min(len(part), size[0] * 2)).astype(int)
        picked = np.clip(part[columns] - np.median(part), -2.0, 2.0)
        band = size[1] / len(shown)
        heights = band * (place + 0.5) - picked * band / 3.2
        along = np.linspace(0, size[0] - 1, len(columns))
        draw.line([(float(a), float(b)) for a, b in zip(along, heights, strict=True)], fill=_TRACE, width=1)
    return card


def _card(size: Size) -> tuple[Image.Image, ImageDraw.ImageDraw, tuple[float, float, float, float]]:
    card = Image.new("RGB", size, _GROUND)
    draw = ImageDraw.Draw(card)
    draw.rectangle((0, 0, size[0] - 1, size[1] - 1), outline=_EDGE)
    side = min(size) * 0.5
    left, top = (size[0] - side * 0.8) / 2, size[1] * 0.16
    return card, draw, (left, top, left + side * 0.8, top + side)


def _caption(draw: ImageDraw.ImageDraw, size: Size, text: str, ink: tuple[int, int, int]) -> None:
    height = max(9, size[1] // 12)
    font = ImageFont.load_default(height)
    while height > 7 and draw.textlength(text, font=font) > size[0] - 6:
        height -= 1
        font = ImageFont.load_default(height)
    width = draw.textlength(text, font=font)
    draw.text(((size[0] - width) / 2, size[1] * 0.8), text, fill=ink, font=font)
