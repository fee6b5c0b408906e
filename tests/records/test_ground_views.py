"""Who opens a signed report, or sees it in a list, reads what has become of the images it rests on, until an addendum has answered it."""

from __future__ import annotations

from collections.abc import Sequence

from pydicom import Dataset

from teleconsult.imaging.queries import study_detail
from teleconsult.imaging.rejection import lift
from teleconsult.reporting.queries import Filter, report, worklist
from tests.builders import Alliance
from tests.records.test_ground import addend, alliance, brought, rejected, sign, slices, submitted, the_task

__all__ = ["alliance", "slices"]
SIDES = ("doctor_a", "reader")


def said(alliance: Alliance, report_id: str) -> tuple[bool, int]:
    """Whether images came late and how many are withdrawn, as either side reads it; the lists agree."""
    found = set[tuple[bool, int]]()
    for who in SIDES:
        actor = alliance.people[who]
        with alliance.system.read(actor) as work:
            view = report(work, actor, report_id)
            (row,) = worklist(work, actor, Filter(("verified", "claimed", "reported"))).rows
        assert (row.withdrawn, row.late_images) == (view.withdrawn > 0, view.late_images), who
        found.add((view.late_images, view.withdrawn))
    (one,) = found
    return one


def test_a_signed_report_says_what_has_become_of_its_images_until_an_addendum_answers(
    alliance: Alliance, slices: Sequence[Dataset]
) -> None:
    brought(alliance, *slices[:4])
    rejected(alliance, "113001", slices[:1])
    report_id = sign(alliance, submitted(alliance))
    assert said(alliance, report_id) == (False, 0), "what was rejected before is not what it rests on"
    rejected(alliance, "113037", slices[1:3])
    assert said(alliance, report_id) == (False, 2)
    brought(alliance, slices[4])
    assert said(alliance, report_id) == (True, 2)
    rejected(alliance, "113001", slices[4:])
    assert said(alliance, report_id)[1] == 2, "it does not rest on what came later"
    addend(alliance, report_id)
    assert said(alliance, report_id) == (False, 0)
    rejected(alliance, "113001", slices[3:4])
    assert said(alliance, report_id) == (False, 1)


def test_images_that_are_shown_again_are_withdrawn_no_more(alliance: Alliance, slices: Sequence[Dataset]) -> None:
    brought(alliance, *slices[:2])
    report_id = sign(alliance, submitted(alliance))
    rejected(alliance, "113001", slices[:1])
    assert said(alliance, report_id) == (False, 1)
    technician = alliance.people["technician_a"]
    with alliance.system.work(technician) as work:
        lift(work, technician, the_task(alliance).study_id, "113001", "核对无误")
    assert said(alliance, report_id) == (False, 0)


def test_a_list_says_how_many_images_were_rejected_as_the_study_s_page_does(
    alliance: Alliance, slices: Sequence[Dataset]
) -> None:
    def listed() -> tuple[int, int]:
        with alliance.system.read(reader) as work:
            (row,) = worklist(work, reader).rows
            detail = study_detail(work, reader, row.study_id)
        assert row.rejected == sum(detail.rejected.values())
        return row.instance_count, row.rejected

    reader, technician = alliance.people["reader"], alliance.people["technician_a"]
    brought(alliance, *slices[:4])
    assert listed() == (4, 0)
    rejected(alliance, "113001", slices[:1])
    rejected(alliance, "113037", slices[1:3])
    assert listed() == (1, 3)
    with alliance.system.work(technician) as work:
        lift(work, technician, the_task(alliance).study_id, "113037", "核对无误")
    assert listed() == (3, 1)
