"""Blocks that every printed paper of ours is set of: head, grid of labelled values, labels, the box of the signature."""

from collections.abc import Iterable, Sequence

from teleconsult.reporting.document import Person, Seal
from teleconsult.reporting.pdf_page import ACCENT, GREY, LEFT, PALE, RIGHT, Sheet
from teleconsult.reporting.typefaces import printable

COLUMNS = (LEFT, LEFT + 60, LEFT + 120, RIGHT)
SEAL_WORDS = "电子签名算法密钥编号摘要：　"

Fields = Sequence[tuple[str, str]]


def head(sheet: Sheet, hospital: str, title: str) -> None:
    sheet.ink(17, "B")
    sheet.centred(printable(hospital), 10)
    sheet.ink(13.5, color=ACCENT)
    sheet.set_char_spacing(4)
    sheet.centred(printable(title), 8)
    sheet.set_char_spacing(0)
    sheet.set_y(sheet.get_y() + 2)
    sheet.rule(sheet.get_y(), 0.5, ACCENT)


def grid(sheet: Sheet, rows: Iterable[Fields]) -> None:
    """Up to three labelled values in a row, with a rule below the last row."""
    sheet.set_y(sheet.get_y() + 2.5)
    for row in rows:
        sheet.room_for(7)
        top = sheet.get_y()
        bottoms = [_field(sheet, label, value, column) for column, (label, value) in enumerate(row)]
        sheet.set_y(max(top + 6.6, *bottoms))
    sheet.rule(sheet.get_y() + 1.5)
    sheet.set_y(sheet.get_y() + 2)


def _field(sheet: Sheet, label: str, value: str, column: int) -> float:
    """Sets one labelled value in its column, wrapped where it is long; returns the y below it."""
    top, left = sheet.get_y(), COLUMNS[column]
    sheet.ink(9, color=GREY)
    sheet.at(left, top, label, 6.6)
    shift = max(16.0, sheet.get_string_width(label) + 3)
    sheet.ink(10.5, "B" if label == "姓名" else "")
    sheet.set_y(top)
    bottom = sheet.wrapped(value or "—", left + shift, COLUMNS[column + 1] - left - shift - 2, 6.6)
    sheet.set_y(top)
    return bottom


def labelled(sheet: Sheet, x: float, y: float, label: str, value: str, style: str = "", shift: float = 17) -> None:
    sheet.ink(9, color=GREY)
    sheet.at(x, y, label, 6)
    sheet.ink(10.5, style)
    sheet.at(x + shift, y, value, 6)


def seal_box(sheet: Sheet, seal: Seal, note: str) -> None:
    """What a reader needs to check the signature, on a pale ground."""
    sheet.room_for(30)
    top = sheet.get_y() + 3
    sheet.set_fill_color(*PALE)
    sheet.rect(LEFT, top, RIGHT - LEFT, 24.5, style="F", round_corners=True, corner_radius=1.5)
    sheet.ink(9, "B", ACCENT)
    sheet.at(LEFT + 3.5, top + 2, "电子签名")
    sheet.ink(8.5, color=GREY)
    sheet.at(LEFT + 24, top + 2, f"算法：{seal.algorithm}　密钥编号：{seal.key_id}")
    sheet.at(LEFT + 3.5, top + 7.4, f"摘要 SHA-256：{seal.sha256}")
    sheet.ink(8, color=GREY)
    sheet.set_y(top + 13)
    bottom = sheet.wrapped(note, LEFT + 3.5, RIGHT - LEFT - 7, 4.6)
    sheet.set_y(bottom + 3)


def named(person: Person) -> str:
    return printable(f"{person.name}　{person.title}".strip())
