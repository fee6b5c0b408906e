"""Consultations, the experts who answer them, MDT meetings, and the rooms in which people meet.

The verbs of meetings stand in modules of their own: `boards`, `meetings`, `agenda`, `concluding`, `excusing`, `tracking`.
"""

from teleconsult.consult import agenda, boards, concluding, excusing, meetings, queries, tracking
from teleconsult.consult.actions import cancel, close, confirm, decline_time, draft, feedback, save, submit, supplement
from teleconsult.consult.actions_centre import accept, ask_supplement, assign, reject, route
from teleconsult.consult.actions_expert import rate_request, sign, start, write_opinion
from teleconsult.consult.admission import Admission, admit, let_in, note_refused
from teleconsult.consult.experts import describe
from teleconsult.consult.lifecycle import CONSULTATION, SPECIALTIES
from teleconsult.consult.lifecycle_meeting import ITEM, MEETING
from teleconsult.consult.lifecycle_room import GRACE, PRESENT, ROOM, SEAT
from teleconsult.consult.reopening import Door, door, reopen
from teleconsult.consult.room_recording import Turn, ask, asked_to_stop, begun, consent, failed, kept, playable
from teleconsult.consult.room_talk import chat, draw, erase
from teleconsult.consult.rooms import (
    Guest,
    Opening,
    Standing,
    close_of,
    close_room,
    leave,
    load_room,
    open_room,
    present,
    raise_hand,
    remove,
    renew,
    seat_of,
    seats_in,
    see_room,
    standing,
)
from teleconsult.consult.sweeping import sweep
from teleconsult.consult.tables import ConsultationRow, ExpertRow
from teleconsult.consult.tables_rooms import RecordingRow, RoomRow, SeatRow

__all__ = [
    "CONSULTATION", "GRACE", "ITEM", "MEETING", "PRESENT", "ROOM", "SEAT", "SPECIALTIES", "Admission", "ConsultationRow", "Door", "ExpertRow", "Guest", "Opening", "RecordingRow", "RoomRow", "SeatRow", "Standing", "Turn", "accept", "admit", "agenda", "ask",
    "ask_supplement", "asked_to_stop", "assign", "begun", "boards", "cancel", "chat", "close", "close_of", "close_room", "concluding", "confirm", "consent",
    "decline_time", "describe", "door", "draft", "draw", "erase", "excusing", "failed", "feedback", "kept", "leave", "let_in", "load_room", "meetings", "note_refused",
    "open_room", "playable", "present", "queries", "raise_hand", "rate_request", "reject", "remove", "renew", "reopen", "route", "save", "seat_of", "seats_in", "see_room",
    "sign", "standing", "start", "submit", "supplement", "sweep", "tracking", "write_opinion",
]  # fmt: skip
