"""Orthanc as a DICOMweb client of ours, with a peer's token: it stores, finds and fetches over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from dicom_node.dicomweb import blueprint
from teleconsult.web.app import create
from tests import synth
from tests.builders import Alliance
from tests.node import index
from tests.orthanc import Orthanc, orthanc
from tests.web.test_dicomweb_door import token_of

pytestmark = pytest.mark.needs_orthanc


@dataclass(frozen=True, slots=True)
class Line:
    """Our DICOMweb on one side, an Orthanc that knows it as `center` on the other."""

    foreign: Orthanc
    alliance: Alliance


@pytest.fixture
def line(alliance: Alliance, tmp_path: Path) -> Iterator[Line]:
    app = create(alliance.system, blueprint)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    ours = {
        "Url": f"http://127.0.0.1:{server.server_port}/dicom-web/",
        "HttpHeaders": {"Authorization": f"Bearer {token_of(alliance)}"},
    }
    try:
        plugins = ("libOrthancDicomWeb.so",)
        with orthanc(tmp_path / "orthanc", plugins=plugins, DicomWeb={"Servers": {"center": ours}}) as foreign:
            yield Line(foreign, alliance)
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
        app.extensions["teleconsult.live"].close()


def test_orthanc_stores_what_it_holds_at_ours(line: Line) -> None:
    series = synth.a_ct_series(4)
    held = [json.loads(line.foreign.ask("/instances", synth.as_bytes(ds))) for ds in series]
    wish = {"Resources": [held[0]["ParentStudy"]], "Synchronous": True}
    line.foreign.ask("/dicom-web/servers/center/stow", json.dumps(wish).encode())
    assert index.counted(line.alliance.system) == 4
    assert index.studies(line.alliance.system)[0].site_id == line.alliance.sites["county_a"]


def test_orthanc_finds_and_fetches_what_its_hospital_may_have(line: Line) -> None:
    ds = synth.ct_slice(patient_name="WANG^XIAODONG", charset=synth.LATIN1)
    held = json.loads(line.foreign.ask("/instances", synth.as_bytes(ds)))
    wish = {"Resources": [held["ParentStudy"]], "Synchronous": True}
    line.foreign.ask("/dicom-web/servers/center/stow", json.dumps(wish).encode())
    line.foreign.ask(f"/studies/{held['ParentStudy']}", method="DELETE")
    asked = {"Uri": "/studies", "Arguments": {"PatientName": "wang*"}}
    (found,) = json.loads(line.foreign.ask("/dicom-web/servers/center/qido", json.dumps(asked).encode()))
    assert str(ds.StudyInstanceUID) in json.dumps(found)
    fetch = {"Resources": [{"Study": str(ds.StudyInstanceUID)}], "Synchronous": True}
    line.foreign.ask("/dicom-web/servers/center/retrieve", json.dumps(fetch).encode())
    (back,) = json.loads(line.foreign.ask("/instances"))
    assert synth.bare(line.foreign.ask(f"/instances/{back}/file")) == synth.bare(synth.as_bytes(ds))
