"""What a case on an agenda lets the meeting see, and until when: `cause_id` is the item's."""

from collections.abc import Iterable
from datetime import datetime

from teleconsult.access import close_case_shares, close_shares, open_case_share, open_share
from teleconsult.access.rights import MEETING
from teleconsult.consult import clocks_meeting as clocks
from teleconsult.consult.queries.cases import studies_in_case
from teleconsult.consult.queries.people import colleague
from teleconsult.consult.tables_meetings import MeetingItemRow, MeetingRow
from teleconsult.records.work import Work


def to_centre(work: Work, meeting: MeetingRow, item: MeetingItemRow) -> None:
    """The coordinators of the meeting's hospital see what they screen and track."""
    _open(work, item, meeting.site_id, None)


def to_members(work: Work, item: MeetingItemRow, people: Iterable[tuple[str, str]]) -> None:
    """Each (person, their hospital) sees the case and its studies, alone of their hospital. Repeats safely."""
    for person_id, site_id in people:
        _open(work, item, site_id, person_id)


def to_chair(work: Work, meeting: MeetingRow, item: MeetingItemRow) -> None:
    """An urgent case is the chair's to admit, who has to see it first."""
    chair = colleague(work, meeting.chair_id)
    if item.urgent:
        _open(work, item, chair.site_id or "", chair.id)


def from_people(work: Work, item: MeetingItemRow, people: Iterable[str], at: datetime | None = None) -> None:
    for person_id in people:
        close_case_shares(work, item.id, at, person_id=person_id)
        close_shares(work, item.id, at, person_id=person_id)


def end(work: Work, item: MeetingItemRow, at: datetime | None = None) -> None:
    """Everybody's, now or at `at`."""
    close_case_shares(work, item.id, at)
    close_shares(work, item.id, at)


def after_the_meeting(work: Work, item: MeetingItemRow, people: Iterable[str]) -> None:
    """Members read what was concluded for a while; the coordinators track it until the item itself is closed."""
    from_people(work, item, people, work.now + clocks.MEMBERS_KEEP)


def after_the_item(work: Work, item: MeetingItemRow) -> None:
    end(work, item, work.now + clocks.CENTRE_KEEPS)


def _open(work: Work, item: MeetingItemRow, site_id: str, person_id: str | None) -> None:
    open_case_share(work, item.case_id, site_id, MEETING, item.id, person_id)
    for study_id in sorted(studies_in_case(work, item.case_id)):
        open_share(work, study_id, site_id, MEETING, item.id, person_id)
