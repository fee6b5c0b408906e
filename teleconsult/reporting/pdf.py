"""A signed report as paper: `render` turns a `ReportDocument` into a PDF, the same bytes every time."""

import tempfile
from datetime import datetime
from pathlib import Path

from teleconsult.reporting.document import AddendumBlock, ReportDocument, texts
from teleconsult.reporting.pdf_blocks import grid, head, labelled, named, seal_box
from teleconsult.reporting.pdf_page import GREY, LEFT, Sheet
from teleconsult.reporting.typefaces import faces, printable

TITLE = "影像诊断报告"
SECTIONS = (("findings", "检查所见"), ("impression", "诊断意见"), ("advice", "建议"))
DOUBTFUL = "（姓名待核）"
NOTE = (
    "本报告由审核医师以电子签名签发，签名覆盖报告全文与所依据的全部图像。核验：在平台报告页选择“验证签名”，"
    "或以密钥编号对应的公钥验证签名原文；上列摘要与核验结果一致即未被改动。"
)
FOOT = "本报告仅供临床参考，须结合临床及其他检查综合判断"
PAGE = "第 {number} / {total} 页"
LABELS = (
    "姓名性别年龄患者编号检查号检查类型申请医院检查部位检查时间检查项目依据图像幅—"
    "报告医师审核医师报告时间审核时间电子签名算法密钥编号摘要补充报告签发·（）：　"
)
FIXED = (TITLE, *(heading for _, heading in SECTIONS), DOUBTFUL, NOTE, FOOT, PAGE, LABELS)


def render(document: ReportDocument) -> bytes:
    """The PDF: A4, Chinese TrueType fonts embedded and cut down to what is used.

    The text reads back as it was given (NFC, line breaks aside), save for characters that no font has: they stand as their
    code, [U+2B5A7]. The same document gives the same bytes.
    """
    needed = faces([*FIXED, *map(printable, texts(document))])
    with tempfile.TemporaryDirectory(prefix="report-fonts-") as folder:
        who = printable(f"{document.identity.name}　{document.identity.patient_id}")
        running = f"{printable(document.hospital)}　{TITLE}　{who}"
        sheet = Sheet(needed, Path(folder), document.signed_at, running, FOOT, PAGE)
        sheet.set_title(f"{TITLE} {document.report_id}")
        sheet.set_creator("Teleconsult")
        head(sheet, document.hospital, TITLE)
        _identity(sheet, document)
        for name, heading in SECTIONS:
            _section(sheet, heading, getattr(document, name), strong=name == "impression")
        _signed_by(sheet, document)
        seal_box(sheet, document.seal, NOTE)
        for number, addendum in enumerate(document.addenda, start=1):
            _addendum(sheet, number, addendum, document)
        return sheet.written()


def _identity(sheet: Sheet, document: ReportDocument) -> None:
    who, what = document.identity, document.examination
    examined = _time(document, what.examined_at)
    rows = (
        (("姓名", who.name + (DOUBTFUL if who.doubtful else "")), ("性别", who.sex), ("年龄", who.age)),
        (("患者编号", who.patient_id), ("检查号", what.accession), ("检查类型", what.modality)),
        (("申请医院", what.requesting_site), ("检查部位", what.body_part), ("检查时间", examined)),
        (("检查项目", what.description), ("依据图像", f"{what.images} 幅")),
    )
    grid(sheet, rows)


def _section(sheet: Sheet, heading: str, text: str, strong: bool) -> None:
    if text.strip():
        sheet.heading(heading)
        sheet.prose(text, 11 if strong else 10.5, "B" if strong else "")


def _signed_by(sheet: Sheet, document: ReportDocument) -> None:
    sheet.room_for(24)
    sheet.set_y(sheet.get_y() + 6)
    sheet.rule(sheet.get_y())
    pairs = (
        ("报告医师", document.author, "报告时间", document.submitted_at),
        ("审核医师", document.reviewer, "审核时间", document.signed_at),
    )
    for role, person, when, moment in pairs:
        top = sheet.get_y() + 2
        labelled(sheet, LEFT, top, role, named(person), "B")
        labelled(sheet, LEFT + 112, top, when, _time(document, moment))
        sheet.set_y(top + 5.5)
    sheet.set_y(sheet.get_y() + 2)


def _addendum(sheet: Sheet, number: int, addendum: AddendumBlock, document: ReportDocument) -> None:
    sheet.heading(f"补充报告 {number}")
    sheet.prose(addendum.text)
    sheet.room_for(12)
    top = sheet.get_y() + 1.5
    labelled(sheet, LEFT, top, "签发医师", named(addendum.by), "B")
    labelled(sheet, LEFT + 112, top, "签发时间", _time(document, addendum.at))
    sheet.ink(7.5, color=GREY)
    sheet.at(LEFT, top + 6, f"SHA-256：{addendum.seal.sha256}　{addendum.seal.key_id}", 4)
    sheet.set_y(top + 11)


def _time(document: ReportDocument, moment: datetime | None) -> str:
    return moment.astimezone(document.zone).strftime("%Y-%m-%d %H:%M") if moment else "—"
