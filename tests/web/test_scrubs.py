"""What the administrator reads of the rounds over the stored bytes: what is damaged, whom to call, and what is right again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from teleconsult.access import SYSTEM
from teleconsult.imaging import InstanceRow, StudyRow, scrub
from tests import synth
from tests.builders import Alliance
from tests.node.asking import keep
from tests.web.conftest import Browser
from workers.scrubbing import Mending

Browsers = Callable[[str], Browser]


def test_findings_name_hospital_and_examination_and_nobody_and_say_since_when_they_are_right_again(
    alliance: Alliance, browser: Browsers
) -> None:
    made, system = synth.a_ct_series(2), alliance.system
    for ds in made:
        ds.AccessionNumber = "A77"
    keep(alliance, *made)
    with system.read() as work:
        for key in work.session.scalars(select(InstanceRow.blob_key)):
            system.blobs.delete(key)
        name = work.session.scalars(select(StudyRow.name_shown)).one()
    scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace())

    def found() -> list[dict[str, Any]]:
        answer = browser("administrator").get("/api/admin/scrubs")
        assert name
        assert name not in answer.get_data(as_text=True)
        told: Any = answer.json
        return list(told["items"][0]["findings"])

    assert {(each["kind"], each["site"], each["examination"]) for each in found()} == {
        ("missing", "示例一县医院", "A77")
    }
    assert [each["healed_at"] for each in found()] == [None, None]
    keep(alliance, made[0])
    mending = Mending(system)
    assert mending.when_due()
    mending.wait()
    healed = {each["sop_uid"]: each["healed_at"] is not None for each in found()}
    assert healed == {str(made[0].SOPInstanceUID): True, str(made[1].SOPInstanceUID): False}


@pytest.mark.parametrize(("accession", "own", "said"), [("", "", ""), ("", "S9", "S9")])
def test_an_examination_without_an_accession_number_is_told_apart_by_its_uid_and_not_called_by_it(
    alliance: Alliance, browser: Browsers, accession: str, own: str, said: str
) -> None:
    made, system = synth.a_ct_series(1), alliance.system
    made[0].AccessionNumber, made[0].StudyID = accession, own
    keep(alliance, *made)
    with system.read() as work:
        for key in work.session.scalars(select(InstanceRow.blob_key)):
            system.blobs.delete(key)
    scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace())
    told: Any = browser("administrator").get("/api/admin/scrubs").json
    [finding] = told["items"][0]["findings"]
    assert (finding["examination"], finding["study_uid"]) == (said, str(made[0].StudyInstanceUID))


def test_the_timeline_says_which_image_is_damaged_how_and_that_it_is_back(
    alliance: Alliance, browser: Browsers
) -> None:
    made, system = synth.a_ct_series(2), alliance.system
    made[1].SeriesNumber = made[0].SeriesNumber = "4"
    keep(alliance, *made)
    with system.read() as work:
        (row,) = work.session.scalars(select(InstanceRow).where(InstanceRow.sop_uid == made[1].SOPInstanceUID))
    system.blobs.delete(row.blob_key)
    scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace())
    keep(alliance, made[1])
    scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace())
    answer: Any = browser("doctor_a").get(f"/api/studies/{row.study_id}/timeline").json
    told = [(one["name"], one["details"]) for one in answer["items"] if one["name"].startswith("StoredBytes")]
    damage = {"kind": "missing", "file": row.blob_key, "series_number": 4, "instance_number": 2}
    assert told == [("StoredBytesFoundBad", damage), ("StoredBytesBack", {"objects": 1})]
