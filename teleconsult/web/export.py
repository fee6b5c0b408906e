"""What other tools read: the OpenAPI description for the TypeScript client, the lifecycles as pictures."""

import json
from pathlib import Path

from teleconsult.consult import CONSULTATION, ITEM, MEETING, ROOM, SEAT
from teleconsult.imaging.lifecycle import STUDY
from teleconsult.imaging.orders_lifecycle import ORDER
from teleconsult.imaging.orders_steps import STEP
from teleconsult.kernel.lifecycle import Lifecycle
from teleconsult.reading import TASK
from teleconsult.referral import CASE, FOLLOW_UP, REFERRAL
from teleconsult.reporting import CRITICAL, REPORT
from teleconsult.web.app import described

OPENAPI = Path("reading_ui/src/api/openapi.json")
LIFECYCLES = Path("docs/lifecycles.md")
_TABLES: dict[str, Lifecycle] = {
    "Study (检查)": STUDY, "Ordered examination (检查申请)": ORDER, "Performed step (执行步骤)": STEP, "Reading task (阅片任务)": TASK, "Report (报告)": REPORT, "Critical finding (危急值)": CRITICAL,
    "Case (病例)": CASE, "Referral (转诊)": REFERRAL, "Follow-up (随访)": FOLLOW_UP,
    "Consultation (会诊)": CONSULTATION, "Meeting (MDT 会议)": MEETING, "Case on an agenda (议程病例)": ITEM, "Room (会诊室)": ROOM, "Seat (席位)": SEAT,
}  # fmt: skip


def openapi() -> str:
    """The JSON API's OpenAPI 3.1 document, keys sorted, so that a change is a small difference."""
    app = described()
    with app.test_request_context():
        document = app.api_doc
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def lifecycles() -> str:
    """Every lifecycle table as a Mermaid diagram."""
    parts = [f"## {name}\n\n```mermaid\n{table.mermaid()}```\n" for name, table in _TABLES.items()]
    return "# Lifecycles\n\nMade from the tables in the code by `make export`.\n\n" + "\n".join(parts)


def write(folder: Path) -> None:
    """Write both into the work tree at `folder`."""
    for path, content in ((OPENAPI, openapi()), (LIFECYCLES, lifecycles())):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
