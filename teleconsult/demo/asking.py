"""A consultation, once, through the public doors: asked, completed, timed, held in a room with two seats, signed, adopted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from teleconsult.demo import cast, seats
from teleconsult.demo.browser import Browser, Door
from teleconsult.demo.timeline import Broken, Timeline, expect
from teleconsult.kernel.clock import SystemClock

QUESTION = "右肺上叶结节，良恶性如何判断？是否需要进一步处理？"
SUMMARY = "体检发现右肺结节一周，无咳嗽、咯血、发热。既往吸烟 20 年。肿瘤标志物正常。"
DIAGNOSIS = "右肺上叶实性结节，炎性肉芽肿可能，不除外早期恶性。"
TREATMENT = "抗炎两周后复查薄层 CT；若无缩小，建议上转行穿刺活检。"


class Asking:
    """One consultation about a study: `user` gives the browser of somebody of the cast, `line` times the steps; the room's media is behind
    the certificate of `door`."""

    def __init__(self, user: Callable[[str], Browser], line: Timeline, study_id: str, door: Door) -> None:
        self.user, self.line, self.study_id, self.door = user, line, study_id, door
        self.path, self.room = "", ""

    def run(self) -> None:
        """Every step in order. Raises at the first that does not hold."""
        self.ask()
        self.appoint()
        self.meet()
        self.answer()

    def ask(self) -> None:
        """A case, a request, and the supplement that the centre wants."""
        county, centre = self.user("county1"), self.user("coord1")
        with self.line.step("the county doctor opens a case and asks for a consultation"):
            case = county.post(
                "/api/cases", {"study_ids": [self.study_id], "title": "右肺结节待查", "summary": SUMMARY}
            )
            body = {"case_id": case["id"], "centre_site_id": self._centre(), "study_ids": [self.study_id]}
            made = county.post("/api/consultations", body)
            self.path = f"/api/consultations/{made['id']}"
            words = {"question": QUESTION, "summary": SUMMARY, "wanted_specialty": "respiratory", "mode": "room"}
            saved = county.put(self.path, {**words, "version": made["version"]})
            county.post(f"{self.path}/submit", {"version": saved["version"]})
        with self.line.step("the centre asks for a supplement; the clock stands still; the county gives it"):
            asked = centre.post(f"{self.path}/ask_supplement", {"text": "请补充吸烟史"})
            expect(asked["paused"], "the clock runs on")
            given = county.post(f"{self.path}/supplement", {"text": "吸烟 20 年，每日一包", "study_ids": []})
            expect(not given["paused"], "the clock stands still")

    def appoint(self) -> None:
        """An expert and a time that suits both."""
        county, centre, expert = self.user("county1"), self.user("coord1"), self.user("expert1")
        me = expert.put("/api/experts/me", {"specialty": "respiratory", "accepting": True})
        with self.line.step("before being asked the expert sees nothing of it"):
            expect(expert.ask("GET", self.path).status == 404, "the consultation is there for a stranger")
            expect(
                expert.ask("GET", f"/api/studies/{self.study_id}").status == 404, "the study is there for a stranger"
            )
        with self.line.step("the centre accepts, chooses an expert and a time; both confirm"):
            centre.post(f"{self.path}/accept")
            starts = (SystemClock().now() + timedelta(minutes=2)).isoformat()
            body = {"expert_id": me["person_id"], "starts_at": starts, "minutes": 30}
            centre.post(f"{self.path}/assign", body)
            county.post(f"{self.path}/confirm")
            agreed = expert.post(f"{self.path}/confirm")
            self.room = str(agreed["room_id"])
            expect(agreed["state"] == "scheduled" and agreed["room_id"], f"it is {agreed['state']}")

    def meet(self) -> None:
        """Two seats, pictures and sound between them."""
        door = f"/api/rooms/{self.room}/admit"
        with self.line.step("a person of another hospital is refused at the room's door"):
            expect(self.user("county3").ask("POST", door, {}).status == 404, "a stranger came in")
        with self.line.step("two seats meet in the room: each decodes the other's picture and sound"):
            admissions = [self.user(login).post(door) for login in ("county1", "expert1")]
            expect(
                all(one["ticket"] and one["media_url"] for one in admissions),
                f"no media: {admissions[0]['media_reason']}",
            )
            try:
                met = seats.meet(admissions, self.door.trust)
            except TimeoutError as late:
                raise Broken("the seats did not see and hear each other") from late
            expect(len(met) == len(admissions), "a seat is missing")

    def answer(self) -> None:
        """The opinion, signed, and what became of it."""
        county, expert = self.user("county1"), self.user("expert1")
        with self.line.step("the expert writes the opinion and signs it with the password"):
            seen = expert.get(self.path).json
            words = {"diagnosis": DIAGNOSIS, "treatment": TREATMENT, "refer": "no", "version": seen["version"]}
            written = expert.post(f"{self.path}/write_opinion", words)
            wrong = expert.ask(
                "POST", f"{self.path}/sign", {"password": "not-the-password-1", "version": written["version"]}
            )
            expect(wrong.status == 403, f"a wrong password got {wrong.status}")
            signed = expert.post(f"{self.path}/sign", {"password": cast.PASSWORD, "version": written["version"]})
            expect(signed["state"] == "signed", f"the opinion is {signed['state']}")
        with self.line.step("the county doctor reads it, adopts it and rates it; its signature verifies"):
            read: dict[str, Any] = county.get(self.path).json
            expect(read["diagnosis"] == DIAGNOSIS, "another opinion")
            county.post(f"{self.path}/feedback", {"adoption": "adopted", "rating": 5})
            expect(county.get(f"/api/papers/{read['paper_id']}/verify").json["valid"], "the signature does not hold")

    def _centre(self) -> str:
        name = cast.site("CITY").name
        return next(
            str(site["id"])
            for site in self.user("admin1").get("/api/admin/sites").json["items"]
            if site["name"] == name
        )
