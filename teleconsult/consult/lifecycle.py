"""A consultation from draft to closed. Pure: rows come in as they are, the columns to change come out.

    draft → submitted → accepted → scheduled → in_session → opinion → signed → closed     with a room
                        accepted → assigned → opinion                                     in writing
    submitted → supplement → submitted      the requester must add something; meanwhile the clock stands still
    submitted → rejected · supplement → expired · any before the opinion → cancelled
    scheduled → accepted                    a time was declined, or somebody did not appear (a flag says who)

Who was asked is a row (`expert_id`), confirmation is a time for each side, and an adopted opinion is a column: no states.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from teleconsult.access.actors import MAY_SIGN, Title
from teleconsult.consult import clocks
from teleconsult.kernel.errors import conflict, forbidden, invalid
from teleconsult.kernel.lifecycle import Lifecycle

DRAFT, SUBMITTED, SUPPLEMENT, ACCEPTED, SCHEDULED, ASSIGNED = "draft", "submitted", "supplement", "accepted", "scheduled", "assigned"  # fmt: skip
IN_SESSION, OPINION, SIGNED, CLOSED = "in_session", "opinion", "signed", "closed"
REJECTED, CANCELLED, EXPIRED = "rejected", "cancelled", "expired"
OPEN: Final = (DRAFT, SUBMITTED, SUPPLEMENT, ACCEPTED, SCHEDULED, ASSIGNED, IN_SESSION, OPINION, SIGNED)
ENDED: Final = (CLOSED, REJECTED, CANCELLED, EXPIRED)
WITH_EXPERT: Final = (SCHEDULED, ASSIGNED, IN_SESSION, OPINION, SIGNED, CLOSED)

CONSULTATION = Lifecycle(
    start=DRAFT,
    moves={
        (DRAFT, "save"): DRAFT,
        (DRAFT, "submit"): SUBMITTED,
        (DRAFT, "cancel"): CANCELLED,
        (SUBMITTED, "accept"): ACCEPTED,
        (SUBMITTED, "route"): SUBMITTED,  # to another centre
        (SUBMITTED, "ask_supplement"): SUPPLEMENT,
        (SUBMITTED, "reject"): REJECTED,
        (SUBMITTED, "cancel"): CANCELLED,
        (SUPPLEMENT, "supplement"): SUBMITTED,
        (SUPPLEMENT, "expire"): EXPIRED,
        (SUPPLEMENT, "cancel"): CANCELLED,
        (ACCEPTED, "assign"): ASSIGNED,
        (ACCEPTED, "schedule"): SCHEDULED,
        (ACCEPTED, "cancel"): CANCELLED,
        (SCHEDULED, "confirm"): SCHEDULED,
        (SCHEDULED, "decline_time"): ACCEPTED,
        (SCHEDULED, "assign"): ASSIGNED,
        (SCHEDULED, "schedule"): SCHEDULED,
        (SCHEDULED, "start"): IN_SESSION,
        (SCHEDULED, "miss"): ACCEPTED,
        (SCHEDULED, "cancel"): CANCELLED,
        (ASSIGNED, "assign"): ASSIGNED,
        (ASSIGNED, "schedule"): SCHEDULED,
        (ASSIGNED, "decline_time"): ACCEPTED,
        (ASSIGNED, "write_opinion"): OPINION,
        (ASSIGNED, "cancel"): CANCELLED,
        (IN_SESSION, "start"): IN_SESSION,  # both sides may say so
        (IN_SESSION, "write_opinion"): OPINION,
        (IN_SESSION, "cancel"): CANCELLED,
        (OPINION, "write_opinion"): OPINION,
        (OPINION, "sign"): SIGNED,
        (OPINION, "decline_time"): ACCEPTED,  # the expert alone: what was begun is gone with it
        (SIGNED, "feedback"): SIGNED,  # again until it is closed: a mind may change
        (SIGNED, "rate_request"): SIGNED,
        (SIGNED, "close"): CLOSED,
        (CLOSED, "rate_request"): CLOSED,
    },
)

URGENCIES: Final = ("urgent", "normal", "elective")
"""急, 普通, 择期."""
MODES: Final = ("room", "async")
"""视频会诊, 图文会诊."""
REFERS: Final = ("no", "yes", "urgent")
"""Whether the patient should be sent up: 不需上转, 建议上转, 立即上转."""
ADOPTIONS: Final = ("adopted", "partly", "not")
"""采纳, 部分采纳, 未采纳."""
SPECIALTIES: Final = (
    "radiology", "respiratory", "cardiology", "neurology", "thoracic_surgery", "general_surgery", "oncology", "pathology", "emergency",
    "obstetrics", "paediatrics", "orthopaedics", "radiotherapy", "endocrinology", "nephrology", "infection", "icu", "other",
)  # fmt: skip
MOST_TEXT: Final = 4000
LEAST_MINUTES, MOST_MINUTES = 5, 240
REQUEST, TRIAGE, ANSWER, OPINE, FEEDBACK = (
    "consult.request", "consult.triage", "consult.answer", "consult.opine", "consult.feedback",
)  # fmt: skip

Changes = Mapping[str, Any]


class Consultation(Protocol):
    """What the decisions look at."""

    @property
    def state(self) -> str: ...
    @property
    def urgency(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def centre_site_id(self) -> str | None: ...
    @property
    def requesting_site_id(self) -> str: ...
    @property
    def expert_id(self) -> str | None: ...
    @property
    def starts_at(self) -> datetime | None: ...
    @property
    def confirmed_requester(self) -> datetime | None: ...
    @property
    def confirmed_expert(self) -> datetime | None: ...
    @property
    def clock_from(self) -> datetime: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def diagnosis(self) -> str: ...
    @property
    def treatment(self) -> str: ...
    @property
    def refer_said(self) -> bool: ...
    @property
    def adoption(self) -> str | None: ...
    @property
    def no_shows(self) -> int: ...


def save(row: Consultation, given: Changes) -> Changes:
    """Keep what a draft says so far; checks the choices, not the completeness."""
    CONSULTATION.step(row.state, "save")
    return checked(given)


def checked(given: Changes) -> Changes:
    """INVALID `field.choice` or `field.text` for a value that is no value of its field."""
    choices = {"urgency": URGENCIES, "mode": MODES, "wanted_specialty": (*SPECIALTIES, "")}
    for field, allowed in choices.items():
        if field in given and given[field] not in allowed:
            raise invalid("field.choice", str(given[field])[:40], field=field)
    for field in ("question", "summary"):
        if field in given:
            _short(given[field], field)
    return dict(given)


def submit(row: Consultation, evidence: int, now: datetime) -> Changes:
    """Ask the centre. `evidence` is how many studies and attachments there are.

    INVALID `consultation.incomplete` (field) without question, summary, centre or anything to look at.
    """
    state = CONSULTATION.step(row.state, "submit")
    lacking = [("question", row.question.strip()), ("summary", row.summary.strip()), ("centre", row.centre_site_id)]
    for field, value in [*lacking, ("studies", evidence)]:
        if not value:
            raise invalid("consultation.incomplete", f"{field} is missing", field=field)
    due = now + clocks.TRIAGE[row.urgency]
    return {"state": state, "submitted_at": now, "clock_from": now, "due_at": due}


def accept(row: Consultation, now: datetime) -> Changes:
    """The centre takes it on; from here the clock runs to the opinion (urgent: to the start)."""
    state = CONSULTATION.step(row.state, "accept")
    return {"state": state, "accepted_at": now, "clock_from": now, "due_at": now + clocks.OPINION[row.urgency]}


def route(row: Consultation, centre_site_id: str, reason: str, now: datetime) -> Changes:
    """Another centre is asked instead, with a triage clock of its own. INVALID `consultation.same_centre`."""
    state = CONSULTATION.step(row.state, "route")
    if centre_site_id in (row.centre_site_id, row.requesting_site_id):
        raise invalid("consultation.same_centre", centre_site_id)
    text(reason, "reason")
    due = now + clocks.TRIAGE[row.urgency]
    return {"state": state, "centre_site_id": centre_site_id, "route_reason": reason.strip(), "clock_from": now, "due_at": due}  # fmt: skip


def ask_supplement(row: Consultation, wanted: str, now: datetime) -> Changes:
    """Something is missing: the requester must add it, and the clock stands still until then."""
    state = CONSULTATION.step(row.state, "ask_supplement")
    text(wanted, "text")
    return {"state": state, "paused_at": now, "supplement_wanted": wanted.strip(), "supplement_text": None}


def supplement(row: Consultation, answer: str, now: datetime) -> Changes:
    """It was added: back to triage, due as much later as the pause was long."""
    state = CONSULTATION.step(row.state, "supplement")
    text(answer, "text")
    pause = now - (row.paused_at or now)
    return {
        "state": state, "paused_at": None, "supplement_text": answer.strip(),
        "clock_from": row.clock_from + pause, "due_at": (row.due_at or now) + pause,
    }  # fmt: skip


def expire(row: Consultation, now: datetime) -> Changes:
    """The supplement never came."""
    return {**_over(CONSULTATION.step(row.state, "expire"), now), "end_reason": "supplement_never_came"}


def reject(row: Consultation, reason: str, now: datetime) -> Changes:
    state = CONSULTATION.step(row.state, "reject")
    text(reason, "reason")
    return {**_over(state, now), "end_reason": reason.strip()}


def cancel(row: Consultation, reason: str, now: datetime) -> Changes:
    """Nobody needs it any more; possible until an opinion is being written."""
    state = CONSULTATION.step(row.state, "cancel")
    if row.state != DRAFT:
        text(reason, "reason")
    return {**_over(state, now), "end_reason": reason.strip() or "draft"}


def assign(row: Consultation, expert_id: str, now: datetime) -> Changes:
    """The expert answers in writing; nobody has to be anywhere at a time."""
    state = CONSULTATION.step(row.state, "assign")
    return {"state": state, "mode": "async", "expert_id": expert_id, "assigned_at": now, **_NO_TIME}


def schedule(row: Consultation, expert_id: str, starts_at: datetime, minutes: int, now: datetime) -> Changes:
    """A time for both to confirm. INVALID `consultation.time` for a time that has passed or a length that is none,
    `consultation.time_far` for one beyond the horizon."""
    state = CONSULTATION.step(row.state, "schedule")
    if starts_at < now - timedelta(minutes=1) or not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise invalid("consultation.time", f"{starts_at} for {minutes} min", least=LEAST_MINUTES, most=MOST_MINUTES)
    if starts_at > now + clocks.HORIZON:
        raise invalid("consultation.time_far", str(starts_at), days=clocks.HORIZON.days)
    return {
        "state": state, "mode": "room", "expert_id": expert_id, "assigned_at": now, **_NO_TIME,
        "starts_at": starts_at, "minutes": minutes,
    }  # fmt: skip


def confirm(row: Consultation, side: str, now: datetime) -> Changes:
    """One side (`requester`, `expert`) says that the time suits. Repeats harmlessly."""
    CONSULTATION.step(row.state, "confirm")
    field = f"confirmed_{side}"
    return {field: getattr(row, field) or now}


def decline_time(row: Consultation, side: str, reason: str) -> Changes:
    """The time, or the task itself, does not suit: the centre chooses anew. FORBIDDEN `consultation.not_the_expert` for any other
    side once nobody waits for a time; an opinion that was begun and not signed is gone."""
    state = CONSULTATION.step(row.state, "decline_time")
    if row.state in (ASSIGNED, OPINION) and side != "expert":
        raise forbidden("consultation.not_the_expert", side)
    text(reason, "reason")
    return {"state": state, **_NO_EXPERT, **_NO_OPINION, "declined_by": side, "decline_reason": reason.strip()}


def start(row: Consultation, now: datetime) -> Changes:
    """Both sides are there. CONFLICT `consultation.not_confirmed`, `consultation.too_early`; nothing changes the second time."""
    state = CONSULTATION.step(row.state, "start")
    if row.state == IN_SESSION:
        return {}
    if not _agreed(row):
        raise conflict("consultation.not_confirmed", "both sides confirm the time first")
    if not _may_start(row, now):
        raise conflict("consultation.too_early", f"begins at {row.starts_at}")
    late = {"due_at": now + clocks.URGENT_OPINION} if row.urgency == "urgent" else {}
    return {"state": state, "started_at": now, **late}


def _agreed(row: Consultation) -> bool:
    return row.confirmed_requester is not None and row.confirmed_expert is not None


def _may_start(row: Consultation, now: datetime) -> bool:
    """Both sides have agreed, and the room is open."""
    return _agreed(row) and row.starts_at is not None and now >= row.starts_at - clocks.ROOM_OPENS_BEFORE


def miss(row: Consultation, missing: str, now: datetime) -> Changes:
    """Somebody did not appear (`requester`, `expert`, `both`): the centre is offered to rebook."""
    state = CONSULTATION.step(row.state, "miss")
    return {"state": state, **_NO_EXPERT, "no_show": missing, "no_shows": row.no_shows + 1, "missed_at": now}


def write_opinion(row: Consultation, by: str, opinion: Mapping[str, str]) -> Changes:
    """Keep the sections given (diagnosis, treatment, refer; an empty refer: not said yet). FORBIDDEN `consultation.not_the_expert`."""
    state = CONSULTATION.step(row.state, "write_opinion")
    the_expert(row, by)
    if opinion.get("refer", "") not in (*REFERS, ""):
        raise invalid("field.choice", opinion["refer"][:40], field="refer")
    for field in ("diagnosis", "treatment"):
        _short(opinion.get(field, ""), field)
    changes: dict[str, Any] = {name: opinion[name] for name in ("diagnosis", "treatment") if name in opinion}
    if "refer" in opinion:
        changes |= {"refer": opinion["refer"] or "no", "refer_said": bool(opinion["refer"])}
    return {"state": state, **changes}


def sign(row: Consultation, by: str, title: Title, least: Title, now: datetime) -> Changes:
    """The opinion is final. FORBIDDEN `consultation.title_too_low`; INVALID `consultation.opinion_incomplete` (field)."""
    state = CONSULTATION.step(row.state, "sign")
    the_expert(row, by)
    qualified(title, least)
    for field in ("diagnosis", "treatment"):
        if not getattr(row, field).strip():
            raise invalid("consultation.opinion_incomplete", f"{field} is empty", field=field)
    if not row.refer_said:
        raise invalid("consultation.opinion_incomplete", "whether to refer is not said", field="refer")
    return {"state": state, "signed_at": now, "due_at": None, "paused_at": None}


def feedback(row: Consultation, adoption: str, reason: str, rating: int | None, now: datetime) -> Changes:
    """What the county did with the opinion; `partly` and `not` need a reason. INVALID `field.choice`, `field.empty`."""
    CONSULTATION.step(row.state, "feedback")
    if adoption not in ADOPTIONS:
        raise invalid("field.choice", adoption[:40], field="adoption")
    if adoption != "adopted":
        text(reason, "reason")
    _short(reason, "reason")
    changes = {"adoption": adoption, "adoption_reason": reason.strip(), "feedback_at": now}
    return changes if rating is None else {**changes, "rating_by_requester": _stars(rating)}


def rate_request(row: Consultation, by: str, rating: int) -> Changes:
    """How good the request was, in the expert's eyes: 1 to 5."""
    CONSULTATION.step(row.state, "rate_request")
    the_expert(row, by)
    return {"rating_by_expert": _stars(rating)}


