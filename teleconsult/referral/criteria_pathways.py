"""Follow-up pathways (随访路径): which visits are due, how many days after the patient arrived. Pure.

`ami` follows what a Beijing alliance published for its communities: week 1, weeks 2–3, a specialist in week 4, every two weeks to
week 12, monthly to month 6.
"""

from typing import Final

from teleconsult.referral.criteria_lists import Pathway, Visit

_FIRST = (7, "第 1 周首次随访", "First visit in week 1")


def _every(days: range, zh: str, en: str) -> tuple[Visit, ...]:
    return tuple(Visit(day, zh.format(week=day // 7), en.format(week=day // 7)) for day in days)


PATHWAYS: Final = {
    each.key: each
    for each in (
        Pathway("ami", 1, "急性心肌梗死社区随访", "After myocardial infarction", (
            Visit(*_FIRST),
            *_every(range(14, 22, 7), "第 {week} 周:心电图;服用氯吡格雷或替格瑞洛者查血常规", "Week {week}: ECG; blood count on clopidogrel or ticagrelor"),
            Visit(28, "第 4 周:专科复查，生化、血脂、心电图", "Week 4: specialist; chemistry, lipids, ECG"),
            *_every(range(42, 85, 14), "第 {week} 周:症状、用药、心电图", "Week {week}: symptoms, drugs, ECG"),
            Visit(112, "第 4 个月随访", "Month 4"),
            Visit(140, "第 5 个月随访", "Month 5"),
            Visit(168, "第 6 个月:评估，转入稳定性冠心病管理", "Month 6: assessment, on to stable coronary disease"),
        )),
        Pathway("stroke", 1, "脑卒中随访", "After stroke", (
            Visit(*_FIRST),
            Visit(28, "第 4 周:功能评分、血压、用药", "Week 4: function, blood pressure, drugs"),
            Visit(90, "第 3 个月:mRS 评分、血脂", "Month 3: mRS, lipids"),
            Visit(180, "第 6 个月复查", "Month 6"),
        )),
        Pathway("surgery", 1, "术后随访", "After surgery", (
            Visit(*_FIRST), Visit(14, "第 2 周:切口、拆线", "Week 2: wound, stitches"), Visit(30, "第 1 个月复查", "Month 1"),
        )),
        Pathway("tumour", 1, "肿瘤随访", "Tumour follow-up", (
            Visit(*_FIRST), Visit(30, "第 1 个月:血常规、生化", "Month 1: blood count, chemistry"), Visit(90, "第 3 个月:影像复查", "Month 3: imaging"),
            Visit(180, "第 6 个月:影像复查", "Month 6: imaging"),
        )),
        Pathway("chronic", 1, "慢病随访", "Chronic disease", (
            Visit(*_FIRST), Visit(30, "第 1 个月随访", "Month 1"), Visit(90, "第 3 个月随访", "Month 3"), Visit(180, "第 6 个月随访", "Month 6"),
        )),
    )
}  # fmt: skip
"""Key → pathway."""
