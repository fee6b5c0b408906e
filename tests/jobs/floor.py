"""The workers' floor without a broker: a small alliance, and deliveries carried out here or in a process that dies."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydicom import Dataset
from sqlalchemy import Engine, func, select, update

from teleconsult import consult, reading, referral, reporting
from teleconsult.access import SYSTEM, add_agreement, add_peer, identify
from teleconsult.access.tables import NoticeRow, ShareRow
from teleconsult.imaging import commitment, line_check, orders, orders_arrivals, rejection, scrub, settle
from teleconsult.imaging.ingest import Outcome, ingest
from teleconsult.imaging.staging import stage_part10
from teleconsult.imaging.tables import InstanceRow, StudyRow
from teleconsult.imaging.tables_orders import OrderLinkRow, OrderRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.reading.tables import TaskRow
from teleconsult.records import journal
from teleconsult.records.tables import DeliveryRow, FactRow
from teleconsult.reporting.tables import CriticalRow, ReportRow
from teleconsult.system import System
from tests import synth
from tests.builders import Alliance, a_system, an_alliance
from tests.children import wait_for
from tests.notes import a_note
from tests.records.consulting import a_desk
from tests.records.house import a_study
from tests.records.meeting import a_board
from tests.working import a_bench
from workers.bench import Bench
from workers.jobs import JOBS
from workers.run import carry_out

ROOT = Path(__file__).resolve().parents[2]
EXPLICIT = "1.2.840.10008.1.2.1"
TEXT = {"findings": "双肺未见实变。", "impression": "未见异常。", "advice": "随访。"}


@dataclass
class Floor:
    """An alliance with a bench. Time stands still unless `later` is called."""

    alliance: Alliance
    bench: Bench
    clock: FixedClock
    study_ids: list[str] = field(default_factory=list)

    @property
    def system(self) -> System:
        return self.alliance.system

    # ---- the walk up to a job

    def arrive(self, *objects: Dataset, syntax: str = EXPLICIT, scanner: str = "SCANNER_A") -> str:
        """Take objects in from a county's scanner; the id of their study."""
        return self.arrive_bytes([synth.as_bytes(ds, syntax) for ds in objects], scanner)

    def arrive_bytes(self, files: Sequence[bytes], scanner: str = "SCANNER_A") -> str:
        for part10 in files:
            self.take_in(part10, scanner)
        with self.system.read() as work:
            newest = select(StudyRow.id).order_by(StudyRow.last_arrival_at.desc(), StudyRow.id.desc()).limit(1)
            return work.session.scalars(newest).one()

    def take_in(self, part10: bytes, scanner: str = "SCANNER_A") -> Outcome:
        with self.system.read() as work:
            peer = identify(work, scanner, "127.0.0.1")
        assert peer is not None
        self.clock.advance(0.001)
        return ingest(self.system.store, self.system.blobs, peer, stage_part10(self.system.blobs, [part10]))

    def settle(self) -> None:
        """Let the quiet time of every study pass."""
        with self.system.work() as work:
            settle.sweep(work, work.now + timedelta(hours=1))

    def due(self, job: str | None = None) -> list[str]:
        """Ids of deliveries that are due, the oldest first."""
        wanted = (
            select(DeliveryRow.id).where(DeliveryRow.state == "due").order_by(DeliveryRow.fact_seq, DeliveryRow.job)
        )
        if job is not None:
            wanted = wanted.where(DeliveryRow.job == job)
        with self.system.read() as work:
            return list(work.session.scalars(wanted))

    def run(self, *jobs: str) -> None:
        """Carry out everything that is due, or only these jobs, until nothing is."""
        while ids := [key for job in (jobs or (None,)) for key in self.due(job)]:
            for delivery_id in ids:
                assert carry_out(self.bench, delivery_id), self.delivery(delivery_id).error

    def a_prepared_study(self, *objects: Dataset, **options: Any) -> str:
        study_id = self.arrive(*(objects or synth.a_ct_series(3)), **options)
        self.settle()
        self.run("prepare")
        return study_id

    def a_signed_report(self) -> str:
        """Prepared, routed, claimed, written, submitted, reviewed, signed; the report's id."""
        self.a_prepared_study()
        self.run("route")
        reader, reviewer = self.alliance.people["reader"], self.alliance.people["reviewer"]
        with self.system.work(reader) as work:
            task = work.session.scalars(select(TaskRow)).one()
            reading.claim(work, reader, task.id)
            report = reporting.draft(work, reader, task.id)
            reporting.save(work, reader, report.id, TEXT, report.version)
            reporting.submit(work, reader, report.id)
        with self.system.work(reviewer) as work:
            reporting.take_review(work, reviewer, report.id)
            reporting.sign(work, reviewer, report.id, reporting.Ed25519Signer(self.system.keys.signing))
        return report.id

    # ---- looking

    def delivery(self, delivery_id: str) -> DeliveryRow:
        with self.system.read() as work:
            return work.session.get_one(DeliveryRow, delivery_id)

    def fact_of(self, delivery_id: str) -> FactRow:
        with self.system.read() as work:
            return work.session.get_one(FactRow, work.session.get_one(DeliveryRow, delivery_id).fact_seq)

    def facts(self, name: str) -> list[FactRow]:
        with self.system.read() as work:
            return list(work.session.scalars(select(FactRow).where(FactRow.name == name).order_by(FactRow.seq)))

    def notices(self) -> list[NoticeRow]:
        with self.system.read() as work:
            return list(work.session.scalars(select(NoticeRow).order_by(NoticeRow.at, NoticeRow.key)))

    def outcome(self) -> dict[str, Any]:
        """Everything a job can leave behind, so that two states can be compared."""
        counted = (TaskRow, ReportRow, NoticeRow, StudyRow, OrderLinkRow)
        with self.system.read() as work:
            rows = {kind.__name__: work.session.scalar(select(func.count()).select_from(kind)) for kind in counted}
            states = {
                "studies": sorted(tuple(row) for row in work.session.execute(select(StudyRow.id, StudyRow.state))),
                "tasks": sorted(
                    tuple(row)
                    for row in work.session.execute(
                        select(TaskRow.id, TaskRow.state, TaskRow.late_images, TaskRow.priority)
                    )
                ),
                "orders": sorted(tuple(row) for row in work.session.execute(select(OrderRow.id, OrderRow.state))),
                "reports": sorted(work.session.execute(select(ReportRow.id, ReportRow.state, ReportRow.pdf_key))),
                "criticals": sorted(
                    tuple(row) for row in work.session.execute(select(CriticalRow.id, CriticalRow.state))
                ),
                "shares": sorted(work.session.execute(select(ShareRow.study_id, ShareRow.site_id, ShareRow.cause_id))),
                "facts": sorted(work.session.scalars(select(FactRow.name).where(FactRow.name != "StudyPrepared"))),
            }
        kept = self.system.settings.home / "blobs"
        files = {
            str(path.relative_to(kept)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(kept.rglob("*"))
            if path.is_file() and path.relative_to(kept).parts[0] in ("derived", "reports", "papers")
        }
        return {**rows, **states, "files": files}

    # ---- time and death

    def later(self, seconds: float = 3600.0) -> None:
        """Leases run out, waits are over."""
        self.clock.advance(seconds)
        with self.system.work() as work:
            work.session.execute(update(DeliveryRow).where(DeliveryRow.state == "due").values(next_try=work.now))

    def tried(self, delivery_id: str, times: int) -> None:
        """As if so many tries had ended without a word."""
        with self.system.work() as work:
            work.session.execute(update(DeliveryRow).where(DeliveryRow.id == delivery_id).values(tries=times))

    def in_a_process(self, delivery_id: str, before: str, job_seconds: int = 60) -> int:
        """Carry the delivery out in a process of its own, after running the code `before` in it; how it ended."""
        script = _SCRIPT.format(before=before, now=self.clock.now().isoformat(), delivery_id=delivery_id)
        settings = self.system.settings.with_(job_seconds=job_seconds)
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**_clean_environ(), **settings.to_env()},
            cwd=ROOT,
            timeout=60,
            check=False,
        )
        return done.returncode