def close(row: Consultation, now: datetime, *, without_feedback: bool = False) -> Changes:
    """It is over. CONFLICT `consultation.no_feedback` until the county has said what it did with the opinion."""
    state = CONSULTATION.step(row.state, "close")
    if row.adoption is None and not without_feedback:
        raise conflict("consultation.no_feedback", "the requester says first what became of the opinion")
    return _over(state, now)


def the_expert(row: Consultation, by: str) -> None:
    if row.expert_id != by:
        raise forbidden("consultation.not_the_expert", by)


def qualified(title: Title, least: Title) -> None:
    """FORBIDDEN `consultation.title_too_low` unless the title may sign opinions: 主治 and above, or what policy asks."""
    order = list(Title)
    if title not in MAY_SIGN or order.index(title) < order.index(least):
        raise forbidden("consultation.title_too_low", str(title), least=str(least))


def offers(row: Consultation, actor_id: str, rights: frozenset[str], now: datetime) -> tuple[str, ...]:
    """The verbs that this person may be offered now, in the table's order. `rights` are the consult verbs permitted to them."""
    return tuple(verb for verb in CONSULTATION.verbs(row.state) if _offered(row, verb, actor_id, rights, now))


_BY_RIGHT: Final[Mapping[str, tuple[str, ...]]] = {
    "save": (REQUEST,), "submit": (REQUEST,), "cancel": (REQUEST, TRIAGE), "supplement": (ANSWER,), "feedback": (FEEDBACK,),
    "close": (FEEDBACK,), "accept": (TRIAGE,), "route": (TRIAGE,), "ask_supplement": (TRIAGE,), "reject": (TRIAGE,), "assign": (TRIAGE,),
    "schedule": (TRIAGE,), "confirm": (REQUEST,), "decline_time": (REQUEST,), "start": (REQUEST,),
}  # fmt: skip
_THE_EXPERTS: Final = ("confirm", "decline_time", "start", "write_opinion", "sign", "rate_request")


