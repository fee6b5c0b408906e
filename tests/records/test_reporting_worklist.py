"""The worklist in a real database: who sees which rows, in which order, page by page, and at what cost."""

import sys
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from teleconsult import reading, reporting
from teleconsult.access import SYSTEM, Actor, Grant, Role, Title, add_agreement
from teleconsult.imaging.facts import study_prepared, study_settled
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.records.tables import DeliveryRow
from teleconsult.reporting.queries import Filter, Order, Page, worklist, worklist_sites
from tests.builders import Alliance
from tests.records.conftest import AT
from tests.records.desk import TEXT, does
from tests.records.house import a_study


def opened(alliance: Alliance, number: int, site: str = "county_a", **given: Any) -> str:
    """A study with its task: the task's id."""
    with alliance.system.work() as work:
        task = reading.open_for(work, a_study(work, alliance.sites[site], number, images=1, **given).id)
        assert task is not None
        return task.id


def seen(alliance: Alliance, who: str | Actor, *given: Any, **named: Any) -> Page:
    actor = alliance.people[who] if isinstance(who, str) else who
    with alliance.system.read(actor) as work:
        return worklist(work, actor, *given, **named)


def names(page: Page) -> list[str]:
    return [row.patient_name for row in page.rows]


def test_a_row_says_all_that_the_screen_shows(alliance: Alliance, clock: FixedClock) -> None:
    task_id = opened(alliance, 1, priority="URGENT", modalities=["CT", "SR"])
    does(alliance, "reader", reading.claim, task_id)
    report = does(alliance, "reader", reporting.draft, task_id)
    clock.advance(90 * 60)
    (row,) = seen(alliance, "reader").rows
    assert (row.kind, row.task_id, row.state, row.priority, row.band) == (
        "task",
        task_id,
        "claimed",
        "URGENT",
        "yellow",
    )
    assert (row.patient_name, row.sex, row.age, row.patient_number) == ("测试1", "F", "045Y", "TEST-000001")
    assert (row.site.name, row.reading_site and row.reading_site.name) == ("示例一县医院", "示例市医院")
    assert (row.modality, row.modalities, row.series_count, row.instance_count) == ("CT", ("CT", "SR"), 1, 1)
    assert row.reader is not None
    assert (row.reader.name, row.lease_until) == ("测试读片医师", AT + timedelta(minutes=15))
    assert (row.report_id, row.report_state) == (report.id, "draft")
    assert (row.due_at, row.route_code) == (AT + timedelta(minutes=120), "route.any")
    assert row.verbs == ("heartbeat", "submit", "release", "return")
    assert row.series == ("1.2.3.1.1",)
    (county,) = seen(alliance, "doctor_a").rows
    assert (county.report_id, county.report_state, county.verbs) == (None, None, ()), "not signed: not the county's yet"


def test_who_plans_for_the_reading_centre_sees_who_reviews_a_report_and_not_the_report(alliance: Alliance) -> None:
    task_id = opened(alliance, 1)
    does(alliance, "reader", reading.claim, task_id)
    report = does(alliance, "reader", reporting.draft, task_id)
    does(alliance, "reader", reporting.save, report.id, TEXT, report.version)
    does(alliance, "reader", reporting.submit, report.id)

    def told(who: str) -> tuple[str | None, str | None, str | None]:
        (row,) = seen(alliance, who).rows
        return row.report_id, row.report_state, row.reviewer.name if row.reviewer else None

    assert told("coordinator") == (None, None, None)
    does(alliance, "reviewer", reporting.take_review, report.id)
    reviewer = "测试审核医师"
    assert told("coordinator") == (None, "in_review", reviewer)
    assert told("reader") == (report.id, "in_review", reviewer)
    assert told("doctor_a") == (None, None, None)


def test_a_name_unlike_the_one_its_number_had_before_is_marked(alliance: Alliance) -> None:
    opened(alliance, 1, name_differs=True)
    (row,) = seen(alliance, "reader").rows
    assert row.doubtful


