"""A consultation of county A with its room open, made through the public doors, and people who sit in it with fake cameras."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserType, expect, sync_playwright
from playwright.sync_api import TimeoutError as TookTooLong

from teleconsult.access import SYSTEM, Grant, Role, Title, add_person
from teleconsult.access.tables import PersonRow, SiteRow
from teleconsult.settings import Settings
from teleconsult.system import build
from tests import synth
from tests.children import wait_for
from tests.journey.desk import FLAGS, WORDS, Desk
from tests.journey.platform import PASSWORD, Platform
from tests.needs import chromium
from tests.peers import sent

FAKE = ("--use-fake-device-for-media-stream=device-count=2", "--use-fake-ui-for-media-stream")
LOOPBACK = "--allow-loopback-in-peer-connection"
EXPERT_NAME, GUEST, GUEST2 = "测试专家", "room_guest", "room_guest_2"
DOCTOR_NAME, GUEST_NAME = "测试县医生甲", "测试县医生丙"
QUESTION = "右上肺结节的性质与处理？"
SUMMARY = "男，56岁，咳嗽伴胸痛两天，无发热。外院抗感染治疗一周未见好转，吸烟三十年。"


@dataclass(frozen=True)
class Place:
    """One room: `expert` hosts it, `doctor_a` has asked; other doctors of county A may knock."""

    room_id: str
    consultation_id: str
    case_id: str
    study_id: str
    patient: str
    path: str
    expert: str


def settle_people(platform: Platform, expert: str) -> None:
    """An expert of the city, whose time nobody else has booked, and two more doctors of county A. Repeats safely."""
    system = build(Settings.from_env({}, home=platform.home))
    try:
        with system.work() as work:
            known = {person.login for person in work.session.query(PersonRow)}
            sites = {site.code: site.id for site in work.session.query(SiteRow)}
            people = (
                (expert, EXPERT_NAME, Title.CHIEF, "city", Role.EXPERT),
                (GUEST, GUEST_NAME, Title.RESIDENT, "county_a", Role.COUNTY_DOCTOR),
                (GUEST2, "测试县医生丁", Title.RESIDENT, "county_a", Role.COUNTY_DOCTOR),
            )
            for login, name, title, site, role in people:
                if login not in known:
                    add_person(work, SYSTEM, login, name, title, sites[site], [Grant(role, sites[site])], PASSWORD)
    finally:
        system.store.engine.dispose()


def a_room(
    platform: Platform,
    patient: str,
    slices: int = 12,
    series: int = 1,
    studies: int = 1,
    ahead: int = 5,
    **options: Any,
) -> Place:
    """From the scanner to a consultation both sides have confirmed, in `ahead` minutes: less than ten, and its room is open now.
    `study_id` is the first of its studies."""
    login = f"expert_{zlib.crc32(patient.encode())}"
    settle_people(platform, login)
    doctor, coordinator, expert = (platform.visitor(one) for one in ("doctor_a", "coordinator", login))
    options |= {"patient_name": patient, "patient_id": patient}
    for _ in range(studies):
        first = synth.a_ct_series(slices, **options)
        more = [synth.a_ct_series(slices, study_uid=first[0].StudyInstanceUID, **options) for _ in range(series - 1)]
        assert set(platform.scanner().send(*(sent(ds) for part in (first, *more) for ds in part))) == {0}
    found: list[dict[str, Any]] = []

    def prepared() -> bool:
        rows = doctor.get(f"/api/studies?q={quote(patient)}")["items"]
        found[:] = [row for row in rows if row["kind"] == "task"]
        return len(found) == studies

    wait_for(prepared, "the studies are prepared", 90)
    study_ids = [row["study_id"] for row in found]
    study_id = study_ids[0]
    case = doctor.post("/api/cases", {"study_ids": study_ids, "title": "右上肺结节", "summary": SUMMARY})
    city = next(site["id"] for site in coordinator.get("/api/admin/sites")["items"] if site["name"] == "示例市医院")
    asked = {
        "case_id": case["id"], "centre_site_id": city, "urgency": "urgent", "mode": "room", "question": QUESTION,
        "summary": SUMMARY, "wanted_specialty": "radiology", "study_ids": study_ids,
    }  # fmt: skip
    key = doctor.post("/api/consultations", asked)["id"]
    doctor.post(f"/api/consultations/{key}/submit")
    coordinator.post(f"/api/consultations/{key}/accept")
    expert.put("/api/experts/me", {"specialty": "radiology", "introduction": "胸部影像", "accepting": True})
    starts = (datetime.now(UTC) + timedelta(minutes=ahead)).isoformat()
    person = expert.get("/api/me")["person"]["id"]
    coordinator.post(f"/api/consultations/{key}/assign", {"expert_id": person, "starts_at": starts, "minutes": 30})
    for one in (doctor, expert):
        one.post(f"/api/consultations/{key}/confirm")
    room_id = doctor.get(f"/api/consultations/{key}")["room_id"]
    return Place(room_id, key, case["id"], study_id, patient, f"/rooms/{room_id}", login)


@contextmanager
def another_browser(kind: BrowserType, *flags: str) -> Iterator[Browser]:
    """Real Chromium whose cameras and microphones are made up (unless `flags` say otherwise); peer connections may use this
    machine's own address."""
    words = [*FLAGS, "--ignore-gpu-blocklist", LOOPBACK, *(flags or FAKE)]
    browser = kind.launch(executable_path=chromium(), args=words)
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def a_browser_with_cameras(*flags: str) -> Iterator[Browser]:
    """The same where no browser runs yet."""
    with sync_playwright() as playwright, another_browser(playwright.chromium, *flags) as browser:
        yield browser


