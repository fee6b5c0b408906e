"""STOW-RS (PS3.18 10.5): objects come in over HTTPS, each by the same door as those of C-STORE."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Response, request

from dicom_node import dicomweb_answers as answers
from dicom_node import status, syntaxes
from dicom_node.dicomweb_media import DICOM, DICOM_JSON
from dicom_node.dicomweb_parts import Arriving, Parts, described
from dicom_node.dicomweb_receipt import (
    CANNOT_UNDERSTAND,
    CLASS_NOT_SUPPORTED,
    OTHER_STUDY,
    SYNTAX_NOT_SUPPORTED,
    Named,
    Receipt,
)
from dicom_node.peers import PeerLog
from teleconsult.access import Actor, Peer, Thing, peer_by_id, permit
from teleconsult.access.rights import AT_SITE
from teleconsult.imaging.header import read_header
from teleconsult.imaging.ingest import Limits, Sender, Upload, ingest
from teleconsult.imaging.settle import Quiet
from teleconsult.imaging.staging import StagedObject, discard, stage_part10
from teleconsult.kernel.errors import Refused, busy, invalid
from teleconsult.system import System

LOG = logging.getLogger(__name__)
_PIECE = 1 << 18
_MULTIPART = "multipart/related"


class Store:
    """The store transaction. Threads share it; only so many requests write at once, so that the screens stay answered."""

    def __init__(self, system: System, actor_of: Callable[[], Actor]) -> None:
        self._system = system
        self._actor_of = actor_of
        chosen = system.settings
        self._limits = Limits(chosen.quarantine_bytes, Quiet(chosen.settle_seconds, chosen.settle_stat_seconds))
        self._log = PeerLog(system.store)
        self._at_once = threading.BoundedSemaphore(max(2, chosen.web_threads // 4))

    def store(self, study: str = "") -> Response:
        """Take in what the body holds: `application/dicom` in parts, or a single object by itself.

        With `study` only objects of that study are taken. The answer says of every object what became of it, and is
        given when all that it calls stored is on the disk and in the index.
        """
        actor = self._actor_of()
        sender = self._sender(actor)
        parts = self._parts()
        answers.json_acceptable()
        receipt = Receipt(f"{request.url_root.rstrip('/')}/dicom-web")
        with self._a_place():
            self._take_all(sender, parts, study, receipt)
        if receipt.empty:
            raise invalid("dicomweb.multipart", "no object in the request")
        if isinstance(sender, Peer):
            self._log.called(sender)
        answer = Response(json.dumps(receipt.json()), receipt.status, mimetype=DICOM_JSON)
        if receipt.status == 503:
            answer.headers["Retry-After"] = "30"
        return answer

    def _sender(self, actor: Actor) -> Sender:
        """A peer sends for its site; a person for the hospital where they may: their own, or the only one."""
        if actor.kind == "peer":
            with self._system.read(actor) as work:
                return peer_by_id(work, actor.id)
        sites = actor.sites(*AT_SITE["study.store"])
        site_id = next(iter(sites)) if len(sites) == 1 else actor.site_id
        permit(actor, "study.store", Thing(site_id=site_id))
        return Upload(actor, site_id or "")

    def _parts(self) -> Iterator[Arriving]:
        request.max_content_length = self._system.settings.stow_bytes
        media, kind, boundary = described(request.headers.get("Content-Type", ""))
        if media == DICOM:
            return iter([Arriving(media, iter(lambda: request.stream.read(_PIECE), b""))])
        if media != _MULTIPART or kind not in (DICOM, ""):
            raise invalid("dicomweb.media_type", f"{media or 'nothing'} {kind}: send {_MULTIPART}; type={DICOM}")
        if not boundary:
            raise invalid("dicomweb.multipart", "no boundary in Content-Type")
        return iter(Parts(request.stream.read, boundary))

    @contextmanager
    def _a_place(self) -> Iterator[None]:
        if not self._at_once.acquire(blocking=False):
            raise busy("dicomweb.busy", "too many are storing")
        try:
            yield
        finally:
            self._at_once.release()

    def _take_all(self, sender: Sender, parts: Iterator[Arriving], study: str, receipt: Receipt) -> None:
        """Each in turn. Of a request that ends too early what came whole is told as ever, and the rest as an object without a name."""
        try:
            for part in parts:
                self._take(sender, part, study, receipt)
        except Refused as refused:
            if refused.code != "dicomweb.multipart" or receipt.empty:
                raise
            LOG.warning("%s: cut: %s", sender.ae_title, refused)
            receipt.fail(None, CANNOT_UNDERSTAND)

    def _take(self, sender: Sender, part: Arriving, study: str, receipt: Receipt) -> None:
        named = None
        try:
            if part.media not in (DICOM, ""):
                raise invalid("object.unreadable", f"a part that is {part.media[:64]}")
            staged = stage_part10(self._system.blobs, part.body)
            named = _named(staged, sender.charset)
            if (reason := _unwanted(named, study)) is not None:
                discard(staged)
                receipt.fail(named, reason)
                return
            outcome = ingest(self._system.store, self._system.blobs, sender, staged, self._limits)
            receipt.keep(named, outcome.kind)
        except Refused as refused:
            if refused.code == "dicomweb.multipart":
                raise  # the request itself is torn; what came before is kept
            LOG.warning("%s: %s not stored: %s", sender.ae_title, named and named.sop_uid, refused)
            if isinstance(sender, Peer):
                self._log.failed(sender, f"{refused.code}: {refused.detail}")
            unknown = "transfer_syntax" in refused.params
            receipt.fail(named, SYNTAX_NOT_SUPPORTED if unknown else status.store_status(refused))


def _named(staged: StagedObject, override: str | None) -> Named:
    """As its header says, else as its file meta information does."""
    try:
        found = read_header(staged.path, staged.transfer_syntax, staged.dataset_offset, override)
        return Named(found.sop_class, found.sop_uid, found.study_uid, found.series_uid)
    except Refused:
        return Named(staged.sop_class or "", staged.sop_uid or "")


def _unwanted(named: Named, study: str) -> int | None:
    """Why an object is not even looked at, as a Failure Reason."""
    if named.sop_class and not syntaxes.is_stored(named.sop_class):
        return CLASS_NOT_SUPPORTED
    return OTHER_STUDY if study and named.study_uid and named.study_uid != study else None
