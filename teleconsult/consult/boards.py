"""Boards: series of MDT meetings, made and kept by the coordinators of a centre. A board always has a meeting that takes cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, select

from teleconsult.access import Actor, Thing, permit
from teleconsult.access.queries import site_names
from teleconsult.consult import cadence, facts_meeting, quorum
from teleconsult.consult.lifecycle import text
from teleconsult.consult.loading_meeting import load_board
from teleconsult.consult.planning import next_of_board
from teleconsult.consult.queries.meeting_sight import board_members, clinical_people
from teleconsult.consult.tables_meetings import BoardMemberRow, BoardRow
from teleconsult.kernel.errors import conflict, invalid
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work

MANAGE: Final = "board.manage"
MOST_NAME, MOST_MEMBERS = 120, 60


@dataclass(frozen=True, slots=True)
class Panel:
    """Who takes part, checked: specialties in their order, who for which, who presides, and what a quorum is."""

    specialties: list[str]
    quorum: dict[str, Any]
    members: dict[str, str]
    chair_id: str


def make_board(work: Work, actor: Actor, site_id: str, given: Mapping[str, Any]) -> BoardRow:
    """A new board of a hospital, by its coordinators: name, specialties, quorum, cadence, minutes, chair_id, members [{person_id, specialty}].

    Its first meeting is planned at once. FORBIDDEN `permit.refused`; INVALID `board.site`, `board.specialties`, `board.quorum`,
    `board.cadence`, `board.members`, `board.chair`, `field.empty`, `field.text`; CONFLICT `board.name_taken`.
    """
    permit(actor, MANAGE, Thing(site_id=site_id))
    if site_id not in site_names(work):
        raise invalid("board.site", site_id[:40])
    panel = panel_of(work, given)
    name = _name(work, str(given.get("name", "")), site_id)
    row = BoardRow(
        id=new_id(), version=1, name=name, site_id=site_id, specialties=panel.specialties, quorum=panel.quorum,
        cadence=cadence.checked(given.get("cadence")).kept(), minutes=_minutes(given.get("minutes", 90)), chair_id=panel.chair_id,
        active=True, made_by_id=actor.id, made_at=work.now,
    )  # fmt: skip
    work.add(row)
    _seat(work, row.id, panel.members)
    work.record(facts_meeting.of_board("BoardMade", row))
    next_of_board(work, row)
    return row


def change_board(work: Work, actor: Actor, board_id: str, given: Mapping[str, Any], seen: int) -> BoardRow:
    """Change what is given of it, or `active`. Meetings that are planned stay as they are. CONFLICT `version.stale`; else as `make_board`."""
    row = load_board(work, board_id)
    permit(actor, MANAGE, Thing(site_id=row.site_id))
    if seen != row.version:
        raise conflict("version.stale", f"seen {seen}, is {row.version}", version=row.version)
    members = [{"person_id": one, "specialty": two} for one, two in board_members(work, board_id).items()]
    now = {"specialties": row.specialties, "quorum": row.quorum, "members": members, "chair_id": row.chair_id}
    panel = panel_of(work, {**now, **given})
    changes: dict[str, Any] = {"specialties": panel.specialties, "quorum": panel.quorum, "chair_id": panel.chair_id}
    if "name" in given and given["name"] != row.name:
        changes["name"] = _name(work, str(given["name"]), row.site_id)
    if "cadence" in given:
        changes["cadence"] = cadence.checked(given["cadence"]).kept()
    if "minutes" in given:
        changes["minutes"] = _minutes(given["minutes"])
    if "active" in given:
        changes["active"] = bool(given["active"])
    work.keep(row, **changes)
    _seat(work, row.id, panel.members)
    work.record(facts_meeting.of_board("BoardChanged", row, fields=sorted(given)))
    if row.active:
        next_of_board(work, row)
    return row


def panel_of(work: Work, given: Mapping[str, Any]) -> Panel:
    """INVALID `board.members` unless everybody sees patients and each specialty has somebody, `board.chair` unless the chair is one of them."""
    specialties = quorum.specialties_checked(given.get("specialties", ()))
    rule = quorum.checked(given.get("quorum", {}), specialties)
    members = {str(one["person_id"]): str(one["specialty"]) for one in given.get("members", ())}
    if not members or len(members) > MOST_MEMBERS or len(members) != len(given["members"]):
        raise invalid("board.members", f"at least one for each specialty, at most {MOST_MEMBERS}, each once")
    if set(members.values()) != set(specialties) or clinical_people(work, members) != set(members):
        raise invalid("board.members", "people who see patients, somebody for each specialty")
    chair_id = str(given.get("chair_id", ""))
    if chair_id not in members:
        raise invalid("board.chair", "the chair is one of the members")
    return Panel(specialties, rule.kept(), members, chair_id)


def _seat(work: Work, board_id: str, members: Mapping[str, str]) -> None:
    gone = delete(BoardMemberRow).where(BoardMemberRow.board_id == board_id)
    work.session.execute(gone, execution_options={"synchronize_session": "fetch"})
    for person_id, specialty in members.items():
        work.add(BoardMemberRow(board_id=board_id, person_id=person_id, specialty=specialty))


def _name(work: Work, given: str, site_id: str) -> str:
    name = given.strip()
    text(name, "name")
    if len(name) > MOST_NAME or "\0" in name:
        raise invalid("field.text", "name", field="name", most=MOST_NAME)
    taken = select(BoardRow.id).where(BoardRow.site_id == site_id, BoardRow.name == name)
    if work.session.scalar(taken) is not None:
        raise conflict("board.name_taken", name)
    return name


def _minutes(given: Any) -> int:
    if type(given) is not int or not 15 <= given <= 480:
        raise invalid("meeting.time", str(given)[:20], least=15, most=480)
    return given
