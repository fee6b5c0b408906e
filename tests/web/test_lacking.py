"""A study that is known to be incomplete says so: how many objects have come of how many that were announced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset

from teleconsult.imaging import StudyRow
from teleconsult.imaging.expected import OF_A_STEP, Lacking, expect, lacking
from tests import synth
from tests.builders import Alliance, a_system, an_alliance
from tests.node.asking import keep
from tests.notes import a_note
from tests.web.conftest import Browser
from tests.working import settle_all, work_off

Browsers = Callable[[str], Browser]


def a_series(declared: int, count: int = 9) -> Sequence[Dataset]:
    made = synth.a_ct_series(count)
    for each in made:
        each.NumberOfStudyRelatedInstances = declared
    return made


def arrive(alliance: Alliance, *objects: Dataset) -> None:
    """They come, nothing else does for the quiet time, and all that follows is done."""
    keep(alliance, *objects)
    settle_all(alliance.system)
    work_off(alliance.system)


def study_of(alliance: Alliance) -> StudyRow:
    with alliance.system.read() as work:
        return work.session.query(StudyRow).one()


def announced(alliance: Alliance, source: str, count: int, listed: Sequence[str] = ()) -> None:
    study = study_of(alliance)
    with alliance.system.work() as work:
        expect(work, study.site_id, study.study_uid, source, count, listed)


def problems(browser: Browsers, alliance: Alliance, login: str = "reader") -> list[dict[str, Any]]:
    answer: Any = browser(login).get(f"/api/studies/{study_of(alliance).id}").json
    return [one["params"] for one in answer["quality"]["problems"] if one["code"] == "images.lacking"]


def test_the_study_says_how_many_have_come_until_the_rest_is_here(alliance: Alliance, browser: Browsers) -> None:
    made = a_series(declared=9)
    keep(alliance, made[0])
    assert problems(browser, alliance, "doctor_a") == [], "it is still arriving"
    arrive(alliance, *made[1:3])
    assert problems(browser, alliance) == [{"here": 3, "expected": 9}]
    arrive(alliance, *made[3:8])
    assert problems(browser, alliance) == [{"here": 8, "expected": 9}]
    keep(alliance, made[8])
    assert problems(browser, alliance) == [], "at once, before anything is settled or prepared"
    arrive(alliance)
    assert problems(browser, alliance) == []


def test_what_was_rejected_has_come_and_the_note_that_rejects_was_not_announced(
    alliance: Alliance, browser: Browsers
) -> None:
    made = a_series(declared=4)
    arrive(alliance, *made[:3])
    keep(alliance, a_note("113001", made[:1]))
    work_off(alliance.system)
    assert problems(browser, alliance) == [{"here": 3, "expected": 4}]
    arrive(alliance, made[3])
    assert problems(browser, alliance) == []


def test_what_several_steps_list_is_taken_together_each_object_once(alliance: Alliance, browser: Browsers) -> None:
    made = synth.a_ct_series(4)
    arrive(alliance, *made)
    here = [str(each.SOPInstanceUID) for each in made]
    announced(alliance, f"{OF_A_STEP}1.2.3", 5, [*here[:2], "1.2.31", "1.2.32", "1.2.33"])
    assert problems(browser, alliance) == [{"here": 2, "expected": 5}]
    announced(alliance, f"{OF_A_STEP}1.2.4", 4, [*here[1:], "1.2.41"])
    assert problems(browser, alliance) == [{"here": 4, "expected": 8}]
    announced(alliance, "gateway", 9)
    assert problems(browser, alliance) == [{"here": 4, "expected": 9}], "who lacks more is believed"


def test_what_lies_in_quarantine_has_not_come(alliance: Alliance, browser: Browsers) -> None:
    made = a_series(declared=3)
    arrive(alliance, *made[:2])
    made[2].PatientID = "SOMEBODY-ELSE"
    arrive(alliance, made[2])
    assert problems(browser, alliance) == [{"here": 2, "expected": 3}]


def test_the_objects_of_a_step_are_counted_by_their_names(alliance: Alliance, browser: Browsers) -> None:
    made = a_series(declared=0)
    arrive(alliance, *made[:5])
    listed = [str(each.SOPInstanceUID) for each in made]
    announced(alliance, f"{OF_A_STEP}1.2.3", 4, listed[3:7])
    assert problems(browser, alliance) == [{"here": 2, "expected": 4}], "five are here, but not the ones it lists"
    arrive(alliance, a_note("113001", made[3:4]))
    assert problems(browser, alliance) == [{"here": 2, "expected": 4}]
    arrive(alliance, *made[5:7])
    assert problems(browser, alliance) == []


@pytest.mark.parametrize("counts", [(5, 9), (9, 5)])
def test_of_several_that_are_not_met_the_largest_is_told(
    alliance: Alliance, browser: Browsers, counts: tuple[int, int]
) -> None:
    arrive(alliance, *a_series(declared=counts[0])[:3])
    announced(alliance, "sender", counts[1])
    assert problems(browser, alliance) == [{"here": 3, "expected": 9}]


@pytest.mark.parametrize(("login", "path"), [("reader", "/api/worklist"), ("doctor_a", "/api/studies")])
def test_its_row_says_so_in_the_list_of_either_side(
    alliance: Alliance, browser: Browsers, login: str, path: str
) -> None:
    asked = browser(login)

    def shown() -> list[Any]:
        page: Any = asked.get(path).json
        return [row["lacking"] for row in page["items"]]

    made = a_series(declared=9)
    keep(alliance, *made[:3])
    assert all(less is None for less in shown()), "it is still arriving"
    arrive(alliance)
    assert shown() == [{"here": 3, "expected": 9}]
    arrive(alliance, *made[3:])
    assert shown() == [None]


def told(browser: Browsers, login: str) -> list[tuple[Any, ...]]:
    answer: Any = browser(login).get("/api/notices").json
    found = [one for one in answer["items"] if one["code"] == "study.lacking"]
    return [(one["params"]["here"], one["params"]["expected"], one["seen"]) for one in found]


def settlings(browser: Browsers, alliance: Alliance) -> list[dict[str, Any]]:
    answer: Any = browser("doctor_a").get(f"/api/studies/{study_of(alliance).id}/timeline").json
    return [one["details"] for one in answer["items"] if one["name"] == "StudySettled"]


def test_the_hospital_s_technologists_are_told_once_and_not_when_the_rest_has_come(
    alliance: Alliance, browser: Browsers
) -> None:
    made = a_series(declared=9)
    arrive(alliance, *made[:3])
    assert told(browser, "technician_a") == [(3, 9, False)]
    assert told(browser, "doctor_a") == told(browser, "reader") == told(browser, "doctor_b") == []
    arrive(alliance, *made[3:5])
    assert told(browser, "technician_a") == [(3, 9, False)], "once"
    arrive(alliance, *made[5:])
    assert told(browser, "technician_a") == [(3, 9, True)], "nobody need look after it any more"


def test_its_course_says_what_was_expected_as_often_as_it_settled_without(
    alliance: Alliance, browser: Browsers
) -> None:
    made = a_series(declared=4, count=4)
    arrive(alliance, *made[:2])
    arrive(alliance, made[2])
    arrive(alliance, made[3])
    assert settlings(browser, alliance) == [
        {"instances": 2, "late": False, "expected": 4},
        {"instances": 3, "late": True, "expected": 4},
        {"instances": 4, "late": True},
    ]


def test_where_other_objects_have_come_than_a_step_lists_both_counts_are_told(
    alliance: Alliance, browser: Browsers
) -> None:
    made = a_series(declared=0)
    keep(alliance, *made[:5])
    announced(alliance, f"{OF_A_STEP}1.2.3", 4, [str(each.SOPInstanceUID) for each in made[3:7]])
    arrive(alliance)
    assert settlings(browser, alliance) == [{"instances": 5, "late": False, "here": 2, "expected": 4}]


def test_a_study_that_has_all_tells_nobody(alliance: Alliance, browser: Browsers) -> None:
    arrive(alliance, *a_series(declared=9))
    assert told(browser, "technician_a") == []
    assert settlings(browser, alliance) == [{"instances": 9, "late": False}]


@pytest.mark.needs_postgres
def test_postgresql_counts_alike(postgres_url: str, tmp_path: Path) -> None:
    system = a_system(tmp_path / "home", postgres_url)
    alliance = an_alliance(system)
    made = a_series(declared=9)
    arrive(alliance, *made[:3])
    announced(
        alliance,
        f"{OF_A_STEP}1.2.3",
        12,
        [str(each.SOPInstanceUID) for each in made[2:]] + [f"1.2.{n}" for n in range(5)],
    )
    study = study_of(alliance)
    with system.read() as work:
        assert lacking(work, [study.id]) == {study.id: Lacking(1, 12)}
    system.store.engine.dispose()