_SCRIPT = """
import os, signal, time
from datetime import datetime
from teleconsult.settings import Settings
from teleconsult.system import build
from teleconsult.kernel.clock import FixedClock
from workers.bench import bench_of
import workers.run
{before}
system = build(Settings.from_env(), FixedClock(datetime.fromisoformat("{now}")))
workers.run.carry_out(bench_of(system), "{delivery_id}")
"""

DIES_BEFORE_THE_MARK = "workers.run.journal.done = lambda *_: os.kill(os.getpid(), signal.SIGKILL)"


def _clean_environ() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}


@contextmanager
def a_floor(home: Path, database_url: str, **changes: Any) -> Iterator[Floor]:
    clock = FixedClock(datetime(2026, 11, 21, 8, 0, tzinfo=UTC))
    system = a_system(home, database_url, clock, **changes)
    floor = Floor(an_alliance(system), a_bench(system), clock)
    with system.work() as work:
        add_peer(work, SYSTEM, "SCANNER_T", "127.0.0.1", floor.alliance.sites["township"])
    floor.run()
    yield floor
    dispose(system.store.engine)


def dispose(engine: Engine) -> None:
    engine.dispose()


# ---- how each job comes to be due


def _route_waiting(floor: Floor) -> None:
    floor.a_prepared_study(scanner="SCANNER_T")
    floor.run("route")
    with floor.system.work() as work:
        add_agreement(work, SYSTEM, floor.alliance.sites["township"], floor.alliance.sites["city"])


