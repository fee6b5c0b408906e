"""Reads of consultations, experts and rooms, and of what waits for a person on every desk."""

from teleconsult.consult.queries.consultations import (
    ConsultationView,
    Match,
    Page,
    consultation,
    consultations,
    consultations_of_case,
)
from teleconsult.consult.queries.desk import DeskItem, desk
from teleconsult.consult.queries.experts import ExpertView, expert, experts
from teleconsult.consult.queries.rooms import RoomView, room

__all__ = [
    "ConsultationView", "DeskItem", "ExpertView", "Match", "Page", "RoomView", "consultation", "consultations", "consultations_of_case",
    "desk", "expert", "experts", "room",
]  # fmt: skip
