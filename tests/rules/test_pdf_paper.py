"""An opinion or a conclusion on paper reads back, and comes out the same each time."""

from datetime import UTC, datetime, timedelta

from teleconsult.reporting import pdf_paper
from teleconsult.reporting.document import PaperDocument, PaperSignature, Person, Seal
from tests.rules.test_pdf import packed, read

AT = datetime(2026, 5, 4, 3, 21, tzinfo=UTC)
SEAL = Seal("Ed25519", "ed25519:0123456789abcdef", "0123456789abcdef" * 4)
PAPER = PaperDocument(
    paper_id="0197aa",
    title="多学科会诊意见书",
    hospital="示例市第一人民医院",
    patient="测试某　TEST-000123",
    facts=(
        ("姓名", "测试某"), ("性别", "女"), ("年龄", "45岁"), ("患者编号", "TEST-000123"), ("申请医院", "示例县人民医院"),
        ("会诊时间与地点", "2026-05-04 第三会诊室"),
    ),
    sections=(("诊断意见", "右肺上叶结节，约 8 mm，考虑炎性。\n请结合病理。"), ("处理建议", "三个月后复查胸部CT。"), ("空白", " ")),
    signatures=(
        PaperSignature("主席", Person("测试甲", "主任医师"), "示例市第一人民医院", AT - timedelta(minutes=9), SEAL),
        PaperSignature("心血管内科与胸外科", Person("测试乙", "副主任医师"), "示例市医院", AT, SEAL),
    ),
    signed_at=AT,
    seal=SEAL,
)  # fmt: skip


def test_every_text_reads_back_from_the_paper() -> None:
    said = read(pdf_paper.render(PAPER))
    for text in (
        PAPER.title, PAPER.hospital, *(part for pair in PAPER.facts for part in pair), "诊断意见", PAPER.sections[0][1], "主席",
        "测试甲", "主任医师", "心血管内科与胸外科", "测试乙", "2026-05-0411:21", "2026-05-0411:12", SEAL.sha256, SEAL.key_id,
    ):  # fmt: skip
        assert packed(text) in said, text
    assert "空白" not in said, "an empty section is left out"


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert pdf_paper.render(PAPER) == pdf_paper.render(PAPER)


def test_a_long_opinion_goes_on_over_pages_with_a_running_head() -> None:
    long = PaperDocument(
        **{
            **{name: getattr(PAPER, name) for name in PAPER.__slots__},
            "sections": (("诊断意见", "右肺上叶结节。\n" * 120),),
        }
    )
    said = read(pdf_paper.render(long))
    assert said.count("多学科会诊意见书") > 1
    assert "第3/3页" in said or "第4/4页" in said
