"""What waits for the person who is signed in, from every part of the house."""

from datetime import datetime

from flask import Response

from teleconsult.consult.queries import desk
from teleconsult.web import auth
from teleconsult.web.api.consultation_views import CasePatient
from teleconsult.web.respond import Model, answer_if_changed
from teleconsult.web.routes import Routes

api = Routes("desk", __name__, "desk", "/api/desk")


class DeskItem(Model):
    """One thing to do: `title_code` and `params` give its words, `verb` its button, `link` its screen, `band` its colour."""

    kind: str
    id: str
    title_code: str
    params: dict[str, str | int | float | bool | None]
    verb: str
    link: str
    band: str
    due_at: datetime | None
    case_id: str | None
    study_id: str | None
    patient: CasePatient | None


class Desk(Model):
    items: list[DeskItem]
    total: int


@api.get("", responses={200: Desk}, summary="What needs me now, most urgent first")
def my_desk() -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        found, total = desk(work, actor)
    items = [
        DeskItem(
            kind=one.kind, id=one.id, title_code=one.title_code, params=one.params, verb=one.verb, link=one.link, band=one.band,
            due_at=one.due_at, case_id=one.case_id, study_id=one.study_id, patient=CasePatient.of(one.patient),
        )
        for one in found
    ]  # fmt: skip
    return answer_if_changed(Desk(items=items, total=total))
