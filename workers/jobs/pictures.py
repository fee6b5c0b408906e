"""The second half of preparing a study: a thumbnail and a preview for each series.

Frames are drawn in a child process. The middle frame stands for its series; where it cannot be decoded two others are
tried, and at last a card that names the reason. A decoder that hangs is not asked about that series again, and all
pictures together get half of a job's time.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from PIL import Image

from teleconsult.imaging import manifest_shelf, render_cards
from teleconsult.imaging.manifest import Pictures, Problem, SeriesPlan
from teleconsult.imaging.manifest_fields import frames_of, text
from teleconsult.imaging.metadata import DicomJson
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.imaging.render_apart import Look
from teleconsult.imaging.render_child import encoded
from workers.bench import Bench
from workers.jobs.headers import on_disk

THUMB, PREVIEW = Look(192, 192), Look(768, 768)
_LOOKS = (THUMB, PREVIEW)
_SLOW = frozenset({"pixels.decoder_hung", "pixels.decoder_crashed"})


@dataclass(slots=True)
class Easel:
    """Draws the series of one study. `files` are blob keys by SOP instance uid; `problems` grow as they are found."""

    bench: Bench
    study_id: str
    version: int
    files: Mapping[str, str]
    problems: dict[str, Problem]
    began: float = field(default_factory=time.monotonic)

    def draw(self, place: int, series: SeriesPlan) -> Pictures:
        """Make and keep the pictures of the series at `place` (from 1). Never fails for the sake of a picture."""
        drawn, instance, frame = self._drawn(series)
        urls = []
        for name, content in ((f"{place}.webp", drawn[0]), (f"{place}p.webp", drawn[1])):
            self.bench.system.blobs.put(manifest_shelf.picture_key(self.study_id, self.version, name), content)
            urls.append(manifest_shelf.picture_url(self.study_id, name, self.version))
        sop_uid = text(instance, "00080018") if instance is not None else None
        return Pictures(urls[0], urls[1], sop_uid, frame)

    def _drawn(self, series: SeriesPlan) -> tuple[list[bytes], DicomJson | None, int]:
        if series.kind not in ("images", "video", "ecg"):
            return self._cards(series), None, 0
        reason = "pixels.absent"
        for instance, frame in _candidates(series):
            sop_uid = text(instance, "00080018")
            if time.monotonic() - self.began > self.bench.settings.job_seconds / 2:
                reason = "pixels.not_drawn"  # nothing is known against the object: only its card says so
                break
            try:
                if sop_uid in self.problems:
                    raise Undecodable(self.problems[sop_uid].code, self.problems[sop_uid].detail)
                return self._frame(series.kind, sop_uid, frame), instance, frame
            except Undecodable as error:
                reason = error.code
                self.problems.setdefault(sop_uid, Problem(error.code, error.detail))
                if error.code in _SLOW:
                    break
        return [_card(render_cards.broken(reason, (look.width, look.height))) for look in _LOOKS], None, 0

    def _frame(self, kind: str, sop_uid: str, frame: int) -> list[bytes]:
        with on_disk(self.bench.system.blobs, self.files[sop_uid]) as path:
            if kind == "ecg":
                return self.bench.apart.ecg(path, _LOOKS)
            return self.bench.apart.frame(path, frame, _LOOKS)

    def _cards(self, series: SeriesPlan) -> list[bytes]:
        sizes = [(look.width, look.height) for look in _LOOKS]
        if series.kind == "pdf":
            return [_card(render_cards.document("PDF", size)) for size in sizes]
        if series.kind == "sr":
            return [_card(render_cards.document("SR", size, structured=True)) for size in sizes]
        label = text(series.instances[0], "00080060")[:16] or "?"
        return [_card(render_cards.sealed(label, size)) for size in sizes]


def _candidates(series: SeriesPlan) -> Iterator[tuple[DicomJson, int]]:
    """The middle, then a quarter and three quarters of the way through, each instance once."""
    instance, frame = series.middle
    tried = {text(instance, "00080018")}
    yield instance, frame
    for share in (0.25, 0.75):
        other = series.instances[min(int(len(series.instances) * share), len(series.instances) - 1)]
        if text(other, "00080018") not in tried:
            tried.add(text(other, "00080018"))
            yield other, frames_of(other) // 2


def _card(picture: Image.Image) -> bytes:
    return encoded(picture, "webp", 85)
