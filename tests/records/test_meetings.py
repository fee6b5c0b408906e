"""MDT meetings from the board to the tracked recommendation, on both databases."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from teleconsult import access, consult, referral
from teleconsult.consult import queries
from teleconsult.consult.queries import MeetingMatch
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning, Refused
from tests.builders import Alliance
from tests.records.desk import refused
from tests.records.house import a_study
from tests.records.meeting import WORDS, House, a_board, board_fields
from tests.working import work_off

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
    house.sweep()  # a meeting that somebody held at that moment was left for the next look
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
    assert house.facts("room").count("RoomRefused") == 1, "once an hour for each person"


def test_the_referring_doctor_knocks_and_sees_the_agenda_as_far_as_it_is_theirs(house: House) -> None:
    item = house.live("onc", "rad", "path")
    assert house.enters("doctor_a").waiting
    shown = house.asks("doctor_a", queries.meeting, item.meeting_id)
    assert [one.row["id"] for one in shown.items] == [item.id]
    assert shown.quorum.met
    assert shown.verbs == ()


def test_a_study_that_was_missing_and_is_added_later_is_seen_by_the_members(house: House) -> None:
    house.accepted()
    with house.alliance.system.work() as work:
        late = a_study(work, house.case.site_id, 2, patient_id=house.case.patient_id).id
    house.does("doctor_a", referral.add_study, house.case.id, late)
    for _ in range(2):
        work_off(house.alliance.system)
        with house.alliance.system.read() as work:
            for login in ("rad", "coordinator"):
                access.permit_study(work, house.who(login), "study.images", late)
            with refused("study.absent", Meaning.ABSENT):
                access.permit_study(work, house.who("reader"), "study.images", late)


def test_the_doctors_of_the_patient_may_knock_also_when_the_centre_proposed_the_case(house: House) -> None:
    with house.alliance.system.work() as work:
        access.open_case_share(work, house.case.id, house.alliance.sites["city"], "consult", "asked")
    item = house.proposed("coordinator")
    assert item.proposed_site_id == house.alliance.sites["city"]
    house.does("coordinator", agenda.accept, item.meeting_id, item.id)
    house.goes_to(house.meeting().starts_at)
    house.does("onc", meetings.start, item.meeting_id)
    assert house.enters("doctor_a").waiting
    with refused("room.absent", Meaning.ABSENT):
        house.enters("doctor_b")


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


def test_a_meeting_starts_by_its_chair_at_its_time_with_a_case(house: House) -> None:
    meeting = house.meeting()
    with refused("meeting.too_early"):
        house.does("onc", meetings.start, meeting.id)
    house.goes_to(meeting.starts_at)
    with refused("meeting.not_the_chair", Meaning.FORBIDDEN):
        house.does("rad", meetings.start, meeting.id)
    with refused("meeting.empty"):
        house.does("onc", meetings.start, meeting.id)


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


def test_the_list_tells_how_many_cases_are_prepared_and_what_makes_a_quorum(house: House) -> None:
    item = house.accepted()
    listed = house.asks("rad", queries.meetings, queries.MeetingMatch()).rows[0]
    assert (listed.items, listed.ready, listed.row["quorum"]) == (1, 0, {"must": ["radiology"], "least": 3})
    for login, specialty in (("rad", "radiology"), ("path", "pathology"), ("onc", "oncology")):
        house.does(login, agenda.prepare, item.meeting_id, item.id, specialty, {"ready": True}, 1)
    listed = house.asks("rad", queries.meetings, queries.MeetingMatch()).rows[0]
    assert (listed.items, listed.ready) == (1, 1)
    assert house.asks("doctor_b", queries.meetings, queries.MeetingMatch()).rows == ()
