"""Which role may do what, as tables. Everything that permits or filters reads them; nothing else decides.

A study or a case is shared with sites for a reason (`why`): `origin` is the hospital that made it, `reading` the one that reads
it, `consult`, `referral` and `meeting` are those that were asked about it. What a role may do depends on why its site has it.
A share may also be one person's alone, who was invited: what such a person may do is in `INVITED`. What concerns a whole site is
in `AT_SITE`, what a hospital's DICOM systems may do in `PEERS` and `PEERS_AT_SITE`.
"""

from collections.abc import Mapping
from typing import Final

from teleconsult.access.actors import Role

ORIGIN: Final = "origin"
READING: Final = "reading"
CONSULT: Final = "consult"
REFERRAL: Final = "referral"
MEETING: Final = "meeting"
REASONS: Final = (ORIGIN, READING, CONSULT, REFERRAL, MEETING)

Roles = frozenset[Role]
_NOBODY: Roles = frozenset()


def _for(
    origin: Roles = _NOBODY,
    reading: Roles = _NOBODY,
    consult: Roles = _NOBODY,
    referral: Roles = _NOBODY,
    meeting: Roles = _NOBODY,
) -> Mapping[str, Roles]:
    return {ORIGIN: origin, READING: reading, CONSULT: consult, REFERRAL: referral, MEETING: meeting}


_COORDINATOR = frozenset({Role.COORDINATOR})
_AUDITOR = frozenset({Role.AUDITOR})
_READERS = frozenset({Role.RADIOLOGIST, Role.REVIEWER})
_REVIEWER = frozenset({Role.REVIEWER})
_DESK = _READERS | _COORDINATOR
_LOCAL = _DESK | {Role.COUNTY_DOCTOR, Role.TECHNOLOGIST, Role.EXPERT}
WARD = _COORDINATOR | {Role.COUNTY_DOCTOR, Role.EXPERT}
"""Who takes care of a patient at a hospital and may act on a case there."""
_TEAM = WARD | _READERS

CLINICAL: Roles = _LOCAL
"""Who holds none of these sees no patient, invited or not."""

WITH_STUDY: Mapping[str, Mapping[str, Roles]] = {
    "study.see": _for(_LOCAL | _AUDITOR, _DESK | _AUDITOR, _COORDINATOR | _AUDITOR, WARD | _AUDITOR, _COORDINATOR | _AUDITOR),
    "study.images": _for(_LOCAL, _DESK, _COORDINATOR, WARD, _COORDINATOR),
    "study.export": _for(_LOCAL, _READERS, referral=WARD - _COORDINATOR),
    "timeline.read": _for(_LOCAL | _AUDITOR, _DESK | _AUDITOR, _COORDINATOR | _AUDITOR, WARD | _AUDITOR, _COORDINATOR | _AUDITOR),
    "task.claim": _for(reading=_READERS),
    "task.return": _for(reading=_READERS),
    "task.answer": _for(_COORDINATOR | {Role.COUNTY_DOCTOR, Role.TECHNOLOGIST}),
    "task.cancel": _for(_COORDINATOR | {Role.COUNTY_DOCTOR}, _COORDINATOR),
    "report.write": _for(reading=_READERS),
    "report.review": _for(reading=_REVIEWER),
    "report.addend": _for(reading=_REVIEWER),
    "report.read_unsigned": _for(reading=_READERS),
    "critical.see": _for(_LOCAL | _AUDITOR, _DESK | _AUDITOR, _COORDINATOR | _AUDITOR, WARD | _AUDITOR, _COORDINATOR | _AUDITOR),
    "critical.raise": _for(_READERS, _READERS),
    "critical.acknowledge": _for(_COORDINATOR | {Role.COUNTY_DOCTOR}),
    "critical.act": _for(frozenset({Role.COUNTY_DOCTOR})),
    "critical.hear": _for(frozenset({Role.COUNTY_DOCTOR})),
    "critical.hear_late": _for(_COORDINATOR | {Role.COUNTY_DOCTOR}),
    "critical.hear_last": _for(reading=_COORDINATOR | _REVIEWER),
    "case.open": _for(WARD),
    "report.read": _for(_LOCAL | _AUDITOR, _DESK | _AUDITOR, _COORDINATOR | _AUDITOR, WARD | _AUDITOR, _COORDINATOR | _AUDITOR),
}  # fmt: skip

