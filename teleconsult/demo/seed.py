"""Found the demo's alliance through the same actions that administrators use. Repeats safely: what is there stays."""

from __future__ import annotations

from teleconsult.access import (
    SYSTEM,
    Grant,
    Role,
    actor_by_login,
    add_agreement,
    add_peer,
    add_person,
    add_site,
    queries,
)
from teleconsult.demo import cast
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.records import Work
from teleconsult.system import System

LOCAL = "127.0.0.1"


def seed(system: System) -> int:
    """Add the sites, peers, agreements and people of the cast that are missing; how many were added."""
    with system.work(SYSTEM) as work:
        before = _ids(work)
        added = len(cast.SITES) - len(before)
        ids = _sites(work, before)
        added += _peers(work, ids) + _agreements(work, ids)
    for person in cast.PEOPLE:  # hashing takes its time: one transaction for each
        with system.work(SYSTEM) as work:
            added += _person(work, person, ids)
    return added


def _ids(work: Work) -> dict[str, str]:
    known = {site.code for site in cast.SITES}
    return {site.code: site.id for site in queries.sites(work) if site.code in known}


def _sites(work: Work, ids: dict[str, str]) -> dict[str, str]:
    for site in cast.SITES:
        if site.code not in ids:
            parent = ids[site.parent] if site.parent else None
            ids[site.code] = add_site(work, SYSTEM, site.code, site.name, site.level, parent).id
    return ids


def _peers(work: Work, ids: dict[str, str]) -> int:
    known = {peer.ae_title for peer in queries.peers(work, SYSTEM)}
    missing = [site for site in cast.senders() if site.ae_title not in known]
    for site in missing:
        add_peer(work, SYSTEM, str(site.ae_title), LOCAL, ids[site.code])
    return len(missing)


def _agreements(work: Work, ids: dict[str, str]) -> int:
    known = {(a.requesting_site_id, a.reading_site_id, a.modality) for a in queries.agreements(work, SYSTEM)}
    missing = [a for a in cast.AGREEMENTS if (ids[a.requesting], ids[a.reading], a.modality) not in known]
    for agreement in missing:
        requesting, reading = ids[agreement.requesting], ids[agreement.reading]
        add_agreement(work, SYSTEM, requesting, reading, modality=agreement.modality, sla=agreement.sla)
    return len(missing)


def _person(work: Work, person: cast.Person, ids: dict[str, str]) -> int:
    try:
        actor_by_login(work, person.login)
    except Refused as refused:
        if refused.meaning is not Meaning.ABSENT:
            raise
    else:
        return 0
    at = ids[person.site] if person.site else None
    grants = [Grant(Role(role), at) for role in person.roles]
    add_person(work, SYSTEM, person.login, person.name, person.title, at, grants, cast.PASSWORD)
    return 1
