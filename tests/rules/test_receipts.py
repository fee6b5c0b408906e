"""Receipts: what a file says of itself is believed only when all of it fits; file meta and command sets written by hand are as pydicom's."""

from __future__ import annotations

import shutil
import struct
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import UID, ImplicitVRLittleEndian, JPEGLSLossless
from pynetdicom.dimse_messages import C_STORE_RQ, C_STORE_RSP, DIMSEMessage
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.pdu import P_DATA_TF

from dicom_node.commands import StoreRequest, store_request, store_response
from dicom_node.staging import IMPLEMENTATION_UID, IMPLEMENTATION_VERSION, file_meta
from teleconsult.imaging.header_glance import is_plain
from teleconsult.imaging.receipts import Receipt, is_sealed, is_whole, received, waiting, wipe
from teleconsult.kernel.values import new_id, sha256_hex
from tests import synth

AT = datetime(2026, 1, 2, 8, 15, 0, 123456, tzinfo=UTC)
EXPLICIT = str(synth.ExplicitVRLittleEndian)


def a_file(
    folder: Path, data_set: bytes = b"\x08\x00\x16\x00UI\x02\x001\x00", peer: str | None = None
) -> tuple[Path, Receipt]:
    meta = file_meta(synth.CT, "1.2.3", EXPLICIT)
    receipt = Receipt(peer or new_id(), AT, 128 + len(meta), len(data_set), sha256_hex(data_set))
    path = folder / f"store-{new_id()}.part"
    path.write_bytes(receipt.preamble(meta) + meta + data_set)
    return path, receipt


def test_a_receipt_says_who_sent_what_and_when(tmp_path: Path) -> None:
    path, receipt = a_file(tmp_path, peer="00" * 15 + "ff")
    found = received(path)
    assert found is not None
    assert found.receipt == receipt
    assert (found.staged.transfer_syntax, found.staged.sop_class, found.staged.sop_uid) == (EXPLICIT, synth.CT, "1.2.3")
    assert path.stem == f"store-{found.id}"
    assert is_whole(found)


@pytest.mark.parametrize("at", [0, 8, 24, 60, 72, 90, 140, 200])
def test_a_receipt_with_any_byte_changed_is_none(tmp_path: Path, at: int) -> None:
    path, _ = a_file(tmp_path)
    octets = bytearray(path.read_bytes())
    octets[at] ^= 0x55
    path.write_bytes(octets)
    assert received(path) is None


@pytest.mark.parametrize("length", [-1, 1])
def test_a_receipt_of_a_file_with_another_length_is_none(tmp_path: Path, length: int) -> None:
    path, _ = a_file(tmp_path)
    octets = path.read_bytes()
    path.write_bytes(octets[:length] if length < 0 else octets + b"\0")
    assert received(path) is None


def test_a_receipt_whose_data_set_did_not_reach_the_disk_is_found_out(tmp_path: Path) -> None:
    path, receipt = a_file(tmp_path)
    octets = bytearray(path.read_bytes())
    octets[receipt.offset :] = bytes(receipt.size)
    path.write_bytes(octets)
    found = received(path)
    assert found is not None
    assert not is_whole(found)


def test_a_wiped_receipt_leaves_the_file_as_it_was_without_one(tmp_path: Path) -> None:
    path, _ = a_file(tmp_path)
    before = path.read_bytes()
    assert is_sealed(path)
    wipe(path)
    assert not is_sealed(path)
    assert received(path) is None
    assert path.read_bytes() == bytes(128) + before[128:]


def test_a_file_that_has_gone_or_was_never_written_has_no_receipt(tmp_path: Path) -> None:
    (tmp_path / "empty.part").touch()
    assert received(tmp_path / "empty.part") is None
    assert received(tmp_path / "gone.part") is None


@pytest.mark.parametrize("sop_class", [synth.CT, "1.2.840.10008.5.1.4.1.1.88.22", "1.2.826.0.1.3680043.10.999.1"])
@pytest.mark.parametrize("sop_uid", ["1.2.3", "1.2.34", "2.25." + "9" * 39])
@pytest.mark.parametrize("syntax", [EXPLICIT, ImplicitVRLittleEndian, JPEGLSLossless])
def test_file_meta_is_what_pydicom_would_write(sop_class: str, sop_uid: str, syntax: str) -> None:
    meta = FileMetaDataset()
    meta.FileMetaInformationGroupLength, meta.FileMetaInformationVersion = 0, b"\x00\x01"
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = UID(sop_class), UID(sop_uid)
    meta.TransferSyntaxUID = UID(syntax)
    meta.ImplementationClassUID, meta.ImplementationVersionName = IMPLEMENTATION_UID, IMPLEMENTATION_VERSION
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, False
    write_file_meta_info(out, meta)
    assert file_meta(sop_class, sop_uid, syntax) == b"DICM" + out.getvalue()


