"""What `list` prints: a plain table, a line each, columns that stand below each other in a terminal whatever the script."""

import unicodedata
from collections.abc import Sequence


def show(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Column names, then the rows; what is empty is a dash, so that every line has as many words as columns when no value has spaces."""
    lines = [[name.upper() for name in columns], *([value or "-" for value in row] for row in rows)]
    widths = [max(_width(line[at]) for line in lines) for at in range(len(columns))]
    for line in lines:
        print("  ".join(text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)).rstrip())


def _width(text: str) -> int:
    """In cells of a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
