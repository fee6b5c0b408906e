"""Signing in and out, one's own password and language, invitations."""

from datetime import datetime

from flask import Response
from pydantic import Field

from teleconsult import access
from teleconsult.access import ANYBODY, Actor, SignedIn
from teleconsult.access.queries import site_names, verbs
from teleconsult.web import auth
from teleconsult.web.respond import Done, Model, answer
from teleconsult.web.routes import Routes

api = Routes("session", __name__, "session", "/api")


class SiteRef(Model):
    id: str
    name: str


class Person(Model):
    id: str
    login: str
    name: str
    title: str
    site: SiteRef | None
    language: str


class HeldRole(Model):
    role: str
    site_id: str | None
    site_name: str | None


class SessionInfo(Model):
    idle_seconds: int
    expires_at: datetime


class Me(Model):
    """Who is signed in and what they may do somewhere."""

    person: Person
    roles: list[HeldRole]
    csrf: str
    session: SessionInfo
    verbs: list[str]


class LoginBody(Model):
    login: str = Field(max_length=64)
    password: str = Field(max_length=200)


class PasswordBody(Model):
    old: str = Field(max_length=200)
    new: str = Field(max_length=200)


class LanguageBody(Model):
    language: str = Field(pattern="^(zh-CN|en)$")


class TokenPath(Model):
    token: str = Field(max_length=100)


class Invitation(Model):
    kind: str
    login: str | None
    name: str | None


class RedeemBody(Model):
    password: str = Field(max_length=200)
    login: str = Field(default="", max_length=64)
    name: str = Field(default="", max_length=120)


@api.post("/login", responses={200: Me}, summary="Sign in")
def login(body: LoginBody) -> Response:
    system = auth.system()
    allowed = access.Allowance(system.settings.login_failures_per_address, system.settings.login_failures_seconds)
    session = access.login(
        system.store, ANYBODY, body.login, body.password, auth.client(), system.settings.session_idle_seconds,
        auth.address(), allowed,
    )  # fmt: skip
    return auth.let_in(answer(_me(session)), session)


@api.post("/logout", responses={200: Done}, summary="Sign out")
def logout() -> Response:
    session = auth.signed_in()
    with auth.system().work(session.actor) as work:
        access.logout(work, session.actor, session.token)
    return auth.let_out(answer(Done()))


@api.get("/me", responses={200: Me}, summary="Who is signed in")
def me() -> Response:
    return answer(_me(auth.signed_in()))


@api.post("/session/touch", responses={200: SessionInfo}, summary="Somebody is there: keep the session alive")
def touch() -> Response:
    session = auth.signed_in()
    return answer(SessionInfo(idle_seconds=auth.system().settings.session_idle_seconds, expires_at=session.expires_at))


@api.post("/password", responses={200: Done}, summary="Change one's own password")
def change_password(body: PasswordBody) -> Response:
    session = auth.signed_in()
    access.change_password(auth.system().store, session.actor, body.old, body.new, session.token)
    return answer(Done())


@api.put("/me/language", responses={200: Done}, summary="Choose a language")
def change_language(body: LanguageBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        access.choose_language(work, actor, body.language)
    return answer(Done())


@api.get("/invitations/<token>", responses={200: Invitation}, summary="What a link that works once is for")
def invitation(path: TokenPath) -> Response:
    with auth.system().read(ANYBODY) as work:
        row, person = access.invitation(work, path.token)
    return answer(
        Invitation(kind=row.kind, login=person.login if person else None, name=person.name if person else None)
    )


@api.post("/invitations/<token>", responses={200: Done}, summary="Use the link: set a password")
def redeem(path: TokenPath, body: RedeemBody) -> Response:
    with auth.system().work(ANYBODY) as work:
        access.redeem(work, path.token, body.password, body.login, body.name)
    return answer(Done())


def _me(session: SignedIn) -> Me:
    actor: Actor = session.actor
    with auth.system().read(actor) as work:
        names = site_names(work)
        person = access.queries.person(work, actor.id)
    roles = [
        HeldRole(role=grant.role, site_id=grant.site_id, site_name=names.get(grant.site_id or ""))
        for grant in sorted(actor.grants, key=lambda item: (item.role, item.site_id or ""))
    ]
    return Me(
        person=Person(
            id=actor.id, login=person.login, name=actor.name, title=actor.title, language=person.language,
            site=SiteRef(id=actor.site_id, name=names[actor.site_id]) if actor.site_id else None,
        ),
        roles=roles, csrf=session.csrf, verbs=verbs(actor),
        session=SessionInfo(idle_seconds=auth.system().settings.session_idle_seconds, expires_at=session.expires_at),
    )  # fmt: skip
