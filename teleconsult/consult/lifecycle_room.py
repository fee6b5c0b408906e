"""Rooms and seats: their tables and the rules of the house. Pure.

A room waits, opens with the first who comes in after `opens_at`, and closes; while what it is for goes on a host may open it again. A seat is one person's: hosts and members walk in,
guests knock and wait until a host lets them in, and who was removed stays out until a host says otherwise.

In a meeting's room cases of several hospitals follow each other. A guest is there for one of them: when another case comes before the
meeting they go back to the waiting room by themselves, and come in again by themselves when it is their own.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, TypeVar

from teleconsult.kernel.errors import conflict, forbidden, invalid
from teleconsult.kernel.lifecycle import Lifecycle

ROOM = Lifecycle(
    start="waiting",
    moves={
        ("waiting", "enter"): "open",
        ("waiting", "close"): "closed",
        ("open", "enter"): "open",
        ("open", "close"): "closed",
        ("closed", "close"): "closed",  # the end of a consultation and a host may both say so
        ("closed", "reopen"): "open",
        ("open", "reopen"): "open",  # two hosts may both say so
    },
)
SEAT = Lifecycle(
    start="out",
    moves={
        ("out", "enter"): "in",
        ("out", "knock"): "waiting",
        ("out", "leave"): "out",
        ("out", "remove"): "removed",
        ("waiting", "knock"): "waiting",
        ("waiting", "enter"): "in",  # invited meanwhile
        ("waiting", "let_in"): "in",
        ("waiting", "hold"): "waiting",  # let in, and another hospital's case is before the meeting
        ("waiting", "leave"): "out",
        ("waiting", "remove"): "removed",
        ("in", "enter"): "in",  # the page was reloaded
        ("in", "let_in"): "in",
        ("in", "hold"): "waiting",
        ("in", "leave"): "out",
        ("in", "remove"): "removed",
        ("removed", "remove"): "removed",
        ("removed", "let_in"): "out",
        ("removed", "leave"): "removed",
    },
)
HOST, MEMBER, GUEST, SUPERVISOR = "host", "member", "guest", "supervisor"
INVITED: Final = (HOST, MEMBER, SUPERVISOR)
WAITING, IN, OUT, REMOVED = "waiting", "in", "out", "removed"
MARKS: Final = ("arrow", "length", "ellipse", "text", "freehand")
LEAST_POINTS: Final[Mapping[str, int]] = {"arrow": 2, "length": 2, "ellipse": 2, "text": 1, "freehand": 2}
MOST_POINTS, MOST_CHAT, MOST_MARK_TEXT, MOST_COORDINATE = 500, 2000, 200, 100_000.0
ENTERING: Final = timedelta(seconds=30)
"""How long a seat is kept between coming in and the page's first sign of life."""
PRESENT: Final = timedelta(seconds=12)
"""How long a seat is kept after the page's last sign of life: a vanished participant is gone within 15 seconds."""
GRACE: Final = timedelta(seconds=8)
"""How long a seat is kept after its last socket closed: a page that is loaded anew comes back to it."""
LONGEST_OPEN: Final = timedelta(hours=12)

Changes = Mapping[str, Any]


class Room(Protocol):
    @property
    def state(self) -> str: ...
    @property
    def opens_at(self) -> datetime: ...
    @property
    def presenter_seat_id(self) -> str | None: ...


