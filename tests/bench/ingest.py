"""`make bench-ingest`: instances a second by DCMTK's storescu into this node, into Orthanc and into DCMTK's storescp, alternated in one run.

300 CT of 512 × 512 (157 MB), every peer on loopback with its default configuration and an empty archive of its own on the same disk. Orthanc
writes with its own sync settings, which are printed; storescp neither syncs nor indexes and shows what the sender itself is able to. Over
TLS (1.3, one association) only this node is asked, beside itself in the clear. JSON on the last line.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from pydicom.uid import generate_uid
from sqlalchemy import func, select

from teleconsult.imaging.tables import InstanceRow
from teleconsult.system import System
from teleconsult.tls_dicom import dicom_pair
from tests import synth
from tests.builders import a_system, an_alliance, some_settings
from tests.children import Child, accepts, free_port, wait_for
from tests.needs import ROOT

OBJECTS, RUNS = int(os.environ.get("OBJECTS", "300")), int(os.environ.get("RUNS", "5"))
PARTS = os.environ.get("PARTS", "one four nagle tls").split()
NAGLE_OBJECTS = int(os.environ.get("NAGLE_OBJECTS", str(min(OBJECTS, 60))))


def say(text: str) -> None:
    print(text, flush=True)


def make_objects(folder: Path, count: int, four: bool = False) -> None:
    """CT slices in one study: 512 × 512, 12 of 16 bits, noise over a ramp, in four series."""
    noise = np.random.default_rng(20260102)
    study, series = generate_uid(), [generate_uid() for _ in range(4)]
    ramp = np.add.outer(np.arange(512), np.arange(512)).astype("<u2")
    for number in range(count):
        ds = synth.ct_slice(number + 1, rows=512, columns=512, study_uid=study, series_uid=series[number % 4])
        ds.PixelData = (ramp + noise.integers(0, 64, ramp.shape, dtype="<u2")).astype("<u2").tobytes()
        synth.write(ds, folder / str(number % 4))


@dataclass
class Receiver:
    """Somebody who listens: the words for storescu, and how many objects are indexed (None: it keeps no index)."""

    name: str
    port: int
    called: str
    pid: int
    indexed: Callable[[], int] | None
    options: tuple[str, ...] = ()


@contextmanager
def our_node(folder: Path, _nodelay: bool, secure: bool = False) -> Iterator[Receiver]:
    """With `secure` at its port for TLS: a client without a certificate that trusts the node's own and no other."""
    database_url = os.environ.get("DATABASE_URL", "")
    system = a_system(folder / "home", database_url)
    an_alliance(system)
    settings = some_settings(
        folder / "home",
        database_url,
        dicom_port=free_port(),
        dicom_tls_port=free_port() if secure else 0,
        settle_seconds=3600,
    )
    words = [sys.executable, "-m", "dicom_node"]
    with Child(words, folder / "node.log", env=settings.to_env(), cwd=ROOT) as child:
        child.up(lambda: accepts(settings.dicom_port), "the node listens")
        port, options = settings.dicom_port, tuple[str, ...]()
        if secure:
            trusted = folder / "node.pem"
            trusted.write_text(dicom_pair(settings).pem)
            port, options = settings.dicom_tls_port, ("+tla", "+cf", str(trusted))
        yield Receiver("node", port, settings.ae_title, child.pid, lambda: _counted(system), options)
    system.store.engine.dispose()


def _counted(system: System) -> int:
    with system.read() as work:
        return work.session.scalars(select(func.count()).select_from(InstanceRow)).one()


