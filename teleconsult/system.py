"""The composition root: one `System` per process, built from settings."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

import teleconsult.access.tables
import teleconsult.consult.tables
import teleconsult.consult.tables_meetings
import teleconsult.consult.tables_rooms
import teleconsult.imaging.tables
import teleconsult.imaging.tables_commitments
import teleconsult.imaging.tables_lines
import teleconsult.imaging.tables_orders
import teleconsult.imaging.tables_uploads
import teleconsult.reading.tables
import teleconsult.referral.tables
import teleconsult.reporting.tables  # noqa: F401 (naming the tables is what makes them known)
from teleconsult.access import SYSTEM, Actor
from teleconsult.blobs import open_blobs
from teleconsult.bus import Bus, SilentBus, ValkeyBus
from teleconsult.closed import close
from teleconsult.kernel.clock import Clock, SystemClock
from teleconsult.keys import Keys, load_keys
from teleconsult.records import BlobStore, Store, Work, open_store
from teleconsult.settings import Settings
from teleconsult.subscriptions import SUBSCRIPTIONS


@dataclass(frozen=True, slots=True)
class System:
    """Everything a shell needs, and nothing more."""

    settings: Settings
    store: Store
    blobs: BlobStore
    clock: Clock
    keys: Keys
    bus: Bus

    def work(self, actor: Actor = SYSTEM) -> AbstractContextManager[Work]:
        """A write transaction in the name of `actor`."""
        return self.store.work(actor)

    def read(self, actor: Actor = SYSTEM) -> AbstractContextManager[Work]:
        """A read transaction."""
        return self.store.read(actor)


def build(settings: Settings, clock: Clock | None = None) -> System:
    """Open everything that `settings` name. Makes no tables (`records.upgrade`) and starts no server."""
    close(settings.home)
    clock = clock or SystemClock()
    keys = load_keys(settings.home)
    store = open_store(settings.database, clock, SUBSCRIPTIONS, keys.journal)
    bus: Bus = ValkeyBus(settings.broker_url) if settings.broker_url else SilentBus()
    store.on_commit = bus.poke
    return System(settings, store, open_blobs(settings), clock, keys, bus)
