"""Patients' data is for the platform's own account: what is made on the disk, and a home that was open."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from teleconsult.closed import close
from teleconsult.system import build
from tests.builders import some_settings

ROOT = Path(__file__).parents[2]


def open_to_others(folder: Path) -> dict[str, str]:
    """What below `folder`, itself included, another account may reach, with its mode."""
    found = {path: path.lstat().st_mode for path in (folder, *folder.rglob("*"))}
    return {str(path): oct(mode & 0o777) for path, mode in found.items() if mode & 0o077}


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """`teleconsult` as a careless shell starts it: whoever it is, all may read."""
    return subprocess.run(
        [sys.executable, "-m", "teleconsult", *words], cwd=cwd, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True, umask=0,
    )  # fmt: skip


def test_whatever_a_command_makes_is_closed_to_other_accounts(tmp_path: Path) -> None:
    run("--home", "home", "site", "add", "CITY", "示例市医院", "--level", "city", cwd=tmp_path)
    assert (tmp_path / "home" / "teleconsult.db").exists()
    assert open_to_others(tmp_path / "home") == {}


def test_a_home_that_was_open_is_closed_and_that_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home").chmod(0o755)
    first = run("--home", "home", "upgrade", cwd=tmp_path)
    assert "was open to other accounts of this machine (0755); it is closed now" in first.stderr
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
    assert "open to other accounts" not in run("--home", "home", "upgrade", cwd=tmp_path).stderr


def test_the_work_tree_s_own_files_stay_for_everybody(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "reading_ui" / "src" / "api").mkdir(parents=True)
    run("export", str(tmp_path), cwd=tmp_path)
    made = tmp_path / "reading_ui" / "src" / "api" / "openapi.json"
    assert made.stat().st_mode & 0o044 == 0o044


def test_a_folder_that_is_everybody_s_is_left_as_it_is_and_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    with caplog.at_level(logging.WARNING):
        close(shared)
    assert shared.stat().st_mode & 0o7777 == 0o1777
    assert "choose a home of its own" in caplog.text


def test_every_process_closes_its_home_before_anything_lies_in_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o777)
    system = build(some_settings(home))
    system.store.engine.dispose()
    assert home.stat().st_mode & 0o777 == 0o700
