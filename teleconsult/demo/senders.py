"""The counties' senders: DICOM storage SCUs that push studies through the real port, one process for each hospital.

Files go out byte for byte under the transfer syntax they are stored in. What a sender has delivered it writes down in
`sent-<county>.json`; a second run sends what is left.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pydicom.filereader import read_file_meta_info
from pydicom.uid import UID
from pynetdicom import AE, _config
from pynetdicom.association import Association
from pynetdicom.presentation import PresentationContext, build_context

from dicom_node import turnstile
from teleconsult.demo import cast, studies
from teleconsult.kernel.clock import Clock, SystemClock

_config.STORE_SEND_CHUNKED_DATASET = True  # a file's data set goes out as it is, never read and encoded again

MOST_CONTEXTS = 128
"""PS3.8 9.3.2.2: presentation context IDs are the odd numbers from 1 to 255."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Node:
    """Where to send to."""

    host: str
    port: int
    ae_title: str


@dataclass(slots=True)
class Tally:
    """What became of a batch; statuses other than success by their number (None: no answer)."""

    stored: int = 0
    refused: dict[int | None, int] = field(default_factory=dict)
    unsent: list[Path] = field(default_factory=list)


class Unreachable(Exception):
    """The node does not answer or does not let this sender in; worth another try."""


def kind_of(path: Path) -> tuple[str, str]:
    """SOP class and transfer syntax of a Part 10 file. ValueError when its file meta lacks them."""
    meta = read_file_meta_info(path)
    if not all(meta.get(keyword) for keyword in studies.META):
        raise ValueError(f"{path.name}: incomplete file meta")
    return str(meta.MediaStorageSOPClassUID), str(meta.TransferSyntaxUID)


def batches(files: Sequence[Path]) -> Iterator[tuple[list[Path], list[PresentationContext]]]:
    """Split files into associations: one context for each pair of class and stored syntax, at most 128 in each."""
    batch: list[Path] = []
    kinds: dict[tuple[str, str], None] = {}
    for path in files:
        kind = kind_of(path)
        if kind not in kinds and len(kinds) == MOST_CONTEXTS:
            yield batch, _contexts(kinds)
            batch, kinds = [], {}
        kinds[kind] = None
        batch.append(path)
    if batch:
        yield batch, _contexts(kinds)


def _contexts(kinds: dict[tuple[str, str], None]) -> list[PresentationContext]:
    return [build_context(UID(sop_class), UID(syntax)) for sop_class, syntax in kinds]


def send(files: Sequence[Path], calling: str, node: Node, pause: float = 0.0) -> Tally:
    """Send the files. Raises `Unreachable` when there is no association; a refused object does not stop the others."""
    _reach(node)
    tally = Tally()
    for batch, contexts in batches(files):
        ae = AE(ae_title=calling)
        ae.connection_timeout, ae.acse_timeout, ae.dimse_timeout, ae.network_timeout = 5, 10, 120, 120
        association = ae.associate(node.host, node.port, contexts, ae_title=node.ae_title, max_pdu=0)
        if not association.is_established:
            raise Unreachable(f"{node.ae_title}@{node.host}:{node.port}")
        turnstile.put_in(association)
        try:
            for path in batch:
                _send_one(association, path, tally)
                time.sleep(pause)
        finally:
            if association.is_established:
                association.release()
    return tally


def _reach(node: Node) -> None:
    """`Unreachable` when nothing listens; asked first, because pynetdicom leaves a failed socket open."""
    try:
        socket.create_connection((node.host, node.port), timeout=5).close()
    except OSError as reason:
        raise Unreachable(f"{node.ae_title}@{node.host}:{node.port} ({reason})") from None


def _send_one(association: Association, path: Path, tally: Tally) -> None:
    if not association.is_established:
        raise Unreachable("the association ended")
    if kind_of(path) not in {
        (str(c.abstract_syntax), str(c.transfer_syntax[0])) for c in association.accepted_contexts
    }:
        tally.unsent.append(path)
        return
    status = association.send_c_store(path).get("Status")
    if status == 0x0000:
        tally.stored += 1
    else:
        tally.refused[status] = tally.refused.get(status, 0) + 1


