"""`python -m tools.setup STEP...`: make the work tree ready. Each step is done once and not again until its input changes.

run          .venv with what running needs (requirements.lock)
dev          .venv with what developing and testing need (requirements-dev.lock)
ui           the built screens (reading_ui/dist)
client       the TypeScript types of the JSON API, from its exported description
ui-packages  the packages of the screens only
system       programs that tests call (chromium, dcmtk, postgresql …)
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tools import screens, system
from tools.says import BIN, ROOT, VENV, fingerprint, give_up, run, say, set_stamp, stamped

OLDEST, NEWEST = (3, 11), (3, 13)
STAMPS = VENV / ".stamps"


def install(kind: str) -> None:
    """Put the locked packages and the project itself into .venv. `dev` holds all that `run` holds."""
    _make_venv()
    wanted = {name: _fingerprint(name) for name in ("run", "dev")}
    if stamped(STAMPS / "dev", wanted["dev"]) or stamped(STAMPS / kind, wanted[kind]):
        return
    begun = time.monotonic()
    install_lock(_lock(kind))
    pip: list[str | Path] = [
        BIN / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-index",
    ]
    run([*pip, "--no-deps", "--no-build-isolation", "-e", "."], "setup: teleconsult itself")
    set_stamp(STAMPS / kind, wanted[kind])
    say(f"setup: .venv is ready ({time.monotonic() - begun:.0f} s)")


def install_lock(lock: Path) -> None:
    """Install exactly what a lock names, each file checked against its hash, nothing built from source."""
    count = sum(line[:1].isalnum() for line in lock.read_text().splitlines())
    pip: list[str | Path] = [
        BIN / "python",
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-deps",
        "--require-hashes",
    ]
    environment = {**os.environ, "PIP_NO_INPUT": "1", "PYTHONWARNINGS": "ignore"}
    run([*pip, "--only-binary=:all:", "-r", lock], f"setup: {count} packages of {lock.name}", environment)


def _fingerprint(kind: str) -> str:
    return fingerprint([_lock(kind), ROOT / "pyproject.toml"], str(VENV))


def _lock(kind: str) -> Path:
    return ROOT / ("requirements.lock" if kind == "run" else "requirements-dev.lock")


def _make_venv() -> None:
    if not (BIN / "python").exists():
        say(f"setup: .venv with Python {sys.version.split()[0]}")
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
        if made.returncode:
            _explain(made.stdout + made.stderr)
    question = "import sys, pip; print(sys.version_info[0], sys.version_info[1])"
    answer = subprocess.run([str(BIN / "python"), "-c", question], capture_output=True, text=True, check=False)
    if answer.returncode:
        give_up("the Python in .venv does not start or has no pip; remove it (rm -rf .venv) and run make again")
    if not OLDEST <= tuple(map(int, answer.stdout.split())) <= NEWEST:
        give_up(f".venv has Python {'.'.join(answer.stdout.split())}, not 3.11 to 3.13; remove it (rm -rf .venv)")


def _explain(output: str) -> None:
    subprocess.run(["rm", "-rf", str(VENV)], check=False)
    if "ensurepip" in output:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        give_up(f"this Python cannot make a .venv: install python{version}-venv (Debian: apt-get install python3-venv)")
    say(output[-2000:])
    give_up(f"{sys.executable} could not make .venv (see the lines above); PYTHON=/path/to/python3 chooses another")


def main(steps: list[str]) -> None:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        give_up(f"Python 3.11, 3.12 or 3.13 is needed; {sys.executable} is {sys.version.split()[0]}")
    doings = {
        "run": lambda: install("run"),
        "dev": lambda: install("dev"),
        "ui": lambda: screens.build(install_lock),
        "client": lambda: screens.client(install_lock),
        "ui-packages": lambda: screens.packages(install_lock),
        "system": system.install,
    }
    for step in steps:
        doings[step]()


if __name__ == "__main__":
    main(sys.argv[1:])
