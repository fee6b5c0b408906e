"""People, sessions, peers and the SQL twin of the permission function, in a real database."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product

import pytest
from sqlalchemy import literal, select
from sqlalchemy.exc import IntegrityError

from teleconsult import access
from teleconsult.access import ANYBODY, SYSTEM, Actor, Grant, Role
from teleconsult.access.rights import ORIGIN, READING, WITH_STUDY
from teleconsult.access.tables import GrantRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.kernel.values import new_id
from teleconsult.records import Store, journal, open_store
from teleconsult.records.upgrade import upgrade

PASSWORD = "测试-2026-word"
IDLE = 1800


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
        return {code: access.add_site(work, SYSTEM, code, f"示例{code}", "county").id for code in ("a", "b", "c")}


@pytest.fixture
def doctor(store: Store, sites: dict[str, str]) -> Actor:
    with store.work(SYSTEM) as work:
        grants = [Grant(Role.COUNTY_DOCTOR, sites["a"])]
        access.add_person(work, SYSTEM, "doctor", "测试医生", "attending", sites["a"], grants, PASSWORD)
    with store.read(SYSTEM) as work:
        return access.actor_by_login(work, "doctor")


def sign_in(store: Store, password: str = PASSWORD, login: str = "doctor") -> access.SignedIn:
    return access.login(store, ANYBODY, login, password, "a test", IDLE)


def refused_code(store: Store, password: str, login: str = "doctor") -> str:
    with pytest.raises(Refused) as refusal:
        sign_in(store, password, login)
    return refusal.value.code


def test_a_wrong_password_and_an_unknown_login_are_told_apart_by_nobody(store: Store, doctor: Actor) -> None:
    assert refused_code(store, "wrong") == refused_code(store, "wrong", "nobody") == "login.wrong"


def test_five_wrong_passwords_lock_even_the_right_one_out_for_a_quarter_of_an_hour(
    store: Store, doctor: Actor, clock: FixedClock
) -> None:
    codes = [refused_code(store, "wrong") for _ in range(5)]
    assert codes == ["login.wrong"] * 4 + ["login.locked"]
    assert refused_code(store, PASSWORD) == "login.locked"
    clock.advance(15 * 60 + 1)
    assert sign_in(store).actor == doctor
    with store.read(SYSTEM) as work:
        names = [fact.name for fact in journal.facts_after(work, 0)]
    assert names.count("LoginFailed") == 6
    assert names[-1] == "LoggedIn"


def test_an_idle_session_ends_and_a_used_one_goes_on(store: Store, doctor: Actor, clock: FixedClock) -> None:
    token = sign_in(store).token
    for _ in range(3):
        clock.advance(IDLE - 60)
        assert access.resume(store, ANYBODY, token, IDLE) is not None
    clock.advance(IDLE - 60)
    assert access.resume(store, ANYBODY, token, IDLE, touch=False) is not None
    clock.advance(61)
    assert access.resume(store, ANYBODY, token, IDLE) is None


def test_no_session_lasts_longer_than_a_shift(store: Store, doctor: Actor, clock: FixedClock) -> None:
    token = sign_in(store).token
    for _ in range(12 * 3600 // 1700 + 1):
        clock.advance(1700)
        access.resume(store, ANYBODY, token, IDLE)
    assert access.resume(store, ANYBODY, token, IDLE) is None


def test_disabling_resetting_and_leaving_end_a_session_at_once(store: Store, doctor: Actor) -> None:
    for end in ("disable", "reset", "leave"):
        session = sign_in(store)
        with store.work(SYSTEM) as work:
            if end == "leave":
                access.logout(work, session.actor, session.token)
            elif end == "disable":
                access.change_person(work, SYSTEM, doctor.id, disabled=True)
            else:
                access.redeem(work, access.reset_person(work, SYSTEM, doctor.id), PASSWORD)
        assert access.resume(store, ANYBODY, session.token, IDLE) is None, end
        with store.work(SYSTEM) as work:
            access.change_person(work, SYSTEM, doctor.id, disabled=False)


def test_a_link_works_once_and_only_for_three_days(store: Store, doctor: Actor, clock: FixedClock) -> None:
    with store.work(SYSTEM) as work:
        token = access.reset_person(work, SYSTEM, doctor.id)
    with store.work(ANYBODY) as work:
        access.redeem(work, token, "another-word-1")
    assert sign_in(store, "another-word-1").actor.id == doctor.id
    with pytest.raises(Refused, match=r"invitation\.absent"), store.work(ANYBODY) as work:
        access.redeem(work, token, "another-word-2")
    with store.work(SYSTEM) as work:
        late = access.reset_person(work, SYSTEM, doctor.id)
    clock.advance(72 * 3600 + 1)
    with pytest.raises(Refused, match=r"invitation\.absent"), store.work(ANYBODY) as work:
        access.redeem(work, late, "another-word-3")


def test_a_new_link_makes_the_older_one_worthless(store: Store, doctor: Actor) -> None:
    with store.work(SYSTEM) as work:
        astray = access.reset_person(work, SYSTEM, doctor.id)
        right = access.reset_person(work, SYSTEM, doctor.id)
    with pytest.raises(Refused, match=r"invitation\.absent"), store.work(ANYBODY) as work:
        access.redeem(work, astray, "another-word-1")
    with store.work(ANYBODY) as work:
        access.redeem(work, right, "another-word-2")
    assert sign_in(store, "another-word-2").actor.id == doctor.id


def test_guesses_made_at_the_same_moment_all_count_towards_the_lock(store: Store, doctor: Actor) -> None:
    start, codes = threading.Barrier(8), []

    def guess() -> None:
        start.wait()
        codes.append(refused_code(store, "wrong"))

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(codes) == ["login.locked"] * 4 + ["login.wrong"] * 4


def test_the_first_administrator_is_made_once(store: Store) -> None:
    with store.work(SYSTEM) as work:
        first = access.first_admin_invitation(work)
    assert first is not None
    with store.work(ANYBODY) as work:
        access.redeem(work, first, PASSWORD, "root", "测试管理员")
    assert sign_in(store, login="root").actor.grants == {Grant(Role.ADMINISTRATOR, None)}
    with store.work(SYSTEM) as work:
        assert access.first_admin_invitation(work) is None


def test_the_first_administrator_s_link_is_used_once_one_was_made_by_command(store: Store) -> None:
    with store.work(SYSTEM) as work:
        first = access.first_admin_invitation(work)
    assert first is not None
    with store.work(SYSTEM) as work:
        access.add_person(
            work, SYSTEM, "root", "测试管理员", access.Title.NONE, None, [Grant(Role.ADMINISTRATOR, None)], PASSWORD
        )
    with pytest.raises(Refused, match=r"invitation\.absent"), store.read(ANYBODY) as work:
        access.invitation(work, first)


def test_nobody_is_administrator_and_auditor_not_even_by_hand(
    store: Store, sites: dict[str, str], doctor: Actor
) -> None:
    both = [Grant(Role.ADMINISTRATOR, None), Grant(Role.AUDITOR, None)]
    with pytest.raises(Refused, match=r"roles\.exclusive"), store.work(SYSTEM) as work:
        access.set_grants(work, SYSTEM, doctor.id, both)
    rows = [GrantRow(id=new_id(), person_id=doctor.id, role=grant.role, site_id=grant.site_id) for grant in both]
    with store.work(SYSTEM) as work:
        work.add(rows[0])
    with pytest.raises(IntegrityError), store.work(SYSTEM) as work:
        work.add(rows[1])


def test_weak_passwords_are_refused(store: Store, doctor: Actor) -> None:
    token = sign_in(store).token
    for weak in ("short1", "onlyletters", "1234567890"):
        with pytest.raises(Refused, match=r"password\.weak"):
            access.change_password(store, doctor, PASSWORD, weak, token)


def test_changing_a_password_ends_the_other_sessions(store: Store, doctor: Actor) -> None:
    mine, other = sign_in(store).token, sign_in(store).token
    access.change_password(store, doctor, PASSWORD, "another-word-1", mine)
    assert access.resume(store, ANYBODY, mine, IDLE) is not None
    assert access.resume(store, ANYBODY, other, IDLE) is None


def test_confirming_with_wrong_passwords_locks_and_signs_out(store: Store, doctor: Actor) -> None:
    token = sign_in(store).token
    codes = []
    for _ in range(5):
        with pytest.raises(Refused) as refusal:
            access.confirm_password(store, doctor, "wrong")
        codes.append(refusal.value.code)
    assert codes == ["password.wrong"] * 4 + ["login.locked"]
    assert access.resume(store, ANYBODY, token, IDLE) is None


def test_a_person_manages_only_where_they_are_administrator(store: Store, sites: dict[str, str]) -> None:
    local = Actor("x", "x", grants=frozenset({Grant(Role.ADMINISTRATOR, sites["a"])}))
    with store.work(local) as work:
        access.add_peer(work, local, "CT1", "10.0.0.1", sites["a"])
    with pytest.raises(Refused) as refusal, store.work(local) as work:
        access.add_peer(work, local, "CT2", "10.0.0.1", sites["b"])
    assert refusal.value.meaning is Meaning.FORBIDDEN


def test_who_manages_one_site_never_gets_at_the_rights_that_its_people_hold_elsewhere(
    store: Store, sites: dict[str, str], doctor: Actor
) -> None:
    local = Actor("x", "x", grants=frozenset({Grant(Role.ADMINISTRATOR, sites["a"])}))
    elsewhere = {"root": Grant(Role.ADMINISTRATOR, None), "reviewer": Grant(Role.REVIEWER, sites["b"])}
    with store.work(SYSTEM) as work:
        people = {
            login: access.add_person(work, SYSTEM, login, "测试", "chief", sites["a"], [grant], PASSWORD)[0].id
            for login, grant in elsewhere.items()
        }
    for person_id in people.values():
        for act in (
            lambda work, who: access.reset_person(work, local, who),
            lambda work, who: access.change_person(work, local, who, title="chief"),
            lambda work, who: access.set_grants(work, local, who, []),
        ):
            with pytest.raises(Refused, match=r"permit\.refused"), store.work(local) as work:
                act(work, person_id)
    with store.work(local) as work:
        access.reset_person(work, local, doctor.id)


@pytest.mark.parametrize(
    ("title", "address", "expected"),
    [
        ("CT1", "10.0.0.1", "exact"),
        ("CT1  ", "10.0.0.1", "exact"),
        ("CT1", "10.0.0.77", "network"),
        ("CT1", "::ffff:10.0.0.77", "network"),
        ("CT1", "192.168.1.1", "any"),
        ("CT2", "10.0.0.1", None),
        ("ct1", "10.0.0.1", None),
        ("CT1", "not an address", None),
    ],
)
def test_a_peer_is_known_by_title_and_the_narrowest_address(
    title: str, address: str, expected: str | None, store: Store, sites: dict[str, str]
) -> None:
    known = {"10.0.0.1": "exact", "10.0.0.0/24": "network", "*": "any"}
    with store.work(SYSTEM) as work:
        ids = {access.add_peer(work, SYSTEM, "CT1", where, sites["a"]).id: name for where, name in known.items()}
    with store.read(SYSTEM) as work:
        peer = access.identify(work, title, address)
    assert (ids[peer.id] if peer else None) == expected


@pytest.mark.parametrize("verb", sorted(WITH_STUDY))
def test_the_sql_twin_agrees_with_the_function(verb: str, store: Store, sites: dict[str, str]) -> None:
    with store.work(SYSTEM) as work:
        access.open_share(work, "study", sites["a"], ORIGIN)
        access.open_share(work, "study", sites["b"], READING)
        access.open_share(work, "study", sites["b"], READING)
        everywhere = [Grant(role, None) for role in (Role.AUDITOR, Role.ADMINISTRATOR)]
        for grant in [*(Grant(role, site) for role, site in product(Role, sites.values())), *everywhere]:
            actor = Actor("p", "p", grants=frozenset({grant}))
            thing = access.Thing("study", access.shares_of(work, "study"))
            listed = work.session.execute(select(access.visible(literal("study"), actor, work.now, verb))).scalar()
            assert bool(listed) == access.permits(actor, verb, thing), grant


def test_a_notice_is_given_once_to_the_right_people(store: Store, sites: dict[str, str], doctor: Actor) -> None:
    stranger = Actor("y", "y", grants=frozenset({Grant(Role.COUNTY_DOCTOR, sites["b"])}))
    with store.work(SYSTEM) as work:
        for _ in range(2):
            access.notify(work, "report:1", sites["a"], [Role.COUNTY_DOCTOR], "report.ready", "study")
        assert access.notices(work, stranger) == []
        (notice,) = access.notices(work, doctor)
        assert not notice.seen
        with pytest.raises(Refused, match=r"notice\.absent"):
            access.see(work, stranger, notice.row.id)
        access.see(work, doctor, notice.row.id)
        access.see(work, doctor, notice.row.id)
        assert [found.seen for found in access.notices(work, doctor)] == [True]


def test_a_notice_about_something_waits_until_that_is_dealt_with_and_is_seen_by_all_then(
    store: Store, sites: dict[str, str], doctor: Actor
) -> None:
    """However many other notices come after it, and whoever opens it meanwhile."""
    colleague = Actor("z", "z", grants=doctor.grants)
    with store.work(SYSTEM) as work:
        row = access.notify(work, "f", sites["a"], [Role.COUNTY_DOCTOR], "critical.raised", "study", about="finding")
        assert row is not None
        for number in range(60):
            access.notify(work, f"later:{number}", sites["a"], [Role.COUNTY_DOCTOR], "report.ready", "study")
        access.see(work, doctor, row.id)
        for actor in (doctor, colleague):
            first, *rest = access.notices(work, actor)
            assert (first.row.id, first.seen, first.waits, len(rest)) == (row.id, False, True, 49)
        assert [access.settle(work, "finding"), access.settle(work, "finding")] == [1, 0]
        for actor in (doctor, colleague):
            assert row.id not in [found.row.id for found in access.notices(work, actor)], "behind what came later"
            (settled,) = [found for found in access.notices(work, actor, 100) if found.row.id == row.id]
            assert (settled.seen, settled.waits) == (True, False)


def test_the_first_administrators_link_holds_until_there_is_one_whoever_else_was_added(
    store: Store, doctor: Actor
) -> None:
    with store.work(SYSTEM) as work:
        token = access.first_admin_invitation(work)
    assert token is not None
    with store.work(SYSTEM) as work:
        access.add_person(work, SYSTEM, "later", "测试后来者", "none", None, [Grant(Role.AUDITOR, None)], PASSWORD)
    with store.work(ANYBODY) as work:
        access.redeem(work, token, PASSWORD, "root", "测试管理员")
    assert sign_in(store, login="root").actor.grants == {Grant(Role.ADMINISTRATOR, None)}
    with store.work(SYSTEM) as work:
        assert access.first_admin_invitation(work) is None


@pytest.mark.parametrize(
    ("role", "title", "code"),
    [
        (None, "chief", "roles.none"),
        (Role.RADIOLOGIST, "none", "roles.title"),
        (Role.RADIOLOGIST, "technician", "roles.title"),
        (Role.COUNTY_DOCTOR, "none", "roles.title"),
        (Role.REVIEWER, "none", "roles.title"),
        (Role.REVIEWER, "resident", "roles.title"),
        (Role.RADIOLOGIST, "professor", "field.choice"),
    ],
)
def test_nobody_is_added_without_a_role_or_without_the_title_it_needs(
    store: Store, sites: dict[str, str], role: Role | None, title: str, code: str
) -> None:
    grants = [Grant(role, sites["a"])] if role else []
    with pytest.raises(Refused) as refusal, store.work(SYSTEM) as work:
        access.add_person(work, SYSTEM, "someone", "测试某人", title, sites["a"], grants)
    assert (refusal.value.meaning, refusal.value.code) == (Meaning.INVALID, code)
    assert " of " in refusal.value.detail, "says what is allowed"
    with pytest.raises(Refused, match=r"person\.absent"), store.read(SYSTEM) as work:
        access.actor_by_login(work, "someone")


def test_neither_roles_nor_title_change_into_what_does_not_fit(
    store: Store, sites: dict[str, str], doctor: Actor
) -> None:
    reviews = [Grant(Role.REVIEWER, sites["a"])]
    with store.work(SYSTEM) as work:
        access.set_grants(work, SYSTEM, doctor.id, reviews)
    for change in (
        lambda work: access.change_person(work, SYSTEM, doctor.id, title="resident"),
        lambda work: access.set_grants(work, SYSTEM, doctor.id, reviews, title="resident"),
        lambda work: access.set_grants(work, SYSTEM, doctor.id, []),
    ):
        with pytest.raises(Refused, match=r"roles\.(title|none)"), store.work(SYSTEM) as work:
            change(work)
    with store.work(SYSTEM) as work:
        access.set_grants(work, SYSTEM, doctor.id, [Grant(Role.COUNTY_DOCTOR, sites["a"])], title="resident")
        access.change_person(work, SYSTEM, doctor.id, title="resident")
    with store.read(SYSTEM) as work:
        assert access.actor_by_login(work, "doctor").title == "resident"
