"""The third part of preparing a study: large frames once more as HTJ2K, for who reads over a slow line."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence

from teleconsult.imaging import codecs, renditions
from teleconsult.imaging.manifest import Problem, SeriesPlan
from teleconsult.imaging.manifest_fields import frames_of, text, whole
from teleconsult.imaging.metadata import DicomJson
from teleconsult.imaging.pixels import reader
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.kernel.errors import Refused
from workers.bench import Bench
from workers.jobs.headers import on_disk

log = logging.getLogger(__name__)
_SHARE = 4
"""The part of a job's time that renditions may take: what is not made in it goes out as it is stored."""


def make(
    bench: Bench, plans: Sequence[SeriesPlan], files: Mapping[str, str], problems: Mapping[str, Problem]
) -> dict[str, str]:
    """Make and keep what is missing; the renditions' transfer syntax by SOP instance uid, of instances with all their frames.

    `files` are blob keys by SOP instance uid. Repeats safely. A frame without a rendition costs nothing but the slow line's wait.
    """
    until = time.monotonic() + bench.settings.job_seconds / _SHARE
    out: dict[str, str] = {}
    for instance in _large(plans, bench.settings.htj2k_pixels):
        sop_uid = text(instance, "00080018")
        if sop_uid in problems or sop_uid not in files:
            continue
        try:
            if _all_frames(bench, files[sop_uid], frames_of(instance), until):
                out[sop_uid] = renditions.SYNTAX
        except (Undecodable, Refused) as error:
            log.warning("no rendition of %s: %s", sop_uid, error)
    return out


def _large(plans: Sequence[SeriesPlan], least: int) -> Iterator[DicomJson]:
    """What the header lets hope for; the file decides."""
    for series in plans:
        for instance in series.instances if series.kind == "images" else ():
            area = (whole(instance, "00280010") or 0) * (whole(instance, "00280011") or 0)
            if 0 < least <= area and text(instance, "00083002") in codecs.LOSSLESS:
                yield instance


def _all_frames(bench: Bench, blob_key: str, count: int, until: float) -> bool:
    blobs = bench.system.blobs
    missing = [number for number in range(1, count + 1) if not renditions.kept(blobs, blob_key, number)]
    if not missing:
        return True
    with on_disk(blobs, blob_key) as path:
        with reader(path) as found:
            if not renditions.gains(found.found.transfer_syntax, found.layout(), bench.settings.htj2k_pixels):
                return False
        for number in missing:
            if time.monotonic() > until:
                return False
            blobs.put(renditions.key(blob_key, number), bench.apart.rendition(path, number - 1))
    return True