def test_each_sees_the_studies_of_the_own_sites_only(alliance: Alliance) -> None:
    opened(alliance, 1, "county_a")
    opened(alliance, 2, "county_b")
    with alliance.system.work() as work:
        a_study(work, alliance.sites["township"], 3, state="receiving")
    expected = {
        "reader": ["测试1", "测试2"], "reviewer": ["测试1", "测试2"], "coordinator": ["测试1", "测试2"],
        "auditor": ["测试1", "测试2", "测试3"], "doctor_a": ["测试1"], "technician_a": ["测试1"], "doctor_b": ["测试2"],
        "doctor_t": ["测试3"], "administrator": [],
    }  # fmt: skip
    for login, found in expected.items():
        page = seen(alliance, login)
        assert sorted(names(page)) == found, login
        assert page.total == page.counts["all"] == len(found), login


def test_the_hospitals_to_choose_from_are_those_whose_studies_one_may_see(alliance: Alliance) -> None:
    """With an empty list too, and of partners of others not even the name."""
    asked = sorted({"示例一县医院", "示例二县医院"})
    expected = {
        "reader": [*asked, "示例市医院"], "coordinator": [*asked, "示例市医院"], "doctor_a": ["示例一县医院"],
        "technician_a": ["示例一县医院"], "doctor_b": ["示例二县医院"], "administrator": [],
    }  # fmt: skip
    for login, found in expected.items():
        actor = alliance.people[login]
        with alliance.system.read(actor) as work:
            assert sorted(site.name for site in worklist_sites(work, actor)) == sorted(found), login
    with alliance.system.read(alliance.people["auditor"]) as work:
        assert len(worklist_sites(work, alliance.people["auditor"])) == len(alliance.sites)


def test_who_reads_and_asks_at_one_site_sees_each_row_once(alliance: Alliance) -> None:
    with alliance.system.work() as work:
        add_agreement(work, SYSTEM, alliance.sites["city"], alliance.sites["city"])
    opened(alliance, 1, "city")
    page = seen(alliance, "reader")
    assert (names(page), page.total, page.counts["queued"]) == (["测试1"], 1, 1)


