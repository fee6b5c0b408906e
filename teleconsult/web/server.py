"""The web process: gunicorn with threads, one worker; sockets are closed before it ends, so that it ends in time."""

import gc
import os
import resource
import signal
import ssl
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from flask import Blueprint, Flask
from gunicorn.app.base import BaseApplication

from teleconsult.access import Actor
from teleconsult.settings import Settings
from teleconsult.system import System, build
from teleconsult.tls import Entrance
from teleconsult.web.app import create
from teleconsult.web.lobby import MOST_WAITING
from teleconsult.web.socket_door import SPARE
from teleconsult.web.tls_line import Line
from teleconsult.web.worker import Worker

_FILES = 8192
Dicomweb = Callable[[System, Callable[[], Actor]], Blueprint]


class _Application(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, settings: Settings, dicomweb: Dicomweb) -> None:
        self._settings = settings
        self._dicomweb = dicomweb
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"{self._settings.http_host}:{self._settings.http_port}",
            "workers": 1,
            "worker_class": Worker,
            # Every open socket holds a thread: requests keep theirs (`socket_door.py`), and connections without one wait elsewhere.
            "threads": self._settings.web_threads + self._settings.most_sockets + SPARE,
            "worker_connections": 2 * (self._settings.web_threads + self._settings.most_sockets + SPARE) + MOST_WAITING,
            "graceful_timeout": 2,
            "timeout": 120,
            "keepalive": 15,
            "control_socket_disable": True,
            "accesslog": None,
            "loglevel": "warning",
            "proc_name": "teleconsult-web",
            "umask": 0o077,  # gunicorn sets its own while it makes files
            "forwarded_allow_ips": "*" if self._settings.trusted_proxies else "127.0.0.1",
            "post_worker_init": _close_sockets_at_end,
            "worker_exit": lambda _server, _worker: _leave(),
            "on_exit": lambda _server: _leave(),
        }
        if self._settings.encrypted:
            options |= _encrypted(self._settings)
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Called in the worker, after the fork: connections are never shared between processes."""
        return loaded(build(self._settings), self._dicomweb)


def loaded(system: System, dicomweb: Dicomweb) -> Flask:
    """The application as a process has it that serves nothing else: what stays is not looked through for garbage, or everybody waits 0.2 s now and then."""
    app = create(system, dicomweb)
    gc.collect()
    gc.freeze()
    return app


def _encrypted(settings: Settings) -> dict[str, Any]:
    entrance = Entrance(settings, Line)

    def context(_config: Any, _usual: Any) -> ssl.SSLContext:
        """Asked for at every new connection."""
        entrance.look()
        return entrance.context

    pair = entrance.pair
    return {"certfile": str(pair.certificate), "keyfile": str(pair.key), "ssl_context": context}


def _close_sockets_at_end(worker: Any) -> None:
    """An open WebSocket holds a thread for ever; at SIGTERM all are closed first, then gunicorn's own handler runs."""
    inner = signal.getsignal(signal.SIGTERM)

    def end(number: int, frame: FrameType | None) -> None:
        live = worker.wsgi.extensions["teleconsult.live"]
        threading.Thread(target=live.close, daemon=True).start()
        if callable(inner):
            inner(number, frame)

    signal.signal(signal.SIGTERM, end)


def _leave() -> None:
    """What was under way has had its time; Python would still wait for every thread that a socket holds, and tidy up."""
    os._exit(0)


def _allow_files() -> None:
    """As many as connections may be at once, and those that their work needs; systems begin with 1,024."""
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(usual, min(most, _FILES)), most))


def serve(settings: Settings, dicomweb: Dicomweb) -> None:
    """Serve until SIGTERM or SIGINT."""
    _allow_files()
    _Application(settings, dicomweb).run()
