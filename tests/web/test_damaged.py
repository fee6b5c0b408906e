"""A study of which a file is damaged or lost says so on its page, until the file is back."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from teleconsult.access import SYSTEM
from teleconsult.imaging import InstanceRow, StudyRow, scrub
from tests import synth
from tests.builders import Alliance
from tests.node.asking import keep
from tests.web.conftest import Browser
from tests.working import settle_all, work_off

Browsers = Callable[[str], Browser]


def problems(browser: Browsers, study_id: str) -> list[dict[str, Any]]:
    answer: Any = browser("doctor_a").get(f"/api/studies/{study_id}").json
    return [one["params"] for one in answer["quality"]["problems"] if one["code"] == "images.damaged"]


def test_the_study_says_how_many_images_are_damaged_or_lost_until_they_are_back(
    alliance: Alliance, browser: Browsers
) -> None:
    made, system = synth.a_ct_series(3), alliance.system
    keep(alliance, *made)
    with system.read() as work:
        study = work.session.scalars(select(StudyRow.id)).one()
        altered, lost, _ = work.session.scalars(select(InstanceRow).order_by(InstanceRow.sop_uid)).all()
    system.blobs.put(altered.blob_key, system.blobs.read(altered.blob_key)[:-1] + b"!")
    system.blobs.delete(lost.blob_key)
    assert problems(browser, study) == []
    for _ in range(2):
        scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace())
        assert problems(browser, study) == [{"count": 2}]
    keep(alliance, next(ds for ds in made if lost.sop_uid == ds.SOPInstanceUID))
    assert problems(browser, study) == [{"count": 1}]
    keep(alliance, *made)
    assert problems(browser, study) == []
    scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace())
    assert problems(browser, study) == []


def test_no_answer_names_the_file(alliance: Alliance, browser: Browsers) -> None:
    keep(alliance, synth.ct_slice())
    with alliance.system.read() as work:
        row = work.session.scalars(select(InstanceRow)).one()
    alliance.system.blobs.delete(row.blob_key)
    answer = browser("doctor_a").get(f"/api/studies/{row.study_id}/objects/{row.sop_uid}/file")
    told: Any = answer.json
    assert (answer.status_code, told["code"], told["detail"]) == (404, "blob.absent", "")


@pytest.mark.parametrize(("login", "path"), [("reader", "/api/worklist"), ("doctor_a", "/api/studies")])
def test_its_row_says_so_in_the_list_of_either_side(
    alliance: Alliance, browser: Browsers, login: str, path: str
) -> None:
    made, system, asked = synth.a_ct_series(3), alliance.system, browser(login)

    def shown() -> list[tuple[int, int]]:
        page: Any = asked.get(path).json
        return [(row["instance_count"], row["damaged"]) for row in page["items"]]

    keep(alliance, *made, synth.ct_slice())
    settle_all(system)
    work_off(system)
    assert sorted(shown()) == [(1, 0), (3, 0)]
    with system.read() as work:
        named = InstanceRow.sop_uid.in_([ds.SOPInstanceUID for ds in made[:2]])
        for key in work.session.scalars(select(InstanceRow.blob_key).where(named)):
            system.blobs.delete(key)
    for _ in range(2):
        scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace())
        assert sorted(shown()) == [(1, 0), (3, 2)]
    keep(alliance, made[0])
    assert sorted(shown()) == [(1, 0), (3, 1)]
    keep(alliance, made[1])
    assert sorted(shown()) == [(1, 0), (3, 0)], "at once, before anybody has looked again"


def test_a_page_of_the_list_asks_once_what_is_damaged(alliance: Alliance, browser: Browsers) -> None:
    system, asked = alliance.system, browser("doctor_a")
    keep(alliance, *(synth.ct_slice() for _ in range(3)))
    statements: list[str] = []

    def listen(*given: object) -> None:
        statements.append(str(given[2]))

    event.listen(system.store.engine, "before_cursor_execute", listen)
    assert asked.get("/api/studies").status_code == 200
    assert len([one for one in statements if "scrub_findings" in one]) == 1


def test_the_list_of_its_pictures_names_the_damaged_ones_until_they_are_back(
    alliance: Alliance, browser: Browsers
) -> None:
    made, system, asked = synth.a_ct_series(3), alliance.system, browser("reader")
    keep(alliance, *made)
    settle_all(system)
    work_off(system)
    with system.read() as work:
        first = work.session.scalars(select(InstanceRow).where(InstanceRow.sop_uid == made[0].SOPInstanceUID)).one()

    def named() -> tuple[list[str], str]:
        answer = asked.get(f"/api/studies/{first.study_id}/manifest")
        listed: Any = json.loads(gzip.decompress(answer.data))
        (series,) = listed["series"]
        assert len(series["instances"]) == 3
        found = {one["sop_uid"]: one["problem"]["code"] for one in series["instances"] if "problem" in one}
        assert set(found.values()) <= {"object.damaged"}
        return list(found), answer.headers["ETag"]

    (none, whole) = named()
    assert none == []
    system.blobs.delete(first.blob_key)
    scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace())
    (listed, less) = named()
    assert listed == [first.sop_uid]
    assert less != whole, "or a browser would keep what it has"
    keep(alliance, made[0])
    assert named() == ([], whole)
