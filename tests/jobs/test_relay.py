"""The relay on a real Valkey: deliveries go out once, screens hear what was committed, faults are waited out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from teleconsult import access, broker
from teleconsult.access import SYSTEM
from teleconsult.bus import LIVE_CHANNEL
from teleconsult.imaging import gateways
from teleconsult.imaging.facts import patients_merged
from teleconsult.kernel.facts import Fact
from teleconsult.records import audit
from tests import synth
from tests.children import Child, accepts, free_port, wait_for
from tests.jobs.floor import Floor, a_floor
from workers.app import QUEUE, celery_app
from workers.live import PART, Announcer, messages
from workers.relay import Duty, Relay


@pytest.fixture
def queue(valkey_url: str) -> Iterator[Redis]:
    redis = Redis.from_url(valkey_url)
    redis.flushall()
    with closing(redis):
        yield redis


@pytest.fixture
def live_floor(tmp_path: Path, sqlite_url: str, valkey_url: str, queue: Redis) -> Iterator[Floor]:
    with a_floor(tmp_path / "home", sqlite_url, broker_url=valkey_url) as floor:
        yield floor


def a_relay(floor: Floor) -> Relay:
    return Relay(floor.system, celery_app(floor.system.settings))


def queued(queue: Redis) -> list[str]:
    """Delivery ids that wait in the broker."""
    waiting: Any = queue.lrange(QUEUE, 0, -1)
    return [json.loads(entry)["headers"]["argsrepr"].strip("[]()',") for entry in waiting]


def looked(relay: Relay) -> bool:
    relay.look()
    return True


class Ear:
    """Hears what goes to the screens, as web's own subscriber would."""

    def __init__(self, queue: Redis) -> None:
        self._pubsub = queue.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        self._pubsub.subscribe(LIVE_CHANNEL)
        self._pubsub.get_message(timeout=5)

    def heard(self) -> list[tuple[str, dict[str, Any], str]]:
        out = []
        while (message := self._pubsub.get_message(timeout=0.2)) is not None:
            said = json.loads(message["data"])
            (content,) = said["data"]
            out.append((said["event"], content, said["room"]))
        return out


def test_a_due_delivery_goes_to_the_queue_once_however_many_relays_look(live_floor: Floor, queue: Redis) -> None:
    live_floor.arrive(synth.ct_slice())
    live_floor.settle()
    live_floor.run("match_study")
    relays = [a_relay(live_floor), a_relay(live_floor)]
    for relay in relays * 2:
        relay.hand_out()
    assert queued(queue) == live_floor.due("prepare")


def test_a_delivery_that_the_broker_lost_goes_out_again(live_floor: Floor, queue: Redis) -> None:
    live_floor.arrive(synth.ct_slice())
    live_floor.settle()
    live_floor.run("match_study")
    relay = a_relay(live_floor)
    assert relay.hand_out() == 1
    queue.flushall()
    assert relay.hand_out() == 0
    live_floor.clock.advance(60)
    assert relay.hand_out() == 1
    assert len(queued(queue)) == 1


def test_a_long_queue_is_not_made_longer(live_floor: Floor, queue: Redis) -> None:
    live_floor.arrive(synth.ct_slice())
    live_floor.settle()
    live_floor.run("match_study")
    queue.rpush(QUEUE, *["{}"] * 200)
    assert a_relay(live_floor).hand_out() == 0


def test_a_quiet_study_settles_and_its_preparation_is_handed_out(live_floor: Floor, queue: Redis) -> None:
    live_floor.arrive(synth.ct_slice())
    live_floor.run("match_study")
    relay = a_relay(live_floor)
    relay.look()
    assert queued(queue) == []
    live_floor.clock.advance(3600)
    wait_for(lambda: looked(relay) and queued(queue), "the preparation is in the queue")
    assert [fact.name for fact in live_floor.facts("StudySettled")] == ["StudySettled"]


def test_a_commit_is_told_to_the_rooms_of_its_sites_and_subject(live_floor: Floor, queue: Redis) -> None:
    relay = a_relay(live_floor)
    relay.look()
    ear = Ear(queue)
    study_id = live_floor.a_prepared_study()
    live_floor.run("route")
    relay.look()
    heard = ear.heard()
    (opened,) = live_floor.facts("TaskOpened")
    told = {"subject": "task", "subject_id": opened.subject_id, "version": opened.version, "name": "TaskOpened"}
    assert ("fact", told, f"task:{opened.subject_id}") in heard
    part = {"subject": "study", "subject_id": study_id, "version": PART, "name": "TaskOpened"}
    assert ("fact", part, f"study:{study_id}") in heard
    sites = live_floor.alliance.sites
    changed = [room for event, _, room in heard if event == "changed"]
    assert sorted(changed) == sorted({f"site:{sites['city']}", f"site:{sites['county_a']}"})
    relay.look()
    assert ear.heard() == []


def test_nothing_that_is_told_names_a_patient(live_floor: Floor, queue: Redis) -> None:
    relay = a_relay(live_floor)
    relay.look()
    ear = Ear(queue)
    live_floor.a_signed_report()
    live_floor.run()
    relay.look()
    heard = json.dumps(ear.heard(), ensure_ascii=False)
    assert "notice" in heard
    assert "测试" not in heard
    assert "T0001" not in heard


