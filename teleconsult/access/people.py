"""People: added by an administrator, let in by a link that works once, never deleted."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete, select, update

from teleconsult.access import facts
from teleconsult.access.actors import NEEDED_TITLES, Actor, Grant, Role, Title
from teleconsult.access.passwords import digest, hashed, new_token
from teleconsult.access.permit import Thing, permit
from teleconsult.access.rights import EXCLUDE_EACH_OTHER
from teleconsult.access.tables import GrantRow, InvitationRow, PersonRow, SessionRow, SiteRow
from teleconsult.kernel.errors import absent, conflict, forbidden, invalid, none_of
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work

LINK_HOURS = 72
UNCHOSEN = ""
"""The language of somebody who has chosen none: the screens speak their browser's."""


def add_person(
    work: Work, actor: Actor, login: str, name: str, title: str, site_id: str | None, grants: Iterable[Grant], password: str | None = None,
) -> tuple[PersonRow, str | None]:  # fmt: skip
    """A new person, and the token of the link by which they set a password (None when one is given)."""
    permit(actor, "person.manage", Thing(site_id=site_id))
    if site_id is not None:
        work.get(SiteRow, site_id)
    login = login.strip().lower()
    if not (2 <= len(login) <= 64 and login.isascii() and login.isprintable() and " " not in login):
        raise invalid("field.login", login, field="login")
    if title not in list(Title):
        raise invalid("field.choice", none_of(title, Title), field="title")
    if not name.strip():
        raise invalid("field.text", "name", field="name", most=120)
    if work.session.scalars(select(PersonRow).where(PersonRow.login == login)).first():
        raise conflict("person.exists", login, login=login)
    person = PersonRow(
        id=new_id(), login=login, name=name.strip(), title=title, site_id=site_id, language=UNCHOSEN, disabled=False, failures=0,
        password_hash=hashed(password) if password else None, created_at=work.now, version=1,
    )  # fmt: skip
    work.add(person)
    work.record(facts.person_added(person.id, login))
    set_grants(work, actor, person.id, grants)
    return person, None if password else _invite(work, "person", person.id)


def set_grants(work: Work, actor: Actor, person_id: str, grants: Iterable[Grant], *, title: str | None = None) -> None:
    """Replace the roles a person holds; `title` is the one they are about to have, where that changes too.

    INVALID `roles.none` without any (to end somebody's access, disable them), `roles.exclusive` for administrator with auditor, `roles.unscoped`
    for a role without a site, `roles.title` for a role whose title the person lacks.
    """
    person = _managed(work, actor, person_id)
    if actor.id == person_id:
        raise forbidden("roles.own", "nobody changes their own roles")
    wanted = frozenset(grants)
    if {grant.role for grant in wanted} >= EXCLUDE_EACH_OTHER:
        raise invalid("roles.exclusive", "administrator and auditor exclude each other")
    if not wanted:
        raise invalid("roles.none", f"needed is one of {', '.join(Role)}")
    _fit(title or person.title, wanted)
    for grant in wanted:
        if grant.site_id is None and grant.role not in EXCLUDE_EACH_OTHER:
            raise invalid("roles.unscoped", grant.role, role=grant.role)
        if grant.site_id is not None:
            work.get(SiteRow, grant.site_id)
        permit(actor, "person.manage", Thing(site_id=grant.site_id))
    had = grants_of(work, person_id)
    work.session.execute(delete(GrantRow).where(GrantRow.person_id == person_id))
    for grant in sorted(wanted, key=lambda item: (item.role, item.site_id or "")):
        work.add(GrantRow(id=new_id(), person_id=person_id, role=grant.role, site_id=grant.site_id))
    for name, changed in (("RoleGranted", wanted - had), ("RoleRevoked", had - wanted)):
        for grant in sorted(changed, key=lambda item: (item.role, item.site_id or "")):
            work.record(facts.person_changed(name, person_id, person.version, role=grant.role, site_id=grant.site_id))


def _fit(title: str, grants: Iterable[Grant]) -> None:
    """INVALID `roles.title` where a role needs another title, `field.choice` where there is no such title."""
    if title not in list(Title):
        raise invalid("field.choice", none_of(title, Title), field="title")
    for role in sorted({grant.role for grant in grants}):
        if Title(title) not in (needed := NEEDED_TITLES.get(role, frozenset(Title))):
            raise invalid("roles.title", f"{role} with title {none_of(title, sorted(needed))}", role=role, title=title)


def grants_of(work: Work, person_id: str) -> frozenset[Grant]:
    found = work.session.execute(select(GrantRow.role, GrantRow.site_id).where(GrantRow.person_id == person_id))
    return frozenset(Grant(Role(role), site_id) for role, site_id in found)


