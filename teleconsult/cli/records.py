"""Commands on what is kept: `upgrade`, `audit verify`, `scrub`, `export`."""

import argparse
from pathlib import Path

from teleconsult.cli.processes import Commands, settings_from


def add_to(commands: Commands, common: argparse.ArgumentParser) -> None:
    upgrade = commands.add_parser("upgrade", parents=[common], help="bring the database to the present tables")
    upgrade.set_defaults(run=_upgrade)
    audit = commands.add_parser("audit", help="the audit chain").add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )
    verify = audit.add_parser("verify", parents=[common], help="check every fact, every seal and the chain")
    verify.set_defaults(run=_verify_audit)
    scrub = commands.add_parser(
        "scrub", parents=[common], help="look at every stored object's bytes again; 1 when some are missing or altered"
    )
    scrub.add_argument(
        "--megabytes", type=int, help="read at most so many in a second (0: as fast as it goes; default: the setting)"
    )
    scrub.set_defaults(run=_scrub)
    export = commands.add_parser("export", help="write the OpenAPI description and the lifecycles (for development)")
    export.add_argument("folder", type=Path, nargs="?", default=Path(), help="the work tree (default: here)")
    export.set_defaults(run=_export)


def _upgrade(options: argparse.Namespace) -> None:
    from teleconsult.records.upgrade import upgrade
    from teleconsult.system import build

    upgrade(build(settings_from(options)).store.engine)
    print("the database is up to date")


def _verify_audit(options: argparse.Namespace) -> int:
    from teleconsult.records import audit
    from teleconsult.system import build

    system = build(settings_from(options))
    with system.read() as work:
        findings = audit.verify(work, system.settings.audit_log, system.keys.journal)
    for finding in findings:
        print(f"{finding.code}  seal {finding.seal_no}  fact {finding.seq}  {finding.detail}")
    print("the audit chain holds" if not findings else f"{len(findings)} findings: the audit chain does not hold")
    return 1 if findings else 0


def _scrub(options: argparse.Namespace) -> int:
    from teleconsult.access import SYSTEM
    from teleconsult.imaging import ScrubRow, scrub
    from teleconsult.system import build

    system = build(settings_from(options))
    wanted = options.megabytes
    pace = scrub.Pace(system.settings.scrub_bytes_per_second if wanted is None else wanted << 20)
    round_id = scrub.run(system.store, system.blobs, SYSTEM, pace)
    with system.read() as work:
        row, found = work.get(ScrubRow, round_id), scrub.findings(work, round_id)
    for each in found:
        print(f"{each.kind}  {each.blob_key}  study {each.study_id or '-'}  object {each.sop_uid or '-'}")
    bad = sum(1 for each in found if each.kind != scrub.ORPHAN)
    print(f"{row.objects} objects, {row.bytes} bytes in {row.millis / 1000:.1f} s: {row.findings} findings")
    return 1 if bad else 0


def _export(options: argparse.Namespace) -> None:
    from teleconsult.web.export import write

    write(options.folder)
