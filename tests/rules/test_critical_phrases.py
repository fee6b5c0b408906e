"""Which sentences of a report point to a critical finding, and which deny it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleconsult.reporting.critical_items import ITEMS
from teleconsult.reporting.critical_phrases import hits

AFFIRMED = {
    "右侧张力性气胸，纵隔左移。": ["张力性气胸"],
    "左侧气胸，肺组织压缩约30%。": ["气胸"],
    "升主动脉至腹主动脉见内膜片影，考虑主动脉夹层(Stanford A型)。": ["主动脉夹层"],
    "未见骨折，左侧气胸。": ["气胸"],
    "未见骨折但可见气胸": ["气胸"],
    "未见骨折而见气胸": ["气胸"],
    "无外伤史出现蛛网膜下腔出血": ["蛛网膜下腔出血"],
    "肺栓塞不除外": ["肺栓塞"],
    "不除外肺栓塞": ["肺栓塞"],
    "不能除外肺栓塞可能": ["肺栓塞"],
    "不能完全除外主动脉夹层": ["主动脉夹层"],
    "未能排除消化道穿孔": ["消化道穿孔"],
    "无法排除脑疝": ["脑疝"],
    "尚不能除外急性脑梗死": ["急性脑梗死"],
    "不排除异位妊娠": ["异位妊娠"],
    "未见明显积液，不除外肠穿孔": ["肠穿孔"],
    "肺栓塞待排": ["肺栓塞"],
    "无症状性硬膜下血肿": ["硬膜下血肿"],
    "无明显诱因气胸": ["气胸"],
    "脑干出血\n未见脑疝": ["脑干出血"],
    "双侧基底节区出血、脑室出血，中线结构明显移位": ["基底节区出血", "脑室出血", "中线结构明显移位"],
    "血肿大小约2.5cm×3.0cm，为脑出血": ["脑出血"],
    "未见胸腔积液合并气胸": ["气胸"],
    "与前片比较，气胸较前吸收": ["气胸"],
    "Ⅲ度房室传导阻滞": ["III度房室传导阻滞"],
    "右 侧 气 胸": ["气胸"],
    "慢性硬膜下血肿": ["硬膜下血肿"],
    "无气胸，有脑出血": ["脑出血"],
    "可疑膈下游离气体": ["膈下游离气体"],
}
DENIED = (
    "双侧未见气胸。",
    "未见明显气胸征象",
    "颅内未见出血、脑疝及硬膜下血肿",
    "未见脑出血或蛛网膜下腔出血",
    "无气胸",
    "无明显主动脉夹层征象",
    "建议行CTA检查除外肺栓塞",
    "临床请除外急性心肌梗死",
    "已排除主动脉夹层",
    "主要为排除肺栓塞来诊",
    "不考虑消化道穿孔",
    "不支持肺栓塞诊断",
    "未提示急性脑梗死",
    "膈下未发现膈下游离气体",
    "否认气胸病史",
    "未见直径大于2.5cm的颅内血肿",
    "陈旧性脑出血后改变",
    "气胸(-)",
    "肺栓塞（－）",
    "双肺清晰，心影不大。",
    "陈旧性心肌梗死",
    "腹腔内没有游离气体，没有肠梗阻",
    "",
)


@pytest.mark.parametrize(("sentence", "phrases"), AFFIRMED.items())
def test_what_a_sentence_affirms_or_leaves_open_is_flagged(sentence: str, phrases: list[str]) -> None:
    assert [hit.phrase for hit in hits(sentence)] == phrases


@pytest.mark.parametrize("sentence", DENIED)
def test_what_a_sentence_denies_is_not_flagged(sentence: str) -> None:
    assert hits(sentence) == []


def test_a_phrase_is_named_once_with_the_clause_it_stands_in() -> None:
    (hit,) = hits("双肺清晰。右侧气胸，压缩20%。复查：气胸。")
    assert (hit.phrase, hit.item, hit.level, hit.clause) == ("气胸", "pneumothorax", 2, "右侧气胸")


@given(
    st.sampled_from(sorted({phrase for item in ITEMS for phrase in item.phrases})),
    st.text("，。双肺心影 \n", max_size=6),
)
def test_every_phrase_of_the_list_is_found_by_itself_and_denied_after_a_denial(phrase: str, noise: str) -> None:
    assert hits(f"{noise}。{phrase}{noise}")
    assert hits(f"{noise}。未见{phrase}{noise}") == []
