"""`make test` and `make soak`: every proof there is, then one line with the totals.

First the quick tests, four at a time, for they wait a good part of theirs; then the journeys, two at a time, which share a running platform and a browser
in each of the two.
What promises seconds has the machine to itself, and its files on the disk. What fails while the machine itself stood still is run again by itself,
and that is said (`tools.standstill`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree  # the file read is the one pytest just wrote
from pathlib import Path

from tools import check, screens
from tools.says import BIN, ROOT, say
from tools.setup import install_lock
from tools.standstill import Watch

JOURNEYS = ("journey", "interop")
ALONE = (
    "journey/test_demo.py",
    "journey/test_live.py",
    # Cameras are drawn, encoded and decoded in software, in real time: beside another browser they are late for good.
    "journey/test_rooms.py",
    "journey/test_rooms_being_there.py",
    "journey/test_rooms_recording.py",
    "journey/test_rooms_words.py",
)
LINES = "media/test_loss.py"  # with a browser of its own, so in a process of its own
APART = ("bench",)  # measured by their own targets
SHARED = ("--dist", "loadfile", "--no-loadscope-reorder")  # `tests/conftest.py` has an order
NO_TESTS = 5
WATCH = Watch()
MEMORY, ENOUGH = Path("/dev/shm"), 8 << 30  # noqa: S108 (a folder of its own is made in it)


def pytest(*words: str, folder: Path | None = None) -> tuple[bool, dict[str, int]]:
    """Tests with their output shown, their files in `folder` (none: where the system wants them). Whether they held, and their counts."""
    begun = time.monotonic()
    held, counts = _pytest(*words, folder=folder)
    while not held and _stood_still(begun):
        begun = time.monotonic()
        held, again = _pytest(*words, "--last-failed", folder=folder)
        counts |= {
            "failures": again["failures"],
            "errors": again["errors"],
            "tests": max(counts["tests"], again["tests"]),
        }
    return held, counts


def _stood_still(begun: float) -> bool:
    """Whether the machine did so since then; said, for what failed is run again."""
    seconds = WATCH.since(begun)
    if seconds:
        say(f"test: the machine stood still for {seconds:.0f} s, which no deadline survives; what failed is run again")
    return seconds > 0


def _pytest(*words: str, folder: Path | None = None) -> tuple[bool, dict[str, int]]:
    with tempfile.TemporaryDirectory(dir=folder) as own:
        Path(own).chmod(0o711)  # PostgreSQL's folder is in it, and its account is another
        written = Path(own) / "junit.xml"
        command = [
            str(BIN / "python"),
            "-m",
            "pytest",
            f"--junitxml={written}",
            "--durations=20",
            "--durations-min=2",
            *words,
        ]
        env = kept_bytecode() | ({"TMPDIR": own} if folder else {})
        code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, env=env, check=False).returncode
        suites = ElementTree.parse(written).iter("testsuite") if written.exists() else ()  # noqa: S314
        counts = {name: 0 for name in ("tests", "failures", "errors", "skipped")}
        for suite in suites:
            for name in counts:
                counts[name] += int(suite.get(name, "0"))
    return code in (0, NO_TESTS), counts


def in_memory() -> Path | None:
    """Where files are as quickly safe as written, if there is enough of it: what tests prove does not hang on the disk, how long they take does."""
    try:
        return MEMORY if shutil.disk_usage(MEMORY).free >= ENOUGH else None
    except OSError:
        return None


def kept_bytecode() -> dict[str, str]:
    """An environment in which tests, once rewritten and compiled, are read as such by every process after: ten seconds of each of them."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def checks() -> list[check.Check]:
    """All of `make check` but the architecture; beside the slowest of them the tests are read, so that their four processes find them compiled."""
    slow, more, *short = check.checks()
    command: list[str | Path] = [BIN / "python", "-m", "pytest", "-qq", "--collect-only", *_ignoring(*APART)]
    return [slow, more, check.Check("tests can be read (pytest)", command, env=kept_bytecode()), *short]


def screens_hold() -> bool:
    """The front end's own tests (vitest)."""
    command, env = ["npm", "run", "--silent", "test"], screens.packages(install_lock)
    begun = time.monotonic()
    while subprocess.run(command, cwd=screens.UI, env=env, check=False).returncode:
        if not _stood_still(begun):
            return False
        begun = time.monotonic()
    return True


def main(words: list[str]) -> int:
    begun = time.monotonic()
    WATCH.start()
    if words == ["--soak"]:
        held, runs = [], [pytest("--soak", "-m", "soak", "-p", "no:randomly", "--timeout=0", "-v")]
    else:
        held = [check.all_hold(checks()), screens_hold()]
        quick = in_memory()
        runs = [
            pytest("-n", "4", *SHARED, *_ignoring(*JOURNEYS, LINES, *APART), folder=quick),
            pytest("-n", "2", *SHARED, *_ignoring(*ALONE), *_under(*JOURNEYS), folder=quick),
            pytest(*_under(*ALONE)),
            pytest(*_under(LINES)),
        ]
    held += [ok for ok, _ in runs]
    total = {name: sum(counts[name] for _, counts in runs) for name in runs[0][1]}
    failed = total["failures"] + total["errors"]
    say(f"test: {'everything held' if all(held) else 'NOT everything held'} ({time.monotonic() - begun:.0f} s)")
    say(f"{total['tests'] - failed - total['skipped']} passed, {failed} failed, {total['skipped']} skipped")
    return 0 if all(held) and not failed else 1


def _ignoring(*rooms: str) -> list[str]:
    return [f"--ignore=tests/{room}" for room in rooms]


def _under(*rooms: str) -> list[str]:
    return [f"tests/{room}" for room in rooms]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
