"""What county 1 orders in the demonstration, and the lists that its technician then has something to do on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from dicom_node.dicomweb import blueprint
from teleconsult.access import SYSTEM
from teleconsult.demo import cast, ordering, studies
from teleconsult.demo.browser import Browser
from teleconsult.demo.seed import seed
from teleconsult.imaging import orders
from teleconsult.kernel.clock import FixedClock
from teleconsult.records.upgrade import upgrade
from teleconsult.settings import Settings
from teleconsult.system import System, build
from teleconsult.web.app import create
from tests.working import arrive, settle_all, work_off

AT = datetime(2026, 1, 2, 20, 30, tzinfo=UTC)


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    """The demo's alliance, and nothing sent yet."""
    system = build(Settings(home=tmp_path / "home"))
    upgrade(system.store.engine)
    seed(system)
    yield system
    system.store.engine.dispose()


@pytest.fixture
def technician(system: System) -> Iterator[Browser]:
    """Signed in over HTTP, as in the demonstration."""
    app = create(system, blueprint)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    browser = Browser(f"http://127.0.0.1:{server.server_port}")
    browser.login(ordering.WHO, cast.PASSWORD)
    yield browser
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["teleconsult.live"].close()


@pytest.fixture
def sent(system: System, tmp_path: Path) -> Callable[..., None]:
    """These plans arrive, settle and are prepared."""

    def send(*keys: str) -> None:
        plans = {plan.key: plan for plan in studies.PLANS}
        for key in keys:
            for path in studies.prepare(plans[key], tmp_path / key, tmp_path / "kept", FixedClock(AT)):
                arrive(system, path.read_bytes(), str(cast.site(plans[key].county).ae_title))
            settle_all(system)
            work_off(system)

    return send


def listed(technician: Browser, shelf: str = "all") -> dict[str, dict[str, Any]]:
    items = technician.get(f"/api/orders?shelf={shelf}&limit=200").json["items"]
    return {f"{row['patient_id']} {row['procedure']}": row for row in items}


def test_every_shelf_of_the_technician_has_something_on_it(
    system: System, technician: Browser, sent: Callable[..., None]
) -> None:
    sent("chest-dx-twice")  # one before it was ordered, one after
    assert ordering.place(technician) == len(ordering.ORDERS)
    sent("chest-cr", "chest-cr-stray", "chest-dx-rejected")
    with system.work(SYSTEM) as work:
        orders.remind(work)

    found = listed(technician)
    assert found["DEMO0016 胸部正位"]["state"] == "completed"
    assert found["DEMO0013 头颅CT平扫"]["state"] == "scheduled"
    assert found["DEMO0014 腰椎CT平扫"]["state"] == "cancelled"
    assert set(listed(technician, "late")) == {"DEMO0015 右踝关节正侧位"}
    (lonely,) = technician.get("/api/orders/unmatched").json["items"]
    assert lonely["why"]["code"] == "order.person_differs"
    assert [(one["order"]["patient_id"], one["differs"]) for one in lonely["candidates"]] == [
        ("DEMO0007", ["birth_date"])
    ]
    (conflict,) = technician.get("/api/conflicts").json["items"]
    assert conflict["claim"]["patient_id"] == "DEMO0006"
    (rejected,) = technician.get("/api/rejections").json["items"]
    assert (rejected["patient_id"], rejected["code"]) == ("DEMO0016", "113001")


def test_on_another_day_nothing_is_ordered_twice_and_what_still_waits_is_for_today(technician: Browser) -> None:
    now = datetime.now(UTC)
    ordering.place(technician, FixedClock(now))
    tomorrow = now + timedelta(days=1)

    assert ordering.place(technician, FixedClock(tomorrow)) == 0
    found = listed(technician)
    assert len(found) == len(ordering.ORDERS)
    assert datetime.fromisoformat(found["DEMO0013 头颅CT平扫"]["scheduled_at"]) == tomorrow + timedelta(hours=0.5)
    late = datetime.fromisoformat(found["DEMO0015 右踝关节正侧位"]["scheduled_at"])
    assert timedelta(hours=24) <= now - late <= timedelta(hours=30), "a day late, whatever the hour"


def test_every_order_is_of_somebody_of_the_cast_and_of_a_study_that_county_1_sends() -> None:
    plans = {plan.key: plan for plan in studies.PLANS}
    for order in ordering.ORDERS:
        assert order.patient in cast.PATIENTS
        if order.study:
            assert (plans[order.study].county, plans[order.study].patient) == ("COUNTY1", order.patient)
