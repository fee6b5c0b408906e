"""How a number or a name is looked for that somebody typed: from its beginning on, by the index of its column. Pure."""

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, and_

from teleconsult.imaging.find_names import fold

_LAST = "\U0010ffff"


def plain(word: str) -> str:
    """In letters of usual width: what a Chinese input method leaves as `Ｅ－１` is `E-1`."""
    return unicodedata.normalize("NFKC", word)


def spellings(word: str) -> tuple[str, ...]:
    """As it was typed, in capitals, in small letters, and with a capital first: modalities write `DEMO0001`, people `demo0001`. Then so
    in letters of usual width; a number that is stored full-width is found as it is.

    Each is a range of the index; a number that mixes its letters otherwise (`dEmO1`) is found as it is written."""
    written = dict.fromkeys((word, plain(word)))
    return tuple(dict.fromkeys(each for one in written for each in (one, one.upper(), one.lower(), one.capitalize())))


def called(key: Any, word: str) -> ColumnElement[bool]:
    """Whether a folded name key (`find_names.keys`) begins as it was typed, whatever its width, gaps and accents. Gaps alone are no name."""
    folded = fold(word)
    return begins(key, folded) if folded else key == ""  # which none is


def begins(column: Any, word: str) -> ColumnElement[bool]:
    """Whether the column begins with `word`, letter by letter: a range that an index serves."""
    return and_(column >= word, column < word + _LAST)
