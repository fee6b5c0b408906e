"""A stranger opens the link of a room, a consultation or a case: refused, and in the auditor's search by their name."""

from __future__ import annotations

from pathlib import Path

from tests.web.consulting import a_clinic


def test_who_only_looks_is_found_by_name_in_the_journal(tmp_path: Path) -> None:
    with a_clinic(tmp_path / "home") as clinic:
        key, room = clinic.session("expert", "doctor_a")
        stranger = clinic.browser("doctor_b")
        pages = {
            "RoomRefused": f"/api/rooms/{room}",
            "ConsultationRefused": f"/api/consultations/{key}",
            "CaseRefused": f"/api/cases/{clinic.desk.case_id}",
        }
        for _ in range(2):
            for path in pages.values():
                assert stranger.get(path).status_code == 404, path
        audited = clinic.browser("auditor").get("/api/audit/facts?actor=测试县医生乙").json or {}
        refused = [one for one in audited["items"] if one["name"] in pages]
        assert sorted(one["name"] for one in refused) == sorted(pages)
        assert {one["site"] for one in refused} == {"示例二县医院"}


def test_who_may_see_leaves_no_refusal_behind(tmp_path: Path) -> None:
    with a_clinic(tmp_path / "home") as clinic:
        key, room = clinic.session("expert", "doctor_a")
        for path in (f"/api/rooms/{room}", f"/api/consultations/{key}", f"/api/cases/{clinic.desk.case_id}"):
            assert clinic.browser("doctor_a").get(path).status_code == 200, path
        audited = clinic.browser("auditor").get("/api/audit/facts").json or {}
        assert not [one for one in audited["items"] if one["name"].endswith("Refused")]
