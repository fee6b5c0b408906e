"""What a gateway is told: the setup link, who may send, what the line may carry when."""

from datetime import timedelta
from pathlib import Path

import pytest

from dicom_node.gateway.centre import Pace
from dicom_node.gateway.config import Config, allowed, bytes_per_second, load
from dicom_node.gateway.sending import _ahead
from dicom_node.gateway.words import WORDS, say, span
from teleconsult.kernel.clock import SystemClock
from teleconsult.settings import BadSetting

LINK = "https://reading.example/#gateway=tcp_abc&pin=00ff"


def test_one_link_is_all_that_is_pasted_and_nobody_else_reads_it(tmp_path: Path) -> None:
    config = load(tmp_path, setup=LINK)
    assert (config.url, config.token, config.pin) == ("https://reading.example", "tcp_abc", "00ff")
    assert load(tmp_path) == config
    assert (tmp_path / "gateway.json").stat().st_mode & 0o077 == 0


def test_what_was_told_once_is_kept_and_changed_by_name(tmp_path: Path) -> None:
    load(tmp_path, setup=LINK, limits=("08:00-18:00=2000",), ae_title="CTGATE")
    config = load(tmp_path, dicom_port=104)
    assert (config.ae_title, config.stat_title, config.dicom_port) == ("CTGATE", "CTGATE_STAT", 104)
    assert config.limits == ("08:00-18:00=2000",)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"setup": "https://reading.example/"},
        {"setup": "http://reading.example/#gateway=tcp_abc"},
        {"setup": LINK, "ae_title": "TWELVE_CHARS"},
        {"setup": LINK, "networks": ("nonsense",)},
        {"setup": LINK, "limits": ("8-18=2000",)},
        {"setup": LINK, "packing": "sometimes"},
    ],
)
def test_what_can_t_be_right_is_said_at_once(tmp_path: Path, given: dict[str, object]) -> None:
    with pytest.raises(BadSetting):
        load(tmp_path, **given)


def test_what_the_line_may_carry_depends_on_the_time_of_day() -> None:
    limits = ("08:00-18:00=2000", "12:00-13:00=800", "22:00-06:00=4000")
    at = {hour: bytes_per_second(limits, hour * 60) for hour in (3, 7, 8, 12, 18, 23)}
    assert at == {3: 500_000, 7: None, 8: 250_000, 12: 100_000, 18: None, 23: 500_000}


def test_a_wrong_clock_is_said_and_does_not_move_the_window() -> None:
    ahead = _ahead((SystemClock().now() + timedelta(days=3)).isoformat())
    assert 3 * 86400 - 60 < ahead < 3 * 86400 + 60
    assert "校正" in say("zh-CN", "clock.slow", span=span("zh-CN", ahead))
    pace = Pace(("00:00-24:00=8",))
    pace.ahead_seconds = ahead
    pace.wait_for(1)  # the window is asked by the centre's time; nothing else is decided by a clock


def test_only_local_networks_may_send_unless_others_are_named() -> None:
    config = Config()
    assert all(allowed(config, address) for address in ("127.0.0.1", "192.168.3.4", "10.1.2.3", "::ffff:10.1.2.3"))
    assert not any(allowed(config, address) for address in ("8.8.8.8", "2001:db8::1", "nonsense"))


def test_everything_the_page_says_is_there_in_both_languages() -> None:
    assert all(len(words) == 2 and all(words) for words in WORDS.values())
