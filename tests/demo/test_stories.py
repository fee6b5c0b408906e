"""What the demonstration finds again when it is started another day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from teleconsult.demo.stories import still_worth_a_visit


def appointment(begins_in: int, minutes: int | None = 60) -> dict[str, Any]:
    starts = datetime.now(UTC) + timedelta(minutes=begins_in)
    return {"starts_at": starts.isoformat(), "minutes": minutes, "state": "scheduled", "room_id": "r", "no_show": None}


@pytest.mark.parametrize(
    ("line", "worth"),
    [
        (appointment(5), True),
        (appointment(-30), True),
        (appointment(-50), False),  # ten minutes are left
        (appointment(-24 * 60), False),  # yesterday's, which nobody has written down as missed yet
        ({**appointment(5), "starts_at": None}, False),
        ({**appointment(5), "no_show": "expert"}, False),
        ({**appointment(5), "state": "cancelled"}, False),
        ({**appointment(5), "room_id": None}, False),
    ],
)
def test_a_link_is_printed_only_to_a_room_with_time_left(line: dict[str, Any], worth: bool) -> None:
    assert still_worth_a_visit(line) is worth