class Ledger:
    """What has been delivered, kept in a file so that a second run goes on where the first one ended."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sent: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}

    def has(self, key: str) -> bool:
        """Whether this study was delivered."""
        return key in self._sent

    def note(self, key: str, count: int) -> None:
        """Write down a delivery; the file is whole at any moment."""
        self._sent[key] = count
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(self._sent, indent=1))
        part.replace(self._path)


@dataclass(slots=True)
class Errand:
    """One study to be sent: `files` makes them (or finds them) when its time has come."""

    key: str
    county: str
    what: str
    after: float
    files: Callable[[], Sequence[Path]]
    clear: Callable[[], None] = lambda: None


def errands(home: Path, data: Path | None, extra: Sequence[Path], clock: Clock) -> list[Errand]:
    """Everything to be sent: the user's own folder alone, or the demo's studies and then those of `extra`."""
    if data is not None:
        return _of_folders([data], first=0.0, pace=2.0)
    planned = [_of_plan(plan, home, clock) for plan in studies.PLANS]
    return planned + _of_folders(extra, first=170.0, pace=8.0)


def _of_plan(plan: studies.Plan, home: Path, clock: Clock) -> Errand:
    folder = home / "outbox" / plan.key
    return Errand(
        plan.key, plan.county, f"{plan.description} ({cast.PATIENTS[plan.patient].name})", plan.after,
        lambda: studies.prepare(plan, folder, home / "phantoms", clock), lambda: shutil.rmtree(folder, ignore_errors=True),
    )  # fmt: skip


def _of_folders(folders: Sequence[Path], first: float, pace: float) -> list[Errand]:
    counties = [site.code for site in cast.senders()]
    found = []
    for number, (study, files) in enumerate(studies.of_folder(*folders)):
        county = counties[zlib.crc32(study.encode()) % len(counties)]
        what = f"{files[0].parent.name} ({len(files)} files)"
        found.append(Errand(study, county, what, first + pace * number, partial(tuple, files)))
    return found


class County:
    """One hospital's sender: its errands in order, each tried until the node has answered for every object."""

    def __init__(self, site: cast.Site, node: Node, ledger: Ledger, errands: Sequence[Errand], say: Say) -> None:
        self._site, self._node, self._ledger, self._say = site, node, ledger, say
        self._errands = [e for e in errands if e.county == site.code and not ledger.has(e.key)]

    def run(self, stop: threading.Event) -> None:
        """Send until nothing is left or `stop` is set."""
        began = time.monotonic()
        for errand in self._errands:
            if stop.wait(max(0.0, began + errand.after - time.monotonic())):
                return
            files = errand.files()
            while files and not stop.is_set():
                if self._tried(errand, files):
                    break
                stop.wait(2.0)

    def _tried(self, errand: Errand, files: Sequence[Path]) -> bool:
        started = time.monotonic()
        try:
            tally = send(files, str(self._site.ae_title), self._node)
        except Unreachable as reason:
            self._say(f"{self._site.ae_title}: no association with {reason}; tries again")
            return False
        if None in tally.refused:
            self._say(f"{self._site.ae_title}: {errand.what}: the node ended the call; sends again")
            return False
        self._ledger.note(errand.key, tally.stored)
        errand.clear()
        self._say(f"{self._site.ae_title}: {errand.what}: {_told(tally)}, {time.monotonic() - started:.1f} s")
        return True


def _told(tally: Tally) -> str:
    refused = [f"{count} refused with {status:04X}" for status, count in tally.refused.items() if status is not None]
    unsent = [f"{len(tally.unsent)} not negotiated"] if tally.unsent else []
    return ", ".join([f"{tally.stored} stored", *refused, *unsent])


def run(county: str, home: Path, node: Node, data: Path | None, extra: Sequence[Path]) -> None:
    """One county's sender, until it is done or the parent has gone. Made to be the body of a child process.

    Making phantoms takes seconds of computing, so each county has a process of its own and steps behind the platform.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us
    os.nice(5)
    parent, stop = multiprocessing.parent_process(), threading.Event()
    home.mkdir(parents=True, exist_ok=True)
    ledger, todo = Ledger(home / f"sent-{county}.json"), errands(home, data, extra, SystemClock())

    def say(text: str) -> None:
        print(f"sender | {text}", flush=True)

    sender = threading.Thread(target=County(cast.site(county), node, ledger, todo, say).run, args=(stop,), daemon=True)
    sender.start()
    while sender.is_alive() and (parent is None or parent.is_alive()):
        sender.join(0.3)
    stop.set()
