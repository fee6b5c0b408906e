"""Who is told what: notices of a consultation, in the same transaction as what they tell of."""

from collections.abc import Iterable

from teleconsult.access import Role, notify
from teleconsult.consult.queries.people import colleagues, holds_at
from teleconsult.consult.tables import ConsultationRow
from teleconsult.kernel.values import Json, sha256_hex
from teleconsult.records.work import Work

_WARD = (Role.COUNTY_DOCTOR, Role.COORDINATOR)


def tell_centre(work: Work, row: ConsultationRow, code: str, again: str = "") -> None:
    """The centre's coordinators. `again` tells one occurrence from the next."""
    if row.centre_site_id:
        notify(
            work,
            _key(row, code, again, "c"),
            row.centre_site_id,
            (Role.COORDINATOR,),
            code,
            None,
            _params(row),
            row.case_id,
        )


def tell_requester(work: Work, row: ConsultationRow, code: str, again: str = "") -> None:
    """The doctor who asked."""
    tell_people(work, row, [row.requester_id], code, again)


def tell_ward(work: Work, row: ConsultationRow, code: str, again: str = "") -> None:
    """Everybody at the hospital that asked who may act on it: the doctor who asked may be off duty."""
    notify(work, _key(row, code, again, "w"), row.requesting_site_id, _WARD, code, None, _params(row), row.case_id)


def tell_ward_and_requester(work: Work, row: ConsultationRow, code: str) -> None:
    """Everybody who may act on it, and the doctor who asked; one notice each, also for the doctor who is of the ward."""
    tell_ward(work, row, code)
    if not holds_at(work, row.requester_id, row.requesting_site_id, _WARD):
        tell_requester(work, row, code)


def tell_people(work: Work, row: ConsultationRow, people: Iterable[str | None], code: str, again: str = "") -> None:
    """These persons alone."""
    for person in colleagues(work, people).values():
        site_id = person.site_id or row.requesting_site_id
        notify(work, _key(row, code, again, person.id), site_id, (), code, None, _params(row), row.case_id, person.id)


def _key(row: ConsultationRow, code: str, again: str, whom: str) -> str:
    """One for each occurrence and whom it tells. The version tells this time from the last one."""
    return f"{row.id}:{sha256_hex(f'{code} {again or row.version} {whom}'.encode())[:40]}"


def _params(row: ConsultationRow) -> dict[str, Json]:
    params: dict[str, Json] = {"number": row.number, "urgency": row.urgency, "consultation_id": row.id}
    if row.starts_at is not None:
        params["starts_at"] = row.starts_at.isoformat()
    return params
