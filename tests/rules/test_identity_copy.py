"""Copies under UIDs of their own: the rest of the object is what it was, whatever its encoding, and pixels of gigabytes are not taken into memory."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from teleconsult.imaging.identity_copy import copied, uid_of
from teleconsult.records.blobs import DiskBlobs
from tests import synth
from tests.needs import ROOT

AT = datetime(2026, 11, 22, 8, 30, 15, 250000, tzinfo=UTC)
RENEWED = ("StudyInstanceUID", "SOPInstanceUID")
SYNTAXES = (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
    RLELossless,
)
MOST_KB = 200 << 10
COPY = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from teleconsult.imaging.identity_copy import copied
from teleconsult.records.blobs import DiskBlobs
from tests.memory import most_kb

path = Path(sys.argv[1])
staged = copied(DiskBlobs(path.parent / "blobs"), path, "salt", ["SOPInstanceUID"], "CORRECT", datetime.now(UTC))
print(json.dumps({"size": staged.size, "kilobytes": most_kb()}))
"""


def an_object() -> Dataset:
    """With what is easily lost: a private element, a value of megabytes before the pixels, something behind them, an earlier note."""
    ds = synth.ct_slice()
    ds.SpecificCharacterSet, ds.PatientName = "GB18030", "张^三"
    ds.private_block(0x0099, "SOMEBODY", create=True).add_new(0x01, "LO", "kept")
    ds.add_new(0x00420011, "OB", bytes(range(256)) * 12000)
    ds.add_new(0xFFFCFFFC, "OB", b"behind")
    earlier = Dataset()
    earlier.ReasonForTheAttributeModification = "COERCE"
    ds.OriginalAttributesSequence = [earlier]
    return ds


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: str(syntax.name))
def test_a_copy_has_uids_of_its_own_and_all_else_of_the_original(tmp_path: Path, syntax: str) -> None:
    file = tmp_path / "original.dcm"
    file.write_bytes(synth.as_bytes(an_object(), syntax))
    staged = copied(DiskBlobs(tmp_path / "blobs"), file, "salt", RENEWED, "CORRECT", AT)
    original, copy = dcmread(file), dcmread(staged.path)
    assert copy.file_meta.TransferSyntaxUID == original.file_meta.TransferSyntaxUID == staged.transfer_syntax
    assert copy.file_meta.MediaStorageSOPInstanceUID == copy.SOPInstanceUID
    for keyword in RENEWED:
        assert copy[keyword].value == uid_of(original[keyword].value, "salt")
    note, earlier = copy.OriginalAttributesSequence[1], copy.OriginalAttributesSequence[0]
    assert earlier.ReasonForTheAttributeModification == "COERCE"
    assert note.AttributeModificationDateTime == "20261122083015.250000+0000"
    assert {item.keyword: item.value for item in note.ModifiedAttributesSequence[0]} == {
        keyword: original[keyword].value for keyword in RENEWED
    }
    for keyword in (*RENEWED, "OriginalAttributesSequence"):
        del original[keyword], copy[keyword]
    assert copy == original
    assert staged.path.stat().st_size % 2 == 0


def test_the_same_decision_made_again_makes_the_same_object(tmp_path: Path) -> None:
    file = tmp_path / "original.dcm"
    file.write_bytes(synth.as_bytes(an_object(), DeflatedExplicitVRLittleEndian))
    made = [copied(DiskBlobs(tmp_path / str(turn)), file, "salt", RENEWED, "CORRECT", AT) for turn in range(2)]
    assert made[0].path.read_bytes() == made[1].path.read_bytes()


@pytest.mark.timeout(300)
def test_pixels_of_a_gigabyte_are_copied_in_little_memory(tmp_path: Path) -> None:
    ds, frames = synth.ct_slice(rows=512, columns=512), 2048
    ds.NumberOfFrames = frames
    del ds.PixelData
    head = synth.as_bytes(ds, ExplicitVRLittleEndian)
    pixels = frames * 512 * 512 * 2
    file = tmp_path / "original.dcm"
    with file.open("wb") as out:
        out.write(head + b"\xe0\x7f\x10\x00OW\0\0" + pixels.to_bytes(4, "little"))
        out.truncate(out.tell() + pixels)
    done = subprocess.run(
        [sys.executable, "-c", COPY, str(file)], capture_output=True, text=True, check=False, timeout=300, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["size"] > pixels
    assert told["kilobytes"] < MOST_KB