def _offered(row: Consultation, verb: str, actor_id: str, rights: frozenset[str], now: datetime) -> bool:
    """`expire` and `miss` are nobody's button; what would be refused is not offered."""
    if verb == "start" and (row.state == IN_SESSION or not _may_start(row, now)):
        return False
    if verb == "confirm" and _has_confirmed(row, actor_id):
        return False
    if verb == "decline_time" and row.state in (ASSIGNED, OPINION) and row.expert_id != actor_id:
        return False  # nobody agreed on a time
    if verb == "close" and row.adoption is None:
        return False
    mine = row.expert_id == actor_id and OPINE in rights
    return (mine and verb in _THE_EXPERTS) or any(right in rights for right in _BY_RIGHT.get(verb, ()))


def _has_confirmed(row: Consultation, actor_id: str) -> bool:
    return (row.confirmed_expert if row.expert_id == actor_id else row.confirmed_requester) is not None


_NO_TIME: Final[Mapping[str, Any]] = {
    "starts_at": None, "minutes": None, "confirmed_requester": None, "confirmed_expert": None, "no_show": None,
    "declined_by": None, "decline_reason": None,
}  # fmt: skip
_NO_OPINION: Final[Mapping[str, Any]] = {
    "diagnosis": "", "treatment": "", "refer": "no", "refer_said": False, "opinion_at": None,
}  # fmt: skip
_NO_EXPERT: Final[Mapping[str, Any]] = {**_NO_TIME, "expert_id": None, "assigned_at": None}


def _over(state: str, now: datetime) -> dict[str, Any]:
    return {"state": state, "is_open": False, "ended_at": now, "due_at": None, "paused_at": None}


def text(given: str, field: str) -> None:
    """INVALID `field.empty` or `field.text`."""
    if not given.strip():
        raise invalid("field.empty", f"{field} is empty", field=field)
    _short(given, field)


def _short(given: str, field: str) -> None:
    if len(given) > MOST_TEXT:
        raise invalid("field.text", f"{field}: at most {MOST_TEXT} characters", field=field, most=MOST_TEXT)


def _stars(rating: int) -> int:
    if not 1 <= rating <= 5:
        raise invalid("field.choice", str(rating), field="rating")
    return rating
