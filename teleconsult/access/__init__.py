"""People, sites, agreements, rights, sessions: who may do what."""

from teleconsult.access import queries
from teleconsult.access.actors import ANYBODY, MAY_SIGN, SYSTEM, Actor, Grant, Level, Role, Title
from teleconsult.access.notices import Notice, notices, notify, see
from teleconsult.access.peers import Peer, identify, seen
from teleconsult.access.people import (
    add_person,
    change_person,
    choose_language,
    first_admin_invitation,
    grants_of,
    invitation,
    redeem,
    reset_person,
    set_grants,
)
from teleconsult.access.permit import (
    Share,
    Thing,
    audience,
    open_share,
    permit,
    permit_study,
    permits,
    shares_of,
    visible,
)
from teleconsult.access.sessions import (
    SignedIn,
    actor_by_login,
    change_password,
    confirm_password,
    login,
    logout,
    resume,
)
from teleconsult.access.sites import (
    CHARSETS,
    add_agreement,
    add_peer,
    add_site,
    change_agreement,
    change_peer,
    rename_site,
)
from teleconsult.access.sla import PRIORITIES, PROFILES, Sla

__all__ = [
    "ANYBODY", "CHARSETS", "MAY_SIGN", "PRIORITIES", "PROFILES", "SYSTEM", "Actor", "Grant", "Level", "Notice", "Peer", "Role", "Share", "SignedIn", "Sla",
    "Thing", "Title", "actor_by_login", "add_agreement", "add_peer", "add_person", "add_site", "audience", "change_agreement", "change_password",
    "change_peer", "change_person", "choose_language", "confirm_password", "first_admin_invitation", "grants_of", "identify", "invitation", "login", "logout", "notices",
    "notify", "open_share", "permit", "permit_study", "permits", "queries", "redeem", "rename_site", "reset_person", "resume", "see", "seen",
    "set_grants", "shares_of", "visible",
]  # fmt: skip
