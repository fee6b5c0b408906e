"""One person, and their objects filed into the study: whoever asks by either number is told the other one, so that the answer fits the question."""

from __future__ import annotations

import pytest
from pydicom import Dataset

from dicom_node.node import Node
from teleconsult.imaging import identity_cases, identity_decide
from tests import synth
from tests.builders import Alliance
from tests.node import asking
from tests.node.asking import PATIENT_FIND, keys
from tests.node.conftest import Browser
from tests.working import settle_all, work_off


def filed(alliance: Alliance) -> Dataset:
    """A study under P1, into which an object that called the patient P2 was filed: 同一患者，归入检查."""
    first, second = synth.a_ct_series(2)
    first.PatientID, second.PatientID = "P1", "P2"
    asking.keep(alliance, first, second)
    system, technician = alliance.system, alliance.people["technician_a"]
    settle_all(system)
    work_off(system)
    with system.read(technician) as work:
        (found,) = identity_cases.conflicts(work, technician)
    identity_decide.decide(system.store, system.blobs, technician, found.key, "same_patient", "核对过身份证")
    return first


@pytest.mark.parametrize("number", ["P1", "P2"])
@pytest.mark.parametrize("level", ["PATIENT", "STUDY"])
def test_a_number_whose_objects_were_filed_into_the_study_is_its_patient_s_other_number(
    alliance: Alliance, node: Node, browser: Browser, level: str, number: str
) -> None:
    filed(alliance)
    asked = keys(level, PatientID=number, OtherPatientIDsSequence=[])
    model = {"model": PATIENT_FIND} if level == "PATIENT" else {}
    ((_, answer),), _ = asking.find(node.address, asked, **model)
    told = {answer.PatientID, *(each.PatientID for each in answer.OtherPatientIDsSequence)}
    assert told == {"P1", "P2"}
    (row,) = browser.get(f"/studies?PatientID={number}&includefield=OtherPatientIDsSequence").json or []
    assert (row["00100020"]["Value"], row["00101002"]["Value"][0]["00100020"]["Value"]) == (["P1"], ["P2"])
