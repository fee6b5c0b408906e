"""One look at the line to a peer, step by step; every fault is a word that people can do something about (`imaging.line_check.STEPS`)."""

import hashlib
import socket
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import build_role, evt
from pynetdicom.association import Association
from pynetdicom.events import Event

from dicom_node import secure, syntaxes
from dicom_node.associate import Patience, accepted, associated
from dicom_node.line_image import SECONDARY_CAPTURE, MadeStudy, made_study
from dicom_node.outgoing import WARNINGS, store
from teleconsult.access.destinations import Destination
from teleconsult.imaging.line_check import FAILED, OK, SKIPPED, WARNED, Step
from teleconsult.kernel.errors import Refused
from teleconsult.kernel.values import Json
from teleconsult.settings import Settings

_EXPLICIT, _IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"
_GET, _MOVE = "1.2.840.10008.5.1.4.1.2.2.3", "1.2.840.10008.5.1.4.1.2.2.2"
PATIENCE: Final = Patience(connect=8.0, associate=15.0, answer=60.0)
_ECHOES: Final = 5
_BACK_WITHIN: Final = 20.0
Returned = Callable[[], Mapping[str, str]]
"""The digests of the test images that our node has taken since the check began, by their UID."""


def check(
    calling: str,
    to: Destination,
    check_id: str,
    at: datetime,
    with_image: bool,
    returned: Returned,
    settings: Settings | None = None,
    patience: Patience = PATIENCE,
) -> list[Step]:
    """The steps that could be taken, up to the first that keeps the others from being taken. Never raises for what the peer does."""
    line = _Line(calling, to, settings, patience)
    steps = [line.reach()]
    if steps[-1].state == OK:
        steps.append(line.echo())
    if with_image and steps[-1].name == "echo" and steps[-1].state == OK:
        study = made_study(check_id, at)
        steps.append(line.send(study))
        if steps[-1].state == OK:
            steps.append(line.ask_back(study, returned))
    return steps


