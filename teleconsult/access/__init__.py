"""People, sites, agreements, rights, sessions: who may do what."""

from teleconsult.access import queries
from teleconsult.access.actors import ANYBODY, MAY_SIGN, SYSTEM, Actor, Grant, Level, Role, Title
from teleconsult.access.addresses import Allowance
from teleconsult.access.notices import (
    Notice,
    notices,
    notify,
    overtake,
    retell,
    see,
    settle,
    tell_anew,
    told_about,
    told_of,
)
from teleconsult.access.peers import Peer, identify, peer_by_id, seen
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
    Thing,
    of_site,
    permit,
    permit_case,
    permit_study,
    permits,
    visible,
    visible_case,
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
from teleconsult.access.shares import (
    Share,
    audience,
    case_audience,
    case_shares_of,
    close_case_shares,
    close_shares,
    hold,
    is_held,
    open_case_share,
    open_share,
    release,
    shares_of,
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
from teleconsult.access.tokens import issue_peer_token, peer_by_token, peer_tokens, revoke_peer_token, token_used

__all__ = [
    "ANYBODY", "CHARSETS", "MAY_SIGN", "PRIORITIES", "PROFILES", "SYSTEM", "Actor", "Allowance", "Grant", "Level", "Notice", "Peer", "Role", "Share", "SignedIn", "Sla",
    "Thing", "Title", "actor_by_login", "add_agreement", "add_peer", "add_person", "add_site", "audience", "case_audience", "case_shares_of",
    "change_agreement", "change_password", "change_peer", "change_person", "choose_language", "close_case_shares", "close_shares", "confirm_password",
    "first_admin_invitation", "grants_of", "hold", "identify", "invitation", "is_held", "issue_peer_token", "login", "logout", "notices", "notify", "of_site", "open_case_share", "open_share", "overtake",
    "peer_by_id", "peer_by_token", "peer_tokens", "permit", "permit_case", "permit_study", "permits", "queries", "redeem", "release", "rename_site", "reset_person", "resume", "retell", "revoke_peer_token", "see", "seen",
    "set_grants", "settle", "shares_of", "tell_anew", "token_used", "told_about", "told_of", "visible", "visible_case",
]  # fmt: skip
