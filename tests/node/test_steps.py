"""Performed procedure steps from modalities: in order and out of it, malformed, another hospital's, and through a node that is killed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, generate_uid
from pynetdicom import AE
from sqlalchemy import select

from dicom_node.node import Node
from teleconsult.imaging import StudyRow, orders, settle
from teleconsult.imaging.tables_orders import ExpectedRow, OrderRow, StepRow
from tests import synth
from tests.builders import Alliance, some_settings
from tests.children import free_port
from tests.node.asking import associated, keep
from tests.node.test_crash import a_node
from tests.node.test_worklist import ZHANG, ordered
from tests.working import work_off

MPPS = "1.2.840.10008.3.1.2.3.3"


def a_step(order: OrderRow | None = None, **values: Any) -> Dataset:
    """What a modality says when it begins; for nothing that was ordered without an order."""
    ds, scheduled = Dataset(), Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientName, ds.PatientID = "ZHANG^SAN=张三", order.patient_number if order else "A001"
    ds.PerformedProcedureStepID, ds.PerformedStationAETitle, ds.Modality = "PPS1", "CT1", "CT"
    ds.PerformedProcedureStepStartDate, ds.PerformedProcedureStepStartTime = "20261122", "093500"
    ds.PerformedProcedureStepStatus = "IN PROGRESS"
    scheduled.StudyInstanceUID = order.study_uid if order else generate_uid()
    scheduled.AccessionNumber = order.accession if order else ""
    ds.ScheduledStepAttributesSequence = Sequence([scheduled])
    ds.PerformedSeriesSequence = Sequence()
    for keyword, value in values.items():
        if value is None:
            del ds[keyword]
        else:
            setattr(ds, keyword, value)
    return ds


def an_end(status: str = "COMPLETED", *sop_uids: str, **values: Any) -> Dataset:
    ds, series = Dataset(), Dataset()
    ds.PerformedProcedureStepStatus = status
    ds.PerformedProcedureStepEndDate, ds.PerformedProcedureStepEndTime = "20261122", "094500"
    series.SeriesInstanceUID = generate_uid()
    series.ReferencedImageSequence = Sequence([_reference(uid) for uid in sop_uids])
    ds.PerformedSeriesSequence = Sequence([series])
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


def _reference(sop_uid: str) -> Dataset:
    ds = Dataset()
    ds.ReferencedSOPClassUID, ds.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", sop_uid
    return ds


def create(address: tuple[str, int], ds: Dataset, uid: str | None, calling: str = "SCANNER_A") -> tuple[Dataset, Any]:
    with associated(address, MPPS, calling=calling) as association:
        return association.send_n_create(ds, UID(MPPS), UID(uid) if uid else None)


def change(address: tuple[str, int], ds: Dataset, uid: str, calling: str = "SCANNER_A") -> Dataset:
    with associated(address, MPPS, calling=calling) as association:
        return association.send_n_set(ds, UID(MPPS), UID(uid))[0]


def steps_of(alliance: Alliance) -> list[StepRow]:
    with alliance.system.read() as work:
        return list(work.session.scalars(select(StepRow).order_by(StepRow.began_at)))


def state_of(alliance: Alliance, order: OrderRow) -> str:
    with alliance.system.read() as work:
        return work.get(OrderRow, order.id).state


def study_state(alliance: Alliance) -> str:
    with alliance.system.read() as work:
        return work.session.scalars(select(StudyRow)).one().state


def sweep(alliance: Alliance, later: float = 0.0) -> int:
    with alliance.system.work() as work:
        return settle.sweep(work, work.now + timedelta(seconds=later))


def images(order: OrderRow, count: int) -> list[Dataset]:
    slices = [
        synth.ct_slice(
            number + 1, patient_id=order.patient_number, patient_name="ZHANG^SAN=张三", study_uid=order.study_uid
        )
        for number in range(count)
    ]
    for each in slices:
        each.AccessionNumber, each.PatientSex, each.PatientBirthDate = order.accession, "M", "19700101"
    return slices


# ---------------------------------------------------------------- as it should be


def test_a_step_begins_and_completes_and_its_order_with_it(alliance: Alliance, node: Node) -> None:
    order, uid = ordered(alliance, ZHANG), generate_uid()
    status, _ = create(node.address, a_step(order), uid)
    assert status.Status == 0x0000
    assert state_of(alliance, order) == "in_progress"
    assert change(node.address, an_end("COMPLETED", "1.2.3.4"), uid).Status == 0x0000
    assert state_of(alliance, order) == "completed"
    [step] = steps_of(alliance)
    assert (step.state, step.listed, step.order_ids, step.station) == ("completed", ["1.2.3.4"], [order.id], "CT1")


def test_a_step_that_is_broken_off_says_why(alliance: Alliance, node: Node) -> None:
    order, uid, code = ordered(alliance, ZHANG), generate_uid(), Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = (
        "110513",
        "DCM",
        "Discontinued for unspecified reason",
    )
    create(node.address, a_step(order), uid)
    end = an_end("DISCONTINUED", PerformedProcedureStepDiscontinuationReasonCodeSequence=Sequence([code]))
    assert change(node.address, end, uid).Status == 0x0000
    assert state_of(alliance, order) == "discontinued"
    assert steps_of(alliance)[0].reason == "Discontinued for unspecified reason"
    create(node.address, a_step(order), generate_uid())
    assert state_of(alliance, order) == "in_progress", "once more"


def test_a_study_settles_as_soon_as_the_listed_objects_are_here(alliance: Alliance, node: Node) -> None:
    order, uid = ordered(alliance, ZHANG), generate_uid()
    made = images(order, 3)
    create(node.address, a_step(order), uid)
    keep(alliance, *made[:2])
    hold_quiet(alliance)
    change(node.address, an_end("COMPLETED", *(str(each.SOPInstanceUID) for each in made)), uid)
    assert (sweep(alliance), study_state(alliance)) == (0, "receiving")
    keep(alliance, made[2])
    hold_quiet(alliance)
    assert (sweep(alliance), study_state(alliance)) == (1, "settled")


def test_the_step_may_come_before_the_first_image(alliance: Alliance, node: Node) -> None:
    order, uid = ordered(alliance, ZHANG), generate_uid()
    made = images(order, 2)
    create(node.address, a_step(order), uid)
    change(node.address, an_end("COMPLETED", *(str(each.SOPInstanceUID) for each in made)), uid)
    keep(alliance, *made)
    hold_quiet(alliance)
    assert sweep(alliance) == 1


def test_what_is_known_to_lack_objects_is_waited_for_and_not_for_ever(alliance: Alliance, node: Node) -> None:
    order, uid = ordered(alliance, {**ZHANG, "priority": "ROUTINE"}), generate_uid()
    made = images(order, 2)
    keep(alliance, made[0])
    create(node.address, a_step(order), uid)
    change(node.address, an_end("COMPLETED", *(str(each.SOPInstanceUID) for each in made)), uid)
    assert sweep(alliance, later=200) == 0, "the usual quiet time is long over"
    assert sweep(alliance, later=301) == 1


def test_without_a_step_the_quiet_time_decides(alliance: Alliance, node: Node) -> None:
    order = ordered(alliance, ZHANG)
    keep(alliance, *images(order, 2))
    assert sweep(alliance, later=61) == 1
    work_off(alliance.system)
    assert state_of(alliance, order) == "completed"


def test_a_step_that_never_ends_holds_nothing_up(alliance: Alliance, node: Node) -> None:
    order = ordered(alliance, ZHANG)
    create(node.address, a_step(order), generate_uid())
    keep(alliance, *images(order, 1))
    assert sweep(alliance, later=61) == 1


def test_a_second_step_under_way_keeps_the_first_from_closing_the_study(alliance: Alliance, node: Node) -> None:
    order, first, second = ordered(alliance, ZHANG), generate_uid(), generate_uid()
    made = images(order, 2)
    for uid in (first, second):
        create(node.address, a_step(order), uid)
    keep(alliance, made[0])
    hold_quiet(alliance)
    change(node.address, an_end("COMPLETED", str(made[0].SOPInstanceUID)), first)
    assert sweep(alliance) == 0
    keep(alliance, made[1])
    hold_quiet(alliance)
    change(node.address, an_end("COMPLETED", str(made[1].SOPInstanceUID)), second)
    assert sweep(alliance) == 1


def test_a_declared_number_of_images_settles_a_study_too(alliance: Alliance, node: Node) -> None:
    made = images(ordered(alliance, ZHANG), 2)
    for each in made:
        each.NumberOfStudyRelatedInstances = 2
    keep(alliance, made[0])
    hold_quiet(alliance)
    assert sweep(alliance) == 0
    keep(alliance, made[1])
    hold_quiet(alliance)
    assert sweep(alliance) == 1
    with alliance.system.read() as work:
        assert work.session.scalars(select(ExpectedRow)).one().met_at is not None


def test_a_declared_number_that_is_never_reached_holds_nothing_up(alliance: Alliance, node: Node) -> None:
    [only] = images(ordered(alliance, ZHANG), 1)
    only.NumberOfStudyRelatedInstances = 2
    keep(alliance, only)
    assert sweep(alliance, later=61) == 1, "the usual quiet time"


def hold_quiet(alliance: Alliance) -> None:
    """The quiet time of these tests is 0.2 s: as if it were an hour, so that only what was expected can settle a study."""
    with alliance.system.work() as work:
        for study in work.session.scalars(select(StudyRow)):
            study.settle_at = work.now + timedelta(hours=1)


def test_one_step_for_two_orders_moves_both(alliance: Alliance, node: Node) -> None:
    chest, belly = ordered(alliance, ZHANG), ordered(alliance, {**ZHANG, "procedure": "上腹部CT平扫"})
    ds, uid = a_step(chest), generate_uid()
    ds.ScheduledStepAttributesSequence.append(a_step(belly).ScheduledStepAttributesSequence[0])
    create(node.address, ds, uid)
    change(node.address, an_end(), uid)
    assert (state_of(alliance, chest), state_of(alliance, belly)) == ("completed", "completed")


def test_a_node_names_a_step_whose_modality_does_not(alliance: Alliance, node: Node) -> None:
    with associated(node.address, MPPS) as association:
        request = a_step(ordered(alliance, ZHANG))
        status, _ = association.send_n_create(request, UID(MPPS), None)
        assert status.Status == 0x0000
    [step] = steps_of(alliance)
    assert step.sop_uid.startswith("2.25.")
    assert change(node.address, an_end(), step.sop_uid).Status == 0x0000


# ---------------------------------------------------------------- out of order


def test_a_step_is_created_once(alliance: Alliance, node: Node) -> None:
    uid = generate_uid()
    assert create(node.address, a_step(), uid)[0].Status == 0x0000
    assert create(node.address, a_step(), uid)[0].Status == 0x0111
    change(node.address, an_end(), uid)
    assert create(node.address, a_step(), uid)[0].Status == 0x0111, "ended or not"


def test_a_step_that_nobody_began_is_not_there(node: Node) -> None:
    assert change(node.address, an_end(), generate_uid()).Status == 0x0112


@pytest.mark.parametrize("end", ["COMPLETED", "DISCONTINUED"])
def test_a_step_that_has_ended_is_never_changed_again(alliance: Alliance, node: Node, end: str) -> None:
    uid = generate_uid()
    create(node.address, a_step(), uid)
    change(node.address, an_end(end), uid)
    for again in ("IN PROGRESS", "COMPLETED", "DISCONTINUED"):
        refused = change(node.address, an_end(again, "1.2.3"), uid)
        assert (refused.Status, refused.ErrorID) == (0x0110, 0xA710)
        assert "no longer be updated" in refused.ErrorComment
    assert steps_of(alliance)[0].listed == []


def test_an_update_in_between_changes_what_is_listed(alliance: Alliance, node: Node) -> None:
    order, uid = ordered(alliance, ZHANG), generate_uid()
    create(node.address, a_step(order), uid)
    assert change(node.address, an_end("IN PROGRESS", "1.2.3"), uid).Status == 0x0000
    [step] = steps_of(alliance)
    assert (step.state, step.listed) == ("in_progress", ["1.2.3"])
    assert state_of(alliance, order) == "in_progress"


def test_a_cancelled_order_that_is_performed_all_the_same_says_so(alliance: Alliance, node: Node) -> None:
    order = ordered(alliance, ZHANG)
    with alliance.system.work(alliance.people["doctor_a"]) as work:
        orders.cancel(work, alliance.people["doctor_a"], order.id, "患者拒绝")
    create(node.address, a_step(order), generate_uid())
    assert state_of(alliance, order) == "in_progress"


# ---------------------------------------------------------------- hostile


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"PerformedProcedureStepStatus": None}, 0x0120),
        ({"PerformedProcedureStepID": None}, 0x0120),
        ({"PerformedStationAETitle": ""}, 0x0121),
        ({"PerformedProcedureStepStatus": "COMPLETED"}, 0x0106),
        ({"PerformedProcedureStepStatus": "SOON"}, 0x0106),
        ({"ScheduledStepAttributesSequence": None}, 0x0120),
        ({"ScheduledStepAttributesSequence": Sequence()}, 0x0121),
        ({"ScheduledStepAttributesSequence": Sequence([Dataset()])}, 0x0120),
    ],
)
def test_a_malformed_step_is_refused_by_name(
    alliance: Alliance, node: Node, values: dict[str, Any], expected: int
) -> None:
    uid = generate_uid()
    status, _ = create(node.address, a_step(**values), uid)
    assert (int(status.Status), status.get("ErrorComment", "") != "") == (expected, True)
    assert steps_of(alliance) == []
    assert create(node.address, a_step(), uid)[0].Status == 0x0000, "the next one works"


def test_a_malformed_end_leaves_the_step_as_it_was(alliance: Alliance, node: Node) -> None:
    uid = generate_uid()
    create(node.address, a_step(), uid)
    wrong = an_end("FINISHED")
    assert change(node.address, wrong, uid).Status == 0x0106
    bad = an_end("COMPLETED")
    item = Dataset()
    item.ReferencedSOPClassUID = "1.2"
    bad.PerformedSeriesSequence[0].ReferencedImageSequence = Sequence([item])
    assert change(node.address, bad, uid).Status == 0x0106
    assert [step.state for step in steps_of(alliance)] == ["in_progress"]


def test_two_hospitals_never_touch_each_other_s_steps(alliance: Alliance, node: Node) -> None:
    mine, uid = ordered(alliance, ZHANG), generate_uid()
    create(node.address, a_step(mine), uid)
    assert change(node.address, an_end("DISCONTINUED"), uid, calling="SCANNER_B").Status == 0x0112
    status, _ = create(node.address, a_step(mine), uid, calling="SCANNER_B")
    assert status.Status == 0x0000, "the same UID is another step there, and tells nothing of ours"
    assert change(node.address, an_end("DISCONTINUED", "1.2.3"), uid, calling="SCANNER_B").Status == 0x0000
    assert {(step.site_id, step.state) for step in steps_of(alliance)} == {
        (alliance.sites["county_a"], "in_progress"),
        (alliance.sites["county_b"], "discontinued"),
    }
    assert state_of(alliance, mine) == "in_progress", "a foreign step moves no order of ours"


def test_a_step_of_another_patient_moves_no_order(alliance: Alliance, node: Node) -> None:
    order = ordered(alliance, ZHANG)
    status, _ = create(node.address, a_step(order, PatientID="SOMEBODY"), generate_uid())
    assert status.Status == 0x0000
    assert state_of(alliance, order) == "scheduled"
    assert steps_of(alliance)[0].order_ids == []


def test_who_is_no_peer_reports_nothing(alliance: Alliance, node: Node) -> None:
    ae = AE(ae_title="TELECONSULT")
    ae.add_requested_context(UID(MPPS))
    association = ae.associate(*node.address, ae_title="TELECONSULT")
    assert not association.accepted_contexts
    if association.is_established:
        association.release()


# ---------------------------------------------------------------- killed in between


def test_a_node_killed_between_begin_and_end_goes_on_where_it_was(alliance: Alliance, tmp_path: Path) -> None:
    order, uid = ordered(alliance, ZHANG), generate_uid()
    settings = some_settings(alliance.system.settings.home, dicom_port=free_port())
    address = ("127.0.0.1", settings.dicom_port)
    first = a_node(settings, tmp_path / "first.log")
    try:
        assert create(address, a_step(order), uid)[0].Status == 0x0000
    finally:
        first.kill()
    second = a_node(settings, tmp_path / "second.log")
    try:
        assert create(address, a_step(order), uid)[0].Status == 0x0111, "what was answered is kept"
        assert change(address, an_end("COMPLETED", "1.2.3"), uid).Status == 0x0000
    finally:
        second.kill()
    assert state_of(alliance, order) == "completed"
    assert [(step.state, step.listed) for step in steps_of(alliance)] == [("completed", ["1.2.3"])]
