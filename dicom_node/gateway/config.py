"""What a gateway is told once, and keeps in `gateway.json` of its home."""

import ipaddress
import json
import logging
import os
import re
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from teleconsult.kernel.values import new_id, sha256_hex
from teleconsult.settings import BadSetting

LOG = logging.getLogger(__name__)
FILE = "gateway.json"
LOCAL_NETWORKS = (
    "127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10",
)  # fmt: skip
PACKING = ("auto", "never", "always")
"""On a slow line; never; on any line."""
_WINDOW = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)=(\d+)$")


@dataclass(frozen=True, slots=True)
class Config:
    """`limits` are texts such as `08:00-18:00=2000`: kbit/s between two times of day; outside of them the line is ours.

    `pin` is the SHA-256 of the centre's certificate where that is a made one. `reserve_bytes` of the disk are never filled.
    `packing`: whether pixels travel packed, one of `PACKING`.
    """

    url: str = ""
    token: str = ""
    pin: str = ""
    ae_title: str = "TCGATE"
    dicom_host: str = "0.0.0.0"  # noqa: S104 (modalities call from other machines; only local networks are let in)
    dicom_port: int = 11113
    page_host: str = "127.0.0.1"
    page_port: int = 8104
    networks: tuple[str, ...] = LOCAL_NETWORKS
    limits: tuple[str, ...] = ()
    packing: str = "auto"
    senders: int = 3
    chunk_bytes: int = 512 << 10
    quiet_seconds: float = 30.0
    reserve_bytes: int = 512 << 20
    pause_seconds: float = 60.0  # the longest between two tries
    report_seconds: float = 30.0
    answer_seconds: float = 60.0  # for one request, or one piece of a file; no option: the centre has the same
    home_id: str = ""  # of this home, made once
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False)  # of a newer version: kept as it is

    @property
    def stat_title(self) -> str:
        """The second title of the gateway: what is sent to it is urgent, whatever its header says."""
        return f"{self.ae_title}_STAT"


def load(home: Path, **given: Any) -> Config:
    """What is kept, changed by what was `given` on the command line (None: not given), checked, and kept where it has changed. `BadSetting` in one line.

    A disk that takes nothing is no reason not to start: what waits must go, and with it the disk gets room.
    """
    file = home / FILE
    try:
        kept = json.loads(file.read_text()) if file.exists() else {}
    except (OSError, ValueError) as error:
        raise BadSetting(f"{file} can't be read: {error}") from None
    known = {each.name for each in fields(Config)} - {"extra"}
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in kept.items() if name in known}
    config = Config(**values, extra={name: v for name, v in kept.items() if name not in known})
    link = given.pop("setup", None)
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    config = replace(config, **changes, **(_linked(link) if link else {}))
    _check(config)
    named = replace(config, home_id=config.home_id or new_id())
    fault = _keep(file, named, kept)
    if fault is None:
        return named
    if any(values.get(name, default) != getattr(config, name) for name, default in _defaults().items()):
        LOG.warning("the settings hold until the gateway stops and are not kept: %s: %s", file, fault.strerror)
    return config


def home_name(config: Config, home: Path) -> str:
    """What the centre tells this home by from others with the same token: another one for a copy on another machine or in another folder.
    Empty as long as the disk has not taken the home's own part of it."""
    if not config.home_id:
        return ""
    machine = ""
    with suppress(OSError):
        machine = Path("/etc/machine-id").read_text(encoding="ascii", errors="replace").strip()
    return sha256_hex(f"{config.home_id}\n{machine}\n{home.resolve()}".encode())[:32]


def machine_name() -> str:
    """What the people beside it call this machine, as far as it knows: the centre's rows and this gateway's page say it."""
    name = socket.gethostname().split(".")[0]
    return "".join(each for each in name if each.isprintable())[:64]


def _defaults() -> dict[str, object]:
    config = Config()
    return {each.name: getattr(config, each.name) for each in fields(Config) if each.name != "extra"}


def allowed(config: Config, address: str) -> bool:
    """Whether somebody at this address may send."""
    try:
        caller = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(caller, ipaddress.IPv6Address) and caller.ipv4_mapped:
        caller = caller.ipv4_mapped
    return any(caller in ipaddress.ip_network(network, strict=False) for network in config.networks)


def bytes_per_second(limits: tuple[str, ...], minute: int) -> int | None:
    """What the line may carry at this minute of the day, the least of all limits that hold; None: as much as it can."""
    found = []
    for text in limits:
        begins, ends, kbit = _window(text)
        inside = begins <= minute < ends if begins < ends else minute >= begins or minute < ends
        if inside:
            found.append(kbit * 125)
    return min(found, default=None)


def _window(text: str) -> tuple[int, int, int]:
    matched = _WINDOW.match(text)
    if matched is None or int(matched[5]) < 1:
        raise BadSetting(f"--limit {text!r}: HH:MM-HH:MM=KBIT is needed, such as 08:00-18:00=2000")
    return int(matched[1]) * 60 + int(matched[2]), int(matched[3]) * 60 + int(matched[4]), int(matched[5])


def _linked(link: str) -> dict[str, Any]:
    """Address, token and pin of the one line that the administrator gives out."""
    parts = urlsplit(link.strip())
    said = parse_qs(parts.fragment)
    if not parts.scheme or not parts.netloc or "gateway" not in said:
        raise BadSetting("--setup: paste the whole link that the platform showed (https://…/#gateway=…)")
    address = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    return {"url": address, "token": said["gateway"][0], "pin": said.get("pin", [""])[0]}


def _check(config: Config) -> None:
    if not config.url or not config.token:
        raise BadSetting("this gateway belongs to no platform yet: give --setup LINK once")
    parts = urlsplit(config.url)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise BadSetting(f"{config.url}: only https:// leaves this machine, for the token and the images travel in it")
    if not 0 < len(config.ae_title) <= 11 or not config.ae_title.isascii() or not config.ae_title.isprintable():
        raise BadSetting(
            f"--ae-title {config.ae_title!r}: 1 to 11 plain characters ({config.stat_title} must fit, too)"
        )
    if config.packing not in PACKING:
        raise BadSetting(f"--packing {config.packing!r}: one of {', '.join(PACKING)} is needed")
    for network in config.networks:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            raise BadSetting(f"--allow {network!r}: an address or a network is needed") from None
    for text in config.limits:
        _window(text)


def _keep(file: Path, config: Config, kept: dict[str, Any]) -> OSError | None:
    """Whole or not at all, and for nobody else to read: the token is in it. What the disk says against it."""
    values: dict[str, Any] = {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(config).items()}
    values.update(values.pop("extra"))
    draft = file.with_suffix(".new")
    try:
        draft.unlink(missing_ok=True)  # of a start that found the disk full
        if values == kept:
            return None
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as out:
            json.dump(values, out, ensure_ascii=False, indent=2)
            out.flush()
            os.fsync(out.fileno())
        os.replace(draft, file)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        return error
    return None
