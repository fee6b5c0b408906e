"""One room per big neighbour (rule 9), and no neighbour that was not introduced."""

import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

from tests.architecture.tree import PRODUCT, ROOT, imported, python, screens, text

# What a declared package brings and stands for: its interface is theirs.
BROUGHT = {"werkzeug": "flask", "botocore": "boto3"}
IMPORTED_TS = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"']+)["']""")


def test_only_records_opens_engines_and_buckets() -> None:
    doors = {"sqlalchemy.create_engine", "sqlalchemy.engine.create_engine", "boto3", "sqlite3"}
    found = {str(path) for path in python() for name, _ in imported(path) if {name, name.split(".")[0]} & doors}
    assert {path for path in found if not path.startswith("teleconsult/records/")} == set()


def test_only_forward_knows_the_webrtc_library() -> None:
    """Its private names are used there and tried at each start (`media/forward/selftest.py`), so nobody else may lean on it. The demo's
    scripted seats are callers, in a process of their own, and use what the library documents."""
    library = {"aiortc", "aioice", "pylibsrtp"}
    users = {str(path) for path in python() for name, _ in imported(path) if name.split(".")[0] in library}
    assert {path for path in users if not path.startswith("teleconsult/media/forward/")} == {
        "teleconsult/demo/seats.py"
    }


def test_the_product_imports_only_what_it_declares() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    declared = {
        _plain(name) for name in [*project["dependencies"], *extras["s3"], *extras["postgres"], *extras["demo"]]
    }
    declared |= {brought for brought, bringer in BROUGHT.items() if bringer in declared}
    homes = importlib.metadata.packages_distributions()
    tops = {name.split(".")[0]: path for path in python() for name, _ in imported(path)}
    foreign = set(tops) - set(sys.stdlib_module_names) - set(PRODUCT)
    undeclared = {
        top: str(tops[top]) for top in foreign if not {_plain(home) for home in homes.get(top, ())} & declared
    }
    assert undeclared == {}


def test_only_the_viewer_knows_cornerstone_and_only_live_knows_sockets() -> None:
    rooms = {"@cornerstonejs/": "viewer", "socket.io-client": "live"}
    found = {
        f"{path} imports {name}"
        for path in screens()
        for name in IMPORTED_TS.findall(text(path))
        for neighbour, room in rooms.items()
        if name.startswith(neighbour) and path.parts[2] != room
    }
    assert found == set()


def test_only_live_opens_peer_connections() -> None:
    users = {str(path) for path in screens() if re.search(r"\bnew (RTCPeerConnection|WebSocket)\b", text(path))}
    assert {path for path in users if not path.startswith("reading_ui/src/live/")} == set()


def test_features_of_the_screens_never_import_each_other() -> None:
    found = set()
    for path in screens():
        if path.parts[2] != "features":
            continue
        for name in IMPORTED_TS.findall(text(path)):
            target = _resolved(path, name)
            if target and target[0] == "features" and target[1:2] != path.parts[3:4]:
                found.add(f"{path} imports {name}")
    assert found == set()


def _resolved(path: Path, name: str) -> tuple[str, ...] | None:
    """Parts below src of what a TypeScript import names, or None for a package."""
    if name.startswith("@/"):
        return Path(name[2:]).parts
    if not name.startswith("."):
        return None
    parts = list(path.parts[2:-1])
    for part in Path(name).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return tuple(parts)


def _plain(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")
