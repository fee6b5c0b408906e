"""What the demonstration finds again when it is started another day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from teleconsult.demo.stories import still_worth_a_visit


def appointment(begins_in: int = 5, **otherwise: Any) -> dict[str, Any]:
    """An hour that begins in so many minutes from now."""
    starts = datetime.now(UTC) + timedelta(minutes=begins_in)
    return {
        "starts_at": starts.isoformat(), "minutes": 60, "state": "scheduled", "room_id": "r", "no_show": None, **otherwise,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "worth"),
    [
        ({}, True),
        ({"begins_in": -30}, True),
        ({"begins_in": -50}, False),  # ten minutes are left
        ({"begins_in": -24 * 60}, False),  # yesterday's, which nobody has written down as missed yet
        ({"starts_at": None}, False),
        ({"no_show": "expert"}, False),
        ({"state": "cancelled"}, False),
        ({"room_id": None}, False),
    ],
)
def test_a_link_is_printed_only_to_a_room_with_time_left(line: dict[str, Any], worth: bool) -> None:
    assert still_worth_a_visit(appointment(**line)) is worth
