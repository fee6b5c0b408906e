"""Typefaces for paper: which font has a character, and small TrueType files of just the characters that one document needs.

The fonts are Noto Sans SC, and behind it Noto Sans JP, TC and KR for characters that only a neighbour has (𠮷). They are variable
TrueType fonts under the SIL Open Font License 1.1, carried by the pinned package `justmytype-intl-cjk`; no font of the
machine is used. A character that none of them has is never printed as an empty box: its code is printed instead, [U+2B5A7].
"""

import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FAMILIES = ("notosanssc/NotoSansSC", "notosansjp/NotoSansJP", "notosanstc/NotoSansTC", "notosanskr/NotoSansKR")
WEIGHTS = {"": 400, "B": 700}
ALWAYS = frozenset(map(chr, range(0x20, 0x7F)))
# Tables that only layout engines and variation read: the pages are set without them.
UNUSED = ["GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx", "VORG", "VVAR", "DSIG"]


@dataclass(frozen=True, slots=True)
class Face:
    """A font cut down to a document's characters: TrueType files for regular ("") and bold ("B")."""

    family: str
    files: dict[str, bytes]


@cache
def font_paths() -> tuple[Path, ...]:
    """The font files, the first that has a character is used. Raises `FileNotFoundError` if the package is not installed whole."""
    shelf = Path(str(files("justmytype_intl_cjk"))) / "fonts" / "ofl"
    found = tuple(shelf / f"{name}[wght].ttf" for name in FAMILIES)
    missing = [path.name for path in found if not path.is_file()]
    if missing:
        raise FileNotFoundError(f"fonts are missing from justmytype-intl-cjk: {missing}")
    return found


@cache
def characters(path: Path) -> frozenset[int]:
    """The code points that a font has a glyph for."""
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


def printable(text: str) -> str:
    """`text` in NFC with every character that no font has spelt as its code, e.g. [U+2B5A7].

    Variation selectors and other invisible marks are left out: they choose between shapes of the character before them,
    which is printed. Line ends stay, other controls are spelt.
    """
    return "".join(_printable(char) for char in unicodedata.normalize("NFC", text))


def _printable(char: str) -> str:
    if char == "\n" or _font_for(char) is not None:
        return char
    if char in "\t\u3000\u2002\u2003\u2009\u202f":
        return " "
    if unicodedata.category(char) == "Cf" or 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF:
        return ""
    return f"[U+{ord(char):04X}]"


def _font_for(char: str) -> int | None:
    code = ord(char)
    if unicodedata.category(char) in ("Cc", "Cf"):
        return None
    return next((at for at, path in enumerate(font_paths()) if code in characters(path)), None)


def faces(text: Iterable[str]) -> list[Face]:
    """The fonts for `text` (already printable), the main one first, each cut down to the characters it is needed for."""
    needed: dict[int, set[str]] = {0: set(ALWAYS)}
    for char in set().union(*map(set, text)):
        at = _font_for(char)
        if at is not None:
            needed.setdefault(at, set()).add(char)
    return [_face(at, sorted(chars)) for at, chars in sorted(needed.items())]


def _face(at: int, chars: Sequence[str]) -> Face:
    path = font_paths()[at]
    small = _cut(path, chars)
    return Face(path.name.split("[")[0], {style: _weigh(small, weight) for style, weight in WEIGHTS.items()})


def _cut(path: Path, chars: Sequence[str]) -> bytes:
    # Cut before a weight is chosen: choosing one for all 30 000 glyphs would take minutes.
    options = subset.Options(layout_features=[], notdef_outline=True, name_IDs=[1, 2, 3, 4, 6, 13, 14])
    options.drop_tables += UNUSED
    with TTFont(path, lazy=True, recalcTimestamp=False) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=[ord(char) for char in chars])
        cutter.subset(font)
        return _saved(font)


def _weigh(font_file: bytes, weight: int) -> bytes:
    with TTFont(io.BytesIO(font_file), recalcTimestamp=False) as font:
        instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
        family = font["name"].getDebugName(6).split("-")[0]
        style = "Bold" if weight > 500 else "Regular"
        for name_id, text in {1: family, 2: style, 4: f"{family}-{style}", 6: f"{family}-{style}"}.items():
            font["name"].setName(text, name_id, 3, 1, 0x409)
        return _saved(font)


def _saved(font: TTFont) -> bytes:
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
