"""Refusals carry a meaning; each shell carries its own codes for it.

A rule that says no raises `Refused`. It knows nothing of HTTP, DIMSE or Celery: the shells hold one total table each from `Meaning` to their own status.
"""

from collections.abc import Iterable
from enum import Enum


class Meaning(Enum):
    """Why something was refused, as far as a caller has to act differently."""

    ABSENT = "absent"  # there is no such thing, or none that this actor may know of
    FORBIDDEN = "forbidden"  # it is there and the actor may know, but not do this
    CONFLICT = "conflict"  # somebody was faster, or the state does not allow it
    INVALID = "invalid"  # what was sent cannot be understood or breaks a rule
    BUSY = "busy"  # right now it can't be done; trying again later may help


class Refused(Exception):
    """A refusal with a stable, dotted `code` that the user interface translates.

    `detail` is English for logs and engineers; `params` fill the translated sentence.
    """

    def __init__(self, meaning: Meaning, code: str, detail: str = "", **params: str | int) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.meaning = meaning
        self.code = code
        self.detail = detail
        self.params = params


def none_of(value: str, allowed: Iterable[str]) -> str:
    """The detail of a refusal of a value that is not on its list: names the list, so that whoever types commands need not look it up."""
    return f"{value!r} is none of {', '.join(allowed)}"


def absent(code: str, detail: str = "", **params: str | int) -> Refused:
    return Refused(Meaning.ABSENT, code, detail, **params)


def forbidden(code: str, detail: str = "", **params: str | int) -> Refused:
    return Refused(Meaning.FORBIDDEN, code, detail, **params)


def conflict(code: str, detail: str = "", **params: str | int) -> Refused:
    return Refused(Meaning.CONFLICT, code, detail, **params)


def invalid(code: str, detail: str = "", **params: str | int) -> Refused:
    return Refused(Meaning.INVALID, code, detail, **params)


def busy(code: str, detail: str = "", **params: str | int) -> Refused:
    return Refused(Meaning.BUSY, code, detail, **params)
