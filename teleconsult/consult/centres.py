"""Which hospitals a consultation can be sent to: those where somebody sees it."""

from teleconsult.consult.queries.people import centres
from teleconsult.kernel.errors import invalid
from teleconsult.records.work import Work


def somebody_triages(work: Work, site_id: str) -> None:
    """INVALID `consultation.centre_unstaffed` when nobody at the hospital could see a request."""
    if site_id not in {row.id for row in centres(work)}:
        raise invalid("consultation.centre_unstaffed", site_id[:40], field="centre")
