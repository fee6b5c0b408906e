"""A machine that stands still is told from a product that is late."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import test as tests_run

ROOT = Path(__file__).parents[2]
WATCHED = """
import time
from tools.standstill import Watch
watch, begun = Watch(0.05, 0.5).start(), time.monotonic()
print(watch.since(begun), flush=True)
input()
print(watch.since(begun), watch.since(time.monotonic()), flush=True)
"""
Outcome = tuple[bool, dict[str, int]]


def outcome(tests: int, failures: int) -> Outcome:
    return failures == 0, {"tests": tests, "failures": failures, "errors": 0, "skipped": 0}


def test_a_program_that_was_stopped_knows_for_how_long() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WATCHED], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert float(child.stdout.readline()) == 0
        os.kill(child.pid, signal.SIGSTOP)
        time.sleep(1.0)  # the standstill itself
        os.kill(child.pid, signal.SIGCONT)
        child.stdin.write("\n")
        child.stdin.flush()
        stood, just_now = map(float, child.stdout.readline().split())
    assert stood > 0.9
    assert just_now == 0


@pytest.mark.parametrize(
    ("stood", "runs", "expected"),
    [
        ([130.0], [outcome(500, 2), outcome(2, 0)], outcome(500, 0)),
        ([130.0, 0.0], [outcome(500, 2), outcome(2, 1)], (False, outcome(500, 1)[1])),
        ([0.0], [outcome(500, 2)], outcome(500, 2)),
        ([], [outcome(500, 0)], outcome(500, 0)),
    ],
)
def test_what_failed_is_run_again_if_the_machine_stood_still_and_only_then(
    stood: list[float], runs: list[Outcome], expected: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[tuple[str, ...]]()

    def run(*words: str, folder: Path | None = None) -> Outcome:
        asked.append(words)
        return runs[len(asked) - 1]

    monkeypatch.setattr(tests_run, "_pytest", run)
    monkeypatch.setattr(tests_run.WATCH, "since", lambda _begun: stood.pop(0))
    assert tests_run.pytest("-n", "4") == expected
    assert asked == [("-n", "4"), ("-n", "4", "--last-failed")][: len(runs)]
    assert stood == []
