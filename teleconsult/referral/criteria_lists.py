"""What a list of referral criteria consists of. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """Something to tick, in both languages. `required`: without it the list is not met, however much else is ticked."""

    code: str
    zh: str
    en: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Criteria:
    """One disease, one direction. `least`: so many ticks meet it.

    `green`: may go by the green channel (绿色通道); `automatic`: then the receiving hospital has agreed to every one beforehand.
    `turn_back`: when a patient who went down has to come up again (回转条件)."""

    key: str
    direction: str
    version: int
    zh: str
    en: str
    least: int
    items: tuple[Item, ...]
    green: bool = False
    automatic: bool = False
    turn_back: tuple[Item, ...] = ()
    pathways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """One contact of a follow-up pathway: due so many days after the patient arrived."""

    day: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Pathway:
    key: str
    version: int
    zh: str
    en: str
    visits: tuple[Visit, ...]
