"""What is signed and printed as an expert's opinion."""

from typing import Final

from teleconsult.access import Actor
from teleconsult.access.queries import site_names
from teleconsult.consult.hours import ZONE
from teleconsult.consult.queries.cases import case_shown
from teleconsult.consult.queries.people import colleagues
from teleconsult.consult.tables import ConsultationRow
from teleconsult.kernel.values import Json
from teleconsult.records.work import Work
from teleconsult.reporting.queries.paper import SEXES, TITLES, age

_REFER: Final = {"no": "暂不需要上转", "yes": "建议上转", "urgent": "建议立即上转(绿色通道)"}
_URGENCY: Final = {"urgent": "急会诊", "normal": "普通会诊", "elective": "择期会诊"}
_MODE: Final = {"room": "视频会诊", "async": "图文会诊"}


def opinion_content(work: Work, row: ConsultationRow, actor: Actor) -> dict[str, Json]:
    """The opinion as `reporting.papers` takes it: Chinese, as it is printed. Everything that the expert saw and said is in it."""
    shown, sites = case_shown(work, row.case_id), site_names(work)
    people = colleagues(work, [row.requester_id, actor.id])
    asked_by, expert = people[row.requester_id], people[actor.id]
    content: dict[str, Json] = {
        "title": "远程会诊意见书",
        "hospital": sites.get(row.centre_site_id or "", expert.site),
        "site": expert.site,
        "signing_as": "会诊专家",
        "facts": [
            ["会诊编号", row.number],
            ["病例编号", shown.number],
            ["申请医院", sites.get(row.requesting_site_id, "")],
            ["申请医师", f"{asked_by.name} {TITLES.get(str(asked_by.title), '')}".strip()],
            ["会诊类别", f"{_URGENCY[row.urgency]} {_MODE[row.mode]}"],
            ["会诊时间", (row.started_at or work.now).astimezone(ZONE).strftime("%Y-%m-%d %H:%M")],
        ],
        "sections": [
            ["会诊目的", row.question],
            ["病情摘要", row.summary],
            ["诊断意见", row.diagnosis],
            ["处理建议", row.treatment],
            ["转诊建议", _REFER[row.refer]],
        ],
        "refer": row.refer,
    }
    if shown.patient is not None:
        patient = shown.patient
        content["patient"] = {
            "name": patient.name, "sex": SEXES.get(patient.sex, ""), "age": age(patient.age, "", ""), "patient_id": patient.patient_id,
        }  # fmt: skip
    return content
