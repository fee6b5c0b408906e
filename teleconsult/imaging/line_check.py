"""Line checks (线路检测): asked for by whoever looks after a line, carried out by a job, kept as a history.

The test image bears UIDs below `ROOT` and a made-up patient. What comes back under them is noted by its digest and kept nowhere else: it never
becomes a study.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from teleconsult.access import Actor, Thing, permit, permits
from teleconsult.access.queries import peer_rows
from teleconsult.imaging import facts
from teleconsult.imaging.tables import ArrivalRow
from teleconsult.imaging.tables_lines import LineCheckRow, LineReturnRow
from teleconsult.kernel.errors import conflict
from teleconsult.kernel.values import Json, new_id
from teleconsult.records.work import Work

ROOT: Final = "2.25.235730954826514390650281273801844322443"
"""Every UID of a test image begins so. Drawn once at random (PS3.5 B.2)."""
STUCK: Final = timedelta(minutes=10)
LATELY: Final = timedelta(days=7)
OK, FAILED, WARNED, SKIPPED = "ok", "failed", "warned", "skipped"
STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "reach": ("ok", "dns", "refused", "timeout", "no_address"),
    "echo": ("ok", "their_name", "our_name", "rejected", "certificate", "no_answer", "busy", "failed"),
    "send": ("ok", "no_context", "full", "refused", "silent", "rejected"),
    "back": ("ok", "differs", "nothing", "refused", "silent", "rejected", "no_path", "", "not_offered"),
    "arrivals": ("ok", "never", "long_ago"),
}
"""Each step in its order with what may come of it; the place of the word is its digit in the code. 9: not tried."""
_NOT_TRIED = "9"


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one step. `state` is ok, failed, warned or skipped; `numbers` are milliseconds, bytes, counts."""

    name: str
    state: str
    code: str
    numbers: Mapping[str, Json] = field(default_factory=dict)


def is_test(uid: str) -> bool:
    """Whether the UID is one of a test image."""
    return uid.startswith(ROOT + ".")


def uid_of(check_id: str, *tail: int) -> str:
    """A UID of the test image of a check: the same each time, so that a repeat stores nothing twice."""
    return ".".join((ROOT, str(int(check_id[:12], 16)), *map(str, tail)))


def code_of(steps: Sequence[Step]) -> str:
    """Five digits that somebody can read out on the telephone, one for each step."""
    told = {step.name: step.code for step in steps}
    return "".join(
        str(STEPS[name].index(told[name])) if told.get(name) in STEPS[name] else _NOT_TRIED for name in STEPS
    )


def ask(work: Work, actor: Actor, peer_id: str, with_image: bool) -> LineCheckRow:
    """Have the line checked by a job. CONFLICT `linecheck.under_way` while another check of this line is."""
    peer = peer_rows(work, [peer_id])[peer_id]
    permit(actor, "peer.check", Thing(site_id=peer.site_id))
    open_ones = select(LineCheckRow.id).where(
        LineCheckRow.peer_id == peer_id, LineCheckRow.done_at.is_(None), LineCheckRow.asked_at > work.now - STUCK
    )
    if work.session.scalars(open_ones.limit(1)).first() is not None:
        raise conflict("linecheck.under_way", peer.ae_title, peer=peer.ae_title)
    row = LineCheckRow(
        id=new_id(), version=1, peer_id=peer_id, site_id=peer.site_id, asked_at=work.now, asked_by=actor.name, with_image=with_image
    )  # fmt: skip
    work.add(row)
    work.record(facts.line_check("LineCheckAsked", row.id, peer.site_id, peer.ae_title))
    return row


def owed(work: Work, check_id: str) -> LineCheckRow | None:
    """The check if it is still to be done. ABSENT `linecheck.absent`."""
    row = work.get(LineCheckRow, check_id)
    return None if row.done_at is not None else row


def done(work: Work, check_id: str, ae_title: str, steps: Sequence[Step]) -> None:
    """Keep what came of it. Repeats safely: the first result stays."""
    row = owed(work, check_id)
    if row is None:
        return
    code, good = code_of(steps), all(step.state != FAILED for step in steps)
    told = [
        {"name": each.name, "state": each.state, "code": each.code, "numbers": dict(each.numbers)} for each in steps
    ]
    work.keep(row, done_at=work.now, good=good, code=code, result={"steps": told})
    work.record(facts.line_check("LineCheckDone", row.id, row.site_id, ae_title, code=code))


def history(work: Work, actor: Actor, peer_id: str, limit: int = 20) -> Sequence[LineCheckRow]:
    """The checks of a line, newest first."""
    peer = peer_rows(work, [peer_id])[peer_id]
    permit(actor, "peer.check", Thing(site_id=peer.site_id))
    rows = select(LineCheckRow).where(LineCheckRow.peer_id == peer_id)
    return work.session.scalars(rows.order_by(LineCheckRow.asked_at.desc()).limit(limit)).all()


def last_of_each(work: Work, actor: Actor) -> Mapping[str, LineCheckRow]:
    """The newest check of each line that the actor may check."""
    newest = select(func.max(LineCheckRow.id)).group_by(LineCheckRow.peer_id)
    rows = work.session.scalars(select(LineCheckRow).where(LineCheckRow.id.in_(newest)))
    return {row.peer_id: row for row in rows if permits(actor, "peer.check", Thing(site_id=row.site_id))}


def came_back(work: Work, peer_id: str | None, sop_uid: str, sha256: str, size: int) -> None:
    """Note that a test image came from somewhere."""
    work.add(LineReturnRow(id=new_id(), sop_uid=sop_uid, peer_id=peer_id, at=work.now, sha256=sha256, size=size))


def returned_since(work: Work, sop_uids: Sequence[str], since: datetime) -> dict[str, str]:
    """The digests of the test images that have come back since then, by their UID."""
    rows = select(LineReturnRow).where(LineReturnRow.sop_uid.in_(list(sop_uids)), LineReturnRow.at >= since)
    return {row.sop_uid: row.sha256 for row in work.session.scalars(rows.order_by(LineReturnRow.at))}


def arrivals_step(work: Work, peer_id: str, site_id: str, last_seen_at: datetime | None) -> Step:
    """Whether anything has come from there in the last week, and when it last called."""
    came = work.session.execute(
        select(func.count(), func.max(ArrivalRow.at)).where(
            ArrivalRow.site_id == site_id, ArrivalRow.at > work.now - LATELY, ArrivalRow.peer_id == peer_id
        )
    ).one()
    seen = None if last_seen_at is None else last_seen_at.isoformat()
    if came[0]:
        return Step("arrivals", OK, "ok", {"count": int(came[0]), "at": came[1].isoformat()})
    if last_seen_at is None:
        return Step("arrivals", WARNED, "never")
    return Step("arrivals", WARNED, "long_ago", {"at": seen})
