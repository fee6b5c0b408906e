"""Programs that tests call. Root on Debian gets them installed; anyone else is told what is missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tools.says import give_up, run, say

# Debian package: what shows that it is there.
PACKAGES = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "fonts-noto-cjk": (
        "/usr/share/fonts/opentype/noto",
        "/usr/share/fonts/noto-cjk",
        "/usr/share/fonts/google-noto-cjk",
    ),
    "dcmtk": ("dcmdump",),
    "orthanc": ("Orthanc", "/usr/sbin/Orthanc"),
    "orthanc-dicomweb": ("/usr/share/orthanc/plugins/libOrthancDicomWeb.so",),
    "postgresql": ("initdb", "/usr/lib/postgresql"),
    "poppler-utils": ("pdftotext",),
    "openssl": ("openssl",),
    "coturn": ("turnserver",),
}


def install() -> None:
    """Every program in place, or one line that names what is missing (a note only, with ALLOW_MISSING=1)."""
    missing = _missing()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"test: root on Debian, so these packages are installed now: {' '.join(missing)}")
        # RUNLEVEL=1 keeps the database package from starting a server of its own: tests start theirs.
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        run(["apt-get", "update", "-q"], "test: apt-get update", environment)
        command = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *missing]
        run(command, f"test: apt-get install {' '.join(missing)}", environment)
        missing = _missing()
    if missing and os.environ.get("ALLOW_MISSING") == "1":
        say(f"test: MISSING, tests that need them are skipped and counted: {' '.join(missing)}")
    elif missing:
        give_up(
            f"tests need these Debian packages (or their like): {' '.join(missing)}. "
            "Install them, run make test as root on Debian, or ALLOW_MISSING=1 make test for the rest."
        )


def _missing() -> list[str]:
    return [package for package, signs in PACKAGES.items() if not any(map(_present, signs))]


def _present(sign: str) -> bool:
    return Path(sign).exists() if sign.startswith("/") else shutil.which(sign) is not None
