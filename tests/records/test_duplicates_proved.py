"""What comes again in another transfer syntax is the same object only where that is proved; everything else is kept apart for a person."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)
from sqlalchemy import select

from teleconsult.access import SYSTEM
from teleconsult.imaging.ingest import DEFAULTS, Kind
from teleconsult.imaging.ingest_group import ingest_group
from teleconsult.imaging.receipts import Receipt, Received
from teleconsult.imaging.same_apart import Comparing
from teleconsult.imaging.tables import ArrivalRow, InstanceRow, QuarantineRow
from teleconsult.kernel.values import new_id
from tests import synth
from tests.arriving import House, a_house, relabelled

IMPLICIT, EXPLICIT, BIG, DEFLATED = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
JPIP = "1.2.840.10008.1.2.4.94"


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with a_house(database_url, tmp_path) as made:
        yield made


def flipped(ds: Dataset) -> Dataset:
    """The same header over the picture upside down."""
    out = deepcopy(ds)
    shape = (int(ds.get("NumberOfFrames", 1)), ds.Rows, -1)
    out.PixelData = np.frombuffer(ds.PixelData, "u1").reshape(shape)[:, ::-1].tobytes()
    return out


def without_pixels(ds: Dataset) -> bytes:
    """A reference to a JPIP server instead of pixels."""
    out = deepcopy(ds)
    del out.PixelData
    out.PixelDataProviderURL = "https://example.org/jpip"
    return relabelled(synth.as_bytes(out), JPIP)


def private(ds: Dataset) -> Dataset:
    """With a private element behind the pixels, as scanners put there what they measured."""
    block = ds.private_block(0x7FE1, "MADE FOR TESTS", create=True)
    block.add_new(0x10, "OB", b"measured")
    return ds


Make = Callable[[], Dataset]
PROVED: tuple[tuple[Make, UID, UID], ...] = (
    (synth.ct_slice, IMPLICIT, EXPLICIT),
    (synth.ct_slice, BIG, IMPLICIT),
    (synth.ct_slice, DEFLATED, BIG),
    (synth.ct_slice, JPEGLSLossless, JPEG2000Lossless),
    (synth.ct_slice, JPEGLosslessSV1, EXPLICIT),
    (synth.ct_slice, RLELossless, BIG),
    (synth.a_us_cine, IMPLICIT, EXPLICIT),
    (synth.a_us_cine, EXPLICIT, RLELossless),
    (lambda: private(synth.ct_slice()), IMPLICIT, EXPLICIT),
    (lambda: private(synth.ct_slice()), EXPLICIT, JPEGLSLossless),
    (synth.an_encapsulated_pdf, EXPLICIT, IMPLICIT),
    (lambda: synth.an_encapsulated_pdf(pdf=synth.a_pdf() + b"%" * (3 << 20)), EXPLICIT, IMPLICIT),
    (synth.an_ecg, EXPLICIT, IMPLICIT),
)


@pytest.mark.parametrize(("make", "first", "then"), PROVED)
def test_what_is_proved_to_be_the_same_is_no_conflict(house: House, make: Make, first: UID, then: UID) -> None:
    ds = make()
    house.send(ds, syntax=first)
    assert house.send(ds, syntax=then).kind is Kind.OTHER_SYNTAX
    assert house.rows(select(QuarantineRow)) == []


@pytest.mark.parametrize(("make", "first", "then"), [row for row in PROVED if "PixelData" in row[0]()])
def test_other_pixels_under_the_same_header_are_kept_apart(house: House, make: Make, first: UID, then: UID) -> None:
    ds = make()
    house.send(ds, syntax=first)
    other = synth.as_bytes(flipped(ds), then)
    outcome = house.send_bytes(other)
    assert outcome.kind is Kind.CONFLICT
    (kept,) = house.rows(select(QuarantineRow))
    assert house.blobs.read(kept.blob_key) == other
    assert len(house.facts("InstanceConflicted")) == 1


def test_one_byte_behind_the_pixels_or_in_a_document_is_enough(house: House) -> None:
    ds = private(synth.ct_slice())
    house.send(ds)
    ds[0x7FE11010].value = b"MEASURED"
    assert house.send(ds, syntax=IMPLICIT).kind is Kind.CONFLICT
    assert house.send(ds, syntax=JPEGLSLossless).kind is Kind.CONFLICT
    paper = synth.an_encapsulated_pdf()
    house.send(paper)
    paper.EncapsulatedDocument = paper.EncapsulatedDocument[:-2] + b"??"
    assert house.send(paper, syntax=IMPLICIT).kind is Kind.CONFLICT


def test_pixels_after_a_reference_without_any_and_an_original_after_a_lossy_copy_are_never_thrown_away(
    house: House,
) -> None:
    ds = synth.ct_slice()
    house.send_bytes(without_pixels(ds))
    assert house.send(ds).kind is Kind.CONFLICT
    cine = synth.a_us_cine()
    house.send(cine, syntax=JPEGBaseline8Bit)
    assert house.send(cine).kind is Kind.CONFLICT
    assert {house.blobs.read(row.blob_key) for row in house.rows(select(QuarantineRow))} == {
        synth.as_bytes(ds),
        synth.as_bytes(cine),
    }


def test_a_stream_that_no_decoder_reads_is_kept_apart_and_what_follows_is_compared(house: House) -> None:
    ds, next_one = synth.a_ct_series(2)
    for each in (ds, next_one):
        house.send(each)
    torn = deepcopy(ds)
    torn.PixelData = encapsulate([b"\xff\x4f\xff\x51" + bytes(4000)])
    torn["PixelData"].VR, torn["PixelData"].is_undefined_length = "OB", True
    out = relabelled(synth.as_bytes(torn), JPEG2000Lossless)
    assert house.send_bytes(out).kind is Kind.CONFLICT
    assert house.send(next_one, syntax=JPEG2000Lossless).kind is Kind.OTHER_SYNTAX


def test_what_cannot_be_compared_in_its_time_is_not_the_same(tmp_path: Path) -> None:
    ds = synth.ct_slice()
    one, other = synth.write(ds, tmp_path / "1"), synth.write(ds, tmp_path / "2", transfer_syntax=IMPLICIT)
    assert Comparing().is_same(one, other)
    assert not Comparing(together=0).is_same(one, other)
    assert not Comparing().is_same(one, tmp_path / "absent")
    assert not Comparing().is_same(None, other)


def test_a_comparison_that_hangs_is_ended_and_the_next_one_made(tmp_path: Path) -> None:
    ds = synth.ct_slice()
    one, other = synth.write(ds, tmp_path / "1"), synth.write(ds, tmp_path / "2", transfer_syntax=IMPLICIT)
    endless = tmp_path / "endless"
    os.mkfifo(endless)  # nobody ever writes: the child waits for ever
    assert not Comparing(each=1).is_same(one, endless)
    assert Comparing().is_same(one, other)


def test_a_group_that_holds_an_object_twice_in_two_syntaxes_is_indexed(house: House) -> None:
    first, second, third = synth.a_ct_series(3)
    house.send(third)
    flip = flipped(third)
    files = [
        synth.as_bytes(first), synth.as_bytes(first, IMPLICIT), synth.as_bytes(second), synth.as_bytes(flipped(second), IMPLICIT),
        synth.as_bytes(third, RLELossless), synth.as_bytes(flip, JPEGLSLossless),
    ]  # fmt: skip
    group = [received(house, each) for each in files]
    assert ingest_group(house.store, house.blobs, house.peers["a"], group, DEFAULTS) == []
    assert ingest_group(house.store, house.blobs, house.peers["a"], group, DEFAULTS) == []  # and again
    kinds = sorted(house.rows(select(ArrivalRow.kind)))
    assert kinds == ["conflict", "conflict", "other_syntax", "other_syntax", "stored", "stored", "stored"]
    assert len(house.rows(select(InstanceRow))) == 3
    apart = {house.blobs.read(row.blob_key) for row in house.rows(select(QuarantineRow))}
    assert apart == {files[3], files[5]}


def received(house: House, part10: bytes) -> Received:
    staged = house.stage(part10)
    with house.store.read(SYSTEM) as work:
        now = work.now
    receipt = Receipt(house.peers["a"].id, now, staged.dataset_offset, staged.size, staged.sha256_dataset)
    return Received(new_id(), receipt, staged)
