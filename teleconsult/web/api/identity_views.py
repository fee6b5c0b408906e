"""Conflicts and decisions as the screens see them."""

from collections.abc import Mapping
from datetime import datetime

from teleconsult.imaging import DecisionRow, PatientRow
from teleconsult.imaging.identity_cases import Conflict, Side
from teleconsult.imaging.identity_stays import named
from teleconsult.web.respond import Model

MOST_PICTURES = 6


class SideView(Model):
    """One side of a conflict. `issuer` is the hospital that gave the number, or the name it is mapped to. `hidden`: another hospital's
    object, of which only site, time, modality and number are said."""

    name: str
    name_full: str
    patient_id: str
    issuer: str
    sex: str
    birth_date: str
    accession: str
    description: str
    modality: str
    study_date: str
    study_id: str | None
    objects: int
    sender: str
    site: str
    at: datetime
    hidden: bool


class StaysView(Model):
    """The hospital whose study it is has said that this stays as it is, by whom and when."""

    site: str
    by: str
    at: datetime


class ConflictView(Model):
    """`pictures` are the ids of some of the objects that came, none of another hospital's; `known` is null for who may not see that study."""

    key: str
    reason: str
    study_uid: str
    claim: SideView
    known: SideView | None
    pictures: list[str]
    offers: list[str]
    signed: bool
    stays: StaysView | None
    last_at: datetime
    times: int


class Conflicts(Model):
    items: list[ConflictView]


class DecisionView(Model):
    """`gone` and `kept` are the numbers that were merged, with whoever gave them; null where none were. `undoable`: not undone yet.
    `site` is the hospital that decided; `study_id` and `patient`, name and number, are null for who may not see that study."""

    id: str
    verb: str
    study_id: str | None
    patient: str | None
    site: str
    gone: str | None
    kept: str | None
    objects: int
    reason: str
    at: datetime
    by: str
    undoable: bool
    undone_at: datetime | None
    undone_by: str | None
    undone_reason: str | None


class Decisions(Model):
    items: list[DecisionView]


class PersonView(Model):
    """A patient number with what is known under it; `merged` are the other numbers of the same person."""

    id: str
    patient_id: str
    issuer: str
    name: str
    sex: str
    birth_date: str
    studies: int
    merged: list[str]
    may_merge: bool


class PeopleFound(Model):
    items: list[PersonView]


def conflict_view(found: Conflict, sites: Mapping[str, str]) -> ConflictView:
    return ConflictView(
        key=found.key, reason=found.reason, study_uid=found.study_uid, claim=side_view(found.claim, sites),
        known=side_view(found.known, sites) if found.known else None,
        pictures=[] if found.claim.hidden else [row.id for row in found.rows[:MOST_PICTURES]],
        offers=list(found.offers), signed=found.signed, stays=_stays(found.stays, sites), last_at=max(row.last_at for row in found.rows),
        times=sum(row.times for row in found.rows),
    )  # fmt: skip


def _stays(row: DecisionRow | None, sites: Mapping[str, str]) -> StaysView | None:
    return None if row is None else StaysView(site=sites.get(row.site_id, ""), by=row.by_name, at=row.at)


def side_view(side: Side, sites: Mapping[str, str]) -> SideView:
    same = {name: getattr(side, name) for name in SideView.model_fields if name not in ("issuer", "site")}
    return SideView(**same, issuer=sites.get(side.issuer, side.issuer), site=sites.get(side.site_id, ""))


def decision_view(
    row: DecisionRow, sites: Mapping[str, str], patients: Mapping[str, PatientRow], seen: Mapping[str, str]
) -> DecisionView:
    """`seen` are the studies that the reader may see, each with whose it is."""
    return DecisionView(
        id=row.id, verb=named(row), study_id=row.study_id if row.study_id in seen else None, patient=seen.get(row.study_id or ""),
        site=sites.get(row.site_id, ""),
        gone=number_of(patients.get(row.gone_id or ""), sites), kept=number_of(patients.get(row.kept_id or ""), sites),
        objects=len(row.details.get("rows") or ()), reason=row.reason, at=row.at, by=row.by_name, undoable=row.undone_at is None,
        undone_at=row.undone_at, undone_by=row.undone_by, undone_reason=row.undone_reason,
    )  # fmt: skip


def number_of(patient: PatientRow | None, sites: Mapping[str, str]) -> str | None:
    """A number with whoever gave it: alone it names nobody."""
    if patient is None:
        return None
    return f"{patient.number or '—'}@{sites.get(patient.issuer, patient.issuer)}"
