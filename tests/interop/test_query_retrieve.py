"""DCMTK's and Orthanc's own clients and servers ask, move and get: what they take home is what was stored."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.uid import JPEGLosslessSV1

from dicom_node.node import Node
from teleconsult import access
from teleconsult.access import SYSTEM
from tests import synth
from tests.builders import Alliance
from tests.node import asking
from tests.orthanc import Orthanc, free_port, orthanc

HERE = "127.0.0.1"


def run(node: Node, program: str, *options: str, calling: str = "SCANNER_A") -> str:
    """A DCMTK program that must succeed; what it said."""
    host, port = node.address
    command = [program, "-v", "-aet", calling, "-aec", "TELECONSULT", *options, host, str(port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def keyed(level: str, **keys: str) -> Sequence[str]:
    named = {"QueryRetrieveLevel": level, **keys}
    return [part for keyword, value in named.items() for part in ("-k", f"{keyword}={value}" if value else keyword)]


def as_listener(alliance: Alliance, title: str, port: int) -> None:
    with alliance.system.work() as work:
        access.add_peer(work, SYSTEM, title, HERE, alliance.sites["county_a"], host=HERE, port=port)


@pytest.mark.needs_dcmtk
def test_findscu_finds_at_each_level(alliance: Alliance, node: Node, tmp_path: Path) -> None:
    series = synth.a_ct_series(2, patient_id="D1", patient_name="Wang^Xiaoming=王^小明")
    asking.keep(alliance, *series)
    study, in_series = str(series[0].StudyInstanceUID), str(series[0].SeriesInstanceUID)
    for model, options, count in (
        ("-P", keyed("PATIENT", PatientName="wang*", PatientID=""), 1),
        ("-S", keyed("STUDY", PatientName="王*", StudyInstanceUID="", SpecificCharacterSet="ISO_IR 192"), 1),
        ("-S", keyed("SERIES", StudyInstanceUID=study, SeriesInstanceUID=""), 1),
        ("-S", keyed("IMAGE", StudyInstanceUID=study, SeriesInstanceUID=in_series, SOPInstanceUID=""), 2),
    ):
        folder = tmp_path / f"{model}{options[1].removeprefix('QueryRetrieveLevel=')}"
        folder.mkdir()
        run(node, "findscu", model, "-X", "-od", str(folder), *options)
        answers = [dcmread(path, force=True) for path in folder.iterdir()]
        assert len(answers) == count, options
        assert all(answer.SpecificCharacterSet == "ISO_IR 192" for answer in answers)


@pytest.mark.needs_dcmtk
def test_getscu_takes_a_study_home_as_it_was_stored(alliance: Alliance, node: Node, tmp_path: Path) -> None:
    series, home = synth.a_ct_series(3), tmp_path / "got"
    home.mkdir()
    asking.keep(alliance, *series)
    run(
        node,
        "getscu",
        "-S",
        "+B",
        "-od",
        str(home),
        *keyed("STUDY", StudyInstanceUID=str(series[0].StudyInstanceUID)),
    )
    got = {synth.bare(path.read_bytes()) for path in home.iterdir()}
    assert got == {synth.dataset_bytes(ds) for ds in series}


@pytest.mark.needs_dcmtk
@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", str(JPEGLosslessSV1)])
def test_movescu_has_a_study_sent_to_its_own_port(alliance: Alliance, node: Node, tmp_path: Path, syntax: str) -> None:
    series, home = synth.a_ct_series(2), tmp_path / "got"
    home.mkdir()
    asking.keep(alliance, *series, syntax=syntax)
    port = free_port()
    as_listener(alliance, "MOVER", port)
    said = run(
        node, "movescu", "-S", "+P", str(port), "-od", str(home), "-aem", "MOVER",
        *keyed("STUDY", StudyInstanceUID=str(series[0].StudyInstanceUID)), calling="MOVER",
    )  # fmt: skip
    got = sorted(home.iterdir())
    assert len(got) == 2, said
    assert {dcmread(path).pixel_array.tobytes() for path in got} == {ds.PixelData for ds in series}


def ask(running: Orthanc, path: str, body: Any = None) -> Any:
    return json.loads(running.ask(path, None if body is None else json.dumps(body).encode()))


@pytest.mark.needs_orthanc
def test_orthanc_asks_moves_to_itself_and_stores(alliance: Alliance, node: Node, tmp_path: Path) -> None:
    series = synth.a_ct_series(3, patient_id="O1", patient_name="Li^Na=李^娜")
    asking.keep(alliance, *series)
    host, port = node.address
    known = {"node": {"AET": "TELECONSULT", "Host": host, "Port": port, "AllowTranscoding": False}}
    with orthanc(tmp_path / "orthanc", DicomModalities=known) as running:
        as_listener(alliance, "ORTHANC", running.dicom_port)
        assert ask(running, "/modalities/node/echo", {}) == {}
        query = ask(
            running, "/modalities/node/query", {"Level": "Study", "Query": {"PatientName": "李*", "PatientID": ""}}
        )["ID"]
        found = ask(running, f"/queries/{query}/answers/0/content?simplify")
        assert (found["PatientID"], found["StudyInstanceUID"]) == ("O1", str(series[0].StudyInstanceUID))
        ask(running, f"/queries/{query}/retrieve", {"TargetAet": "ORTHANC", "Synchronous": True})
        assert ask(running, "/statistics")["CountInstances"] == 3
        (study,) = ask(running, "/studies")
        sent = ask(running, "/modalities/node/store", {"Resources": [study], "Synchronous": True})
        assert (sent["InstancesCount"], sent["FailedInstancesCount"]) == (3, 0)
