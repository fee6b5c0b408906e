"""Criteria for going down (下转): stable enough, and when to come back (回转). Pure."""

from typing import Final

from teleconsult.referral.criteria_lists import Criteria, Item

_VITALS = Item("vitals", "生命体征平稳 48 小时以上", "Vital signs stable for more than 48 hours", True)
_PLAN = Item("plan_known", "治疗方案明确，下级医院可以执行", "The plan is clear and can be carried out there", True)
_WORSE = Item("worse", "原有症状再发或加重", "The symptoms return or get worse")
_NEW = Item("new_problem", "出现新的严重情况", "A new serious problem")
_NOT_REACHED = Item("target_missed", "按方案治疗仍不达标", "Targets are missed although the plan is followed")

DOWN: Final = (
    Criteria(
        "chest_pain", "down", 1, "急性心肌梗死恢复期", "Recovery after myocardial infarction", 3,
        (
            _VITALS,
            _PLAN,
            Item("no_angina", "无胸痛、无恶性心律失常", "No angina, no malignant arrhythmia", True),
            Item("revascularised", "血运重建完成或无需进一步血运重建", "Revascularised, or nothing more to revascularise"),
            Item("antiplatelet", "抗血小板方案已交代", "Antiplatelet treatment explained"),
        ),
        turn_back=(
            Item("angina", "胸痛再发", "Angina returns"),
            Item("heart_failure", "心衰加重或 LVEF 下降", "Heart failure worse or LVEF falling"),
            Item("arrhythmia", "严重心律失常或晕厥", "Severe arrhythmia or syncope"),
            Item("bleeding", "严重出血", "Severe bleeding"),
        ),
        pathways=("ami",),
    ),
    Criteria(
        "stroke", "down", 1, "脑卒中恢复期", "Recovery after stroke", 2,
        (_VITALS, _PLAN, Item("no_progress", "神经功能缺损无进展", "The deficit does not progress")),
        turn_back=(_WORSE, Item("recurrence", "再发卒中", "Another stroke"), Item("seizure", "癫痫发作", "Seizures")),
        pathways=("stroke",),
    ),
    Criteria(
        "surgery", "down", 1, "术后康复", "Recovery after surgery", 3,
        (_VITALS, _PLAN, Item("wound", "切口无感染，引流已拔除或可护理", "Wound clean, drains out or cared for", True)),
        turn_back=(Item("wound_infection", "切口感染或裂开", "Wound infected or open"), Item("fever", "不明原因发热", "Fever without a cause"), _NEW),
        pathways=("surgery",),
    ),
    Criteria(
        "tumour", "down", 1, "肿瘤治疗间歇 / 随访", "Between treatments for a tumour / follow-up", 2,
        (_VITALS, _PLAN, Item("next_visit", "下次治疗或复查时间已定", "The next treatment or examination is dated")),
        turn_back=(_WORSE, Item("toxicity", "治疗毒性 3 级及以上", "Toxicity of grade 3 or more"), _NEW),
        pathways=("tumour",),
    ),
    Criteria(
        "chronic", "down", 1, "慢病稳定期", "Chronic disease, stable", 2,
        (_VITALS, _PLAN, Item("controlled", "血压、血糖等指标达标", "Blood pressure, glucose and so on at target")),
        turn_back=(_NOT_REACHED, Item("complication", "出现新的并发症", "A new complication"), _WORSE),
        pathways=("chronic",),
    ),
    Criteria("other", "down", 1, "其他", "Other", 2, (_VITALS, _PLAN), turn_back=(_WORSE, _NEW), pathways=("chronic",)),
)  # fmt: skip
