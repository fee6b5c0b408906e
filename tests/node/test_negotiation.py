"""What the node negotiates, and how refusals become statuses."""

import pytest
from pydicom.uid import UID, AllTransferSyntaxes
from pynetdicom import AllStoragePresentationContexts, build_context

from dicom_node import status, syntaxes
from teleconsult.kernel.errors import Meaning, Refused, invalid

NAMED_BY_THE_ISSUE = ("4.53", "4.55", "4.110", "4.111", "4.112", "1.98", "8.1")


def test_every_storage_class_that_pynetdicom_knows_is_taken() -> None:
    assert {str(context.abstract_syntax) for context in AllStoragePresentationContexts} <= syntaxes.STORAGE_CLASSES


def test_every_transfer_syntax_that_pydicom_knows_and_the_seven_it_lacks_are_taken() -> None:
    lacking = {f"1.2.840.10008.1.2.{tail}" for tail in NAMED_BY_THE_ISSUE}
    assert not lacking & set(AllTransferSyntaxes), "pydicom has caught up: the node's own list can shrink"
    assert lacking | set(AllTransferSyntaxes) <= set(syntaxes.TRANSFER_SYNTAXES)


@pytest.mark.parametrize(
    ("uid", "taken"),
    [
        ("1.2.840.10008.5.1.4.1.1.2", True),
        ("1.2.840.10008.5.1.4.1.1.6", True),  # retired ultrasound
        ("1.2.826.0.1.3680043.10.999.1", True),  # private: kept, shown by name
        ("1.2.840.10008.5.1.4.1.1.999.7", True),  # newer than this program
        ("1.2.840.10008.1.20.1", False),  # storage commitment is a service, no object
        ("1.2.840.10008.1.3.10", False),  # DICOMDIR
        ("1.2.840.10008.5.1.4.38.1", False),  # hanging protocols belong to no patient
        ("1.2.840.10008.5.1.4.1.2.2.1", False),  # study root find: not here yet
    ],
)
def test_only_what_can_be_an_object_of_a_patient_is_stored(uid: str, taken: bool) -> None:
    assert syntaxes.is_stored(uid) is taken


def test_the_senders_order_of_syntaxes_is_kept_and_unknown_ones_are_passed_over() -> None:
    private = "1.2.826.0.1.3680043.10.999.5"
    proposed = [
        build_context("1.2.840.10008.5.1.4.1.1.2", [private, "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2"]),
        build_context("1.2.840.10008.5.1.4.1.1.2", ["1.2.840.10008.1.2.4.80"]),
        build_context("1.2.840.10008.5.1.4.1.1.4", [private]),
        build_context("1.2.840.10008.5.1.4.37.1", ["1.2.840.10008.1.2"]),  # General Relevant Patient Information Query
    ]
    answer = {context.abstract_syntax: context.transfer_syntax for context in syntaxes.supported(proposed)}
    assert answer == {
        UID("1.2.840.10008.5.1.4.1.1.2"): ["1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2"],
        UID("1.2.840.10008.5.1.4.1.1.4"): ["1.2.840.10008.1.2"],
    }


def test_every_meaning_has_a_dimse_status() -> None:
    assert set(status.STORE) == set(status.QUERY) == set(Meaning)


@pytest.mark.parametrize(
    ("refused", "expected"),
    [
        (invalid("object.class_mismatch"), 0xA900),
        (invalid("object.no_uids"), 0xC000),
        (invalid("object.unreadable"), 0xC000),
        (Refused(Meaning.BUSY, "storage.full"), 0xA700),
        (Refused(Meaning.BUSY, "database.busy"), 0xA700),
        (Refused(Meaning.FORBIDDEN, "permit.refused"), 0x0124),
    ],
)
def test_a_refusal_becomes_the_status_of_its_meaning(refused: Refused, expected: int) -> None:
    assert status.store_status(refused) == expected


def test_an_error_comment_is_short_ascii() -> None:
    answer = status.response(0xC000, "太长" + "x" * 100)
    assert answer.Status == 0xC000
    assert answer.ErrorComment == "??" + "x" * 62
