"""The main job, once, through the public doors: C-STORE in, worklist, images, report, two signatures, PDF at the county, and a
consultation about it whose two seats meet in a room.

Nothing here reaches behind the doors: DICOM by pynetdicom, everything else by HTTP as a browser would.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset, dcmread, dcmwrite

from teleconsult.demo import asking, cast, senders, studies
from teleconsult.demo.browser import Browser, Door, Unexpected
from teleconsult.demo.identity import Visit, stamp
from teleconsult.demo.phantoms import objects
from teleconsult.demo.phantoms.chest import Extent
from teleconsult.demo.timeline import Broken, Timeline, expect, waited
from teleconsult.kernel.clock import SystemClock
from teleconsult.kernel.values import new_id

FINDINGS = "右肺上叶见一枚实性结节，直径约 8 mm，边界清楚，轻度分叶。余肺野清晰。"
IMPRESSION = "右肺上叶实性结节，建议随访。"
ADVICE = "三个月后复查胸部 CT 平扫。"
SMALL = Extent(shape=(24, 256, 256), step=(12.0, 1.48, 1.48))


def a_study(folder: Path, kept: Path) -> list[Path]:
    """A fresh small chest CT of a made-up patient, as COUNTY1 would send it."""
    key = f"once-{new_id()}"
    visit = Visit(key, cast.PATIENTS["甲"], cast.site("COUNTY1"), "胸部 CT 平扫", SystemClock().now(), "URGENT")
    target = folder / key
    target.mkdir(parents=True)
    for ds in stamp(objects.chest_ct(kept, SMALL), visit):
        dcmwrite(target / f"{int(ds.InstanceNumber):04}.dcm", ds, enforce_file_format=True)
    return sorted(target.glob("*.dcm"))


class Walk:
    """One study from the county's scanner to the report on the county doctor's screen."""

    def __init__(self, door: Door, node: senders.Node, files: Sequence[Path], say: Callable[[str], None]) -> None:
        self.door, self.node, self.files, self.line = door, node, files, Timeline(say)
        self.study_uid = str(dcmread(files[0], stop_before_pixels=True).StudyInstanceUID)
        self.row: dict[str, Any] = {}
        self.report: dict[str, Any] = {}
        self.known: dict[str, Browser] = {}

    def run(self) -> None:
        """Every step in order. Raises at the first that does not hold."""
        self.arrive()
        self.read_images()
        self.write_report()
        self.review_and_sign()
        self.back_to_the_county()
        self.closed_to_others()
        asking.Asking(self.user, self.line, self.row["study_id"], self.door).run()
        self.recorded()

    def user(self, login: str) -> Browser:
        """The browser of this user, signed in once."""
        if login not in self.known:
            self.known[login] = Browser(*self.door)
            self.known[login].login(login, cast.PASSWORD)
        return self.known[login]

    def arrive(self) -> None:
        """C-STORE, and the task that follows it."""
        reader = self.user("reader1")
        with self.line.step(f"county 1 sends {len(self.files)} objects by C-STORE"):
            tally = senders.send(self.files, "COUNTY1", self.node)
            expect(tally.stored == len(self.files), f"{tally.stored} of {len(self.files)} stored, {tally.refused}")
        with self.line.step("the study settles, is prepared, and its task is on the worklist"):
            self.row = waited(lambda: self._task_of(reader), "a task on the worklist")
            expect(self.row["instance_count"] == len(self.files), f"{self.row['instance_count']} objects counted")
        with self.line.step("the radiologist claims it"):
            claimed = reader.post(f"/api/tasks/{self.row['task_id']}/claim")
            expect(claimed["state"] == "claimed", f"the task is {claimed['state']}")
        with self.line.step("a second claim is refused with the reader's name"):
            refused = self.user("reader2").ask("POST", f"/api/tasks/{self.row['task_id']}/claim", {})
            expect(refused.status == 409, f"the second claim got {refused.status}")

    def _task_of(self, reader: Browser) -> dict[str, Any] | None:
        rows = reader.get("/api/worklist?sort=arrived&order=desc&limit=200").json["items"]
        return next((row for row in rows if row["study_uid"] == self.study_uid and row["kind"] == "task"), None)

    def read_images(self) -> None:
        """Manifest, metadata and pixels by DICOMweb."""
        reader, base = self.user("reader1"), f"/dicom-web/studies/{self.study_uid}"
        with self.line.step("manifest and previews"):
            manifest = reader.get(f"/api/studies/{self.row['study_id']}/manifest").json
            expect(manifest["study_uid"] == self.study_uid, "the manifest is of another study")
            frames = sum(series["frames_total"] for series in manifest["series"])
            expect(frames >= 1, "the manifest has no frames")
            expect(reader.get(f"/api/studies/{self.row['study_id']}/preview").body, "the preview is empty")
        with self.line.step("QIDO-RS and WADO-RS metadata"):
            found = reader.get(f"/dicom-web/studies?StudyInstanceUID={self.study_uid}", "application/dicom+json").json
            expect(len(found) == 1, f"QIDO-RS finds {len(found)} studies")
            metadata = reader.get(f"{base}/metadata", "application/dicom+json").json
            expect(len(metadata) == len(self.files), f"metadata of {len(metadata)} objects")
        with self.line.step("every frame; its pixels are those that were sent"):
            for path in self.files:
                self._same_pixels(reader, base, dcmread(path))

    def _same_pixels(self, reader: Browser, base: str, ds: Dataset) -> None:
        if "PixelData" not in ds:
            return
        place = f"{base}/series/{ds.SeriesInstanceUID}/instances/{ds.SOPInstanceUID}/frames/1"
        accept = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
        sent = reader.get(place, accept).first_part()
        if ds.file_meta.TransferSyntaxUID.is_compressed:
            expect(sent, "an empty frame")
            return
        kind = np.dtype("<u2" if ds.BitsAllocated == 16 else "u1")
        count = int(ds.Rows) * int(ds.Columns) * int(ds.SamplesPerPixel)
        wanted = np.frombuffer(ds.PixelData, kind, count=count)
        got = np.frombuffer(sent[: count * kind.itemsize], kind)
        expect(np.array_equal(wanted, got), f"pixels of {ds.SOPInstanceUID} differ")

    def write_report(self) -> None:
        """Draft, autosave, submit."""
        reader = self.user("reader1")
        with self.line.step("a draft report, saved twice"):
            self.report = reader.post(f"/api/tasks/{self.row['task_id']}/report")
            place = f"/api/reports/{self.report['id']}"
            version = reader.put(place, {"findings": FINDINGS, "version": self.report["version"]})["version"]
            texts = {"findings": FINDINGS, "impression": IMPRESSION, "advice": ADVICE}
            version = reader.put(place, {**texts, "version": version})["version"]
        with self.line.step("an older copy is refused, nothing is overwritten"):
            stale = reader.ask("PUT", place, {"findings": "x", "version": self.report["version"]})
            expect(stale.status == 409 and version != self.report["version"], f"the older copy got {stale.status}")
        with self.line.step("the author submits"):
            submitted = reader.post(f"{place}/submit", {"version": version})
            expect(submitted["state"] == "submitted", f"the report is {submitted['state']}")

    def review_and_sign(self) -> None:
        """A second radiologist, with the password again."""
        place = f"/api/reports/{self.report['id']}"
        with self.line.step("the author may not sign"):
            seen = {"version": 1, "images": len(self.files)}
            own = self.user("reader1").ask("POST", f"{place}/sign", {"password": cast.PASSWORD, **seen})
            expect(own.status in (403, 409), f"the author's signature got {own.status}")
        reviewer = self.user("reviewer1")
        with self.line.step("the reviewer takes it and signs with the password"):
            seen["version"] = reviewer.post(f"{place}/take_review")["version"]
            wrong = reviewer.ask("POST", f"{place}/sign", {"password": "not-the-password-1", **seen})
            expect(wrong.status == 403, f"a wrong password got {wrong.status}")
            signed = reviewer.post(f"{place}/sign", {"password": cast.PASSWORD, **seen})
            expect(signed["state"] == "signed" and signed["signature"], f"the report is {signed['state']}")

    def back_to_the_county(self) -> None:
        """Notice, report and paper for the doctor who asked."""
        county, place = self.user("county1"), f"/api/reports/{self.report['id']}"
        with self.line.step("the county doctor is notified"):
            waited(lambda: self._noticed(county), "a notice for the county doctor")
        with self.line.step("the county doctor reads the report and sees the study"):
            shown = county.get(place).json
            expect(shown["findings"] == FINDINGS and shown["impression"] == IMPRESSION, "another text")
            county.get(f"/api/studies/{self.row['study_id']}/manifest")
        with self.line.step("the county doctor downloads the PDF"):
            pdf = waited(lambda: _paper(county, place), "the PDF")
            expect(pdf.startswith(b"%PDF"), "no PDF")
            _check_text(pdf)
        with self.line.step("the signature verifies"):
            expect(self.user("reviewer1").get(f"{place}/verify").json["valid"], "the signature does not hold")

    def _noticed(self, county: Browser) -> bool | None:
        items = county.get("/api/notices").json["items"]
        return any(item["study_id"] == self.row["study_id"] for item in items) or None

    def closed_to_others(self) -> None:
        """A user of another site, and somebody without a session."""
        study, report = f"/api/studies/{self.row['study_id']}", f"/api/reports/{self.report['id']}"
        web = f"/dicom-web/studies/{self.study_uid}"
        with self.line.step("the township user sees nothing of it"):
            township = self.user("township1")
            for path in (study, f"{study}/manifest", f"{study}/preview", f"{web}/metadata", report, f"{report}/pdf"):
                got = township.ask("GET", path, accept="*/*")
                expect(got.status == 404, f"{path} got {got.status}")
            for path in ("/api/worklist", "/api/studies"):
                rows = township.get(path).json["items"]
                expect(all(row["study_uid"] != self.study_uid for row in rows), f"{path} lists it")
        with self.line.step("without a session nothing is answered"):
            for path in (study, f"{web}/metadata", f"{report}/pdf"):
                expect(Browser(*self.door).ask("GET", path).status == 401, f"{path} answers strangers")

    def recorded(self) -> None:
        """The timeline and the audit chain."""
        with self.line.step("the timeline holds every fact"):
            path = f"/api/studies/{self.row['study_id']}/timeline"
            names = {item["name"] for item in self.user("reviewer1").get(path).json["items"]}
            wanted = {"StudySettled", "StudyPrepared", "TaskOpened", "TaskClaimed", "ReportSubmitted", "ReportSigned"}
            expect(wanted <= names, f"missing: {', '.join(sorted(wanted - names))}")
        with self.line.step("the audit chain holds"):
            verdict = self.user("audit1").get("/api/audit/verify").json
            expect(verdict["holds"] and verdict["facts"] > 0, f"{verdict['findings']}")


def _paper(county: Browser, report: str) -> bytes | None:
    answer = county.ask("GET", f"{report}/pdf", accept="application/pdf")
    return answer.body if answer.status == 200 else None


def _check_text(pdf: bytes) -> None:
    """Where pypdf is installed: the report's text can be read back."""
    if importlib.util.find_spec("pypdf") is None:
        return
    pages = importlib.import_module("pypdf").PdfReader(io.BytesIO(pdf)).pages
    text = "".join("".join(page.extract_text().split()) for page in pages)
    for wanted in (IMPRESSION, cast.PATIENTS["甲"].name):
        expect("".join(wanted.split()) in text, f"the PDF does not say {wanted}")


def carry_out(
    door: Door, node: senders.Node, home: Path, data: Path | None, say: Callable[[str], None] = print
) -> bool:
    """The whole walk with a fresh study, or with the first one of `data`. True when every step held."""
    files = studies.of_folder(data)[0][1] if data else a_study(home / "once", home / "phantoms")
    try:
        walk = Walk(door, node, files, say)
        walk.run()
    except (Broken, Unexpected, senders.Unreachable, OSError, KeyError, ValueError) as reason:
        say(f"The main job did not hold: {type(reason).__name__}: {reason}")
        return False
    total = sum(seconds for _, seconds in walk.line.steps)
    say(f"The main job held: {len(walk.line.steps)} steps in {total:.1f} s")
    return True
