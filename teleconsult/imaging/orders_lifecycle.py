"""An ordered examination, from the schedule to the images, and what its form must say. Pure.

    scheduled → in_progress           a modality began a step for it, or its first images are here
    in_progress → completed           the step is completed; without a step, the study has come to rest
    in_progress → discontinued        the step was broken off
    discontinued, completed → in_progress   another step
    scheduled, discontinued → cancelled     nobody wants it any more
    cancelled → in_progress           it was performed all the same: what happened is written down

Whether images are here is no state of its own: an order has studies or it has none.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from teleconsult.imaging import find_names, pinyin
from teleconsult.kernel.errors import conflict, invalid, none_of
from teleconsult.kernel.lifecycle import Lifecycle

SCHEDULED, IN_PROGRESS, COMPLETED = "scheduled", "in_progress", "completed"
DISCONTINUED, CANCELLED = "discontinued", "cancelled"

ORDER: Final = Lifecycle(
    start=SCHEDULED,
    moves={
        (SCHEDULED, "edit"): SCHEDULED,
        (SCHEDULED, "cancel"): CANCELLED,
        (SCHEDULED, "begin"): IN_PROGRESS,
        (SCHEDULED, "link"): IN_PROGRESS,
        (IN_PROGRESS, "begin"): IN_PROGRESS,  # a second step for the same order
        (IN_PROGRESS, "link"): IN_PROGRESS,
        (IN_PROGRESS, "complete"): COMPLETED,
        (IN_PROGRESS, "discontinue"): DISCONTINUED,
        (IN_PROGRESS, "settle"): COMPLETED,
        (IN_PROGRESS, "unlink"): SCHEDULED,
        (COMPLETED, "begin"): IN_PROGRESS,
        (COMPLETED, "link"): COMPLETED,
        (COMPLETED, "complete"): COMPLETED,  # the second of two steps
        (COMPLETED, "discontinue"): COMPLETED,  # one step ended well, another was broken off
        (COMPLETED, "settle"): COMPLETED,  # the job may run twice
        (COMPLETED, "unlink"): SCHEDULED,
        (DISCONTINUED, "begin"): IN_PROGRESS,
        (DISCONTINUED, "complete"): COMPLETED,
        (DISCONTINUED, "discontinue"): DISCONTINUED,
        (DISCONTINUED, "link"): DISCONTINUED,
        (DISCONTINUED, "cancel"): CANCELLED,
        (CANCELLED, "begin"): IN_PROGRESS,
        (CANCELLED, "link"): IN_PROGRESS,
    },
)
ON_THE_WORKLIST: Final = (SCHEDULED, IN_PROGRESS)
AWAITING_IMAGES: Final = (SCHEDULED, IN_PROGRESS, COMPLETED)
PRIORITIES: Final = ("STAT", "URGENT", "ROUTINE")
SEXES: Final = ("M", "F", "O", "")
CLOCK: Final = timezone(timedelta(hours=8))
"""The clock on the hospitals' walls; DICOM's dates and times are its."""
MOST_TEXT: Final = 2000

_LENGTHS: Final = {
    "accession": 16, "issuer": 64, "patient_number": 64, "procedure": 64, "body_part": 16, "station": 16, "physician": 64,
    "question": MOST_TEXT, "diagnosis": MOST_TEXT,
}  # fmt: skip
_NEEDED: Final = ("patient_number", "modality", "procedure")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")

Changes = Mapping[str, Any]


def form(said: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody typed, as columns of an order; only the fields that are given. INVALID `order.*` and `field.*` names the field.

    `name` is how the patient writes it, `pinyin` how it is spelt in Latin letters: without it, it is taken from the characters.
    """
    fields = {name: _text(name, said[name]) for name in _LENGTHS if said.get(name) is not None}
    for name in _NEEDED:
        if name in said and not str(said[name] or "").strip():
            raise invalid("order.missing", f"{name} is needed", field=name)
    if said.get("modality") is not None:
        fields["modality"] = _code("modality", said["modality"])
    if "name" in said:
        fields["name"] = person_name(str(said["name"] or ""), str(said.get("pinyin") or ""))
        fields["name_shown"] = find_names.shown(fields["name"])
    for name, allowed in (("sex", SEXES), ("priority", PRIORITIES)):
        if said.get(name) is not None:
            if said[name] not in allowed:
                raise invalid("field.choice", none_of(str(said[name]), allowed), field=name)
            fields[name] = said[name]
    if said.get("birth_date") is not None:
        fields["birth_date"] = _birth_date(str(said["birth_date"]))
    if said.get("scheduled_at") is not None:
        fields |= schedule(said["scheduled_at"])
    return fields


