"""The pages of a report, from the outside in: sheet, running head and foot, and the blocks that are set on them."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from fpdf import FPDF

from teleconsult.reporting.canonical import plain
from teleconsult.reporting.pdf_layout import lines
from teleconsult.reporting.typefaces import Face, printable

LEFT, RIGHT, TOP, BOTTOM = 18.0, 192.0, 16.0, 274.0  # millimetres on A4
INK, GREY, ACCENT, PALE = (28, 32, 38), (104, 112, 122), (22, 92, 130), (243, 246, 249)


class Sheet(FPDF):
    """A4 paper with our fonts, a running head from the second page on and a foot on each."""

    def __init__(
        self, faces: Sequence[Face], folder: Path, at: datetime, running: str, foot: str, page_words: str
    ) -> None:
        super().__init__(unit="mm", format="A4")
        self._running, self._foot, self._page_words = running, foot, page_words
        for number, face in enumerate(faces):
            for style, content in face.files.items():
                path = folder / f"{number}{style}.ttf"
                path.write_bytes(content)
                self.add_font(f"face{number}", style, path)
        self.set_fallback_fonts([f"face{number}" for number in range(1, len(faces))])
        self.set_creation_date(at)
        self.set_lang("zh-CN")
        self.set_margins(LEFT, TOP, 210 - RIGHT)
        self.c_margin = 0
        self.set_auto_page_break(False)
        self.alias_nb_pages("{nb}")
        self.add_page()

    def header(self) -> None:
        if self.page_no() == 1:
            return
        self.ink(8.5, color=GREY)
        self.at(LEFT, 10, self._running)
        self.rule(15.5)
        self.set_y(20)

    def footer(self) -> None:
        self.rule(281)
        self.ink(8, color=GREY)
        self.at(LEFT, 282.5, self._foot)
        number = self._page_words.format(number=self.page_no(), total="{nb}")
        self.at(RIGHT - self.get_string_width(number.replace("{nb}", "0")), 282.5, number)

    def ink(self, size: float, style: str = "", color: tuple[int, int, int] = INK) -> None:
        self.set_font("face0", style, size)
        self.set_text_color(*color)

    def at(self, x: float, y: float, text: str, height: float = 5) -> None:
        self.set_xy(x, y)
        self.cell(self.get_string_width(text) + 1, height, text)

    def centred(self, text: str, height: float) -> None:
        self.set_x(LEFT)
        self.cell(RIGHT - LEFT, height, text, align="C", new_x="LMARGIN", new_y="NEXT")

    def rule(self, y: float, weight: float = 0.2, color: tuple[int, int, int] = (190, 197, 204)) -> None:
        self.set_draw_color(*color)
        self.set_line_width(weight)
        self.line(LEFT, y, RIGHT, y)

    def room_for(self, height: float) -> None:
        """Goes to a new page unless `height` millimetres are left on this one."""
        if self.get_y() + height > BOTTOM:
            self.add_page()

    def heading(self, text: str) -> None:
        self.room_for(20)
        self.set_y(self.get_y() + 4)
        self.set_fill_color(*ACCENT)
        self.rect(LEFT, self.get_y() + 0.9, 1.2, 4.8, style="F")
        self.ink(12, "B", ACCENT)
        self.at(LEFT + 3.4, self.get_y(), text, 6.6)
        self.set_y(self.get_y() + 8)

    def prose(self, text: str, size: float = 10.5, style: str = "", leading: float = 6.4) -> None:
        """Paragraphs with the first line two characters in, as Chinese reports are set; goes on over pages."""
        for paragraph in plain(printable(text)).split("\n"):
            self.ink(size, style)
            indent = self.get_string_width("检查") if paragraph.strip() else 0.0
            for number, line in enumerate(lines(paragraph.strip(), self.get_string_width, RIGHT - LEFT, indent)):
                self.room_for(leading)
                self.ink(size, style)
                self.at(LEFT + (indent if number == 0 else 0), self.get_y(), line, leading)
                self.set_y(self.get_y() + leading)

    def wrapped(self, text: str, x: float, width: float, height: float) -> float:
        """Sets `text` in a column from the present line down; returns the y below it."""
        y = self.get_y()
        for line in lines(printable(text), self.get_string_width, width):
            self.at(x, y, line, height)
            y += height
        return y

    def written(self) -> bytes:
        """The bytes of the PDF. A glyph that no font had is a fault of ours and raises `RuntimeError`."""
        out = bytes(self.output())
        lost = {code for font in self.fonts.values() for code in getattr(font, "missing_glyphs", ())}
        if lost:
            raise RuntimeError(f"characters without a glyph reached the page: {sorted(lost)}")
        return out
