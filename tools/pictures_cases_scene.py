"""Brings the cases of a running demonstration into every state worth a photograph, by the public doors. What is there stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from teleconsult.demo import cast
from teleconsult.demo.browser import Browser
from teleconsult.kernel.clock import SystemClock
from tools.pictures_scene import client, rows_of

QUESTION = "双肺多发磨玻璃结节，是否需要穿刺？随访间隔多久？"
SUMMARY = "体检发现双肺多发结节 3 个月，最大者位于左肺上叶，约 9 mm。无发热、咯血。无肿瘤家族史。"
DIAGNOSIS = "左肺上叶混合磨玻璃结节，倾向早期腺癌可能；余结节考虑炎性。"
TREATMENT = "建议上级医院薄层增强 CT 后行 MDT 讨论，不建议直接穿刺。"
CASE, MEETING = "双肺多发结节待查", "示例肺结节临时 MDT"
Words = dict[str, Any]


class Cases:
    """`consultation`, `referral`: ids by state; `meeting`, `item`, `case`: ids."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._known: dict[str, Browser] = {}
        self._ids: dict[str, str] = {}
        self.consultation: dict[str, str] = {}
        self.referral: dict[str, str] = {}
        self.case = self._case("county1", CASE)
        self.studies = [one["id"] for one in self.user("county1").get(f"/api/cases/{self.case}").json["studies"]]
        self.city = self._site("CITY")
        for state, bring in CONSULTATIONS.items():
            self.consultation[state] = self._there("consultations", state) or bring(self, state)
        for state, ways in REFERRALS.items():
            self.referral[state] = self._referral(state, *ways)
        self.meeting, self.item = self._meeting()
        self._follow_ups()

    def user(self, login: str) -> Browser:
        if login not in self._known:
            self._known[login] = client(self.url, login)
            self._ids[login] = str(self._known[login].get("/api/me").json["person"]["id"])
        return self._known[login]

    def person(self, login: str) -> str:
        self.user(login)
        return self._ids[login]

    # ---- consultations

    def draft(self, _: str = "", mode: str = "room", **words: Any) -> str:
        county = self.user("county1")
        made = county.post(
            "/api/consultations", {"case_id": self.case, "centre_site_id": self.city, "study_ids": self.studies}
        )
        given = {"question": QUESTION, "summary": SUMMARY, "wanted_specialty": "respiratory", "mode": mode, **words}
        county.put(f"/api/consultations/{made['id']}", {**given, "version": made["version"]})
        return str(made["id"])

    def does(self, login: str, what: str, verb: str, **words: Any) -> Words:
        found: Words = self.user(login).post(f"/api/{what}/{verb}", words)
        return found

    def submitted(self, _: str = "", mode: str = "room") -> str:
        made = self.draft(mode=mode)
        self.does("county1", f"consultations/{made}", "submit")
        return made

    def supplement(self, _: str) -> str:
        made = self.submitted()
        self.does("coord1", f"consultations/{made}", "ask_supplement", text="请补充肿瘤标志物和吸烟史。")
        return made

    def accepted(self, _: str, mode: str = "room") -> str:
        made = self.submitted(mode=mode)
        self.does("coord1", f"consultations/{made}", "accept")
        return made

    def rejected(self, _: str) -> str:
        made = self.submitted()
        self.does("coord1", f"consultations/{made}", "reject", reason="与既往会诊重复，请查看 9 月会诊意见。")
        return made

    def cancelled(self, _: str) -> str:
        made = self.submitted()
        self.does("county1", f"consultations/{made}", "cancel", reason="患者已自行前往上级医院。")
        return made

    def scheduled(self, _: str) -> str:
        made = self.accepted("")
        starts = (SystemClock().now() + timedelta(days=1)).isoformat()
        self.does(
            "coord1", f"consultations/{made}", "assign", expert_id=self.person("expert1"), starts_at=starts, minutes=30
        )
        self.does("expert1", f"consultations/{made}", "confirm")
        return made

    def assigned(self, _: str) -> str:
        made = self.accepted("", mode="async")
        self.does("coord1", f"consultations/{made}", "assign", expert_id=self.person("expert1"))
        return made

    def opinion(self, _: str) -> str:
        made = self.assigned("")
        seen = self.user("expert1").get(f"/api/consultations/{made}").json
        words = {"diagnosis": DIAGNOSIS, "treatment": TREATMENT, "refer": "yes", "version": seen["version"]}
        self.does("expert1", f"consultations/{made}", "write_opinion", **words)
        return made

    def signed(self, _: str) -> str:
        made = self.opinion("")
        seen = self.user("expert1").get(f"/api/consultations/{made}").json
        self.does("expert1", f"consultations/{made}", "sign", password=cast.PASSWORD, version=seen["version"])
        return made

    def closed(self, _: str) -> str:
        made = self.signed("")
        self.does(
            "county1", f"consultations/{made}", "feedback", adoption="partly", reason="患者暂不愿转诊。", rating=4
        )
        self.does("expert1", f"consultations/{made}", "rate_request", rating=5)
        self.does("county1", f"consultations/{made}", "close")
        return made

    # ---- referrals

    def _referral(self, state: str, login: str, *verbs: tuple[str, str, Words]) -> str:
        """Each on a case of its own: a patient is referred once at a time."""
        case = self._case(login, f"转诊：{state}", skip=True)
        known = self.user(login).get(f"/api/referrals?case={case}").json["items"]
        if known:
            return str(known[0]["id"])
        made = self.user(login).post("/api/referrals", {"from_kind": "case", "from_id": case, "direction": "up"})
        path = f"referrals/{made['id']}"
        saved = self.user(login).put(f"/api/{path}", {**TRANSFER, "to_site_id": self.city, "version": made["version"]})
        if state != "draft":
            self.does(login, path, "submit", version=saved["version"])
        for who, verb, words in verbs:
            self.does(who or login, path, verb, **words)
        return str(made["id"])

    # ---- a meeting with a conclusion

    def _meeting(self) -> tuple[str, str]:
        chair, centre = self.user("expert2"), self.user("coord1")
        known = [
            one
            for one in chair.get("/api/meetings?mine=true&limit=200").json["items"]
            if one["title"] == MEETING and one["state"] != "cancelled"
        ]
        if known:
            shown = chair.get(f"/api/meetings/{known[0]['id']}").json
            return str(shown["id"]), str(shown["agenda"][0]["id"])
        members = {
            "reviewer1": "radiology",
            "expert1": "respiratory",
            "expert2": "thoracic_surgery",
            "expert3": "oncology",
        }
        starts = (SystemClock().now() + timedelta(minutes=2)).isoformat()
        made = centre.post("/api/meetings", {
            "specialties": list(members.values()), "quorum": {"must": ["radiology"], "least": 3},
            "members": [{"person_id": self.person(login), "specialty": name} for login, name in members.items()],
            "chair_id": self.person("expert2"), "site_id": self.city, "title": MEETING, "starts_at": starts, "minutes": 60,
        })  # fmt: skip
        meeting = f"meetings/{made['id']}"
        asked = {"case_id": self.case, "question": "左肺上叶结节：手术还是随访？", "urgent": True}
        item = self.does("county1", meeting, "items", **asked)
        place = f"{meeting}/items/{item['id']}"
        self.does("expert2", place, "accept", minutes=15)
        for login, words in PREPARED.items():
            seen = self.user(login).get(f"/api/{place}").json["preparations"]
            version = next(one["version"] for one in seen if one["specialty"] == members[login])
            given = {"specialty": members[login], "version": version, **words}
            self.user(login).put(f"/api/{place}/preparation", given)
        opened = self.does("expert2", meeting, "start")
        for login in members:
            self.does(login, f"rooms/{opened['room_id']}", "admit")
        self.does("expert2", place, "present")
        seen = self.does("expert2", place, "conclude", **self._conclusion())
        self.does("reviewer1", place, "sign", password=cast.PASSWORD, version=seen["conclusion"]["version"])
        return str(made["id"]), str(item["id"])

    def _conclusion(self) -> Words:
        return {
            "stage": "左肺上叶混合磨玻璃结节，临床 IA1 期肺腺癌可能。", "options": "胸腔镜楔形切除；3 个月薄层 CT 随访。",
            "recommendation": "建议 3 个月薄层 CT 随访，实性成分增大则胸腔镜手术。", "evidence": "NCCN 2A 类；结节实性成分 < 5 mm。",
            "dissent": [{"person_id": self.person("expert2"), "text": "患者焦虑明显，可直接手术。"}],
            "recommendations": [{
                "text": "3 个月后薄层 CT 复查", "owner_site_id": self._site("COUNTY1"),
                "due_at": (SystemClock().now() + timedelta(days=90)).isoformat(),
            }],
        }  # fmt: skip

    def _follow_ups(self) -> None:
        county = self.user("county1")
        if county.get(f"/api/follow-ups?case={self.case}").json["items"]:
            return
        now, site = SystemClock().now(), self._site("COUNTY1")
        for days, words in ((7, "复查肿瘤标志物并上传结果"), (90, "3 个月后薄层 CT 复查")):
            due = (now + timedelta(days=days)).isoformat()
            county.post("/api/follow-ups", {"case_id": self.case, "text": words, "owner_site_id": site, "due_at": due})

    # ---- where things are

    def _there(self, what: str, state: str) -> str:
        found = self.user("county1").get(f"/api/{what}?case={self.case}&state={state}&limit=50").json["items"]
        return str(found[0]["id"]) if found else ""

    def _case(self, login: str, title: str, skip: bool = False) -> str:
        """The case of this title; made about a study of the hospital, of a patient who has none yet when `skip`."""
        doctor = self.user(login)
        cases = doctor.get("/api/cases?limit=200").json["items"]
        known = next((one for one in cases if one["title"] == title), None)
        if known:
            return str(known["id"])
        busy = {one["patient"]["patient_id"] for one in cases}
        rows = [row for row in rows_of(doctor) if row["patient"]["patient_id"] not in busy] if skip else rows_of(doctor)
        chest = {"CT": 0, "DX": 1, "CR": 2}
        rows.sort(key=lambda row: ("测试" not in row["patient"]["name"], chest.get(row["modalities"][0], 9)))
        body = {"study_ids": [rows[0]["study_id"]], "title": title, "summary": SUMMARY}
        return str(doctor.post("/api/cases", body)["id"])

    def _site(self, code: str) -> str:
        name = cast.site(code).name
        sites = self.user("admin1").get("/api/admin/sites").json["items"]
        return next(str(site["id"]) for site in sites if site["name"] == name)


