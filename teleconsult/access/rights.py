"""Which role may do what, as two tables. Everything that permits or filters reads them; nothing else decides.

A study is shared with sites for a reason (`why`): `origin` is the hospital that made it, `reading` the one that reads it.
What a role may do with a study depends on why its site has it. What concerns a whole site is in `AT_SITE`.
"""

from collections.abc import Mapping
from typing import Final

from teleconsult.access.actors import Role

ORIGIN: Final = "origin"
READING: Final = "reading"

_LOCAL = frozenset({Role.COUNTY_DOCTOR, Role.TECHNOLOGIST, Role.COORDINATOR, Role.RADIOLOGIST, Role.REVIEWER})
_DESK = frozenset({Role.RADIOLOGIST, Role.REVIEWER, Role.COORDINATOR})
_NOBODY: frozenset[Role] = frozenset()

WITH_STUDY: Mapping[str, Mapping[str, frozenset[Role]]] = {
    "study.see": {ORIGIN: _LOCAL | {Role.AUDITOR}, READING: _DESK | {Role.AUDITOR}},
    "study.images": {ORIGIN: _LOCAL, READING: _DESK},
    "study.export": {ORIGIN: _LOCAL, READING: frozenset({Role.RADIOLOGIST, Role.REVIEWER})},
    "timeline.read": {ORIGIN: _LOCAL | {Role.AUDITOR}, READING: _DESK | {Role.AUDITOR}},
    "task.claim": {ORIGIN: _NOBODY, READING: frozenset({Role.RADIOLOGIST, Role.REVIEWER})},
    "task.return": {ORIGIN: _NOBODY, READING: frozenset({Role.RADIOLOGIST, Role.REVIEWER})},
    "task.answer": {ORIGIN: frozenset({Role.COUNTY_DOCTOR, Role.TECHNOLOGIST, Role.COORDINATOR}), READING: _NOBODY},
    "task.cancel": {ORIGIN: frozenset({Role.COUNTY_DOCTOR, Role.COORDINATOR}), READING: frozenset({Role.COORDINATOR})},
    "report.write": {ORIGIN: _NOBODY, READING: frozenset({Role.RADIOLOGIST, Role.REVIEWER})},
    "report.review": {ORIGIN: _NOBODY, READING: frozenset({Role.REVIEWER})},
    "report.addend": {ORIGIN: _NOBODY, READING: frozenset({Role.REVIEWER})},
    "report.read_unsigned": {ORIGIN: _NOBODY, READING: frozenset({Role.RADIOLOGIST, Role.REVIEWER})},
    "report.read": {ORIGIN: _LOCAL | {Role.AUDITOR}, READING: _DESK | {Role.AUDITOR}},
}

AT_SITE: Mapping[str, frozenset[Role]] = {
    "arrivals.see": frozenset({Role.TECHNOLOGIST, Role.COORDINATOR}),
    "quarantine.resolve": frozenset({Role.TECHNOLOGIST, Role.COORDINATOR}),
    "jobs.see": frozenset({Role.COORDINATOR, Role.TECHNOLOGIST}),
    "jobs.retry": frozenset({Role.COORDINATOR, Role.TECHNOLOGIST}),
    "site.manage": frozenset({Role.ADMINISTRATOR}),
    "peer.manage": frozenset({Role.ADMINISTRATOR}),
    "agreement.manage": frozenset({Role.ADMINISTRATOR}),
    "person.manage": frozenset({Role.ADMINISTRATOR}),
    "audit.read": frozenset({Role.AUDITOR}),
}

VERBS: Final = frozenset(WITH_STUDY) | frozenset(AT_SITE)
EXCLUDE_EACH_OTHER: Final = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""三员分立: who runs the system does not audit it."""
