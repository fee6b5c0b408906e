"""One thing to do, as every desk shows it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from teleconsult.consult.queries.cases import Patient


@dataclass(frozen=True, slots=True)
class DeskItem:
    """One thing to do. `kind` names it, `verb` is what the button does, `link` where the screen is; `title_code` and `params` give its words."""

    kind: str
    id: str
    title_code: str
    verb: str
    link: str
    band: str
    due_at: datetime | None = None
    case_id: str | None = None
    study_id: str | None = None
    patient: Patient | None = None
    params: dict[str, Any] = field(default_factory=dict)
