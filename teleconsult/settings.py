"""Every setting, read once from the environment at start and handed down frozen.

Each field is the environment variable `TELECONSULT_` + its name in capitals. A value that can't be understood refuses to start and says which one.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

PREFIX = "TELECONSULT_"


class BadSetting(Exception):
    """A setting can't be understood; the message names it and says what it should be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation may choose. Sizes are in bytes, times in seconds."""

    home: Path
    database_url: str = ""  # empty: SQLite in `home`
    broker_url: str = ""  # empty: the supervisor starts one on a free loopback port
    blobs_url: str = ""  # empty: a folder in `home`; s3://bucket/prefix?endpoint=… otherwise
    http_host: str = "127.0.0.1"
    http_port: int = 8080
    public_url: str = ""  # what users type; empty: http://http_host:http_port, https:// with TLS
    tls: bool = False  # web and the media node speak TLS only
    tls_certificate: Path | None = None  # one's own, PEM, with the chain behind it; None: one is made in `home`
    tls_key: Path | None = None
    trusted_proxies: int = 0  # how many reverse proxies stand before web
    cookie_secure: bool = False  # always so with TLS
    dicom_host: str = "0.0.0.0"  # noqa: S104 (scanners call from other machines; unknown ones are rejected)
    dicom_port: int = 11112
    dicom_tls_port: int = 0  # 0: DICOM in the clear only
    dicom_tls_certificate: Path | None = None  # one's own for DICOM; None: as web's, or one is made in `home`
    dicom_tls_key: Path | None = None
    dicom_tls_authorities: Path | None = None  # PEM; who signed the certificates of peers, beside those in their rows
    dicom_tls_mutual: bool = False  # whoever calls over TLS must show a certificate that is known
    ae_title: str = "TELECONSULT"
    most_associations: int = 100
    settle_seconds: float = 60
    settle_stat_seconds: float = 20
    lease_seconds: int = 900
    order_reminder_hours: float = 24  # after its time, when an order has no images
    session_idle_seconds: int = 1800
    login_failures_per_address: int = 60  # 0: only accounts are locked
    login_failures_seconds: int = 900
    most_sockets: int = 400
    web_threads: int = 64
    worker_concurrency: int = 2
    job_seconds: int = 300
    htj2k_pixels: int = 1_000_000  # grey frames of so many pixels are kept once more for slow lines; 0: none
    s3_cache_bytes: int = 20 << 30
    quarantine_bytes: int = 2 << 30
    stow_bytes: int = 8 << 30  # of one STOW-RS request
    upload_object_bytes: int = 8 << 30  # of one uploaded file
    upload_open_bytes: int = 64 << 30  # that one person or gateway may have under way
    upload_days: int = 7  # until an upload that nobody goes on with is forgotten
    scrub_hour: int = 2  # of the machine's own clock, at which stored bytes are looked at again; -1: never
    scrub_bytes_per_second: int = 20 << 20  # that this reads at most; 0: as fast as it goes
    storage_quota_bytes: int = 0  # 0: as much as the disk holds
    media_host: str = ""  # empty: where web listens
    media_port: int = 0  # 0: 8090, or any free one where that is taken
    media_url: str = ""  # what browsers reach the media node by; empty: http://host:port
    media_address: str = ""  # the public address when the media node stands behind NAT
    media_fast: bool = True  # no: never the fast way of forwarding, which leans on aiortc's inside
    media_pictures: int = 6  # that one seat is shown at most
    media_voices: int = 4  # that one seat hears at most, the loudest
    media_late_ms: int = 50  # how late the media node may stay before it sheds pictures
    turn_urls: str = ""  # of the relay, separated by spaces; empty: none
    turn_secret: str = ""
    turn_seconds: int = 3600
    ui_path: Path | None = None  # where the built screens are; None: beside the program

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> Self:
        """Read the environment; `overrides` (from the command line) win. Raises `BadSetting`."""
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {"home": Path(environ.get(PREFIX + "HOME", "teleconsult-home"))}
        for field in fields(cls):
            text = environ.get(PREFIX + field.name.upper())
            if text is not None and field.name != "home":
                values[field.name] = _parsed(field.name, str(field.type), text)
        values.update({name: value for name, value in overrides.items() if value is not None})
        values["home"] = Path(values["home"]).resolve()
        return cls(**values)

    def to_env(self) -> dict[str, str]:
        """The same settings as environment variables, for child processes."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return {PREFIX + name.upper(): str(value) for name, value in given.items() if value is not None}

    def with_(self, **changes: Any) -> Self:
        return replace(self, **changes)

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'teleconsult.db'}"

    @property
    def url(self) -> str:
        return self.public_url.rstrip("/") or f"{self.scheme}://{self.http_host}:{self.http_port}"

    @property
    def encrypted(self) -> bool:
        """Whether web and the media node end TLS themselves: asked for, or a certificate is named."""
        return self.tls or self.tls_certificate is not None or self.tls_key is not None

    @property
    def scheme(self) -> str:
        """What web and the media node speak at their own ports."""
        return "https" if self.encrypted else "http"

    @property
    def media_listen(self) -> str:
        """The address that the media node's signalling listens on."""
        return self.media_host or self.http_host

    @property
    def media_public(self) -> str:
        """What browsers reach the media nodes by, as far as it is known before they run: `{node}`, `{host}` and `{port}` may stand in it."""
        if self.media_url:
            return self.media_url.rstrip("/")
        host = self.media_listen
        if host in ("0.0.0.0", "::"):  # noqa: S104 (compared)
            host = urlsplit(self.url).hostname or host
        return f"{self.scheme}://[{host}]:{{port}}" if ":" in host else f"{self.scheme}://{host}:{{port}}"

    @property
    def audit_log(self) -> Path:
        return self.home / "audit" / "seals.log"


def _parsed(name: str, kind: str, text: str) -> Any:
    try:
        if "bool" in kind:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()]
        if "Path" in kind:
            return Path(text) if text else None
        if "int" in kind:
            return int(text)
        return float(text) if "float" in kind else text
    except (KeyError, ValueError):
        wanted = "yes or no" if "bool" in kind else "a number"
        raise BadSetting(f"{PREFIX}{name.upper()}={text!r}: {wanted} is needed") from None