class Seat(Desk):
    """One person in a room."""

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        """To wherever this person's day begins; not everybody who sits in rooms has a desk of their own."""
        self.go("/login")
        self.page.get_by_label(WORDS["login"], exact=True).fill(login)
        self.page.get_by_label(WORDS["password"], exact=True).fill(password)
        self.button(WORDS["go"]).click()
        expect(self.page.get_by_role("banner")).to_be_visible()

    def enter(self, place: Place) -> None:
        """From the link to the seat."""
        self.go(place.path)
        self.page.get_by_test_id("enter").click()
        expect(self.page.get_by_test_id("room")).to_be_visible()

    def media(self, condition: str, timeout: float | None = None) -> None:
        """Wait until this is true of the media facts `m`."""
        options = {} if timeout is None else {"timeout": timeout * 1000}
        try:
            self.page.wait_for_function(f"() => {{ const m = window.__media; return m && ({condition}); }}", **options)
        except TookTooLong as error:
            facts = self.page.evaluate("() => JSON.stringify(window.__media ?? null)")
            raise AssertionError(f"never was {condition}: {facts}"[:2000]) from error

    def live(self, timeout: float | None = None) -> None:
        self.media("m.phase === 'live'", timeout)

    def frames(self) -> int:
        """Pictures of people decoded so far."""
        return int(self.page.evaluate("() => window.__media.frames()"))

    def sees_people(self) -> None:
        """Wait until moving pictures of others come in: more of them now than before."""
        before = self.frames()
        self.page.wait_for_function("(n) => window.__media.frames().then((now) => now > n + 5)", arg=before)

    def shared(self) -> dict[str, Any]:
        """What this screen shows, in the terms in which it is told to others."""
        view: dict[str, Any] = self.fact("shared")
        return view

    def seat(self, name: str) -> Any:
        """Somebody's place in the strip of seats."""
        return self.page.locator(f"[data-person='{name}']")


Sit = Callable[..., Seat]
"""The fixture `sit`: a seat for this login, before a screen of its own."""


def both_in(sit: Sit, place: Place) -> tuple[Seat, Seat]:
    """The expert, who presents because he came first, and the county doctor."""
    expert, doctor = sit(place.expert), sit("doctor_a")
    expert.enter(place)
    expert.shown()
    doctor.enter(place)
    doctor.shown()
    return expert, doctor


def ends_room(host: Seat) -> None:
    """For everybody: the host is asked, and says that it is meant."""
    host.button("成员").click()
    host.button("结束会诊室").click()
    host.page.get_by_role("dialog").get_by_role("button", name="结束会诊室").click()
    expect(host.page.get_by_test_id("door")).to_contain_text("此会诊室已结束")


def follows(one: Seat, other: Seat) -> None:
    """Wait until both show the same slice in the same window at the same place. Both are asked again each time: what was
    told just before a picture is drawn is told anew after it."""
    wait_for(lambda: one.page.evaluate(_SAME, other.shared()), "both show the same", 60)


_SAME = """(wanted) => {
  const now = window.__viewer?.shared;
  const near = (a, b, tolerance) => Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
  return now && now.layout === wanted.layout && wanted.panes.every((pane, at) => {
    const mine = now.panes[at];
    if (!pane?.window || !mine?.window) return !pane && !mine;
    return mine.sop_uid === pane.sop_uid && mine.invert === pane.invert && mine.flip_h === pane.flip_h
      && near(mine.rotation, pane.rotation, 0.01) && near(mine.window.center, pane.window.center, 0.01)
      && near(mine.window.width, pane.window.width, 0.01) && near(mine.pan[0], pane.pan[0], 0.02)
      && near(mine.pan[1], pane.pan[1], 0.02);
  });
}"""