def test_a_relay_that_starts_again_tells_what_was_committed_in_between(live_floor: Floor, queue: Redis) -> None:
    a_relay(live_floor).look()
    study_id = live_floor.arrive(synth.ct_slice())
    ear = Ear(queue)
    a_relay(live_floor).look()
    assert [data["name"] for event, data, _ in ear.heard() if event == "fact" and data["subject_id"] == study_id] == [
        "StudyArrived"
    ]


def test_a_fact_committed_late_under_a_lower_number_is_told(live_floor: Floor, queue: Redis) -> None:
    announcer = Announcer(live_floor.system)
    announcer.announce()
    with live_floor.system.work() as work:
        for key in ("a", "b", "c"):
            work.record(Fact("StudyArrived", "study", key, 1, key))
    announcer.announce()
    announcer._told.discard(max(announcer._told) - 1)  # noqa: SLF001 (as if it had not been visible)
    ear = Ear(queue)
    announcer._moved_at += 1  # noqa: SLF001
    assert announcer.announce() == 1
    assert [data["subject_id"] for _, data, _ in ear.heard()] == ["b"]


def test_a_report_is_told_as_a_part_of_its_task_and_study(live_floor: Floor) -> None:
    live_floor.a_signed_report()
    (signed,) = live_floor.facts("ReportSigned")
    rooms = {room: data["version"] for event, data, room in messages([signed]) if event == "fact"}
    assert rooms == {f"study:{signed.study_id}": PART, f"task:{signed.details['task_id']}": PART}


def test_what_happens_to_a_room_is_told_to_the_page_of_what_it_is_for(live_floor: Floor) -> None:
    with live_floor.system.work() as work:
        work.record(Fact("RoomClosed", "room", "r", 7, None, (), {"kind": "meeting", "subject_id": "m"}))
    told = {room: data["version"] for event, data, room in messages(live_floor.facts("RoomClosed")) if event == "fact"}
    assert told == {"room:r": 7, "meeting:m": PART}


def test_what_concerns_several_studies_is_told_to_each(live_floor: Floor) -> None:
    merged = patients_merged("d", 1, ("a",), "one", "other", "同一患者", ("s1", "s2"))
    with live_floor.system.work() as work:
        work.record(merged)
    told = {room: data["version"] for event, data, room in messages(live_floor.facts(merged.name)) if event == "fact"}
    assert told == {"study:s1": PART, "study:s2": PART}


def test_a_hospital_is_told_of_urgent_images_that_wait_at_its_gateway(live_floor: Floor) -> None:
    system = live_floor.system
    with system.work() as work:
        peer = access.identify(work, "SCANNER_A", "127.0.0.1")
        assert peer is not None
        report = {"waiting": 2, "waiting_stat": 2, "oldest_seconds": 900.0, "machine": "CT-PC"}
        gateways.reported(work, peer, report, "home", None)
    a_relay(live_floor).look()
    with system.read() as work:
        found = access.notices(work, live_floor.alliance.people["technician_a"])
        assert [(each.row.code, each.row.params) for each in found] == [
            ("gateway.stat_waits", {"gateway": "SCANNER_A · CT-PC", "count": 2})
        ]


def test_the_audit_is_sealed_and_its_log_complete(live_floor: Floor) -> None:
    live_floor.arrive(synth.ct_slice())
    system = live_floor.system
    with system.work() as work:
        audit.seal(work)  # by a relay that died before it wrote the log
    live_floor.arrive(synth.ct_slice())
    a_relay(live_floor).seal()
    with system.read() as work:
        assert audit.missing_from(system.settings.audit_log, work) == []
        assert audit.verify(work, system.settings.audit_log, system.keys.journal) == []


def test_a_duty_that_fails_waits_longer_and_stops_no_other() -> None:
    done: list[str] = []

    def fail() -> None:
        done.append("failed")
        raise OSError("away")

    duties = [Duty("broken", fail), Duty("whole", lambda: done.append("done"))]
    for _ in range(5):
        for duty in duties:
            duty.when_due()
    assert done.count("done") == 5
    assert done.count("failed") == 1


def test_a_broker_that_is_away_is_waited_for(tmp_path: Path, sqlite_url: str) -> None:
    port = free_port()
    with a_floor(tmp_path / "home", sqlite_url, broker_url=f"redis://127.0.0.1:{port}/0") as floor:
        relay = a_relay(floor)
        relay.look()
        floor.arrive(synth.ct_slice())
        floor.settle()
        floor.run("match_study")
        relay.look()
        with Child(broker.command(floor.system.settings, port), tmp_path / "log") as server:
            server.up(lambda: accepts(port), "the broker accepts")
            with closing(Redis.from_url(floor.system.settings.broker_url)) as queue:
                wait_for(lambda: looked(relay) and queued(queue), "the delivery is in the queue")
                assert queued(queue) == floor.due("prepare")
        with floor.system.read(SYSTEM) as work:
            assert audit.verify(work, floor.system.settings.audit_log, floor.system.keys.journal) == []
