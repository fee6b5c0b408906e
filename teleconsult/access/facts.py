"""What happens to people, sites, peers and agreements."""

from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import Json


def _about(name: str, subject: str, key: str, version: int, **details: Json) -> Fact:
    return Fact(name, subject, key, version, details=details)


def site_added(key: str, code: str) -> Fact:
    return _about("SiteAdded", "site", key, 1, code=code)


def site_changed(key: str, version: int) -> Fact:
    return _about("SiteChanged", "site", key, version)


def peer_added(key: str, ae_title: str, site_id: str) -> Fact:
    return _about("PeerAdded", "peer", key, 1, ae_title=ae_title, site_id=site_id)


def peer_changed(key: str, version: int, fields: list[str]) -> Fact:
    return _about("PeerChanged", "peer", key, version, fields=fields)


def peer_refused(key: str, ae_title: str, site_id: str, code: str, client: str) -> Fact:
    """Somebody called under the peer's title without what the peer must show."""
    details: dict[str, Json] = {"ae_title": ae_title, "code": code, "client": client}
    return Fact("PeerRefused", "peer", key, 0, None, (site_id,), details)


def peer_token(name: str, key: str, token_id: str, ae_title: str, ending: str) -> Fact:
    """`name` is PeerTokenIssued or PeerTokenRevoked. Nothing of the token but its last four characters."""
    return _about(name, "peer", key, 0, token_id=token_id, ae_title=ae_title, ending=ending)


def agreement_added(key: str, requesting: str, reading: str, modality: str) -> Fact:
    return _about(
        "AgreementAdded", "agreement", key, 1, requesting_site_id=requesting, reading_site_id=reading, modality=modality
    )


def agreement_changed(key: str, version: int, fields: list[str]) -> Fact:
    return _about("AgreementChanged", "agreement", key, version, fields=fields)


def person_added(key: str, login: str) -> Fact:
    return _about("PersonAdded", "person", key, 1, login=login)


def person_changed(name: str, key: str, version: int, **details: Json) -> Fact:
    """`name` is one of PersonReset, PersonDisabled, PersonEnabled, PersonChanged, RoleGranted, RoleRevoked, PasswordChanged, PasswordSet."""
    return _about(name, "person", key, version, **details)


def address_held(network: str, client: str, failures: int) -> Fact:
    """Nobody may sign in from there for a while."""
    return _about("AddressHeld", "address", network, 0, client=client, failures=failures)


def signed_in(name: str, key: str, client: str, **details: Json) -> Fact:
    """`name` is one of LoggedIn, LoginFailed, LoggedOut, PersonLocked."""
    return _about(name, "person", key, 0, client=client, **details)


def notice_given(
    key: str, code: str, study_id: str | None, case_id: str | None, site_id: str, person_id: str | None
) -> Fact:
    """Somebody's bell rings: everybody's who holds the role at the site, or one person's."""
    sites = () if person_id else (site_id,)
    return Fact("NoticeGiven", "notice", key, 0, study_id, sites, {"code": code, "person_id": person_id}, case_id)


def notices_settled(about: str, study_id: str | None, site_ids: tuple[str, ...]) -> Fact:
    """What notices were about is dealt with: they count as seen."""
    return Fact("NoticesSettled", "notice", about, 0, study_id, site_ids)
