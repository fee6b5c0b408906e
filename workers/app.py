"""The Celery shell: one task, `teleconsult.run`, that carries a delivery's id and nothing else.

Early acknowledgement: the journal gives a job out again, never the broker. Prefork, because jobs may crash; a child that
is killed is replaced, and its delivery's lease runs out.
"""

import ctypes
import gc
import logging
import signal
import warnings
from typing import Any, Protocol

from celery import Celery, signals
from celery.exceptions import SecurityWarning

from teleconsult.kernel.errors import Refused
from teleconsult.settings import BadSetting, Settings
from teleconsult.system import build
from workers import attention
from workers.bench import Bench, Lines, bench_of
from workers.ending import end_after_a_moment
from workers.run import AFTER, carry_out

__all__ = ["AFTER", "QUEUE", "TASK", "celery_app", "serve"]

log = logging.getLogger(__name__)
TASK = "teleconsult.run"
QUEUE = "teleconsult"
_HARD_LIMIT_MARGIN = 10  # seconds after which the parent ends a child that could not end itself
_PR_SET_PDEATHSIG = 1


class Sender(Protocol):
    """What the relay needs of a Celery application."""

    def send_task(self, name: str, args: list[str], **options: Any) -> Any: ...


def celery_app(settings: Settings) -> Celery:
    """The application for the broker of `settings`. Raises BadSetting without one."""
    if not settings.broker_url:
        raise BadSetting("TELECONSULT_BROKER_URL: a broker is needed (`teleconsult up` brings its own)")
    app = Celery("teleconsult", broker=settings.broker_url, set_as_current=False)
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=False,
        task_default_queue=QUEUE,
        task_time_limit=settings.job_seconds + _HARD_LIMIT_MARGIN,
        worker_prefetch_multiplier=1,
        worker_concurrency=settings.worker_concurrency,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={"socket_timeout": 5, "socket_connect_timeout": 2, "max_retries": 1},
    )
    return app


def serve(settings: Settings, lines: Lines) -> None:
    """`lines` lead to peers. Work until SIGTERM. Running jobs get a moment; what does not end in it is taken up again by the journal."""
    app = celery_app(settings)
    warnings.filterwarnings("ignore", category=SecurityWarning)  # root is no matter: messages are JSON with an id
    benches: list[Bench] = []  # one, made in each child after the fork

    def open_bench(**_: object) -> None:
        _die_with_parent()
        bench = bench_of(build(settings), lines)
        bench.apart.warm()
        benches.append(bench)
        gc.freeze()  # what is loaded stays, and is not looked through for garbage in the middle of a job

    def run(delivery_id: str) -> None:
        try:
            carry_out(benches[0], delivery_id)
        except Refused as refusal:
            log.warning("delivery %s was not begun: %s", delivery_id, refusal)

    app.task(run, name=TASK)
    signals.worker_process_init.connect(open_bench, weak=False)
    signals.worker_shutting_down.connect(_end_soon, weak=False)
    attention.watch(settings.broker_url, QUEUE)
    app.worker_main(
        [
            "-q",
            "worker",
            "--pool=prefork",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
            "-l",
            "WARNING",
        ]
    )


def _end_soon(**_: object) -> None:
    """SIGTERM: no more deliveries are taken, running jobs get a moment; children end with this process."""
    end_after_a_moment()


def _die_with_parent() -> None:
    """A child must not go on when the worker's main process was killed (Linux)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
