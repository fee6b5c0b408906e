"""Who has a study or a case, and until when: the SQL twin over random alliances, causes that end, notices to one person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select, text
from sqlalchemy.exc import IntegrityError

from teleconsult import access
from teleconsult.access import SYSTEM, Actor, Grant, Role
from teleconsult.access.rights import CONSULT, MEETING, ORIGIN, PEERS, READING, REASONS, REFERRAL, WITH_CASE, WITH_STUDY
from teleconsult.access.tables import CaseShareRow, ShareRow
from teleconsult.imaging.tables import StudyRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Refused
from teleconsult.kernel.values import new_id
from teleconsult.records import Store, Work, open_store
from teleconsult.records.upgrade import upgrade
from tests.builders import a_system, an_alliance

HOUR = timedelta(hours=1)
CODES = ("a", "b", "c")
CAUSES = ("cause1", "cause2")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 21, 8, 0, tzinfo=UTC))


@pytest.fixture
def store(database_url: str, clock: FixedClock) -> Iterator[Store]:
    store = open_store(database_url, clock, {}, b"k")
    upgrade(store.engine)
    yield store
    store.engine.dispose()


@pytest.fixture
def sites(store: Store) -> dict[str, str]:
    with store.work(SYSTEM) as work:
        return {code: access.add_site(work, SYSTEM, code, f"示例{code}", "county").id for code in CODES}


@pytest.fixture
def people(store: Store, sites: dict[str, str]) -> list[str]:
    """Two people's ids; what roles they hold each example says for itself."""
    with store.work(SYSTEM) as work:
        one = [Grant(Role.COORDINATOR, sites["a"])]  # nobody is added without a role
        added = (access.add_person(work, SYSTEM, f"p{n}", f"测试{n}", "chief", sites["a"], one) for n in (1, 2))
        return [person.id for person, _ in added]


shared = st.tuples(
    st.sampled_from(CODES), st.sampled_from(REASONS), st.sampled_from(CAUSES),
    st.sampled_from((None, 0, 1)), st.sampled_from((None, -1, 1)),
)  # fmt: skip
held = st.frozensets(st.tuples(st.sampled_from(list(Role)), st.sampled_from(CODES)), max_size=3)
alone = st.sampled_from((None, Role.AUDITOR, Role.ADMINISTRATOR))
OVER_ALLIANCES = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@OVER_ALLIANCES
@given(st.lists(shared, max_size=6), held, alone)
def test_the_sql_twins_agree_with_the_function_over_random_alliances(
    store: Store,
    sites: dict[str, str],
    people: list[str],
    open_now: list[tuple[str, str, str, int | None, int | None]],
    roles: frozenset[tuple[Role, str]],
    everywhere: Role | None,
) -> None:
    grants = frozenset(Grant(role, sites[code]) for role, code in roles)
    actor = Actor(people[0], "p", grants=grants | ({Grant(everywhere, None)} if everywhere else set()))
    study, case = new_id(), new_id()
    with store.work(SYSTEM) as work:
        for code, why, cause, person, hours in open_now:
            person_id = None if person is None or why in (ORIGIN, READING) else people[person]
            closes = None if hours is None else work.now + hours * HOUR
            named = "" if why in (ORIGIN, READING) else cause
            access.open_share(work, study, sites[code], why, named, person_id, closes)
            if why != READING:
                access.open_case_share(work, case, sites[code], why, named, person_id, closes)
        _agree(work, actor, study, case)


@OVER_ALLIANCES
@given(st.lists(shared, max_size=6), st.sampled_from(CODES))
def test_the_sql_twin_agrees_about_peers(
    store: Store,
    sites: dict[str, str],
    people: list[str],
    open_now: list[tuple[str, str, str, int | None, int | None]],
    code: str,
) -> None:
    peer = Actor(new_id(), "PACS", "peer", sites[code])
    study = new_id()
    with store.work(SYSTEM) as work:
        for where, why, cause, person, hours in open_now:
            named = "" if why in (ORIGIN, READING) else cause
            person_id = None if person is None or not named else people[person]
            closes = None if hours is None else work.now + hours * HOUR
            access.open_share(work, study, sites[where], why, named, person_id, closes)
        of_study = access.Thing(study, access.shares_of(work, study))
        for verb in (*PEERS, *WITH_STUDY):
            listed = work.session.scalar(select(access.visible(literal(study), peer, work.now, verb)))
            assert bool(listed) == access.permits(peer, verb, of_study), verb


