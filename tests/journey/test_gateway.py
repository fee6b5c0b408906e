"""A county's modality, its gateway, and the whole platform: what is sent there is read here."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.uid import generate_uid

from tests import synth
from tests.children import wait_for
from tests.gateway.conftest import Gateway
from tests.journey.platform import Platform

pytestmark = [pytest.mark.needs_dcmtk, pytest.mark.timeout(300)]


def test_what_storescu_sends_to_a_gateway_can_be_read_at_the_centre(platform: Platform, tmp_path: Path) -> None:
    admin = platform.visitor("administrator")
    peer = next(p for p in admin.get("/api/admin/peers")["items"] if p["ae_title"] == "SCANNER_A")
    token = admin.post(f"/api/admin/peers/{peer['id']}/tokens", {"label": "网关"})["token"]
    folder, study = tmp_path / "modality", generate_uid()
    folder.mkdir()
    for number in range(1, 7):
        ds = synth.ct_slice(number, patient_name="测试^网关", patient_id="GW0001")
        ds.StudyInstanceUID, ds.SOPInstanceUID = study, generate_uid()
        (folder / f"{number}.dcm").write_bytes(synth.as_bytes(ds, synth.ExplicitVRLittleEndian))
    gateway = Gateway(tmp_path / "gateway", int(platform.url.rsplit(":", 1)[1]), token)
    gateway.start()
    try:
        scanner = gateway.scanner()
        assert scanner.echoscu().returncode == 0
        sent = scanner.storescu(folder)
        assert sent.returncode == 0, sent.stderr
        gateway.empty()
        reader = platform.visitor("reader")

        def rows() -> list[dict[str, object]]:
            return [row for row in reader.rows("limit=200") if row["study_uid"] == study]

        wait_for(rows, "the study is on the city's worklist", 90)
        found = rows()[0]
        manifest = reader.get(f"/api/studies/{found['study_id']}/manifest")
        assert manifest
        wait_for(lambda: gateway.state()["ended"] == 1, "the gateway has said that this is all")
    finally:
        gateway.stop()
