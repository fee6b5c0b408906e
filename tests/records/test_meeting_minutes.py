"""What an MDT concludes: who was there, who signs, what is tracked; on both databases."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from teleconsult import access, consult, referral
from teleconsult.consult import queries
from teleconsult.consult.tables_meetings import MeetingItemRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.records import journal
from teleconsult.referral.tables import FollowUpRow
from teleconsult.reporting.queries import content_of, papers_of
from tests.builders import Alliance
from tests.records.desk import SIGNER, does, refused
from tests.records.house import a_study
from tests.records.meeting import WORDS, House, a_board

agenda, boards, concluding, meetings, tracking = (
    consult.agenda, consult.boards, consult.concluding, consult.meetings, consult.tracking,
)  # fmt: skip
DAY = timedelta(days=1)


@pytest.fixture
def house(alliance: Alliance, clock: FixedClock) -> House:
    return a_board(alliance, clock)


def test_a_case_goes_the_whole_way(house: House) -> None:
    item = house.signed()
    assert (item.state, house.meeting().state) == ("signed", "live")
    assert house.told("doctor_a").count("meeting.signed") == 1
    with house.alliance.system.read() as work:
        papers = papers_of(work, "conclusion", item.id)
        said = [content_of(paper) for paper in papers]
        follow_up = work.session.query(FollowUpRow).one()
    assert [paper.number for paper in papers] == [0, 1, 2, 3]
    assert [one["signing_as"] for one in said] == ["主席", "放射科", "病理科", "肿瘤科"]
    assert {one["title"] for one in said} == {"MDT结论"}
    assert said[0]["sections"] == said[1]["sections"] == said[2]["sections"] == said[3]["sections"]
    assert (follow_up.from_kind, follow_up.from_id, follow_up.owner_site_id) == ("meeting", item.id, house.case.site_id)
    house.does("onc", meetings.finish, item.meeting_id)
    assert house.meeting().state == "closed"
    names = house.facts("item")
    assert names == [
        "ItemProposed", "ItemAccepted", "ItemPresented", "ItemConcluded", "ConclusionPartSigned", "ConclusionPartSigned",
        "ConclusionPartSigned", "ConclusionSigned",
    ]  # fmt: skip
    timeline = [fact.name for fact in house.asks("doctor_a", referral.queries.timeline, house.case.id)]
    assert {"ItemProposed", "ConclusionSigned", "FollowUpPlanned", "PaperSealed"} <= set(timeline)


def test_the_chair_signs_for_the_own_specialty_with_one_signing(house: House) -> None:
    item = house.concluded("onc", "rad", "path")
    _, parts = house.signs("onc", item)
    assert [(part.number, part.role) for part in parts] == [(0, "chair"), (3, "oncology")]
    with refused("meeting.signed_already"):
        house.signs("onc", item)
    with refused("meeting.not_a_signer", Meaning.FORBIDDEN):
        house.signs("onc2", item)  # sits on the board, was not there
    with refused("meeting.absent", Meaning.ABSENT):
        house.signs("reader", item)


def test_without_a_quorum_it_is_an_opinion_and_stays_one(house: House) -> None:
    item = house.concluded("onc", "path")
    shown = house.asks("onc", queries.item, item.meeting_id, item.id)
    assert (item.quorum_met, shown.conclusion.row["kind"]) == (False, "opinion")
    house.enters("rad")
    house.concludes(item, {**WORDS, "stage": "改"})
    assert house.asks("onc", queries.item, item.meeting_id, item.id).conclusion.row["kind"] == "opinion"
    with refused("move.illegal"):
        house.does("onc", concluding.present, item.meeting_id, item.id)
    for login in ("onc", "path"):
        house.signs(login, item, seen=2)
    with house.alliance.system.read() as work:
        assert papers_of(work, "conclusion", item.id) == []
        (first, *_) = papers_of(work, "opinion", item.id)
        said = content_of(first)
    assert said["title"] == "MDT讨论意见"
    assert "MDT结论" not in [heading for heading, _ in said["sections"]]
    assert house.item(item.id).state == "signed"


def test_an_opinion_is_announced_as_an_opinion_with_its_dissent_wherever_it_is_named(house: House) -> None:
    item = house.concluded("onc", "path")
    dissent = [{"person_id": house.who("path").id, "text": "不同意手术"}]
    house.does("onc", concluding.conclude, item.meeting_id, item.id, WORDS, dissent, [])
    for login in ("onc", "path"):
        house.signs(login, item, seen=2)
    house.does("doctor_a", tracking.opened, item.id)
    with house.alliance.system.read() as work:
        named = {fact.name: fact.details for fact in journal.facts_after(work, 0, 5000) if fact.subject == "item"}
        told = [one.row for login in ("doctor_a", "path") for one in access.notices(work, house.who(login), 200)]
    steps = ("ItemConcluded", "ConclusionChanged", "ConclusionPartSigned", "ConclusionSigned", "ConclusionRead")
    assert {named[step]["kind"] for step in steps} == {"opinion"}
    assert named["ConclusionSigned"]["dissent"] == 1
    said = {row.code: row.params for row in told}
    assert {said[code]["kind"] for code in ("meeting.to_sign", "meeting.signed")} == {"opinion"}
    assert said["meeting.signed"]["dissent"] == 1


def test_the_desk_says_opinion_to_who_signs_and_to_who_reads(house: House) -> None:
    def rows(login: str) -> dict[str, dict[str, Any]]:
        with house.alliance.system.read() as work:
            items, _ = queries.desk(work, house.who(login))
            return {one.kind: one.params for one in items}

    item = house.concluded("onc", "path")
    assert rows("path")["meeting_sign"]["kind"] == "opinion"
    for login in ("onc", "path"):
        house.signs(login, item)
    read = rows("doctor_a")["meeting_read"]
    assert (read["kind"], read["dissent"]) == ("opinion", 0)


def test_without_the_chair_in_the_room_there_is_no_quorum(house: House) -> None:
    item = house.concluded("onc2", "rad", "path")
    assert item.quorum_met is False
    assert house.facts("item")[-1] == "ItemConcluded"


def test_who_left_before_a_case_was_presented_was_not_there(house: House) -> None:
    item = house.live("onc", "rad", "path")
    house.does("onc", concluding.present, item.meeting_id, item.id)
    house.clock.advance(60)
    house.does("rad", consult.leave, house.meeting().room_id)
    house.clock.advance(60)
    again = house.does("coordinator", agenda.propose, item.meeting_id, other_case(house), "第二例", urgent=True)
    house.does("onc", agenda.accept, item.meeting_id, again.id)
    house.does("onc", concluding.present, item.meeting_id, again.id)
    house.concludes(again)
    assert house.item(again.id).quorum_met is False
    assert house.item(item.id).state == "preparing", "only one case is before the meeting"


def other_case(house: House) -> str:
    with house.alliance.system.work() as work:
        study = a_study(work, house.alliance.sites["county_a"], 7)
    case = does(house.alliance, "doctor_a", referral.open_case, study.id, "另一例")
    with house.alliance.system.work() as work:
        access.open_case_share(work, case.id, house.alliance.sites["city"], "consult", "asked")
    return str(case.id)


def test_a_conclusion_changes_until_the_first_signature_and_nobody_signs_what_they_did_not_see(house: House) -> None:
    item = house.concluded()
    with refused("version.stale"):
        house.concludes(item, {**WORDS, "stage": "IIIA"}, seen=9)
    house.concludes(item, {**WORDS, "stage": "IIIA"}, seen=1)
    with refused("version.stale"):
        house.signs("rad", item, seen=1)
    house.signs("rad", item, seen=2)
    with refused("meeting.conclusion_signed"):
        house.concludes(item, {**WORDS, "stage": "IV"}, seen=2)
    with refused("meeting.conclusion_signed"):
        house.concludes(item, dict(WORDS))


@pytest.mark.parametrize(
    ("words", "dissent", "todo", "code"),
    [
        ({**WORDS, "stage": " "}, (), (), "meeting.conclusion_incomplete"),
        ({**WORDS, "recommendation": ""}, (), (), "meeting.conclusion_incomplete"),
        ({**WORDS, "options": "x" * 4001}, (), (), "field.text"),
        (WORDS, ({"person_id": "nobody", "text": "不同意"},), (), "meeting.dissent"),
        (WORDS, ({"person_id": "rad", "text": " "},), (), "field.empty"),
        (WORDS, ({"person_id": "rad", "text": "a"}, {"person_id": "rad", "text": "b"}), (), "meeting.dissent"),
        (WORDS, ({"person_id": "onc2", "text": "不在场"},), (), "meeting.dissent"),
        (WORDS, (), ({"text": "x", "owner_site_id": "nowhere", "due_at": datetime(2027, 1, 1, tzinfo=UTC)},), "meeting.recommendation"),
        (WORDS, (), ({"text": "x", "owner_site_id": "county_a", "due_at": datetime(2020, 1, 1, tzinfo=UTC)},), "meeting.due_past"),
        (WORDS, (), ({"text": "x", "owner_site_id": "county_a", "due_at": None},), "meeting.recommendation"),
        (WORDS, (), ({"text": " ", "owner_site_id": "county_a", "due_at": datetime(2027, 1, 1, tzinfo=UTC)},), "field.empty"),
    ],
)  # fmt: skip
def test_a_conclusion_that_is_none_is_refused(words: Any, dissent: Any, todo: Any, code: str, house: House) -> None:
    item = house.live("onc", "rad", "path")
    people, sites = house.alliance.people, house.alliance.sites
    said = [{**one, "person_id": getattr(people.get(one["person_id"]), "id", "nobody")} for one in dissent]
    asked = [{**one, "owner_site_id": sites.get(one["owner_site_id"], "nowhere")} for one in todo]
    with refused(code, Meaning.INVALID):
        house.concludes(item, words, asked, said)


def test_dissent_stands_in_the_paper_by_name(house: House) -> None:
    item = house.live("onc", "rad", "path")
    house.concludes(item, dissent=[{"person_id": house.who("rad").id, "text": "影像不支持N1"}])
    house.signs("rad", item)
    with house.alliance.system.read() as work:
        sections = dict(content_of(papers_of(work, "conclusion", item.id)[0])["sections"])
    assert "测试rad" in sections["保留意见"]
    assert "影像不支持N1" in sections["保留意见"]


def test_two_specialties_sign_at_once_and_both_signatures_count(house: House) -> None:
    item = house.concluded()
    start, refusals = threading.Barrier(3), []

    def sign(login: str) -> None:
        start.wait()
        try:
            house.signs(login, item)
        except Refused as refusal:
            refusals.append(refusal.code)

    threads = [threading.Thread(target=sign, args=(login,)) for login in ("onc", "rad", "path")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert refusals == []
    assert house.item(item.id).state == "signed"
    with house.alliance.system.read() as work:
        assert len(papers_of(work, "conclusion", item.id)) == 4
        assert work.session.query(FollowUpRow).count() == 1


def test_unsigned_conclusions_are_chased_after_twelve_and_twenty_four_hours(house: House) -> None:
    item = house.concluded()
    house.signs("rad", item)
    at = item.concluded_at or house.clock.now()
    house.goes_to(at + timedelta(hours=12))
    assert [("meeting.sign_reminder" in house.told(login)) for login in ("onc", "rad", "path")] == [True, False, True]
    house.goes_to(at + timedelta(hours=24))
    assert "meeting.sign_late" in house.told("path")
    assert "meeting.sign_late" in house.told("coordinator")
    assert "meeting_sign" in house.desk("path")
    assert "meeting_sign" not in house.desk("rad")


def test_the_chair_is_replaced_while_the_old_one_signs_and_number_nought_is_signed_once(house: House) -> None:
    item = house.concluded("onc", "rad", "path", "onc2")
    start, outcome = threading.Barrier(2), []

    def run(login: str, action: Any, *given: Any) -> None:
        start.wait()
        try:
            house.does(login, action, *given)
        except Refused as refusal:
            outcome.append(refusal.code)

    threads = [
        threading.Thread(target=run, args=("onc", concluding.sign, item.meeting_id, item.id, SIGNER, 1)),
        threading.Thread(
            target=run, args=("coordinator", meetings.replace_chair, item.meeting_id, house.who("onc2").id)
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcome == []
    for login in ("onc2", "rad", "path"):
        run_alone(outcome, house, login, item)
    assert outcome in ([], ["meeting.signed_already"]), "who signs as chair may have signed for the specialty, too"
    with house.alliance.system.read() as work:
        assert [paper.number for paper in papers_of(work, "conclusion", item.id)] == [0, 1, 2, 3]


def run_alone(outcome: list[str], house: House, login: str, item: MeetingItemRow) -> None:
    try:
        house.signs(login, item)
    except Refused as refusal:
        outcome.append(refusal.code)


def test_a_signed_case_is_reviewed_discussed_again_and_closed_when_all_is_settled(house: House) -> None:
    item = house.signed()
    house.does("onc", meetings.finish, item.meeting_id)
    house.goes_to((item.signed_at or house.clock.now()) + 30 * DAY)
    assert house.told("coordinator").count("meeting.review") == 1
    with refused("meeting.follow_ups_open"):
        house.does("coordinator", tracking.close, item.meeting_id, item.id)
    house.does("coordinator", tracking.review, item.meeting_id, item.id, "化疗两程后复查", discuss_again=True)
    (board,) = house.asks("coordinator", queries.boards)
    again = house.asks("coordinator", queries.meeting, board.open[0].id).items[0]
    assert (again.row["state"], again.row["from_kind"], again.row["from_id"]) == ("proposed", "meeting", item.id)
    (tracked,) = house.asks("doctor_a", queries.item, item.meeting_id, item.id).follow_ups
    house.does("doctor_a", referral.follow_ups.do, tracked.id, "已完成")
    house.does("coordinator", tracking.close, item.meeting_id, item.id)
    assert house.item(item.id).state == "closed"


def test_a_referral_follows_from_a_signed_conclusion(house: House) -> None:
    item = house.concluded()
    with refused("meeting.not_signed"):
        house.does("doctor_a", tracking.refer, item.meeting_id, item.id, "up")
    for login in ("onc", "rad", "path"):
        house.signs(login, item)
    with refused("item.absent", Meaning.ABSENT):
        house.does("doctor_b", tracking.refer, item.meeting_id, item.id, "up")
    draft = house.does("doctor_a", tracking.refer, item.meeting_id, item.id, "up")
    assert (draft.from_kind, draft.from_id) == ("meeting", item.id)
    assert WORDS["recommendation"] in draft.summary


def test_a_room_that_was_closed_too_early_is_followed_by_another(house: House) -> None:
    item = house.live("onc", "rad")
    first = house.meeting().room_id
    house.does("onc", consult.close_room, first)
    house.does("onc", meetings.start, item.meeting_id)
    second = house.meeting().room_id
    assert second != first
    house.does("onc", meetings.start, item.meeting_id)
    assert house.meeting().room_id == second
    house.enters("path")
    house.enters("onc")
    house.concludes(item)
    assert {one["specialty"] for one in house.item(item.id).attended} == {"radiology", "pathology", "oncology"}


def test_the_time_box_is_shown_and_not_enforced(house: House) -> None:
    item = house.live("onc", "rad", "path")
    house.clock.advance(item.minutes * 60 + 30)
    assert house.asks("rad", queries.item, item.meeting_id, item.id).over_time == 30
    house.concludes(item)
    assert house.item(item.id).presented_for == item.minutes * 60 + 30
