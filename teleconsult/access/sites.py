"""Sites, peers and agreements: the alliance itself, set up by administrators."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from teleconsult.access import facts
from teleconsult.access.actors import Actor, Level
from teleconsult.access.peer_lines import line_values
from teleconsult.access.permit import Thing, permit
from teleconsult.access.sla import PROFILES
from teleconsult.access.tables import AgreementRow, PeerRow, SiteRow
from teleconsult.kernel.errors import conflict, invalid, none_of
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work

CHARSETS: Final = ("GB18030", "GBK", "ISO_IR 192", "ISO_IR 100", "ISO 2022 IR 58")
"""What a peer's headers may really be in, in DICOM's own words (PS3.3 C.12.1.1.2)."""


def add_site(work: Work, actor: Actor, code: str, name: str, level: str, parent_id: str | None = None) -> SiteRow:
    """A new hospital. CONFLICT `site.exists` when code or name is taken."""
    permit(actor, "site.manage", Thing(site_id=parent_id))
    code, name = _text(code, "code", 32), _text(name, "name", 120)
    if level not in list(Level):
        raise invalid("field.choice", none_of(level, Level), field="level")
    if parent_id is not None:
        work.get(SiteRow, parent_id)
    if work.session.scalars(select(SiteRow).where((SiteRow.code == code) | (SiteRow.name == name))).first():
        raise conflict("site.exists", code, name=name)
    site = SiteRow(id=new_id(), code=code, name=name, level=level, parent_id=parent_id, created_at=work.now, version=1)
    work.add(site)
    work.record(facts.site_added(site.id, code))
    return site


def rename_site(work: Work, actor: Actor, site_id: str, name: str) -> SiteRow:
    site = work.get(SiteRow, site_id)
    permit(actor, "site.manage", Thing(site_id=site.id))
    work.keep(site, name=_text(name, "name", 120))
    work.record(facts.site_changed(site.id, site.version))
    return site


def add_peer(
    work: Work, actor: Actor, ae_title: str, address: str, site_id: str, *,
    host: str | None = None, port: int | None = None, charset: str | None = None, issuers: Mapping[str, str] | None = None,
    receives_reports: bool = False, line: Mapping[str, Any] | None = None,
) -> PeerRow:  # fmt: skip
    """A DICOM application that may call.

    `address` is an IP address, a network in CIDR form, or `*` for any. `receives_reports`: signed reports of its site's studies are
    stored there, and so it needs host and port (INVALID `peer.reports_nowhere`). `line`: what it must show and how often it may call, as
    `peer_lines.line_values` takes it."""
    permit(actor, "peer.manage", Thing(site_id=site_id))
    work.get(SiteRow, site_id)
    title, where = _ae_title(ae_title), _address(address)
    host, port = _host(host), _port(port)
    _reachable(receives_reports, host, port)
    if work.session.scalars(select(PeerRow).where(PeerRow.ae_title == title, PeerRow.address == where)).first():
        raise conflict("peer.exists", title, ae_title=title, address=where)
    peer = PeerRow(
        id=new_id(), ae_title=title, address=where, site_id=site_id, host=host, port=port, charset=_charset(charset),
        issuers=dict(issuers or {}), receives_reports=receives_reports, disabled=False, version=1,
        **{"tls_required": False, "tls_outgoing": False, **line_values(line or {}, work.now)},
    )  # fmt: skip
    work.add(peer)
    work.record(facts.peer_added(peer.id, title, site_id))
    return peer


def change_peer(work: Work, actor: Actor, peer_id: str, changes: Mapping[str, Any]) -> PeerRow:
    """Change address, host, port, charset, issuers, receives_reports, disabled, or what `peer_lines.line_values` takes.

    INVALID `peer.reports_nowhere` when it would be sent reports and nobody said where."""
    peer = work.get(PeerRow, peer_id)
    permit(actor, "peer.manage", Thing(site_id=peer.site_id))
    checked = {name: _PEER_CHECKS[name](value) for name, value in changes.items() if name in _PEER_CHECKS}
    checked |= line_values(changes, work.now, peer.identity_name)
    if not _CALLING.isdisjoint(checked):
        _reachable(*(checked.get(name, getattr(peer, name)) for name in ("receives_reports", "host", "port")))
    work.keep(peer, **checked)
    work.record(facts.peer_changed(peer.id, peer.version, sorted(checked)))
    return peer


def add_agreement(
    work: Work, actor: Actor, requesting_site_id: str, reading_site_id: str, *,
    modality: str = "*", sla: str = "standard", rank: int = 0, valid_from: datetime | None = None, valid_to: datetime | None = None,
) -> AgreementRow:  # fmt: skip
    """One site reads another's studies of a modality (`*`: all). A named modality goes before `*`, then the lower rank.

    A site may read its own: that is how a hospital with radiologists gets tasks for what it makes itself.
    """
    permit(actor, "agreement.manage", Thing(site_id=requesting_site_id))
    work.get(SiteRow, requesting_site_id)
    work.get(SiteRow, reading_site_id)
    if sla not in PROFILES:
        raise invalid("field.choice", none_of(sla, PROFILES), field="sla")
    begins = valid_from or work.now
    if valid_to is not None and valid_to <= begins:
        raise invalid("agreement.dates", "ends before it begins")
    agreement = AgreementRow(
        id=new_id(), requesting_site_id=requesting_site_id, reading_site_id=reading_site_id, modality=_text(modality, "modality", 16).upper(),
        sla=sla, rank=rank, disabled=False, valid_from=begins, valid_to=valid_to, version=1,
    )  # fmt: skip
    work.add(agreement)
    work.record(facts.agreement_added(agreement.id, requesting_site_id, reading_site_id, agreement.modality))
    return agreement


def change_agreement(work: Work, actor: Actor, agreement_id: str, changes: Mapping[str, Any]) -> AgreementRow:
    """Change sla, rank, disabled or valid_to. Tasks already opened keep their due time."""
    agreement = work.get(AgreementRow, agreement_id)
    permit(actor, "agreement.manage", Thing(site_id=agreement.requesting_site_id))
    checked = {name: value for name, value in changes.items() if name in {"sla", "rank", "disabled", "valid_to"}}
    if checked.get("sla", agreement.sla) not in PROFILES:
        raise invalid("field.choice", none_of(str(checked["sla"]), PROFILES), field="sla")
    work.keep(agreement, **checked)
    work.record(facts.agreement_changed(agreement.id, agreement.version, sorted(checked)))
    return agreement


def _text(value: str, field: str, most: int) -> str:
    value = value.strip()
    if not value or len(value) > most or not value.isprintable():
        raise invalid("field.text", f"{field}: 1 to {most} printable characters", field=field, most=most)
    return value


def _ae_title(value: str) -> str:
    """PS3.8 9.3.2: at most 16 characters of the default repertoire, no backslash, spaces around do not count."""
    title = _text(value, "ae_title", 16)
    if not title.isascii() or "\\" in title:
        raise invalid("field.ae_title", title, field="ae_title")
    return title


def _address(value: str) -> str:
    try:
        return (
            value
            if value == "*"
            else str(ipaddress.ip_network(value.strip(), strict=False)).removesuffix("/32").removesuffix("/128")
        )
    except ValueError:
        raise invalid("field.address", value, field="address") from None


def _host(value: str | None) -> str | None:
    host = (value or "").strip()
    if not re.fullmatch(r"[\w.:%-]{0,255}", host):
        raise invalid("field.host", host, field="host")
    return host or None


def _reachable(receives_reports: bool, host: str | None, port: int | None) -> None:
    """Reports for a peer that cannot be called would silently go nowhere."""
    if receives_reports and not (host and port):
        missing = "port" if host else "host"
        raise invalid("peer.reports_nowhere", f"a peer that receives reports needs a {missing}", field=missing)


def _port(value: int | None) -> int | None:
    if value is not None and not 0 < value < 65536:
        raise invalid("field.port", str(value), field="port")
    return value


def _charset(value: str | None) -> str | None:
    if value and value not in CHARSETS:
        raise invalid("field.choice", none_of(value, CHARSETS), field="charset")
    return value or None


_CALLING: Final = frozenset({"receives_reports", "host", "port"})
_PEER_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "address": _address,
    "charset": _charset,
    "port": _port,
    "host": _host,
    "issuers": dict,
    "receives_reports": bool,
    "disabled": bool,
}