def change_person(
    work: Work,
    actor: Actor,
    person_id: str,
    *,
    name: str | None = None,
    title: str | None = None,
    disabled: bool | None = None,
) -> PersonRow:
    """Change name or title, disable or enable. Disabling ends every session at once."""
    person = _managed(work, actor, person_id)
    if disabled is not None and actor.id == person_id:
        raise forbidden("person.self", "nobody disables themselves")
    if title is not None:
        _fit(title, grants_of(work, person_id))
    given = {"name": name, "title": title, "disabled": disabled}
    changes = {field: value for field, value in given.items() if value is not None}
    work.keep(person, **changes)
    if disabled:
        end_sessions(work, person_id)
    what = {True: "PersonDisabled", False: "PersonEnabled", None: "PersonChanged"}[disabled]
    work.record(facts.person_changed(what, person_id, person.version, fields=sorted(changes)))
    return person


def choose_language(work: Work, actor: Actor, language: str) -> None:
    """One's own choice; nothing worth recording."""
    work.keep(work.get(PersonRow, actor.id), language=language)


def reset_person(work: Work, actor: Actor, person_id: str) -> str:
    """Void the password, unlock, end every session; the token of a link for a new password is returned. Audited."""
    person = _managed(work, actor, person_id)
    work.keep(person, password_hash=None, failures=0, locked_until=None)
    end_sessions(work, person_id)
    work.record(facts.person_changed("PersonReset", person_id, person.version))
    return _invite(work, "person", person_id)


def _managed(work: Work, actor: Actor, person_id: str) -> PersonRow:
    """A person whom the actor may manage: at their own site and wherever they hold a role.

    Who can reset a password or lend a title acts through that person; so nobody reaches further by it than they reach themselves.
    """
    person = work.get(PersonRow, person_id)
    for site_id in {person.site_id, *(grant.site_id for grant in grants_of(work, person_id))}:
        permit(actor, "person.manage", Thing(site_id=site_id))
    return person


def end_sessions(work: Work, person_id: str) -> None:
    work.session.execute(delete(SessionRow).where(SessionRow.person_id == person_id))


def first_admin_invitation(work: Work) -> str | None:
    """The token of the link for the first administrator, None once the alliance has one who may sign in."""
    if _has_administrator(work):
        return None
    work.session.execute(delete(InvitationRow).where(InvitationRow.kind == "first_admin"))
    return _invite(work, "first_admin", None)


def invitation(work: Work, token: str, *, for_use: bool = False) -> tuple[InvitationRow, PersonRow | None]:
    """The invitation behind a link that still works. ABSENT `invitation.absent` for unknown, used or expired ones alike."""
    row = work.session.get(InvitationRow, digest(token), with_for_update=for_use)
    if row is None or row.used_at is not None or row.expires_at <= work.now:
        raise absent("invitation.absent")
    if row.person_id is None and _has_administrator(work):  # made by command meanwhile
        raise absent("invitation.absent")
    return row, work.get(PersonRow, row.person_id) if row.person_id else None


def redeem(work: Work, token: str, password: str, login: str = "", name: str = "") -> PersonRow:
    """Use the link: set the password, or make the first administrator."""
    row, person = invitation(work, token, for_use=True)
    row.used_at = work.now
    if person is None:
        return _first_administrator(work, login, name, password)
    end_sessions(work, person.id)
    work.keep(person, password_hash=hashed(password), failures=0, locked_until=None)
    work.record(facts.person_changed("PasswordSet", person.id, person.version))
    return person


def _has_administrator(work: Work) -> bool:
    """Whether somebody administers the whole alliance. Others may have been added before by command."""
    found = select(GrantRow.id).join(PersonRow, PersonRow.id == GrantRow.person_id)
    of_all = (GrantRow.role == Role.ADMINISTRATOR, GrantRow.site_id.is_(None), PersonRow.disabled.is_(False))
    return work.session.scalars(found.where(*of_all).limit(1)).first() is not None


def _first_administrator(work: Work, login: str, name: str, password: str) -> PersonRow:
    if _has_administrator(work):
        raise absent("invitation.absent")
    founder = Actor("system", "system", kind="system")
    person, _ = add_person(work, founder, login, name, Title.NONE, None, [Grant(Role.ADMINISTRATOR, None)], password)
    return person


def _invite(work: Work, kind: str, person_id: str | None) -> str:
    """A link; the ones that the person was given before stop working."""
    token = new_token()
    if person_id is not None:
        unused = (InvitationRow.person_id == person_id, InvitationRow.used_at.is_(None))
        work.session.execute(update(InvitationRow).where(*unused).values(used_at=work.now))
    work.add(
        InvitationRow(
            id=digest(token), kind=kind, person_id=person_id, expires_at=work.now + timedelta(hours=LINK_HOURS)
        )
    )
    return token