class _Line:
    def __init__(self, calling: str, to: Destination, settings: Settings | None, patience: Patience) -> None:
        self._calling, self._to, self._settings, self._patience = calling, to, settings, patience

    def reach(self) -> Step:
        """Whether anybody listens there at all."""
        begin = time.monotonic()
        try:
            socket.create_connection((self._to.host, self._to.port), self._patience.connect).close()
        except socket.gaierror:
            return Step("reach", FAILED, "dns")
        except ConnectionRefusedError:
            return Step("reach", FAILED, "refused")
        except OSError:
            return Step("reach", FAILED, "timeout")
        return Step("reach", OK, "ok", {"ms": _ms(begin)})

    def echo(self) -> Step:
        """C-ECHO several times; the time of each."""
        try:
            with self._associated([(syntaxes.VERIFICATION, [_IMPLICIT])]) as line:
                times = []
                for _ in range(_ECHOES):
                    begin = time.monotonic()
                    if line.send_c_echo().get("Status") != 0:
                        return Step("echo", FAILED, "failed")
                    times.append((time.monotonic() - begin) * 1000)
        except Refused as refused:
            return Step("echo", FAILED, _why_not(refused))
        return Step("echo", OK, "ok", {"median": round(statistics.median(times), 1), "worst": round(max(times), 1)})

    def send(self, study: MadeStudy) -> Step:
        """The test images there; how fast."""
        try:
            with self._associated([(SECONDARY_CAPTURE, [_EXPLICIT])]) as line:
                context = accepted(line).get((SECONDARY_CAPTURE, _EXPLICIT))
                if context is None:
                    return _takes_none()
                begin = time.monotonic()
                for number, each in enumerate(study.objects, start=1):
                    said = store(line, each.sop_class, each.sop_uid, each.data_set, context, number)
                    if said != 0 and said not in WARNINGS:
                        full = 0xA700 <= said < 0xA800
                        return Step("send", FAILED, "full" if full else "refused", {"status": f"{said:04X}"})
                took = max(time.monotonic() - begin, 0.001)
        except Refused as refused:
            if refused.code == "peer.no_context":
                return _takes_none()
            return Step("send", FAILED, "silent" if refused.code == "peer.silent" else "rejected")
        return Step(
            "send",
            OK,
            "ok",
            {"bytes": study.size, "ms": round(took * 1000), "kbit": round(study.size * 8 / took / 1000)},
        )

    def ask_back(self, study: MadeStudy, returned: Returned) -> Step:
        """The test images back: by C-GET where the peer offers it, else, or when that brings nothing, sent to our port by C-MOVE."""
        got = self._by_get(study)
        if got is not None and got.state != FAILED:
            return got
        return self._by_move(study, returned) or got or Step("back", SKIPPED, "not_offered")

    def _by_get(self, study: MadeStudy) -> Step | None:
        """None when it is not offered."""
        got: dict[str, str] = {}

        def take(event: Event) -> int:
            content: Any = event.request
            got[str(content.AffectedSOPInstanceUID)] = hashlib.sha256(content.DataSet.getvalue()).hexdigest()
            return 0

        roles = [build_role(UID(SECONDARY_CAPTURE), scp_role=True)]
        contexts = [(_GET, [_IMPLICIT]), (SECONDARY_CAPTURE, [_EXPLICIT])]
        try:
            with self._associated(contexts, answers=[(evt.EVT_C_STORE, take)], roles=roles) as line:
                if _offered(line) != {_GET, SECONDARY_CAPTURE}:
                    return None
                begin, said = time.monotonic(), None
                for status, _ in line.send_c_get(_study(study), UID(_GET)):
                    said = status.get("Status")
                return _compared("C-GET", study, got, said, begin)
        except Refused as refused:
            return _not_back(refused)

    def _by_move(self, study: MadeStudy, returned: Returned) -> Step | None:
        """None when it is not offered."""
        try:
            with self._associated([(_MOVE, [_IMPLICIT])]) as line:
                return self._moved(line, study, returned) if _MOVE in _offered(line) else None
        except Refused as refused:
            return _not_back(refused)

    def _moved(self, line: Association, study: MadeStudy, returned: Returned) -> Step:
        begin, said = time.monotonic(), None
        for status, _ in line.send_c_move(_study(study), self._calling, UID(_MOVE)):
            said = status.get("Status")
        if said == 0xA801:
            return Step("back", FAILED, "no_path", {"by": "C-MOVE"})
        until = time.monotonic() + (_BACK_WITHIN if said == 0 else 0.0)
        while len(back := returned()) < len(study.objects) and time.monotonic() < until:
            time.sleep(0.2)
        return _compared("C-MOVE", study, back, said, begin)

    def _associated(self, contexts: Any, answers: Any = (), roles: Any = ()) -> Any:
        to = self._to
        context = secure.calling(self._settings, to)
        return associated(
            (to.host, to.port), to.peer.ae_title, self._calling, contexts, self._patience, answers, context, roles
        )  # fmt: skip


def _takes_none() -> Step:
    """A device that only sends is no fault of the line; for a PACS the words say what to do."""
    return Step("send", WARNED, "no_context")


def _offered(line: Association) -> set[str]:
    return {str(context.abstract_syntax) for context in line.accepted_contexts}


def _not_back(refused: Refused) -> Step | None:
    if refused.code == "peer.no_context":
        return None
    return Step("back", FAILED, "silent" if refused.code == "peer.silent" else "rejected")


def _study(study: MadeStudy) -> Dataset:
    asked = Dataset()
    asked.QueryRetrieveLevel, asked.StudyInstanceUID = "STUDY", study.study_uid
    return asked


def _compared(by: str, study: MadeStudy, back: Mapping[str, str], said: int | None, begin: float) -> Step:
    """Byte for byte, by the digests of the data sets."""
    numbers: dict[str, Json] = {"by": by, "ms": _ms(begin), "count": len(back)}
    if said is None:
        return Step("back", FAILED, "silent", numbers)
    if not back:
        return Step("back", FAILED, "nothing" if said == 0 else "refused", {**numbers, "status": f"{said:04X}"})
    same = all(back.get(uid) == digest for uid, digest in study.digests.items())
    return Step("back", OK if same else WARNED, "ok" if same else "differs", numbers)


def _why_not(refused: Refused) -> str:
    """Why there is no association, as far as the peer says (PS3.8 table 9-21)."""
    if refused.code == "peer.certificate":
        return "certificate"
    if "reason 7" in refused.detail:
        return "their_name"
    if "reason 3" in refused.detail:
        return "our_name"
    if "source 3" in refused.detail:
        return "busy"
    return "rejected" if "rejected" in refused.detail or refused.code == "peer.no_context" else "no_answer"


def _ms(begin: float) -> int:
    return round((time.monotonic() - begin) * 1000)
