"""Objects on their way into `imaging.ingest`, without a network: staged as the DICOM node stages them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydicom import Dataset
from pydicom.uid import ExplicitVRLittleEndian
from sqlalchemy import select

from teleconsult import access
from teleconsult.access import SYSTEM, Actor, Grant, Peer, Role
from teleconsult.imaging.ingest import DEFAULTS, Limits, Outcome, StagedObject, ingest
from teleconsult.imaging.staging import stage_part10
from teleconsult.kernel.clock import FixedClock
from teleconsult.records import BlobStore, DiskBlobs, Store, open_store
from teleconsult.records.tables import FactRow
from teleconsult.records.upgrade import upgrade
from tests import synth

SUBSCRIPTIONS = {"StudySettled": ("prepare",)}


@dataclass
class House:
    """A database and a blob store with two counties, a scanner at each, and a clock that stands still."""

    store: Store
    blobs: BlobStore
    clock: FixedClock
    sites: dict[str, str] = field(default_factory=dict)
    peers: dict[str, Peer] = field(default_factory=dict)

    def person(self, role: Role, site: str) -> Actor:
        """Somebody who holds one role at one site; not in the database."""
        return Actor(
            id=f"{role}-{site}",
            name=f"测试{role}",
            site_id=self.sites[site],
            grants=frozenset({Grant(role, self.sites[site])}),
        )

    def send(
        self, ds: Dataset, peer: str = "a", syntax: str = ExplicitVRLittleEndian, limits: Limits = DEFAULTS
    ) -> Outcome:
        return self.send_bytes(synth.as_bytes(ds, syntax), peer, limits)

    def send_bytes(self, part10: bytes, peer: str = "a", limits: Limits = DEFAULTS) -> Outcome:
        return ingest(self.store, self.blobs, self.peers[peer], self.stage(part10), limits)

    def stage(self, part10: bytes) -> StagedObject:
        return stage_part10(self.blobs, [part10])

    def rows(self, query: Any) -> list[Any]:
        with self.store.read(SYSTEM) as work:
            return list(work.session.scalars(query))

    def facts(self, name: str) -> list[Any]:
        with self.store.read(SYSTEM) as work:
            return list(work.session.scalars(select(FactRow).where(FactRow.name == name).order_by(FactRow.seq)))


@contextmanager
def a_house(database_url: str, folder: Path) -> Iterator[House]:
    """Made empty, closed at the end."""
    clock = FixedClock(datetime(2026, 11, 21, 8, 0, tzinfo=UTC))
    store = open_store(database_url, clock, SUBSCRIPTIONS, b"k")
    upgrade(store.engine)
    house = House(store, DiskBlobs(folder / "blobs", reserve=0), clock)
    with store.work(SYSTEM) as work:
        for site in ("a", "b"):
            house.sites[site] = access.add_site(work, SYSTEM, site, f"示例{site}县医院", "county").id
            access.add_peer(work, SYSTEM, f"SCANNER_{site.upper()}", "127.0.0.1", house.sites[site])
    with store.read(SYSTEM) as work:
        for site in ("a", "b"):
            peer = access.identify(work, f"SCANNER_{site.upper()}", "127.0.0.1")
            assert peer is not None
            house.peers[site] = peer
    yield house
    store.engine.dispose()


def relabelled(part10: bytes, syntax: str, was: str = "1.2.840.10008.1.2.1") -> bytes:
    """The same file, which is in `was`, under another transfer syntax in its meta group."""
    old, new = (b"\x02\x00\x10\x00UI" + len(raw).to_bytes(2, "little") + raw for raw in map(_even, (was, syntax)))
    assert part10.count(old) == 1
    grown = int.from_bytes(part10[140:144], "little") + len(new) - len(old)
    return (part10[:140] + grown.to_bytes(4, "little") + part10[144:]).replace(old, new)


def _even(uid: str) -> bytes:
    return uid.encode() + b"\0" * (len(uid) % 2)