class Seat(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def joined_at(self) -> datetime | None: ...
    @property
    def attended_seconds(self) -> int: ...
    @property
    def let_in_at(self) -> datetime | None: ...


AnySeat = TypeVar("AnySeat", bound=Seat)


def door(room: Room, now: datetime) -> str:
    """What a way into it leads to now: `open`, `early` before its time, `closed`. Nothing offers to enter but where it is open."""
    if room.state == "closed":
        return "closed"
    return "early" if now < room.opens_at else "open"


def open_for_entry(room: Room, now: datetime) -> None:
    """CONFLICT `room.closed`, `room.not_open` (opens_at)."""
    stands = door(room, now)
    if stands == "closed":
        raise conflict("room.closed")
    if stands == "early":
        raise conflict("room.not_open", f"opens at {room.opens_at}", opens_at=room.opens_at.isoformat())


def enter(seat: Seat, now: datetime, sees: bool | None = None) -> Changes:
    """Come in, or wait if the seat is a guest's. A page that was loaded anew keeps its time of joining.

    `sees`: whether a guest has a right to the case that is before the meeting; None when there is none, and in other rooms.
    """
    comes_back = seat.let_in_at is not None and sees is True
    verb = "enter" if seat.role in INVITED or comes_back else "knock"
    if seat.state == IN:  # let in before: reloading does not send anybody back to the door
        verb = "enter"
    state = SEAT.step(seat.state, verb)
    changes: dict[str, Any] = {"state": state, "present_until": now + ENTERING, "left_at": None}
    return {**changes, "joined_at": now, "held_at": None} if state == IN and seat.state != IN else changes


def let_in(seat: Seat, now: datetime, sees: bool | None = None, *, stays_guest: bool = False) -> Changes:
    """A host opens the door: who waited is in, and from now on a member. In a meeting they stay a guest (`stays_guest`) and come in when
    no case is before it or one that they may see."""
    guest = seat.role == GUEST
    if stays_guest and guest and seat.state == WAITING and sees is False:
        return {"state": SEAT.step(seat.state, "hold"), "let_in_at": now, "held_at": now}
    state = SEAT.step(seat.state, "let_in")
    changes: dict[str, Any] = {"state": state, "role": MEMBER if guest and not stays_guest else seat.role}
    if seat.state != WAITING:
        return changes
    return {**changes, **_inside(now), "let_in_at": now if stays_guest and guest else None}


def case_before(seat: Seat, sees: bool, now: datetime) -> Changes:
    """What it means for a seat that a case comes before the meeting. Only guests are moved: out to the waiting room whoever has no right
    to the case, in again whoever was let in before and has one. Empty when nothing changes."""
    if seat.role != GUEST:
        return {}
    if seat.state == IN and not sees:
        inside = {**_gone(seat, now), "present_until": now + ENTERING}
        return {**inside, "state": SEAT.step(seat.state, "hold"), "held_at": now}
    if seat.state == WAITING and sees and seat.let_in_at is not None:
        return {"state": SEAT.step(seat.state, "let_in"), **_inside(now)}
    return {}


def _inside(now: datetime) -> dict[str, Any]:
    return {"joined_at": now, "left_at": None, "present_until": now + ENTERING, "held_at": None}


def leave(seat: Seat, now: datetime) -> Changes:
    return {"state": SEAT.step(seat.state, "leave"), **_gone(seat, now)}


def remove(seat: Seat, now: datetime) -> Changes:
    """A host shows somebody the door. FORBIDDEN `room.host` for another host."""
    if seat.role == HOST:
        raise forbidden("room.host", "a host is not removed")
    return {"state": SEAT.step(seat.state, "remove"), **_gone(seat, now), "let_in_at": None, "held_at": None}


def _gone(seat: Seat, now: datetime) -> dict[str, Any]:
    there = int((now - seat.joined_at).total_seconds()) if seat.state == IN and seat.joined_at else 0
    changes = {"present_until": None, "hand_at": None, "attended_seconds": seat.attended_seconds + max(0, there)}
    return {**changes, "left_at": now} if seat.state == IN else changes


def may_present(room: Room, mine: Seat, other: Seat) -> None:
    """Who gives the token to `other`: a host always, the presenter their own, anybody while nobody has it.

    FORBIDDEN `room.not_presenter`; CONFLICT `room.not_in` for somebody who is not there.
    """
    if other.state != IN:
        raise conflict("room.not_in", other.id)
    if mine.role != HOST and room.presenter_seat_id not in (mine.id, None):
        raise forbidden("room.not_presenter", mine.id)


def is_in(seat: AnySeat | None) -> AnySeat:
    """The seat, when it is taken. FORBIDDEN `room.not_in`."""
    if seat is None or seat.state != IN:
        raise forbidden("room.not_in")
    return seat


def is_host(seat: Seat) -> None:
    """FORBIDDEN `room.host_only` unless it is a host's."""
    if seat.role != HOST:
        raise forbidden("room.host_only")


def mark_points(kind: str, points: Sequence[Sequence[float]]) -> list[list[float]]:
    """The points of a mark, as pixels of the image. INVALID `mark.kind`, `mark.points`."""
    if kind not in MARKS:
        raise invalid("mark.kind", kind[:20])
    if not LEAST_POINTS[kind] <= len(points) <= MOST_POINTS or any(len(point) != 2 for point in points):
        raise invalid(
            "mark.points",
            f"{kind}: {LEAST_POINTS[kind]} to {MOST_POINTS} pairs",
            least=LEAST_POINTS[kind],
            most=MOST_POINTS,
        )
    rounded = [[round(float(x), 3), round(float(y), 3)] for x, y in points]
    if any(not -MOST_COORDINATE <= value <= MOST_COORDINATE for point in rounded for value in point):
        raise invalid("mark.points", "far outside of any image", least=LEAST_POINTS[kind], most=MOST_POINTS)
    return rounded


def text(given: str, field: str, most: int) -> str:
    """INVALID `field.empty`, `field.text`."""
    if not given.strip():
        raise invalid("field.empty", f"{field} is empty", field=field)
    if len(given) > most:
        raise invalid("field.text", f"{field}: at most {most} characters", field=field, most=most)
    return given.strip()
