"""Packing for a slow line: whatever the object is, unpacked it is the same bytes; whatever is sent, it does no harm."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.uid import ImplicitVRLittleEndian

from teleconsult.imaging import packing
from teleconsult.imaging.packing_apart import PackingApart
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.kernel.errors import Refused
from tests import synth

ROOT = Path(__file__).parents[2]
PHOTOMETRIC = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "YBR_FULL")


@dataclass(frozen=True)
class Shape:
    """How an object of the property lies."""

    photometric: str
    bytes: int
    stored: int
    signed: bool
    planar: bool
    rows: int
    columns: int
    frames: int
    implicit: bool
    more: int  # bytes behind the last frame, as some senders leave them
    private: bool

    @property
    def samples(self) -> int:
        return 3 if self.photometric in ("RGB", "YBR_FULL") else 1


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    size = draw(st.sampled_from((1, 2)))
    return Shape(
        photometric=draw(st.sampled_from(PHOTOMETRIC)), bytes=size, stored=draw(st.integers(1, 8 * size)),
        signed=draw(st.booleans()), planar=draw(st.booleans()), rows=draw(st.integers(180, 301)),
        columns=draw(st.integers(370, 401)), frames=draw(st.integers(1, 4)), implicit=draw(st.booleans()),
        more=draw(st.sampled_from((0, 1, 2, 7, 4096))), private=draw(st.booleans()),
    )  # fmt: skip


def an_object(shape: Shape) -> bytes:
    """A smooth picture with noise in its low bits, and bits above the stored ones, as old overlays are."""
    ds = synth.an_object(synth.US_CINE, "US")
    ds.PhotometricInterpretation, ds.SamplesPerPixel = shape.photometric, shape.samples
    ds.Rows, ds.Columns, ds.NumberOfFrames = shape.rows, shape.columns, str(shape.frames)
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 8 * shape.bytes, shape.stored, shape.stored - 1
    ds.PixelRepresentation = int(shape.signed)
    if shape.samples == 3:
        ds.PlanarConfiguration = int(shape.planar)
    count = shape.frames * shape.rows * shape.columns * shape.samples
    noise = np.random.default_rng(shape.rows * shape.columns)
    ramp = (np.arange(count) // shape.columns + noise.integers(0, 3, count)) % (1 << shape.stored)
    ramp[::997] |= 1 << (8 * shape.bytes - 1)
    raw = ramp.astype(f"<u{shape.bytes}").tobytes() + random.Random(shape.more).randbytes(shape.more)
    ds.add_new(0x7FE00010, "OW" if shape.bytes == 2 else "OB", raw + b"\0" * (len(raw) % 2))
    if shape.private:
        ds.private_block(0x7FE1, "TEST", create=True).add_new(1, "OB", random.Random(1).randbytes(5000))
        ds.add_new(0xFFFCFFFC, "OB", b"\0" * 300)
    return synth.as_bytes(ds, ImplicitVRLittleEndian if shape.implicit else synth.ExplicitVRLittleEndian)


def a_slice(size: int = 512) -> Dataset:
    ds = synth.ct_slice(rows=size, columns=size)
    noise = np.random.default_rng(1).integers(0, 8, (size, size))
    ds.PixelData = (np.frombuffer(ds.PixelData, "<u2").reshape(size, size) // 8 * 8 + noise).astype("<u2").tobytes()
    return ds


def packed(content: bytes, folder: Path) -> bytes:
    source, out = folder / "source", io.BytesIO()
    source.write_bytes(content)
    packing.pack(source, out)
    return out.getvalue()


def unpacked(content: bytes, most: int = 1 << 30) -> bytes:
    found = bytearray()
    packing.unpack(io.BytesIO(content), found.extend, most)
    return bytes(found)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """A CT slice as it came, and packed."""
    plain = synth.as_bytes(a_slice(), synth.ExplicitVRLittleEndian)
    return plain, packed(plain, tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="module")
def apart() -> Iterator[PackingApart]:
    made = PackingApart()
    yield made
    made.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=shapes())
def test_what_was_packed_comes_back_byte_by_byte(shape: Shape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "CLEARLY", 100.0)  # also where nobody would pack
    plain = an_object(shape)
    small = packed(plain, tmp_path)
    assert unpacked(small) == plain
    assert struct.unpack_from(">HBB", small)[0] == 1
    assert hashlib.sha256(plain).digest() in small[:128]


def test_packing_says_the_same_each_time_and_saves_clearly(one: tuple[bytes, bytes], tmp_path: Path) -> None:
    plain, small = one
    assert packed(plain, tmp_path) == small
    assert len(small) < packing.CLEARLY * len(zlib.compress(plain, 1))


def test_neither_a_part_10_file_nor_a_packed_one_is_taken_for_the_other(
    one: tuple[bytes, bytes], tmp_path: Path
) -> None:
    for content, is_packed in ((one[0], False), (one[1], True), (b"", False), (b"TCPK" * 20, False)):
        (tmp_path / "file").write_bytes(content)
        assert packing.is_packed(tmp_path / "file") is is_packed


@pytest.mark.parametrize(
    "why", ["noise", "small", "compressed", "blank", "packed bits", "no pixels", "cut off", "no dicom"]
)
def test_what_gets_not_clearly_smaller_is_not_packed(why: str, tmp_path: Path) -> None:
    ds, syntax = a_slice(), synth.ExplicitVRLittleEndian
    if why == "noise":
        ds.PixelData = random.Random(1).randbytes(512 * 512 * 2)
    elif why == "small":
        ds = a_slice(64)
    elif why == "compressed":
        syntax = synth.RLELossless
    elif why == "blank":
        ds.PixelData = bytes(512 * 512 * 2)
    elif why == "packed bits":
        ds.BitsAllocated = 12
    elif why == "no pixels":
        del ds.PixelData
    content = synth.as_bytes(ds, syntax)
    content = content[: len(content) // 8] if why == "cut off" else content[200:] if why == "no dicom" else content
    with pytest.raises(Undecodable):
        packed(content, tmp_path)


def test_a_frame_that_is_not_whole_travels_behind_those_that_are(tmp_path: Path) -> None:
    plain = synth.as_bytes(a_slice(), synth.ExplicitVRLittleEndian)
    cine = a_slice()
    cine.NumberOfFrames = "2"
    for content in (plain + b"\0", synth.as_bytes(cine, synth.ExplicitVRLittleEndian)):
        assert unpacked(packed(content, tmp_path)) == content


FIELDS = {"version": (0, ">H"), "kind": (2, ">B"), "samples": (3, ">B"), "rows": (4, ">L"), "columns": (8, ">L"), "pictures": (12, ">L"),
          "before": (16, ">Q"), "after": (24, ">Q"), "size": (32, ">Q"), "deflated_before": (40, ">Q"), "deflated_after": (48, ">Q")}  # fmt: skip


def changed(small: bytes, **values: int) -> bytes:
    out = bytearray(small)
    for name, value in values.items():
        at, form = FIELDS[name]
        struct.pack_into(form, out, at, value)
    return bytes(out)


def code_of(content: bytes, most: int = 1 << 30) -> str:
    taken: list[int] = []
    with pytest.raises(Undecodable) as refused:
        packing.unpack(io.BytesIO(content), lambda piece: taken.append(len(piece)), most)
    assert sum(taken) <= most
    return refused.value.code


def test_cut_off_anywhere_it_is_damaged(one: tuple[bytes, bytes]) -> None:
    small = one[1]
    for length in (0, 50, 131, 132, 140, len(small) // 2, len(small) - 1):
        assert code_of(small[:length]) == "packing.damaged"
    assert code_of(small + b"\0") == "packing.damaged"


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", ["less", "more", "none", "most"])
def test_a_field_that_says_something_else_is_refused(name: str, value: str, one: tuple[bytes, bytes]) -> None:
    at, form = FIELDS[name]
    (was,) = struct.unpack_from(form, one[1], at)
    top = (1 << 8 * struct.calcsize(form)) - 1
    new = {"less": max(0, was - 1), "more": min(top, was + 1), "none": 0, "most": top}[value]
    if new != was:
        assert code_of(changed(one[1], **{name: new})).startswith("packing.")


def test_of_other_bytes_it_says_so(one: tuple[bytes, bytes]) -> None:
    other = bytearray(one[1])
    other[60] ^= 1
    assert code_of(bytes(other)) == "packing.digest"


def test_bombs_are_refused_before_they_go_off(one: tuple[bytes, bytes]) -> None:
    plain, small = one
    assert code_of(small, most=len(plain) - 1) == "packing.too_large"
    (after,) = struct.unpack_from(">Q", small, 24)
    bomb = zlib.compress(bytes(64 << 20))
    grown = small[:-8] + bomb
    assert code_of(grown) == "packing.damaged", "more comes out than was said"
    said = changed(grown, after=after + (64 << 20), size=len(plain) + (64 << 20), deflated_after=len(bomb))
    assert code_of(said) == "packing.too_large", "more was said than belongs to so few bytes"
    wide = changed(small, rows=65535, columns=65535, size=len(plain) - 512 * 512 * 2 + 65535 * 65535 * 2)
    assert code_of(wide, most=1 << 60) == "packing.too_large"


@pytest.mark.parametrize("shape", [(512, 511), (4096, 4096), (1, 1), (512, 512, 3)])
def test_a_codestream_of_another_picture_is_not_decoded(shape: tuple[int, ...], one: tuple[bytes, bytes]) -> None:
    at = 132 + struct.unpack_from(">Q", one[1], 40)[0]
    (length,) = struct.unpack_from(">L", one[1], at)
    other = imagecodecs.htj2k_encode(np.zeros(shape, "<u2"), reversible=True)
    content = one[1][:at] + struct.pack(">L", len(other)) + other + one[1][at + 4 + length :]
    assert code_of(content + bytes(max(0, len(one[1]) - len(content)))) == "packing.damaged"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 32))
def test_whatever_is_changed_it_never_gives_other_bytes(
    seed: int, apart: PackingApart, tmp_path_factory: pytest.TempPathFactory, one: tuple[bytes, bytes]
) -> None:
    """In the child, where a decoder may die of it."""
    chance, content = random.Random(seed), bytearray(one[1])
    for _ in range(chance.randint(1, 4)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    folder = tmp_path_factory.mktemp("changed")
    (folder / "packed").write_bytes(content)
    (folder / "target").touch()
    try:
        apart.unpack(folder / "packed", folder / "target", 1 << 30)
        came = (folder / "target").read_bytes()
    except Refused as refused:
        came = (
            b"" if refused.code in ("packing.damaged", "packing.digest", "packing.too_large") else refused.code.encode()
        )
    assert came in (b"", one[0])


def test_apart_it_goes_from_file_to_file_and_makes_none(
    apart: PackingApart, one: tuple[bytes, bytes], tmp_path: Path
) -> None:
    source, small, back = (tmp_path / name for name in ("source", "small", "back"))
    source.write_bytes(one[0])
    with pytest.raises(Undecodable):
        apart.pack(source, small)
    assert not small.exists(), "only who asked makes files: nothing is left of a gateway that was killed"
    small.touch()
    back.touch()
    made = apart.pack(source, small)
    assert small.read_bytes() == one[1]
    assert (made.size, made.sha256) == (len(one[1]), hashlib.sha256(one[1]).hexdigest())
    assert made.original == apart.unpack(small, back, 1 << 30) == hashlib.sha256(one[0]).hexdigest()
    assert back.read_bytes() == one[0]


MEMORY = """
import io, sys
from pathlib import Path
from teleconsult.imaging import packing
from tests.memory import forget_most, most_kb
forget_most()
before = most_kb()
with open(sys.argv[2], "w+b") as out:
    done = packing.pack(Path(sys.argv[1]), out)
    packing.unpack(out, lambda piece: None, 1 << 30)
print((most_kb() - before) * 1024, done.size)
"""


def test_a_cine_of_many_frames_is_packed_in_the_memory_of_one(tmp_path: Path) -> None:
    ds, frames = a_slice(1024), 80
    frame = ds.PixelData
    ds.NumberOfFrames, ds.PixelData = str(frames), frame[:2]
    content = synth.as_bytes(ds, ImplicitVRLittleEndian)
    at = content.rindex(struct.pack("<HHL", 0x7FE0, 0x0010, 2))
    with (tmp_path / "source").open("wb") as out:
        out.write(content[:at] + struct.pack("<HHL", 0x7FE0, 0x0010, frames * len(frame)))
        for _ in range(frames):
            out.write(frame)
    command = [sys.executable, "-c", MEMORY, str(tmp_path / "source"), str(tmp_path / "small")]
    grown, size = map(int, subprocess.run(command, capture_output=True, check=True, cwd=ROOT).stdout.split())
    assert size > frames * len(frame)
    assert grown < 48 << 20, f"{grown} bytes for a file of {size}"
