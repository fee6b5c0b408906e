"""Where lines of mixed Chinese and Latin text may break (after GB/T 15834 and the W3C's clreq 3.1), with widths handed in."""

from collections.abc import Callable, Iterator

NEVER_FIRST = frozenset("，。、；：？！）》」』】〕〉”’…—～·％℃,.;:?!)]}%")
NEVER_LAST = frozenset("（《「『【〔〈“‘([{￥$")
UNIT_FIRST = frozenset("cdgkmnsuHGMµμ°%℃")  # 8.2 mm, 35 HU, 1.5 mGy: a number keeps its unit

Width = Callable[[str], float]


def lines(text: str, width: Width, limit: float, indent: float = 0.0) -> list[str]:
    """`text` broken into lines not wider than `limit`; the first line of each paragraph `indent` shorter.

    Latin words and numbers stay whole where they fit at all, closing marks never begin a line, opening marks never end one.
    """
    out: list[str] = []
    for paragraph in text.split("\n"):
        out.extend(_fill(list(_pieces(paragraph)), width, limit, indent))
    return out


def _pieces(paragraph: str) -> Iterator[str]:
    """What may not be torn: a Latin word, or one character with the marks that cling to it."""
    piece = ""
    for char in paragraph:
        if piece and _may_part(piece, char):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _may_part(piece: str, after: str) -> bool:
    before = piece[-1]
    if after in NEVER_FIRST or before in NEVER_LAST:
        return False
    if before == " ":
        return not (piece[-2:-1].isdigit() and after in UNIT_FIRST)
    if after == " ":
        return False  # a space stays at the end of its line, where it is not seen
    return not (_latin(before) and _latin(after))


def _latin(char: str) -> bool:
    return char < "\u2e80"


def _fill(pieces: list[str], width: Width, limit: float, indent: float) -> list[str]:
    out, line, room = [], "", limit - indent
    for piece in (part for whole in pieces for part in _torn(whole, width, limit - indent)):
        if line and width((line + piece).rstrip()) > room:
            out.append(line.rstrip())
            line, room = "", limit
        if line or piece.strip() or not out:
            line += piece
    return [*out, line.rstrip()]


def _torn(piece: str, width: Width, limit: float) -> list[str]:
    """A piece wider than a whole line is torn where it must be."""
    out = [""]
    for char in piece:
        if out[-1] and width(out[-1] + char) > limit:
            out.append("")
        out[-1] += char
    return out
