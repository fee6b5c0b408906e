"""News for the person who is signed in."""

from datetime import datetime

from flask import Response
from pydantic import Field

from teleconsult import access
from teleconsult.web import auth
from teleconsult.web.respond import Done, Model, answer, answer_if_changed
from teleconsult.web.routes import Routes

api = Routes("notices", __name__, "notices", "/api/notices")


class Notice(Model):
    """`waits`: it stays unseen until what it is about is dealt with, and counts as seen from then on."""

    id: str
    code: str
    params: dict[str, str | int | float | bool | None]
    study_id: str | None
    case_id: str | None
    at: datetime
    seen: bool
    waits: bool


class Notices(Model):
    items: list[Notice]
    unseen: int


class NoticePath(Model):
    id: str = Field(max_length=64)


@api.get("", responses={200: Notices}, summary="What waits to be dealt with, then the latest notices")
def list_notices() -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        found = access.notices(work, actor)
    items = [
        Notice(
            id=n.row.id,
            code=n.row.code,
            params=n.row.params,
            study_id=n.row.study_id,
            case_id=n.row.case_id,
            at=n.row.at,
            seen=n.seen,
            waits=n.waits,
        )
        for n in found
    ]
    return answer_if_changed(Notices(items=items, unseen=sum(not item.seen for item in items)))


@api.post("/<id>/seen", responses={200: Done}, summary="Mark a notice as seen")
def see_notice(path: NoticePath) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        access.see(work, actor, path.id)
    return answer(Done())
