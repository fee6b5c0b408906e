"""A study counts as complete when nothing came for a while; what comes later is late."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from teleconsult.access import SYSTEM, Role
from teleconsult.imaging import quarantine, queries, settle
from teleconsult.imaging.ingest import Limits
from teleconsult.imaging.settle import Quiet
from teleconsult.imaging.tables import QuarantineRow, StudyRow
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.records import journal
from tests import synth
from tests.arriving import House, a_house

LIMITS = Limits(quiet=Quiet(60, 20))


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with a_house(database_url, tmp_path) as made:
        yield made


def sweep(house: House) -> int:
    with house.store.work(SYSTEM) as work:
        return settle.sweep(work, work.now)


def prepare(house: House, settled_as: int | None = None) -> None:
    study = the_study(house)
    with house.store.work(SYSTEM) as work:
        settle.prepared(work, study.id, settled_as or study.version)


def the_study(house: House) -> StudyRow:
    (study,) = house.rows(select(StudyRow))
    assert isinstance(study, StudyRow)
    return study


def test_a_study_settles_only_after_its_quiet_time_and_each_object_starts_it_anew(house: House) -> None:
    first, second = synth.a_ct_series(2)
    house.send(first, limits=LIMITS)
    house.clock.advance(59)
    assert sweep(house) == 0
    house.send(second, limits=LIMITS)
    house.clock.advance(59)
    assert sweep(house) == 0
    house.clock.advance(1)
    assert sweep(house) == 1
    assert sweep(house) == 0
    (fact,) = house.facts("StudySettled")
    assert (fact.details, fact.sites) == ({"instances": 2, "late": False}, [house.sites["a"]])
    assert the_study(house).state == "settled"
    with house.store.work(SYSTEM) as work:
        assert [delivery.job for delivery in journal.due(work, 10, 60)] == ["prepare"]


def test_a_stat_study_settles_sooner(house: House) -> None:
    house.send(synth.ct_slice(RequestedProcedurePriority="STAT"), limits=LIMITS)
    assert the_study(house).priority == "STAT"
    house.clock.advance(20)
    assert sweep(house) == 1


def test_a_preparation_that_was_overtaken_by_later_images_never_says_that_it_is_complete(house: House) -> None:
    first, second = synth.a_ct_series(2)
    house.send(first, limits=LIMITS)
    house.clock.advance(60)
    assert sweep(house) == 1
    early = the_study(house).version
    house.send(second, limits=LIMITS)
    house.clock.advance(60)
    assert sweep(house) == 1
    prepare(house, early)  # the job of the first settling ends only now
    assert (the_study(house).state, house.facts("StudyPrepared")) == ("settled", [])
    prepare(house)
    assert the_study(house).state == "prepared"
    assert len(house.facts("StudyPrepared")) == 1


def test_a_repeat_does_not_keep_a_study_waiting(house: House) -> None:
    ds = synth.ct_slice()
    house.send(ds, limits=LIMITS)
    house.clock.advance(50)
    house.send(ds, limits=LIMITS)
    house.clock.advance(10)
    assert sweep(house) == 1


def test_images_after_preparation_are_late_and_announced_when_settled_again(house: House) -> None:
    first, second, third = synth.a_ct_series(3)
    house.send(first, limits=LIMITS)
    house.clock.advance(60)
    sweep(house)
    prepare(house)
    assert the_study(house).state == "prepared"
    version = the_study(house).version
    house.send(second, limits=LIMITS)
    house.send(third, limits=LIMITS)
    study = the_study(house)
    assert (study.state, study.version) == ("receiving", version + 1)
    house.clock.advance(60)
    assert sweep(house) == 1
    assert [fact.details["late"] for fact in house.facts("StudySettled")] == [False, True]
    (late,) = house.facts("LateImagesArrived")
    assert late.details == {"instances": 3}
    prepare(house)
    assert the_study(house).state == "prepared"


def test_images_before_preparation_settle_again_without_being_late(house: House) -> None:
    first, second = synth.a_ct_series(2)
    house.send(first, limits=LIMITS)
    house.clock.advance(60)
    sweep(house)
    house.send(second, limits=LIMITS)
    house.clock.advance(60)
    sweep(house)
    assert [fact.details["late"] for fact in house.facts("StudySettled")] == [False, False]
    assert house.facts("LateImagesArrived") == []


def test_preparing_twice_announces_once(house: House) -> None:
    house.send(synth.ct_slice(), limits=LIMITS)
    house.clock.advance(60)
    sweep(house)
    prepare(house)
    prepare(house)
    assert len(house.facts("StudyPrepared")) == 1


def test_an_image_during_preparation_keeps_the_study_receiving_and_it_is_prepared_again(house: House) -> None:
    first, second = synth.a_ct_series(2)
    house.send(first, limits=LIMITS)
    house.clock.advance(60)
    sweep(house)
    house.send(second, limits=LIMITS)
    prepare(house)
    assert the_study(house).state == "receiving"
    house.clock.advance(60)
    sweep(house)
    assert len(house.facts("LateImagesArrived")) == 1


def test_a_technologist_of_the_site_sees_and_resolves_what_was_set_apart_and_nobody_else(house: House) -> None:
    with pytest.raises(Refused):
        house.send_bytes(b"no image")
    technologist, stranger = house.person(Role.TECHNOLOGIST, "a"), house.person(Role.TECHNOLOGIST, "b")
    with house.store.work(technologist) as work:
        cases = queries.quarantine_of(work, technologist, house.sites["a"])
        assert (len(cases.items), cases.open_total, cases.more) == (1, 1, False)
        with pytest.raises(Refused) as caught:
            quarantine.resolve(work, stranger, cases.items[0].id, "")
        assert caught.value.meaning is Meaning.FORBIDDEN
        quarantine.resolve(work, technologist, cases.items[0].id, "sent again")
    with house.store.work(technologist) as work, pytest.raises(Refused) as caught:
        quarantine.resolve(work, technologist, cases.items[0].id, "twice")
    assert caught.value.code == "quarantine.resolved"
    assert len(house.facts("QuarantineResolved")) == 1
    with house.store.read(technologist) as work:
        assert queries.quarantine_of(work, technologist, house.sites["a"]).items == ()
        assert len(queries.quarantine_of(work, technologist, house.sites["a"], "all").items) == 1


def test_the_same_bytes_after_they_were_resolved_open_the_case_again(house: House) -> None:
    with pytest.raises(Refused):
        house.send_bytes(b"no image")
    technologist = house.person(Role.TECHNOLOGIST, "a")
    with house.store.work(technologist) as work:
        (case,) = house.rows(select(QuarantineRow))
        quarantine.resolve(work, technologist, case.id, "sent again")
    with pytest.raises(Refused):
        house.send_bytes(b"no image")
    (case,) = house.rows(select(QuarantineRow))
    assert (case.state, case.times) == ("open", 2)
    assert len(house.facts("ObjectRefused")) == 2


def test_a_study_is_detailed_for_its_own_site_and_absent_for_another(house: House) -> None:
    house.send(synth.ct_slice())
    study = the_study(house)
    doctor, stranger = house.person(Role.COUNTY_DOCTOR, "a"), house.person(Role.COUNTY_DOCTOR, "b")
    with house.store.read(doctor) as work:
        detail = queries.study_detail(work, doctor, study.id)
        assert (detail.study.id, len(detail.series), detail.open_cases) == (study.id, 1, 0)
        (row,) = queries.instances_of(work, study.id)
        assert queries.instance_by_uid(work, doctor, study.study_uid, row.sop_uid).id == row.id
        for ask in (
            lambda: queries.study_detail(work, stranger, study.id),
            lambda: queries.study_by_uid(work, stranger, study.study_uid),
        ):
            with pytest.raises(Refused) as caught:
                ask()
            assert (caught.value.meaning, caught.value.code) == (Meaning.ABSENT, "study.absent")
