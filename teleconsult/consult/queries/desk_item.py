"""One thing to do, as every desk shows it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from teleconsult.consult import lifecycle_room
from teleconsult.consult.queries.cases import Patient
from teleconsult.consult.tables_rooms import RoomRow


@dataclass(frozen=True, slots=True)
class DeskItem:
    """One thing to do. `kind` names it, `verb` is what the button does, `link` where the screen is; `title_code` and `params` give its words."""

    kind: str
    id: str
    title_code: str
    verb: str
    link: str
    band: str
    due_at: datetime | None = None
    case_id: str | None = None
    study_id: str | None = None
    patient: Patient | None = None
    params: dict[str, Any] = field(default_factory=dict)


def at_the_door(item: DeskItem, room: RoomRow, now: datetime) -> DeskItem:
    """`item` is to enter this room, and leads to what the room is for. Into the room itself only while it is open: nobody is sent to a
    door that is shut. Before its time the item says when it opens (`opens_at`); of a closed room, that it is closed.
    """
    stands = lifecycle_room.door(room, now)
    if stands == "open":
        return replace(item, link=f"/rooms/{room.id}")
    kind = f"{item.kind}_{stands}"
    opens = {"opens_at": room.opens_at.isoformat()} if stands == "early" else {}
    return replace(
        item, kind=kind, title_code=f"desk.{kind}", verb=f"look_{room.kind}", params={**item.params, **opens}
    )
