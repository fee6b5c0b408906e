"""The command line names what is allowed, in one line, whether argparse or the product refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from teleconsult.access import CHARSETS, PROFILES, Level, Role, Title
from teleconsult.cli import main

SITE = ("site", "add", "CITY", "示例市医院", "--level", "city")
USER = ("user", "add", "li", "测试李")


def said(words: tuple[str, ...], home: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What a refused command writes on stderr."""
    try:
        status = main(["--home", str(home), *words])
    except SystemExit as ended:
        status = int(ended.code or 0)
    assert status != 0
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        (("site", "add", "X", "示例", "--level", "village"), Level),
        ((*USER, "--title", "professor", "--role", "radiologist@CITY"), Title),
        (("agreement", "add", "--from", "CITY", "--to", "CITY", "--sla", "slow"), PROFILES),
        (("peer", "add", "CT", "*", "--site", "CITY", "--charset", "EBCDIC"), CHARSETS),
        ((*USER, "--title", "chief", "--role", "surgeon@CITY"), Role),
        ((*USER, "--title", "chief", "--site", "CITY"), Role),
    ],
)
def test_a_wrong_choice_is_refused_with_all_that_are_allowed(
    words: tuple[str, ...], allowed: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(tmp_path), *SITE]) == 0
    told = said(words, tmp_path, capsys)
    assert [value for value in allowed if value not in told] == []
    assert "Traceback" not in told


def test_a_role_without_its_title_names_the_titles_it_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(tmp_path), *SITE]) == 0
    told = said((*USER, "--site", "CITY", "--role", "reviewer"), tmp_path, capsys)
    assert "roles.title" in told
    assert all(title in told for title in ("attending", "associate_chief", "chief"))