@pytest.mark.parametrize("few", [200, 3], ids=["few", "more than are looked up at once"])
def test_what_is_receiving_or_waits_for_an_agreement_is_a_grey_row(
    alliance: Alliance, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(sys.modules[worklist.__module__], "FEW", few)
    township = alliance.sites["township"]
    with alliance.system.work() as work:
        a_study(work, township, 1, images=3, state="receiving", prepared_at=None)
        settled = a_study(work, township, 2, state="settled", prepared_at=None)
        work.record(study_settled(settled.id, 1, (township,), instances=2, late=False))
        reading.open_for(work, a_study(work, township, 3).id)
        late = a_study(work, township, 4)
        reading.open_for(work, late.id)
        work.keep(late, state="receiving")
    rows = {row.patient_name: row for row in seen(alliance, "doctor_t").rows}
    kinds = {name: row.kind for name, row in rows.items()}
    assert kinds == {"测试1": "receiving", "测试2": "receiving", "测试3": "unrouted", "测试4": "unrouted"}
    assert (rows["测试1"].instance_count, rows["测试1"].band, rows["测试1"].verbs) == (3, "grey", ())
    assert (rows["测试3"].route_code, rows["测试3"].due_at) == ("route.no_agreement", None)
    page = seen(alliance, "doctor_t", Filter(states=("receiving",)))
    assert sorted(names(page)) == ["测试1", "测试2"]
    assert (page.counts["receiving"], page.counts["unrouted"], page.total) == (2, 2, 2)
    assert seen(alliance, "doctor_t", Filter(states=("unrouted",))).total == 2


def test_a_study_stands_in_the_list_between_its_preparation_and_its_task_however_long_the_relay_is_away(
    alliance: Alliance, clock: FixedClock
) -> None:
    with alliance.system.work() as work:
        study = a_study(work, alliance.sites["county_a"], 1)
        work.record(study_prepared(study.id, 1, (study.site_id,), problems=0))
    grey = [("测试1", "receiving")]
    assert [(row.patient_name, row.kind) for row in seen(alliance, "doctor_a").rows] == grey
    clock.advance(90 * 24 * 3600)
    assert [(row.patient_name, row.kind) for row in seen(alliance, "doctor_a").rows] == grey
    given_up = update(DeliveryRow).values(state="parked")
    with alliance.system.work() as work:
        work.session.execute(given_up)
    assert [(row.patient_name, row.kind) for row in seen(alliance, "doctor_a").rows] == grey
    with alliance.system.work() as work:
        reading.open_for(work, study.id)
    assert [(row.patient_name, row.kind) for row in seen(alliance, "doctor_a").rows] == [("测试1", "task")]


def test_a_task_whose_study_receives_late_images_stays_a_task(alliance: Alliance) -> None:
    with alliance.system.work() as work:
        study = a_study(work, alliance.sites["county_a"], 1)
        reading.open_for(work, study.id)
        work.keep(study, state="receiving")
        reading.mark_late(work, study.id)
    (row,) = seen(alliance, "reader").rows
    assert (row.kind, row.late_images) == ("task", True)


def test_filters_narrow_and_counts_stay_of_all_that_is_open(alliance: Alliance) -> None:
    opened(alliance, 1, modality="CT", priority="STAT")
    opened(alliance, 2, "county_b", modality="MR")
    claimed = opened(alliance, 3)
    reported = opened(alliance, 4)
    does(alliance, "reader", reading.claim, claimed)
    report_for(alliance, reported)
    for asked, found in {
        Filter(): ["测试1", "测试2", "测试3", "测试4"],
        Filter(modality="MR"): ["测试2"],
        Filter(priority="STAT"): ["测试1"],
        Filter(site_id=alliance.sites["county_b"]): ["测试2"],
        Filter(states=("claimed", "reported")): ["测试3", "测试4"],
        Filter(mine=True): ["测试3"],
        Filter(states=("review",)): ["测试4"],
        Filter(states=("verified",)): [],
        Filter(q="测试2"): ["测试2"],
        Filter(q="CESHI3"): ["测试3"],
        Filter(q="cs4"): ["测试4"],
        Filter(q="TEST-000001"): ["测试1"],
        Filter(q="A000002"): ["测试2"],
        Filter(q="000002"): [],
        Filter(q="%"): [],
    }.items():
        page = seen(alliance, "reader", asked)
        assert (sorted(names(page)), page.total) == (found, len(found)), asked
        assert page.counts == {
            "all": 4, "queued": 2, "claimed": 1, "reported": 1, "returned": 0, "mine": 1, "review": 1, "late": 0,
            "receiving": 0, "unrouted": 0,
        }  # fmt: skip
    assert seen(alliance, "reader2").counts["review"] == 0, "nobody reviews the own report"


def report_for(alliance: Alliance, task_id: str, reader: str = "reader2") -> Any:
    does(alliance, reader, reading.claim, task_id)
    report = does(alliance, reader, reporting.draft, task_id)
    saved = does(
        alliance, reader, reporting.save, report.id, {"findings": "所见。", "impression": "意见。"}, report.version
    )
    return does(alliance, reader, reporting.submit, saved.id)


def test_closed_tasks_are_shown_when_asked_for_and_mine_holds_what_i_reviewed(alliance: Alliance) -> None:
    first, second = opened(alliance, 1), opened(alliance, 2)
    report = report_for(alliance, first)
    does(alliance, "reviewer", reporting.take_review, report.id)
    assert (
        names(seen(alliance, "reviewer", Filter(mine=True)))
        == names(seen(alliance, "reader2", Filter(mine=True)))
        == ["测试1"]
    )
    assert seen(alliance, "reader", Filter(mine=True)).rows == ()
    does(alliance, "reader", reading.claim, second)
    does(alliance, "reader", reading.return_to_site, second, "images_unfit")
    assert names(seen(alliance, "reader", Filter(mine=True))) == ["测试2"]
    with alliance.system.work() as work:
        task = reading.load(work, first)
        work.keep(task, state="cancelled", is_open=False, cancel_reason="误发", reader_id=None)
    assert names(seen(alliance, "reader")) == ["测试2"]
    assert names(seen(alliance, "reader", Filter(states=("cancelled",)))) == ["测试1"]
    assert sorted(names(seen(alliance, "reader", Filter(states=("cancelled", "returned"))))) == ["测试1", "测试2"]
    for q, found in {
        "": ["测试1", "测试2"],
        "ceshi1": ["测试1"],
        "A000002": ["测试2"],
        "TEST": ["测试1", "测试2"],
        "x": [],
    }.items():
        for sort in ("due", "arrived", "name"):
            page = seen(
                alliance, "reader", Filter(states=("cancelled", "returned", "receiving", "unrouted"), q=q), Order(sort)
            )
            assert (sorted(names(page)), page.total) == (found, len(found))


@pytest.mark.parametrize("sort", ["due", "arrived", "name"])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_hold_every_row_once_in_order(alliance: Alliance, sort: str, descending: bool) -> None:
    with alliance.system.work() as work:
        for number in range(1, 12):
            study = a_study(
                work, alliance.sites[("county_a", "county_b")[number % 2]], number, images=0, name_shown=f"测试{number % 4}",
                arrived_at=AT + timedelta(minutes=number % 3), priority=("STAT", "URGENT", "ROUTINE")[number % 3],
            )  # fmt: skip
            reading.open_for(work, study.id)
    order, cursor = Order(sort, descending), None
    pages: list[Page] = []
    while cursor is not None or not pages:
        page = seen(alliance, "reader", Filter(), order, cursor, 3)
        pages.append(page)
        cursor = page.next
    rows = [row for page in pages for row in page.rows]
    assert [len(page.rows) for page in pages] == [3, 3, 3, 2]
    assert all(page.total == 11 for page in pages)
    keys = [
        ({"due": row.due_at, "arrived": row.arrived_at, "name": row.patient_name}[sort], row.study_id) for row in rows
    ]
    assert len({row.study_id for row in rows}) == 11
    if sort != "name":  # the order of names is the database's own
        assert keys == sorted(keys, reverse=descending)


def test_a_cursor_stays_good_while_rows_come_and_go(alliance: Alliance) -> None:
    ids = [opened(alliance, number, arrived_at=AT + timedelta(minutes=number)) for number in range(1, 7)]
    order = Order("arrived")
    first = seen(alliance, "reader", Filter(), order, None, 3)
    does(alliance, "coordinator", reading.cancel, ids[1], "误发")
    opened(alliance, 7, arrived_at=AT)
    second = seen(alliance, "reader", Filter(), order, first.next, 3)
    assert names(first) == ["测试1", "测试2", "测试3"]
    assert names(second) == ["测试4", "测试5", "测试6"]


@pytest.mark.parametrize("cursor", ["", "x", "bm8=", "WyJkdWUiLCBmYWxzZSwgIngiLCAieSJd", "😀"])
def test_a_cursor_of_nobodys_is_refused(alliance: Alliance, cursor: str) -> None:
    if cursor == "":
        assert seen(alliance, "reader", cursor=cursor).rows == ()
        return
    with pytest.raises(Refused) as refusal:
        seen(alliance, "reader", cursor=cursor)
    assert (refusal.value.code, refusal.value.meaning) == ("cursor.invalid", Meaning.INVALID)


def test_a_cursor_of_another_order_or_an_unknown_choice_is_refused(alliance: Alliance) -> None:
    for number in (1, 2):
        opened(alliance, number)
    cursor = seen(alliance, "reader", limit=1).next
    with pytest.raises(Refused, match=r"cursor\.invalid"):
        seen(alliance, "reader", Filter(), Order("arrived"), cursor)
    with pytest.raises(Refused, match=r"field\.choice"):
        seen(alliance, "reader", Filter(states=("lost",)))
    with pytest.raises(Refused, match=r"field\.choice"):
        seen(alliance, "reader", Filter(), Order("colour"))


def test_a_page_takes_the_same_few_statements_however_many_rows(alliance: Alliance) -> None:
    statements: list[str] = []
    listen = lambda *given: statements.append(given[2])  # noqa: E731
    event.listen(alliance.system.store.engine, "before_cursor_execute", listen)
    counts = []
    for number in range(1, 8):
        opened(alliance, number)
        statements.clear()
        seen(alliance, "reader")
        counts.append(len([one for one in statements if one.lstrip().upper().startswith("SELECT")]))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 7


def test_a_person_with_many_sites_sees_them_all(alliance: Alliance) -> None:
    for number, site in enumerate(("county_a", "county_b"), start=1):
        opened(alliance, number, site)
    everywhere = frozenset(
        Grant(Role.COORDINATOR, site) for site in [*alliance.sites.values(), *(f"{n:032}" for n in range(9))]
    )
    person = Actor("p" * 32, "测试多点", "person", None, Title.NONE, everywhere)
    assert names(seen(alliance, person)) == ["测试1", "测试2"]
