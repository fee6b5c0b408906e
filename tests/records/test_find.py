"""One search for QIDO-RS, C-FIND and the screens, in a real database."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from pydicom.uid import generate_uid

from teleconsult.access import ANYBODY, SYSTEM, Actor, Role
from teleconsult.imaging import find
from teleconsult.imaging.find import Answer, Match, Page
from tests import synth
from tests.arriving import House, a_house


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with a_house(database_url, tmp_path) as made:
        yield made


def studies(house: House, match: Match, page: Page = find.FIRST, actor: Actor = SYSTEM) -> Answer:
    with house.store.read(actor) as work:
        return find.studies(work, actor, match, page)


def names(house: House, match: Match, actor: Actor = SYSTEM) -> set[str]:
    return {found.study.name_shown for found in studies(house, match, actor=actor).items}


@pytest.fixture
def named(house: House) -> House:
    for number, name in enumerate(
        ("Shan^Xiongxin=单^雄信", "测试^甲", "Müller^Jörg", "Yamada^Tarou=山田^太郎=やまだ^たろう")
    ):
        house.send(
            synth.ct_slice(
                patient_name=name,
                patient_id=f"T_{number}",
                AccessionNumber=f"A%{number}",
                StudyDate=f"2026010{number + 1}",
            )
        )
    return house


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Shan^Xiongxin", "单雄信"),
        ("SHANX*", "单雄信"),
        ("shan xiong*", "单雄信"),
        ("sxx", "单雄信"),
        ("danxiongxin", "单雄信"),
        ("单^雄*", "单雄信"),
        ("单雄信", "单雄信"),
        ("=单*", "单雄信"),
        ("*xiongxin", "单雄信"),
        ("?xx", "单雄信"),
        ("ceshi*", "测试甲"),
        ("csj", "测试甲"),
        ("muller^jorg", "Müller Jörg"),
        ("MÜLLER*", "Müller Jörg"),
        ("jörg*", "Müller Jörg"),
        ("山田*", "山田太郎"),
        ("やまだ*", "山田太郎"),
    ],
)
def test_a_name_is_found_by_any_writing_in_any_case(named: House, asked: str, found: str) -> None:
    assert names(named, Match(name=asked)) == {found}


@pytest.mark.parametrize("asked", ["", "*", "**", "^", "*^*"])
def test_a_universal_name_finds_everything(named: House, asked: str) -> None:
    assert len(names(named, Match(name=asked))) == 4


@pytest.mark.parametrize("asked", ["Shan", "%", "_xx", "sh%", "nobody*", "\\*", "-", "\0", "\ud800zz*"])
def test_what_is_no_name_of_theirs_finds_nothing(named: House, asked: str) -> None:
    assert names(named, Match(name=asked)) == set()


@pytest.mark.parametrize(
    ("match", "found"),
    [
        (Match(patient_number="T_1"), {"测试甲"}),
        (Match(patient_number="t_*"), {"单雄信", "测试甲", "Müller Jörg", "山田太郎"}),
        (Match(patient_number="T?1"), {"测试甲"}),
        (Match(patient_number="T%1"), set()),
        (Match(accession="A%2"), {"Müller Jörg"}),
        (Match(study_dates=("20260102", "20260103")), {"测试甲", "Müller Jörg"}),
        (Match(study_dates=("20260103", "")), {"Müller Jörg", "山田太郎"}),
        (Match(study_dates=("", "20260101")), {"单雄信"}),
        (Match(birth_dates=("19600301", "19600301"), sex="M", patient_number="T_0"), {"单雄信"}),
        (Match(description="che*", modalities=("CT", "MR")), {"单雄信", "测试甲", "Müller Jörg", "山田太郎"}),
        (Match(modalities=("MR",)), set()),
        (Match(states=("prepared",)), set()),
        (Match(any_of="xiong"), {"单雄信"}),
        (Match(any_of="t_3"), {"山田太郎"}),
        (Match(any_of="ｔ＿３"), {"山田太郎"}),
        (Match(any_of="试"), {"测试甲"}),
    ],
)
def test_keys_of_the_standard_match(named: House, match: Match, found: set[str]) -> None:
    assert names(named, match) == found


def test_a_study_is_found_by_any_of_its_modalities_series_and_objects(house: House) -> None:
    uid, series, sop = generate_uid(), generate_uid(), generate_uid()
    house.send(synth.ct_slice(study_uid=uid))
    house.send(synth.an_encapsulated_pdf(study_uid=uid, series_uid=series, sop_uid=sop))
    house.send(synth.an_mr())
    for match in (
        Match(modalities=("DOC",)),
        Match(series_uids=(series,)),
        Match(sop_uids=(sop,)),
        Match(study_uids=(uid, "1.2")),
    ):
        assert [found.study.study_uid for found in studies(house, match).items] == [uid]


def test_series_and_instances_come_with_their_study_in_stacking_order(house: House) -> None:
    uid, series = generate_uid(), generate_uid()
    for number in (3, 1, 2):
        house.send(synth.ct_slice(number, study_uid=uid, series_uid=series, SeriesNumber="2"))
    house.send(synth.an_mr(study_uid=uid, SeriesNumber="1"))
    with house.store.read(SYSTEM) as work:
        found = find.series(work, SYSTEM, Match(study_uids=(uid,))).items
        assert [
            (each.series.number, each.series.instance_count, each.study.study_uid) for each in found if each.series
        ] == [(1, 1, uid), (2, 3, uid)]
        assert len(find.series(work, SYSTEM, Match(series_modality="MR")).items) == 1
        instances = find.instances(work, SYSTEM, Match(study_uids=(uid,), series_uids=(series,))).items
        assert [each.instance.number for each in instances if each.instance] == [1, 2, 3]
        assert len(find.instances(work, SYSTEM, Match(instance_number=2)).items) == 1
        assert len(find.instances(work, SYSTEM, Match(sop_classes=(synth.MR,))).items) == 1


def test_pages_do_not_overlap_and_say_whether_there_is_more(house: House) -> None:
    for _ in range(5):
        house.send(synth.ct_slice())
        house.clock.advance(1)
    pages = [studies(house, Match(), Page(limit=2, offset=offset, total=True)) for offset in (0, 2, 4, 6)]
    assert [(len(page.items), page.more, page.total) for page in pages] == [
        (2, True, 5),
        (2, True, 5),
        (1, False, 5),
        (0, False, 5),
    ]
    arrived = [found.study.arrived_at for page in pages for found in page.items]
    assert arrived == sorted(arrived, reverse=True)
    assert len(set(arrived)) == 5


def test_only_what_the_actor_may_see_is_found(house: House) -> None:
    house.send(synth.ct_slice(patient_name="测试^甲"), "a")
    house.send(synth.ct_slice(patient_name="测试^乙"), "b")
    assert names(house, Match(), house.person(Role.COUNTY_DOCTOR, "a")) == {"测试甲"}
    assert names(house, Match(), house.person(Role.COUNTY_DOCTOR, "b")) == {"测试乙"}
    assert names(house, Match(), house.person(Role.ADMINISTRATOR, "a")) == set()
    assert names(house, Match(), ANYBODY) == set()
    doctor = house.person(Role.COUNTY_DOCTOR, "a")
    with house.store.read(doctor) as work:
        assert len(find.series(work, doctor, Match()).items) == 1
        assert len(find.instances(work, doctor, Match()).items) == 1


@pytest.mark.parametrize("pattern", ["测试*", "*", "ceshi*", "测试^甲", "cs*", "*甲", "没有*"])
def test_a_search_by_name_gives_each_what_the_whole_search_gives(
    house: House, pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The total is counted by the search over all studies; the pages by name come from the index of names."""
    monkeypatch.setattr(find, "_LEAST_AT_ONCE", 2)
    monkeypatch.setattr(find, "_MOST_AT_ONCE", 3)
    for number in range(11):
        site = "ab"[number % 3 == 0]
        house.send(
            synth.ct_slice(patient_name=f"测试^{'甲乙丙'[number % 3]}", patient_id=f"N{number}", Modality="CT"), site
        )
        house.clock.advance(1)
    everybody = [house.person(Role.COUNTY_DOCTOR, "a"), house.person(Role.TECHNOLOGIST, "b"), SYSTEM, ANYBODY]
    for actor, limit, modalities in product(everybody, (1, 2, 4, 50), ((), ("CT",), ("MR",))):
        match = Match(name=pattern, modalities=modalities)
        whole = studies(house, match, Page(limit=50, total=True), actor)
        pages = [studies(house, match, Page(limit, offset), actor) for offset in range(0, 12, limit)]
        ids = [each.study.id for page in pages for each in page.items]
        assert ids == [each.study.id for each in whole.items]
        assert len(ids) == whole.total
        assert [page.more for page in pages] == [offset + limit < len(ids) for offset in range(0, 12, limit)]