WITH_CASE: Mapping[str, Mapping[str, Roles]] = {
    "case.see": _for(_TEAM | _AUDITOR, consult=_COORDINATOR | _AUDITOR, referral=WARD | _AUDITOR, meeting=_COORDINATOR | _AUDITOR),
    "case.write": _for(WARD),
    "case.attach": _for(WARD, referral=WARD),
    "case.file": _for(_TEAM, consult=_COORDINATOR, referral=WARD, meeting=_COORDINATOR),
    "timeline.case": _for(_TEAM | _AUDITOR, consult=_COORDINATOR | _AUDITOR, referral=WARD | _AUDITOR, meeting=_COORDINATOR | _AUDITOR),
    "consult.request": _for(WARD),
    "consult.triage": _for(consult=_COORDINATOR),
    "consult.answer": _for(WARD),
    "consult.opine": _for(),
    "consult.feedback": _for(WARD),
    "room.enter": _for(_TEAM, consult=_COORDINATOR, meeting=_COORDINATOR),
    "referral.request": _for(WARD, referral=WARD),
    "referral.answer": _for(WARD, referral=WARD),
    "referral.transit": _for(WARD, referral=WARD),
    "referral.decide": _for(referral=WARD),
    "referral.arrive": _for(referral=WARD),
    "referral.complete": _for(referral=WARD),
    "followup.plan": _for(WARD, referral=WARD),
    "meeting.see": _for(_TEAM | _AUDITOR, meeting=_COORDINATOR | _AUDITOR),
    "meeting.propose": _for(_TEAM, consult=_COORDINATOR, referral=WARD, meeting=_COORDINATOR),
    "meeting.screen": _for(meeting=_COORDINATOR),
    "meeting.prepare": _for(),
    "meeting.preside": _for(),
    "meeting.sign": _for(),
}  # fmt: skip

_ASKED = frozenset({CONSULT, REFERRAL, MEETING})
INVITED: Mapping[str, frozenset[str]] = {
    "study.see": _ASKED,
    "study.images": _ASKED,
    "timeline.read": _ASKED,
    "report.read": _ASKED,
    "critical.see": _ASKED,
    "case.see": _ASKED,
    "case.file": _ASKED,
    "timeline.case": _ASKED,
    "consult.opine": frozenset({CONSULT}),
    "meeting.see": frozenset({MEETING}),
    "meeting.propose": frozenset({CONSULT, MEETING}),
    "meeting.prepare": frozenset({MEETING}),
    "meeting.preside": frozenset({MEETING}),
    "meeting.sign": frozenset({MEETING}),
}
"""Verb → the reasons for which an invited person has it. Verbs that are not here, no invited person has."""

AT_SITE: Mapping[str, Roles] = {
    "arrivals.see": frozenset({Role.TECHNOLOGIST, Role.COORDINATOR}),
    "study.store": frozenset({Role.TECHNOLOGIST, Role.COORDINATOR}),
    "upload.make": frozenset({Role.TECHNOLOGIST, Role.COORDINATOR, Role.COUNTY_DOCTOR}),
    "quarantine.resolve": frozenset({Role.TECHNOLOGIST, Role.COORDINATOR}),
    "order.see": frozenset({Role.COUNTY_DOCTOR, Role.TECHNOLOGIST, Role.COORDINATOR}),
    "order.write": frozenset({Role.COUNTY_DOCTOR, Role.TECHNOLOGIST}),
    "order.link": frozenset({Role.COUNTY_DOCTOR, Role.TECHNOLOGIST, Role.COORDINATOR}),
    "identity.merge": frozenset({Role.TECHNOLOGIST, Role.COORDINATOR}),
    "rejection.see": frozenset({Role.TECHNOLOGIST, Role.COORDINATOR, Role.AUDITOR}),
    "rejection.count": frozenset({Role.ADMINISTRATOR}),
    "rejection.lift": frozenset({Role.TECHNOLOGIST, Role.COORDINATOR}),
    "scrub.see": frozenset({Role.ADMINISTRATOR}),
    "jobs.see": frozenset({Role.COORDINATOR, Role.TECHNOLOGIST}),
    "jobs.retry": frozenset({Role.COORDINATOR, Role.TECHNOLOGIST}),
    "site.manage": frozenset({Role.ADMINISTRATOR}),
    "peer.manage": frozenset({Role.ADMINISTRATOR}),
    "peer.check": frozenset({Role.ADMINISTRATOR, Role.TECHNOLOGIST}),
    "agreement.manage": frozenset({Role.ADMINISTRATOR}),
    "person.manage": frozenset({Role.ADMINISTRATOR}),
    "audit.read": frozenset({Role.AUDITOR}),
    "board.manage": frozenset({Role.COORDINATOR}),
}

_WHOLE_SITE = frozenset({ORIGIN, READING, REFERRAL})
PEERS: Mapping[str, frozenset[str]] = {
    "study.find": _WHOLE_SITE,
    "study.retrieve": _WHOLE_SITE,
}
"""Verb → the reasons for which a peer has it with the studies of its site: those for which people there may take objects away.

A peer acts for everybody at its hospital. Who was asked for an opinion (`consult`, `meeting`) was asked as a person or a desk,
so their hospital's PACS does not have the study by it. Nobody but a peer has these verbs.
"""

PEERS_AT_SITE: Final = frozenset({"order.find", "step.report"})
"""What a peer may do with the orders of its own site, and with no other site's: ask for the worklist, report what it performs."""

VERBS: Final = frozenset(WITH_STUDY) | frozenset(WITH_CASE) | frozenset(AT_SITE) | frozenset(PEERS) | PEERS_AT_SITE
EXCLUDE_EACH_OTHER: Final = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""三员分立: who runs the system does not audit it."""
