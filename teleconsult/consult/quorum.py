"""Whether enough specialties were there to conclude. Pure.

A rule names the specialties without which nothing is concluded (`must`), and how many there have to be in all (`least`). The chair has
to be there always. What is said without a quorum is 讨论意见, never an MDT conclusion.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from teleconsult.consult.lifecycle import SPECIALTIES
from teleconsult.kernel.errors import invalid

LEAST_SPECIALTIES, MOST_SPECIALTIES = 2, 12
CHAIR: Final = "chair"


@dataclass(frozen=True, slots=True)
class Rule:
    """`must` in the board's own order."""

    must: tuple[str, ...]
    least: int

    def kept(self) -> dict[str, Any]:
        return {"must": list(self.must), "least": self.least}


@dataclass(frozen=True, slots=True)
class Finding:
    """`lacking` are the specialties that had to be there and were not ("chair" for the chair); `present` those that were."""

    met: bool
    present: tuple[str, ...]
    lacking: tuple[str, ...]
    least: int


def specialties_checked(given: Sequence[str]) -> list[str]:
    """The specialties of a board in their fixed order. INVALID `board.specialties`: an MDT has at least two, each once."""
    found = list(given)
    if (
        not LEAST_SPECIALTIES <= len(found) <= MOST_SPECIALTIES
        or len(set(found)) != len(found)
        or set(found) - set(SPECIALTIES)
    ):
        raise invalid("board.specialties", "two or more, each once", least=LEAST_SPECIALTIES, most=MOST_SPECIALTIES)
    return found


def checked(given: Any, specialties: Sequence[str]) -> Rule:
    """INVALID `board.quorum`: `must` are specialties of the board, `least` is at least two and not more than there are."""
    if not isinstance(given, Mapping) or set(given) - {"must", "least"}:
        raise invalid("board.quorum", "must, least")
    must, least = given.get("must", []), given.get("least", len(specialties))
    if isinstance(must, str) or not isinstance(must, Sequence) or not set(must) <= set(specialties):
        raise invalid("board.quorum", "must: specialties of the board")
    if type(least) is not int or not max(LEAST_SPECIALTIES, len(set(must))) <= least <= len(specialties):
        raise invalid("board.quorum", "least: at least two, at most all")
    return Rule(tuple(one for one in specialties if one in set(must)), least)


def found(rule: Mapping[str, Any], specialties: Sequence[str], present: Collection[str], *, chair: bool) -> Finding:
    """How the attendance compares with the rule."""
    here = tuple(one for one in specialties if one in present)
    lacking = tuple(one for one in rule["must"] if one not in here) + (() if chair else (CHAIR,))
    return Finding(not lacking and len(here) >= rule["least"], here, lacking, rule["least"])
