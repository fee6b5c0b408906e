"""Commands that run: everything (`up`, `demo`) or one process (`web`, `dicom`, `worker`, `relay`, `media`)."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from teleconsult.settings import Settings

ADDRESS = "address"
"""The file in the home that keeps where `up` or `demo` last served, so that links printed by other commands lead there."""
CERTIFICATE = "address.certificate"
"""Beside it: `made` where a certificate made in the home was shown there, which nobody else vouches for; empty otherwise."""

Commands = Any  # argparse keeps the type of its sub-parsers to itself


def add_to(commands: Commands, common: argparse.ArgumentParser) -> None:
    for name, run, text in (
        ("up", _up, "start everything, with its own broker"),
        ("web", _web, "UI, JSON API, DICOMweb, sockets"),
        ("dicom", _dicom, "the DICOM port"),
        ("worker", _worker, "jobs: previews, PDFs, notices"),
        ("relay", _relay, "hands out jobs, watches deadlines, seals the audit"),
        ("media", _media, "rooms: sound and pictures between seats"),
        ("demo", _demo, "a small alliance with made-up patients"),
    ):
        command = commands.add_parser(name, parents=[common], help=text)
        command.set_defaults(run=run)
        if name in ("up", "demo"):
            _add_ports(command)
        if name == "up":
            _add_tls(command)
        if name == "media":
            command.add_argument("--media-port", type=int, help="port for browsers (default 8090, or a free one)")
        if name == "demo":
            command.add_argument("--once", action="store_true", help="carry out the main job, print its timeline, end")
            command.add_argument(
                "--data", type=Path, help="send the DICOM files of this folder instead of the demo's own"
            )


def _add_ports(command: argparse.ArgumentParser) -> None:
    command.add_argument("--http-host", help="address of the web server (default 127.0.0.1)")
    command.add_argument("--http-port", type=int, help="port of the web server (default 8080)")
    command.add_argument("--dicom-port", type=int, help="port of the DICOM node (default 11112)")
    command.add_argument("--media-port", type=int, help="port of the media node (default 8090, or a free one)")
    command.add_argument("--public-url", help="the address that users type")


def _add_tls(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--tls", action="store_true", default=None, help="HTTPS, with a certificate made here if none is named"
    )
    command.add_argument("--tls-certificate", type=Path, help="one's own certificate with its chain, PEM")
    command.add_argument("--tls-key", type=Path, help="its key, PEM without a passphrase")


def settings_from(options: argparse.Namespace) -> Settings:
    ports = ("http_host", "http_port", "dicom_port", "media_port")
    names = ("home", *ports, "public_url", "tls", "tls_certificate", "tls_key")
    return Settings.from_env(None, **{name: getattr(options, name, None) for name in names})


def _up(options: argparse.Namespace) -> int:
    from teleconsult import tls
    from teleconsult.access import SYSTEM, first_admin_invitation
    from teleconsult.records.upgrade import upgrade
    from teleconsult.supervisor import Supervisor
    from teleconsult.system import build

    settings = settings_from(options)
    pair = tls.pair(settings) if settings.encrypted else None
    system = build(settings)
    _keep_address(settings)
    upgrade(system.store.engine)
    with system.work(SYSTEM) as work:
        token = first_admin_invitation(work)
    system.store.engine.dispose()
    supervisor = Supervisor(settings)
    try:
        supervisor.start()
        supervisor.wait_ready()
        print(
            f"\n  {settings.url}   DICOM {settings.ae_title}@{settings.dicom_host}:{settings.dicom_port}   home {settings.home}"
        )
        if pair:
            print(pair.words())
        if token:
            print(f"  First administrator (works once, 72 h): {settings.url}/invitation/{token}\n")
        supervisor.run_until_signal()
    finally:
        supervisor.stop()
    return 0


def _keep_address(settings: Settings) -> None:
    made = settings.encrypted and settings.tls_certificate is None
    (settings.home / CERTIFICATE).write_text("made" if made else "")
    (settings.home / ADDRESS).write_text(settings.url)


def _shell(run: Callable[[Settings], object]) -> Callable[[argparse.Namespace], int]:
    def start(options: argparse.Namespace) -> int:
        from teleconsult.closed import close
        from teleconsult.logs import to_stdout

        to_stdout()
        settings = settings_from(options)
        close(settings.home)
        run(settings)
        return 0

    return start


def _run_web(settings: Settings) -> None:
    from dicom_node.dicomweb import blueprint
    from teleconsult.web.server import serve

    serve(settings, blueprint)


def _run_dicom(settings: Settings) -> None:
    from dicom_node import serve

    serve(settings)


def _run_worker(settings: Settings) -> None:
    from functools import partial

    from dicom_node.commitment_report import report_to
    from dicom_node.line_check import check
    from dicom_node.send import store_to
    from workers.app import serve
    from workers.bench import Lines

    lines = Lines(
        partial(store_to, settings=settings), partial(report_to, settings=settings), partial(check, settings=settings)
    )  # fmt: skip
    serve(settings, lines)


def _run_relay(settings: Settings) -> None:
    from workers.relay import serve

    serve(settings)


def _run_media(settings: Settings) -> None:
    from teleconsult.media import serve

    serve(settings)


_web = _shell(_run_web)
_dicom = _shell(_run_dicom)
_worker = _shell(_run_worker)
_relay = _shell(_run_relay)
_media = _shell(_run_media)


def _demo(options: argparse.Namespace) -> int:
    from teleconsult.closed import close
    from teleconsult.demo.command import run, settings_of

    settings = settings_of(options)
    close(settings.home)
    _keep_address(settings)
    return run(options)
