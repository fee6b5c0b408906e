"""Ordered examinations of one's own hospital: registered, changed, cancelled; and the studies that came, put with them or apart."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response
from pydantic import Field

from teleconsult.access import Actor, Thing, permits
from teleconsult.access.queries import enabled_peers, site_names
from teleconsult.imaging import orders, orders_arrivals, orders_queries
from teleconsult.kernel.errors import forbidden, invalid
from teleconsult.records import Work
from teleconsult.web import auth
from teleconsult.web.api.order_views import (
    ChangeBody,
    OrderCounts,
    OrderForm,
    OrderPage,
    OrderSite,
    OrderView,
    RegisterBody,
    RegisterFromBody,
    StudyCandidate,
    StudyCandidates,
    UnmatchedList,
    order_item,
    order_view,
    study_brief,
    unmatched_study,
)
from teleconsult.web.respond import Done, Model, answer, answer_if_changed
from teleconsult.web.routes import Routes

api = Routes("orders", __name__, "orders", "/api/orders")


class OrderPath(Model):
    id: str = Field(max_length=64)


class OrdersQuery(Model):
    shelf: str = Field(default="waiting", pattern="^(waiting|late|performed|cancelled|all)$")
    q: str = Field(default="", max_length=100)
    cursor: str | None = Field(default=None, max_length=400)
    limit: int = Field(default=50, ge=1, le=200)


class UnmatchedQuery(Model):
    state: str = Field(default="open", pattern="^(open|aside)$")
    q: str = Field(default="", max_length=100)


class CancelOrderBody(Model):
    reason: str = Field(max_length=2000)
    version: int | None = None


class LinkBody(Model):
    study_id: str = Field(max_length=64)
    reason: str = Field(default="", max_length=2000)


class AsideBody(Model):
    reason: str = Field(max_length=2000)


@api.get("", responses={200: OrderPage}, summary="The orders of one's own hospitals")
def list_orders(query: OrdersQuery) -> Response:
    actor = _permitted("order.see")
    with auth.system().read(actor) as work:
        found = orders_queries.order_list(work, actor, query.shelf, query.q, query.cursor, query.limit)
        lonely, _ = orders_queries.counts(work, actor)
        names = site_names(work)
    items = [order_item(row, names, images) for row, images in found.items]
    counts = OrderCounts(**found.counts)
    return answer_if_changed(OrderPage(items=items, next=found.next, counts=counts, unmatched=lonely))


@api.post("", responses={200: OrderView}, summary="Order an examination")
def register(body: RegisterBody) -> Response:
    actor = _permitted("order.write")
    site_id = body.site_id or _only_site(actor)
    with auth.system().work(actor) as work:
        order = orders.register(work, actor, site_id, body.said(), _reminder(), body.confirmed())
        return _shown(work, actor, order.id)


@api.get("/form", responses={200: OrderForm}, summary="For which hospitals one may order, with their devices")
def form() -> Response:
    actor = _permitted("order.write")
    with auth.system().read(actor) as work:
        peers = sorted(enabled_peers(work).values())
        names = site_names(work)
    items = [
        OrderSite(id=site, name=names[site], stations=list(dict.fromkeys(title for title, at in peers if at == site)))
        for site in _sites(actor, "order.write", names)
    ]
    return answer(OrderForm(items=items))


@api.get("/unmatched", responses={200: UnmatchedList}, summary="Studies without an order, with the likeliest orders")
def list_unmatched(query: UnmatchedQuery) -> Response:
    actor = _permitted("order.see")
    with auth.system().read(actor) as work:
        found = orders_queries.unmatched(work, actor, query.state, query.q)
        _, late = orders_queries.counts(work, actor)
        names = site_names(work)
    return answer(UnmatchedList(items=[unmatched_study(each, names) for each in found], late=late))


@api.post("/unmatched/<id>/aside", responses={200: Done}, summary="The study needs no order, and why")
def set_aside(path: OrderPath, body: AsideBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        orders_arrivals.set_aside(work, actor, path.id, body.reason)
    return answer(Done())


@api.post("/unmatched/<id>/take_up", responses={200: Done}, summary="The study needs an order after all")
def take_up(path: OrderPath) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        orders_arrivals.take_up(work, actor, path.id)
    return answer(Done())


@api.post("/unmatched/<id>/register", responses={200: OrderView}, summary="Order what the study shows, and link them")
def register_from(path: OrderPath, body: RegisterFromBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        order = orders_arrivals.register_from(
            work, actor, path.id, body.said(), body.reason, _reminder(), body.confirmed()
        )
        return _shown(work, actor, order.id)


@api.get("/<id>", responses={200: OrderView}, summary="An order with its studies and performed steps")
def get_order(path: OrderPath) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        return _shown(work, actor, path.id)


@api.patch("/<id>", responses={200: OrderView}, summary="Change an order while nothing has begun")
def change(path: OrderPath, body: ChangeBody) -> Response:
    def act(work: Work, actor: Actor) -> None:
        orders.edit(work, actor, path.id, body.said(), body.version, _reminder(), body.confirmed())

    return _done(path.id, act)


@api.post("/<id>/cancel", responses={200: OrderView}, summary="Nobody wants the examination any more")
def cancel(path: OrderPath, body: CancelOrderBody) -> Response:
    return _done(path.id, lambda work, actor: orders.cancel(work, actor, path.id, body.reason, body.version))


@api.get(
    "/<id>/candidates", responses={200: StudyCandidates}, summary="Studies without an order that may be this one's"
)
def candidates(path: OrderPath) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        found = orders_queries.candidates_for(work, actor, path.id)
        names = site_names(work)
    items = [
        StudyCandidate(study=study_brief(pair.study, names), agrees=list(pair.agrees), differs=list(pair.differs))
        for pair in found
    ]
    return answer(StudyCandidates(items=items))


@api.post("/<id>/link", responses={200: OrderView}, summary="The study answers this order")
def link(path: OrderPath, body: LinkBody) -> Response:
    return _done(path.id, lambda work, actor: orders_arrivals.link(work, actor, path.id, body.study_id, body.reason))


@api.post("/<id>/unlink", responses={200: OrderView}, summary="The study does not answer this order after all")
def unlink(path: OrderPath, body: LinkBody) -> Response:
    return _done(path.id, lambda work, actor: orders_arrivals.unlink(work, actor, path.id, body.study_id, body.reason))


def _done(order_id: str, act: Callable[[Work, Actor], Any]) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        act(work, actor)
        return _shown(work, actor, order_id)


def _shown(work: Work, actor: Actor, order_id: str) -> Response:
    return answer(order_view(orders_queries.order_detail(work, actor, order_id), site_names(work)))


def _reminder() -> timedelta:
    return timedelta(hours=auth.system().settings.order_reminder_hours)


def _permitted(verb: str) -> Actor:
    """Who may do so nowhere is told so; who may somewhere gets what is theirs."""
    actor = auth.actor()
    if not any(permits(actor, verb, Thing(site_id=grant.site_id)) for grant in actor.grants):
        raise forbidden("permit.refused", verb=verb)
    return actor


def _sites(actor: Actor, verb: str, names: dict[str, str]) -> list[str]:
    return [site for site in sorted(names, key=lambda key: names[key]) if permits(actor, verb, Thing(site_id=site))]


def _only_site(actor: Actor) -> str:
    with auth.system().read(actor) as work:
        found = _sites(actor, "order.write", site_names(work))
    if len(found) != 1:
        raise invalid("order.which_site", "several hospitals: say which")
    return found[0]
