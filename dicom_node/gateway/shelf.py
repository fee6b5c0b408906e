"""The gateway's queue: one file for each object, in a folder for its study. What lies in `waiting` was acknowledged to a modality.

`waiting/<study>/<number>.<priority>.<sha256>.dcm` says by its name all that has to be known to send it: nothing has to agree with a
database, and a power cut leaves whole files only. An object goes when the centre has it, or to `parked` with a reason.
"""

import hashlib
import heapq
import json
import logging
import os
import shutil
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from teleconsult.kernel.clock import SystemClock

LOG = logging.getLogger(__name__)
RANK: Final = {"STAT": 0, "URGENT": 1, "ROUTINE": 2}
_LETTER: Final = {"STAT": "S", "URGENT": "U", "ROUTINE": "R"}
_PRIORITY: Final = {letter: priority for priority, letter in _LETTER.items()}
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Item:
    """One object that waits. `number` counts up, so that the order holds whatever the clock says."""

    path: Path
    number: int
    priority: str
    sha256: str
    size: int

    @property
    def study_uid(self) -> str:
        return self.path.parent.name


@dataclass(frozen=True, slots=True)
class Counts:
    """What waits, in files and bytes; what was given up on. `first_seconds`: for how long the first in the line has waited."""

    waiting: int
    waiting_bytes: int
    stat: int
    parked: int
    first_seconds: float


