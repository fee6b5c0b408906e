"""The command line names what is allowed, in one line, whether argparse or the product refuses."""

from __future__ import annotations

import subprocess
import sys
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


def test_a_peer_that_is_to_receive_reports_needs_a_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(tmp_path), *SITE]) == 0
    told = said(("peer", "add", "PACS", "*", "--site", "CITY", "--reports", "--host", "10.0.0.9"), tmp_path, capsys)
    assert "peer.reports_nowhere: a peer that receives reports needs a port" in told


def test_a_name_that_nobody_has_is_said_as_it_was_typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(tmp_path), *SITE]) == 0
    assert "nobody has the login 'nobody'" in said(("user", "reset", "nobody"), tmp_path, capsys)
    assert "no peer is called 'NOPE'" in said(("gateway-link", "NOPE"), tmp_path, capsys)
    assert "no peer is called 'NOPE' at 10.0.0.1" in said(
        ("gateway-link", "NOPE", "--address", "10.0.0.1"), tmp_path, capsys
    )


def test_two_devices_of_one_title_are_told_apart_by_their_addresses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(tmp_path), *SITE]) == 0
    for address in ("10.1.2.0/24", "10.1.3.7"):
        assert main(["--home", str(tmp_path), "peer", "add", "CT", address, "--site", "CITY"]) == 0
    told = said(("gateway-link", "CT"), tmp_path, capsys)
    assert "2 peers" in told
    assert "10.1.2.0/24, 10.1.3.7" in told


def test_what_there_is_is_listed_as_a_plain_table_without_secrets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (
        SITE,
        ("site", "add", "COUNTY", "示例县医院", "--level", "county", "--parent", "CITY"),
        ("peer", "add", "CT1", "10.1.2.0/24", "--site", "COUNTY", "--host", "10.1.2.9", "--port", "104", "--reports"),
        ("user", "add", "li", "测试李", "--title", "chief", "--site", "CITY", "--role", "reviewer"),
    ):
        assert main(["--home", str(tmp_path), *words]) == 0
    capsys.readouterr()
    listed = {}
    for kind in ("site", "peer", "user"):
        assert main(["--home", str(tmp_path), kind, "list"]) == 0
        listed[kind] = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert listed["site"] == [
        ["CODE", "NAME", "LEVEL", "PARENT"],
        ["CITY", "示例市医院", "city", "-"],
        ["COUNTY", "示例县医院", "county", "CITY"],
    ]
    assert listed["peer"] == [
        ["AE_TITLE", "ADDRESS", "SITE", "CALLED_AT", "REPORTS", "LAST_SEEN", "STATE"],
        ["CT1", "10.1.2.0/24", "COUNTY", "10.1.2.9:104", "yes", "-", "enabled"],
    ]
    assert listed["user"] == [
        ["LOGIN", "NAME", "TITLE", "SITE", "ROLES", "STATE"],
        ["li", "测试李", "chief", "CITY", "reviewer@CITY", "enabled"],
    ]


def test_a_command_hardly_looks_for_garbage_among_what_it_loads(tmp_path: Path) -> None:
    """It was a quarter of the processor time that a process takes to start."""
    code = "import gc, sys, teleconsult.cli as c; c.main(sys.argv[1:]); print(sum(of['collections'] for of in gc.get_stats()))"
    done = subprocess.run(
        [sys.executable, "-c", code, "--home", str(tmp_path), *SITE],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert int(done.stdout.split()[-1]) < 100
