"""What `/healthz` says of images that are safe and cannot be found yet, and of relay and worker by what waits for them."""

from __future__ import annotations

import os
import time
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from teleconsult import access
from teleconsult.access import SYSTEM
from teleconsult.imaging.receipts import Receipt
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.values import new_id, sha256_hex
from teleconsult.records import DeliveryRow, FactRow, audit
from teleconsult.system import build
from tests.builders import Alliance


def test_healthz_says_when_acknowledged_images_have_waited_long_for_the_index(app: Flask, alliance: Alliance) -> None:
    folder = alliance.system.blobs.staging() / f"node-{new_id()}"
    folder.mkdir()
    received = folder / f"store-{new_id()}.part"
    meta = b"DICM"
    receipt = Receipt(new_id(), alliance.system.clock.now(), 128 + len(meta), 2, sha256_hex(b"xx"))
    received.write_bytes(receipt.preamble(meta) + meta + b"xx")
    (folder / f"store-{new_id()}.part").touch()  # made ready for what may come

    def said() -> str:
        answer = app.test_client().get("/healthz").json
        return str(answer["checks"]["index"]) if answer else ""

    assert said() == "ok"
    os.utime(received, (time.time() - 300, time.time() - 300))
    assert said() == "behind"
    received.unlink()
    assert said() == "ok"


def told(app: Flask, check: str) -> str:
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 503, "no broker and no node in these tests"
    return str((answer.json or {})["checks"][check])


def test_healthz_says_when_facts_have_waited_long_for_the_relay(app: Flask, alliance: Alliance) -> None:
    system = alliance.system
    with system.work(SYSTEM) as work:
        while audit.seal(work):
            work.session.flush()
    earlier = build(system.settings, FixedClock(system.clock.now() - timedelta(seconds=90)))
    with earlier.work(SYSTEM) as work:
        access.issue_peer_token(work, SYSTEM, access.queries.peers(work, SYSTEM)[0].id, "")
    earlier.store.engine.dispose()
    said, seconds, _ = told(app, "relay").split()
    assert said == "behind"
    assert 89 <= int(seconds) < 180
    with system.work(SYSTEM) as work:
        audit.seal(work)
        access.issue_peer_token(work, SYSTEM, access.queries.peers(work, SYSTEM)[0].id, "")
    assert told(app, "relay") == "ok", "the new fact has waited for a moment only"


def test_healthz_says_when_jobs_wait_and_nobody_is_at_any(app: Flask, alliance: Alliance) -> None:
    system, now = alliance.system, alliance.system.clock.now()
    late, soon, past = now - timedelta(seconds=300), now + timedelta(seconds=60), now - timedelta(seconds=10)
    with system.work(SYSTEM) as work:
        first, second = work.session.scalars(select(FactRow.seq).limit(2))
        waits = DeliveryRow(id=new_id(), fact_seq=first, job="waits", next_try=late)
        other = DeliveryRow(id=new_id(), fact_seq=second, job="runs", next_try=late)
        work.session.add_all([waits, other])
        ids = waits.id, other.id

    def change(delivery_id: str, **values: object) -> str:
        with system.work(SYSTEM) as work:
            row = work.session.get_one(DeliveryRow, delivery_id)
            for name, value in values.items():
                setattr(row, name, value)
        return told(app, "worker")

    assert told(app, "worker") == "ok", "the relay has not handed them out"
    assert change(ids[0], handed_until=past).startswith("behind 3")
    assert change(ids[1], lease_until=soon) == "ok", "a worker is at another one, however long it takes"
    assert change(ids[1], lease_until=past).startswith("behind 3"), "it has died over it"
    assert change(ids[0], next_try=now - timedelta(seconds=20)) == "ok", "no minute has passed"
    assert change(ids[0], next_try=late).startswith("behind 3")
    assert change(ids[0], state="done") == "ok"