def _agree(work: Work, actor: Actor, study: str, case: str) -> None:
    of_study = access.Thing(study, access.shares_of(work, study))
    of_case = access.Thing(shares=access.case_shares_of(work, case), case_id=case)
    for verb in (*WITH_STUDY, *PEERS):
        listed = work.session.scalar(select(access.visible(literal(study), actor, work.now, verb)))
        assert bool(listed) == access.permits(actor, verb, of_study), verb
    for verb in WITH_CASE:
        listed = work.session.scalar(select(access.visible_case(literal(case), actor, work.now, verb)))
        assert bool(listed) == access.permits(actor, verb, of_case), verb


def coordinator(site_id: str) -> Actor:
    return Actor("k", "k", grants=frozenset({Grant(Role.COORDINATOR, site_id)}))


def may(work: Work, actor: Actor, study: str, case: str) -> tuple[bool, bool]:
    """Whether the actor sees the study, the case."""
    return (
        access.permits(actor, "study.see", access.Thing(study, access.shares_of(work, study))),
        access.permits(actor, "case.see", access.Thing(shares=access.case_shares_of(work, case), case_id=case)),
    )


def test_what_one_cause_opened_the_end_of_another_leaves_open(store: Store, sites: dict[str, str]) -> None:
    centre = coordinator(sites["b"])
    with store.work(SYSTEM) as work:
        for cause, why in (("consultation", CONSULT), ("referral", REFERRAL)):
            access.open_share(work, "study", sites["b"], why, cause)
            access.open_case_share(work, "case", sites["b"], why, cause)
        access.open_share(work, "study", sites["b"], READING)
        access.close_shares(work, "consultation")
        access.close_case_shares(work, "consultation")
        assert may(work, centre, "study", "case") == (True, True)
        access.close_shares(work, "referral")
        access.close_case_shares(work, "referral")
        assert may(work, centre, "study", "case") == (True, False), "the site still reads the study"


def test_a_share_ends_at_the_time_that_was_set_and_never_later_by_a_second_word(
    store: Store, sites: dict[str, str], clock: FixedClock
) -> None:
    centre = coordinator(sites["b"])
    with store.work(SYSTEM) as work:
        access.open_share(work, "study", sites["b"], REFERRAL, "referral")
        access.open_case_share(work, "case", sites["b"], REFERRAL, "referral")
        access.close_shares(work, "referral", work.now + HOUR)
        access.close_case_shares(work, "referral", work.now + HOUR)
        access.close_shares(work, "referral", work.now + 9 * HOUR)
        assert may(work, centre, "study", "case") == (True, True)
    clock.advance(3600)
    with store.work(SYSTEM) as work:
        assert may(work, centre, "study", "case") == (False, False)
        access.open_share(work, "study", sites["b"], REFERRAL, "referral")
        assert may(work, centre, "study", "case") == (True, False), "the same cause opens it again"


def test_only_the_person_who_is_uninvited_loses_what_they_were_invited_to(
    store: Store, sites: dict[str, str], people: list[str]
) -> None:
    experts = [Actor(key, "e", grants=frozenset({Grant(Role.EXPERT, sites["c"])})) for key in people]
    with store.work(SYSTEM) as work:
        for key in people:
            access.open_share(work, "study", sites["c"], MEETING, "meeting", key)
            access.open_case_share(work, "case", sites["c"], MEETING, "meeting", key)
        assert [may(work, expert, "study", "case") for expert in experts] == [(True, True)] * 2
        assert may(work, coordinator(sites["c"]), "study", "case") == (False, False), "the person, not the site"
        access.close_shares(work, "meeting", person_id=people[0])
        access.close_case_shares(work, "meeting", person_id=people[0])
        assert [may(work, expert, "study", "case") for expert in experts] == [(False, False), (True, True)]


