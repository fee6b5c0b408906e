"""What the gateway remembers of each study: who it is, what came, what the centre has, and when it has told the centre that this is all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from dicom_node.gateway.shelf import digest_in
from teleconsult.imaging.find_names import shown
from teleconsult.imaging.header import Header, read_stored
from teleconsult.kernel.errors import Refused

_KEPT = 400
"""Studies that are remembered after all of them is sent; older ones are forgotten here, the centre has them."""
DELIVERED = ("stored", "repeat", "other_syntax")
_ARRIVED, _CONFLICT = "", "conflict"
TEST = "object.line_test"
"""What the centre says of a line check's test image: it has noted that it came, and keeps no study of it."""


@dataclass(slots=True)
class Study:
    """Counted in objects. `kinds` is what the centre said of them; `ended` whether it was told that the study is complete."""

    uid: str
    who: str = ""
    modality: str = ""
    date: str = ""
    description: str = ""
    source: str = ""
    arrived: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    ended: bool = False
    touched: float = 0.0  # of the monotonic clock; not kept

    @property
    def delivered(self) -> int:
        return sum(self.kinds.get(kind, 0) for kind in DELIVERED)

    @property
    def held(self) -> int:
        """How many objects it has as far as this gateway has seen: what is another content of one, and a line check's image, is none."""
        return max(1, self.arrived - self.kinds.get(_CONFLICT, 0) - self.kinds.get(TEST, 0))


class Studies:
    """Threads share it. Kept in `studies.json` now and then, and what was counted since in `studies.log`, a line each, so that a process that
    is killed counts on. It explains; nothing that was acknowledged depends on it."""

    def __init__(self, home: Path) -> None:
        self._file, self._log = home / "studies.json", home / "studies.log"
        self._lock = threading.Lock()
        self._studies: dict[str, Study] = {}
        self._known: dict[str, dict[str, str]] = {}  # by study and digest, what the centre said of it; since the start
        self._kept_at, self._counted = 0.0, 0
        self._read()
        self.keep(at_once=True)

    def _read(self) -> None:
        """What was kept, and what was counted after that; lines that were kept already, or that a kill cut off, count nothing."""
        with suppress(OSError, ValueError, TypeError, KeyError):
            found = json.loads(self._file.read_text())
            rows, self._counted = (found, 0) if isinstance(found, list) else (found["studies"], found["counted"])
            self._studies = {row["uid"]: Study(**row, touched=time.monotonic()) for row in rows}
        with suppress(OSError, ValueError, TypeError):
            for line in self._log.read_text().splitlines():
                number, uid, kind = json.loads(line)
                if number > self._counted:
                    self._counted = number
                    self._count(self._studies.setdefault(uid, Study(uid, touched=time.monotonic())), kind)

    def arrived(self, header: Header, source: str, sha256: str) -> None:
        """What a modality sends twice is counted once."""
        with self._lock:
            new = header.study_uid not in self._studies
            study = self._studies.setdefault(header.study_uid, Study(header.study_uid))
            _describe(study, header)
            study.source = source
            study.ended, study.touched = False, time.monotonic()
            known = self._known.setdefault(study.uid, {})
            if sha256 not in known:
                known[sha256] = _ARRIVED
                self._note(study, _ARRIVED)
        self.keep(at_once=new)

    def found_waiting(self, uid: str, files: Sequence[Path]) -> None:
        """After a start: these files of the study wait. What was not written down in time (the process was killed) is read from them."""
        with self._lock:
            study = self._studies.setdefault(uid, Study(uid))
            self._known[uid] = dict.fromkeys((digest_in(file) for file in files), _ARRIVED)
            arrived = sum(study.kinds.values()) + len(files)
            if study.who and study.arrived >= arrived:
                return
            study.arrived = max(study.arrived, arrived)
            study.ended, study.touched = False, time.monotonic()
            if not study.who:
                header = _first_header(files)
                if header is not None:
                    _describe(study, header)

    def concluded(self, uid: str, kind: str, sha256: str) -> None:
        """The centre has taken an object in as `kind`, which is counted once."""
        with self._lock:
            study = self._studies.setdefault(uid, Study(uid))
            study.touched = max(study.touched, 0.0)
            known = self._known.setdefault(uid, {})
            if sha256 not in known:  # it was quicker than the thread that took it in
                self._note(study, _ARRIVED)
            if known.get(sha256) != kind:
                known[sha256] = kind
                self._note(study, kind)
        self.keep()

    def held(self, uid: str) -> int:
        """How many objects the study has so far."""
        with self._lock:
            return self._studies[uid].held if uid in self._studies else 1

    def to_end(self, quiet_seconds: float) -> list[Study]:
        """Studies of which nothing has come for a while and the centre was not told that they are complete."""
        before = time.monotonic() - quiet_seconds
        with self._lock:
            return [replace(s) for s in self._studies.values() if not s.ended and s.touched < before and s.delivered]

    def ended(self, uid: str) -> None:
        with self._lock:
            if uid in self._studies:
                self._studies[uid].ended = True
        self.keep(at_once=True)

    def all(self) -> list[Study]:
        with self._lock:
            return [Study(**asdict(study)) for study in self._studies.values()]

    def _note(self, study: Study, kind: str) -> None:
        self._count(study, kind)
        self._counted += 1
        with (
            suppress(OSError),
            self._log.open("a") as log,
        ):  # a full disk: what waits is safe, and the number is only said
            log.write(json.dumps([self._counted, study.uid, kind]) + "\n")

    @staticmethod
    def _count(study: Study, kind: str) -> None:
        if kind == _ARRIVED:
            study.arrived += 1
        else:
            study.kinds[kind] = study.kinds.get(kind, 0) + 1

    def keep(self, at_once: bool = False) -> None:
        with self._lock:
            if not at_once and time.monotonic() - self._kept_at < 2.0:
                return
            self._kept_at = time.monotonic()
            if len(self._studies) > _KEPT:
                done = [uid for uid, study in self._studies.items() if study.ended]
                for uid in done[: len(self._studies) - _KEPT]:
                    del self._studies[uid]
                    self._known.pop(uid, None)
            rows = [{k: v for k, v in asdict(study).items() if k != "touched"} for study in self._studies.values()]
            draft = self._file.with_suffix(".new")
            try:
                draft.write_text(json.dumps({"counted": self._counted, "studies": rows}, ensure_ascii=False))
                draft.replace(self._file)
                self._log.unlink(missing_ok=True)
            except OSError:  # a full disk: what waits is safe, and this is only said later
                with suppress(OSError):
                    draft.unlink(missing_ok=True)


def _describe(study: Study, header: Header) -> None:
    study.who, study.modality, study.date = _masked(header), header.modality, header.study_date
    study.description = header.study_description


def _first_header(files: Sequence[Path]) -> Header | None:
    for file in files:
        try:
            return read_stored(file)
        except (Refused, OSError):
            continue  # damaged on this disk: sending says so
    return None


def _masked(header: Header) -> str:
    """Enough to recognise a patient by at the county, too little for whoever walks past: 张** · …1234."""
    name = shown(header.name)
    first = name[:1] + "*" * min(2, max(0, len(name) - 1))
    number = header.patient_id
    return f"{first} · {'…' + number[-4:] if len(number) > 4 else number}".strip(" ·")
