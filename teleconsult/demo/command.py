"""`teleconsult demo`: the whole platform with a made-up alliance and three counties that send; with --once, the main job."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import threading
from collections import deque
from pathlib import Path

import teleconsult
from teleconsult import tls
from teleconsult.access import SYSTEM
from teleconsult.demo import cast, once, senders, stories, studies
from teleconsult.demo.browser import Door
from teleconsult.demo.seed import seed
from teleconsult.imaging import scrub
from teleconsult.kernel.errors import Refused
from teleconsult.records.upgrade import upgrade
from teleconsult.settings import PREFIX, Settings
from teleconsult.supervisor import CannotStart, Supervisor
from teleconsult.system import build

SETTLE_SECONDS, SETTLE_STAT_SECONDS = 3.0, 2.0
_LAST_LINES = 80


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings of a demonstration: its own home, and studies that settle within seconds."""
    given = {
        name: getattr(options, name, None)
        for name in ("home", "http_host", "http_port", "dicom_port", "media_port", "public_url")
    }
    if given["home"] is None and not _environment("HOME"):
        given["home"] = Path(".demo") / "once" if options.once else Path(".demo")
    settings = Settings.from_env(None, **given)
    return settings.with_(
        settle_seconds=min(settings.settle_seconds, SETTLE_SECONDS),
        settle_stat_seconds=min(settings.settle_stat_seconds, SETTLE_STAT_SECONDS),
    )


def _environment(name: str) -> str:
    return os.environ.get(PREFIX + name, "")  # noqa: TID251 (says only where the demo looks for files; no setting of the product)


def run(options: argparse.Namespace) -> int:
    """Start, seed, send; stay until Ctrl-C, or with `--once` until the main job is done. The exit status."""
    data: Path | None = options.data.resolve() if options.data else None
    if data is not None and not studies.of_folder(data):
        raise CannotStart(f"{data} holds no DICOM files")
    settings = settings_of(options)
    lines: deque[str] = deque(maxlen=_LAST_LINES)
    supervisor = Supervisor(settings, lines.append) if options.once else Supervisor(settings)
    try:
        print("demo: preparing database and alliance", flush=True)
        _found(settings)
        print("demo: starting web, dicom, worker, relay and media", flush=True)
        supervisor.start()
        supervisor.wait_ready()
        held = _once(supervisor, settings, data) if options.once else _on(supervisor, settings, data)
    finally:
        supervisor.stop()
    if held is False:
        print("The last lines of the platform's log:", *lines, sep="\n")
    return {True: 0, False: 1, None: 130}[held]


def _found(settings: Settings) -> None:
    system = build(settings)
    try:
        upgrade(system.store.engine)
        seed(system)
    finally:
        system.store.engine.dispose()


def _node(settings: Settings) -> senders.Node:
    host = "127.0.0.1" if settings.dicom_host in ("0.0.0.0", "::", "") else settings.dicom_host  # noqa: S104 (compared)
    return senders.Node(host, settings.dicom_port, settings.ae_title)


def _door(settings: Settings) -> Door:
    host = "127.0.0.1" if settings.http_host in ("0.0.0.0", "") else settings.http_host  # noqa: S104 (compared)
    trust = tls.trusting(tls.pair(settings).pem) if settings.encrypted else None
    return Door(f"{settings.scheme}://{host}:{settings.http_port}", trust)


def _on(supervisor: Supervisor, settings: Settings, data: Path | None) -> bool:
    """The demonstration itself, until a signal."""
    print(welcome(settings), flush=True)
    beside = Path(teleconsult.__file__).resolve().parents[1]
    extra = studies.shared_folders(_environment("TEST_DATA"), beside)
    spawn = multiprocessing.get_context("spawn")
    counties = [
        spawn.Process(
            target=senders.run, args=(site.code, settings.home / "demo", _node(settings), data, extra), daemon=True
        )
        for site in cast.senders()
    ]
    for county in counties:
        county.start()
    ending = threading.Event()
    told = threading.Thread(target=_beside, args=(settings, ending), daemon=True)
    told.start()
    try:
        supervisor.run_until_signal()
    finally:
        ending.set()
        for county in counties:
            county.terminate()
        for county in counties:
            county.join(1.0)
    return True


def _beside(settings: Settings, ending: threading.Event) -> None:
    """What needs the counties' studies; and one look at all stored bytes, which otherwise comes at night."""
    stories.in_background(_door(settings), _say, ending.wait)
    system = build(settings)
    try:
        with system.read() as work:
            looked = scrub.latest(work) is not None
        if not looked and not ending.is_set():
            scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace(settings.scrub_bytes_per_second, ending.wait))
    except (Refused, OSError) as reason:
        _say(f"demo: the stored bytes could not be looked at: {reason}")
    finally:
        system.store.engine.dispose()


def _say(words: str) -> None:
    print(words, flush=True)


def _once(supervisor: Supervisor, settings: Settings, data: Path | None) -> bool | None:
    """The main job in a thread of its own, while this one tends the processes; None when a signal came first."""
    result: list[bool] = []
    print("demo: the main job, once, through the public doors", flush=True)

    def walk() -> None:
        try:
            result.append(once.carry_out(_door(settings), _node(settings), settings.home / "demo", data))
        finally:
            supervisor.end()

    threading.Thread(target=walk, daemon=True).start()
    supervisor.run_until_signal()
    return result[0] if result else None


def welcome(settings: Settings) -> str:
    """What a visitor needs: the address, who may sign in, where to send."""
    width = max(len(person.login) for person in cast.PEOPLE)
    people = "\n".join(f"    {person.login:<{width}}  {person.says}" for person in cast.PEOPLE)
    certificate = f"{tls.pair(settings).words()}\n\n" if settings.encrypted else ""
    titles = ", ".join(f"{site.ae_title} ({site.name})" for site in cast.senders())
    return f"""
  {settings.url}

{certificate}  Logins (password for all: {cast.PASSWORD})
{people}

  DICOM  {settings.ae_title}@{_node(settings).host}:{settings.dicom_port}, called by {titles}
  Data   {settings.home} ({_forgotten_by(settings.home)} forgets it)
  Everything is made up: hospitals, people, patients. Not for diagnosis. Ctrl-C stops.
"""


def _forgotten_by(home: Path) -> str:
    """What forgets the demo's data, wherever it is kept."""
    usual = home.resolve().is_relative_to((Path.cwd() / ".demo").resolve())
    return "`make demo-clean`" if usual else f"`rm -r {home}`"
