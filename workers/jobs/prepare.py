"""A settled study is made ready to be read: metadata sidecars, pictures, renditions, manifest; then `StudyPrepared`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from teleconsult.access import SYSTEM
from teleconsult.imaging import manifest, manifest_shelf, metadata, rejection_ahead, settle
from teleconsult.imaging.manifest_sources import sources
from teleconsult.kernel.errors import Refused
from workers.bench import Bench
from workers.jobs import headers, renditions
from workers.jobs.pictures import Easel
from workers.jobs.trail import Trail

if TYPE_CHECKING:
    from teleconsult.records.tables import FactRow

log = logging.getLogger(__name__)


def run(bench: Bench, fact: FactRow) -> None:
    """Make the derived parts of the fact's study and say that it is prepared.

    Repeat-safe by: keys of (study id, version at which it settled) below `derived/`; a second run writes the same under
    the same names, and `settle.prepared` announces once. No transaction is open while files are read or written.
    An object that cannot be shown gets a reason in the manifest; it never stops the study.
    """
    study_id, version, blobs = str(fact.study_id), fact.version, bench.system.blobs
    with bench.system.work() as work:
        rejection_ahead.meet(work, study_id)
    problems = make(bench, study_id, version)
    with bench.system.work() as work:
        settle.prepared(work, study_id, version, problems)
    try:
        manifest_shelf.tidy(bench.system.store, SYSTEM, blobs)
    except Refused as refusal:  # the study is prepared; the next preparation tidies up
        log.warning("older derived files stay for now: %s", refusal)


def make(bench: Bench, study_id: str, version: int) -> int:
    """Make the derived parts of what the study shows now, as of `version`; how many objects cannot be shown. Repeats safely."""
    blobs = bench.system.blobs
    with bench.system.read() as work:
        study = sources(work, study_id)
    trail = Trail(blobs.staging(), f"{study_id}-{version}")
    found = headers.read(blobs, study, trail)
    plans = manifest.plan(found.metadata)
    for series in plans:
        blobs.put(manifest_shelf.metadata_key(study_id, version, series.series_uid), metadata.packed(series.instances))
    files = {source.sop_uid: source.blob_key for source in study.objects}
    easel = Easel(bench, study_id, version, files, found.problems)
    drawn = {series.series_uid: easel.draw(place, series) for place, series in enumerate(plans, start=1)}
    fast = renditions.make(bench, plans, files, found.problems)
    made = manifest.build(study.study_uid, version, plans, drawn, found.problems, fast)
    manifest_shelf.put_manifest(blobs, study_id, made)
    trail.forget()
    return len(found.problems)
