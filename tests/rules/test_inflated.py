"""Deflated objects that are small on the line and huge inside: read in a piece of memory, refused beyond the bound."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.uid import DeflatedExplicitVRLittleEndian

from teleconsult.imaging import header
from teleconsult.imaging.part10 import read_part10
from teleconsult.imaging.pixels_file import opened
from teleconsult.imaging.pixels_inflated import Inflated
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.kernel.errors import Refused
from tests import synth
from tests.needs import ROOT

SYNTAX = str(DeflatedExplicitVRLittleEndian)
MOST_KB = 300 << 10
ROWS = 512
FRAME = ROWS * ROWS * 2
LOOK = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from teleconsult.imaging import header, metadata, pixels, transcode
from teleconsult.imaging.identity_copy import copied
from teleconsult.imaging.part10 import part10_of
from teleconsult.imaging.pixels_file import opened
from teleconsult.imaging.rejection_notes import read_note
from teleconsult.records.blobs import DiskBlobs
from tests.memory import most_kb

path, told, NOW = Path(sys.argv[1]), {}, datetime.now(UTC)

def tried(what, act):
    try:
        told[what] = act()
    except Exception as error:
        told[what] = f"{getattr(error, 'code', type(error).__name__)}: {getattr(error, 'detail', '')}"

def shown():
    with opened(path) as found:
        return sorted(metadata.dicom_json(found, lambda declared: lambda raw: raw.decode("ascii", "replace")))[-1]

meta = part10_of(path)
tried("header", lambda: header.read_header(path, meta.transfer_syntax, meta.dataset_offset).frames)
tried("metadata", shown)
tried("frame", lambda: int(pixels.frame(path, 2300).pixels.sum()))
tried("bulk", lambda: len(metadata.bulk(path, "7FE00010")[1]))
tried("explicit", lambda: sum(map(len, transcode.explicit(path, lambda index: b""))))
tried("copy", lambda: copied(DiskBlobs(path.parent / "blobs"), path, "salt", ["SOPInstanceUID"], "CORRECT", NOW).size)
tried("note", lambda: read_note(path))
told["kilobytes"] = most_kb()
print(json.dumps(told))
"""


def deflated(before: bytes, zeros: int) -> bytes:
    """As one raw deflate stream: these bytes, then so many zeros, which take a thousandth of that."""
    deflating = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    out = [deflating.compress(before), deflating.flush(zlib.Z_FULL_FLUSH)]
    many = deflating.compress(bytes(64 << 20)) + deflating.flush(zlib.Z_FULL_FLUSH)
    out += [many] * (zeros // (64 << 20))
    return b"".join([*out, deflating.compress(bytes(zeros % (64 << 20))), deflating.flush()])


def a_bomb(zeros: int, *, private: bool = False, sop_class: str | None = None) -> bytes:
    """A Part 10 file whose pixels, or a private element before them, are so many zeros."""
    ds = synth.ct_slice(rows=ROWS, columns=ROWS)
    ds.NumberOfFrames = zeros // FRAME
    del ds.PixelData
    if sop_class is not None:
        ds.SOPClassUID = sop_class
    whole = synth.as_bytes(ds, SYNTAX)
    at = read_part10(whole).dataset_offset
    tag = b"\x99\x00\x01\x10OB\0\0" if private else b"\xe0\x7f\x10\x00OW\0\0"
    return whole[:at] + deflated(synth.dataset_bytes(ds) + tag + zeros.to_bytes(4, "little"), zeros)


def looked_at(path: Path) -> dict[str, object]:
    """What a process of its own makes of the file, and how much memory that took at most."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(path)], capture_output=True, text=True, check=False, timeout=300, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


@pytest.mark.timeout(300)
def test_megabytes_that_inflate_to_two_gigabytes_are_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.dcm"
    path.write_bytes(a_bomb(4090 * FRAME))
    assert path.stat().st_size < 16 << 20
    told = looked_at(path)
    assert (told["header"], told["metadata"], told["frame"], told["note"]) == (4090, "7FE00010", 0, None)
    assert int(str(told["explicit"])) > 4090 * FRAME
    assert str(told["bulk"]).startswith("bulk.absent: 7FE00010: deflated pixels")
    assert int(str(told["copy"])) < 2 * path.stat().st_size, "it is deflated again"
    assert int(str(told["kilobytes"])) < MOST_KB


@pytest.mark.timeout(300)
def test_what_is_huge_before_the_pixels_is_refused_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.dcm"
    path.write_bytes(a_bomb(2400 * FRAME, private=True))
    told = looked_at(path)
    assert told["header"] == 2400, "what its head says can be kept and found"
    for what in ("metadata", "frame", "explicit"):
        assert str(told[what]).startswith("pixels.too_large"), what
    for what in ("note", "copy"):
        assert str(told[what]).startswith("object.unreadable: pixels.too_large"), what
    assert int(str(told["kilobytes"])) < MOST_KB


@pytest.mark.timeout(300)
def test_what_inflates_beyond_every_bound_is_unreadable_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.dcm"
    path.write_bytes(a_bomb(5000 * FRAME))
    told = looked_at(path)
    assert told["header"] == "object.unreadable: inflates beyond every bound"
    for what in ("metadata", "frame", "bulk", "explicit"):
        assert "inflates beyond 2147483648 bytes" in str(told[what]), what
    assert str(told["copy"]).startswith("object.unreadable: pixels.too_large")
    assert int(str(told["kilobytes"])) < MOST_KB


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=3000),
    st.integers(0, 40),
    st.lists(st.tuples(st.integers(-10, 25 << 20), st.integers(0, 300_000)), max_size=6),
)
def test_any_place_reads_as_in_the_whole(noise: bytes, megabytes: int, reads: list[tuple[int, int]]) -> None:
    plain = (noise + bytes(range(256)) * 4096 * (megabytes // 2))[: 20 << 20] + noise
    deflating = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = b"before" + deflating.compress(plain) + deflating.flush() + b"\0"
    inflated, whole = Inflated(io.BytesIO(packed), 6, 1 << 30), io.BytesIO(plain)
    assert inflated.size == len(plain)
    stream = io.BufferedReader(inflated)
    for place, length in reads:
        stream.seek(max(0, place))
        whole.seek(max(0, place))
        assert stream.read(length) == whole.read(length)
        assert stream.tell() == whole.tell()


def test_a_stream_that_is_no_deflate_is_corrupt_and_one_cut_off_ends_where_it_was() -> None:
    with pytest.raises(Undecodable, match=r"pixels\.corrupt"):
        Inflated(io.BytesIO(b"\xff" * 100), 0, 1 << 20)
    packed = deflated(bytes(range(256)) * 100, 0)
    assert 0 < Inflated(io.BytesIO(packed[: len(packed) // 2]), 0, 1 << 20).size < 25600
    assert Inflated(io.BytesIO(b""), 0, 1 << 20).read() == b""


def test_a_header_cut_off_inside_is_unreadable_at_the_door_and_undecodable_behind_it(tmp_path: Path) -> None:
    whole = synth.as_bytes(synth.ct_slice(rows=8, columns=8), SYNTAX)
    path = tmp_path / "cut.dcm"
    path.write_bytes(whole[:-100])
    with pytest.raises(Refused, match=r"object\.unreadable"):
        header.read_header(path, SYNTAX, read_part10(whole).dataset_offset)
    with opened(path) as found:
        assert found.size < len(synth.dataset_bytes(synth.ct_slice(rows=8, columns=8)))
