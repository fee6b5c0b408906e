"""What is signed and printed as a meeting's conclusion, or as its opinion when there was no quorum."""

from collections.abc import Mapping
from typing import Any, Final

from teleconsult.access import Actor
from teleconsult.access.queries import site_names
from teleconsult.consult.hours import ZONE
from teleconsult.consult.minutes import CHAIR, OPINION, TITLES, Part, due_of
from teleconsult.consult.queries.cases import case_shown
from teleconsult.consult.queries.people import Colleague, colleague, colleagues
from teleconsult.consult.tables_meetings import ConclusionRow, MeetingItemRow, MeetingRow
from teleconsult.kernel.values import Json
from teleconsult.records.work import Work
from teleconsult.reporting.queries import content_of, papers_of
from teleconsult.reporting.queries.paper import SEXES, age
from teleconsult.reporting.queries.paper import TITLES as PROFESSIONAL

SPECIALTY_WORDS: Final[Mapping[str, str]] = {
    "radiology": "放射科", "respiratory": "呼吸内科", "cardiology": "心内科", "neurology": "神经内科", "thoracic_surgery": "胸外科",
    "general_surgery": "普外科", "oncology": "肿瘤科", "pathology": "病理科", "emergency": "急诊科", "obstetrics": "妇产科",
    "paediatrics": "儿科", "orthopaedics": "骨科", "radiotherapy": "放疗科", "endocrinology": "内分泌科", "nephrology": "肾内科",
    "infection": "感染科", "icu": "重症医学科", "other": "其他专科", CHAIR: "主席",
}  # fmt: skip
_SIGNER: Final = ("signing_as", "site", "role", "unsigned")


def conclusion_content(work: Work, meeting: MeetingRow, item: MeetingItemRow, row: ConclusionRow) -> dict[str, Json]:
    """The words that all sign, as `reporting.papers` takes them: Chinese, as they are printed."""
    shown, sites = case_shown(work, item.case_id), site_names(work)
    said = [one["person_id"] for one in (*item.attended, *row.dissent)]
    people = colleagues(work, [*said, meeting.chair_id])
    began = (item.concluded_at or work.now).astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
    content: dict[str, Json] = {
        "title": TITLES[row.kind], "hospital": sites.get(meeting.site_id, ""), "quorum_met": bool(item.quorum_met),
        "conclusion_version": row.version,
        "facts": [
            ["会议", f"{meeting.title} {meeting.number}"], ["讨论编号", item.number], ["病例编号", shown.number],
            ["提交医院", sites.get(item.proposed_site_id, "")], ["讨论时间", began], ["参会专科", _attended(item, people)],
        ],
        "sections": [
            ["讨论问题", item.question], ["分期/分级", row.stage], ["可选方案", row.options],
            ["讨论意见" if row.kind == OPINION else "MDT结论", row.recommendation], ["依据", row.evidence],
            ["保留意见", "\n".join(f"{_name(people, one['person_id'])}:{one['text']}" for one in row.dissent)],
            ["落实事项", "\n".join(_line(number, one, sites) for number, one in enumerate(row.recommendations, 1))],
            ["说明", _why_an_opinion(item) if row.kind == OPINION else ""],
        ],
    }  # fmt: skip
    if shown.patient is not None:
        patient = shown.patient
        content["patient"] = {
            "name": patient.name, "sex": SEXES.get(patient.sex, ""), "age": age(patient.age, "", ""), "patient_id": patient.patient_id,
        }  # fmt: skip
    return content


_NO_QUORUM: Final = "本次讨论未达到会议规定的法定专科人数,以上为讨论意见,不作为MDT结论。"


_NOT_ALL_SIGNED: Final = "会议规定的专科未全部签署,以上为讨论意见,不作为MDT结论。"


def _why_an_opinion(item: MeetingItemRow) -> str:
    return _NOT_ALL_SIGNED if item.quorum_met else _NO_QUORUM


def conclusion_signer(work: Work, actor: Actor, part: Part, unsigned: str = "") -> dict[str, Json]:
    """What differs from one signature to the next: who signs as what; of a part that the chair excuses (`unsigned`), why nobody did."""
    said: dict[str, Json] = {
        "signing_as": SPECIALTY_WORDS[part.role], "site": colleague(work, actor.id).site, "role": part.role,
    }  # fmt: skip
    return {**said, "unsigned": unsigned} if unsigned else said


def signed_words(work: Work, row: ConclusionRow) -> dict[str, Any]:
    """The words of the first signature, without who signed them; empty when there is none."""
    papers = papers_of(work, row.kind, row.id)
    content = content_of(papers[0]) if papers else {}
    return {name: value for name, value in content.items() if name not in _SIGNER}


def signed_numbers(work: Work, row: ConclusionRow) -> set[int]:
    return {paper.number for paper in papers_of(work, row.kind, row.id)}


def _attended(item: MeetingItemRow, people: Mapping[str, Colleague]) -> str:
    return "、".join(f"{SPECIALTY_WORDS[one['specialty']]} {_name(people, one['person_id'])}" for one in item.attended)


def _name(people: Mapping[str, Colleague], person_id: str) -> str:
    found = people.get(person_id)
    return f"{found.name} {PROFESSIONAL.get(str(found.title), '')}".strip() if found else ""


def _line(number: int, one: Mapping[str, Any], sites: Mapping[str, str]) -> str:
    due = due_of(one).astimezone(ZONE).strftime("%Y-%m-%d")
    return f"{number}. {one['text']}({sites.get(one['owner_site_id'], '')},{due} 前)"