def _mark_late(floor: Floor) -> None:
    slices = synth.a_ct_series(4)
    floor.a_prepared_study(*slices[:3])
    floor.run("route")
    floor.arrive(slices[3])
    floor.settle()


def _conflict(floor: Floor) -> None:
    first = synth.ct_slice()
    floor.arrive(first)
    other = synth.ct_slice(
        sop_uid=first.SOPInstanceUID, study_uid=first.StudyInstanceUID, series_uid=first.SeriesInstanceUID
    )
    other.PixelData = other.PixelData[::-1]
    floor.arrive(other)


def _settled(floor: Floor) -> None:
    floor.arrive(*synth.a_ct_series(3))
    floor.settle()


def _printed(floor: Floor) -> None:
    floor.a_signed_report()
    floor.run("report_pdf")


def _paper(floor: Floor) -> None:
    expert = floor.alliance.people["reviewer"]
    content = {"title": "会诊意见书", "hospital": "示例市医院", "sections": [["诊断意见", "同意原诊断。"]]}
    with floor.system.work(expert) as work:
        signer = reporting.Ed25519Signer(floor.system.keys.signing)
        reporting.seal_paper(work, expert, signer, "opinion", "c" * 32, None, 0, content)


def _critical(floor: Floor) -> None:
    study_id = floor.a_prepared_study()
    floor.run("route")
    reader = floor.alliance.people["reader"]
    with floor.system.work(reader) as work:
        reporting.raise_critical(work, reader, study_id, "tension_pneumothorax")


def _room_closed(floor: Floor) -> None:
    """A room that was being recorded has been closed by its host."""
    desk = a_desk(floor.alliance, floor.clock)
    _, room = desk.open_room()
    desk.does("expert", consult.admit, room)
    asked = desk.does("expert", consult.ask, room)
    desk.does("expert", consult.begun, room, asked.recording_id)
    desk.does("expert", consult.close_room, room)


def _doubt(floor: Floor) -> None:
    """An object claims a study of a case for another patient."""
    first = synth.ct_slice()
    study_id = floor.a_prepared_study(first)
    doctor = floor.alliance.people["doctor_a"]
    with floor.system.work(doctor) as work:
        referral.open_case(work, doctor, study_id, "测试病例")
    floor.arrive(synth.ct_slice(2, patient_id="SOMEBODY-ELSE", study_uid=str(first.StudyInstanceUID)))


def _case_grew(floor: Floor) -> None:
    """A case that a meeting has before it got another study."""
    house = a_board(floor.alliance, floor.clock)
    house.accepted()
    with floor.system.work() as work:
        late = a_study(work, house.case.site_id, 2, patient_id=house.case.patient_id).id
    house.does("doctor_a", referral.add_study, house.case.id, late)


