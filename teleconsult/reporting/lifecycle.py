"""A report from draft to signed. Pure: rows come in as they are, the columns to change come out; times are arguments.

    draft → submitted → in_review → signed → addended
    in_review → submitted      the reviewer lets go, or the review's lease lapsed
    in_review → draft          given back with a reason: the author changes it

Signed is final: what comes after is added beside it and signed anew. Correction, retraction and preliminary reports come later.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from teleconsult.access.actors import MAY_SIGN, Title
from teleconsult.kernel.errors import conflict, forbidden, invalid
from teleconsult.kernel.lifecycle import Lifecycle
from teleconsult.reporting.canonical import SECTIONS, plain

DRAFT, SUBMITTED, IN_REVIEW, SIGNED, ADDENDED = "draft", "submitted", "in_review", "signed", "addended"
FINAL: Final = (SIGNED, ADDENDED)

REPORT = Lifecycle(
    start=DRAFT,
    moves={
        (DRAFT, "save"): DRAFT,
        (DRAFT, "submit"): SUBMITTED,
        (SUBMITTED, "take_review"): IN_REVIEW,
        (IN_REVIEW, "take_review"): IN_REVIEW,  # by the same reviewer again: extends the lease
        (IN_REVIEW, "sign"): SIGNED,
        (IN_REVIEW, "give_back"): DRAFT,
        (IN_REVIEW, "release_review"): SUBMITTED,
        (IN_REVIEW, "lapse"): SUBMITTED,
        (SIGNED, "addend"): ADDENDED,
        (ADDENDED, "addend"): ADDENDED,
    },
)

REQUIRED: Final = ("findings", "impression")
MOST_TEXT: Final = 20_000
MOST_REASON: Final = 2000

Changes = Mapping[str, Any]


class Report(Protocol):
    """What the decisions look at."""

    @property
    def version(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def findings(self) -> str: ...
    @property
    def impression(self) -> str: ...
    @property
    def advice(self) -> str: ...
    @property
    def author_id(self) -> str: ...
    @property
    def reviewer_id(self) -> str | None: ...
    @property
    def lease_until(self) -> datetime | None: ...


def take_over(report: Report, by: str) -> Changes:
    """Whoever has the task claimed writes its report; an unfinished text of an earlier reader goes on."""
    if report.state != DRAFT:
        raise conflict("report.not_draft", f"the report is {report.state}", state=report.state)
    return {} if report.author_id == by else {"author_id": by}


def save(report: Report, by: str, sections: Mapping[str, str], seen: int) -> Changes:
    """The sections as they are now. CONFLICT `version.stale` when another window saved since version `seen`."""
    _author(report, by)
    state = _step(report, "save")
    if seen != report.version:
        raise conflict("version.stale", f"seen {seen}, is {report.version}", version=report.version)
    unknown = sections.keys() - set(SECTIONS)
    if unknown:
        raise invalid("field.choice", f"no such section: {sorted(unknown)}", field=min(unknown))
    return {"state": state, **{name: _text(text, name) for name, text in sections.items()}}


def submit(report: Report, by: str, now: datetime) -> Changes:
    """Handed in for review. INVALID `report.incomplete` (field) unless findings and impression are there."""
    _author(report, by)
    state = _step(report, "submit")
    for name in REQUIRED:
        if not plain(getattr(report, name)).strip():
            raise invalid("report.incomplete", f"{name} is empty", field=name)
    return {"state": state, "submitted_at": now}


def take_review(report: Report, by: str, title: Title, now: datetime, lease: timedelta, holder: str = "") -> Changes:
    """The report is `by`'s to review until the lease ends.

    FORBIDDEN `report.own_review`, `report.title_too_low`; CONFLICT `report.reviewed_by_other` (name) while another's lease lives.
    """
    second_reader(report, by, title)
    state = _step(report, "take_review")
    if report.state == IN_REVIEW and report.reviewer_id != by and not lapsed(report, now):
        raise conflict("report.reviewed_by_other", f"in review by {report.reviewer_id}", name=holder)
    return {"state": state, "reviewer_id": by, "lease_until": now + lease}


def second_reader(report: Report, by: str, title: Title) -> None:
    """Four eyes: another person than the author, 主治医师 or above. There is no exception yet."""
    if report.author_id == by:
        raise forbidden("report.own_review", "the author does not review the own report")
    if title not in MAY_SIGN:
        raise forbidden("report.title_too_low", f"title {title}", title=title)


def release_review(report: Report, by: str, holder: str = "") -> Changes:
    _reviewer(report, by, holder)
    return {"state": _step(report, "release_review"), **_NOBODY}


def lapse(report: Report, now: datetime) -> Changes:
    """The review's lease ran out. CONFLICT `report.lease_alive` before that."""
    state = _step(report, "lapse")
    if not lapsed(report, now):
        raise conflict("report.lease_alive", f"until {report.lease_until}")
    return {"state": state, **_NOBODY}


