"""Line checks (线路检测): the lines that one may check, asking for a check, its result and those before it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response
from pydantic import Field

from teleconsult.access.queries import checkable_peers, site_names
from teleconsult.imaging import line_check
from teleconsult.web import auth
from teleconsult.web.respond import Model, answer
from teleconsult.web.routes import Routes

api = Routes("lines", __name__, "lines", "/api/lines")


class LinePath(Model):
    id: str = Field(max_length=64)


class LineStep(Model):
    """`state` is ok, failed, warned or skipped; `code` says what came of it, `numbers` how fast, how many, when."""

    name: str
    state: str
    code: str
    numbers: dict[str, str | float | int]


class LineCheck(Model):
    """`code` is to be read out on the telephone. Steps that were not taken are absent."""

    id: str
    asked_at: datetime
    asked_by: str
    with_image: bool
    done_at: datetime | None
    good: bool | None
    code: str | None
    steps: list[LineStep]


class DeviceLine(Model):
    """A device whose line one may check. `last_secure`: whether it last called over TLS."""

    id: str
    ae_title: str
    site_id: str
    site: str
    host: str | None
    port: int | None
    tls_required: bool
    tls_outgoing: bool
    fingerprint: str | None
    last_secure: bool | None
    last_seen_at: datetime | None
    last_error: str | None
    last_error_at: datetime | None
    last_check: LineCheck | None


class OurSide(Model):
    """What the other side must register: our AE title and ports (0: none)."""

    ae_title: str
    port: int
    tls_port: int


class DeviceLines(Model):
    items: list[DeviceLine]
    ours: OurSide


class LineChecks(Model):
    items: list[LineCheck]


class CheckBody(Model):
    with_image: bool = Field(default=True, description="send a made-up test image there and ask it back")


@api.get("", responses={200: DeviceLines}, summary="The lines that one may check")
def list_lines() -> Response:
    actor, settings = auth.actor(), auth.system().settings
    with auth.system().read(actor) as work:
        names, last = site_names(work), line_check.last_of_each(work, actor)
        items = [_line(row, names, last) for row in checkable_peers(work, actor)]
    ours = OurSide(ae_title=settings.ae_title, port=settings.dicom_port, tls_port=settings.dicom_tls_port)
    return answer(DeviceLines(items=items, ours=ours))


@api.get("/<id>/checks", responses={200: LineChecks}, summary="The checks of a line, newest first")
def list_checks(path: LinePath) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        items = [_check(row) for row in line_check.history(work, actor, path.id)]
    return answer(LineChecks(items=items))


@api.post("/<id>/checks", responses={201: LineCheck}, summary="Have a line checked; a job does it")
def ask_check(path: LinePath, body: CheckBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        shown = _check(line_check.ask(work, actor, path.id, body.with_image))
    return answer(shown, 201)


def _line(row: Any, names: Mapping[str, str], last: Mapping[str, Any]) -> DeviceLine:
    named = {name: getattr(row, name) for name in DeviceLine.model_fields if name not in ("site", "last_check")}
    found = last.get(row.id)
    return DeviceLine(**named, site=names.get(row.site_id, ""), last_check=None if found is None else _check(found))


def _check(row: Any) -> LineCheck:
    return LineCheck(
        id=row.id, asked_at=row.asked_at, asked_by=row.asked_by, with_image=row.with_image, done_at=row.done_at, good=row.good, code=row.code,
        steps=[LineStep.model_validate(each) for each in (row.result or {}).get("steps", [])],
    )  # fmt: skip
