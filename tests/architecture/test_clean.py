"""The repository says nothing about the machine or the registry that it was made with."""

import json
import re

from tests.architecture.tree import ROOT, files, text
from tests.conftest import LONG

# Written in pieces, so that this file does not find itself.
HOSTS = (
    "py" + r"pi\.org",
    "python" + r"hosted\.org",
    "npm" + r"js\.(org|com)",
    "npm" + r"mirror\.",
    "tuna" + r"\.tsinghua",
)
PATHS = ("/wor" + "k/", "/roo" + "t/", "/opt/" + "pypi", "bash_" + "jobs")
TRACES = re.compile("|".join([*HOSTS, *PATHS]))
OPTIONS = re.compile("--(extra-)?index" + "-url|--find" + "-links|--trusted" + "-host")


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    found = set()
    for path in files():
        try:
            lines = text(path).splitlines()
        except UnicodeDecodeError:
            continue
        found |= {
            f"{path}:{number}" for number, line in enumerate(lines, 1) if TRACES.search(line) or OPTIONS.search(line)
        }
    assert found == set()


def test_every_locked_package_is_pinned_and_hashed() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock", "requirements-node.lock"):
        for entry in re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip()):
            assert re.match(r"[a-z0-9.-]+==[^\s;]+( ; [^\\]+)? \\\n    --hash=sha256:", entry), f"{lock}: {entry[:60]}"


def test_the_locks_agree_on_every_version() -> None:
    pins = [set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(), re.M)) for name in _LOCKS]
    assert pins[0] <= pins[1]


def test_the_lock_of_the_screens_names_no_place_and_every_package_a_hash() -> None:
    packages = json.loads((ROOT / "reading_ui" / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    unhashed = {
        name for name, package in packages.items() if name and "integrity" not in package and not _other(package)
    }
    assert unhashed == set()


def test_no_file_is_larger_than_a_megabyte() -> None:
    assert [str(path) for path in files() if (ROOT / path).stat().st_size > 1 << 20] == []


def test_the_files_that_are_shared_out_first_exist() -> None:
    assert [name for name in LONG if not (ROOT / "tests" / f"{name}.py").exists()] == []


_LOCKS = ("requirements.lock", "requirements-dev.lock")


def _other(package: dict[str, object]) -> bool:
    """An optional package for another kind of machine, which is never installed where the tests run."""
    return bool(package.get("optional")) and (package.get("os") != ["linux"] or package.get("libc") == ["musl"])
