"""Finding in a large archive: `make bench-find`.

Builds an index of `STUDIES` studies (`--studies N` for another number; the JSON names the factor) on SQLite and on PostgreSQL at once, asks through
the product's own doors, and takes in new objects into it and into an empty archive in turn. Everything asked is drawn from what the
archive holds, so that every question has an answer; each is asked once, so that no cache has seen it. Figures are milliseconds until the
answer is read whole. C-FIND is asked by DCMTK over a real association; QIDO-RS and the worklist through the whole web application without a socket.

Prints JSON on its last line.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from flask import Flask
from pydicom import Dataset, dcmwrite
from sqlalchemy import select

from dicom_node.dicomweb import blueprint
from dicom_node.node import Node
from teleconsult.imaging import find_names
from teleconsult.imaging.ingest import Upload, ingest
from teleconsult.imaging.staging import stage_part10
from teleconsult.imaging.tables import StudyRow
from teleconsult.web.server import loaded
from tests import servers, synth
from tests.bench.archive import fill
from tests.builders import Alliance, a_system, an_alliance

DATABASES: Final = ("sqlite", "postgresql")
STUDIES: Final = 1_000_000
PASSWORD: Final = "bench-word-2026"
ASKED, WARM = 60, 3
ROUNDS, OBJECTS = 7, 60
ANSWERED: Final = (
    "PatientName", "PatientID", "StudyInstanceUID", "AccessionNumber", "StudyDate", "ModalitiesInStudy",
)  # fmt: skip
LOG_OF_DCMTK: Final = """log4cplus.rootLogger = INFO, console
log4cplus.appender.console = log4cplus::ConsoleAppender
log4cplus.appender.console.layout = log4cplus::PatternLayout
log4cplus.appender.console.layout.ConversionPattern = %D{%s.%q} %m%n
"""
Times = list[float]


@dataclass(frozen=True)
class Archive:
    """An alliance of its own on one database, and where its files are."""

    name: str
    url: str
    home: Path
    alliance: Alliance


@contextmanager
def an_archive(name: str, url: str, home: Path) -> Iterator[Archive]:
    """One that holds nothing yet."""
    system = a_system(home / "home", url)
    yield Archive(name, url, home, an_alliance(system, password=PASSWORD))
    system.store.engine.dispose()


def fill_all(archives: Sequence[Archive], studies: int) -> float:
    """Write the studies into all of them at once, each in a process of its own; gives the minutes."""
    begun = time.monotonic()
    fork = multiprocessing.get_context("fork")
    writing = [fork.Process(target=fill, args=(archive.alliance, studies)) for archive in archives]
    for archive in archives:
        archive.alliance.system.store.engine.dispose()  # a connection is one process's
    for process in writing:
        process.start()
    for process in writing:
        process.join()
    assert [process.exitcode for process in writing] == [0] * len(archives)
    os.sync()  # fifty gigabytes on their way to the disk are filling, not asking
    return (time.monotonic() - begun) / 60


def gigabytes(archive: Archive) -> float:
    if not archive.url:
        return sum(file.stat().st_size for file in archive.home.rglob("*") if file.is_file()) / 1e9
    with archive.alliance.system.store.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()) / 1e9


def samples(alliance: Alliance, site: str | None, count: int) -> list[StudyRow]:
    """Studies drawn from the archive (of one site): what is asked for is known to be there."""
    drawn = random.Random(17)
    with alliance.system.read() as work:
        own = [StudyRow.site_id == alliance.sites[site]] if site else []
        ids = list(work.session.scalars(select(StudyRow.id).where(*own)))
        return [work.get(StudyRow, study_id) for study_id in drawn.sample(ids, min(count, len(ids)))]


def questions(study: StudyRow) -> dict[str, dict[str, str]]:
    """What people ask, by the sort of question, as QIDO-RS parameters; C-FIND asks the same."""
    latin = sorted(key for key in find_names.keys(study.name) if key.isascii())
    return {
        "name prefix": {"PatientName": f"{study.name_shown[:2]}*"},
        "pinyin": {"PatientName": f"{max(latin, key=len)}*"},
        "date range": {"StudyDate": f"{study.study_date}-{study.study_date}", "ModalitiesInStudy": study.modality},
        "accession": {"AccessionNumber": study.accession},
        "patient id": {"PatientID": study.patient_number},
    }


class Signed:
    """Somebody who is signed in."""

    def __init__(self, app: Flask, login: str) -> None:
        self.client = app.test_client()
        assert self.client.post("/api/login", json={"login": login, "password": PASSWORD}).status_code == 200

    def get(self, path: str, **query: str) -> Any:
        answer = self.client.get(path, query_string=query)
        assert answer.status_code in (200, 204), answer.text
        return answer.json if answer.status_code == 200 else []


def timed(ask: Callable[[], int]) -> tuple[float, int]:
    begun = time.perf_counter()
    found = ask()
    return (time.perf_counter() - begun) * 1000, found


def qido(app: Flask, alliance: Alliance) -> dict[str, Times]:
    taken: dict[str, Times] = {}
    for login, site in (("doctor_a", "county_a"), ("reader", None)):
        who = Signed(app, login)
        for number, study in enumerate(samples(alliance, site, ASKED + WARM)):
            for sort, query in questions(study).items():
                ms, found = timed(partial(_studies, who, query))
                assert found, query
                if number >= WARM:
                    taken.setdefault(f"{login}: {sort}", []).append(ms)
    return taken


def _studies(who: Signed, query: dict[str, str]) -> int:
    return len(who.get("/dicom-web/studies", limit="50", **query))


def _first_page(who: Signed) -> int:
    return len(who.get("/api/worklist", limit="50")["items"])


def cfind(alliance: Alliance, folder: Path) -> dict[str, Times]:
    """Asked by DCMTK's `findscu`, one question after another on one association: a device in C, in a process of its own."""
    studies = samples(alliance, "county_a", ASKED + WARM)
    asked = [each for study in studies for each in questions(study).items()]
    files = [_query_file(folder / f"{number:04}.dcm", query) for number, (_, query) in enumerate(asked)]
    node = Node(alliance.system)
    node.start()
    try:
        spans = _findscu(node.address, alliance.system.settings.ae_title, folder, files)
    finally:
        node.stop()
    assert len(spans) == len(asked), f"{len(spans)} of {len(asked)} questions answered"
    taken: dict[str, Times] = {}
    for (sort, _), span in list(zip(asked, spans, strict=True))[WARM * len(asked) // len(studies) :]:
        taken.setdefault(sort, []).append(span)
    return taken


def _query_file(path: Path, query: dict[str, str]) -> Path:
    asked = Dataset()
    asked.SpecificCharacterSet = "ISO_IR 192"
    asked.QueryRetrieveLevel = "STUDY"
    for keyword in ANSWERED:
        setattr(asked, keyword, query.get(keyword, ""))
    dcmwrite(path, asked, implicit_vr=True, little_endian=True)
    return path


def _findscu(address: tuple[str, int], ae_title: str, folder: Path, files: list[Path]) -> Times:
    """Milliseconds from each request to its final response, by the times of its log; each has found something."""
    (folder / "log.cfg").write_text(LOG_OF_DCMTK)
    command = ["findscu", "-lc", str(folder / "log.cfg"), "-S", "-aet", "SCANNER_A", "-aec", ae_title]
    command += [address[0], str(address[1]), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=True, timeout=600)
    spans: Times = []
    begun, found = 0.0, 0
    for line in (done.stdout + done.stderr).splitlines():
        at, _, said = line.partition(" ")
        if said.startswith("Sending Find Request"):
            begun, found = float(at), 0
        elif "(Pending)" in said:
            found += 1
        elif said.startswith("Received Final Find Response (Success)"):
            assert found, f"question {len(spans)} found nothing"
            spans.append((float(at) - begun) * 1000)
    return spans


def worklist(app: Flask) -> dict[str, Times]:
    taken: dict[str, Times] = {}
    for login in ("reader", "coordinator", "doctor_a"):
        who = Signed(app, login)
        every = [timed(partial(_first_page, who)) for _ in range(ASKED)]
        assert all(found for _, found in every)
        taken[login] = [ms for ms, _ in every[WARM:]]
    return taken


def rate(alliance: Alliance, turn: int) -> float:
    """Objects a second through the one door of `imaging.ingest`, each acknowledged by disk and database."""
    site, system = alliance.sites["county_a"], alliance.system
    sender = Upload(alliance.people["technician_a"], site)
    contents = [_object(turn, number) for number in range(OBJECTS)]
    begun = time.perf_counter()
    for content in contents:
        ingest(system.store, system.blobs, sender, stage_part10(system.blobs, iter([content])))
    return OBJECTS / (time.perf_counter() - begun)


def _object(turn: int, number: int) -> bytes:
    """A small slice: what is measured is the index. Twenty objects make a study."""
    study = f"1.2.840.99999.9.{os.getpid()}.{turn}.{number // 20}"
    options: dict[str, Any] = {
        "study_uid": study,
        "series_uid": f"{study}.1",
        "sop_uid": f"{study}.1.{number}",
        "patient_id": f"N{turn}",
    }
    return synth.as_bytes(synth.ct_slice(number, rows=16, columns=16, **options))


def measured(archive: Archive) -> dict[str, Any]:
    """Everything about one database."""
    alliance = archive.alliance
    app = loaded(alliance.system, blueprint)
    taken = {"qido": qido(app, alliance), "cfind": cfind(alliance, archive.home), "worklist": worklist(app)}
    app.extensions["teleconsult.live"].close()
    for door, sorts in taken.items():
        for sort, times in sorts.items():
            slowest = " ".join(f"{ms:.0f}" for ms in sorted(times)[-5:])
            print(
                f"  {door:8} {sort:24} p50 {statistics.median(times):7.1f} ms   p95 {p95(times):7.1f} ms   slowest {slowest}",
                flush=True,
            )
    said: dict[str, Any] = {f"{door}_p95_ms": round(max(map(p95, sorts.values())), 1) for door, sorts in taken.items()}
    return {**said, **at_scale(archive)}


def at_scale(full: Archive) -> dict[str, Any]:
    """The rate of taking in, in turn with an empty archive beside it on the same server."""
    rates: dict[str, Times] = {"full": [], "empty": []}
    with an_archive("empty", _beside(full.url), full.home / "empty") as empty:
        for turn in range(ROUNDS + 1):
            both = (("full", full), ("empty", empty)) if turn % 2 else (("empty", empty), ("full", full))
            for name, archive in both:
                each = rate(archive.alliance, turn)
                if turn:  # the first turn warms both
                    rates[name].append(each)
    middle = {name: statistics.median(each) for name, each in rates.items()}
    print(f"  objects/s {rates}", flush=True)
    return {
        "ingest_at_scale_ratio": round(middle["full"] / middle["empty"], 2),
        "objects_per_second": round(middle["full"], 1),
    }


def _beside(url: str) -> str:
    """Another empty database on the same server; SQLite makes its file in the home."""
    return _server[0].create_database() if url else ""


_server: list[servers.PostgresServer] = []


def p95(times: Times) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _url(name: str, stack: ExitStack) -> str:
    if name == "sqlite":
        return ""
    _server.append(stack.enter_context(servers.postgres()))
    return _server[0].create_database()


def main(words: list[str]) -> None:
    asked = argparse.ArgumentParser(description="finding in a large archive")
    asked.add_argument("--studies", type=int, default=STUDIES)
    asked.add_argument("--database", nargs="*", choices=DATABASES, default=DATABASES)
    chosen = asked.parse_args(words)
    result: dict[str, Any] = {"studies": chosen.studies, "scaled_by": round(chosen.studies / STUDIES, 4)}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="teleconsult-find-")))
        archives = [stack.enter_context(an_archive(name, _url(name, stack), folder / name)) for name in chosen.database]
        result["filled_minutes"] = round(fill_all(archives, chosen.studies), 1)
        result["gigabytes"] = {archive.name: round(gigabytes(archive), 1) for archive in archives}
        print(f"filled: {result}", flush=True)
        for archive in archives:
            print(f"{archive.name}, load {os.getloadavg()[0]:.1f}", flush=True)
            result[archive.name] = measured(archive)
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1:])
