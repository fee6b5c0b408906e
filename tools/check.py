"""`make check`: style, types and architecture, nothing that starts a server. Two at a time, a line for each."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tools import screens
from tools.says import BIN, ROOT, say
from tools.setup import install_lock


@dataclass(frozen=True)
class Check:
    """One command that must exit with 0."""

    name: str
    command: Sequence[str | Path]
    folder: Path = ROOT
    env: dict[str, str] | None = field(default=None, repr=False)

    def holds(self) -> bool:
        """Run it; on failure show all of its output."""
        begun = time.monotonic()
        ended = subprocess.run(
            [str(word) for word in self.command],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        seconds = time.monotonic() - begun
        if ended.returncode:
            say(f"check: {self.name} FAILED ({seconds:.1f} s)\n{ended.stdout}")
        else:
            say(f"check: {self.name} ok ({seconds:.1f} s)")
        return ended.returncode == 0


_CLIENT = ("npx", "--no-install", "openapi-typescript", "src/api/openapi.json", "-o", "src/api/schema.d.ts", "--check")


def checks() -> list[Check]:
    """All but tests/architecture (which also holds the layers), the slow ones first."""
    node = screens.packages(install_lock)
    return [
        Check("types (mypy)", [BIN / "mypy"]),
        Check("types of the screens (tsc)", ["npm", "run", "--silent", "types"], screens.UI, node),
        Check("style of the screens (biome)", ["npm", "run", "--silent", "lint"], screens.UI, node),
        Check("client of the JSON API (run make export when stale)", _CLIENT, screens.UI, node),
        Check("style (ruff)", [BIN / "ruff", "check"]),
        Check("format (ruff)", [BIN / "ruff", "format", "--check"]),
    ]


def architecture() -> Check:
    return Check("architecture (tests/architecture)", [BIN / "python", "-m", "pytest", "-q", "tests/architecture"])


def all_hold(wanted: Sequence[Check]) -> bool:
    """Run them all, whatever fails."""
    with ThreadPoolExecutor(2) as pool:
        return all(list(pool.map(Check.holds, wanted)))


if __name__ == "__main__":
    sys.exit(0 if all_hold([*checks(), architecture()]) else 1)
