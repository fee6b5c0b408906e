"""Resolve the locks anew: every version pinned and hashed, for Python 3.11 to 3.13 on x86-64 and arm64.

Only names, versions and hashes are written, so that a lock says nothing about the machine or the registry it was made with.
"""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNNING = ("s3", "postgres", "demo", "build")
PYTHONS = ("3.11", "3.12", "3.13")
PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28")
LOCKS = {
    "requirements.lock": RUNNING,
    "requirements-dev.lock": (*RUNNING, "dev"),
    "requirements-node.lock": ("node",),
}


def resolve(lock: str, extras: tuple[str, ...], keep: list[str]) -> None:
    """Write one lock. Versions named in `keep` (other locks) are taken over, so that the locks agree."""
    source = "pyproject.toml"
    if extras == ("node",):
        source, extras = "-", ()
    command = [
        str(Path(sys.executable).parent / "uv"), "pip", "compile", source, "--quiet", "--universal", "--upgrade",
        "--python-version", "3.11", "--fork-strategy", "fewest", "--generate-hashes", "--no-header",
        "--no-annotate", "--output-file", lock,
    ]  # fmt: skip
    command += [word for extra in extras for word in ("--extra", extra)]
    command += [word for path in keep for word in ("--constraint", path)]
    subprocess.run(command, cwd=ROOT, check=True, input=_node_requirement() if source == "-" else None, text=True)
    pins = sum(line[:1].isalnum() for line in (ROOT / lock).read_text().splitlines())
    print(f"lock: {lock}, {pins} packages")


def prove(lock: str) -> None:
    """Every supported Python on both kinds of processor finds a wheel for every pin (nothing is installed)."""
    uv = [str(Path(sys.executable).parent / "uv"), "pip", "install", "--dry-run", "--quiet", "--no-deps"]
    only = ["--only-binary", ":all:", "--require-hashes", "--requirements", lock]
    for python in PYTHONS:
        for platform in PLATFORMS:
            place = ["--python-version", python, "--python-platform", platform, "--target", tempfile.gettempdir()]
            subprocess.run([*uv, *place, *only], cwd=ROOT, check=True)
    print(f"lock: {lock} installs from wheels with Python {', '.join(PYTHONS)} on {', '.join(PLATFORMS)}")


def _node_requirement() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return "\n".join(project["optional-dependencies"]["node"])


if __name__ == "__main__":
    # The widest lock is resolved first; the others are cut from it.
    resolve("requirements-dev.lock", LOCKS["requirements-dev.lock"], [])
    resolve("requirements.lock", LOCKS["requirements.lock"], ["requirements-dev.lock"])
    resolve("requirements-node.lock", LOCKS["requirements-node.lock"], [])
    for name in LOCKS:
        prove(name)
