"""MDT meetings from the board to the tracked recommendation, on both databases."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from teleconsult import access, consult, referral
from teleconsult.consult import queries
from teleconsult.consult.queries import MeetingMatch
from teleconsult.consult.tables_meetings import MeetingItemRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.referral.tables import FollowUpRow
from teleconsult.reporting.queries import content_of, papers_of
from tests.builders import Alliance
from tests.records.desk import SIGNER, does, refused
from tests.records.house import a_study
from tests.records.meeting import WORDS, House, a_board, board_fields

agenda, boards, concluding, meetings, tracking = (
    consult.agenda, consult.boards, consult.concluding, consult.meetings, consult.tracking,
)  # fmt: skip
DAY = timedelta(days=1)


@pytest.fixture
def house(alliance: Alliance, clock: FixedClock) -> House:
    return a_board(alliance, clock)


def test_a_board_is_made_by_its_own_coordinators_and_always_has_a_meeting_that_takes_cases(house: House) -> None:
    first = house.meeting()
    assert (first.starts_at, first.freeze_at) == (
        datetime(2026, 11, 24, 7, tzinfo=UTC),
        datetime(2026, 11, 22, 7, tzinfo=UTC),
    )
    fields = board_fields(house.alliance, name="乳腺癌MDT")
    for login in ("doctor_a", "rad", "coordinator_b", "administrator"):
        with refused("permit.refused", Meaning.FORBIDDEN):
            house.does(login, boards.make_board, house.alliance.sites["city"], fields)
    with refused("board.name_taken"):
        house.does("coordinator", boards.make_board, house.alliance.sites["city"], board_fields(house.alliance))
    found = house.asks("doctor_a", queries.boards)
    assert [(one.row["name"], [seat.specialty for seat in one.members], one.verbs) for one in found] == [
        ("肺癌MDT", ["radiology", "pathology", "oncology", "oncology"], ())
    ]
    assert found[0].dates[0] == first.starts_at
    assert [one.id for one in found[0].open] == [first.id]
    house.goes_to(first.freeze_at)
    (board,) = house.asks("doctor_a", queries.boards)
    assert [one.starts_at for one in board.open] == [first.starts_at + 7 * DAY], "the next one takes cases"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"specialties": ["radiology"]}, "board.specialties"),
        ({"specialties": ["radiology", "radiology"]}, "board.specialties"),
        ({"specialties": ["radiology", "astrology"]}, "board.specialties"),
        ({"quorum": {"must": ["surgery"], "least": 2}}, "board.quorum"),
        ({"quorum": {"must": [], "least": 1}}, "board.quorum"),
        ({"quorum": {"must": [], "least": 4}}, "board.quorum"),
        ({"quorum": "all"}, "board.quorum"),
        ({"cadence": {"every": "daily", "weekday": 1, "at": "15:00"}}, "board.cadence"),
        ({"cadence": {"every": "weekly", "weekday": 7, "at": "15:00"}}, "board.cadence"),
        ({"cadence": {"every": "weekly", "weekday": 1, "at": "25:00"}}, "board.cadence"),
        ({"cadence": None}, "board.cadence"),
        ({"members": []}, "board.members"),
        ({"chair_id": "nobody"}, "board.chair"),
        ({"minutes": 5}, "meeting.time"),
        ({"name": " "}, "field.empty"),
        ({"name": "x" * 121}, "field.text"),
    ],
)
def test_a_board_that_is_none_is_refused(changed: dict[str, Any], code: str, house: House) -> None:
    fields = board_fields(house.alliance, name="第二个")
    with refused(code, Meaning.INVALID):
        house.does("coordinator", boards.make_board, house.alliance.sites["city"], {**fields, **changed})


def test_who_sees_no_patients_sits_on_no_board(house: House) -> None:
    fields = board_fields(house.alliance, name="第二个")
    members = [*fields["members"][:3], {"person_id": house.who("administrator").id, "specialty": "oncology"}]
    with refused("board.members", Meaning.INVALID):
        house.does("coordinator", boards.make_board, house.alliance.sites["city"], {**fields, "members": members})


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
        (WORDS, (), ({"text": "x", "owner_site_id": "county_a", "due_at": datetime(2020, 1, 1, tzinfo=UTC)},), "meeting.recommendation"),
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


def test_the_agenda_freezes_by_the_clock_even_before_the_sweep_comes_by(house: House) -> None:
    house.clock.advance((house.meeting().freeze_at - house.clock.now()).total_seconds())
    with refused("meeting.frozen"):
        house.proposed()
    urgent = house.proposed(urgent=True)
    with refused("meeting.not_the_chair", Meaning.FORBIDDEN):
        house.does("coordinator", agenda.accept, urgent.meeting_id, urgent.id)
    assert house.told("onc")[-1] == "meeting.item_urgent"
    assert house.asks("onc", queries.item, urgent.meeting_id, urgent.id).verbs[0] == "accept"
    house.does("onc", agenda.accept, urgent.meeting_id, urgent.id)
    assert house.item(urgent.id).state == "preparing"


def test_a_proposal_and_the_freeze_at_once_leave_no_case_that_nobody_decides(house: House) -> None:
    meeting = house.meeting()
    house.clock.advance((meeting.freeze_at - house.clock.now()).total_seconds() - 0.001)
    start, outcome = threading.Barrier(2), []

    def freeze() -> None:
        start.wait()
        house.clock.advance(0.002)
        house.sweep()

    def propose() -> None:
        start.wait()
        try:
            outcome.append(house.proposed().id)
        except Refused as refusal:
            outcome.append(refusal.code)

    threads = [threading.Thread(target=freeze), threading.Thread(target=propose)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert house.meeting().state == "frozen"
    shown = house.asks("coordinator", queries.meeting, meeting.id)
    assert outcome == ["meeting.frozen"] or [one.row["id"] for one in shown.items] == outcome


def test_the_sweep_freezes_chases_and_reminds_once_however_often_it_comes(house: House) -> None:
    item = house.accepted()
    view = house.asks("rad", queries.item, item.meeting_id, item.id)
    version = next(one.version for one in view.preparations if one.specialty == "radiology")
    house.does(
        "rad",
        agenda.prepare,
        item.meeting_id,
        item.id,
        "radiology",
        {"missing": ["增强CT"], "note": "平扫不够"},
        version,
    )
    meeting = house.meeting()
    house.goes_to(meeting.freeze_at)
    house.goes_to(meeting.starts_at - DAY)
    house.goes_to(meeting.starts_at - timedelta(minutes=15))
    count = house.notice_count()
    for _ in range(3):
        house.sweep()
    assert house.notice_count() == count
    assert [house.told("path").count(code) for code in ("meeting.to_prepare", "meeting.chase", "meeting.soon")] == [
        1,
        1,
        1,
    ]
    assert [house.told("doctor_a").count(code) for code in ("meeting.missing", "meeting.missing_chase")] == [1, 1]
    assert house.facts("meeting").count("AgendaFrozen") == 1
    assert {"meeting_prepare"} <= set(house.desk("path"))
    assert "meeting_supply" in house.desk("doctor_a")


def test_whoever_dies_in_the_middle_of_a_sweep_leaves_it_to_the_next(house: House) -> None:
    house.accepted()
    house.clock.advance((house.meeting().freeze_at - house.clock.now()).total_seconds())
    with pytest.raises(KeyboardInterrupt):
        killed_while_sweeping(house)
    assert (house.meeting().state, house.facts("meeting").count("AgendaFrozen")) == ("open", 0)
    house.sweep()
    assert (house.meeting().state, house.facts("meeting").count("AgendaFrozen")) == ("frozen", 1)


def killed_while_sweeping(house: House) -> None:
    with house.alliance.system.work() as work:
        consult.sweep(work)
        raise KeyboardInterrupt


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


def test_members_see_the_case_from_acceptance_to_thirty_days_after_the_meeting(house: House) -> None:
    item = house.proposed()

    def seen(login: str) -> bool:
        return bool(house.asks(login, lambda work, actor: referral.queries.may(work, actor, "case.see", house.case.id)))

    assert [seen(login) for login in ("coordinator", "rad", "reader")] == [True, False, False]
    house.does("coordinator", agenda.accept, item.meeting_id, item.id)
    assert [seen(login) for login in ("coordinator", "rad", "reader")] == [True, True, False]
    with house.alliance.system.read() as work:
        study = referral.queries.studies_of(work, house.case.id)[0]
        access.permit_study(work, house.who("rad"), "study.images", study)
    house.goes_to(house.meeting().starts_at)
    house.does("onc", meetings.start, item.meeting_id)
    for login in ("onc", "rad", "path"):
        house.enters(login)
    house.does("onc", concluding.present, item.meeting_id, item.id)
    house.concludes(item)
    for login in ("onc", "rad", "path"):
        house.signs(login, item)
    house.does("onc", meetings.finish, item.meeting_id)
    house.clock.advance(29 * 86400)
    assert seen("rad")
    house.clock.advance(2 * 86400)
    assert [seen(login) for login in ("coordinator", "rad", "doctor_a")] == [True, False, True]


def test_a_stranger_with_the_link_is_refused_and_written_down(house: House) -> None:
    item = house.accepted()
    for login in ("doctor_b", "reader", "administrator"):
        with refused("meeting.absent", Meaning.ABSENT):
            house.asks(login, queries.meeting, item.meeting_id)
        with refused("item.absent", Meaning.ABSENT):
            house.asks(login, queries.item, item.meeting_id, item.id)
        with refused("meeting.absent", Meaning.ABSENT):
            house.does(login, agenda.accept, item.meeting_id, item.id)
        assert house.asks(login, queries.meetings, MeetingMatch()).total == 0
    house.goes_to(house.meeting().starts_at)
    house.does("onc", meetings.start, item.meeting_id)
    for _ in range(2):
        with refused("room.absent", Meaning.ABSENT):
            house.enters("doctor_b")
    assert house.facts("room").count("RoomRefused") == 1, "once a minute for each person"


def test_the_referring_doctor_knocks_and_sees_the_agenda_as_far_as_it_is_theirs(house: House) -> None:
    item = house.live("onc", "rad", "path")
    assert house.enters("doctor_a").waiting
    shown = house.asks("doctor_a", queries.meeting, item.meeting_id)
    assert [one.row["id"] for one in shown.items] == [item.id]
    assert shown.quorum.met
    assert shown.verbs == ()


def test_only_what_belongs_to_the_case_is_named_as_its_source(house: House) -> None:
    for kind, key in (
        ("report", "x"),
        ("consultation", "x"),
        ("referral", "x"),
        ("meeting", "x"),
        ("dream", None),
        ("case", "x"),
    ):
        with refused("meeting.source", Meaning.INVALID):
            house.proposed(from_kind=kind, from_id=key)
    for login in ("doctor_b", "rad", "reader"):
        with refused("case.absent", Meaning.ABSENT):
            house.proposed(login)
    house.proposed()
    with refused("meeting.proposed_already"):
        house.proposed()


def test_a_deferred_case_stands_on_the_next_agenda_with_what_was_prepared(house: House) -> None:
    item = house.accepted()
    house.does("rad", agenda.prepare, item.meeting_id, item.id, "radiology", {"ready": True, "note": "已读片"}, 1)
    gone = house.does("onc", agenda.defer, item.meeting_id, item.id, "等病理")
    again = house.item(gone.next_item_id)
    assert (gone.state, again.state, again.from_id) == ("deferred", "preparing", item.id)
    shown = house.asks("rad", queries.item, again.meeting_id, again.id)
    assert next((one.specialty, one.ready, one.note) for one in shown.preparations) == ("radiology", True, "已读片")
    assert again.meeting_id != item.meeting_id
    assert "meeting.item_deferred" in house.told("doctor_a")
    assert house.asks("path", queries.item, again.meeting_id, again.id).row["state"] == "preparing"


def test_what_was_not_discussed_goes_to_the_next_meeting_when_the_session_ends(house: House) -> None:
    item = house.accepted()
    house.goes_to(house.meeting().starts_at)
    house.does("onc", meetings.start, item.meeting_id)
    with refused("field.empty", Meaning.INVALID):
        house.does("onc", meetings.finish, item.meeting_id)
    house.does("onc", meetings.finish, item.meeting_id, "时间不够")
    assert house.meeting().state == "closed"
    assert house.item(house.item(item.id).next_item_id or "").state == "preparing"
    with refused("room.closed"):
        house.enters("rad")


def test_a_cancelled_meeting_hands_its_cases_on(house: House) -> None:
    item = house.accepted()
    house.does("coordinator", meetings.cancel, item.meeting_id, "主席出差")
    assert house.item(house.item(item.id).next_item_id or "").state == "preparing"
    assert "meeting.cancelled" in house.told("rad")
    with refused("move.illegal"):
        house.does("onc", meetings.start, item.meeting_id)


def test_another_chair_takes_over_in_the_middle_and_the_old_one_may_not_conclude(house: House) -> None:
    item = house.live("onc", "rad", "path", "onc2")
    with refused("board.chair", Meaning.INVALID):
        house.does("coordinator", meetings.replace_chair, item.meeting_id, house.who("reader").id)
    with refused("permit.refused", Meaning.FORBIDDEN):
        house.does("rad", meetings.replace_chair, item.meeting_id, house.who("rad").id)
    house.does("coordinator", meetings.replace_chair, item.meeting_id, house.who("onc2").id)
    with refused("meeting.not_the_chair", Meaning.FORBIDDEN):
        house.concludes(item)
    due = house.clock.now() + DAY
    todo = [{"text": "x", "owner_site_id": house.case.site_id, "due_at": due}]
    house.does("onc2", concluding.conclude, item.meeting_id, item.id, WORDS, (), todo)
    with house.alliance.system.read() as work:
        roles = {seat.person_id: seat.role for seat in consult.seats_in(work, house.meeting().room_id or "")}
    assert (roles[house.who("onc2").id], roles[house.who("onc").id]) == ("host", "member")
    _, parts = house.signs("onc2", item)
    assert [part.role for part in parts] == ["chair", "oncology"]


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


def test_who_leaves_the_meeting_leaves_its_room_and_its_cases(house: House) -> None:
    item = house.live("onc", "rad", "path")
    fields = board_fields(house.alliance)
    people = [one for one in fields["members"] if one["person_id"] != house.who("path").id]
    with refused("board.members", Meaning.INVALID):
        house.does("coordinator", meetings.set_members, item.meeting_id, people, house.who("onc").id)
    people.append({"person_id": house.who("reviewer").id, "specialty": "pathology"})
    house.does("coordinator", meetings.set_members, item.meeting_id, people, house.who("onc").id)
    with refused("item.absent", Meaning.ABSENT):
        house.asks("path", queries.item, item.meeting_id, item.id)
    with refused("room.absent", Meaning.ABSENT):
        house.enters("path")
    assert not house.enters("reviewer").waiting
    assert house.asks("reviewer", queries.item, item.meeting_id, item.id).row["state"] == "presenting"


def test_preparations_are_ones_own_specialtys_and_name_images_of_the_case(house: House) -> None:
    item = house.accepted()

    def prepare(login: str, specialty: str, given: dict[str, Any], seen: int = 1) -> Any:
        return house.does(login, agenda.prepare, item.meeting_id, item.id, specialty, given, seen)

    with refused("meeting.not_your_specialty", Meaning.FORBIDDEN):
        prepare("rad", "pathology", {"ready": True})
    with refused("permit.refused", Meaning.FORBIDDEN):
        prepare("doctor_a", "radiology", {"ready": True})
    with house.alliance.system.read() as work:
        study = referral.queries.studies_of(work, house.case.id)[0]
    image = {"study_id": study, "series_uid": "1.2.3", "sop_uid": "1.2.3.4", "frame": 1}
    for wrong in ({"study_id": "x"}, {"sop_uid": "<script>"}, {"frame": 0}, {"frame": "1"}):
        with refused("meeting.key_images", Meaning.INVALID):
            prepare("rad", "radiology", {"key_images": [{**image, **wrong}]})
    with refused("meeting.missing", Meaning.INVALID):
        prepare("rad", "radiology", {"missing": ["x" * 201]})
    prepare("rad", "radiology", {"ready": True, "key_images": [image]})
    prepare("rad", "radiology", {"ready": True, "key_images": [image]}, seen=2)
    with refused("version.stale"):
        prepare("rad", "radiology", {"ready": False}, seen=1)
    for login, what in (("path", "pathology"), ("onc", "oncology")):
        prepare(login, what, {"ready": True})
    assert house.asks("doctor_a", queries.item, item.meeting_id, item.id).ready


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


def test_a_meeting_starts_by_its_chair_at_its_time_with_a_case(house: House) -> None:
    meeting = house.meeting()
    with refused("meeting.too_early"):
        house.does("onc", meetings.start, meeting.id)
    house.goes_to(meeting.starts_at)
    with refused("meeting.not_the_chair", Meaning.FORBIDDEN):
        house.does("rad", meetings.start, meeting.id)
    with refused("meeting.empty"):
        house.does("onc", meetings.start, meeting.id)


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


def test_an_ad_hoc_meeting_takes_cases_until_it_begins_and_continues_a_week_later(house: House) -> None:
    fields = board_fields(house.alliance)
    soon = house.clock.now() + timedelta(hours=3)
    meeting = house.does("coordinator", meetings.plan_ad_hoc, house.alliance.sites["city"], "急会", soon, 60, fields)
    assert meeting.freeze_at == soon
    item = house.does("doctor_a", agenda.propose, meeting.id, house.case.id, "急")
    house.does("coordinator", agenda.accept, meeting.id, item.id)
    gone = house.does("onc", agenda.defer, meeting.id, item.id, "等结果")
    again = house.item(gone.next_item_id)
    with house.alliance.system.read() as work:
        following = work.get(type(meeting), again.meeting_id)
    assert (following.starts_at, following.board_id) == (soon + 7 * DAY, None)
    for starts in (house.clock.now() - DAY, house.clock.now() + 900 * DAY):
        with refused("meeting.time", Meaning.INVALID):
            house.does("coordinator", meetings.plan_ad_hoc, house.alliance.sites["city"], "x", starts, 60, fields)


def test_a_moved_meeting_opens_its_agenda_again_and_tells_its_members(house: House) -> None:
    house.accepted()
    meeting = house.meeting()
    house.goes_to(meeting.freeze_at)
    moved = house.does("coordinator", meetings.move, meeting.id, meeting.starts_at + 3 * DAY, 90)
    assert (moved.state, "meeting.moved" in house.told("rad")) == ("open", True)
    with refused("permit.refused", Meaning.FORBIDDEN):
        house.does("onc", meetings.move, meeting.id, meeting.starts_at + 3 * DAY, 90)


def test_the_agenda_is_arranged_whole(house: House) -> None:
    item = house.accepted()
    for wrong in ([], [(item.id, 15), (item.id, 15)], [("x", 15)]):
        with refused("meeting.agenda", Meaning.INVALID):
            house.does("coordinator", agenda.arrange, item.meeting_id, wrong)
    with refused("meeting.time_box", Meaning.INVALID):
        house.does("coordinator", agenda.arrange, item.meeting_id, [(item.id, 500)])
    house.does("coordinator", agenda.arrange, item.meeting_id, [(item.id, 25)])
    assert house.item(item.id).minutes == 25


def test_the_time_box_is_shown_and_not_enforced(house: House) -> None:
    item = house.live("onc", "rad", "path")
    house.clock.advance(item.minutes * 60 + 30)
    assert house.asks("rad", queries.item, item.meeting_id, item.id).over_time == 30
    house.concludes(item)
    assert house.item(item.id).presented_for == item.minutes * 60 + 30