def _committed(floor: Floor) -> None:
    """A scanner has asked us to answer for what it sent, and the node has told it; the job on its own: `test_commitments`."""
    slice_ = synth.ct_slice()
    floor.arrive(slice_)
    with floor.system.work() as work:
        peer = identify(work, "SCANNER_A", "127.0.0.1")
        assert peer is not None
        item = commitment.Item(str(slice_.SOPClassUID), str(slice_.SOPInstanceUID))
        asked = commitment.ask(work, peer, "2.25.7", [item], True, 0.0)
        said = commitment.Verdict("2.25.7", (item,))
        commitment.reported(work, asked, said, "new", peer.ae_title, peer.site_id)


def _noted(floor: Floor) -> None:
    slices = synth.a_ct_series(3)
    floor.a_prepared_study(*slices)
    floor.run("route")
    floor.arrive(a_note("113001", slices[:1]))


def _rejected(floor: Floor) -> None:
    _noted(floor)
    floor.run("reject")


def _restored(floor: Floor) -> None:
    _rejected(floor)
    technician = floor.alliance.people["technician_a"]
    with floor.system.work(technician) as work:
        (row,) = rejection.standing(work, None)
        rejection.lift(work, technician, row.study.id, row.code, "核对无误")


def _lost_bytes(floor: Floor) -> None:
    floor.arrive(synth.ct_slice())
    with floor.system.read() as work:
        keys = list(work.session.scalars(select(InstanceRow.blob_key)))
    for key in keys:
        floor.system.blobs.delete(key)
    scrub.run(floor.system.store, floor.system.blobs, SYSTEM, scrub.Pace())


def _ordered(floor: Floor, sex: str = "") -> OrderRow:
    """An order of county A for what `synth` makes."""
    doctor = floor.alliance.people["doctor_a"]
    said = {
        "patient_number": "TEST-000001", "name": "测试", "sex": sex, "modality": "CT", "procedure": "胸部CT平扫", "priority": "STAT",
        "accession": "ORDERED-1",
    }  # fmt: skip
    with floor.system.work(doctor) as work:
        return orders.register(work, doctor, floor.alliance.sites["county_a"], said)


def _arrived(floor: Floor) -> str:
    slice_ = synth.ct_slice(1, patient_id="TEST-000001", patient_name="Ceshi=测试")
    slice_.AccessionNumber, slice_.PatientSex = "ORDERED-1", "F"
    return floor.arrive(slice_)


def _order_first(floor: Floor) -> None:
    _ordered(floor)
    floor.run()
    _arrived(floor)


def _order_last(floor: Floor) -> None:
    _arrived(floor)
    floor.run()
    _ordered(floor)


def _linked_late(floor: Floor) -> None:
    """A task is open when a person links its study with a more urgent order."""
    order, study_id = _ordered(floor, sex="M"), _arrived(floor)
    floor.settle()
    floor.run()
    doctor = floor.alliance.people["doctor_a"]
    with floor.system.work(doctor) as work:
        orders_arrivals.link(work, doctor, order.id, study_id, "性别登记错误")


def _line_asked(floor: Floor) -> None:
    """The line to a scanner of which nobody has said where it listens."""
    technician = floor.alliance.people["technician_a"]
    with floor.system.work(technician) as work:
        peer = identify(work, "SCANNER_A", "127.0.0.1")
        assert peer is not None
        line_check.ask(work, technician, peer.id, True)


UP_TO: dict[str, Callable[[Floor], object]] = {
    "prepare": _settled,
    "match_study": _order_first,
    "match_order": _order_last,
    "hasten_task": _linked_late,
    "route": Floor.a_prepared_study,
    "route_waiting": _route_waiting,
    "mark_late": _mark_late,
    "report_pdf": Floor.a_signed_report,
    "verify_task": Floor.a_signed_report,
    "paper_pdf": _paper,
    "notify_critical": _critical,
    "notify_county": _printed,
    "return_report": _printed,
    "report_commitment": _committed,
    "check_line": _line_asked,
    "notify_site": _conflict,
    "tell_cases": _doubt,
    "media_follows": _room_closed,
    "share_with_meetings": _case_grew,
    "reject": _noted,
    "redraw": _rejected,
    "notify_readers": _rejected,
    "notify_restored": _restored,
    "notify_keepers": _lost_bytes,
}
assert set(UP_TO) == set(JOBS)

__all__ = ["DIES_BEFORE_THE_MARK", "UP_TO", "Floor", "a_floor", "journal", "wait_for"]
