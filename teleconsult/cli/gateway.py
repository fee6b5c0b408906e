"""The command `gateway`: brings a county's images to the centre."""

import argparse
from collections.abc import Callable
from pathlib import Path

from teleconsult.cli.processes import ADDRESS, CERTIFICATE, Commands, settings_from
from teleconsult.settings import BadSetting, Settings


def add_to(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser(
        "gateway", parents=[common], help="at a county: take images in, bring them to the centre over a bad line"
    )
    command.add_argument(
        "--setup",
        metavar="LINK",
        help="the link that the platform's administrator gave out; kept in the home, so once is enough; the gateway goes on running afterwards",
    )
    command.add_argument("--ae-title", help="its AE title (default TCGATE); with _STAT behind it, for urgent cases")
    command.add_argument("--dicom-host", help="address of the DICOM port (default: every one)")
    command.add_argument("--dicom-port", type=int, help="port for modalities (default 11113)")
    command.add_argument("--page-host", help="address of its page (default 127.0.0.1)")
    command.add_argument("--page-port", type=int, help="port of its page (default 8104)")
    command.add_argument(
        "--allow", action="append", metavar="NETWORK", dest="networks", help="who may send (default: local networks)"
    )
    command.add_argument(
        "--limit", action="append", metavar="HH:MM-HH:MM=KBIT", dest="limits", help="what the line may carry then"
    )
    command.add_argument(
        "--packing",
        metavar="auto|never|always",
        help="pixels as lossless HTJ2K on their way (default auto: on a slow line)",
    )
    command.add_argument("--reserve-bytes", type=int, help="of the disk that are never filled (default 512 MiB)")
    command.add_argument("--quiet-seconds", type=float, help="after which a study counts as complete (default 30)")
    command.add_argument("--pause-seconds", type=float, help="the longest between two tries (default 60)")
    command.add_argument(
        "--report-seconds", type=float, help="how often it tells the centre that it lives (default 30)"
    )
    command.set_defaults(run=_run)
    link = commands.add_parser(
        "gateway-link",
        parents=[common],
        help="at the centre: a new token of a peer, as the link that its gateway needs",
    )
    link.add_argument("ae_title", help="the peer's AE title")
    link.add_argument("--address", help="the peer's address, where several have the title")
    link.add_argument("--public-url", help="the address that the gateway calls (default: where the platform serves)")
    link.add_argument("--label", default="", help="what the token is for")
    link.set_defaults(run=_link)


def _run(options: argparse.Namespace) -> int:
    from dicom_node.gateway import serve
    from teleconsult.logs import to_stdout

    to_stdout()
    names = (
        "setup", "ae_title", "dicom_host", "dicom_port", "page_host", "page_port", "networks", "limits", "packing",
        "reserve_bytes", "quiet_seconds", "pause_seconds", "report_seconds",
    )  # fmt: skip
    given = {name: getattr(options, name) for name in names}
    for name in ("networks", "limits"):
        given[name] = None if given[name] is None else tuple(given[name])
    serve(Path(options.home or "teleconsult-gateway"), **given)
    return 0


def _link(options: argparse.Namespace) -> int:
    from teleconsult import access
    from teleconsult.cli.alliance import _work
    from teleconsult.kernel.errors import absent

    with _work(options) as work:
        peers = access.queries.peers(work, work.actor)
        fitting = [p for p in peers if p.ae_title == options.ae_title and options.address in (None, p.address)]
        if not fitting:
            at = f" at {options.address}" if options.address else ""
            raise absent(
                "peer.absent", f"no peer is called {options.ae_title!r}{at}; `peer list` shows those there are"
            )
        if len(fitting) > 1:
            where = ", ".join(peer.address for peer in fitting)
            raise absent(
                "peer.absent", f"{len(fitting)} peers are called {options.ae_title}: name one by --address ({where})"
            )
        make = _link_maker(settings_from(options))
        token = access.issue_peer_token(work, work.actor, fitting[0].id, options.label)
    print(make(token))
    return 0


def _link_maker(settings: Settings) -> Callable[[str], str]:
    """How a token becomes the link. As the platform of this home was last started, whatever it was told on its command line; `BadSetting`
    where nobody knows its address: a link that leads nowhere would cost a token and somebody's way to the county."""
    from teleconsult.tls import gateway_link, link_to

    kept = settings.home / ADDRESS
    if not kept.exists():
        if not settings.public_url:
            raise BadSetting(
                f"nothing was started in {settings.home} yet, so its address is not known: give --public-url"
            )
        return lambda token: gateway_link(settings, token)
    url = settings.public_url.rstrip("/") or kept.read_text()
    pin = ""
    if url.startswith("https:") and _shows_made(settings):
        pin = _fingerprint(settings.home / "keys" / "tls.pem")
    return lambda token: link_to(url, token, pin)


def _shows_made(settings: Settings) -> bool:
    marker = settings.home / CERTIFICATE
    if not marker.exists():  # of an older version
        return settings.encrypted and settings.tls_certificate is None
    return marker.read_text() == "made"


def _fingerprint(file: Path) -> str:
    """SHA-256 of the certificate as it is; asked for by its settings it could be made anew, for a name more."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    try:
        return x509.load_pem_x509_certificates(file.read_bytes())[0].fingerprint(hashes.SHA256()).hex()
    except (OSError, ValueError) as error:
        raise BadSetting(f"{file} can't be read: {error}") from None
