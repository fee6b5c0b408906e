"""The study manifest: all a viewer needs before the first pixel, in one answer. Pure, made from the metadata sidecars.

Keys are the contract with the reading screen:
`{version, study_uid, dicomweb, series: [{series_uid, number, description, modality, kind, frames_total, thumb, preview,
instances: [{sop_uid, sop_class, sop_class_name, transfer_syntax, number, frames, rows, columns, preview?, rendition?, problem?}],
geometry: {regular, spacing?, reason?}, window?: {center, width}}]}`
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydicom.uid import UID

from teleconsult.imaging.manifest_fields import frames_of, kind_of, planes_of, text, whole, window_of
from teleconsult.imaging.manifest_geometry import Geometry, Plane, check, place

Json = dict[str, Any]
_KIND_RANK = {"images": 0, "video": 1, "ecg": 1, "pdf": 2, "sr": 3, "other": 4}
_PLACED = {"images": 0, "video": 0, "ecg": 0, "pdf": 1, "sr": 2, "other": 3}
_SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an instance has no picture: a stable code and an English detail."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Pictures:
    """What was drawn for a series: URLs of thumbnail and preview, and the instance and frame (from 0) they show."""

    thumb: str
    preview: str | None = None
    sop_uid: str | None = None
    frame: int = 0


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """One series in viewing order."""

    series_uid: str
    kind: str
    instances: Sequence[Json]
    number: int | None
    planes: Sequence[Plane] = field(default=())

    @property
    def middle(self) -> tuple[Json, int]:
        """The instance and the frame (from 0) that stands for the series: the middle one; of a slide, its overview."""
        if text(self.instances[0], "00080016") == _SLIDE:
            return min(self.instances, key=_detail), 0
        frames = [frames_of(instance) for instance in self.instances]
        wanted = sum(frames) // 2
        for instance, count in zip(self.instances, frames, strict=True):
            if wanted < count:
                return instance, wanted
            wanted -= count
        return self.instances[-1], 0


def _detail(instance: Json) -> tuple[bool, int]:
    """How far a slide's image is from a picture of all of it: tiles of a pyramid come after thumbnail and overview."""
    said = instance.get("00080008", {}).get("Value") or []
    return not {"THUMBNAIL", "OVERVIEW"} & set(said), frames_of(instance)


def plan(metadata: Sequence[Json]) -> list[SeriesPlan]:
    """Instances (DICOM JSON) grouped into series, both in viewing order: pictures first, by number, by uid."""
    groups: dict[tuple[str, str], list[Json]] = defaultdict(list)
    for instance in metadata:
        groups[text(instance, "0020000E"), kind_of(instance)].append(instance)
    whole = _merged(groups)
    plans = [_series(uid, kind, instances) for uid, (kind, instances) in whole.items()]
    return sorted(plans, key=lambda s: (_PLACED[s.kind], s.number is None, s.number or 0, s.series_uid))


def _merged(groups: Mapping[tuple[str, str], list[Json]]) -> dict[str, tuple[str, list[Json]]]:
    """A series of mixed kinds is shown as the kind that most looks like pictures."""
    out: dict[str, tuple[str, list[Json]]] = {}
    for (uid, kind), instances in groups.items():
        kept, held = out.get(uid, (kind, []))
        best = min(kept, kind, key=lambda name: _KIND_RANK[name])
        out[uid] = (best, held + instances)
    return out


def _series(uid: str, kind: str, instances: Sequence[Json]) -> SeriesPlan:
    planes = [plane for instance in instances for plane in planes_of(instance)] if kind == "images" else []
    numbered = whole(instances[0], "00200011")
    return SeriesPlan(uid, kind, sorted(instances, key=_order(instances)), numbered, planes)


def _order(instances: Sequence[Json]) -> Any:
    """By instance number where that tells them apart, else by place along the stack; the uid settles ties."""
    numbers = [whole(instance, "00200013") for instance in instances]
    unique = None not in numbers and len(set(numbers)) == len(numbers)

    def key(instance: Json) -> tuple[float, float, str]:
        planes = planes_of(instance)
        along = place(planes[0]) if planes and planes[0].complete else 0.0
        number = float(whole(instance, "00200013") or 0)
        return (number, along, text(instance, "00080018")) if unique else (along, number, text(instance, "00080018"))

    return key


def build(
    study_uid: str,
    version: int,
    plans: Sequence[SeriesPlan],
    pictures: Mapping[str, Pictures],
    problems: Mapping[str, Problem],
    renditions: Mapping[str, str] | None = None,
) -> Json:
    """The manifest as JSON-ready dict. `pictures` by series uid; `problems`, and `renditions` (the transfer syntax in which all
    frames are kept once more), by SOP instance uid."""
    return {
        "version": version,
        "study_uid": study_uid,
        "dicomweb": f"/dicom-web/studies/{study_uid}",
        "series": [
            _series_json(series, pictures.get(series.series_uid), problems, renditions or {}) for series in plans
        ],
    }


def _series_json(
    series: SeriesPlan, drawn: Pictures | None, problems: Mapping[str, Problem], renditions: Mapping[str, str]
) -> Json:
    first = series.instances[0]
    out: Json = {
        "series_uid": series.series_uid,
        "number": series.number,
        "description": text(first, "0008103E"),
        "modality": text(first, "00080060"),
        "kind": series.kind,
        "frames_total": sum(frames_of(instance) for instance in series.instances),
        "thumb": drawn.thumb if drawn else None,
        "preview": drawn.preview if drawn else None,
        "instances": [
            _instance_json(instance, series.kind, drawn, problems, renditions) for instance in series.instances
        ],
        "geometry": _geometry_json(check(series.planes)) if series.kind == "images" else {"regular": False},
    }
    window = window_of(series.middle[0])
    if window is not None:
        out["window"] = window
    return out


def _instance_json(
    instance: Json,
    kind: str,
    drawn: Pictures | None,
    problems: Mapping[str, Problem],
    renditions: Mapping[str, str],
) -> Json:
    sop_uid, sop_class = text(instance, "00080018"), text(instance, "00080016")
    out: Json = {
        "sop_uid": sop_uid,
        "sop_class": sop_class,
        "sop_class_name": UID(sop_class).name if sop_class else "",
        "transfer_syntax": text(instance, "00083002"),
        "number": whole(instance, "00200013"),
        "frames": frames_of(instance),
        "rows": whole(instance, "00280010"),
        "columns": whole(instance, "00280011"),
    }
    if drawn and drawn.preview and drawn.sop_uid == sop_uid:
        out["preview"] = drawn.preview
    if sop_uid in renditions:
        out["rendition"] = renditions[sop_uid]
    problem = problems.get(sop_uid)
    if problem is None and kind == "images" and kind_of(instance) != "images":
        problem = Problem("pixels.unsupported_syntax", f"{kind_of(instance)} among images")
    if problem is not None:
        out["problem"] = {"code": problem.code, "detail": problem.detail}
    return out


def _geometry_json(geometry: Geometry) -> Json:
    out: Json = {"regular": geometry.regular}
    if geometry.spacing is not None:
        out["spacing"] = geometry.spacing
    if geometry.reason is not None:
        out["reason"] = geometry.reason
    return out
