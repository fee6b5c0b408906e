"""Every file of the shared folder: in by C-STORE under its own transfer syntax, out by WADO-RS, byte for byte the same.

What cannot go in is listed below with the answer it gets. Real files of many makers; none of them is in this repository.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pydicom import dcmread
from sqlalchemy import select

from dicom_node.node import Node
from dicom_node.receive import Limits
from teleconsult.imaging import InstanceRow
from teleconsult.imaging.render_apart import RenderApart
from teleconsult.system import build
from tests import synth
from tests.builders import Alliance, some_settings
from tests.node import index
from tests.node.bodies import parts
from tests.node.conftest import Browser
from tests.peers import Scanner, Sent, sent_file, store

pytestmark = [pytest.mark.needs_shared_data, pytest.mark.timeout(300)]

SUCCESS, UNREADABLE, NO_UIDS = 0x0000, (0xC000, "object.unreadable"), (0xC000, "object.no_uids")
# No object of a patient, cut off, or without the identifiers that say what it is.
REFUSED = {
    "charset/chrSQEncoding.dcm": NO_UIDS,
    "charset/chrSQEncoding1.dcm": NO_UIDS,
    "dicomdir/DICOMDIR": NO_UIDS,
    "dicomdir/DICOMDIR-bigEnd": NO_UIDS,
    "dicomdir/DICOMDIR-empty.dcm": NO_UIDS,
    "dicomdir/DICOMDIR-implicit": NO_UIDS,
    "dicomdir/DICOMDIR-nooffset": NO_UIDS,
    "dicomdir/DICOMDIR-nopatient": NO_UIDS,
    "dicomdir/DICOMDIR-reordered": NO_UIDS,
    "dicomdir/TINY_ALPHA/DICOMDIR": NO_UIDS,
    "malformed/MR_truncated.dcm": UNREADABLE,
    "malformed/UN_sequence.dcm": NO_UIDS,
    "malformed/empty_charset_LEI.dcm": NO_UIDS,
    "malformed/nested_priv_SQ.dcm": NO_UIDS,
    "malformed/no_meta.dcm": UNREADABLE,  # begins with a stray byte
    "malformed/priv_SQ.dcm": NO_UIDS,
    "malformed/rtplan_truncated.dcm": UNREADABLE,
}
# Not Part 10 files, so that their data set has to be found: where it begins, and the syntax it is in.
BARE = {
    "malformed/ExplVR_BigEndNoMeta.dcm": "1.2.840.10008.1.2.2",
    "malformed/ExplVR_LitEndNoMeta.dcm": "1.2.840.10008.1.2.1",
    "malformed/no_meta.dcm": "1.2.840.10008.1.2.1",
    "rt_seg/rtstruct.dcm": "1.2.840.10008.1.2",
}
# Their meta groups don't say where the data set begins or how it is written: no sender could send them.
NOT_SENDABLE = {"malformed/meta_missing_tsyntax.dcm", "malformed/no_meta_group_length.dcm"}


def items(folder: Path) -> Iterator[tuple[str, Sent]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in (".md", ".tsv"):
            name = str(path.relative_to(folder))
            if name not in NOT_SENDABLE:
                yield name, _item(path, BARE.get(name))


def _item(path: Path, bare: str | None) -> Sent:
    """The file as its sender would send it: under the UIDs of its data set, whatever its meta group says."""
    content = path.read_bytes()
    ds = dcmread(path, force=True, stop_before_pixels=True)
    announced = str(ds.get("SOPClassUID") or synth.CT), str(ds.get("SOPInstanceUID") or "1.2.3.4")
    if bare is not None:
        start = 132 if content[128:132] == b"DICM" else 0
        return Sent(*announced, bare, content[start:])
    return replace(sent_file(content), sop_class=announced[0], sop_uid=announced[1])


class Archive:
    """A node and a browser over an alliance of its own."""

    def __init__(self, seeded: Alliance, home: Path, apart: RenderApart) -> None:
        shutil.copytree(seeded.system.settings.home, home)
        self.system = build(some_settings(home))
        self.node = Node(self.system, Limits(stop_seconds=0.5, index_apart=False))
        self.browser = Browser(Alliance(self.system, seeded.sites, seeded.people), apart)

    def send(self, sending: list[tuple[str, Sent]]) -> dict[str, tuple[int, str]]:
        answers: dict[str, tuple[int, str]] = {}
        scanner = Scanner(self.node.address)
        for start in range(0, len(sending), 40):
            batch = sending[start : start + 40]
            with scanner.associated([item for _, item in batch]) as association:
                for name, item in batch:
                    answer = store(association, item)
                    answers[name] = int(answer.Status), str(answer.ErrorComment)
        index.settle(self.system)
        return answers

    def kept(self) -> dict[str, InstanceRow]:
        """What is in the index, by its UID."""
        with self.system.read() as work:
            return {row.sop_uid: row for row in work.session.scalars(select(InstanceRow))}


@contextmanager
def an_archive(seeded: Alliance, home: Path, apart: RenderApart) -> Iterator[Archive]:
    archive = Archive(seeded, home, apart)
    archive.node.start()
    try:
        yield archive
    finally:
        archive.node.stop()
        archive.system.store.engine.dispose()


def look(archive: Archive, name: str, item: Sent) -> None:
    """Out again as it came in; described; and shown, or a reason given."""
    (row,) = json.loads(archive.browser.get(f"/instances?SOPInstanceUID={item.sop_uid}").get_data())
    where = row["00081190"]["Value"][0].partition("/dicom-web")[2]
    ((content_type, body),) = parts(archive.browser.get(where, 'multipart/related; type="application/dicom"'))
    assert content_type == f"application/dicom; transfer-syntax={item.transfer_syntax}", name
    assert synth.bare(body) == item.data_set, name
    (described,) = json.loads(archive.browser.get(f"{where}/metadata").get_data())
    assert described["00080018"]["Value"] == [item.sop_uid], name
    rendered = archive.browser.get(f"{where}/rendered?viewport=64,64")
    if rendered.status_code == 200:
        assert rendered.mimetype == "image/jpeg", name
    else:
        assert rendered.get_json()["code"].startswith("pixels."), name


def test_every_file_comes_out_as_it_went_in_and_what_cannot_go_in_is_told_why(
    shared_data: Path, seeded: Alliance, tmp_path: Path, apart: RenderApart
) -> None:
    """Files that share a UID, or a study with another patient, are let into an archive of their own each."""
    waiting = [(name, item) for name, item in items(shared_data)]
    assert len(waiting) > 350
    refused: dict[str, tuple[int, str]] = {}
    for number in range(30):
        if not waiting:
            break
        with an_archive(seeded, tmp_path / f"archive{number}", apart) as archive:
            answers = archive.send(waiting)
            refused |= {name: answer for name, answer in answers.items() if answer[0] != SUCCESS}
            kept = archive.kept()
            taken = [
                (name, item)
                for name, item in waiting
                if name not in refused
                and item.sop_uid in kept
                and index.bytes_of(archive.system, kept[item.sop_uid]) == item.data_set
            ]
            assert taken, f"none of {[name for name, _ in waiting if name not in refused]} was kept"
            for name, item in taken:
                look(archive, name, item)
            done = refused.keys() | dict(taken)
            waiting = [(name, item) for name, item in waiting if name not in done]
    assert not waiting
    assert refused == REFUSED
