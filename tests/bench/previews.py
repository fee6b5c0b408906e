"""`make bench-previews`: pictures of 512 pixels from stored objects, by our drawing child and by Orthanc's `/rendered`, in turn in one run.

For each kind of object: decode, window, scale into 512 × 512, JPEG of quality 90. Every picture is of another object, so that neither side
has it in memory: 300 CT are more than
Orthanc's cache of 128 MB holds, and it is asked for them in the same order again. What counts is processor time for a picture, which other programs on the machine disturb least; ours is the child's
and the caller's together, Orthanc's is its whole process, its own HTTP included. JSON on the last line; `rendered_ratio` is of
uncompressed CT of 512 × 512: pictures a second of one core, ours ÷ Orthanc's.
"""

from __future__ import annotations

import http.client
import io
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import imagecodecs as ic
import numpy as np
from PIL import Image
from pydicom import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import RLELossless

from teleconsult.imaging.pixels_values import Array
from teleconsult.imaging.render_apart import Look, RenderApart
from tests import synth
from tests.bench.ingest import first_in_line, say
from tests.orthanc import Orthanc, orthanc
from tests.rules.test_pixels_golden import saved

SIDE, QUALITY = 512, 90
RUNS, OBJECTS = int(os.environ.get("RUNS", "5")), int(os.environ.get("OBJECTS", "300"))
J = "1.2.840.10008.1.2.4."


