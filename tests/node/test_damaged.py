"""An object that was found altered on the disk is nowhere given out nor answered for, until the device sends it again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from pydicom import Dataset
from pydicom.uid import UID
from sqlalchemy import select

from dicom_node.node import Node
from teleconsult.access import SYSTEM
from teleconsult.imaging import InstanceRow, scrub, scrub_damaged
from tests import synth
from tests.builders import Alliance
from tests.node import asking
from tests.node.asking import STUDY_MOVE, keys
from tests.node.bodies import parts
from tests.node.conftest import Browser
from tests.node.test_commitment import Told, ask, committed, failures, modality
from tests.node.test_dicomweb import url
from tests.node.test_retrieve import a_pacs, counts
from tests.peers import Scanner, Sent, sent

__all__ = ["modality"]


@dataclass
class Damage:
    """Two objects of a study came by C-STORE, and a byte of the first has changed on the disk since."""

    alliance: Alliance
    datasets: list[Dataset]
    objects: list[Sent]

    @property
    def file(self) -> Path:
        with self.alliance.system.read() as work:
            of_first = select(InstanceRow.blob_key).where(InstanceRow.sop_uid == self.objects[0].sop_uid)
            key = work.session.scalars(of_first).one()
        return self.alliance.system.settings.home / "blobs" / key

    def a_round(self) -> list[str]:
        system = self.alliance.system
        round_id = scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace())
        with system.read() as work:
            return [each.kind for each in scrub.findings(work, round_id)]


@pytest.fixture
def damage(scanner: Scanner, alliance: Alliance) -> Damage:
    datasets = synth.a_ct_series(2)
    made = Damage(alliance, datasets, [sent(ds) for ds in datasets])
    assert scanner.send(*made.objects) == [0, 0]
    content = bytearray(made.file.read_bytes())
    content[-7] ^= 1
    made.file.write_bytes(content)
    assert made.a_round() == ["altered"]
    return made


def asked_of(node: Node, told: Told, damage: Damage, uid: str) -> Dataset:
    told.came.clear()
    ask(node, *damage.objects, uid=uid)
    assert told.came.wait(60)
    return told.reports[-1][1]


def test_it_is_not_committed_until_the_device_has_sent_it_again(
    node: Node, scanner: Scanner, modality: Told, damage: Damage
) -> None:
    first, second = damage.objects
    report = asked_of(node, modality, damage, "2.25.1")
    assert (failures(report), committed(report)) == ({first.sop_uid: 0x0110}, {second.sop_uid})
    assert scanner.send(first) == [0]
    assert damage.file.read_bytes().endswith(first.data_set)
    report = asked_of(node, modality, damage, "2.25.2")
    assert (failures(report), committed(report)) == ({}, {first.sop_uid, second.sop_uid})
    assert damage.a_round() == []


def test_another_object_under_its_number_does_not_take_its_place(scanner: Scanner, damage: Damage) -> None:
    other = damage.datasets[0].copy()
    other.PixelData = bytes(len(other.PixelData))
    assert scanner.send(sent(other)) == [0]
    assert not damage.file.exists()
    assert damage.a_round() == ["altered"]


def test_neither_get_nor_move_gives_it_out(node: Node, damage: Damage) -> None:
    wanted = keys("STUDY", StudyInstanceUID=str(damage.datasets[0].StudyInstanceUID))
    with a_pacs(damage.alliance) as pacs:
        with asking.associated(node.address, STUDY_MOVE) as association:
            *_, (last, failed) = association.send_c_move(wanted, "PACS_A", UID(STUDY_MOVE))
        assert [sop for sop, _, _ in pacs.got] == [damage.objects[1].sop_uid]
    assert counts(last) == (1, 1, 0)
    assert failed is not None
    assert damage.objects[0].sop_uid in str(failed.FailedSOPInstanceUIDList)


def test_the_web_says_that_it_is_absent_and_names_no_file(browser: Browser, damage: Damage) -> None:
    for tail in ("", "/frames/1", "/rendered", "/bulkdata/7FE00010"):
        answer = browser.get(url(damage.datasets[0], tail))
        told = answer.get_json(force=True)
        assert (answer.status_code, told["code"], told["detail"]) == (404, "blob.absent", ""), tail
    plain = browser.get(url(damage.datasets[0]), "application/dicom")
    assert (plain.status_code, plain.get_json(force=True)["code"]) == (404, "blob.absent")


@pytest.mark.parametrize("level", ["series", "study"])
def test_the_rest_of_its_study_is_given_out_as_a_part(browser: Browser, damage: Damage, level: str) -> None:
    answer = browser.get(url(damage.datasets[0], level=level))
    assert answer.status_code == 206
    assert "1 of the objects" in answer.headers["Warning"]
    assert len(parts(answer)) == 1
    pictures = browser.get(url(damage.datasets[0], "/rendered", level), 'multipart/related; type="image/png"')
    assert (pictures.status_code, len(parts(pictures))) == (200, 2)  # one of them a card


def test_stow_brings_it_back(browser: Browser, damage: Damage) -> None:
    browser.who = "technician_a"
    file = synth.as_bytes(damage.datasets[0])
    assert browser.post("/studies", file, "application/dicom").status_code == 200
    with damage.alliance.system.read() as work:
        study_id = work.session.scalars(select(InstanceRow.study_id)).first()
        assert scrub_damaged.damaged(work, damage.alliance.system.blobs, str(study_id)) == 0
    assert damage.a_round() == []
