"""A signed opinion, conclusion or summary as paper: the same layout for all of them, the same bytes every time."""

import tempfile
from datetime import datetime
from pathlib import Path

from teleconsult.reporting.document import PaperDocument, PaperSignature, texts
from teleconsult.reporting.pdf_blocks import SEAL_WORDS, grid, head, labelled, named, seal_box
from teleconsult.reporting.pdf_page import GREY, LEFT, Sheet
from teleconsult.reporting.typefaces import faces, printable

NOTE = (
    "本文书由签署人以电子签名签发，签名覆盖全文。核验：在平台该文书页选择“验证签名”，"
    "或以密钥编号对应的公钥验证签名原文；上列摘要与核验结果一致即未被改动。"
)
FOOT = "本文书仅供临床参考，须结合临床及其他检查综合判断"
PAGE = "第 {number} / {total} 页"
FIXED = (NOTE, FOOT, PAGE, SEAL_WORDS, "签署时间姓名性别年龄患者编号—未签署：由主席登记")


def render(document: PaperDocument) -> bytes:
    """The PDF on A4: head, patient and facts, sections, everybody who signed, the seal of this paper."""
    needed = faces([*FIXED, *map(printable, texts(document))])
    with tempfile.TemporaryDirectory(prefix="paper-fonts-") as folder:
        running = printable(f"{document.hospital}　{document.title}　{document.patient}".rstrip("　"))
        sheet = Sheet(needed, Path(folder), document.signed_at, running, FOOT, PAGE)
        sheet.set_title(f"{printable(document.title)} {document.paper_id}")
        sheet.set_creator("Teleconsult")
        head(sheet, document.hospital, document.title)
        if document.facts:
            grid(sheet, [document.facts[at : at + 3] for at in range(0, len(document.facts), 3)])
        for heading, text in document.sections:
            if text.strip():
                sheet.heading(printable(heading))
                sheet.prose(text)
        _signatures(sheet, document)
        seal_box(sheet, document.seal, NOTE)
        return sheet.written()


def _signatures(sheet: Sheet, document: PaperDocument) -> None:
    sheet.room_for(24)
    sheet.set_y(sheet.get_y() + 6)
    sheet.rule(sheet.get_y())
    for one in document.signatures:
        _signature(sheet, one, document)
    sheet.set_y(sheet.get_y() + 2)


def _signature(sheet: Sheet, one: PaperSignature, document: PaperDocument) -> None:
    sheet.room_for(13)
    top, role = sheet.get_y() + 2, printable(one.role)
    sheet.ink(9)
    shift = max(17.0, sheet.get_string_width(role) + 3)
    by = f"{named(one.by)}　{one.site}".rstrip("　")
    labelled(sheet, LEFT, top, role, printable(f"由主席{by}登记" if one.unsigned else by), "B", shift)
    labelled(sheet, LEFT + 112, top, "签署时间", _time(document, one.at))
    if one.unsigned:
        sheet.set_y(top + 6)
        sheet.prose(f"未签署：{one.unsigned}", 9, leading=5)
        top = sheet.get_y() - 6
    sheet.ink(7.5, color=GREY)
    sheet.at(LEFT, top + 6, f"SHA-256：{one.seal.sha256}　{one.seal.key_id}", 4)
    sheet.set_y(top + 10)


def _time(document: PaperDocument, moment: datetime) -> str:
    return moment.astimezone(document.zone).strftime("%Y-%m-%d %H:%M")
