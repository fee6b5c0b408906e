"""DCMTK's and Orthanc's own clients and servers ask, move and get: what they take home is what was stored."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.uid import JPEGLosslessSV1

from dicom_node import send
from dicom_node.node import Node
from teleconsult import access
from teleconsult.access import SYSTEM
from teleconsult.access.destinations import Destination
from teleconsult.access.destinations import destination as find_destination
from teleconsult.imaging import StudyRow
from teleconsult.kernel.errors import Refused
from teleconsult.reporting.dicom_report import BASIC_TEXT_SR, ReportObject, objects
from teleconsult.reporting.document import AddendumBlock, Examination, Identity, Person, ReportDocument, Seal
from tests import synth
from tests.builders import Alliance
from tests.children import free_port
from tests.node import asking, index
from tests.orthanc import Orthanc, orthanc

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


def destination(alliance: Alliance, ae_title: str) -> Destination:
    with alliance.system.read() as work:
        return find_destination(work, ae_title, alliance.sites["county_a"])


@pytest.mark.needs_orthanc
def test_orthanc_is_asked_moves_to_the_node_and_takes_a_report(alliance: Alliance, node: Node, tmp_path: Path) -> None:
    series = synth.a_ct_series(2, patient_id="O2", patient_name="Wang^Wu=王^五")
    for ds in series:
        synth.write(ds, tmp_path / "files")
    host, port = node.address
    known = {"node": {"AET": "TELECONSULT", "Host": host, "Port": port}}
    with orthanc(tmp_path / "orthanc", DicomModalities=known, DicomAlwaysAllowMove=True) as running:
        as_listener(alliance, "ORTHANC", running.dicom_port)
        there = destination(alliance, "ORTHANC")
        send.echo("TELECONSULT", there)
        for path in (tmp_path / "files").iterdir():
            running.ask("/instances", path.read_bytes())
        wanted = asking.keys("STUDY", PatientID="O2", StudyInstanceUID="")
        (found,) = send.find_at("TELECONSULT", there, wanted)
        assert found.StudyInstanceUID == series[0].StudyInstanceUID
        this = asking.keys("STUDY", StudyInstanceUID=found.StudyInstanceUID)
        assert send.move_from("TELECONSULT", there, this, "TELECONSULT") == 2
        with pytest.raises(Refused, match=r"peer\.refused"):
            send.move_from("TELECONSULT", there, this, "NOBODY")
        made = a_report(str(found.StudyInstanceUID))
        send.store_to("TELECONSULT", there, made)
        send.store_to("TELECONSULT", there, made)
        (study,) = ask(running, "/studies?expand")
        assert len(study["Series"]) == 3
        assert ask(running, "/statistics")["CountInstances"] == 4
    node.settled(asking.peer_of(alliance, "ORTHANC").id)
    assert index.counted(alliance.system) == 2


@pytest.mark.needs_dcmtk
def test_dcmtk_reads_the_text_of_a_report_without_a_complaint(tmp_path: Path) -> None:
    (text,) = (each for each in a_report("1.2.3") if each.sop_class == BASIC_TEXT_SR)
    path = tmp_path / "report.dcm"
    path.write_bytes(text.data_set)
    done = subprocess.run(
        ["dsrdump", "-f", "+U8", "+Pl", str(path)], capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    complaints = [line for line in done.stderr.splitlines() if line.startswith(("W:", "E:"))]
    assert not [line for line in complaints if "VR checker does not support" not in line], complaints
    for said in ("Findings", "双肺纹理清晰", "Impression", "未见异常", "补充报告 1", "测试审核医师", "VERIFIED"):
        assert said in done.stdout


def test_a_peer_that_is_away_or_rejects_is_told_apart(alliance: Alliance, node: Node) -> None:
    as_listener(alliance, "NOT_THERE", free_port())
    with pytest.raises(Refused, match=r"peer\.away"):
        send.echo("TELECONSULT", destination(alliance, "NOT_THERE"))
    as_listener(alliance, "TELECONSULT", node.address[1])
    with pytest.raises(Refused, match=r"peer\.rejected"):
        send.echo("STRANGER", destination(alliance, "TELECONSULT"))


def a_report(study_uid: str) -> tuple[ReportObject, ...]:
    at = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    seal, doctor, reviewer = (
        Seal("Ed25519", "k", "0" * 64),
        Person("测试读片医师", "住院医师"),
        Person("测试审核医师", "副主任医师"),
    )
    document = ReportDocument(
        report_id="r1", hospital="示例市医院", identity=Identity("王五", "男", "45岁", "O2"),
        examination=Examination("示例一县医院", "A0001", "CT", "CHEST", "Chest", study_uid, at, 2),
        findings="双肺纹理清晰。\n心影不大。", impression="未见异常。", advice="", author=doctor, reviewer=reviewer,
        submitted_at=at, signed_at=at, seal=seal, addenda=(AddendumBlock("建议复查。", reviewer, at, seal),),
    )  # fmt: skip
    study = StudyRow(
        study_uid=study_uid, name="Wang^Wu=王^五", patient_number="O2", issuer="a", birth_date="19600301", sex="M", study_number="S1",
        accession="A0001", study_date="20260102", study_time="081500", description="Chest", referring="",
    )  # fmt: skip
    return objects(document, study, synth.a_pdf())
