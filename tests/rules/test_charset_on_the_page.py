"""The upload page reads names as the centre does: both are asked the same, and know the same characters of names."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from teleconsult.imaging import charsets_common
from teleconsult.imaging.charset import choose, decode

PAGE = Path(__file__).parents[2] / "reading_ui/src/features/upload"
CASES: list[dict[str, Any]] = json.loads((PAGE / "charset.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["why"]))
def test_the_centre_reads_what_the_page_is_tested_with_as_it_says(case: dict[str, Any]) -> None:
    texts = [bytes.fromhex(text) for text in case["texts"]]
    choice = choose(case["declared"].split("\\"), texts)
    assert [decode(text, choice) for text in texts] == case["read"]
    assert choice.doubtful == case["doubtful"]


def test_the_page_knows_the_same_characters_of_names() -> None:
    source = (PAGE / "charsets.ts").read_text(encoding="utf-8")
    written = source[source.index("NAME_CHARACTERS =") :].partition(";")[0]
    assert "".join(re.findall("'([^']+)'", written)) == vars(charsets_common)["_NAME_CHARACTERS"]
