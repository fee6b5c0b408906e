"""Searches that include what the index does not hold: the objects' own content, for who may see the images, and a fact of it."""

from __future__ import annotations

import json

import pytest
from pydicom import Dataset
from sqlalchemy import select

from teleconsult.records.tables import FactRow
from tests import synth
from tests.builders import Alliance
from tests.node.conftest import Browser
from tests.node.test_dicomweb import found, prepare, url
from tests.node.test_dicomweb_search import JSON, bring_in


@pytest.fixture
def slice_(browser: Browser) -> Dataset:
    ds = synth.ct_slice()
    ds.PatientAge = "066Y"
    bring_in(browser, ds)
    prepare(browser.alliance)
    return ds


def openings(alliance: Alliance) -> list[str]:
    with alliance.system.read() as work:
        return list(work.session.scalars(select(FactRow.actor_name).where(FactRow.name == "ImagesOpened")))


@pytest.mark.parametrize("level", ["study", "series", "instances"])
@pytest.mark.parametrize("wish", ["includefield=PatientAge", "includefield=all"])
def test_who_may_not_see_images_gets_the_index_only_and_is_told(
    browser: Browser, slice_: Dataset, level: str, wish: str
) -> None:
    path = "/studies" if level == "study" else url(slice_, f"/{level}", "study")
    browser.who = "auditor"
    assert browser.get(url(slice_, "/metadata", "study")).status_code == 403
    answer = browser.get(f"{path}?{wish}", JSON)
    (row,) = found(answer)
    assert "00101010" not in row
    assert row["00100010"]["Value"] if level == "study" or wish.endswith("all") else row["0020000E"]["Value"]
    more_was_asked = level == "instances" or wish != "includefield=all"
    assert ("left out" in answer.headers.get("Warning", "")) == more_was_asked
    assert openings(browser.alliance) == []


def test_reading_beyond_the_index_is_a_fact_as_reading_metadata_is(browser: Browser, slice_: Dataset) -> None:
    instances = url(slice_, "/instances", "study")
    for plain in ("/studies", instances, f"{instances}?includefield=PatientName,StudyDescription",
                  "/studies?includefield=00081030,00080060,00080090,00100030"):  # fmt: skip
        assert "Warning" not in browser.get(plain, JSON).headers
        assert openings(browser.alliance) == [], plain
    answer = browser.get("/studies?includefield=PatientAge", JSON)
    assert found(answer)[0]["00101010"]["Value"] == ["066Y"]
    assert "Warning" not in answer.headers
    opened = openings(browser.alliance)
    assert opened == [browser.alliance.people["doctor_a"].name]
    browser.get(f"{instances}?includefield=all", JSON)
    browser.get(url(slice_, "/metadata", "study"), JSON)
    assert openings(browser.alliance) == opened, "once for all that is read in a while"


def test_attributes_of_the_index_are_included_for_whoever_finds_the_study(browser: Browser, slice_: Dataset) -> None:
    browser.who = "auditor"
    answer = browser.get(url(slice_, "/instances", "study") + "?includefield=PatientID,00081030", JSON)
    (row,) = json.loads(answer.get_data())
    assert (row["00100020"]["Value"], row["00081030"]["Value"]) == (["T0001"], [slice_.StudyDescription])
    assert "00280100" in row, "Bits Allocated is of the table, for everybody"
    assert "Warning" not in answer.headers
