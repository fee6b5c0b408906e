"""What a referral and a follow-up refuse to be told, because nobody could act on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from teleconsult.kernel.errors import Refused
from teleconsult.referral.lifecycle_follow_up import due
from teleconsult.referral.lifecycle_referral import phone

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    ["", "000-0000", "13800000000", "+86 10 0000 0000", "(0311) 000-0000", "0311-0000000 ext. 12", "0311-0000000转8012", "0000000 分机 12",
     "120", "0000000#3", "0000000, 13800000000", "０３１１－０００００００", "13800000000 / 0311-0000000"],
)  # fmt: skip
def test_a_number_that_can_be_called_is_kept(said: str) -> None:
    assert phone(said) == said


@pytest.mark.parametrize("said", ["abc", "无", "12", "++--", "call me 13800000000", "()", "1-2", "ext. 12", "张医生"])
def test_what_nobody_can_call_is_refused(said: str) -> None:
    with pytest.raises(Refused) as caught:
        phone(said)
    assert caught.value.code == "referral.phone"


def test_what_is_to_be_done_is_due_from_now_on() -> None:
    for there in (None, NOW, NOW + timedelta(days=400)):
        assert due(there, NOW) == there
    for gone in (NOW - timedelta(seconds=1), datetime(2020, 1, 1, tzinfo=UTC)):
        with pytest.raises(Refused) as caught:
            due(gone, NOW)
        assert caught.value.code == "followup.past"
