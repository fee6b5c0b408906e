"""Whatever a gateway can report has words wherever it is read: on its own page, and at the centre in both languages."""

import ast
import json
import re
from pathlib import Path

import pytest

from dicom_node.gateway.words import WORDS
from tests.architecture.tree import text, tree

SPEAKERS = (Path("dicom_node/gateway/centre.py"), Path("dicom_node/gateway/sending.py"))
CODE = re.compile(r"(line|centre|token|disk|gateway)\.[a-z_]+")
PARKED = {"disk.damaged"}  # of one object; it stands on the gateway's page and is counted in the report


def codes() -> set[str]:
    """Every code that stands in the modules that send and report."""
    strings = (node.value for path in SPEAKERS for node in ast.walk(tree(path)) if isinstance(node, ast.Constant))
    return {value for value in strings if isinstance(value, str) and CODE.fullmatch(value)}


def test_the_codes_are_found() -> None:
    assert codes() >= {
        "line.broken",
        "line.dns",
        "line.pin",
        "centre.busy",
        "token.refused",
        "disk.full",
        "gateway.fault",
    }


def test_every_code_of_a_gateway_has_words_on_its_page() -> None:
    assert codes() - set(WORDS) == set()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_code_that_a_gateway_reports_has_words_at_the_centre(language: str) -> None:
    words = json.loads(text(Path(f"reading_ui/src/ui/i18n/{language}.json")))["fault"]["gateway"]
    known = {f"{area}.{name}" for area, names in words.items() for name in names}
    assert codes() - PARKED == known


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_state_of_a_gateway_s_row_has_words(language: str) -> None:
    words = json.loads(text(Path(f"reading_ui/src/features/upload/i18n/{language}.json")))["gateway"]
    named = set(re.findall(r"'gateway\.(\w+)'", text(Path("reading_ui/src/features/upload/Gateways.tsx"))))
    assert named - {"fault"} <= set(words)
