"""Who is asked about a study may read its signed report and its open critical findings; what is over or unsigned stands nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dicom_node.dicomweb import blueprint
from teleconsult import consult, reporting
from teleconsult.kernel.clock import FixedClock
from teleconsult.web.app import create
from tests.builders import a_system, an_alliance
from tests.records.consulting import SUMMARY, a_desk
from tests.web.conftest import PASSWORD
from tests.web.consulting import Clinic
from tests.web.scene import Scene, a_signed_study


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[tuple[Clinic, Scene]]:
    clock = FixedClock(datetime(2026, 11, 21, 8, 0, tzinfo=UTC))
    system = a_system(tmp_path / "home", clock=clock)
    alliance = an_alliance(system, password=PASSWORD)
    scene = a_signed_study(alliance)
    app = create(system, blueprint)
    yield Clinic(a_desk(alliance, clock, PASSWORD), app), scene
    app.extensions["teleconsult.live"].close()
    system.store.engine.dispose()


def test_the_expert_who_is_asked_reads_the_report_and_the_open_findings_of_the_study(
    clinic: tuple[Clinic, Scene],
) -> None:
    served, scene = clinic
    desk = served.desk
    found = desk.does("reader", reporting.raise_critical, scene.study, "tension_pneumothorax")
    given = {"centre_site_id": desk.sites["city"], "question": "性质?", "summary": SUMMARY, "study_ids": [scene.study]}
    key = desk.does("doctor_a", consult.draft, scene.case, given).id
    expert = served.browser("expert_b")
    asked = (f"/api/studies/{scene.study}", f"/api/criticals?study_id={scene.study}&open=true")
    assert expert.get(asked[0]).status_code == 404, "not before they are asked"
    assert (expert.get(asked[1]).json or {})["items"] == []
    desk.does("doctor_a", consult.submit, key)
    desk.does("coordinator", consult.accept, key)
    desk.does("coordinator", consult.assign, key, desk.who("expert_b").id)
    report = (expert.get(asked[0]).json or {})["report"]
    assert (report["state"], report["pdf_ready"]) == ("signed", True)
    assert report["impression"]
    assert expert.get(f"/api/reports/{report['id']}/pdf").status_code == 200
    assert [(one["id"], one["state"]) for one in (expert.get(asked[1]).json or {})["items"]] == [
        (found.id, found.state)
    ]
    desk.does("reader", reporting.withdraw_critical, found.id, "误报")
    assert (expert.get(asked[1]).json or {})["items"] == []