def lapsed(report: Report, now: datetime) -> bool:
    return report.lease_until is not None and report.lease_until <= now


def give_back(report: Report, by: str, reason: str, now: datetime, holder: str = "") -> Changes:
    """Back to the author with the reason, which stays with the report until it is given back again."""
    _reviewer(report, by, holder)
    if not reason.strip():
        raise invalid("field.empty", "reason is empty", field="reason")
    if len(reason) > MOST_REASON:
        raise invalid("field.text", "reason is too long", field="reason", most=MOST_REASON)
    return {
        "state": _step(report, "give_back"), **_NOBODY, "submitted_at": None,
        "return_reason": reason.strip(), "returned_by_id": by, "returned_at": now,
    }  # fmt: skip


def sign(report: Report, by: str, title: Title, now: datetime, holder: str = "") -> Changes:
    """Final from now on. The same two rules as for taking the review hold at the moment of signing."""
    second_reader(report, by, title)
    _reviewer(report, by, holder)
    return {"state": _step(report, "sign"), "signed_at": now, "lease_until": None}


def addend(report: Report, by: str, title: Title, text: str) -> Changes:
    """Something is added to a signed report. Whoever may sign may add; the report itself stays as it was."""
    state = _step(report, "addend")
    if title not in MAY_SIGN:
        raise forbidden("report.title_too_low", f"title {title}", title=title)
    if not _text(text, "text").strip():
        raise invalid("field.empty", "text is empty", field="text")
    return {"state": state}


def offers(report: Report, actor_id: str, title: Title, rights: frozenset[str], now: datetime) -> tuple[str, ...]:
    """The verbs that this person may be offered now, in the table's order. `rights` are the report verbs permitted to them."""
    return tuple(verb for verb in REPORT.verbs(report.state) if _offered(report, verb, actor_id, title, rights, now))


def _offered(report: Report, verb: str, actor_id: str, title: Title, rights: frozenset[str], now: datetime) -> bool:
    may_review = "report.review" in rights and title in MAY_SIGN and report.author_id != actor_id
    holds = report.state == IN_REVIEW and report.reviewer_id == actor_id
    match verb:
        case "save" | "submit":
            return report.author_id == actor_id and "report.write" in rights
        case "take_review":
            return may_review and not holds and (report.state == SUBMITTED or lapsed(report, now))
        case "sign" | "give_back" | "release_review":
            return may_review and holds
        case "addend":
            return "report.addend" in rights and title in MAY_SIGN
    return False  # lapse is nobody's button


def _step(report: Report, verb: str) -> str:
    return REPORT.step(report.state, verb)


def _author(report: Report, by: str) -> None:
    if report.author_id != by:
        raise forbidden("report.not_author", f"written by {report.author_id}")


def _reviewer(report: Report, by: str, holder: str) -> None:
    if report.state == IN_REVIEW and report.reviewer_id != by:
        raise conflict("report.reviewed_by_other", f"in review by {report.reviewer_id}", name=holder)
    if report.state != IN_REVIEW:
        raise conflict("report.not_in_review", f"the report is {report.state}", state=report.state)


_NOBODY: Final[Mapping[str, Any]] = {"reviewer_id": None, "lease_until": None}


def _text(text: str, field: str) -> str:
    if len(text) > MOST_TEXT:
        raise invalid("field.text", f"{field}: at most {MOST_TEXT} characters", field=field, most=MOST_TEXT)
    return plain(text)
