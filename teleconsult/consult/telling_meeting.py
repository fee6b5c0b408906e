"""Who is told what of a meeting: notices, in the same transaction as what they tell of. They name no patient."""

from collections.abc import Iterable

from teleconsult.access import Role, notify
from teleconsult.consult.queries.people import colleagues
from teleconsult.consult.tables_meetings import MeetingItemRow, MeetingRow
from teleconsult.kernel.values import Json
from teleconsult.records.work import Work

_WARD = (Role.COUNTY_DOCTOR, Role.COORDINATOR, Role.EXPERT)


def tell_coordinators(
    work: Work, meeting: MeetingRow, code: str, again: str, item: MeetingItemRow | None = None, **more: Json
) -> None:
    """The coordinators of the meeting's hospital. `again` tells one occurrence from the next."""
    params, case_id = {**_params(meeting, item), **more}, item.case_id if item else None
    key = _key(meeting, item, code, again, "c")
    notify(work, key, meeting.site_id, (Role.COORDINATOR,), code, None, params, case_id)


def tell_ward(
    work: Work, meeting: MeetingRow, item: MeetingItemRow, code: str, again: str, *sites: str, **more: Json
) -> None:
    """Everybody at the hospital that proposed the case (and at `sites`) who may act on it."""
    for site_id in sorted({item.proposed_site_id, *sites}):
        key = _key(meeting, item, code, again, site_id[-8:])
        notify(work, key, site_id, _WARD, code, None, {**_params(meeting, item), **more}, item.case_id)


def tell_people(
    work: Work, meeting: MeetingRow, people: Iterable[str | None], code: str, again: str, item: MeetingItemRow | None = None,
    **more: Json,
) -> None:  # fmt: skip
    """These persons alone."""
    for person in colleagues(work, people).values():
        key = _key(meeting, item, code, again, person.id[-12:])
        params, case_id = {**_params(meeting, item), **more}, item.case_id if item else None
        notify(work, key, person.site_id or meeting.site_id, (), code, None, params, case_id, person.id)


def _key(meeting: MeetingRow, item: MeetingItemRow | None, code: str, again: str, whom: str) -> str:
    """At most 80 characters."""
    return f"{(item or meeting).id}:{code.rpartition('.')[2][:14]}:{again[-16:]}:{whom}"[:80]


def _params(meeting: MeetingRow, item: MeetingItemRow | None) -> dict[str, Json]:
    params: dict[str, Json] = {
        "meeting_id": meeting.id, "number": meeting.number, "title": meeting.title, "starts_at": meeting.starts_at.isoformat(),
    }  # fmt: skip
    return {**params, "item_id": item.id, "item": item.number} if item else params
