"""Commands that set up an alliance: `site`, `peer`, `agreement`, `user`. For whoever may read the installation's home: it is the key to it all."""

import argparse
import getpass
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from teleconsult.cli.listing import show
from teleconsult.cli.processes import ADDRESS, Commands, settings_from
from teleconsult.kernel.errors import invalid, none_of


def add_to(commands: Commands, common: argparse.ArgumentParser) -> None:
    site = _group(commands, "site", "hospitals and health centres")
    _verb(
        site,
        common,
        "add",
        _add_site,
        ("code", {}),
        ("name", {}),
        ("--level", {"default": "county", "type": _level}),
        ("--parent", {"help": "code of the site above"}),
    )
    _verb(site, common, "list", _list_sites)
    peer = _group(commands, "peer", "DICOM applications that may call")
    _verb(
        peer, common, "add", _add_peer, ("ae_title", {}), ("address", {"help": "IP address, network, or *"}), ("--site", {"required": True}),
        ("--charset", {"type": _charset, "help": "what its headers are really in"}), ("--host", {}), ("--port", {"type": int}),
        ("--issuer", {"action": "append", "default": [], "metavar": "TEXT=ISSUER", "help": "maps (0010,0021)"}),
        ("--reports", {"action": "store_true", "help": "signed reports of its hospital's studies are stored there"}),
    )  # fmt: skip
    _verb(peer, common, "list", _list_peers)
    agreement = _group(commands, "agreement", "who reads for whom")
    _verb(
        agreement, common, "add", _add_agreement, ("--from", {"required": True, "dest": "requesting"}), ("--to", {"required": True, "dest": "reading"}),
        ("--modality", {"default": "*"}), ("--sla", {"default": "standard", "type": _sla}), ("--rank", {"type": int, "default": 0}),
    )  # fmt: skip
    user = _group(commands, "user", "people")
    _verb(
        user, common, "add", _add_user, ("login", {}), ("name", {}), ("--title", {"default": "none", "type": _title}), ("--site", {}),
        ("--role", {"action": "append", "default": [], "metavar": "ROLE[@SITE]", "help": "may be given more than once"}),
        ("--password-stdin", {"action": "store_true", "help": "read a password instead of printing a link"}),
    )  # fmt: skip
    _verb(user, common, "reset", _reset_user, ("login", {}))
    _verb(user, common, "list", _list_users)


def _one_of(value: str, allowed: Iterable[str]) -> str:
    if value not in list(allowed):
        raise argparse.ArgumentTypeError(none_of(value, allowed))
    return value


def _level(value: str) -> str:
    from teleconsult.access import Level

    return _one_of(value, Level)


def _title(value: str) -> str:
    from teleconsult.access import Title

    return _one_of(value, Title)


def _sla(value: str) -> str:
    from teleconsult.access import PROFILES

    return _one_of(value, PROFILES)


def _charset(value: str) -> str:
    from teleconsult.access import CHARSETS

    return _one_of(value, CHARSETS)


def _group(commands: Commands, name: str, text: str) -> Commands:
    return commands.add_parser(name, help=text).add_subparsers(dest="verb", required=True, metavar="VERB")


def _verb(
    group: Commands,
    common: argparse.ArgumentParser,
    name: str,
    run: Callable[..., Any],
    *arguments: tuple[str, dict[str, Any]],
) -> None:
    command = group.add_parser(name, parents=[common])
    for argument, options in arguments:
        command.add_argument(argument, **options)
    command.set_defaults(run=run)


@contextmanager
def _work(options: argparse.Namespace) -> Iterator[Any]:
    """A transaction in the name of whoever is at this machine's keyboard; the journal says so."""
    from teleconsult.access import Actor
    from teleconsult.records.upgrade import upgrade
    from teleconsult.system import build

    system = build(settings_from(options))
    upgrade(system.store.engine)
    try:
        with system.work(Actor("system", f"cli:{_account()}", kind="system")) as work:
            yield work
    finally:
        system.store.engine.dispose()


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _site_id(work: Any, code: str | None) -> str | None:
    from teleconsult.access.queries import site_by_code

    return None if code is None else site_by_code(work, code).id


def _show(**values: Any) -> None:
    print(json.dumps(values, ensure_ascii=False, default=str))


