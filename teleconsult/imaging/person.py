"""What objects, studies and orders say of whom they are about. Pure."""

from dataclasses import dataclass
from typing import Protocol


class Named(Protocol):
    """Whoever is named: a patient, a study, an order, an object's header."""

    @property
    def name(self) -> str: ...
    @property
    def sex(self) -> str: ...
    @property
    def birth_date(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Person:
    """Whom somebody names. Empty: nothing is said."""

    name: str = ""
    sex: str = ""
    birth_date: str = ""


def person(named: Named) -> Person:
    return Person(named.name, named.sex, named.birth_date)


def contradict(one: Named, other: Named) -> list[str]:
    """In which of sex and date of birth two contradict each other: what one does not say contradicts nothing. Names are another matter."""
    found = ["sex"] if one.sex and other.sex and one.sex != other.sex else []
    found += ["birth_date"] if one.birth_date and other.birth_date and one.birth_date != other.birth_date else []
    return found