def command_of(sop_uid: str = "1.2.3", message_id: int = 7) -> bytes:
    request = C_STORE()
    request.MessageID, request.Priority = message_id, 2
    request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = UID(synth.CT), UID(sop_uid)
    request.DataSet = BytesIO(b"\0\0")
    message = C_STORE_RQ()
    message.primitive_to_message(request)
    first = next(iter(message.encode_msg(1, 16384)))
    return bytes(first.presentation_data_value_list[0][1][1:])


def test_a_request_as_pynetdicom_writes_it_is_read() -> None:
    assert store_request(command_of()) == StoreRequest(7, synth.CT, "1.2.3")


def test_another_command_and_a_request_without_a_data_set_are_left_to_pynetdicom() -> None:
    command = command_of()
    for wanted, other in (
        (b"\0\x01\x02\0\0\0\x01\0", b"\0\x01\x02\0\0\0\x30\0"),
        (b"\0\x08\x02\0\0\0\x01\0", b"\0\x08\x02\0\0\0\x01\x01"),
    ):
        assert wanted in command
        assert store_request(command.replace(wanted, other)) is None


@given(st.binary(max_size=300))
def test_no_nonsense_is_a_request(nonsense: bytes) -> None:
    assert store_request(nonsense) is None


@given(st.integers(0, 200), st.integers(0, 255))
def test_a_damaged_request_is_read_or_left_and_never_raises(at: int, byte: int) -> None:
    command = bytearray(command_of())
    command[at % len(command)] = byte
    found = store_request(bytes(command))
    assert found is None or isinstance(found, StoreRequest)


def test_what_waits_is_counted_while_nodes_come_and_go(tmp_path: Path) -> None:
    for name in ("node-a", "node-b", "node-c"):
        (tmp_path / name).mkdir()
        a_file(tmp_path / name)
        (tmp_path / name / "store-half.part").write_bytes(bytes(500))
    (tmp_path / "incoming").write_bytes(b"")
    assert len(list(waiting(tmp_path))) == 3
    found = waiting(tmp_path)
    first, _ = next(found)
    for folder in tmp_path.glob("node-*"):
        if folder != first.parent:
            shutil.rmtree(folder)
    assert list(found) == [], "a folder that another node has emptied and removed holds nobody up"
    assert list(waiting(tmp_path / "none")) == []


@pytest.mark.parametrize(("status", "comment"), [(0, ""), (0xA700, "storage.full"), (0xC000, "object.no_uids")])
def test_an_answer_is_read_by_pynetdicom(status: int, comment: str) -> None:
    pdu = P_DATA_TF()
    octets = store_response(5, StoreRequest(7, synth.CT, "1.2.3"), status, comment)
    assert struct.unpack_from(">BBI", octets) == (4, 0, len(octets) - 6)
    pdu.decode(octets)
    message = DIMSEMessage()
    assert message.decode_msg(pdu.to_primitive())
    assert isinstance(message, C_STORE_RSP)
    answer = message.message_to_primitive()
    assert isinstance(answer, C_STORE)
    assert (answer.Status, answer.MessageIDBeingRespondedTo, answer.ErrorComment or "") == (status, 7, comment)
    assert (answer.AffectedSOPClassUID, answer.AffectedSOPInstanceUID) == (synth.CT, "1.2.3")


def test_a_plain_object_is_known_at_a_glance_and_one_that_is_not_as_announced_is_not() -> None:
    ds = synth.ct_slice()
    whole, uid = synth.dataset_bytes(ds), str(ds.SOPInstanceUID)
    assert is_plain(whole, len(whole), EXPLICIT, synth.CT, uid)
    assert is_plain(whole[:2000], len(whole), EXPLICIT, synth.CT, uid)
    assert not is_plain(whole, len(whole), EXPLICIT, synth.MR, uid)
    assert not is_plain(whole, len(whole), EXPLICIT, synth.CT, "1.2.3")
    assert not is_plain(whole, len(whole), str(ImplicitVRLittleEndian), synth.CT, uid)


@pytest.mark.parametrize("lacking", ["SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "SOPClassUID"])
def test_an_object_without_a_uid_is_looked_at_closely(lacking: str) -> None:
    ds = synth.ct_slice()
    uid = str(ds.SOPInstanceUID)
    delattr(ds, lacking)
    whole = synth.as_bytes(ds)[128:]
    assert not is_plain(whole, len(whole), EXPLICIT, synth.CT, uid)


@given(st.integers(1, 5000))
def test_an_object_that_is_cut_off_in_its_pixels_is_never_plain(short: int) -> None:
    ds = synth.ct_slice(study_uid="1.2.3", series_uid="1.2.3.4")
    whole = synth.dataset_bytes(ds)
    cut = whole[: max(len(whole) - short, 0)]
    assert not is_plain(cut, len(cut), EXPLICIT, synth.CT, str(ds.SOPInstanceUID))
