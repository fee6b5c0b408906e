"""A line that does not carry a piece of a file in time: it is said, pieces become smaller, and what waits arrives once, byte for byte."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset
from sqlalchemy import select

from dicom_node.gateway.centre import Answered, Pace
from dicom_node.gateway.centre import Centre as Sender
from dicom_node.gateway.config import Config
from dicom_node.gateway.pieces import LEAST, Pieces
from teleconsult.imaging import InstanceRow
from teleconsult.imaging.tables_uploads import GatewayReportRow, UploadRow
from tests import synth
from tests.children import wait_for
from tests.gateway.conftest import Centre, Cut, Gateway
from tests.gateway.test_gateway_packing import a_study, check_arrived, objects

pytestmark = pytest.mark.timeout(300)
SECONDS = 2.5  # for one piece; a minute outside of tests
STOPPED = int(
    LEAST / SECONDS * 0.6
)  # bytes a second: not even the smallest piece is carried in time, other requests are
SLOW = int(LEAST / SECONDS * 3)  # … the smallest are, those of 512 KiB are not


@pytest.fixture
def line(centre: Centre) -> Iterator[Cut]:
    made = Cut(centre.port)
    yield made
    made.close()


@pytest.fixture
def over(centre: Centre, line: Cut, tmp_path: Path) -> Iterator[Callable[[str], Gateway]]:
    made: list[Gateway] = []

    def a_gateway(packing: str) -> Gateway:
        home = tmp_path / packing
        home.mkdir()
        (home / "gateway.json").write_text(json.dumps({"answer_seconds": SECONDS}))
        options = {"packing": packing, "report-seconds": "1"}
        made.append(Gateway(home, line.port, centre.token("SCANNER_A"), **options))
        made[-1].start()
        wait_for(lambda: made[-1].state()["reached"], "the centre has answered")
        return made[-1]

    yield a_gateway
    for each in made:
        each.stop()


def noisy(count: int) -> list[Dataset]:
    """Slices that nothing makes smaller, each longer than a piece of 512 KiB."""
    made = a_study(count)
    for each in made:
        each.PixelData = random.randbytes(512 * 512 * 2)
    return made


def reported(centre: Centre, gateway: Gateway) -> list[str]:
    """What the gateway has told the centre of the line."""
    digits, rows = gateway.state()["digits"], centre.rows(select(GatewayReportRow))
    homes = [each for row in rows for each in row.report["homes"].items()]
    return [each["report"]["error"] for name, each in homes if name.endswith(digits)]


def test_a_piece_that_is_not_carried_in_time_is_followed_by_smaller_ones(
    centre: Centre, line: Cut, over: Callable[[str], Gateway]
) -> None:
    gateway, items = over("never"), objects(noisy(2))
    line.rate = SLOW
    assert gateway.scanner("TCGATE_STAT").send(*items) == [0, 0]
    wait_for(lambda: gateway.state()["error"] == "line.timeout", "the first piece is late")
    gateway.empty(120)
    check_arrived(centre, items)
    assert centre.has() == sorted(item.sop_uid for item in items)
    assert gateway.state()["error"] == ""
    assert {row.chunk_size for row in centre.rows(select(UploadRow)) if row.size > 512 << 10} <= {LEAST, 2 * LEAST}


def test_as_long_as_no_piece_gets_through_the_line_is_not_called_good(
    centre: Centre, line: Cut, over: Callable[[str], Gateway]
) -> None:
    gateway, items = over("never"), objects(noisy(1))
    line.rate = STOPPED
    assert gateway.scanner().send(*items) == [0]
    wait_for(lambda: gateway.state()["error"] == "line.timeout", "the piece is late")
    pages: list[str] = []

    def told() -> bool:
        pages.append(gateway.shown())
        return "line.timeout" in reported(centre, gateway)

    wait_for(told, "the centre, which answers, is told of it")
    assert all(">正常</span>" not in page and "传输超时" in page for page in pages)
    assert "Timed out" in gateway.shown("en")
    assert (gateway.state()["error"], gateway.state()["reached"]) == ("line.timeout", False)
    line.rate = 0
    gateway.empty()
    wait_for(lambda: ">正常</span>" in gateway.shown(), "it is good again")
    check_arrived(centre, items)


def test_a_line_that_timed_out_is_slow_so_that_packing_begins(
    centre: Centre, line: Cut, over: Callable[[str], Gateway]
) -> None:
    gateway, items = over("auto"), objects(a_study(3))
    line.rate = STOPPED
    assert gateway.scanner("TCGATE_STAT").send(*items) == [0] * 3
    wait_for(lambda: gateway.state()["packing"] == "on", "packing begins before anything has arrived")
    assert gateway.state()["sent"] == 0
    line.rate = SLOW
    gateway.empty(120)
    check_arrived(centre, items)
    assert gateway.state()["packed"] > 0


def test_within_a_narrow_limit_files_go_one_after_the_other(centre: Centre, tmp_path: Path) -> None:
    limit = {"limit": "00:00-24:00=400", "packing": "never"}  # 50 kB/s: the three take about eight seconds
    gateway, made = Gateway(tmp_path / "limited", centre.port, centre.token("SCANNER_A"), **limit), a_study(3, size=256)
    for each in made:
        each.PixelData = random.randbytes(256 * 256 * 2)
    gateway.start()
    try:
        assert gateway.scanner().send(*objects(made)) == [0] * 3
        gateway.empty()
    finally:
        gateway.stop()
    uids = {each.SOPInstanceUID for each in made}
    first, second, third = sorted(row.arrived_at for row in centre.rows(select(InstanceRow)) if row.sop_uid in uids)
    seconds = 256 * 256 * 2 / 50_000
    assert (second - first).total_seconds() > seconds / 2, "the first does not share the line with others"
    assert (third - second).total_seconds() > seconds / 2, "nor does the second"


def test_an_upload_that_was_begun_goes_on_in_smaller_chunks(centre: Centre) -> None:
    sender = Sender(Config(url=f"http://127.0.0.1:{centre.port}", token=centre.token("SCANNER_A")), Pace(()))
    content = synth.as_bytes(noisy(1)[0], synth.ExplicitVRLittleEndian)

    def announced(chunk: int) -> dict[str, Any]:
        file = {"name": "a.dcm", "size": len(content), "sha256": sha256(content).hexdigest()}
        state: dict[str, Any] = sender.ask("POST", "/api/uploads", {"files": [file], "chunk_size": chunk})["items"][0]
        return state

    def put(state: dict[str, Any], offset: int, size: int) -> dict[str, Any]:
        piece, where = content[offset : offset + size], f"/api/uploads/{state['id']}/chunks/{offset}"
        return sender.put_chunk(where, piece, sha256(piece).hexdigest(), deflated=False, urgent=True)

    assert put(announced(4 * LEAST), 0, 4 * LEAST)["received"] == 4 * LEAST
    state = announced(LEAST)
    assert (state["chunk_size"], state["received"]) == (LEAST, 4 * LEAST)
    assert announced(4 * LEAST)["chunk_size"] == LEAST, "never larger again"
    with pytest.raises(Answered, match=r"upload\.chunk"):
        put(state, 4 * LEAST, 4 * LEAST)
    for offset in range(4 * LEAST, len(content), LEAST):
        put(state, offset, LEAST)
    done = sender.ask("POST", f"/api/uploads/{state['id']}/finish", {})
    assert (done["state"], done["kind"]) == ("done", "stored")
    sender.close()


def test_pieces_shrink_once_for_those_that_were_late_together_and_grow_when_twice_as_large_ones_would_be_quick() -> (
    None
):
    pieces = Pieces(512 << 10, 60.0)
    for _ in range(3):
        pieces.late(512 << 10)
    assert (pieces.size, pieces.small) == (128 << 10, True)
    for _ in range(3):
        pieces.late(pieces.size)
    assert pieces.size == LEAST
    pieces.carried(LEAST, 33.0)  # 16 kbit/s
    assert pieces.size == LEAST
    for _ in range(3):
        pieces.carried(LEAST, 0.1)
    assert (pieces.size, pieces.small) == (512 << 10, False)


def test_a_line_that_was_measured_is_given_no_pieces_that_it_could_not_carry_in_time() -> None:
    pieces = Pieces(512 << 10, 60.0)
    pieces.suit(0.0)  # not measured yet
    pieces.suit(1_000_000.0)
    assert not pieces.small
    pieces.suit(7_767.0)  # 62 kbit/s: 17 s a piece
    assert pieces.size == 128 << 10
    pieces.suit(1.0)
    assert pieces.size == LEAST
    pieces.suit(1_000_000.0)
    assert pieces.size == LEAST, "what is carried says when larger ones are due"