TRANSFER: Words = {
    "priority": "urgent", "disease": "chest_pain", "ticked": ["troponin", "recurrent"], "reason": "胸痛反复，县里不能行冠脉造影。",
    "summary": "反复胸痛 3 天，肌钙蛋白升高，已予双抗。", "wanted_department": "心血管内科", "consent": "oral",
    "contact_name": "测试家属", "contact_phone": "000-0000003",
}  # fmt: skip
ACCEPT = ("coord1", "accept", {"department": "心血管内科", "bed": "12 床", "note": "到院后直接进导管室评估。"})
DEPART = ("", "depart", {"escort": "测试护士", "vehicle": "救护车 示A·00001"})
ARRIVE: tuple[str, str, Words] = ("coord1", "arrive", {})
DONE = (
    "coord1",
    "complete",
    {
        "outcome": "improved",
        "text": "前降支支架植入 1 枚，术后无胸痛。",
        "follow_ups": [{"text": "1 个月后门诊复查心电图"}],
    },
)
REFERRALS: dict[str, tuple[Any, ...]] = {
    "draft": ("county2",),
    "asked": ("county2", ("coord1", "ask", {"text": "请补充心电图及末次肌钙蛋白时间。"})),
    "in_transit": ("county2", ACCEPT, DEPART),
    "arrived": ("county3", ACCEPT, DEPART, ARRIVE),
    "completed": ("county3", ACCEPT, ARRIVE, DONE),
    "declined": ("county3", ("coord1", "decline", {"reason": "no_bed", "text": "CCU 满床，已联系兄弟医院。"})),
}
CONSULTATIONS: dict[str, Callable[[Cases, str], str]] = {
    "draft": Cases.draft, "submitted": Cases.submitted, "supplement": Cases.supplement, "accepted": Cases.accepted,
    "scheduled": Cases.scheduled, "assigned": Cases.assigned, "opinion": Cases.opinion, "signed": Cases.signed,
    "closed": Cases.closed, "rejected": Cases.rejected, "cancelled": Cases.cancelled,
}  # fmt: skip
PREPARED: dict[str, Words] = {
    "reviewer1": {"ready": True, "note": "左肺上叶 9 mm 混合磨玻璃结节，实性成分 4 mm。"},
    "expert1": {"ready": True, "note": "肺功能可，抗炎后无变化。"},
    "expert3": {"ready": False, "missing": ["肿瘤标志物"], "note": ""},
}
