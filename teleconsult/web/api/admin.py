"""The alliance, set up by administrators: sites, agreements, people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response
from pydantic import AwareDatetime, Field

from teleconsult import access
from teleconsult.access import PROFILES, Grant, Role
from teleconsult.access.queries import agreements, people, sites
from teleconsult.web import auth
from teleconsult.web.respond import Model, answer
from teleconsult.web.routes import Routes

api = Routes("admin", __name__, "admin", "/api/admin")


class IdPath(Model):
    id: str = Field(max_length=64)


class Site(Model):
    id: str
    code: str
    name: str
    level: str
    parent_id: str | None


class SiteBody(Model):
    code: str
    name: str
    level: str
    parent_id: str | None = None


class SiteChange(Model):
    name: str


class Sites(Model):
    items: list[Site]


class Agreement(Model):
    id: str
    requesting_site_id: str
    reading_site_id: str
    modality: str
    sla: str
    rank: int
    disabled: bool
    valid_from: datetime
    valid_to: datetime | None


class AgreementBody(Model):
    requesting_site_id: str
    reading_site_id: str
    modality: str = "*"
    sla: str = "standard"
    rank: int = 0
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None


class AgreementChange(Model):
    sla: str | None = None
    rank: int | None = None
    disabled: bool | None = None
    valid_to: AwareDatetime | None = None


class Agreements(Model):
    items: list[Agreement]


class SlaProfile(Model):
    name: str
    minutes: dict[str, int]
    exceptions: dict[str, int]


class SlaProfiles(Model):
    items: list[SlaProfile]


class RoleAt(Model):
    role: Role
    site_id: str | None = None


class Human(Model):
    id: str
    login: str
    name: str
    title: str
    site_id: str | None
    roles: list[RoleAt]
    disabled: bool
    locked_until: datetime | None
    has_password: bool


class People(Model):
    items: list[Human]


class PersonBody(Model):
    login: str = Field(max_length=64)
    name: str = Field(max_length=120)
    title: str = "none"
    site_id: str | None = None
    roles: list[RoleAt] = Field(default_factory=list)


class PersonChange(Model):
    name: str | None = Field(default=None, min_length=1, max_length=120)
    title: str | None = None
    disabled: bool | None = None
    roles: list[RoleAt] | None = None


class Invited(Model):
    """A person and the link by which they set their password; the link is shown this once."""

    id: str
    link: str


@api.get("/sites", responses={200: Sites}, summary="All sites")
def list_sites() -> Response:
    with auth.system().read(auth.actor()) as work:
        return answer(Sites(items=[Site.model_validate(_fields(Site, row)) for row in sites(work)]))


@api.post("/sites", responses={201: Site}, summary="Add a site")
def add_site(body: SiteBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        row = access.add_site(work, actor, body.code, body.name, body.level, body.parent_id)
    return answer(Site.model_validate(_fields(Site, row)), 201)


@api.patch("/sites/<id>", responses={200: Site}, summary="Rename a site")
def change_site(path: IdPath, body: SiteChange) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        row = access.rename_site(work, actor, path.id, body.name)
    return answer(Site.model_validate(_fields(Site, row)))


@api.get("/agreements", responses={200: Agreements}, summary="Agreements")
def list_agreements() -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        items = [Agreement.model_validate(_fields(Agreement, row)) for row in agreements(work, actor)]
    return answer(Agreements(items=items))


@api.post("/agreements", responses={201: Agreement}, summary="Add an agreement")
def add_agreement(body: AgreementBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        row = access.add_agreement(work, actor, **body.model_dump())
    return answer(Agreement.model_validate(_fields(Agreement, row)), 201)


@api.patch("/agreements/<id>", responses={200: Agreement}, summary="Change an agreement")
def change_agreement(path: IdPath, body: AgreementChange) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        row = access.change_agreement(work, actor, path.id, body.model_dump(exclude_unset=True))
    return answer(Agreement.model_validate(_fields(Agreement, row)))


@api.get("/sla-profiles", responses={200: SlaProfiles}, summary="The SLA profiles that an agreement may name")
def list_sla_profiles() -> Response:
    items = [
        SlaProfile(
            name=name,
            minutes=dict(sla.by_priority),
            exceptions={f"{modality} {priority}": minutes for (modality, priority), minutes in sla.exceptions.items()},
        )
        for name, sla in PROFILES.items()
    ]
    return answer(SlaProfiles(items=items))


@api.get("/people", responses={200: People}, summary="People with their roles")
def list_people() -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        return answer(People(items=[_human(row, grants) for row, grants in people(work, actor)]))


@api.post("/people", responses={201: Invited}, summary="Add a person; they set a password by the link")
def add_person(body: PersonBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        person, token = access.add_person(
            work, actor, body.login, body.name, body.title, body.site_id, _grants(body.roles)
        )
    return answer(Invited(id=person.id, link=_link(token)), 201)


@api.patch("/people/<id>", responses={200: Human}, summary="Change name, title or roles; disable or enable")
def change_person(path: IdPath, body: PersonChange) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        if body.roles is not None:
            access.set_grants(work, actor, path.id, _grants(body.roles), title=body.title)
        access.change_person(work, actor, path.id, name=body.name, title=body.title, disabled=body.disabled)
        row, grants = next(found for found in people(work, actor) if found[0].id == path.id)
        return answer(_human(row, grants))


@api.post("/people/<id>/reset", responses={200: Invited}, summary="Void a password; a new one is set by the link")
def reset_person(path: IdPath) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        token = access.reset_person(work, actor, path.id)
    return answer(Invited(id=path.id, link=_link(token)))


def _grants(roles: Sequence[RoleAt]) -> list[Grant]:
    return [Grant(item.role, item.site_id) for item in roles]


def _link(token: str | None) -> str:
    return f"{auth.system().settings.url}/invitation/{token}"


def _human(row: Any, grants: Sequence[Any]) -> Human:
    return Human(
        id=row.id, login=row.login, name=row.name, title=row.title, site_id=row.site_id, disabled=row.disabled,
        roles=[RoleAt(role=Role(grant.role), site_id=grant.site_id) for grant in grants],
        locked_until=row.locked_until, has_password=row.password_hash is not None,
    )  # fmt: skip


def _fields(model: type[Model], row: Any) -> dict[str, Any]:
    """The row's columns that the model names."""
    return {name: getattr(row, name) for name in model.model_fields}
