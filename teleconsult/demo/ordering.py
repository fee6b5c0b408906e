"""The examinations that county 1 orders: answered by the studies that its scanners send, waiting for today, missing since yesterday.

Done through the JSON API as its technician does it in the browser. Repeats safely: what was ordered before stays, and what nobody has
come for is put off until today.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from teleconsult.demo import cast
from teleconsult.demo.browser import Browser
from teleconsult.demo.identity import accession
from teleconsult.imaging.orders_lifecycle import CLOCK
from teleconsult.kernel.clock import Clock, SystemClock

WHO = "tech1"


@dataclass(frozen=True, slots=True)
class Order:
    """One examination. `study` is the plan whose accession number it has (none: no images come); `mistyped` a wrong date of birth."""

    patient: str
    modality: str
    procedure: str
    question: str
    diagnosis: str = ""
    priority: str = "ROUTINE"
    study: str = ""
    hours: float = 0.0
    mistyped: str = ""
    cancelled: str = ""


ORDERS = (
    Order("甲", "CT", "胸部CT平扫", "体检发现右肺结节，请明确大小及性质", "右肺结节", study="chest-ct"),
    Order("乙", "DX", "胸部正位", "发热、咳嗽三天，排除肺炎", "发热待查", "URGENT", "chest-dx"),
    Order("午", "DX", "胸部正位", "入职体检", study="chest-dx-twice"),
    Order("庚", "CR", "胸部正位", "慢性咳嗽，排除结核", "慢性支气管炎", study="chest-cr", mistyped="19741108"),
    Order("辛", "MG", "双乳钼靶", "左乳外上象限触及肿块", "左乳肿块", study="breast-2"),
    Order("卯", "CT", "头颅CT平扫", "车祸后头痛、呕吐 2 小时，排除颅内出血", "头部外伤", "STAT", hours=0.5),
    Order("辰", "MR", "腰椎MR平扫", "腰痛伴左下肢放射痛，排除椎间盘突出", "腰痛待查", hours=2),
    Order("巳", "DX", "右踝关节正侧位", "扭伤后肿痛，排除骨折", "右踝扭伤", hours=-30),
    Order("辰", "CT", "腰椎CT平扫", "腰痛", hours=3, cancelled="改做 MR"),
)


def place(technician: Browser, clock: Clock | None = None) -> int:
    """Order what is missing, as this technician; how many were ordered."""
    now = (clock or SystemClock()).now()
    known = technician.get("/api/orders?shelf=all&limit=200").json["items"]
    ordered = 0
    for order in ORDERS:
        found = [row for row in known if _is(order, row)]
        if not found:
            _register(technician, order, now)
            ordered += 1
        elif order.hours > 0 and not order.cancelled:
            _put_off(technician, order, found[0], now)
    return ordered


def _is(order: Order, row: dict[str, Any]) -> bool:
    return bool(row["patient_id"] == cast.PATIENTS[order.patient].patient_id and row["procedure"] == order.procedure)


def _register(technician: Browser, order: Order, now: datetime) -> None:
    patient = cast.PATIENTS[order.patient]
    said = {
        "patient_id": patient.patient_id, "name": patient.name, "sex": patient.sex, "birth_date": order.mistyped or patient.birth_date,
        "modality": order.modality, "procedure": order.procedure, "question": order.question, "diagnosis": order.diagnosis,
        "priority": order.priority, "physician": "测试技师", "station": str(cast.site("COUNTY1").ae_title),
        "scheduled_at": _planned(order, now).isoformat(),
    }  # fmt: skip
    if order.study:
        said["accession"] = accession(order.study)
    made = technician.post("/api/orders", said)["order"]
    if order.cancelled:
        technician.post(f"/api/orders/{made['id']}/cancel", {"reason": order.cancelled, "version": made["version"]})


def _planned(order: Order, now: datetime) -> datetime:
    """As far from now as it says, but not before yesterday: nothing is ordered for longer ago, and a day is late enough."""
    yesterday = now.astimezone(CLOCK).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    return max(now + timedelta(hours=order.hours), yesterday)


def _put_off(technician: Browser, order: Order, row: dict[str, Any], now: datetime) -> None:
    """On another day nobody finds yesterday's patient on the scanner's worklist."""
    if row["state"] == "scheduled" and datetime.fromisoformat(row["scheduled_at"]) < now:
        today = (now + timedelta(hours=order.hours)).isoformat()
        technician.patch(f"/api/orders/{row['id']}", {"scheduled_at": today, "version": row["version"]})
