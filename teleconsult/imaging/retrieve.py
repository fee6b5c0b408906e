"""What a peer may take away, and that it did (PS3.4 C.4.2, C.4.3)."""

from collections.abc import Iterable
from dataclasses import dataclass

from teleconsult.access import Actor, Thing, permit_study, permits, shares_of
from teleconsult.imaging import facts, find
from teleconsult.records.work import Work

MOST = 65_535  # sub-operations are counted in a US


@dataclass(frozen=True, slots=True)
class Leaving:
    """A stored object on its way out."""

    study_id: str
    sop_class: str
    sop_uid: str
    transfer_syntax: str
    blob_key: str
    size: int
    dataset_offset: int


def objects(work: Work, actor: Actor, match: find.Match) -> tuple[Leaving, ...]:
    """The matching objects that the actor may retrieve, study by study in the order of a viewer's stack; at most `MOST` + 1."""
    found = find.instances(work, actor, match, find.Page(limit=MOST + 1)).items
    studies = {each.study.id for each in found}
    allowed = {
        study_id for study_id in studies if permits(actor, "study.retrieve", Thing(study_id, shares_of(work, study_id)))
    }
    return tuple(
        Leaving(
            row.study_id, row.sop_class, row.sop_uid, row.transfer_syntax, row.blob_key, row.size, row.dataset_offset
        )
        for each in found
        if (row := each.instance) is not None and row.study_id in allowed
    )


def retrieved(work: Work, actor: Actor, leaving: Iterable[Leaving], to: str) -> None:
    """Record for each study that its images go to the AE title `to`. Before the first leaves: what was seen is never unwritten."""
    counted: dict[str, int] = {}
    for each in leaving:
        counted[each.study_id] = counted.get(each.study_id, 0) + 1
    for study_id, number in counted.items():
        permit_study(work, actor, "study.retrieve", study_id)
        work.record(facts.images_retrieved(study_id, number, to))
