"""A real Orthanc server for tests and benches: in a folder of its own, on free loopback ports, ended at the end."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.children import free_port

PLUGINS = Path("/usr/share/orthanc/plugins")


@dataclass(frozen=True, slots=True)
class Orthanc:
    """Where it listens. `ask` speaks its REST API."""

    url: str
    dicom_port: int
    ae_title: str

    def ask(self, path: str, body: bytes | None = None, seconds: float = 60, method: str | None = None) -> bytes:
        """The answer's body; urllib's HTTPError when it refuses."""
        request = urllib.request.Request(f"{self.url}{path}", data=body, method=method)  # noqa: S310 (loopback)
        with urllib.request.urlopen(request, timeout=seconds) as answer:  # noqa: S310
            content: bytes = answer.read()
            return content


def program() -> str:
    return shutil.which("Orthanc") or shutil.which("orthanc") or "/usr/sbin/Orthanc"


@contextmanager
def orthanc(
    folder: Path, *, ae_title: str = "ORTHANC", plugins: tuple[str, ...] = (), **more: Any
) -> Iterator[Orthanc]:
    """Orthanc with its default configuration but for ports and folders, and for `more`."""
    folder.mkdir(parents=True, exist_ok=True)
    http, dicom = free_port(), free_port()
    configuration: Mapping[str, Any] = {
        "Name": "test",
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "index"),
        "HttpPort": http,
        "DicomPort": dicom,
        "DicomAet": ae_title,
        "RemoteAccessAllowed": False,
        "Plugins": [str(PLUGINS / name) for name in plugins],
        **more,
    }
    written = folder / "orthanc.json"
    written.write_text(json.dumps(configuration))
    with (folder / "orthanc.log").open("wb") as log:
        running = subprocess.Popen([program(), str(written)], stdout=log, stderr=log)
        try:
            made = Orthanc(f"http://127.0.0.1:{http}", dicom, ae_title)
            _answers(made, running, folder / "orthanc.log")
            yield made
        finally:
            running.terminate()
            try:
                running.wait(10)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def _answers(made: Orthanc, running: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while running.poll() is None and time.monotonic() < deadline:
        try:
            made.ask("/system")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"Orthanc does not answer: {log.read_text(errors='replace')[-800:]}")
