"""A case: open until somebody says that nothing more is asked. Pure.

What others are asked (a consultation, a referral, a meeting) has a lifecycle of its own.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from teleconsult.kernel.errors import invalid
from teleconsult.kernel.lifecycle import Lifecycle

OPEN, CLOSED = "open", "closed"

CASE = Lifecycle(
    start=OPEN,
    moves={
        (OPEN, "edit"): OPEN,
        (OPEN, "add_study"): OPEN,
        (OPEN, "attach"): OPEN,
        (OPEN, "withdraw"): OPEN,
        (OPEN, "close"): CLOSED,
        (CLOSED, "withdraw"): CLOSED,  # a paper of another patient must never stay because the case is closed
        (CLOSED, "reopen"): OPEN,
    },
)

SEVERITIES: Final = ("none", "mild", "moderate", "severe")
"""未分级, 轻, 中, 重."""

KINDS: Final = ("consent", "record", "image", "lab", "other")
"""Of attachments: 知情同意书, 病历, 图片, 检验, 其他."""

VERB_RIGHTS: Final[Mapping[str, str]] = {
    "edit": "case.write",
    "add_study": "case.attach",
    "attach": "case.attach",
    "withdraw": "case.attach",
    "close": "case.write",
    "reopen": "case.write",
}
"""Move → the right that it needs."""

MOST_TITLE: Final = 200
MOST_SUMMARY: Final = 20_000
MOST_NAME: Final = 120

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]")


def content(title: str, summary: str, severity: str) -> Mapping[str, Any]:
    """The columns of a case's words. INVALID `field.empty`, `field.text`, `field.choice`."""
    if severity not in SEVERITIES:
        raise invalid("field.choice", f"severity {severity}", field="severity")
    return {
        "title": text(title, "title", MOST_TITLE),
        "summary": text(summary, "summary", MOST_SUMMARY, may_be_empty=True),
        "severity": severity,
    }


def text(value: str, field: str, most: int, *, may_be_empty: bool = False) -> str:
    """Text as it is kept: without spaces around it. INVALID `field.empty`, `field.text`."""
    value = value.strip()
    if not value and not may_be_empty:
        raise invalid("field.empty", f"{field} is empty", field=field)
    if len(value) > most or "\0" in value:
        raise invalid("field.text", f"{field}: at most {most} characters", field=field, most=most)
    return value


def file_name(value: str, suffixes: tuple[str, ...]) -> str:
    """A name that is safe to show and to save under: no folders, nothing invisible, the ending of what the file really is."""
    plain = _CONTROL.sub("", value.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    stem, dot, suffix = plain.rpartition(".")
    if not dot or f".{suffix.lower()}" not in suffixes:
        stem, suffix = plain, suffixes[0][1:]
    return f"{(stem or 'file')[: MOST_NAME - len(suffix) - 1]}.{suffix}"
