"""Which typed words repeat a critical finding as it was told, and which deny or question it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleconsult.reporting.critical_items import BY_CODE, ITEMS, LEVELS, OTHER
from teleconsult.reporting.critical_read_back import DENIED, MISSING, PLAIN, repeats, says_whom

TENSION, PNEUMOTHORAX, EMBOLISM = "tension_pneumothorax", "pneumothorax", "pulmonary_embolism"
PATIENT = ("测试午", "DEMO0007")

REPEATED = {
    TENSION: (
        "张力性气胸", "患者张力性气胸，马上处理", " 张 力 性 气 胸 ", "测试午 张力性气胸", "测试午，右侧张力性气胸，收到，立即穿刺", "收到：张力性气胸。",
        "Tension Pneumothorax", "tension-pneumothorax", "测试午 Tension pneumothorax, understood", "测试午 张力性气胸 无误", "测试午：张力性气胸，已复述无误",
        "DEMO0007 张力性气胸", "Patient no DEMO0007, tension pneumothorax", "Patient No. DEMO0007 tension pneumothorax",
    ),
    PNEUMOTHORAX: (
        "左侧气胸，无纵隔移位", "左侧气胸无纵隔移位", "左侧气胸，未见纵隔移位征象", "测试午 左侧气胸 30%，没有胸腔积液", "无外伤史，左侧气胸", "未见骨折但见气胸",
        "不是肺炎，是气胸", "不是肺炎而是气胸", "左侧气胸，患者不能平卧", "测试午气胸，意识不清", "气胸，没有异议", "测试午 气胸\n患者不同意转院", "呼吸不畅，气胸",
        "左侧气胸，患者情况不好", "气胸（+）", "气胸——已通知主管医师", "考虑气胸", "气胸(左)", "气胸-左侧", "气胸，压缩约30%，胸腔积液：无", "气胸（左侧，约 30%）",
        "Left pneumothorax, no mediastinal shift", "Left pneumothorax without mediastinal shift", "pneumothorax on the left; not under tension",
        "not pneumonia but pneumothorax", "测试午 left pneumothorax, ECG is normal",
    ),
    EMBOLISM: ("测试午 肺栓塞", "肺动脉栓塞 收到", "测试午：CTPA 示肺栓塞，已通知主管医师", "PULMONARY  EMBOLISM", "测试午 肺栓塞，排除夹层"),
    "st_elevation_infarction": ("急性非ST段抬高型心肌梗死", "心律不齐，心梗", "STEMI"),
    "unstable_fracture": ("不稳定骨折", "测试午 骨盆骨折，生命体征不稳"),
}  # fmt: skip
REFUSED = {
    TENSION: (
        "测试午 不是张力性气胸", "测试午 不是 张力性气胸", "没有张力性气胸", "并非张力性气胸", "不存在张力性气胸", "不考虑张力性气胸", "无明显张力性气胸", "未见张力性气胸",
        "已排除张力性气胸", "除外张力性气胸", "张力性气胸已排除", "张力性气胸 除外", "张力性气胸，已排除", "张力性气胸：无", "张力性气胸。不是。", "不能排除张力性气胸",
        "张力性气胸，张力性气胸不成立", "no tension pneumothorax", "Not a tension pneumothorax", "No evidence of tension pneumothorax",
        "without tension pneumothorax", "negative for tension pneumothorax", "tension pneumothorax ruled out",
        "tension pneumothorax has been excluded", "tension pneumothorax: negative", "tension pneumothorax (-)",
        "rule out tension pneumothorax", "r/o tension pneumothorax", "cannot exclude tension pneumothorax",
        "tension pneumothorax cannot be ruled out", "It isn't a tension pneumothorax", "tension pneumothorax is not present",
        "tension pneumothorax unlikely", "absence of tension pneumothorax",
    ),
    PNEUMOTHORAX: (
        "测试庚 气胸（-）", "气胸(-)", "气胸（－）", "气胸 −", "气胸－", "气胸：-", "气胸：（-）", "气胸阴性", "气胸：阴性", "气胸（阴性）", "气胸 无", "气胸没有", "气胸，没有",
        "气胸不存在", "气胸未见", "气胸没有看到", "气胸不成立", "气胸不支持", "气胸无证据", "气胸没有明确证据", "气胸可能性不大", "气胸可能性小", "气胸待排", "气胸不除外",
        "不能完全除外气胸", "排除气胸", "非气胸", "无气胸", "未发现气胸", "否认气胸", "无可疑气胸", "没有考虑气胸", "未诊断气胸", "未提示新发气胸", "没有合并气胸", "无肺大疱、气胸",
        "左侧气胸，右侧无气胸", "既往气胸", "陈旧性气胸", "气胸史", "气胸误报", "误报气胸", "气胸？", "气胸吗", "是不是气胸", "是否气胸", "有没有气胸", "不是，气胸", "气胸，不对",
        "但不是气胸", "并不是没有气胸", "气胸\n已排除", "气胸；否", "气胸，但已排除", "气胸不可能", "气胸为假阳性", "气胸未确诊", "气胸不", "勿报气胸", "There isnt a pneumothorax", "气胸 ×", "pneumothorax?", "pneumothorax - no", "No pneumothorax", "old pneumothorax",
        "neither pneumonia nor pneumothorax", "pneumothorax isn't seen", "without any pneumothorax",
    ),
    EMBOLISM: ("测试乙 不是肺栓塞", "肺栓塞已经排除了", "肺栓塞，我院已排除", "考虑肺炎，肺栓塞不考虑", "肺栓塞不像", "肺栓塞(neg)", "排除了肺栓塞"),
}  # fmt: skip
UNNAMED = {TENSION: ("收到", "气胸", "", "张力性", "测试午，收到"), EMBOLISM: ("测试午 肺炎", "PE")}


def rows(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(item, said) for item, sentences in table.items() for said in sentences]


@pytest.mark.parametrize(("item", "said"), rows(REPEATED))
def test_a_finding_repeated_as_it_was_told_is_read_back(item: str, said: str) -> None:
    assert repeats(said, BY_CODE[item].names, PATIENT) == PLAIN


@pytest.mark.parametrize(("item", "said"), rows(REFUSED))
def test_what_denies_or_questions_the_finding_is_no_read_back(item: str, said: str) -> None:
    assert repeats(said, BY_CODE[item].names, PATIENT) == DENIED


@pytest.mark.parametrize(("item", "said"), rows(UNNAMED))
def test_what_does_not_name_the_finding_is_no_read_back(item: str, said: str) -> None:
    assert repeats(said, BY_CODE[item].names, PATIENT) == MISSING


@pytest.mark.parametrize("name", ["测试未", "测试无", "张无忌", "测试不", "Test Not"])
def test_a_patient_s_name_denies_nothing(name: str) -> None:
    assert repeats(f"{name} 肺栓塞", ("肺栓塞",), (name,)) == PLAIN
    assert repeats(f"{name} pulmonary embolism", ("pulmonary embolism",), (name,)) == PLAIN
    assert repeats(f"{name} 不是肺栓塞", ("肺栓塞",), (name,)) == DENIED


def test_words_of_one_s_own_are_read_back_even_where_they_deny_something() -> None:
    assert repeats("测试午 胃管未入胃", ("胃管未入胃",), PATIENT) == PLAIN
    assert repeats("测试午 不是胃管未入胃", ("胃管未入胃",), PATIENT) == DENIED


@given(st.sampled_from([item for item in ITEMS if item.names]), st.data())
def test_each_name_of_each_item_is_read_back_plain_and_refused_denied(item: object, data: st.DataObject) -> None:
    names = BY_CODE[item.code].names  # type: ignore[attr-defined]
    name = data.draw(st.sampled_from(names))
    before = data.draw(st.sampled_from(["不是", "没有", "未见", "并非", "排除", "无明显", "no ", "not a ", "without "]))
    after = data.draw(st.sampled_from(["（-）", "已排除", "，没有", "：阴性", " not seen", " (-)", " ruled out", "？"]))
    assert repeats(f"测试午 {name}", names, PATIENT) == PLAIN
    assert repeats(f"测试午 {before}{name}", names, PATIENT) == DENIED
    assert repeats(f"测试午 {name}{after}", names, PATIENT) == DENIED


def test_the_patient_is_named_by_name_or_number_and_no_longer_number_counts() -> None:
    assert says_whom("demo0007 气胸", PATIENT)
    assert not says_whom("测试1 气胸", ("测试12", ""))
    assert not says_whom("测试12 气胸", ("测试1",))


def test_every_item_can_be_read_back_by_each_of_its_names_and_no_two_share_a_code_or_a_phrase() -> None:
    assert len(BY_CODE) == len(ITEMS)
    phrases = [phrase for item in ITEMS for phrase in item.phrases]
    assert len(phrases) == len(set(phrases))
    for item in ITEMS:
        assert item.level in LEVELS
        assert item.names or item.code == OTHER
        assert all(repeats(f"收到：{name}。", item.names) == PLAIN for name in item.names)


@pytest.mark.parametrize(("language", "which"), [("zh-CN", 0), ("en", -1)])
def test_the_screens_call_each_item_by_a_name_that_may_be_read_back(language: str, which: int) -> None:
    file = Path(__file__).resolve().parents[2] / f"reading_ui/src/features/critical/i18n/{language}.json"
    words = json.loads(file.read_text(encoding="utf-8"))["item"]
    assert set(words) == set(BY_CODE)
    for item in ITEMS:
        assert item.code == OTHER or repeats(words[item.code], item.names) == PLAIN, item.code
