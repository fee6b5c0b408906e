"""Who sits in a room, what they send, and who is shown what. Pure: no sockets, no clock; instants come in as seconds.

Each seat has a fixed number of video and audio slots. `plan` says which source belongs on which slot, with as few changes as it can:
screen shares first, then the pinned seat, then whoever spoke last; of the sound the loudest. A source on a slot stays on that slot.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

VIDEO_SLOTS = 6
AUDIO_SLOTS = 4
LOUD = 75
"""Loudness (0 silence … 127) from which a seat counts as speaking: about −52 dB of full scale."""
ATTACK, DECAY = 0.6, 0.08
INCUMBENT = 8
"""How much louder a source must be than one that is heard already to take its place."""
LABELS = {"camera": "video", "screen": "video", "mic": "audio"}


class Load(IntEnum):
    """How much video is given up so that sound stays whole."""

    EASY = 0
    TIGHT = 1  # half of the pictures
    HARD = 2  # the most important picture
    DIRE = 3  # sound only


@dataclass(slots=True)
class Source:
    """One published track. `loudness` follows the sound, `spoke_at` says when it last was speech."""

    id: str
    seat: str
    label: str
    muted: bool = False
    loudness: float = 0.0
    spoke_at: float = -1.0
    since: float = 0.0

    @property
    def kind(self) -> str:
        return LABELS[self.label]


@dataclass(slots=True)
class Wishes:
    """What a seat asked for, and how many pictures its line bears."""

    video: bool = True
    pinned: str | None = None
    most_video: int = VIDEO_SLOTS
    affords: int = VIDEO_SLOTS


@dataclass(slots=True)
class Seat:
    """A person in the room. `order` is the order of coming."""

    id: str
    order: int
    wishes: Wishes = field(default_factory=Wishes)
    slots: dict[str, str | None] = field(default_factory=dict)


Plan = Mapping[str, Mapping[str, str | None]]
"""Seat → slot → source id or nothing."""


class Room:
    """The seats and sources of one room. Every method is total: what is not there is not an error."""

    def __init__(self) -> None:
        self.seats: dict[str, Seat] = {}
        self.sources: dict[str, Source] = {}
        self.load = Load.EASY
        self._came = 0

    def enter(self, seat_id: str, video_slots: Iterable[str], audio_slots: Iterable[str]) -> Seat:
        """Take a seat with empty slots; whoever sat there before is gone with all sources. Slot names begin with `v` or `a`."""
        self.leave(seat_id)
        self._came += 1
        pictures = list(video_slots)
        wishes = Wishes(most_video=len(pictures), affords=len(pictures))
        seat = Seat(seat_id, self._came, wishes, dict.fromkeys([*pictures, *audio_slots]))
        self.seats[seat_id] = seat
        return seat

    def leave(self, seat_id: str) -> None:
        self.seats.pop(seat_id, None)
        self.sources = {name: source for name, source in self.sources.items() if source.seat != seat_id}

    def publish(self, seat_id: str, source_id: str, label: str, now: float) -> Source | None:
        """A seat sends something new; None for an unknown seat or label."""
        if seat_id not in self.seats or label not in LABELS:
            return None
        source = Source(source_id, seat_id, label, since=now)
        self.sources[source_id] = source
        return source

    def withdraw(self, source_id: str) -> None:
        self.sources.pop(source_id, None)

    def mute(self, seat_id: str, label: str, muted: bool) -> bool:
        """Whether that changed anything."""
        changed = False
        for source in self.sources.values():
            if source.seat == seat_id and source.label == label and source.muted != muted:
                source.muted, changed = muted, True
        return changed

    def hear(self, levels: Mapping[str, int], now: float) -> None:
        """The sound of the last moment, for each source that sent: 0 … 127, 127 the loudest. The rest grows quieter."""
        for source in self.sources.values():
            if source.kind != "audio":
                continue
            level = 0 if source.muted else levels.get(source.id, 0)
            source.loudness += (level - source.loudness) * (ATTACK if level > source.loudness else DECAY)
            if level >= LOUD and source.loudness >= LOUD:
                source.spoke_at = now

    def speaking(self, now: float, within: float = 0.6) -> list[str]:
        """Seats that spoke a moment ago, the latest first."""
        heard = [source for source in self.sources.values() if source.spoke_at >= 0 and now - source.spoke_at <= within]
        return [source.seat for source in sorted(heard, key=lambda source: (-source.spoke_at, source.id))]

    def plan(self) -> Plan:
        """What belongs on each slot now; also remembered as what is there. The same room gives the same plan again."""
        for seat in self.seats.values():
            self._fill(seat, "v", self._pictures(seat))
            self._fill(seat, "a", self._sounds(seat))
        return {seat.id: dict(seat.slots) for seat in self.seats.values()}

    def _pictures(self, seat: Seat) -> list[str]:
        slots = sum(name.startswith("v") for name in seat.slots)
        wishes = seat.wishes
        most = min(slots, max(wishes.most_video, 0), max(wishes.affords, 0), _bearable(self.load, slots))
        if not wishes.video:
            most = 0
        offered = [source for source in self._others(seat, "video") if not source.muted]
        spoke = {source.seat: source.spoke_at for source in self.sources.values() if source.kind == "audio"}
        offered.sort(key=lambda source: self._rank(source, wishes.pinned, spoke))
        return [source.id for source in offered[:most]]

    def _rank(self, source: Source, pinned: str | None, spoke: Mapping[str, float]) -> tuple[object, ...]:
        screen = source.label == "screen"
        newest = -source.since if screen else 0.0
        order = self.seats[source.seat].order
        return (not screen, newest, source.seat != pinned, -spoke.get(source.seat, -1.0), order, source.id)

    def _sounds(self, seat: Seat) -> list[str]:
        slots = sum(name.startswith("a") for name in seat.slots)
        held = set(seat.slots.values())
        offered = [source for source in self._others(seat, "audio") if not source.muted]
        offered.sort(key=lambda source: (-(source.loudness + INCUMBENT * (source.id in held)), source.since, source.id))
        return [source.id for source in offered[:slots]]

    def _others(self, seat: Seat, kind: str) -> list[Source]:
        return [source for source in self.sources.values() if source.seat != seat.id and source.kind == kind]

    @staticmethod
    def _fill(seat: Seat, kind: str, wanted: Sequence[str]) -> None:
        names = [name for name in seat.slots if name.startswith(kind)]
        held = {seat.slots[name] for name in names}
        for name in names:
            if seat.slots[name] not in wanted:
                seat.slots[name] = None
        free = iter([name for name in names if seat.slots[name] is None])
        for source in wanted:
            if source not in held:
                seat.slots[next(free)] = source


def _bearable(load: Load, slots: int) -> int:
    return {Load.EASY: slots, Load.TIGHT: (slots + 1) // 2, Load.HARD: 1, Load.DIRE: 0}[load]


FULL, SLACK = 6, 2
"""Late beats beyond those in time: from `FULL` on the loop is late for good, up to `SLACK` it had hiccups that nobody hears."""
WORTH = 0.15
"""Share of a core that the loop must use before less video can help it; four people use less."""


@dataclass(slots=True)
class Shedding:
    """From how late the loop is, how much video must go.

    One beat that comes late is a hiccup; lateness that stays takes pictures within a second, step by step. Where other programs take the
    processor from a loop that has little to do, it would be as late without pictures: nothing is shed. Pictures come back step by step
    when it is quiet; a step taken back too early comes again, and each such time the quiet that is asked for doubles, up to a minute.
    """

    load: Load = Load.EASY
    late: float = 0.050
    _tide: int = 0
    _changed_at: float = -1e9
    _quiet_since: float | None = None
    _gave_back_at: float | None = None
    _patience: float = 8.0

    def feel(self, lag: float, busy: float, now: float) -> Load:
        """Take the loop's lag at one beat (seconds late) and the share of a core it used lately; gives the load to plan for."""
        by = -1 if lag <= self.late else 1 if lag <= 4 * self.late else 2
        self._tide = min(max(self._tide + by, 0), FULL)
        if self._tide > SLACK:
            self._quiet_since = None
        elif self._quiet_since is None:
            self._quiet_since = now
        if self._tide == FULL and busy >= WORTH and now - self._changed_at >= 0.5 and self.load < Load.DIRE:
            if self._gave_back_at is not None and now - self._gave_back_at < 2 * self._patience:
                self._patience = min(self._patience * 2, 60.0)
            self._gave_back_at = None
            self._step(1, now)
        elif self.load > Load.EASY and self._quiet_since is not None and now - self._quiet_since >= self._patience:
            self._step(-1, now)
            self._quiet_since = self._gave_back_at = now
        return self.load

    def _step(self, by: int, now: float) -> None:
        self.load, self._changed_at, self._tide = Load(self.load + by), now, 0


@dataclass(slots=True)
class Thrift:
    """How many pictures one seat's line bears, from the share of packets that it loses."""

    most: int = VIDEO_SLOTS
    affords: int = VIDEO_SLOTS
    _bad: int = 0
    _good: int = 0

    def report(self, lost: float) -> int:
        """Once a second: the share lost (0 … 1). Three bad seconds take one picture, ten good ones bring one back."""
        self._bad = self._bad + 1 if lost > 0.15 else 0
        self._good = self._good + 1 if lost < 0.05 else 0
        if self._bad >= 3 and self.affords > 1:
            self.affords, self._bad = self.affords - 1, 0
        elif self._good >= 10 and self.affords < self.most:
            self.affords, self._good = self.affords + 1, 0
        return self.affords