@contextmanager
def orthanc(folder: Path, nodelay: bool) -> Iterator[Receiver]:
    """Debian's own configuration file; only places and ports are other ones. With `nodelay` DCMTK inside it
    answers without Nagle's algorithm, too: otherwise each of its answers waits 40 ms for an acknowledgement, whoever sends."""
    port, http = free_port(), free_port()
    text = Path("/etc/orthanc/orthanc.json").read_text()
    for name, value in (
        ("StorageDirectory", f'"{folder}/storage"'), ("IndexDirectory", f'"{folder}/storage"'),
        ("DicomPort", str(port)), ("HttpPort", str(http)), ("Plugins", "[]"),
    ):  # fmt: skip
        text = re.sub(rf'("{name}"\s*:\s*)("[^"]*"|\d+|\[[^\]]*\])', lambda m: m[1] + value, text)  # noqa: B023
    (folder / "orthanc.json").write_text(text)
    with Child(
        ["/usr/sbin/Orthanc", folder / "orthanc.json"],
        folder / "orthanc.log",
        env={"TCP_NODELAY": "1"} if nodelay else {},
    ) as child:
        child.up(lambda: accepts(port) and accepts(http), "Orthanc listens")

        def indexed() -> int:
            with urllib.request.urlopen(f"http://127.0.0.1:{http}/statistics", timeout=5) as answer:
                return int(json.loads(answer.read())["CountInstances"])

        yield Receiver("orthanc", port, "ORTHANC", child.pid, indexed)


@contextmanager
def storescp(folder: Path, _nodelay: bool) -> Iterator[Receiver]:
    port = free_port()
    kept = folder / "kept"
    kept.mkdir()
    # --fork: several associations at once, as the others.
    words = ["storescp", "--fork", "+xa", "-od", str(kept), str(port)]
    with Child(words, folder / "storescp.log", env={"TCP_NODELAY": "1"}) as child:
        child.up(lambda: accepts(port), "storescp listens")
        yield Receiver("storescp", port, "ANY", child.pid, None)


KINDS: dict[str, Callable[[Path, bool], AbstractContextManager[Receiver]]] = {
    "node": our_node,
    "node_tls": partial(our_node, secure=True),
    "orthanc": orthanc,
    "storescp": storescp,
}


def sync_settings() -> str:
    """What Orthanc's configuration says about syncing; what it does not name has Orthanc's own default."""
    text = Path("/etc/orthanc/orthanc.json").read_text()
    named = re.findall(r'^\s*"(\w*Sync\w*)"\s*:\s*(\S+?),?\s*$', text, re.MULTILINE)
    return ", ".join(f"{name}={value}" for name, value in named) or "SyncStorageArea not named (its default is true)"


