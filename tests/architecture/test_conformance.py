"""The conformance statement says what the code does: its tables are compared with the code's."""

from __future__ import annotations

import re
from pathlib import Path

from pydicom.datadict import keyword_for_tag

from dicom_node import syntaxes
from dicom_node.matches import MOST
from dicom_node.query_keys import ALWAYS, KEYS, OF_A_PATIENT
from dicom_node.retrieve import RETRIEVAL_SERVICE
from dicom_node.transcode import MOST_BYTES, TARGETS
from dicom_node.worklist_keys import REQUESTED, SCHEDULED_STEP
from tests.architecture.tree import text

STATEMENT = Path("docs/conformance.md")
HOW = {
    "name": "any writing, pinyin, initials, any case; wildcards",
    "text": "single value, wildcards in any case",
    "code": "single value: a hospital's code, whole",
    "uids": "list of UIDs",
    "date": "single value, range",
    "time": "single value, range",
    "list": "list, wildcards",
    "number": "single value",
    "": "answered only",
}


def rows(first: str) -> list[list[str]]:
    """The cells of the table whose head begins with `first`."""
    table = text(STATEMENT).split(f"\n| {first} |", 1)[1].split("\n\n", 1)[0]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table.split("\n")[2:]]


def test_the_services_are_the_ones_that_are_accepted() -> None:
    named = {row[1]: row[2] for row in rows("SOP class")}
    assert named == dict.fromkeys(syntaxes.SERVICES, "SCP")
    assert RETRIEVAL_SERVICE not in named, "that is a name inside the program"


def test_the_keys_are_the_ones_that_are_matched_and_answered() -> None:
    named = [tuple(row) for row in rows("Level")]
    tags = [(key, f"({key.tag >> 16:04X},{key.tag & 0xFFFF:04X})") for key in (*KEYS, *OF_A_PATIENT)]
    assert named == [(key.level, key.keyword, tag, HOW[key.how]) for key, tag in tags]
    assert all(keyword_for_tag(key.tag) == key.keyword for key, _ in tags)
    always = text(STATEMENT).split("Always answered:", 1)[1].split("\n", 1)[0]
    assert all(keyword in always for keyword in ALWAYS)


def test_the_keys_of_the_worklist_are_the_ones_that_are_matched_and_answered() -> None:
    named = [tuple(row) for row in rows("Where")]
    keys = [("outside", key) for key in REQUESTED] + [("inside", key) for key in SCHEDULED_STEP]
    assert named == [
        (where, key.keyword, f"({key.tag >> 16:04X},{key.tag & 0xFFFF:04X})", HOW[key.how]) for where, key in keys
    ]


def test_the_limits_are_the_code_s() -> None:
    said = text(STATEMENT)
    assert f"{MOST:,}".replace(",", " ") in said
    assert f"{MOST_BYTES >> 20} MiB" in said
    assert len(TARGETS) == 2
    assert re.search(r"At most 65 535 objects", said)
