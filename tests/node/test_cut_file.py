"""A file in the store ends early, and no round has looked at it yet: it is given out at no door, neither whole nor in part."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import UID
from sqlalchemy import select

from dicom_node.node import Node
from teleconsult.imaging import InstanceRow, pixels
from teleconsult.imaging.pixels_values import Undecodable
from tests import synth
from tests.builders import Alliance
from tests.node import asking
from tests.node.asking import STUDY_MOVE, keys
from tests.node.bodies import parts
from tests.node.conftest import Browser
from tests.node.test_commitment import Told, ask, committed, failures, modality
from tests.node.test_dicomweb import url
from tests.node.test_retrieve import a_pacs, counts
from tests.peers import Scanner, sent

__all__ = ["modality"]


@pytest.fixture
def datasets() -> list[Dataset]:
    return synth.a_ct_series(3)


@pytest.fixture
def cut(datasets: Sequence[Dataset], scanner: Scanner, alliance: Alliance) -> Path:
    """The first of three has lost its second half, the second its last byte."""
    assert scanner.send(*map(sent, datasets)) == [0, 0, 0]
    first, second = (the_file(alliance, dataset) for dataset in datasets[:2])
    first.write_bytes(first.read_bytes()[: first.stat().st_size // 2])
    second.write_bytes(second.read_bytes()[:-1])
    return first


def the_file(alliance: Alliance, dataset: Dataset) -> Path:
    with alliance.system.read() as work:
        of_it = select(InstanceRow.blob_key).where(InstanceRow.sop_uid == dataset.SOPInstanceUID)
        return alliance.system.settings.home / "blobs" / work.session.scalars(of_it).one()


@pytest.mark.usefixtures("cut")
def test_the_web_gives_neither_the_object_nor_a_shorter_frame(browser: Browser, datasets: Sequence[Dataset]) -> None:
    for dataset in datasets[:2]:
        for tail in ("", "/frames/1", "/rendered", "/bulkdata/7FE00010"):
            answer = browser.get(url(dataset, tail))
            assert (answer.status_code, answer.get_json(force=True)["code"]) == (404, "blob.absent"), tail
        assert browser.get(url(dataset), "application/dicom").status_code == 404
    whole = browser.get(url(datasets[2], "/frames/1"))
    assert (whole.status_code, [len(body) for _, body in parts(whole)]) == (200, [len(datasets[2].PixelData)])


@pytest.mark.usefixtures("cut")
def test_the_rest_of_its_study_is_given_out_as_a_part(browser: Browser, datasets: Sequence[Dataset]) -> None:
    answer = browser.get(url(datasets[0], level="study"))
    assert (answer.status_code, len(parts(answer))) == (206, 1)


@pytest.mark.usefixtures("cut")
def test_neither_get_nor_move_gives_it_out(node: Node, alliance: Alliance, datasets: Sequence[Dataset]) -> None:
    wanted = keys("STUDY", StudyInstanceUID=str(datasets[0].StudyInstanceUID))
    with a_pacs(alliance) as pacs:
        with asking.associated(node.address, STUDY_MOVE) as association:
            *_, (last, failed) = association.send_c_move(wanted, "PACS_A", UID(STUDY_MOVE))
        assert [sop for sop, _, _ in pacs.got] == [datasets[2].SOPInstanceUID]
    assert counts(last) == (1, 2, 0)
    assert failed is not None
    assert set(failed.FailedSOPInstanceUIDList) == {dataset.SOPInstanceUID for dataset in datasets[:2]}


@pytest.mark.usefixtures("cut")
def test_it_is_not_committed(node: Node, modality: Told, datasets: Sequence[Dataset]) -> None:
    ask(node, *map(sent, datasets), uid="2.25.1")
    assert modality.came.wait(60)
    report = modality.reports[-1][1]
    assert committed(report) == {datasets[2].SOPInstanceUID}
    assert set(failures(report)) == {dataset.SOPInstanceUID for dataset in datasets[:2]}


def test_the_same_object_behind_another_meta_group_is_whole(
    browser: Browser, alliance: Alliance, datasets: Sequence[Dataset], scanner: Scanner
) -> None:
    assert scanner.send(sent(datasets[0])) == [0]
    file = the_file(alliance, datasets[0])
    before, kept = file.stat().st_size, dcmread(file)
    kept.file_meta.ImplementationVersionName = "OTHERWISE"
    kept.save_as(file, enforce_file_format=True)
    assert file.stat().st_size != before
    assert browser.get(url(datasets[0], "/frames/1")).status_code == 200


def test_a_frame_that_ends_early_is_none(cut: Path) -> None:
    with pytest.raises(Undecodable) as refused:
        pixels.stored_frame(cut)
    assert refused.value.code == "pixels.truncated"
