"""What a test may need from the machine, and what happens when it is not there.

A missing program is a failure, because a suite that quietly leaves tests out proves nothing. With ALLOW_MISSING=1 the
tests that need it are skipped, and the closing lines say how many. Data beside the repository (`needs_shared_data`) may
be absent anywhere: those tests are skipped, and said so.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

from tests.servers import postgres_program

ROOT = Path(__file__).resolve().parent.parent
ALLOW_MISSING = os.environ.get("ALLOW_MISSING") == "1"

_PROGRAMS = {
    "needs_postgres": ("initdb",),
    "needs_chromium": ("chromium", "chromium-browser", "google-chrome"),
    "needs_dcmtk": ("dcmdump",),
    "needs_orthanc": ("Orthanc", "orthanc"),
    "needs_poppler": ("pdftotext",),
    "needs_openssl": ("openssl",),
    "needs_coturn": ("turnserver",),
}


def chromium() -> str | None:
    """The path of a Chromium, or None."""
    return _first("needs_chromium")


def missing(marker: str) -> str | None:
    """Why a test with this marker cannot run here, or None."""
    if marker == "needs_shared_data":
        return None if shared_data() else "no folder of DICOM files (TELECONSULT_TEST_DATA or ../shared/data)"
    if marker == "needs_mount" and mounting() is None:
        return "this machine lets nobody mount a file system of his own (unshare, mount)"
    if marker in _PROGRAMS and _first(marker) is None:
        return f"{_PROGRAMS[marker][0]} is not installed (`make test` as root on Debian installs it)"
    return None


@functools.cache
def mounting() -> tuple[str, ...] | None:
    """What begins a command that may mount file systems which only it sees, or None: as anybody, or as root where only root may."""
    for words in (("unshare", "--user", "--map-root-user", "--mount"), ("unshare", "--mount")):
        trial = [*words, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
        try:
            if subprocess.run(trial, capture_output=True, check=False, timeout=10).returncode == 0:
                return words
        except OSError:
            return None
    return None


def shared_data() -> Path | None:
    """The folder of real and made DICOM files beside the repository, where it is present."""
    named = os.environ.get("TELECONSULT_TEST_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    return folder if folder.is_dir() else None


def _first(marker: str) -> str | None:
    find = postgres_program if marker == "needs_postgres" else shutil.which
    return next(filter(None, map(find, _PROGRAMS[marker])), None)
