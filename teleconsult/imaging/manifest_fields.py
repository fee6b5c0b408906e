"""What the manifest reads out of one instance's DICOM JSON. Pure; broken values count as absent."""

from typing import Any

from teleconsult.imaging import codecs
from teleconsult.imaging.manifest_geometry import Plane

Json = dict[str, Any]
_ROOT = "1.2.840.10008.5.1.4.1.1."
_PDF = _ROOT + "104.1"
_NOT_PICTURES = tuple(_ROOT + tail for tail in ("66", "481.", "30", "11.", "68.", "200."))


def kind_of(instance: Json) -> str:
    """images, video, ecg, pdf, sr or other: which part of the screen shows the object."""
    sop_class = text(instance, "00080016")
    if sop_class == _PDF:
        return "pdf"
    if sop_class.startswith(_ROOT + "88."):
        return "sr"
    if sop_class.startswith(_ROOT + "9.1.") and "54000100" in instance:
        return "ecg"
    if text(instance, "00083002") in codecs.VIDEO:
        return "video"
    sized = whole(instance, "00280010") is not None and whole(instance, "00280011") is not None
    if sized and not sop_class.startswith(_NOT_PICTURES):
        return "images"
    return "other"


def frames_of(instance: Json) -> int:
    """(0028,0008), at least 1 for anything with rows; 1 for the rest, so that counts add up."""
    return max(1, whole(instance, "00280008") or 1)


def window_of(instance: Json) -> Json | None:
    """The first window of the header or of its first frame."""
    frame_voi = _frame_item(instance, 0, "00289132")
    for source in (frame_voi, instance):
        centers, widths = numbers(source, "00281050"), numbers(source, "00281051")
        if centers and widths and widths[0] > 0:
            return {"center": centers[0], "width": widths[0]}
    return None


def planes_of(instance: Json) -> list[Plane]:
    """Where each frame lies; incomplete planes where the header does not say."""
    return [_plane(instance, index) for index in range(min(frames_of(instance), 10_000))]


def _plane(instance: Json, index: int) -> Plane:
    def found(group: str, tag: str) -> tuple[float, ...]:
        item = _frame_item(instance, index, group)
        return tuple(
            numbers(item, tag) or (numbers(instance, tag) if frames_of(instance) == 1 or tag == "00280030" else [])
        )

    return Plane(
        found("00209113", "00200032"),
        found("00209116", "00200037"),
        found("00289110", "00280030"),
        whole(instance, "00280010") or 0,
        whole(instance, "00280011") or 0,
    )


def _frame_item(instance: Json, index: int, group: str) -> Json:
    own = instance.get("52009230", {}).get("Value") or []
    item = _first(own[index], group) if index < len(own) and own[index] else {}
    return item or _first(_first(instance, "52009229"), group)


def _first(source: Json, tag: str) -> Json:
    items = source.get(tag, {}).get("Value") or [{}]
    return items[0] if isinstance(items[0], dict) else {}


def text(instance: Json, tag: str) -> str:
    """The element's first value as text, "" when absent."""
    values = instance.get(tag, {}).get("Value") or [""]
    return "" if values[0] is None else str(values[0])


def whole(instance: Json, tag: str) -> int | None:
    """The element's first value as a whole number, None when absent or none."""
    found = numbers(instance, tag)
    return int(found[0]) if found else None


def numbers(instance: Json, tag: str) -> list[float]:
    """All values as floats; empty as soon as one is not a number."""
    values = instance.get(tag, {}).get("Value") or []
    return [float(v) for v in values] if all(isinstance(v, int | float) for v in values) else []
