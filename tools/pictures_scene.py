"""Brings a running demonstration into a state worth a photograph, by the public doors."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from teleconsult.demo import cast
from teleconsult.demo.browser import Browser as Client

PATIENCE_SECONDS = 240
TEXTS = {
    "CT": ("右肺上叶见一枚实性结节，大小约 8 mm × 7 mm，边界清楚，轻度分叶。余肺野清晰，气管支气管通畅。纵隔未见肿大淋巴结。双侧胸腔未见积液。", "右肺上叶实性结节，建议随访。", "3 个月后复查胸部 CT 平扫。"),
    "MR": ("双侧大脑半球对称，灰白质分界清楚，脑实质未见异常信号。脑室、脑池未见扩大，中线结构居中。", "头颅 MR 平扫未见明确异常。", ""),
    "MG": ("双乳腺体呈不均匀致密型。双乳未见明确肿块、异常钙化及结构扭曲。皮肤、乳头未见异常，双侧腋前区未见肿大淋巴结。", "双乳未见恶性征象，BI-RADS 1 类。", "每年常规筛查。"),
    "US": ("各房室腔大小正常，室间隔及左室壁厚度正常，运动协调。各瓣膜形态、启闭正常。", "静息状态下心内结构未见明显异常。", ""),
}  # fmt: skip
PLAIN_FILM = (
    "双肺野清晰，纹理走行自然，未见实变影。心影大小形态正常，双侧膈面光整，肋膈角锐利。",
    "心肺膈未见明确异常。",
    "",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A state to be shown: how its row is known, what it should be a picture of (best first), how it is brought about."""

    known: Callable[[dict[str, Any]], bool]
    modalities: tuple[str, ...]
    bring: Callable[[Desk, dict[str, Any]], object]
    of_the_county: bool = False


class Desk:
    """The two people of the reading site, and what they do to a study."""

    def __init__(self, url: str) -> None:
        self.reader, self.reviewer = client(url, "reader1"), client(url, "reviewer1")

    def written(self, row: dict[str, Any]) -> str:
        """Claimed and its report written; the report's id."""
        self.reader.post(f"/api/tasks/{row['task_id']}/claim")
        report = self.reader.post(f"/api/tasks/{row['task_id']}/report")
        findings, impression, advice = TEXTS.get(row["modalities"][0], PLAIN_FILM)
        texts = {"findings": findings, "impression": impression, "advice": advice}
        self.reader.put(f"/api/reports/{report['id']}", {**texts, "version": report["version"]})
        return str(report["id"])

    def submitted(self, row: dict[str, Any]) -> str:
        report = self.written(row)
        self.reader.post(f"/api/reports/{report}/submit")
        return report

    def taken(self, row: dict[str, Any]) -> tuple[str, int]:
        report = self.submitted(row)
        return report, int(self.reviewer.post(f"/api/reports/{report}/take_review")["version"])

    def given_back(self, row: dict[str, Any]) -> None:
        report, _ = self.taken(row)
        self.reviewer.post(f"/api/reports/{report}/give_back", {"reason": "请补充病灶位置与大小。"})

    def signed(self, row: dict[str, Any]) -> str:
        report, version = self.taken(row)
        seen = {"version": version, "images": row["instance_count"]}
        self.reviewer.post(f"/api/reports/{report}/sign", {"password": cast.PASSWORD, **seen})
        return report

    def addended(self, row: dict[str, Any]) -> None:
        words = {"text": "补充：与外院旧片比较，未见明显变化。", "password": cast.PASSWORD}
        self.reviewer.post(f"/api/reports/{self.signed(row)}/addenda", words)

    def sent_back(self, row: dict[str, Any]) -> None:
        self.reader.post(f"/api/tasks/{row['task_id']}/claim")
        words = {"reason": "images_unfit", "text": "请补摄右乳内外斜位，乳头未在切线位。"}
        self.reader.post(f"/api/tasks/{row['task_id']}/return", words)


def _is(state: str, report: str | None = None) -> Callable[[dict[str, Any]], bool]:
    return lambda row: row["state"] == state and (report is None or row["report_state"] == report)


# What is shown, the scarcest pictures first.
_WANTED: dict[str, Wanted] = {
    "signed": Wanted(_is("verified", "signed"), ("DX", "CR"), Desk.signed, of_the_county=True),
    "addended": Wanted(_is("verified", "addended"), ("CR", "DX"), Desk.addended, of_the_county=True),
    "returned": Wanted(_is("returned"), ("MG",), Desk.sent_back, of_the_county=True),
    "review": Wanted(_is("reported", "submitted"), ("MR",), Desk.submitted),
    "in-review": Wanted(_is("reported", "in_review"), ("US", "MG"), Desk.taken),
    "reading": Wanted(_is("claimed", "draft"), ("CT",), Desk.written),
    "given-back": Wanted(_is("claimed", "draft"), ("MG", "US"), Desk.given_back),
}  # fmt: skip


def client(url: str, login: str) -> Client:
    """Somebody who is signed in."""
    browser = Client(url)
    browser.login(login, cast.PASSWORD)
    return browser


def rows_of(browser: Client) -> list[dict[str, Any]]:
    """Every study with a task that this person may see, in whatever state."""
    found: list[dict[str, Any]] = browser.get("/api/studies?limit=200&sort=arrived").json["items"]
    return [row for row in found if row["kind"] == "task"]


def set_scene(url: str) -> dict[str, str]:
    """Study ids by what they show: signed, addended, returned, review, in-review, reading, given-back."""
    desk = Desk(url)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _all_arrived(rows_of(desk.reader)) and time.monotonic() < deadline:
        time.sleep(2)
    found: dict[str, str] = {}
    for name, wanted in _WANTED.items():
        there = [row for row in rows_of(desk.reader) if wanted.known(row) and row["study_id"] not in found.values()]
        fit = [row for row in there if row["modalities"][0] in wanted.modalities and _fits(row, wanted)]
        found[name] = str(fit[0]["study_id"]) if fit else _brought(wanted, desk)
    return found


def _all_arrived(rows: list[dict[str, Any]]) -> bool:
    return {"CT", "MR", "DX", "MG", "US", "SR"} <= {row["modalities"][0] for row in rows}


def _fits(row: dict[str, Any], wanted: Wanted) -> bool:
    return not wanted.of_the_county or bool(row["site"]["name"] == cast.site("COUNTY1").name)


def _brought(wanted: Wanted, desk: Desk) -> str:
    free = [row for row in rows_of(desk.reader) if row["state"] == "queued" and _fits(row, wanted)]
    if not free:
        return ""
    best = wanted.modalities
    free.sort(key=lambda row: best.index(m) if (m := row["modalities"][0]) in best else len(best))
    wanted.bring(desk, free[0])
    return str(free[0]["study_id"])
