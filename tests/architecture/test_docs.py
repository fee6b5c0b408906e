"""What the pages say is there: tests by name, links, settings, and words for every refusal."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from teleconsult.access.actors import Role
from teleconsult.access.rights import (
    AT_SITE,
    CONSULT,
    INVITED,
    MEETING,
    ORIGIN,
    READING,
    REFERRAL,
    WITH_CASE,
    WITH_STUDY,
)
from teleconsult.settings import PREFIX, Settings
from tests.architecture.tree import ROOT, files, functions, python, text, tree

PAGES = tuple(path for path in files() if path.suffix == ".md" and (path.parts[0] == "docs" or len(path.parts) == 1))
FEATURES = Path("docs/features.md")
CATALOGUES = tuple(Path("reading_ui/src/api/i18n") / name for name in ("zh-CN.json", "en.json"))

_PYTHON_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_SCREEN_TEST = re.compile(r"`(reading_ui/[\w/.-]+\.test\.tsx?)::([^`]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SHORTHANDS = {"absent", "forbidden", "conflict", "invalid", "busy", "Refuse"}
_CODE = re.compile(r"[a-z_]+(\.[a-z_]+)+")


def _named_tests() -> Iterator[tuple[Path, str]]:
    yield from ((Path(file), name) for file, name in _PYTHON_TEST.findall(text(FEATURES)))


def test_every_test_that_the_table_of_features_names_exists() -> None:
    named = set(_named_tests())
    assert len(named) > 50, "the table of features names hardly any test"
    gone = [
        f"{file}::{name}"
        for file, name in sorted(named)
        if not (ROOT / file).is_file() or name not in {function.name for function in functions(file)}
    ]
    assert not gone, gone


def test_every_test_of_the_screens_that_the_table_names_exists() -> None:
    gone = [
        f"{file}::{name}"
        for file, name in _SCREEN_TEST.findall(text(FEATURES))
        if not (ROOT / file).is_file() or name not in text(Path(file))
    ]
    assert not gone, gone


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = [
        link
        for link in _LINK.findall(text(page))
        if not link.startswith(("http://", "https://", "mailto:", "#"))
        and not (ROOT / page.parent / link.partition("#")[0]).exists()
    ]
    assert not broken, f"{page} links to what is not there: {broken}"


def test_every_setting_is_explained() -> None:
    explained = text(Path("docs/operations.md"))
    silent = [field.name for field in fields(Settings) if f"`{PREFIX}{field.name.upper()}`" not in explained]
    assert not silent, f"docs/operations.md says nothing of {silent}"


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.stem)
def test_every_refusal_has_words_for_people(catalogue: Path) -> None:
    said = set(_leaves(json.loads(text(catalogue))))
    silent = sorted(codes() - said)
    assert not silent, f"{catalogue} has no words for {silent}"


def test_every_word_that_a_guide_quotes_is_on_the_screens() -> None:
    on_screen = "\n".join(text(path) for path in files() if path.parts[0] == "reading_ui" and path.name == "zh-CN.json")
    gone = [
        f"{page}: {word}"
        for page in PAGES
        if page.parts[:2] == ("docs", "guide")
        for word in re.findall("「([^」]+)」", text(page))
        if word not in on_screen
    ]
    assert not gone, gone


LAST_ERRORS = Path("reading_ui/src/ui/i18n")
_TO_PEOPLE = ("order", "field", "quarantine", "identity", "linecheck")  # areas that only screens and commands ask in
_LOGGED = re.compile(r"([a-z_]+\.[a-z_]+)(?:: .*)?", re.DOTALL)


@pytest.mark.parametrize("language", [path.name for path in CATALOGUES])
def test_whatever_the_node_may_keep_as_a_devices_last_error_has_words_for_people(language: str) -> None:
    """Of a refusal only code and detail are kept there: a sentence that needs a parameter says nothing."""
    faults = set(_leaves(json.loads(text(LAST_ERRORS / language))["fault"]))
    catalogue = dict(_sentences(json.loads(text(CATALOGUES[0].parent / language))))
    speaks = faults | {code for code, sentence in catalogue.items() if "{{" not in sentence}
    given = {code for code in _last_errors() if code.partition(".")[0] not in _TO_PEOPLE}
    assert given > {"dimse.value", "step.missing", "object.unreadable", "peer.away", "line.identity", "index.failed"}
    assert not given - speaks, f"{language} has no words for {sorted(given - speaks)}"


def _last_errors() -> Iterator[str]:
    """What the node refuses with, itself and in `imaging`, and what it logs of a peer or turns a caller away for."""
    for path in python("dicom_node", "teleconsult"):
        if path.parts[:2] == ("teleconsult", "imaging"):
            yield from _refused(path)
        if path.parts[0] == "teleconsult" or path.parts[1] == "gateway":
            continue  # of the gateway: `test_gateway_words`
        yield from _refused(path)
        for name, call in _calls(path):
            logged = _LOGGED.fullmatch(_beginning(call.args[-1])) if name == "failed" and call.args else None
            yield from [logged.group(1)] if logged else []
            yield from (code for each in call.args if name == "_refuse" for code in _texts(each))


def _beginning(node: ast.AST) -> str:
    """A text, or what an f-string begins with."""
    first = node.values[0] if isinstance(node, ast.JoinedStr) else node
    return str(first.value) if isinstance(first, ast.Constant) else ""


def _sentences(words: dict[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in words.items():
        if isinstance(value, dict):
            yield from _sentences(value, f"{before}{key}.")
        else:
            yield before + key, str(value)


PARKED = Path("reading_ui/src/features/arrivals/i18n")


@pytest.mark.parametrize("catalogue", [PARKED / path.name for path in CATALOGUES], ids=lambda path: path.stem)
def test_every_reason_of_a_parked_job_has_words_for_people(catalogue: Path) -> None:
    said = set(_leaves(json.loads(text(catalogue))["parked"]["reason"]))
    given = {
        code for path in python("workers", "teleconsult") for code in _texts(tree(path)) if code.startswith("job.")
    }
    given -= {"job.parked"}  # the notice that one was
    assert given, "no job is ever parked"
    assert not given - said, f"{catalogue} has no words for {sorted(given - said)}"


def test_the_table_of_rights_is_the_present_one() -> None:
    page = text(Path("docs/security.md"))
    for verb, reasons in {**WITH_STUDY, **WITH_CASE}.items():
        cells = [" ".join(mark for mark, why in _WHY.items() if role in reasons[why]) or "–" for role in _COLUMNS]
        cells.append(" ".join(mark for mark, why in _WHY.items() if why in INVITED.get(verb, ())) or "–")
        assert f"| `{verb}` | {' | '.join(cells)} |" in page, f"docs/security.md: {verb}"
    for verb, roles in AT_SITE.items():
        assert f"| `{verb}` | {', '.join(sorted(role.value for role in roles))} |" in page, f"docs/security.md: {verb}"


_COLUMNS = (
    Role.RADIOLOGIST, Role.REVIEWER, Role.COUNTY_DOCTOR, Role.TECHNOLOGIST, Role.COORDINATOR, Role.EXPERT, Role.ADMINISTRATOR, Role.AUDITOR,
)  # fmt: skip
_WHY = {"O": ORIGIN, "R": READING, "C": CONSULT, "T": REFERRAL, "M": MEETING}


@cache
def codes() -> frozenset[str]:
    """Every code that the product refuses with, as far as it stands in the source as a text."""
    return frozenset(code for path in python() for code in (*_refused(path), *_problems(path), *_rows_asked_for(path)))


def _calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def _refused(path: Path) -> Iterator[str]:
    for name, call in _calls(path):
        place = 0 if name in _SHORTHANDS else 1 if name in ("Refused", "problem") else None
        if place is not None and len(call.args) > place:
            yield from _texts(call.args[place])


def _problems(path: Path) -> Iterator[str]:
    """The table from HTTP status to code, which no call spells out."""
    if path == Path("teleconsult/web/problems.py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Dict):
                yield from (code for value in node.values for code in _texts(value))


def _rows_asked_for(path: Path) -> Iterator[str]:
    """`work.get(PeerRow, …)` is refused as `peer.absent`."""
    for name, call in _calls(path):
        if name == "get" and len(call.args) == 2 and ast.unparse(call.func) == "work.get":
            yield f"{ast.unparse(call.args[0]).removesuffix('Row').lower()}.absent"


def _texts(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and _CODE.fullmatch(part.value):
            yield part.value


def _leaves(words: dict[str, object], before: str = "") -> Iterator[str]:
    for key, value in words.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{before}{key}.")
        else:
            yield before + key