def schedule(at: datetime) -> dict[str, Any]:
    """The columns that say when, also by the hospital's clock."""
    there = at.astimezone(CLOCK)
    return {"scheduled_at": at, "scheduled_date": there.strftime("%Y%m%d"), "scheduled_time": there.strftime("%H%M%S")}


def plausible(fields: Mapping[str, Any], now: datetime, past: bool = False) -> None:
    """By the hospital's clock nobody is born after today, and nothing is planned before yesterday (what is `past` may be).

    INVALID `order.birth_date_ahead`, `order.planned_past`.
    """
    today = now.astimezone(CLOCK)
    if fields.get("birth_date", "") > today.strftime("%Y%m%d"):
        raise invalid("order.birth_date_ahead", "the date of birth lies in the future", field="birth_date")
    if not past and fields.get("scheduled_date", "9") < (today - timedelta(days=1)).strftime("%Y%m%d"):
        raise invalid("order.planned_past", "planned before yesterday", field="scheduled_at")


def person_name(written: str, spelt: str = "") -> str:
    """A person name value: Latin letters first, then the ideographic writing (PS3.5 6.2.1.1). INVALID `order.missing`.

    A Chinese name is written without a caret: where its surname ends, nobody said. A name that has carets or equals signs is taken
    as it is.
    """
    name, latin = _one_line(written), _one_line(spelt)
    if not name:
        raise invalid("order.missing", "the patient's name is needed", field="name")
    if "=" not in name and not name.isascii():
        latin = latin or pinyin.keys(name)[0].split(" ")[0]
        name = f"{_latin(latin)}={name}"
    elif "=" not in name:
        name = _latin(latin or name)
    if len(name) > 200 or name.count("=") > 2 or "\\" in name:
        raise invalid("field.text", "no person name", field="name", most=64)
    return name


def cancel(state: str, reason: str) -> Changes:
    """INVALID `order.reason_needed` without one, CONFLICT `order.begun` once a modality has begun or images are here."""
    words = reason.strip()
    if not words:
        raise invalid("order.reason_needed", "say why")
    _still_waiting(state, "cancel")
    return {"state": ORDER.step(state, "cancel"), "cancel_reason": words[:MOST_TEXT], "remind_at": None}


def edit(state: str) -> str:
    """CONFLICT `order.begun`: what a modality has taken over, or images answer, is not changed under it."""
    _still_waiting(state, "edit")
    return ORDER.step(state, "edit")


def _still_waiting(state: str, verb: str) -> None:
    if (state, verb) not in ORDER.moves:
        raise conflict("order.begun", f"cannot {verb} while {state}", state=state)


def after_unlink(state: str, stepped: bool, left: int) -> str:
    """The state when a study is not this order's after all: as before, where a modality said so or other studies are `left`."""
    return state if stepped or left or (state, "unlink") not in ORDER.moves else ORDER.step(state, "unlink")


def _latin(name: str) -> str:
    """ "zhangsan" stays one word; "Zhang San" becomes ZHANG^SAN, as modalities show it."""
    parts = name.replace("^", " ").split()
    return "^".join((parts[0], " ".join(parts[1:]))).rstrip("^").upper() if parts else ""


def _text(name: str, value: Any) -> str:
    text = str(value) if name in ("question", "diagnosis") else _one_line(str(value))
    if name not in ("question", "diagnosis") and "\\" in text:
        raise invalid("order.backslash", f"{name}: DICOM keeps the backslash for lists", field=name)
    if len(text) > _LENGTHS[name]:
        raise invalid("field.text", f"{name}: {len(text)} characters", field=name, most=_LENGTHS[name])
    return text.strip()


def _one_line(value: str) -> str:
    return " ".join(_CONTROL.sub(" ", value).split())


def _code(name: str, value: Any) -> str:
    code = str(value).strip().upper()
    if not re.fullmatch(r"[A-Z0-9_ ]{1,16}", code):
        raise invalid("field.choice", none_of(code, ("CT", "MR", "DX", "US", "ECG")), field=name)
    return code


def _birth_date(value: str) -> str:
    digits = value.replace("-", "")
    if not digits:
        return ""
    try:
        datetime.strptime(digits, "%Y%m%d")  # noqa: DTZ007 (a day)
    except ValueError:
        raise invalid("order.birth_date", "YYYYMMDD is needed", field="birth_date") from None
    return digits
