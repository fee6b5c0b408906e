"""Conflicts and merges through the API, beside a signed report."""

from __future__ import annotations

from collections.abc import Callable

from teleconsult.imaging.tables import PatientRow
from tests import synth
from tests.builders import Alliance
from tests.jobs.test_notices import a_technician_of_county_b
from tests.web.conftest import PASSWORD, Browser
from tests.web.scene import a_signed_study
from tests.working import arrive, settle_all, work_off


def codes(browser: Browser, study: str) -> list[str]:
    found = browser.get(f"/api/studies/{study}").json or {}
    return [problem["code"] for problem in found["quality"]["problems"]]


def test_a_merge_after_signing_leaves_the_report_valid_and_is_said_at_the_study(
    alliance: Alliance, browser: Callable[[str], Browser]
) -> None:
    scene = a_signed_study(alliance)
    arrive(alliance.system, synth.as_bytes(synth.ct_slice(1, patient_id="TEMP1")))
    settle_all(alliance.system)
    technician, reviewer = browser("technician_a"), browser("reviewer")
    before = reviewer.get(f"/api/reports/{scene.report}").json
    found = (technician.get("/api/people/search?q=T").json or {})["items"]
    other = next(each for each in found if each["patient_id"] == "TEMP1")
    own = next(each for each in found if each["patient_id"] != "TEMP1")
    merged = technician.post("/api/people/merge", {"gone": own["id"], "kept": other["id"], "reason": "急诊临时号"})
    assert merged.status_code == 200, merged.text
    assert "identity.merged_into" in codes(reviewer, scene.study)
    assert reviewer.get(f"/api/reports/{scene.report}").json == before
    assert (reviewer.get(f"/api/reports/{scene.report}/verify").json or {})["valid"]
    listed = (technician.get("/api/decisions").json or {})["items"]
    assert [(each["verb"], each["undoable"]) for each in listed] == [("merge", True)]
    undone = technician.post(f"/api/decisions/{(merged.json or {})['id']}/undo", {"reason": "看错了"})
    assert undone.status_code == 200, undone.text
    assert "identity.merged_into" not in codes(reviewer, scene.study)
    with alliance.system.read() as work:
        assert work.get(PatientRow, own["id"]).person_id is None


def test_a_conflict_has_pictures_of_both_sides_and_its_decision_is_undone(
    alliance: Alliance, browser: Callable[[str], Browser]
) -> None:
    scene = a_signed_study(alliance)
    technician = browser("technician_a")
    (found,) = (technician.get("/api/conflicts").json or {})["items"]
    assert (found["reason"], found["signed"], found["known"]["study_id"]) == ("instance.conflict", True, scene.study)
    assert "take_new" not in found["offers"]
    for side in ("claim", "known"):
        picture = technician.get(f"/api/conflicts/objects/{found['pictures'][0]}/picture?side={side}")
        assert (picture.status_code, picture.mimetype) == (200, "image/webp")
    made = technician.post(f"/api/conflicts/{found['key']}/decide", {"verb": "keep_both", "reason": "两幅不同"})
    assert made.status_code == 200, made.text
    assert (technician.get("/api/conflicts").json or {})["items"] == []
    work_off(alliance.system)
    again = technician.post(f"/api/decisions/{(made.json or {})['id']}/undo", {"reason": "看错了"})
    assert again.status_code == 200
    assert len((technician.get("/api/conflicts").json or {})["items"]) == 1


def test_what_holds_no_image_is_said_to_hold_none(alliance: Alliance, browser: Callable[[str], Browser]) -> None:
    first = synth.an_ecg()
    arrive(alliance.system, synth.as_bytes(first))
    settle_all(alliance.system)
    work_off(alliance.system)
    first.ContentTime = "235959"
    arrive(alliance.system, synth.as_bytes(first))
    technician = browser("technician_a")
    (found,) = (technician.get("/api/conflicts").json or {})["items"]
    for side in ("claim", "known"):
        picture = technician.get(f"/api/conflicts/objects/{found['pictures'][0]}/picture?side={side}")
        assert (picture.status_code, (picture.json or {})["code"]) == (404, "picture.no_pixels")


def test_two_hospitals_in_a_conflict_read_neither_each_others_patient_nor_study(
    alliance: Alliance, browser: Callable[[str], Browser]
) -> None:
    series = synth.a_ct_series(2)
    arrive(alliance.system, synth.as_bytes(series[0]))
    series[1].PatientID, series[1].PatientName, series[1].SpecificCharacterSet = "B99", "测试^乙", "ISO_IR 192"
    arrive(alliance.system, synth.as_bytes(series[1]), "SCANNER_B")
    settle_all(alliance.system)
    work_off(alliance.system)
    a_technician_of_county_b(alliance, PASSWORD)
    owner, sender = browser("technician_a"), browser("technician_b")
    own, theirs = (str(each.PatientID) for each in series)
    (here,) = (owner.get("/api/conflicts").json or {})["items"]
    assert here["reason"] == "identity.conflict"  # it is held, so that it may be another patient is known there
    assert (here["claim"]["hidden"], here["claim"]["site"], here["claim"]["modality"]) == (True, "示例二县医院", "CT")
    assert (here["offers"], here["pictures"]) == (["study_stays"], [])
    assert theirs not in str(here)
    (there,) = (sender.get("/api/conflicts").json or {})["items"]
    assert (there["claim"]["hidden"], there["claim"]["patient_id"], there["known"]) == (False, theirs, None)
    assert there["reason"] == "site.conflict"
    picture = f"/api/conflicts/objects/{there['pictures'][0]}/picture?side=claim"
    assert (owner.get(picture).status_code, sender.get(picture).status_code) == (404, 200)
    (apart,) = (sender.get("/api/arrivals").json or {})["items"]
    assert (apart["known"], apart["study_id"], apart["reason"]["code"]) == (None, None, "site.conflict")
    assert own not in sender.get("/api/arrivals").text.replace(str(series[0].StudyInstanceUID), "")
    said = owner.post(f"/api/conflicts/{here['key']}/decide", {"verb": "study_stays", "reason": "本院检查无误"})
    assert (said.status_code, (said.json or {})["site"], (said.json or {})["verb"]) == (
        200, "示例一县医院", "study_stays",
    )  # fmt: skip
    (there,) = (sender.get("/api/conflicts").json or {})["items"]
    assert (there["stays"]["site"], there["stays"]["by"]) == ("示例一县医院", "测试技师甲")
    done = sender.post(f"/api/conflicts/{there['key']}/decide", {"verb": "keep_old", "reason": "设备上选错了检查"})
    assert (done.status_code, (done.json or {})["site"]) == (200, "示例二县医院")
    (decided,) = (sender.get("/api/decisions").json or {})["items"]
    assert (decided["verb"], decided["study_id"], decided["patient"]) == ("leave_apart", None, None)
    assert [each["verb"] for each in (owner.get("/api/decisions").json or {})["items"]] == [
        "leave_apart",
        "study_stays",
    ]
