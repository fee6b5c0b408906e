"""The main job through the public doors, a step at a time, so that a test can break something between any two."""

from __future__ import annotations

from typing import Any

from tests import synth
from tests.children import wait_for
from tests.journey.platform import PASSWORD, Platform, Visitor
from tests.peers import sent

SECTIONS = {"findings": "双肺纹理清晰，未见实变。", "impression": "胸部CT平扫未见明显异常。", "advice": "随访。"}
STEPS = ("arrive", "queue", "claim", "write", "submit", "review", "sign", "print", "reach")


class Walk:
    """One study of county A from the scanner to the county doctor. Every step may be carried out again."""

    def __init__(self, platform: Platform, patient_id: str, slices: int = 3) -> None:
        self.platform = platform
        self.patient_id = patient_id
        self.objects = synth.a_ct_series(slices=slices, patient_id=patient_id)
        self.study_uid = str(self.objects[0].StudyInstanceUID)
        self.row: dict[str, Any] = {}
        self.report: dict[str, Any] = {}
        self.known: dict[str, Visitor] = {}

    def user(self, login: str) -> Visitor:
        if login not in self.known:
            self.known[login] = self.platform.visitor(login)
        return self.known[login]

    def arrive(self) -> None:
        statuses = self.platform.scanner().send(*map(sent, self.objects))
        assert statuses == [0] * len(self.objects)

    def queue(self) -> None:
        wait_for(self._queued, "the task is on the worklist", 60)

    def claim(self) -> None:
        self.user("reader").post(f"/api/tasks/{self.row['task_id']}/claim")

    def write(self) -> None:
        reader = self.user("reader")
        self.report = reader.post(f"/api/tasks/{self.row['task_id']}/report")
        reader.put(f"/api/reports/{self.report['id']}", {**SECTIONS, "version": self.report["version"]})

    def submit(self) -> None:
        self.user("reader").post(f"/api/reports/{self.report['id']}/submit")

    def review(self) -> None:
        self.report = self.user("reviewer").post(f"/api/reports/{self.report['id']}/take_review")

    def sign(self) -> None:
        seen = {"version": self.report["version"], "images": len(self.objects)}
        self.user("reviewer").post(f"/api/reports/{self.report['id']}/sign", {"password": PASSWORD, **seen})

    def print(self) -> None:
        wait_for(lambda: self.user("doctor_a").get(f"/api/reports/{self.report['id']}")["pdf_ready"], "the PDF", 60)

    def reach(self) -> None:
        """The county doctor is told, reads the report and has the paper; the signature holds."""
        doctor = self.user("doctor_a")
        wait_for(self._told, "the county doctor is told", 60)
        assert doctor.get(f"/api/reports/{self.report['id']}/pdf").startswith(b"%PDF-")
        assert doctor.get(f"/api/reports/{self.report['id']}/verify")["valid"] is True

    def _queued(self) -> bool:
        found = [row for row in self.user("reader").rows("limit=200") if row["study_uid"] == self.study_uid]
        self.row = next((row for row in found if row["kind"] == "task"), {})
        return bool(self.row)

    def _told(self) -> bool:
        notices = self.user("doctor_a").get("/api/notices")["items"]
        return any(n["study_id"] == self.row["study_id"] and n["code"] == "report.ready" for n in notices)
