"""Reads of consultations, experts and rooms, and of what waits for a person on every desk."""

from teleconsult.consult.queries.boards import BoardView, board, boards
from teleconsult.consult.queries.consultations import (
    ConsultationView,
    Match,
    Page,
    consultation,
    consultations,
    consultations_of_case,
)
from teleconsult.consult.queries.desk import desk
from teleconsult.consult.queries.desk_item import DeskItem
from teleconsult.consult.queries.experts import ExpertPage, ExpertView, expert, experts, unlisted
from teleconsult.consult.queries.meeting_items import ItemView, item, meeting_id_of
from teleconsult.consult.queries.meeting_unread import conclusion_unread
from teleconsult.consult.queries.meetings import (
    MeetingMatch,
    MeetingPage,
    MeetingView,
    meeting,
    meetings,
    meetings_of_case,
)
from teleconsult.consult.queries.people import centres
from teleconsult.consult.queries.rooms import RoomView, room

__all__ = [
    "BoardView", "ConsultationView", "DeskItem", "ExpertPage", "ExpertView", "ItemView", "Match", "MeetingMatch", "MeetingPage", "MeetingView",
    "Page", "RoomView", "board", "boards", "centres", "conclusion_unread", "consultation", "consultations", "consultations_of_case", "desk", "expert", "experts",
    "item", "meeting", "meeting_id_of", "meetings", "meetings_of_case", "room", "unlisted",
]  # fmt: skip
