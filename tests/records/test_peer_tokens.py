"""Tokens of peers: shown once, kept as digests, good until somebody revokes them."""

import pytest
from sqlalchemy import select, text

from teleconsult import access
from teleconsult.access import SYSTEM
from teleconsult.access.tables import PeerRow, PeerTokenRow
from teleconsult.access.tokens import MOST_LIVE
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.records import FactRow
from tests.builders import Alliance


def the_peer(alliance: Alliance, title: str = "SCANNER_A") -> str:
    with alliance.system.read() as work:
        return work.session.scalars(select(PeerRow.id).where(PeerRow.ae_title == title)).one()


def issued(alliance: Alliance, title: str = "SCANNER_A", login: str = "administrator") -> str:
    actor = alliance.people[login]
    with alliance.system.work(actor) as work:
        return access.issue_peer_token(work, actor, the_peer(alliance, title), "网关")


def shown(alliance: Alliance, token: str) -> access.Peer | None:
    with alliance.system.read() as work:
        return access.peer_by_token(work, token)


def test_a_token_stands_for_its_peer_and_the_peer_s_site(alliance: Alliance) -> None:
    token = issued(alliance)
    peer = shown(alliance, token)
    assert peer is not None
    assert (peer.ae_title, peer.site_id) == ("SCANNER_A", alliance.sites["county_a"])
    assert shown(alliance, token[:-1]) is None
    assert shown(alliance, "") is None


def test_neither_database_nor_journal_holds_the_token(alliance: Alliance) -> None:
    token = issued(alliance)
    with alliance.system.read() as work:
        rows = work.session.execute(text("SELECT * FROM peer_tokens")).all()
        facts = work.session.scalars(select(FactRow).where(FactRow.name == "PeerTokenIssued")).all()
    assert len(rows) == len(facts) == 1
    assert token not in repr([tuple(row) for row in rows])
    assert facts[0].details["ending"] == token[-4:]
    assert token not in repr(facts[0].details)
    assert facts[0].actor_name == alliance.people["administrator"].name


def test_a_revoked_token_is_nobody_s_and_revoking_again_is_no_news(alliance: Alliance) -> None:
    admin = alliance.people["administrator"]
    kept, lost = issued(alliance), issued(alliance)
    with alliance.system.read() as work:
        newest = access.peer_tokens(work, admin, the_peer(alliance))[0]
    for _ in range(2):
        with alliance.system.work(admin) as work:
            access.revoke_peer_token(work, admin, newest.id)
    assert shown(alliance, lost) is None
    assert shown(alliance, kept) is not None
    with alliance.system.read() as work:
        assert len(work.session.scalars(select(FactRow).where(FactRow.name == "PeerTokenRevoked")).all()) == 1


def test_the_tokens_of_a_disabled_peer_rest(alliance: Alliance) -> None:
    token, peer_id, admin = issued(alliance), the_peer(alliance), alliance.people["administrator"]
    for disabled in (True, False):
        with alliance.system.work(admin) as work:
            access.change_peer(work, admin, peer_id, {"disabled": disabled})
        assert (shown(alliance, token) is None) == disabled


def test_only_an_administrator_issues_sees_and_revokes(alliance: Alliance) -> None:
    issued(alliance)
    with alliance.system.read() as work:
        token_id = work.session.scalars(select(PeerTokenRow.id)).one()
    for login in ("technician_a", "coordinator", "auditor"):
        actor = alliance.people[login]
        with alliance.system.work(actor) as work:
            for ask in (
                lambda: access.issue_peer_token(work, actor, the_peer(alliance)),  # noqa: B023 (asked within the loop)
                lambda: access.peer_tokens(work, actor, the_peer(alliance)),  # noqa: B023
                lambda: access.revoke_peer_token(work, actor, token_id),  # noqa: B023
            ):
                with pytest.raises(Refused) as refusal:
                    ask()
                assert refusal.value.meaning is Meaning.FORBIDDEN


def test_a_peer_has_a_few_tokens_at_most(alliance: Alliance) -> None:
    for _ in range(MOST_LIVE):
        issued(alliance)
    with pytest.raises(Refused) as refusal:
        issued(alliance)
    assert refusal.value.code == "token.too_many"
    issued(alliance, "SCANNER_B")


def test_when_and_from_where_a_token_was_used_is_noted_but_not_at_every_request(
    alliance: Alliance, clock: FixedClock
) -> None:
    token = issued(alliance)

    def use(client: str) -> tuple[object, object]:
        with alliance.system.work(SYSTEM) as work:
            access.token_used(work, token, client)
        with alliance.system.read() as work:
            row = work.session.scalars(select(PeerTokenRow)).one()
            return row.used_at, row.used_from

    first = use("10.0.0.1")
    assert first == (clock.now(), "10.0.0.1")
    clock.advance(5)
    assert use("10.0.0.2") == first
    clock.advance(30)
    assert use("10.0.0.2") == (clock.now(), "10.0.0.2")
