"""`teleconsult demo --once`: the whole platform started, the main job carried out, everything stopped."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from teleconsult.demo import timeline
from teleconsult.demo.browser import Answer
from tests.children import Child, free_port, wait_for


def demo(home: Path, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    ports = ["--http-port", str(free_port()), "--dicom-port", str(free_port())]
    command = [sys.executable, "-m", "teleconsult", "demo", "--once", "--home", str(home), *ports, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=280, check=False, env={**os.environ, **env})


@pytest.mark.timeout(300)
@pytest.mark.parametrize("secured", ["no", "yes"])
def test_the_main_job_holds_through_the_public_doors(tmp_path: Path, secured: str) -> None:
    done = demo(tmp_path / "home", TELECONSULT_TLS=secured)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "The main job held" in done.stdout
    assert "FAILED" not in done.stdout
    assert len(re.findall(r"^ +[0-9.]+ s +[0-9.]+ s  \S", done.stdout, re.MULTILINE)) >= 15, "a timeline with seconds"


@pytest.mark.timeout(300)
def test_the_cases_are_prepared_over_tls_as_well(tmp_path: Path) -> None:
    """By the demo that stays, which says by which certificate its page is known."""
    ports = ["--http-port", str(free_port()), "--dicom-port", str(free_port())]
    command = [sys.executable, "-m", "teleconsult", "demo", "--home", str(tmp_path / "home"), *ports]
    log = tmp_path / "log"
    with Child(command, log, {"TELECONSULT_TLS": "yes"}) as child:
        over = re.compile(r"MDT meeting |could not all be prepared")
        wait_for(lambda: over.search(log.read_text()) or not child.running, "the cases are prepared", 240)
        assert "could not all be prepared" not in log.read_text()
        assert re.search(rf"MDT meeting +https://127\.0\.0\.1:{ports[1]}/rooms/", log.read_text())
        assert re.search(r"SHA-256\s+([0-9A-F]{2}:){31}[0-9A-F]{2}", log.read_text())
        assert child.stop(60, signal.SIGINT) == 0


def test_a_folder_without_dicom_files_gets_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    done = demo(tmp_path / "home", "--data", str(tmp_path / "empty"))

    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [f"teleconsult: {tmp_path / 'empty'} holds no DICOM files"]


def test_a_failed_step_is_printed_with_its_reason() -> None:
    said: list[str] = []
    line = timeline.Timeline(said.append)

    with pytest.raises(timeline.Broken), line.step("a step"):
        timeline.expect(False, "it does not hold")

    assert "FAILED  a step: it does not hold" in said[0]
    assert line.steps == []


def test_waiting_ends_with_what_was_awaited() -> None:
    began = time.monotonic()

    with pytest.raises(timeline.Broken, match="a task: not within 0 s"):
        timeline.waited(lambda: None, "a task", seconds=0.2)

    assert time.monotonic() - began < 5


def test_the_first_part_of_a_multipart_answer_is_taken_to_the_last_octet() -> None:
    pixels = bytes(range(256)) + b"\r\n\n\r--x\r\n"
    body = b"--mark\r\nContent-Type: application/octet-stream\r\n\r\n" + pixels + b"\r\n--mark--\r\n"
    answer = Answer(200, "multipart/related", body, {"content-type": 'multipart/related; boundary="mark"'})

    assert answer.first_part() == pixels
