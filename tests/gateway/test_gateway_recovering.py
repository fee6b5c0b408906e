"""A gateway that was killed knows afterwards whose studies wait, whether it had written that down or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gateway.conftest import Centre, Gateway
from tests.gateway.test_gateway import a_study, objects

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("noted", ["nothing", "rubbish", "too few"])
def test_after_a_kill_the_page_says_whose_study_waits_and_counts_it_right(
    centre: Centre, tmp_path: Path, noted: str
) -> None:
    centre.kill()
    gateway = Gateway(tmp_path / "gateway", centre.port, centre.token("SCANNER_A"))
    gateway.start()
    try:
        study = a_study(4, PatientName="ZHANG^SAN", PatientID="H0012345", StudyDate="20261120", Modality="CT")
        kept = tmp_path / "gateway" / "studies.json"
        assert gateway.scanner().send(*objects(study[:1])) == [0]
        early = kept.read_text()
        assert gateway.scanner().send(*objects(study[1:])) == [0] * 3
        gateway.kill()
        if noted == "nothing":
            kept.unlink()
        else:
            kept.write_text("[" if noted == "rubbish" else early)
        gateway.start()
        page = gateway.shown()
        assert "…2345" in page
        assert "2026-11-20 CT" in page
        assert f"<td>{study[0].StudyInstanceUID}</td>" not in page
        centre.start()
        gateway.empty()
        row = gateway.shown().partition("最近的检查")[2]
        assert "<td>4</td>" in row
        assert "中心已收 4" in row
        assert "…2345" in row
    finally:
        gateway.stop()


def test_what_was_counted_just_before_a_kill_is_counted(centre: Centre, tmp_path: Path) -> None:
    gateway = Gateway(tmp_path / "gateway", centre.port, centre.token("SCANNER_A"), **{"quiet-seconds": "60"})
    gateway.start()
    try:
        study = a_study(9)
        for number in (3, 6, 9):
            assert gateway.scanner().send(*objects(study[number - 3 : number])) == [0] * 3
            gateway.empty()
            gateway.kill()
            gateway.start()
            row = gateway.shown().partition("最近的检查")[2]
            assert f"<td>{number}</td>" in row
            assert f"中心已收 {number}" in row
    finally:
        gateway.stop()
