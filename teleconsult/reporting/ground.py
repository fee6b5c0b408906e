"""What becomes of a signed report's ground: images come that it does not answer for, others go that it rests on; an addendum answers both.

The report stays as it was signed. The hospital that has it in its hands is cautioned (`CAUTIONS`), its author and reviewer decide.
"""

from typing import Final

from teleconsult import reading
from teleconsult.access import overtake
from teleconsult.reading.lifecycle import VERIFIED
from teleconsult.records.work import Work
from teleconsult.reporting.loading import Held
from teleconsult.reporting.queries.ground import shows_all, unanswered

LATE_IMAGES: Final = "report.late_images"
IMAGES_WITHDRAWN: Final = "report.images_withdrawn"
IMAGES_RESTORED: Final = "report.images_restored"
CAUTIONS: Final = (LATE_IMAGES, IMAGES_WITHDRAWN)
QUESTIONS: Final = ("study.late_signed", "study.rejected")
"""What asks author and reviewer whether an addendum is due."""
_BEFORE: Final = ("study.late",)
"""What asks readers to look at pictures that came while no report was signed."""


def mark_late(work: Work, study_id: str) -> reading.TaskRow | None:
    """Images came after the study was prepared: its task is marked, in whatever state. None where there is no task, or where
    the report was signed meanwhile and answers for all of them. Repeats safely."""
    task = reading.load_of(work, study_id)
    if task is None or (task.state == VERIFIED and not unanswered(work, study_id)):
        return None
    return reading.mark_late(work, study_id)


def signed(work: Work, study_id: str) -> None:
    """A report is signed for the first time: it answers for every image of its moment, so that nobody needs to look at them for it."""
    overtake(work, study_id, _BEFORE)


def answered(work: Work, held: Held) -> None:
    """An addendum is signed: nothing is late any more, and cautions and questions have done their part; unless pictures are on their way
    that its author cannot have seen."""
    study_id = held.report.study_id
    if shows_all(work, study_id):
        reading.late_seen(work, held.task)
        overtake(work, study_id, (*CAUTIONS, *QUESTIONS))
