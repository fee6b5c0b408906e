"""Tickets to a room: what was issued reads back; what was changed, made up or is over does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleconsult.access.tickets import Ticket, issue, read
from teleconsult.kernel.errors import Meaning, Refused

KEY = bytes(range(32))
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
TICKET = Ticket(
    "room", "seat", "person", "测试专家", "示例市医院", "chief", True, False, "once", NOW, NOW + timedelta(minutes=1)
)


def code(text: str, key: bytes = KEY, now: datetime = NOW) -> str:
    with pytest.raises(Refused) as refusal:
        read(key, text, now)
    assert refusal.value.meaning is Meaning.FORBIDDEN
    return refusal.value.code


def test_a_ticket_says_what_was_issued() -> None:
    assert read(KEY, issue(KEY, TICKET), NOW) == TICKET


def test_a_ticket_ends() -> None:
    assert code(issue(KEY, TICKET), now=TICKET.expires_at) == "ticket.expired"
    assert read(KEY, issue(KEY, TICKET), TICKET.expires_at - timedelta(seconds=1)) == TICKET


def test_another_installations_ticket_is_forged() -> None:
    assert code(issue(KEY, TICKET), key=b"another") == "ticket.forged"


@given(st.data())
def test_no_letter_of_a_ticket_can_be_changed(data: st.DataObject) -> None:
    text = issue(KEY, TICKET)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("ABCxyz019-_."))
    changed = text[:place] + letter + text[place + 1 :]
    if changed == text:
        return
    try:
        assert read(KEY, changed, NOW) == TICKET, "only the unused bits at the end may differ"
    except Refused as refusal:
        assert refusal.code == "ticket.forged"  # noqa: PT017


@given(st.text(max_size=200))
def test_whatever_is_no_ticket_is_forged(text: str) -> None:
    assert code(text) == "ticket.forged"


def test_an_endless_ticket_is_not_looked_at() -> None:
    assert code("A" * 1_000_000) == "ticket.forged"
