"""A slow line: pixels travel packed, the centre has the modality's bytes; where that fails, they travel as they are."""

from __future__ import annotations

import io
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from pydicom import Dataset
from pydicom.uid import generate_uid
from sqlalchemy import select

from teleconsult.imaging import InstanceRow, packing
from teleconsult.imaging.tables_uploads import UploadRow
from tests.children import wait_for
from tests.gateway.conftest import Centre, Cut, Gateway
from tests.peers import Sent, sent
from tests.rules.test_packing import a_slice

pytestmark = pytest.mark.timeout(300)  # several whole processes start in each
SLOW = 1_000_000  # bytes a second: 8 Mbit/s


def a_study(count: int, size: int = 512) -> list[Dataset]:
    slices, study = [a_slice(size) for _ in range(count)], generate_uid()
    for each in slices:
        each.StudyInstanceUID, each.SOPInstanceUID = study, generate_uid()
    return slices


def objects(slices: list[Dataset]) -> list[Sent]:
    return [sent(each) for each in slices]


def check_arrived(centre: Centre, items: list[Sent]) -> None:
    """Each object is at the centre, in the modality's bytes and in those of the gateway's file."""
    rows = {row.sop_uid: row for row in centre.rows(select(InstanceRow))}
    announced = set(centre.rows(select(UploadRow.sha256).where(UploadRow.state == "done")))
    for item in items:
        row = rows[item.sop_uid]
        content = centre.alliance.system.blobs.read(row.blob_key)
        assert content.endswith(item.data_set)
        assert row.sha256 == sha256(item.data_set).hexdigest()
        assert sha256(content).hexdigest() in announced


def folder(gateway: Gateway) -> list[str]:
    return sorted(path.name for path in (gateway.home / "packing").iterdir())


@pytest.fixture
def line(centre: Centre) -> Iterator[Cut]:
    made = Cut(centre.port)
    yield made
    made.close()


def a_gateway(folder: Path, centre: Centre, line: Cut, packing: str) -> Gateway:
    return Gateway(folder / packing, line.port, centre.token("SCANNER_A"), packing=packing)


def test_on_a_slow_line_fewer_bytes_cross_and_the_sender_s_bytes_arrive(
    centre: Centre, line: Cut, tmp_path: Path
) -> None:
    line.rate, crossed = SLOW, {}
    for how in ("never", "auto"):
        gateway, items, before = a_gateway(tmp_path, centre, line, how), objects(a_study(16)), line.carried
        gateway.start()
        try:
            scanner = gateway.scanner() if how == "never" else gateway.scanner("TCGATE_STAT")
            assert scanner.send(*items) == [0] * len(items)
            gateway.empty()
            crossed[how], state = line.carried - before, gateway.state()
            check_arrived(centre, items)
            assert state["packing"] == {"never": "never", "auto": "on"}[how]
            assert (state["packed"] > 0) is (how == "auto"), "what is urgent, too"
            assert folder(gateway) == []
            pages = gateway.shown(), gateway.shown("en")
        finally:
            gateway.stop()
    assert crossed["auto"] < 0.9 * crossed["never"], crossed
    assert state["packed_bytes"] < 0.6 * state["packed_original_bytes"]
    assert "正在使用：无损压缩" in pages[0]
    assert f"{state['packed']} 个文件共发送" in pages[0]
    assert "sent instead of" in pages[1]
    log = (tmp_path / "auto.log").read_text()
    assert log.count("packing begins") == 1


def test_on_a_quick_line_nothing_is_packed(centre: Centre, line: Cut, tmp_path: Path) -> None:
    gateway, items = a_gateway(tmp_path, centre, line, "auto"), objects(a_study(2))
    gateway.start()
    try:
        assert gateway.scanner().send(*items) == [0, 0]
        gateway.empty()
        check_arrived(centre, items)
        assert (gateway.state()["packing"], gateway.state()["packed"]) == ("off", 0)
    finally:
        gateway.stop()


def test_a_gateway_killed_in_the_middle_of_packing_and_of_sending_goes_on(
    centre: Centre, line: Cut, tmp_path: Path
) -> None:
    gateway, items = a_gateway(tmp_path, centre, line, "always"), objects(a_study(1, size=2048))
    gateway.start()
    try:
        line.rate = SLOW
        assert gateway.scanner().send(*items) == [0]
        wait_for(lambda: any(name.endswith(".part") for name in folder(gateway)), "it is being packed")
        gateway.kill()
        gateway.start()

        def under_way() -> list[UploadRow]:
            rows = centre.rows(select(UploadRow).where(UploadRow.state == "open"))
            return [row for row in rows if 2 * row.chunk_size <= row.received]

        wait_for(under_way, "a part of the packed file is at the centre")
        (name,) = folder(gateway)
        gateway.kill()
        (row,) = under_way()
        assert name.split(".")[1] == row.sha256
        before, left = line.carried, row.size - row.received
        gateway.start()
        assert folder(gateway) == [name]
        gateway.empty()
        check_arrived(centre, items)
        assert gateway.state()["packed"] == 1
        assert line.carried - before < left + row.chunk_size, "what was there is not sent again"
        assert folder(gateway) == []
        assert centre.rows(select(UploadRow.id).where(UploadRow.state == "open")) == []
    finally:
        gateway.stop()


def test_what_the_centre_can_t_unpack_goes_as_it_is_and_is_said_once(centre: Centre, line: Cut, tmp_path: Path) -> None:
    """A packed file that was spoilt on the gateway's disk before it was sent; its name says its hash, so it is taken for whole."""
    centre.kill()
    gateway, items = a_gateway(tmp_path, centre, line, "auto"), objects(a_study(1))
    gateway.start()
    try:
        assert gateway.scanner().send(*items) == [0]
        wait_for(lambda: gateway.state()["error"] != "", "nothing can be sent")
        gateway.stop()
        (waiting,) = (gateway.home / "waiting").glob("*/*.dcm")
        out = io.BytesIO()
        packing.pack(waiting, out)
        spoilt = out.getvalue()[:-500]
        original = waiting.name.split(".")[2]
        (gateway.home / "packing" / f"{original}.{sha256(spoilt).hexdigest()}.tcpk").write_bytes(spoilt)
        centre.start()
        gateway.start()
        gateway.empty()
        check_arrived(centre, items)
        state = gateway.state()
        assert (state["packed"], state["packed_refused"], state["parked"], state["error"]) == (0, 1, 0, "")
        assert "1 个文件未能在中心还原，已按原样发送（文件不完整或已损坏）" in gateway.shown()
        assert (tmp_path / "auto.log").read_text().count("refused it packed: packing.damaged") == 1
        assert folder(gateway) == []
    finally:
        gateway.stop()


def test_a_centre_that_does_not_know_of_packing_gets_objects_as_they_are(
    centre: Centre, line: Cut, tmp_path: Path
) -> None:
    line.instead = (b'"packings"', b'"of_later"')  # an older centre says nothing of it
    gateway, items = a_gateway(tmp_path, centre, line, "always"), objects(a_study(2))
    gateway.start()
    try:
        assert gateway.scanner().send(*items) == [0, 0]
        gateway.empty()
        check_arrived(centre, items)
        assert (gateway.state()["packing"], gateway.state()["packed"]) == ("unknown", 0)
        assert "中心版本较旧" in gateway.shown()
        assert (tmp_path / "always.log").read_text().count("does not unpack packed files") == 1
    finally:
        gateway.stop()
