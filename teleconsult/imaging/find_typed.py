"""How a number is looked for that somebody typed: from its beginning on, by the index of its column. Pure."""

from typing import Any

from sqlalchemy import ColumnElement, and_

_LAST = "\U0010ffff"


def spellings(word: str) -> tuple[str, ...]:
    """As it was typed, in capitals, in small letters, and with a capital first: modalities write `DEMO0001`, people `demo0001`.

    Each is a range of the index; a number that mixes its letters otherwise (`dEmO1`) is found as it is written."""
    return tuple(dict.fromkeys((word, word.upper(), word.lower(), word.capitalize())))


def begins(column: Any, word: str) -> ColumnElement[bool]:
    """Whether the column begins with `word`, letter by letter: a range that an index serves."""
    return and_(column >= word, column < word + _LAST)