def _add_site(options: argparse.Namespace) -> None:
    from teleconsult import access

    with _work(options) as work:
        row = access.add_site(
            work, work.actor, options.code, options.name, options.level, _site_id(work, options.parent)
        )
    _show(id=row.id, code=row.code, name=row.name)


def _list_sites(options: argparse.Namespace) -> None:
    from teleconsult import access

    with _work(options) as work:
        found, codes = access.queries.sites(work), _codes(work)
        rows = [(row.code, row.name, row.level, codes.get(row.parent_id or "", "")) for row in found]
    show(("code", "name", "level", "parent"), rows)


def _add_peer(options: argparse.Namespace) -> None:
    from teleconsult import access

    issuers = dict(pair.split("=", 1) for pair in options.issuer if "=" in pair)
    with _work(options) as work:
        site = _site_id(work, options.site)
        row = access.add_peer(
            work, work.actor, options.ae_title, options.address, site or "", host=options.host, port=options.port,
            charset=options.charset, issuers=issuers, receives_reports=options.reports,
        )  # fmt: skip
    _show(id=row.id, ae_title=row.ae_title, address=row.address)


def _list_peers(options: argparse.Namespace) -> None:
    from teleconsult import access

    with _work(options) as work:
        codes = _codes(work)
        rows = [
            (
                row.ae_title, row.address, codes.get(row.site_id, ""), f"{row.host}:{row.port}" if row.host else "",
                "yes" if row.receives_reports else "no", f"{row.last_seen_at:%Y-%m-%dT%H:%MZ}" if row.last_seen_at else "", _state(row),
            )
            for row in access.queries.peers(work, work.actor)
        ]  # fmt: skip
    show(("ae_title", "address", "site", "called_at", "reports", "last_seen", "state"), rows)


def _add_agreement(options: argparse.Namespace) -> None:
    from teleconsult import access

    with _work(options) as work:
        requesting, reading = _site_id(work, options.requesting), _site_id(work, options.reading)
        row = access.add_agreement(
            work,
            work.actor,
            requesting or "",
            reading or "",
            modality=options.modality,
            sla=options.sla,
            rank=options.rank,
        )
    _show(id=row.id, modality=row.modality, sla=row.sla)


def _add_user(options: argparse.Namespace) -> None:
    from teleconsult import access

    password = input() if options.password_stdin else None
    with _work(options) as work:
        grants = [_grant(work, text, options.site) for text in options.role]
        person, token = access.add_person(
            work, work.actor, options.login, options.name, options.title, _site_id(work, options.site), grants, password
        )
    _show(id=person.id, login=person.login, link=_link(options, token))


def _grant(work: Any, text: str, own_site: str | None) -> Any:
    from teleconsult.access import Grant, Role

    role, _, site = text.partition("@")
    if role not in list(Role):
        raise invalid("field.choice", none_of(role, Role), field="role")
    everywhere = role in (Role.ADMINISTRATOR, Role.AUDITOR) and not site
    return Grant(Role(role), None if everywhere else _site_id(work, site or own_site))


def _reset_user(options: argparse.Namespace) -> None:
    from teleconsult import access

    with _work(options) as work:
        token = access.reset_person(work, work.actor, access.actor_by_login(work, options.login).id)
    _show(login=options.login, link=_link(options, token))


def _link(options: argparse.Namespace, token: str | None) -> str | None:
    if token is None:
        return None
    settings = settings_from(options)
    kept = settings.home / ADDRESS
    url = kept.read_text() if kept.exists() and not settings.public_url else settings.url
    return f"{url}/invitation/{token}"


def _list_users(options: argparse.Namespace) -> None:
    from teleconsult import access

    with _work(options) as work:
        codes = _codes(work)
        rows = [
            (
                person.login, person.name, person.title, codes.get(person.site_id or "", ""),
                ",".join(f"{grant.role}@{codes.get(grant.site_id or '', '*')}" for grant in grants), _state(person),
            )
            for person, grants in access.queries.people(work, work.actor)
        ]  # fmt: skip
    show(("login", "name", "title", "site", "roles", "state"), rows)


def _codes(work: Any) -> dict[str, str]:
    """The hospitals' codes by their ids: what is typed is what is printed."""
    from teleconsult.access.queries import sites

    return {row.id: row.code for row in sites(work)}


def _state(row: Any) -> str:
    return "disabled" if row.disabled else "enabled"
