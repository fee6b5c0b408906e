"""The hospitals whose studies may stand in somebody's worklist, whether any stands there now or not."""

from sqlalchemy import ColumnElement, or_, select, true

from teleconsult.access import Actor
from teleconsult.access.rights import ORIGIN, READING, WITH_STUDY
from teleconsult.access.tables import AgreementRow, SiteRow
from teleconsult.reading import Named
from teleconsult.records.work import Work


def worklist_sites(work: Work, actor: Actor) -> list[Named]:
    """The own sites, and those whose studies these read by an agreement, an ended one too; in order of their names.

    It tells names of partners only, and no row: what stands in the list is for `worklist`.
    """
    sees = WITH_STUDY["study.see"]
    condition: ColumnElement[bool] = true()
    if actor.kind != "system" and not any(actor.everywhere(*roles) for roles in sees.values()):
        asked_of = select(AgreementRow.requesting_site_id).where(
            AgreementRow.reading_site_id.in_(actor.sites(*sees[READING]))
        )
        condition = or_(SiteRow.id.in_(actor.sites(*sees[ORIGIN])), SiteRow.id.in_(asked_of))
    rows = work.session.execute(select(SiteRow.id, SiteRow.name).where(condition).order_by(SiteRow.name, SiteRow.id))
    return [Named(row.id, row.name) for row in rows]