def sent(receiver: Receiver, folders: Sequence[Path], nodelay: bool) -> float:
    """Seconds from the start of the first storescu to the end of the last, one for each list of folders."""
    env = {name: value for name, value in os.environ.items() if name != "TCP_NODELAY"}
    env |= {"TCP_NODELAY": "1"} if nodelay else {}
    began = time.perf_counter()
    running = [
        subprocess.Popen(
            ["storescu", *receiver.options, "+sd", "+r", "-aet", "SCANNER_A", "-aec", receiver.called, "127.0.0.1", str(receiver.port), folder],
            env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for folder in folders
    ]  # fmt: skip
    for each in running:
        _, errors = each.communicate()
        if each.returncode:
            raise SystemExit(f"storescu into {receiver.name} failed:\n{errors[-2000:]}")
    return time.perf_counter() - began


@dataclass
class Run:
    """Instances a second, how long after the last acknowledgement all were in the index, and the receiver's milliseconds of CPU for each,
    index included. The last depends least on what else the machine does."""

    rate: float
    behind: float
    cpu: float


def processor_seconds(pid: int) -> float:
    """Of a process and of all that it has started, ended ones included."""
    tree, found = [str(pid)], 0.0
    while tree:
        each = tree.pop()
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            tree += [
                word
                for task in Path(f"/proc/{each}/task").iterdir()
                for word in (task / "children").read_text().split()
            ]
        except (FileNotFoundError, ProcessLookupError):
            continue
        found += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return found


def measured(kind: str, first: Path, folders: Sequence[Path], count: int, nodelay: bool) -> Run:
    """One run into an empty archive."""
    place = Path(tempfile.mkdtemp(prefix=f"bench-ingest-{kind}-", dir=os.environ.get("BENCH_FOLDER")))
    try:
        with KINDS[kind](place, nodelay) as receiver:
            sent(receiver, [first], True)  # everything is started when the first object is in the index
            indexed = receiver.indexed or (lambda: 1)
            wait_for(lambda: indexed() == 1, "the first object is indexed", 120)
            os.sync()
            cpu = processor_seconds(receiver.pid)
            seconds = sent(receiver, folders, nodelay)
            ended, behind = time.perf_counter(), 0.0
            if receiver.indexed is not None:
                wait_for(lambda: indexed() == count + 1, f"{count} objects are indexed", 120)
                behind = time.perf_counter() - ended
            return Run(count / seconds, behind, (processor_seconds(receiver.pid) - cpu) / count * 1000)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def alternated(
    title: str, kinds: Sequence[str], first: Path, folders: Sequence[Path], count: int, nodelay: bool
) -> dict[str, list[Run]]:
    runs: dict[str, list[Run]] = {kind: [] for kind in kinds}
    for number in range(RUNS):
        for kind in kinds if number % 2 == 0 else list(reversed(kinds)):
            run = measured(kind, first, folders, count, nodelay)
            runs[kind].append(run)
            say(
                f"{title} {number + 1}/{RUNS} {kind:9} {run.rate:7.0f}/s  indexed {run.behind:.2f} s later  {run.cpu:.2f} ms CPU each  load {os.getloadavg()[0]:.1f}"
            )
    return runs


def summary(part: str, runs: dict[str, list[Run]]) -> dict[str, object]:
    said: dict[str, object] = {}
    for kind, each in runs.items():
        rates = sorted(run.rate for run in each)
        said[f"{part}_{kind}_per_second"] = round(statistics.median(rates), 1)
        said[f"{part}_{kind}_cpu_ms"] = round(statistics.median(run.cpu for run in each), 2)
        said[f"{part}_{kind}_spread"] = [round(rates[0], 1), round(rates[-1], 1)]
    said[f"{part}_node_indexed_after_seconds"] = round(statistics.median(run.behind for run in runs["node"]), 2)
    return said


def ratio(runs: dict[str, list[Run]], other: str) -> float:
    """Of the medians."""
    ours, theirs = (statistics.median(run.rate for run in runs[kind]) for kind in ("node", other))
    return round(ours / theirs, 2)


def first_in_line() -> None:
    """As root, all of the bench goes before other programs on the machine, all peers alike."""
    if os.geteuid() == 0:
        os.nice(-15)
    else:
        say("not root: other programs on this machine weigh as much as what is measured")


def main() -> None:
    first_in_line()
    for program in ("/usr/sbin/Orthanc", "storescu", "storescp"):
        if shutil.which(program) is None:
            raise SystemExit(f"{program} is missing: apt-get install orthanc dcmtk")
    say(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; Orthanc: {sync_settings()}")
    result: dict[str, object] = {
        "objects": OBJECTS,
        "runs": RUNS,
        "orthanc_sync": sync_settings(),
        "load_before": round(os.getloadavg()[0], 1),
    }
    with ExitStack() as stack:
        place = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-ingest-", dir=os.environ.get("BENCH_FOLDER")))
        )
        make_objects(place / "all", OBJECTS)
        make_objects(place / "few", NAGLE_OBJECTS)
        make_objects(place / "first", 1)
        first = place / "first"
        if "one" in PARTS:
            runs = alternated("one association", ["node", "orthanc", "storescp"], first, [place / "all"], OBJECTS, True)
            result |= {
                "one_association_ratio": ratio(runs, "orthanc"),
                "storescp_ratio": ratio(runs, "storescp"),
                **summary("one", runs),
            }
        if "four" in PARTS:
            folders = [place / "all" / str(number) for number in range(4)]
            runs = alternated("four associations", ["node", "orthanc", "storescp"], first, folders, OBJECTS, True)
            result |= {"four_associations_ratio": ratio(runs, "orthanc"), **summary("four", runs)}
        if "nagle" in PARTS:
            runs = alternated("Nagle", ["node", "orthanc"], first, [place / "few"], NAGLE_OBJECTS, False)
            result |= {"nagle_ratio": ratio(runs, "orthanc"), **summary("nagle", runs)}
        if "tls" in PARTS:
            runs = alternated("over TLS", ["node", "node_tls"], first, [place / "all"], OBJECTS, True)
            result |= {"tls_ratio": round(1 / ratio(runs, "node_tls"), 2), **summary("tls", runs)}
    result["load_after"] = round(os.getloadavg()[0], 1)
    say(json.dumps(result))


if __name__ == "__main__":
    main()
