"""An object that comes in another transfer syntax while somebody exchanges the one that is kept: compared anew, and it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.uid import UID, ImplicitVRLittleEndian, JPEGLSLossless
from sqlalchemy import select

from teleconsult.access import SYSTEM, Role
from teleconsult.imaging import identity_cases, identity_decide, ingest_compare, ingest_group
from teleconsult.imaging.ingest import DEFAULTS, Kind
from teleconsult.imaging.receipts import Receipt, Received
from teleconsult.imaging.tables import ArrivalRow, InstanceRow
from teleconsult.imaging.tables_identity import DecisionRow
from teleconsult.kernel.values import new_id
from tests import synth
from tests.arriving import House, a_house

MOST = 6


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with a_house(database_url, tmp_path) as made:
        yield made


def flipped(ds: Dataset) -> Dataset:
    ds.PixelData = np.frombuffer(ds.PixelData, "u1").reshape(ds.Rows, -1)[::-1].tobytes()
    return ds


def take_new(house: House) -> DecisionRow:
    someone = house.person(Role.TECHNOLOGIST, "a")
    with house.store.read(someone) as work:
        (found,) = identity_cases.conflicts(work, someone)
    return identity_decide.decide(house.store, house.blobs, someone, found.key, "take_new", "以新图像为准")


def undo(house: House, row: DecisionRow) -> None:
    someone = house.person(Role.TECHNOLOGIST, "a")
    identity_decide.undo(house.store, house.blobs, someone, row.id, "看错了")


def received(house: House, part10: bytes) -> Received:
    staged = house.stage(part10)
    with house.store.read(SYSTEM) as work:
        now = work.now
    receipt = Receipt(house.peers["a"].id, now, staged.dataset_offset, staged.size, staged.sha256_dataset)
    return Received(new_id(), receipt, staged)


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[int, Callable[[], bool]], bool]) -> list[bool]:
    """What each comparison said; `happens` is asked to make it, the n-th, and does beside it what somebody else does at that moment."""
    said: list[bool] = []

    def compare(*given: Any) -> bool:
        assert len(said) < MOST, "it spins"
        said.append(happens(len(said), lambda: ingest_compare.compare(*given)))
        return said[-1]

    monkeypatch.setattr(ingest_group, "compare", compare)
    return said


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_an_exchange_under_way_leaves_nothing_to_compare_and_the_next_look_decides(
    house: House, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    """The object that is kept comes to be the very one that arrives, and, until the last turn, goes back before it is looked at again."""
    ds = synth.ct_slice()
    house.send(ds)
    again = synth.as_bytes(flipped(ds), ImplicitVRLittleEndian)
    assert house.send_bytes(again).kind is Kind.CONFLICT

    def happens(turn: int, compare: Callable[[], bool]) -> bool:
        row = take_new(house)
        said = compare()
        if turn + 1 < turns:
            undo(house, row)
        return said

    said = meanwhile(monkeypatch, happens)
    group = [received(house, again)]
    assert ingest_group.ingest_group(house.store, house.blobs, house.peers["a"], group, DEFAULTS) == []
    assert said == [False] * turns
    assert house.rows(select(ArrivalRow.kind).where(ArrivalRow.id == group[0].id)) == ["repeat"]


@pytest.mark.parametrize("syntax", [JPEGLSLossless, ImplicitVRLittleEndian])
def test_what_is_kept_since_then_is_what_the_arrival_is_compared_with(
    house: House, monkeypatch: pytest.MonkeyPatch, syntax: UID
) -> None:
    ds = synth.ct_slice()
    same = synth.as_bytes(ds, ImplicitVRLittleEndian)
    house.send(ds)
    assert house.send(flipped(ds), syntax=syntax).kind is Kind.CONFLICT

    def happens(turn: int, compare: Callable[[], bool]) -> bool:
        if turn == 0:
            take_new(house)
        return compare()

    meanwhile(monkeypatch, happens)
    group = [received(house, same)]
    assert ingest_group.ingest_group(house.store, house.blobs, house.peers["a"], group, DEFAULTS) == []
    assert house.rows(select(ArrivalRow.kind).where(ArrivalRow.id == group[0].id)) == ["conflict"]
    assert house.rows(select(InstanceRow.transfer_syntax)) == [syntax]
