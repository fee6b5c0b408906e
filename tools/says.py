"""How the tools speak: one short line per step, one clear line when something is missing."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"


def say(line: str) -> None:
    print(line, flush=True)


def give_up(line: str) -> NoReturn:
    """End with exit code 1 and one line that says what to do."""
    print(f"\nteleconsult: {line}", file=sys.stderr, flush=True)
    sys.exit(1)


def run(command: Sequence[str | Path], doing: str, env: dict[str, str] | None = None, cwd: Path = ROOT) -> None:
    """Run quietly, saying `doing` first and every 20 s; when it fails, show the end of its output and give up."""
    say(f"{doing} …")
    begun = time.monotonic()
    process = subprocess.Popen(
        [str(word) for word in command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    output = _listen(process, doing, begun)
    if process.returncode:
        say(output if len(output) < 5000 else f"{output[:2500]}\n…\n{output[-2500:]}")
        give_up(f"this failed: {doing} (see the lines above)")


def _listen(process: subprocess.Popen[str], doing: str, begun: float) -> str:
    while True:
        try:
            output, _ = process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            say(f"{doing} … {time.monotonic() - begun:.0f} s")
        else:
            return output


def fingerprint(paths: Iterable[Path], *words: str) -> str:
    """A hash over names and contents: unchanged means a step need not be repeated."""
    total = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0")
        total.update(path.read_bytes() + b"\0")
    return total.hexdigest()


def stamped(stamp: Path, value: str) -> bool:
    """Whether the step that writes this stamp was carried out for just this input."""
    return stamp.is_file() and stamp.read_text() == value


def set_stamp(stamp: Path, value: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value)
