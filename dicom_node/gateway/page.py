"""The gateway's own page: read-only, for whoever stands beside the machine. It shows no full name, for nobody signs in here."""

from __future__ import annotations

import html
import json
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dicom_node.gateway.config import Config, home_name, machine_name
from dicom_node.gateway.reception import Reception
from dicom_node.gateway.sending import Sending
from dicom_node.gateway.shelf import Shelf
from dicom_node.gateway.studies import DELIVERED, TEST, Studies, Study
from dicom_node.gateway.words import LANGUAGES, preferred, say, span
from teleconsult.kernel.values import sha256_hex

_STYLE = """
body{font:15px/1.6 "Noto Sans SC","Microsoft YaHei",system-ui,sans-serif;margin:0;background:#f4f6f8;color:#1c2733}
header{background:#12344d;color:#fff;padding:12px 24px;display:flex;justify-content:space-between;align-items:baseline}
header a{color:#cfe3f2;margin-left:12px} h1{font-size:20px;margin:0} main{max-width:1100px;margin:16px auto;padding:0 16px}
section{background:#fff;border:1px solid #d7dee5;border-radius:6px;padding:12px 16px;margin-bottom:14px}
h2{font-size:16px;margin:0 0 8px} table{width:100%;border-collapse:collapse} td,th{padding:5px 8px;border-bottom:1px solid #e7ecf0;text-align:left;
vertical-align:top} th{font-weight:600;color:#4a5a68} dl{display:grid;grid-template-columns:max-content 1fr;margin:0;gap:4px 24px} dt{color:#4a5a68} dd{margin:0}
.good{color:#0b6b3a} .bad{color:#a3170c;font-weight:600} .stat{background:#a3170c;color:#fff;border-radius:3px;padding:0 6px;margin-right:6px}
@media(max-width:640px){section{overflow-x:auto} th,td{white-space:nowrap}}
code{background:#eef2f5;padding:1px 5px;border-radius:3px;word-break:break-all}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class Page:
    """Serves `/` and `/state.json` until `stop`. OSError when the port is taken."""

    def __init__(
        self, home: Path, config: Config, shelf: Shelf, studies: Studies, sending: Sending, reception: Reception
    ) -> None:
        self._home, self._config, self._shelf, self._studies = home, config, shelf, studies
        self._sending, self._reception = sending, reception
        self._site = _Site(home, config.token)
        self._machine, self._digits = machine_name(), home_name(config, home)[-4:]
        self._server = _Server((config.page_host, config.page_port), self)
        threading.Thread(target=self._server.serve_forever, name="page", daemon=True).start()

    @property
    def address(self) -> tuple[str, int]:
        return str(self._server.server_address[0]), int(self._server.server_address[1])

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def remember(self) -> None:
        """Keep what will be asked for while the centre is away."""
        self._site.keep(self._sending.line.site)

    def state(self) -> dict[str, Any]:
        """What the page shows, for a monitor."""
        counts, line, packing = self._shelf.counts(), self._sending.line, self._sending.packing
        return {
            "waiting": counts.waiting, "waiting_bytes": counts.waiting_bytes, "waiting_stat": counts.stat,
            "parked": counts.parked, "sent": line.sent_objects, "error": line.error, "site": self._site.name,
            "free_bytes": self._shelf.free_bytes(), "bytes_per_second": line.bytes_per_second(),
            "round_trip_ms": round(line.milliseconds, 1), "clock_ahead_seconds": -round(line.ahead_seconds, 1),
            "reached": line.reached_at is not None and not line.error, "dicom_port": self._reception.address[1],
            "packing": packing.state, "packed": packing.saved.objects, "packed_bytes": packing.saved.sent_bytes,
            "packed_original_bytes": packing.saved.original_bytes, "packed_refused": packing.saved.refused,
            "ended": sum(1 for study in self._studies.all() if study.ended),
            "machine": self._machine, "digits": self._digits, "token_shared": line.shared,
        }  # fmt: skip

    def render(self, language: str) -> str:
        parts = [self._line(language), self._waiting(language), self._parked(language), self._recent(language)]
        other = next(each for each in LANGUAGES if each != language)
        switch = "English" if other == "en" else "中文"
        name = say(language, "title")
        return (
            f'<!doctype html><html lang="{language}"><meta charset="utf-8"><meta http-equiv="refresh" content="5">'
            f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{name}</title><style>{_STYLE}</style>'
            f'<header><h1>{name}　{_text(self._site.name)}</h1><a href="/?lang={other}">{switch}</a></header>'
            f"<main>{''.join(parts)}</main></html>"
        )

    def _line(self, language: str) -> str:
        line, free = self._sending.line, self._shelf.free_bytes()
        if line.error:
            state = f'<span class="bad">{_text(say(language, line.error, home=self._home))}</span>'
        elif line.reached_at is None:
            state = _text(say(language, "line.never"))
        else:
            silent = time.monotonic() - line.reached_at
            # Two reports' time without an answer: a request hangs on a line that carries nothing, and no fault has been found yet.
            mark, code = ("good", "line.ok") if silent <= 2 * self._config.report_seconds else ("bad", "line.silent")
            since = say(language, "line.since", seconds=round(silent))
            state = f'<span class="{mark}">{say(language, code)}</span> · {_text(since)}'
        off = abs(line.ahead_seconds) > 60
        direction = "clock.slow" if line.ahead_seconds > 0 else "clock.fast"
        clock = say(language, direction if off else "clock.ok", span=span(language, abs(line.ahead_seconds)))
        # The centre has not answered yet: nothing is known of the way there, nor of its clock.
        unknown = not line.milliseconds
        disk = say(language, "disk.ok", size=_size(free)) if free else say(language, "disk.full")
        port = self._reception.address[1]
        rows = [
            ("gateway", _text(say(language, "gateway.named", machine=self._machine, digits=self._digits or "—"))),
            *([("token", f'<span class="bad">{_text(say(language, "token.shared"))}</span>')] if line.shared else []),
            ("line", state),
            ("rtt", "—" if unknown else f"{line.milliseconds:.0f} ms"),
            ("speed", f"{line.bytes_per_second() / 1000:.0f} kB/s"),
            ("packing", "—" if unknown else self._packing(language)),
            ("clock", "—" if unknown else f'<span class="{"bad" if off else "good"}">{_text(clock)}</span>'),
            ("disk", f'<span class="{"good" if free else "bad"}">{_text(disk)}</span>'),
            ("dicom", _text(say(language, "dicom.where", title=self._config.ae_title, port=port))),
            ("dicom.stat", _text(say(language, "dicom.where", title=self._config.stat_title, port=port))),
        ]
        if self._reception.last_refused:
            who = f"<code>{_text(self._reception.last_refused)}</code> {_text(say(language, 'refused.why'))}"
            rows.append(("refused", who))
        body = "".join(f"<dt>{say(language, code)}</dt><dd>{value}</dd>" for code, value in rows)
        return f"<section><dl>{body}</dl></section>"

    def _packing(self, language: str) -> str:
        packing = self._sending.packing
        saved, said = packing.saved, [_text(say(language, f"packing.{packing.state}"))]
        if saved.objects:
            percent = round(100 * (1 - saved.sent_bytes / saved.original_bytes))
            sizes = {"sent": _size(saved.sent_bytes), "size": _size(saved.original_bytes)}
            said.append(_text(say(language, "packing.saved", files=saved.objects, percent=percent, **sizes)))
        if saved.refused:
            why = say(language, saved.refused_code)
            said.append(_text(say(language, "packing.refused", files=saved.refused, why=why)))
        return "<br>".join(said)

    def _waiting(self, language: str) -> str:
        counts = self._shelf.counts()
        total = say(language, "waiting.sum", files=counts.waiting, size=_size(counts.waiting_bytes))
        head = f"<h2>{say(language, 'waiting')}：{total}</h2>"
        if not counts.waiting:
            return f"<section><h2>{say(language, 'waiting')}</h2>{say(language, 'waiting.none')}</section>"
        known = {study.uid: study for study in self._studies.all()}
        rows = []
        for uid, items in list(self._shelf.studies().items())[:100]:
            study = known.get(uid)
            urgent = self._shelf.priority_of(uid, items[0].priority) == "STAT"
            mark = f'<span class="stat">{say(language, "stat")}</span>' if urgent else ""
            who = study.who if study and study.who else uid
            what = _what(study) if study else ""
            rows.append((mark + _text(who), _text(what), _text(study.source if study else ""), str(len(items))))
        return f"<section>{head}{_table(language, ('patient', 'study', 'source', 'files'), rows)}</section>"

    def _parked(self, language: str) -> str:
        found = self._shelf.parked()
        if not found:
            return ""
        where = say(language, "parked.where", folder=self._home / "parked")
        rows = [(_text(each["study"]), _text(say(language, each["code"], home=self._home))) for each in found[-50:]]
        head = f'<h2 class="bad">{say(language, "parked")}（{len(found)}）</h2>{_text(where)}'
        return f"<section>{head}{_table(language, ('study', 'state'), rows)}</section>"

    def _recent(self, language: str) -> str:
        studies = self._studies.all()[-30:][::-1]
        rows = []
        for study in studies:
            doubt = sum(n for kind, n in study.kinds.items() if kind not in (*DELIVERED, "refused", TEST))
            tests = study.kinds.get(TEST, 0)
            said = [say(language, "state.test", n=tests) if tests else say(language, "state.sent", n=study.delivered)]
            said += [f'<span class="bad">{say(language, "state.doubt", n=doubt)}</span>'] if doubt else []
            said += [f'<span class="good">{say(language, "state.ended")}</span>'] if study.ended else []
            what = _what(study)
            rows.append((_text(study.who), _text(what), _text(study.source), str(study.arrived), " · ".join(said)))
        if not rows:
            return ""
        columns = ("patient", "study", "source", "files", "state")
        return f"<section><h2>{say(language, 'sent')}</h2>{_table(language, columns, rows)}</section>"


class _Site:
    """The hospital as the centre named it last, to this token: whoever starts the machine during a fault still sees whose it is."""

    def __init__(self, home: Path, token: str) -> None:
        self._file, self._of, self.name = home / "site.json", sha256_hex(token.encode())[:32], ""
        with suppress(OSError, ValueError, TypeError, KeyError):
            found = json.loads(self._file.read_text(encoding="utf-8"))
            self.name = str(found["name"]) if found["of"] == self._of else ""

    def keep(self, name: str) -> None:
        if not name or name == self.name:
            return
        self.name = name
        with suppress(OSError):  # a full disk: it is asked for again
            self._file.write_text(json.dumps({"of": self._of, "name": name}), encoding="utf-8")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], page: Page) -> None:
        self.page = page
        super().__init__(address, _Asked)

    def service_actions(self) -> None:
        """Now and then, whoever asks or not."""
        self.page.remember()


class _Asked(BaseHTTPRequestHandler):
    """GET and nothing else."""

    server: _Server

    def do_GET(self) -> None:  # http.server's spelling
        parts = urlsplit(self.path)
        if parts.path == "/state.json":
            self._answer(json.dumps(self.server.page.state()).encode(), "application/json")
        elif parts.path == "/":
            wanted = parse_qs(parts.query).get("lang", [""])[0]
            language = wanted if wanted in LANGUAGES else preferred(self.headers.get("Accept-Language", ""))
            self._answer(self.server.page.render(language).encode(), "text/html; charset=utf-8")
        else:
            self.send_error(404)

    def _answer(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        for name, value in (
            ("Content-Type", kind), ("Content-Length", str(len(content))), ("Cache-Control", "no-store"),
            ("Content-Security-Policy", _POLICY), ("X-Content-Type-Options", "nosniff"),
        ):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a page that refreshes itself would fill the log."""


def _text(value: object) -> str:
    return html.escape(str(value))


def _what(study: Study) -> str:
    """When, how and of what: `2026-11-21 CT 胸部平扫`."""
    day = f"{study.date[:4]}-{study.date[4:6]}-{study.date[6:]}" if len(study.date) == 8 else study.date
    return f"{day} {study.modality} {study.description}"


def _size(count: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"


def _table(language: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{say(language, column)}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"
