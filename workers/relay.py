"""One loop between the journal and everybody who waits for it.

It gives out deliveries that nobody is at, settles studies whose quiet time is over, lets leases lapse, tells screens
the news and seals the audit. A commit anywhere wakes it; without a wake-up it looks every 150 ms. Several relays are
safe: each duty is a compare-and-set or repeats harmlessly. A duty that fails waits longer each time and never stops
the others.
"""

import gc
import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from redis import Redis

from teleconsult import consult, reading, referral, reporting
from teleconsult.imaging import gateways, orders, settle, uploads
from teleconsult.records import audit, journal
from teleconsult.settings import Settings
from teleconsult.system import System, build
from workers.app import QUEUE, TASK, Sender, celery_app
from workers.bench import lease_of
from workers.ending import end_after_a_moment, end_now
from workers.live import Announcer
from workers.scrubbing import Mending, Scrubbing

log = logging.getLogger(__name__)
LOOK = 0.15  # seconds between looks without a wake-up
_QUEUE_LIMIT = 200  # deliveries that may wait in the broker at once
_RECHECK = 0.5  # how often deliveries are looked for without news: retries, and leases that ran out
_LONGEST_WAIT = 5.0


@dataclass(slots=True)
class Duty:
    """Something done every `period` seconds (0: at each look), later after faults."""

    name: str
    do: Callable[[], object]
    period: float = 0.0
    _next: float = 0.0
    _faults: int = 0

    def at_once(self) -> None:
        """Don't wait for the period; waits after faults stay."""
        if not self._faults:
            self._next = 0.0

    def when_due(self) -> None:
        """Do it if it is time. Never raises."""
        if time.monotonic() < self._next:
            return
        try:
            self.do()
        except Exception as error:  # the boundary of the shell: whatever is away now comes back
            self._faults += 1
            wait = min(_LONGEST_WAIT, 0.1 * 2**self._faults)
            log.warning("%s: %s; again in %.1f s", self.name, error, wait)
            self._next = time.monotonic() + wait
        else:
            self._faults, self._next = 0, time.monotonic() + self.period


@dataclass(slots=True)
class Relay:
    """The duties of one relay process."""

    system: System
    celery: Sender
    duties: list[Duty] = field(init=False)
    _deliveries: Duty = field(init=False)
    _broker: Redis = field(init=False)
    _announcer: Announcer = field(init=False)
    scrubbing: Scrubbing = field(init=False)

    def __post_init__(self) -> None:
        url = self.system.settings.broker_url
        self._broker = Redis.from_url(url, socket_timeout=2, socket_connect_timeout=1)
        self._announcer = Announcer(self.system)
        self.scrubbing = Scrubbing(self.system)
        self._deliveries = Duty("deliveries", self.hand_out, _RECHECK)
        self.duties = [
            Duty("news", self.tell),
            self._deliveries,
            Duty("settling", self.sweep, 0.2),
            Duty("leases", self.lapse, 1.0),
            Duty("critical findings", self.escalate, 1.0),
            Duty("consultations and rooms", self.consult, 1.0),
            Duty("referrals and follow-ups", self.refer, 1.0),
            Duty("orders without images", self.remind, 5.0),
            Duty("waiting studies", self.route, 10.0),
            Duty("gateways", self.watch, 15.0),
            Duty("stored bytes", self.scrubbing.when_due, 30.0),
            Duty("bytes that came back", Mending(self.system).when_due, 15.0),
            Duty("abandoned uploads", self.forget, 60.0),
            Duty("the database's statistics", self.system.store.learn, 3600.0),
            Duty("audit", self.seal, 1.0),
        ]

    def look(self) -> None:
        """Do what is due."""
        for duty in self.duties:
            duty.when_due()

    def run(self, ending: threading.Event) -> None:
        """Look until `ending` is set."""
        while not ending.is_set():
            self.look()
            self.system.bus.wait(LOOK)

    def tell(self) -> int:
        """Tell screens the news; new facts may owe new deliveries, so those are looked for at once."""
        told = self._announcer.announce()
        if told:
            self._deliveries.at_once()
        return told

    def hand_out(self) -> int:
        """Give due deliveries to Celery; how many. One that gets lost there is given out again after a lease's time."""
        room = _QUEUE_LIMIT - int(self._broker.llen(QUEUE))
        if room <= 0:
            return 0
        with self.system.work() as work:
            ids = [row.id for row in journal.due(work, room, lease_of(self.system.settings))]
        for delivery_id in ids:
            self.celery.send_task(TASK, args=[delivery_id], queue=QUEUE, retry=False, ignore_result=True)
        return len(ids)

    def sweep(self) -> int:
        with self.system.work() as work:
            return settle.sweep(work, work.now)

    def lapse(self) -> int:
        with self.system.work() as work:
            return reading.lapse(work) + reporting.lapse(work)

    def escalate(self) -> int:
        """Critical findings that nobody has read back or acted on in time."""
        with self.system.work() as work:
            return reporting.sweep(work)

    def refer(self) -> int:
        """Reminders, breaches and no-shows of referrals, visits that are due; how many."""
        with self.system.work() as work:
            return referral.sweep(work)

    def consult(self) -> int:
        """Reminders, breaches, no-shows and expiries of consultations; seats whose page has vanished."""
        with self.system.work() as work:
            return consult.sweep(work)

    def remind(self) -> int:
        """Orders that should have had images by now; how many sites were told."""
        with self.system.work() as work:
            return orders.remind(work)

    def route(self) -> int:
        """Studies that wait for nothing any more, because an agreement was changed or has begun; how many."""
        with self.system.read() as work:
            ready = reading.queries.routable(work)
        for study_id in ready:
            with self.system.work() as work:
                reading.open_for(work, study_id)
        return len(ready)

    def watch(self) -> int:
        """Gateways with urgent images that wait, or that are not heard of; how many."""
        with self.system.work() as work:
            return gateways.watch(work)

    def forget(self) -> int:
        """Uploads that nobody has gone on with for days; how many."""
        return uploads.sweep(self.system.store, self.system.blobs, self.system.clock.now())

    def seal(self) -> None:
        """Seal what was committed and log each seal outside the database; also those a dead relay did not log."""
        logged = self.system.settings.audit_log
        with self.system.work() as work:
            audit.seal(work)
        with self.system.read() as work:
            for row in audit.missing_from(logged, work):
                audit.append(logged, row)


def serve(settings: Settings) -> None:
    """Relay until SIGTERM; then the process ends."""
    ending = threading.Event()

    def end(*_: object) -> None:
        ending.set()
        end_after_a_moment()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    relay = Relay(build(settings), celery_app(settings))
    gc.freeze()  # what is loaded stays, and is not looked through for garbage while somebody waits
    relay.run(ending)
    end_now()
