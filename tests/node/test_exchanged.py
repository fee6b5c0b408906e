"""After a new object was taken in the place of an old one, searches say what retrieval gives; and the same as before when it is taken back."""

from __future__ import annotations

from typing import Any

import pytest

from dicom_node.node import Node
from teleconsult.imaging import identity_cases, identity_decide
from teleconsult.reporting.queries import worklist
from tests import synth
from tests.builders import Alliance
from tests.node import asking
from tests.node.asking import keys
from tests.node.conftest import Browser
from tests.node.test_dicomweb import url
from tests.working import settle_all, work_off

STUDY, SERIES = "00081030", "0008103E"


def said(browser: Browser, where: str, tag: str) -> str:
    (row,) = browser.get(where, "application/dicom+json").json or []
    found: dict[str, Any] = row[tag]
    return str(found["Value"][0])


def exchanged(alliance: Alliance, reason: str, *, again: bool) -> None:
    """The new object of the one conflict is taken in the place of the old one, and the other way round again."""
    system, technician = alliance.system, alliance.people["technician_a"]
    settle_all(system)
    work_off(system)
    with system.read(technician) as work:
        (found,) = identity_cases.conflicts(work, technician)
    made = identity_decide.decide(system.store, system.blobs, technician, found.key, "take_new", reason)
    if again:
        identity_decide.undo(system.store, system.blobs, technician, made.id, "看错了")
    settle_all(system)
    work_off(system)


@pytest.mark.parametrize("again", [False, True], ids=["taken", "taken back"])
def test_a_new_description_is_found_by_qido_and_c_find_as_metadata_says_it(
    alliance: Alliance, node: Node, browser: Browser, again: bool
) -> None:
    ds = synth.ct_slice()
    ds.StudyDescription, ds.SeriesDescription = "CHEST OLD", "AXIAL OLD"
    asking.keep(alliance, ds)
    ds.StudyDescription, ds.SeriesDescription = "CHEST NEW", "AXIAL NEW"
    asking.keep(alliance, ds)
    exchanged(alliance, "设备上更正了描述", again=again)
    word = "OLD" if again else "NEW"
    assert said(browser, url(ds, "/metadata"), STUDY) == f"CHEST {word}"
    assert said(browser, f"/studies?StudyInstanceUID={ds.StudyInstanceUID}", STUDY) == f"CHEST {word}"
    assert said(browser, f"/studies?StudyDescription=CHEST {word}", STUDY) == f"CHEST {word}"
    assert said(browser, f"/studies/{ds.StudyInstanceUID}/series", SERIES) == f"AXIAL {word}"
    asked = keys("STUDY", StudyInstanceUID=ds.StudyInstanceUID, StudyDescription=f"CHEST {word}")
    ((_, answer),), _ = asking.find(node.address, asked)
    assert answer.StudyDescription == f"CHEST {word}"


WHOSE = ("00100010", "00100020", "00100030", "00100040")
JIA, YI = ("Ceshi^Jia=测试^甲", "T1", "19800101", "F"), ("Mou^Yi=某某^乙", "T1", "19710203", "M")


def whose(browser: Browser, where: str) -> tuple[str, ...]:
    (row,) = browser.get(where, "application/dicom+json").json or []
    values = [row[tag]["Value"][0] for tag in WHOSE]
    return tuple(
        "=".join(filter(None, map(each.get, ("Alphabetic", "Ideographic")))) if isinstance(each, dict) else each
        for each in values
    )


@pytest.mark.parametrize("again", [False, True], ids=["taken", "taken back"])
def test_whose_the_study_is_is_answered_alike_by_qido_c_find_metadata_and_the_reading_list(
    alliance: Alliance, node: Node, browser: Browser, again: bool
) -> None:
    ds = synth.ct_slice()
    ds.SpecificCharacterSet = "ISO_IR 192"
    for said_of in (JIA, YI):
        ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = said_of
        asking.keep(alliance, ds)
    exchanged(alliance, "登记时选错了患者", again=again)
    right, wrong = (JIA, YI) if again else (YI, JIA)
    assert whose(browser, url(ds, "/metadata")) == right
    assert whose(browser, f"/studies?StudyInstanceUID={ds.StudyInstanceUID}&includefield=00100030,00100040") == right
    for name, many in ((right[0], 1), (wrong[0], 0)):
        asked = keys("STUDY", PatientName=name.split("=")[1], PatientID="", PatientBirthDate="", PatientSex="")
        asked.SpecificCharacterSet = "ISO_IR 192"
        answers, _ = asking.find(node.address, asked)
        told = [(each.PatientName, each.PatientID, each.PatientBirthDate, each.PatientSex) for _, each in answers]
        assert told == [right] * many
    with alliance.system.read() as work:
        (row,) = worklist(work, alliance.people["reader"]).rows
        assert (row.patient_name, row.sex, row.doubtful) == (right[0].split("=")[1].replace("^", ""), right[3], False)