def test_origin_and_reading_are_closed_by_no_cause(store: Store) -> None:
    with store.work(SYSTEM) as work:
        for close in (access.close_shares, access.close_case_shares):
            with pytest.raises(ValueError, match="no cause"):
                close(work, "")


@pytest.mark.parametrize(
    ("why", "cause", "invited"),
    [(CONSULT, "", False), (ORIGIN, "cause", False), (ORIGIN, "", True), ("gift", "x", False)],
)
def test_the_database_refuses_a_share_without_a_right_reason(
    why: str, cause: str, invited: bool, store: Store, sites: dict[str, str], people: list[str]
) -> None:
    person_id = people[0] if invited else None
    with pytest.raises(IntegrityError), store.work(SYSTEM) as work:
        access.open_share(work, "study", sites["a"], why, cause, person_id)
    with pytest.raises(IntegrityError), store.work(SYSTEM) as work:
        access.open_case_share(work, "case", sites["a"], why, cause, person_id)


@pytest.mark.parametrize("invited", [False, True])
def test_the_database_keeps_one_share_for_each_cause(
    invited: bool, store: Store, sites: dict[str, str], people: list[str]
) -> None:
    person_id = people[0] if invited else None
    for kind, thing in ((ShareRow, "study_id"), (CaseShareRow, "case_id")):
        fields = {"site_id": sites["a"], "why": CONSULT, "cause_id": "c", "person_id": person_id, thing: "x"}
        with pytest.raises(IntegrityError), store.work(SYSTEM) as work:
            work.session.add_all(kind(id=new_id(), opened_at=work.now, **fields) for _ in range(2))


def test_a_notice_for_one_person_is_nobody_elses(store: Store, sites: dict[str, str], people: list[str]) -> None:
    grants = frozenset({Grant(Role.EXPERT, sites["a"])})
    one, other = (Actor(key, "e", grants=grants) for key in people)
    with store.work(SYSTEM) as work:
        access.notify(work, "k", sites["a"], [Role.EXPERT], "consult.asked", None, {}, "case", people[0])
        assert [found.row.case_id for found in access.notices(work, one)] == ["case"]
        assert access.notices(work, other) == []
        with pytest.raises(Refused, match=r"notice\.absent"):
            access.see(work, other, access.notices(work, one)[0].row.id)
        access.see(work, one, access.notices(work, one)[0].row.id)


@pytest.mark.parametrize("last", ["ix_shares_of_a_study", "ix_shares_of_a_site"])
def test_sqlite_looks_up_a_county_s_shares_and_an_invited_person_s_each_in_their_own_part_of_an_index(
    tmp_path: Path, last: str
) -> None:
    """Whichever index was made last: of two that are as good as each other SQLite takes that. PostgreSQL's plans follow what the tables
    hold: `make bench-find`."""
    alliance = an_alliance(a_system(tmp_path / "home"))
    with alliance.system.work() as work:
        made = work.session.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": last})
        work.session.execute(text(f"DROP INDEX {last}"))
        work.session.execute(text(str(made)))
    alliance.system.store.engine.dispose()
    with alliance.system.read() as work:
        some = select(StudyRow.id).order_by(StudyRow.id.desc()).limit(51).subquery()
        seen = select(some.c.id, access.visible(some.c.id, alliance.people["doctor_a"], work.now))
        said = seen.compile(work.session.get_bind(), compile_kwargs={"literal_binds": True})
        plan = [str(row[3]) for row in work.session.execute(text(f"EXPLAIN QUERY PLAN {said}"))]
    alliance.system.store.engine.dispose()
    asked = [line.partition("INDEX ")[2] for line in plan if line.startswith("SEARCH shares")]
    assert asked == [
        "ix_shares_of_a_site (site_id=? AND study_id=? AND why=? AND person_id=?)",
        "a_study_is_shared_once_with_a_person_by_a_cause (person_id=? AND study_id=?)",
    ], plan
