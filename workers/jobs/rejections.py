"""Jobs about rejection notes: what they name is shown no more, and the list of pictures is made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from teleconsult import reporting
from teleconsult.access import SYSTEM, Role, notify, overtake, queries, shares_of, tell_anew
from teleconsult.access.rights import READING
from teleconsult.imaging import StudyRow, rejection, rejection_notes, scrub_healed, settle
from teleconsult.imaging.lifecycle import SETTLED
from teleconsult.imaging.queries import instance_of, rejected_in
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.reporting.ground import IMAGES_RESTORED, IMAGES_WITHDRAWN
from workers.bench import Bench
from workers.jobs import prepare
from workers.jobs.headers import on_disk
from workers.jobs.notices import caution_county, whose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from teleconsult.kernel.values import Json
    from teleconsult.records import Work
    from teleconsult.records.tables import FactRow

_READERS = (Role.RADIOLOGIST, Role.REVIEWER)
_REJECTED = "study.rejected"


def reject(bench: Bench, fact: FactRow) -> None:
    """Do what a rejection note says. Repeat-safe by: an object (instance id) is rejected once; a key object selection of another title
    does nothing."""
    study_id, sop_uid = str(fact.study_id), str(fact.details["sop_uid"])
    try:
        with bench.system.read() as work:
            kept = instance_of(work, study_id, sop_uid)
    except Refused as refused:
        if refused.meaning is Meaning.ABSENT:
            return  # rejected itself: it has been read
        raise
    with on_disk(bench.system.blobs, kept.blob_key) as file:
        note = rejection_notes.read_note(file)
    if note is not None:
        with bench.system.work() as work:
            rejection_notes.apply(work, note, study_id, sop_uid, str(fact.details["sender"]))


def redraw(bench: Bench, fact: FactRow) -> None:
    """Make the list of a study's pictures anew. Repeat-safe by: the same names for (study id, version), as `prepare`.

    Where the study was still to be prepared, that preparation can no longer say so, for this one is of a later version: it is this one that does.
    """
    study_id = str(fact.study_id)
    problems = prepare.make(bench, study_id, fact.version)
    with bench.system.work() as work:
        if work.get(StudyRow, study_id).state == SETTLED:
            settle.prepared(work, study_id, fact.version, problems)
        else:
            settle.show(work, study_id, fact.version)
        rejection.redrawn(work, study_id, fact.version)


def notify_readers(bench: Bench, fact: FactRow) -> None:
    """Tell whoever reads the study that some of its images are gone, and the hospital that asked where its signed report rests on them.
    Repeat-safe by: one notice for each (fact id, site), of each of both."""
    params = {"code": fact.details["code"], "objects": fact.details["objects"]}
    with bench.system.work() as work:
        _tell_readers(work, fact, _REJECTED, params)
        withdrawn = reporting.queries.withdrawn(work, str(fact.study_id), fact.version)
        if withdrawn:
            caution_county(work, fact, IMAGES_WITHDRAWN, {**params, "objects": withdrawn})


def notify_restored(bench: Bench, fact: FactRow) -> None:
    """Tell whoever was told that images are gone that they are shown again: once all are, nobody need hear of the rejections any more; the
    hospital that asked, once all that its signed report rests on is back. Repeat-safe by: one notice for each (fact id, site), of each of both."""
    with bench.system.work() as work:
        if not rejected_in(work, [str(fact.study_id)]):
            overtake(work, str(fact.study_id), (_REJECTED,))
        _tell_readers(work, fact, "study.restored", {"objects": fact.details["objects"]})
        gone = reporting.queries.withdrawn(work, str(fact.study_id))
        if not gone and overtake(work, str(fact.study_id), (IMAGES_WITHDRAWN,)):
            caution_county(work, fact, IMAGES_RESTORED, {})


def _tell_readers(work: Work, fact: FactRow, code: str, params: Mapping[str, Json]) -> None:
    reading = {share.site_id for share in shares_of(work, str(fact.study_id)) if share.why == READING}
    for site_id in sorted(reading):
        said = {**whose(work, str(fact.study_id), site_id), **params}
        notify(work, f"{fact.id}:{site_id}", site_id, _READERS, code, fact.study_id, said)


def notify_keepers(bench: Bench, fact: FactRow) -> None:
    """Tell every administrator that bytes were found bad, and the technologists of the hospital whose study it is, who can send it again;
    nobody of what is right again by now. Repeat-safe by: one notice for each (scrub id, person) and (scrub id, study id)."""
    with bench.system.work() as work:
        if fact.study_id is not None and scrub_healed.is_open(work, fact.study_id):
            key, of = f"damaged:{fact.subject_id}:{fact.study_id}"[:100], work.get(StudyRow, fact.study_id).site_id
            said = whose(work, fact.study_id, of)
            tell_anew(work, key, of, (Role.TECHNOLOGIST,), scrub_healed.DAMAGED, fact.study_id, said)
        if scrub_healed.is_open(work):
            _tell_administrators(work, fact)


def _tell_administrators(work: Work, fact: FactRow) -> None:
    somewhere = queries.sites(work)[0].id
    for person, grants in queries.people(work, SYSTEM):
        if any(grant.role == Role.ADMINISTRATOR for grant in grants):
            key, at = f"scrub:{fact.subject_id}:{person.id}"[:100], person.site_id or somewhere
            notify(work, key, at, (), scrub_healed.FOUND, None, {}, person_id=person.id)
