"""What a gateway says to whoever stands before it: a clock's fault in words, and no trace of what is no fault."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta

import pytest

from dicom_node.gateway.words import span
from teleconsult.kernel.clock import SystemClock
from tests.children import wait_for
from tests.gateway.conftest import Centre, Cut, Gateway

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (61, "61 秒", "61 seconds"),
        (125, "2 分钟", "2 minutes"),
        (8 * 3600, "8 小时", "8 hours"),
        (86400 * 400, "400 天", "400 days"),
        (800_000_000, "25 年", "25 years"),
    ],
)
def test_a_length_of_time_is_said_in_the_unit_that_somebody_would_use(seconds: int, zh: str, en: str) -> None:
    assert (span("zh-CN", seconds), span("en", seconds)) == (zh, en)


@pytest.mark.parametrize(
    ("years", "zh", "en"),
    [(25, "比中心慢 25 年", "25 years behind the centre"), (-16, "比中心快 16 年", "16 years ahead of the centre")],
)
def test_the_page_says_which_way_the_clock_is_wrong(
    centre: Centre, tmp_path_factory: pytest.TempPathFactory, years: int, zh: str, en: str
) -> None:
    """The centre's clock seems to be another: its year is changed on the line, nothing else."""
    line, now = Cut(centre.port), SystemClock().now()
    line.instead = (f'"at":"{now.year}-'.encode(), f'"at":"{now.year + years}-'.encode())
    folder = tmp_path_factory.mktemp("clock")
    gateway = Gateway(folder / "gateway", line.port, centre.token("SCANNER_A"), **{"report-seconds": "1"})
    gateway.start()
    try:
        wait_for(lambda: zh in gateway.shown(), f"the page says {zh}")
        assert en in gateway.shown("en")
        assert abs(gateway.state()["clock_ahead_seconds"]) > timedelta(days=365 * 15).total_seconds()
    finally:
        gateway.stop()
        line.close()


def test_a_packing_child_whose_parent_was_killed_ends_without_a_word() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "teleconsult.imaging.packing_child"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    assert child.stdout.read(4) == bytes(4), "it has started"
    child.stdout.close()
    asked = {"what": "pack", "source": "/nowhere", "target": "/nowhere", "nice": 0, "seconds": 20, "memory": 3 << 30}
    child.stdin.write(json.dumps(asked).encode() + b"\n")
    child.stdin.flush()
    assert child.wait(30) == 0
    assert child.stderr.read() == b""
    child.stdin.close()
    child.stderr.close()