class Shelf:
    """The folders below `home`. Threads share it; one process has it."""

    def __init__(self, home: Path, reserve_bytes: int) -> None:
        self.home, self._reserve = home, reserve_bytes
        self.incoming, self._waiting, self._parked = home / "incoming", home / "waiting", home / "parked"
        for folder in (self.incoming, self._waiting, self._parked):
            folder.mkdir(parents=True, exist_ok=True)
        self.changed = threading.Condition()
        self._items: dict[str, Item] = {}
        self._taken: set[str] = set()
        self._urgency: dict[str, int] = {}
        self._number = 0
        for leftover in self.incoming.iterdir():
            leftover.unlink(missing_ok=True)  # never acknowledged to anybody
        for path in sorted(self._waiting.glob("*/*.dcm")):
            self._enter(_item(path))

    def free_bytes(self) -> int:
        """What may still be taken in."""
        return max(0, shutil.disk_usage(self.home).free - self._reserve)

    def keep(self, draft: Path, study_uid: str, priority: str) -> str:
        """Take over a finished file, where the very same does not wait already; its SHA-256. On return it survives a power cut. OSError as the
        disk's."""
        digest = digest_of(draft)
        with self.changed:
            if digest in self._items:
                return digest
            self._number += 1
            number = self._number
        folder = self._waiting / study_uid
        _sync(draft)
        new = not folder.exists()
        folder.mkdir(exist_ok=True)
        path = folder / f"{number:012d}.{_LETTER[priority]}.{digest}.dcm"
        os.link(draft, path)
        _sync(folder)
        if new:
            _sync(self._waiting)
        with self.changed:
            self._enter(_item(path))
            self.changed.notify_all()
        return digest

    def take(self, most: int) -> list[Item]:
        """The next objects to send, of the greatest urgency that there is, even if others are sending all that is left of it: what is
        urgent has the line for itself. They are this caller's until `release` or until they are gone."""
        with self.changed:
            rank = min((self._order(item)[0] for item in self._items.values()), default=0)
            free = [i for i in self._items.values() if i.sha256 not in self._taken and self._order(i)[0] == rank]
            chosen = heapq.nsmallest(most, free, key=self._order)
            self._taken.update(item.sha256 for item in chosen)
            return chosen

    def release(self, items: Iterable[Item]) -> None:
        """Back to the others."""
        with self.changed:
            self._taken.difference_update(item.sha256 for item in items)
            self.changed.notify_all()

    def outranked(self, item: Item) -> bool:
        """Whether something more urgent has come."""
        with self.changed:
            mine = self._order(item)[0]
            return any(self._order(other)[0] < mine for other in self._items.values())

    def sent(self, item: Item) -> None:
        """The centre has it; what was given up on of the very same earlier is no loss any more."""
        for twin in self._parked.glob(f"*.{item.sha256}.*"):
            twin.unlink(missing_ok=True)
        item.path.unlink(missing_ok=True)
        self._leave(item)

    def park(self, item: Item, code: str, detail: str) -> None:
        """Give up on an object until somebody has looked at it; its reason lies beside it, unless the disk has no room for that."""
        target = self._parked / f"{item.study_uid}.{item.path.name}"
        reason = target.with_suffix(".json")
        try:
            reason.write_text(json.dumps({"code": code, "detail": detail[:500], "study": item.study_uid}))
        except OSError as error:  # one that stays would hold up all that wait behind it
            LOG.error(
                "%s is parked for %s (%s), which could not be kept: %s", target.name, code, detail, error.strerror
            )
            reason.unlink(missing_ok=True)
        os.replace(item.path, target)
        _sync(self._parked)
        self._leave(item)

    def priority_of(self, study_uid: str, priority: str) -> str:
        """A study is as urgent as its most urgent object."""
        with self.changed:
            rank = min(RANK[priority], self._urgency.get(study_uid, RANK[priority]))
        return next(name for name, value in RANK.items() if value == rank)

    def urgent(self) -> bool:
        """Whether anything waits that keeps no limit."""
        with self.changed:
            return any(self._order(item)[0] == RANK["STAT"] for item in self._items.values())

    def waits(self, study_uid: str) -> bool:
        with self.changed:
            return any(item.study_uid == study_uid for item in self._items.values())

    def studies(self) -> dict[str, list[Item]]:
        """What waits, study by study, in the order in which it will go."""
        with self.changed:
            found: dict[str, list[Item]] = {}
            for item in sorted(self._items.values(), key=self._order):
                found.setdefault(item.study_uid, []).append(item)
            return found

    def parked_of(self, study_uid: str) -> int:
        """How many objects of the study were given up on."""
        named = [path.name.rsplit(".", 4) for path in self._parked.glob(f"{study_uid}.*.dcm")]
        return len({sha256 for uid, _, _, sha256, _ in named if uid == study_uid})

    def parked(self) -> Sequence[dict[str, str]]:
        """Why objects were given up on, newest last."""
        found = []
        for file in sorted(self._parked.glob("*.dcm"), key=lambda path: path.stat().st_ctime):
            try:
                found.append(json.loads(file.with_suffix(".json").read_text()))
            except FileNotFoundError:
                found.append({"code": "parked.unsaid", "detail": file.name, "study": ""})
            except (OSError, ValueError):
                found.append({"code": "disk.damaged", "detail": file.name, "study": ""})
        return found

    def counts(self) -> Counts:
        with self.changed:
            items = list(self._items.values())
            stat = sum(1 for item in items if self._order(item)[0] == 0)
            first = min(items, key=self._order, default=None)
        waiting_bytes, parked = sum(item.size for item in items), sum(1 for _ in self._parked.glob("*.dcm"))
        return Counts(len(items), waiting_bytes, stat, parked, _age(first.path) if first else 0.0)

    def _order(self, item: Item) -> tuple[int, int]:
        return self._urgency[item.study_uid], item.number

    def _enter(self, item: Item) -> None:
        self._items[item.sha256] = item
        self._number = max(self._number, item.number)
        rank = RANK[item.priority]
        self._urgency[item.study_uid] = min(rank, self._urgency.get(item.study_uid, rank))

    def _leave(self, item: Item) -> None:
        with self.changed:
            self._items.pop(item.sha256, None)
            self._taken.discard(item.sha256)
            last = not any(other.study_uid == item.study_uid for other in self._items.values())
        if last:
            try:
                item.path.parent.rmdir()
            except OSError:
                return  # the next object of the study has come, or the folder has gone already


def _age(path: Path) -> float:
    """For how many seconds it has been here; a clock that was set back makes nothing younger than now."""
    try:
        return max(0.0, SystemClock().now().timestamp() - path.stat().st_mtime)
    except FileNotFoundError:
        return 0.0  # it has just left


def digest_of(file: Path) -> str:
    """SHA-256 of a file, a megabyte at a time."""
    digest = hashlib.sha256()
    with file.open("rb") as source:
        while piece := source.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def digest_in(path: Path) -> str:
    """The digest that the name of a waiting file says."""
    return path.name.split(".")[2]


def _item(path: Path) -> Item:
    number, letter, sha256, _ = path.name.split(".")
    return Item(path, int(number), _PRIORITY[letter], sha256, path.stat().st_size)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


__all__ = ["RANK", "Counts", "Item", "Shelf", "digest_in", "digest_of"]
