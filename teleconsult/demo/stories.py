"""What a visitor finds beside the worklist: ordered examinations, a consultation and an MDT meeting whose rooms are open, and a referral that waits.

All of it is done through the JSON API, as the made-up people of the cast would do it in their browsers. Repeats safely: each start of
the demonstration goes on with the cases that are there, and makes new appointments when the last ones are over.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from teleconsult.demo import cast, ordering
from teleconsult.demo.browser import Browser, Door, Unexpected
from teleconsult.kernel.clock import SystemClock

PATIENCE = 240.0
QUESTION = "右肺上叶结节，良恶性如何判断？是否需要进一步处理？"
SUMMARY = "体检发现右肺结节一周，无咳嗽、咯血、发热。既往吸烟 20 年。肿瘤标志物正常。"
BOARD = "示例胸部肿瘤 MDT"
_LEFT = timedelta(minutes=15)
"""What must be left of an appointment for its room to be worth a visit."""
_OVER = ("signed", "closed", "cancelled", "rejected", "expired")

T = TypeVar("T")


class Stories:
    """The cast at work. `say` is told where the rooms are."""

    def __init__(self, door: Door, say: Callable[[str], None], ended: Callable[[float], bool]) -> None:
        self.door, self.say, self.ended = door, say, ended
        self._known: dict[str, Browser] = {}
        self._ids: dict[str, str] = {}

    def tell(self) -> None:
        """Everything, as soon as the counties' studies are there. Ends early when the demonstration does."""
        ordering.place(self.user(ordering.WHO))
        self._experts()
        case = self._case("county1", "右肺结节待查", "CT")
        if case is not None:
            consultation = self._consultation(case)
            meeting = self._meeting(case)
            self.say(self._links(consultation["room_id"], meeting["room_id"]))
        other = self._case("county2", "胸痛待查") if case is not None else None
        if other is not None:
            self._referral(other)

    def user(self, login: str) -> Browser:
        """The browser of this person of the cast, signed in once."""
        if login not in self._known:
            self._known[login] = Browser(*self.door)
            self._ids[login] = self._known[login].login(login, cast.PASSWORD)["person"]["id"]
        return self._known[login]

    def person(self, login: str) -> str:
        self.user(login)
        return self._ids[login]

    def _experts(self) -> None:
        for person in cast.PEOPLE:
            if person.specialty:
                words = {"specialty": person.specialty, "introduction": person.says, "accepting": True}
                self.user(person.login).put("/api/experts/me", words)

    def _case(self, login: str, title: str, modality: str = "") -> dict[str, Any] | None:
        """The doctor's case, opened about a study of the hospital that is prepared; None when the demonstration ended."""
        doctor = self.user(login)
        found = doctor.get("/api/cases?state=open&mine=true").json["items"]
        if found:
            return dict(found[-1])
        study = self._waited(lambda: _prepared(doctor, modality))
        if study is None:
            return None
        body = {"study_ids": [study["study_id"]], "title": title, "summary": SUMMARY, "severity": "moderate"}
        return dict(doctor.post("/api/cases", body))

    def _consultation(self, case: dict[str, Any]) -> dict[str, Any]:
        """One whose room is open: asked, accepted, given to an expert, confirmed by both."""
        county, centre, expert = self.user("county1"), self.user("coord1"), self.user("expert1")
        path = "/api/consultations"
        for line in county.get(f"{path}?case={case['id']}").json["items"]:
            if still_worth_a_visit(line):
                return dict(line)
        study_ids = [one["id"] for one in county.get(f"/api/cases/{case['id']}").json["studies"]]
        made = county.post(path, {"case_id": case["id"], "centre_site_id": self._site("CITY"), "study_ids": study_ids})
        path = f"{path}/{made['id']}"
        words = {"question": QUESTION, "summary": SUMMARY, "wanted_specialty": "respiratory", "mode": "room"}
        saved = county.put(path, {**words, "version": made["version"]})
        county.post(f"{path}/submit", {"version": saved["version"]})
        centre.post(f"{path}/accept")
        starts = (SystemClock().now() + timedelta(minutes=5)).isoformat()
        centre.post(f"{path}/assign", {"expert_id": self.person("expert1"), "starts_at": starts, "minutes": 60})
        county.post(f"{path}/confirm")
        return dict(expert.post(f"{path}/confirm"))

    def _meeting(self, case: dict[str, Any]) -> dict[str, Any]:
        """One that is live, with the case on its agenda."""
        chair, centre, county = self.user("expert2"), self.user("coord1"), self.user("county1")
        self._board()
        for line in chair.get("/api/meetings?state=live&mine=true").json["items"]:
            shown = chair.get(f"/api/meetings/{line['id']}").json
            if shown["room_id"]:
                return dict(shown)
        starts = (SystemClock().now() + timedelta(minutes=2)).isoformat()
        panel = {**self._panel(), "site_id": self._site("CITY"), "title": BOARD, "starts_at": starts, "minutes": 90}
        made = centre.post("/api/meetings", panel)
        path = f"/api/meetings/{made['id']}"
        body = {"case_id": case["id"], "question": "是否手术切除，还是随访？", "urgent": True}
        item = county.post(f"{path}/items", body)
        chair.post(f"{path}/items/{item['id']}/accept", {"minutes": 15})
        return dict(chair.post(f"{path}/start"))

    def _board(self) -> None:
        centre = self.user("coord1")
        if all(board["name"] != BOARD for board in centre.get("/api/boards").json["items"]):
            cadence = {"every": "weekly", "weekday": 2, "at": "15:00"}
            body = {**self._panel(), "site_id": self._site("CITY"), "name": BOARD, "cadence": cadence, "minutes": 90}
            centre.post("/api/boards", body)

    def _panel(self) -> dict[str, Any]:
        members = {
            "reviewer1": "radiology",
            "expert1": "respiratory",
            "expert2": "thoracic_surgery",
            "expert3": "oncology",
        }
        return {
            "specialties": ["radiology", "respiratory", "thoracic_surgery", "oncology"],
            "quorum": {"must": ["radiology"], "least": 3},
            "members": [{"person_id": self.person(login), "specialty": name} for login, name in members.items()],
            "chair_id": self.person("expert2"),
        }

    def _referral(self, case: dict[str, Any]) -> None:
        """An urgent one that waits for the city's answer."""
        county = self.user("county2")
        if county.get(f"/api/referrals?case={case['id']}").json["items"]:
            return
        made = county.post("/api/referrals", {"from_kind": "case", "from_id": case["id"], "direction": "up"})
        words = {
            "to_site_id": self._site("CITY"), "priority": "urgent", "disease": "chest_pain", "ticked": ["troponin", "recurrent"],
            "reason": "胸痛反复，县里不能行冠脉造影。", "summary": SUMMARY, "wanted_department": "心血管内科", "consent": "oral",
            "contact_name": "测试县医二", "contact_phone": "000-0000002",
        }  # fmt: skip
        saved = county.put(f"/api/referrals/{made['id']}", {**words, "version": made["version"]})
        county.post(f"/api/referrals/{made['id']}/submit", {"version": saved["version"]})

    def _site(self, code: str) -> str:
        if code not in self._ids:
            name = cast.site(code).name
            sites = self.user("admin1").get("/api/admin/sites").json["items"]
            self._ids[code] = next(site["id"] for site in sites if site["name"] == name)
        return self._ids[code]

    def _waited(self, find: Callable[[], T | None]) -> T | None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = find()
            if found is not None or self.ended(0.5):
                return found
        return None

    def _links(self, consultation: str, meeting: str) -> str:
        return f"""
  Rooms that are open now, for two browser windows with a login each (a private window for the second):
    consultation  {self.door.url}/rooms/{consultation}  county1, expert1, coord1
    MDT meeting   {self.door.url}/rooms/{meeting}  expert2, reviewer1, expert1, expert3, county1
"""


def still_worth_a_visit(line: dict[str, Any]) -> bool:
    """Whether a consultation's room is open for a while. After a night the relay has perhaps not yet written down that nobody came."""
    if not line["room_id"] or line["state"] in _OVER or line["no_show"] or line["starts_at"] is None:
        return False
    end = datetime.fromisoformat(line["starts_at"]) + timedelta(minutes=line["minutes"] or 0)
    return end > SystemClock().now() + _LEFT


def _prepared(doctor: Browser, modality: str = "") -> dict[str, Any] | None:
    """The hospital's first prepared study, of this modality if one is named."""
    rows = doctor.get("/api/studies?sort=arrived&order=asc&limit=50").json["items"]
    ready = [row for row in rows if row["kind"] == "task"]
    return next((row for row in ready if not modality or modality in row["modalities"]), None)


def in_background(door: Door, say: Callable[[str], None], ended: Callable[[float], bool]) -> None:
    """Tell the stories; a step that does not hold is said and ends them, never the demonstration."""
    try:
        Stories(door, say, ended).tell()
    except (Unexpected, OSError, KeyError, ValueError) as reason:
        if not ended(0):
            say(f"demo: the cases could not all be prepared: {reason}")
