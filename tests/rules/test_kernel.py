"""The words that every part shares."""

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleconsult.kernel.clock import FixedClock, SystemClock
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.kernel.lifecycle import Lifecycle
from teleconsult.kernel.values import canonical_json, new_id

DOOR = Lifecycle("shut", {("shut", "open"): "open", ("open", "close"): "shut", ("shut", "lock"): "locked"})


def test_a_move_in_the_table_leads_on_and_any_other_is_refused() -> None:
    assert DOOR.step("shut", "open") == "open"
    with pytest.raises(Refused) as refusal:
        DOOR.step("locked", "open")
    assert (refusal.value.meaning, refusal.value.code) == (Meaning.CONFLICT, "move.illegal")


def test_what_is_offered_is_what_the_table_allows() -> None:
    assert DOOR.verbs("shut") == ("open", "lock")
    assert DOOR.verbs("locked") == ()


def test_a_state_that_nothing_leads_to_is_refused_when_the_table_is_built() -> None:
    with pytest.raises(ValueError, match="ajar"):
        Lifecycle("shut", {("shut", "open"): "open", ("ajar", "open"): "open"})


def test_the_picture_shows_every_move() -> None:
    assert DOOR.mermaid().count("-->") == 1 + len(DOOR.moves)


def test_identifiers_are_version_7_and_sort_by_time() -> None:
    made = [new_id() for _ in range(100)]
    assert all(re.fullmatch(r"[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}", key) for key in made)
    assert len(set(made)) == 100
    assert [key[:12] for key in made] == sorted(key[:12] for key in made)


def test_one_meaning_has_one_spelling() -> None:
    composed, decomposed = "\u00e9", "e\u0301"
    assert canonical_json({"b": composed, "a": 1}) == canonical_json({"a": 1, "b": decomposed})
    assert canonical_json({"名": "测试"}) == '{"名":"测试"}'.encode()


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner)))
def test_the_canonical_spelling_survives_a_journey(value: bool | int | str | list[str] | None) -> None:
    assert canonical_json(json.loads(canonical_json(value))) == canonical_json(value)


def test_clocks_tell_aware_time() -> None:
    assert SystemClock().now().tzinfo is UTC
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    clock.advance(90)
    assert clock.now() == datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC)
