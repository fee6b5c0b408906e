"""A county's case and the city's experts, as meetings need them, made through the public doors."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from teleconsult.access import SYSTEM, Grant, Role, Title, add_person
from teleconsult.access.tables import PersonRow, SiteRow
from teleconsult.settings import Settings
from teleconsult.system import build
from tests import synth
from tests.children import wait_for
from tests.journey.fair import fair
from tests.journey.platform import PASSWORD, Platform
from tests.peers import sent


def a_county_case(platform: Platform, name: str) -> tuple[str, str]:
    """A case of county A about a CT study of this patient; the ids of both."""
    assert set(platform.scanner().send(*map(sent, synth.a_ct_series(6, patient_name=name, patient_id=name)))) == {0}
    doctor = platform.visitor("doctor_a")
    found: list[str] = []

    def prepared() -> bool:
        rows = doctor.get(f"/api/studies?q={quote(name)}")["items"]
        found[:] = [row["study_id"] for row in rows if row["kind"] == "task"]
        return bool(found)

    wait_for(prepared, "the study is prepared", fair(90))
    opened = doctor.post(
        "/api/cases", {"study_ids": found[:1], "title": "右上肺结节", "summary": "男，56岁，咳嗽两周。"}
    )
    return str(opened["id"]), found[0]


def settle_panel(platform: Platform, panel: Mapping[str, tuple[str, str]]) -> None:
    """Experts of the city with these names and specialties, in the directory. Repeats safely."""
    system = build(Settings.from_env({}, home=platform.home))
    try:
        with system.work() as work:
            city = next(site.id for site in work.session.query(SiteRow) if site.code == "city")
            known = {person.login for person in work.session.query(PersonRow)}
            for login, (name, _) in panel.items():
                if login in known:
                    continue
                add_person(work, SYSTEM, login, name, Title.CHIEF, city, [Grant(Role.EXPERT, city)], PASSWORD)
    finally:
        system.store.engine.dispose()
    for login, (_, specialty) in panel.items():
        platform.visitor(login).put("/api/experts/me", {"specialty": specialty, "accepting": True})