@dataclass(frozen=True)
class Kind:
    """Objects of one sort."""

    name: str
    syntax: str
    make: Callable[[int, Path], bytes]
    count: int = max(2, OBJECTS // 6)


def _noise(number: int, shape: tuple[int, ...], spread: float) -> Array:
    found: Array = np.random.default_rng(20260102 + number).normal(0, spread, shape)
    return found


def a_ct(number: int) -> Dataset:
    """A body in air: an ellipse of soft tissue with structure and noise."""
    y, x = np.mgrid[0:512, 0:512]
    body = (x - 256.0) ** 2 / 200**2 + (y - 256.0) ** 2 / 160**2 < 1
    values = np.where(body, 1050 + 60 * np.sin(x / 9) * np.cos((y + number) / 13), 24) + _noise(number, (512, 512), 10)
    ds = synth.ct_slice(number + 1, rows=512, columns=512)
    ds.PixelData = np.clip(values, 0, 4095).astype("<u2").tobytes()
    return ds


def a_dx(number: int) -> Dataset:
    y, x = np.mgrid[0:2500, 0:2048]
    values = 2000 + 900 * np.sin(x / 300 + number) * np.cos(y / 500) + _noise(number, (2500, 2048), 20)
    ds = synth.a_dx(rows=2500, columns=2048)
    ds.PixelData = np.clip(values, 0, 4095).astype("<u2").tobytes()
    return ds


def an_us(number: int) -> Dataset:
    y, x = np.mgrid[0:768, 0:1024]
    fan = ((x - 512.0) ** 2 + y**2 < 740**2) & (abs(x - 512) < y)
    speckle = np.where(fan, 90 + 50 * np.sin((x + number) / 30), 0) * np.exp(_noise(number, (768, 1024), 0.3))
    ds = synth.a_us_cine(frames=1, rows=768, columns=1024)
    grey = np.clip(speckle, 0, 255).astype("u1")
    ds.PixelData = np.stack([grey, grey, np.clip(grey.astype(int) + 12, 0, 255).astype("u1")], -1).tobytes()
    return ds


def plain(make: Callable[[int], Dataset]) -> Callable[[int, Path], bytes]:
    return lambda number, _folder: synth.as_bytes(make(number))


def packed(
    make: Callable[[int], Dataset], syntax: str, encode: Callable[[Array], bytes], photometric: str = ""
) -> Callable[[int, Path], bytes]:
    """Objects whose one frame is written by `encode`."""

    def made(number: int, folder: Path) -> bytes:
        ds = make(number)
        frame = np.frombuffer(ds.PixelData, "<u2" if ds.BitsAllocated == 16 else "u1")
        shape = (ds.Rows, ds.Columns, 3) if ds.SamplesPerPixel == 3 else (ds.Rows, ds.Columns)
        ds.PixelData = encapsulate([encode(frame.reshape(shape))])
        ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True
        ds.PhotometricInterpretation = photometric or ds.PhotometricInterpretation
        return saved(folder / "packed", syntax, ds).read_bytes()

    return made


def rle(make: Callable[[int], Dataset]) -> Callable[[int, Path], bytes]:
    return lambda number, _folder: synth.as_bytes(make(number), RLELossless)


KINDS = [
    Kind("CT", synth.ExplicitVRLittleEndian, plain(a_ct), OBJECTS),
    Kind("DX 2048 × 2500", synth.ExplicitVRLittleEndian, plain(a_dx), max(2, OBJECTS // 18)),
    Kind("US colour 1024 × 768", synth.ExplicitVRLittleEndian, plain(an_us), max(2, OBJECTS // 4)),
    Kind("CT RLE", str(RLELossless), rle(a_ct)),
    Kind("CT JPEG lossless", J + "70", packed(a_ct, J + "70", lambda a: bytes(ic.ljpeg_encode(a, bitspersample=12)))),
    Kind(
        "CT JPEG 12 bits",
        J + "51",
        packed(a_ct, J + "51", lambda a: bytes(ic.jpeg8_encode(a, level=95, bitspersample=12))),
    ),
    Kind("CT JPEG-LS", J + "80", packed(a_ct, J + "80", lambda a: bytes(ic.jpegls_encode(a)))),
    Kind(
        "CT JPEG 2000",
        J + "90",
        packed(a_ct, J + "90", lambda a: bytes(ic.jpeg2k_encode(a, level=0, codecformat="j2k", reversible=True))),
    ),
    Kind(
        "DX JPEG 2000",
        J + "90",
        packed(a_dx, J + "90", lambda a: bytes(ic.jpeg2k_encode(a, level=0, codecformat="j2k", reversible=True))),
        max(2, OBJECTS // 75),
    ),
    Kind(
        "US JPEG",
        J + "50",
        packed(an_us, J + "50", lambda a: bytes(ic.jpeg8_encode(a, level=90, subsampling="422")), "YBR_FULL_422"),
    ),
    Kind("CT HTJ2K", J + "202", packed(a_ct, J + "202", lambda a: bytes(ic.htj2k_encode(a, reversible=True)))),
    Kind(
        "CT JPEG XL", J + "110", packed(a_ct, J + "110", lambda a: bytes(ic.jpegxl_encode(a, lossless=True, effort=3)))
    ),
]


def processor_time(pid: int) -> float:
    """Of all threads of a process, in seconds, to the nanosecond (Linux: the clock of another process)."""
    return time.clock_gettime((~pid << 3) | 2)


@dataclass
class Ours:
    """The drawing child as web and the preparation of studies use it."""

    apart: RenderApart

    def cpu(self) -> float:
        child = self.apart._child
        return time.process_time() + (processor_time(child.pid) if child else 0.0)

    def draw(self, path: Path) -> bytes:
        return self.apart.frame(path, 0, [Look(SIDE, SIDE, "jpeg", QUALITY)])[0]


@dataclass
class Foreign:
    """Orthanc's REST `/instances/{id}/rendered` over one connection that is kept."""

    pid: int
    line: http.client.HTTPConnection

    def cpu(self) -> float:
        return processor_time(self.pid)

    def draw(self, instance: str) -> bytes:
        path = f"/instances/{instance}/rendered?width={SIDE}&height={SIDE}&quality={QUALITY}"
        try:
            answer = self._asked(path)
        except (
            http.client.RemoteDisconnected,
            ConnectionResetError,
        ):  # it ends lines on which nothing is said for a while
            self.line.close()
            answer = self._asked(path)
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(f"Orthanc: {answer.status} {content[:200]!r}")
        return content

    def _asked(self, path: str) -> http.client.HTTPResponse:
        self.line.request("GET", path, headers={"Accept": "image/jpeg"})
        return self.line.getresponse()


@contextmanager
def foreign(folder: Path) -> Iterator[tuple[Orthanc, Foreign]]:
    with orthanc(folder) as running:
        (pid,) = [
            int(each.name)
            for each in Path("/proc").iterdir()
            if each.name.isdigit() and str(folder).encode() in _words(each)
        ]
        address = urlsplit(running.url)
        yield running, Foreign(pid, http.client.HTTPConnection(str(address.hostname), address.port, timeout=60))


def _words(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def timed(cpu: Callable[[], float], draw: Callable[[Any], bytes], things: Sequence[object]) -> tuple[float, float]:
    """Processor and elapsed milliseconds for a picture."""
    draw(things[-1])  # the line and the child are there before anything counts
    before, began = cpu(), time.perf_counter()
    for thing in things:
        draw(thing)
    elapsed, spent = time.perf_counter() - began, cpu() - before
    return spent / len(things) * 1000, elapsed / len(things) * 1000


def alike(one: bytes, other: bytes) -> float:
    """Mean difference of two pictures in grey levels: whether both sides drew the same thing."""
    pictures = [Image.open(io.BytesIO(each)).convert("L") for each in (one, other)]
    if pictures[0].size != pictures[1].size:
        pictures[1] = pictures[1].resize(pictures[0].size)
    first, second = (np.asarray(each, dtype=float) for each in pictures)
    return float(np.abs(first - second).mean())


def measured(kind: Kind, ours: Ours, running: Orthanc, theirs: Foreign, folder: Path) -> dict[str, object]:
    files, instances = [], []
    for number in range(kind.count):
        file = folder / f"{number}.dcm"
        file.write_bytes(kind.make(number, folder))
        files.append(file)
        instances.append(json.loads(running.ask("/instances", file.read_bytes()))["ID"])
    one = ours.draw(files[0])
    try:
        difference = alike(one, theirs.draw(instances[0]))
    except SystemExit as refused:
        say(f"{kind.name}: {refused}")
        instances = []
    mine, other = [], []
    for number in range(RUNS):
        for side in ("ours", "theirs") if number % 2 == 0 else ("theirs", "ours"):
            if side == "ours":
                mine.append(timed(ours.cpu, ours.draw, files))
            elif instances:
                other.append(timed(theirs.cpu, theirs.draw, instances))
    found: dict[str, object] = {"transfer_syntax": kind.syntax, **figures("", mine)}
    if other:
        ratio = statistics.median(each[0] for each in other) / statistics.median(each[0] for each in mine)
        found |= {**figures("orthanc_", other), "ratio": round(ratio, 2), "difference": round(difference, 1)}
    say(f"{kind.name:22} {json.dumps(found)}  load {os.getloadavg()[0]:.1f}")
    return found


def figures(whose: str, runs: list[tuple[float, float]]) -> dict[str, object]:
    spent = sorted(each[0] for each in runs)
    return {
        f"{whose}cpu_ms": round(statistics.median(spent), 2),
        f"{whose}cpu_ms_spread": [round(spent[0], 2), round(spent[-1], 2)],
        f"{whose}elapsed_ms": round(statistics.median(each[1] for each in runs), 2),
    }


def main() -> None:
    first_in_line()
    found: dict[str, dict[str, object]] = {}
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="bench-previews-", dir=os.environ.get("BENCH_FOLDER")) as name:
        place = Path(name)
        with foreign(place / "orthanc") as (running, theirs), RenderApart() as apart:
            version = json.loads(running.ask("/system"))["Version"]
            say(f"{os.cpu_count()} cores, load {load:.1f}; Orthanc {version}, {RUNS} runs in turn")
            for number, kind in enumerate(kind for kind in KINDS if os.environ.get("KINDS", "") in kind.name):
                folder = place / str(number)
                folder.mkdir()
                found[kind.name] = measured(kind, Ours(apart), running, theirs, folder)
    plainly = found.get("CT", {})
    result = {
        "rendered_ratio": plainly.get("ratio"),
        "cpu_ms": plainly.get("cpu_ms"),
        "orthanc_cpu_ms": plainly.get("orthanc_cpu_ms"),
        "ratios": {name: each.get("ratio") for name, each in found.items()},
        "kinds": found,
        "runs": RUNS,
        "load_before": round(load, 1),
        "load_after": round(os.getloadavg()[0], 1),
    }
    say(json.dumps(result))


if __name__ == "__main__":
    main()
