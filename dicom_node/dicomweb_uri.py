"""WADO-URI for old viewers (PS3.18 9): one object by a query string, as it is, decoded, or as a picture."""

from collections.abc import Callable, Mapping

from flask import Response, request

from dicom_node import dicomweb_frames as framing
from dicom_node import dicomweb_pictures as pictures
from dicom_node.dicomweb_media import DICOM, EXPLICIT_LE, accepted
from dicom_node.dicomweb_objects import Objects, Stored
from dicom_node.dicomweb_retrieve import EXPORT, IMAGES, Retrieve, said
from teleconsult.access import Actor
from teleconsult.imaging import codecs
from teleconsult.kernel.errors import invalid

_REFUSED = {
    "anonymize": "objects are not anonymized here",  # never to be answered with a name in it
    "presentationUID": "presentation states are not applied",
    "presentationSeriesUID": "presentation states are not applied",
}


class WadoUri:
    """The one transaction of PS3.18 chapter 9."""

    def __init__(self, objects: Objects, retrieve: Retrieve, actor_of: Callable[[], Actor]) -> None:
        self._objects = objects
        self._retrieve = retrieve
        self._actor_of = actor_of

    def fetch(self) -> Response:
        """`requestType=WADO` with `studyUID`, `seriesUID`, `objectUID`; the rest as table 9.1.2-1 has it.

        INVALID `dicomweb.query` for what is missing, makes no sense or is not offered; 406 for another media type or syntax.
        """
        asked = request.args
        actor = self._actor_of()
        if asked.get("requestType") != "WADO":
            raise invalid("dicomweb.query", "requestType=WADO", name="requestType")
        for name, why in _REFUSED.items():
            if asked.get(name):
                raise invalid("dicomweb.query", f"{name}: {why}", name=name)
        study, series, sop = (_uid(asked, name) for name in ("studyUID", "seriesUID", "objectUID"))
        instance = self._objects.instances(actor, IMAGES, study, series, sop)[0]
        kind = _content_type(asked, instance)
        if kind == DICOM:
            self._objects.instances(actor, EXPORT, study, series, sop)
            self._objects.taken(actor, instance.study_id, sop)
            decoded = _decoded(asked.get("transferSyntax", ""), instance.transfer_syntax)
            return self._retrieve.whole(instance, decoded)
        return said(self._retrieve.picture(instance, _number(asked, "frameNumber", 1), _picture(asked, instance, kind)))


def _uid(asked: Mapping[str, str], name: str) -> str:
    if not asked.get(name):
        raise invalid("dicomweb.query", f"{name} is missing", name=name)
    return asked[name].strip()


def _content_type(asked: Mapping[str, str], instance: Stored) -> str:
    """The first that can be given; without one a picture of what is one picture, and the object of everything else (9.1.2.2.1)."""
    if not asked.get("contentType"):
        one = instance.rows is not None and (instance.frames == 1 or "frameNumber" in asked)
        return "image/jpeg" if one else DICOM
    for wanted in accepted(asked["contentType"]):
        if wanted.media in ("*/*", "image/*"):
            return "image/jpeg" if instance.rows is not None else DICOM
        if wanted.media == DICOM or (wanted.media in pictures.KINDS and instance.rows is not None):
            return wanted.media
    raise invalid("dicomweb.not_acceptable", f"{DICOM}, {', '.join(pictures.KINDS)}")


def _decoded(wanted: str, kept: str) -> bool:
    """Explicit VR Little Endian when nothing else is named (9.1.2.2.2), but not for what cannot be, or was lossy."""
    if not wanted:
        return kept in codecs.LOSSLESS and kept not in framing.AS_KEPT_ONLY
    if wanted in ("*", kept):
        return False
    if wanted == EXPLICIT_LE and kept not in framing.AS_KEPT_ONLY:
        return True
    raise invalid("dicomweb.not_acceptable", f"kept as {kept}; or transferSyntax={EXPLICIT_LE}")


def _picture(asked: Mapping[str, str], instance: Stored, kind: str) -> pictures.Picture:
    """The same wishes in the words of `viewport` and `window`."""
    most = 8192
    width, height = _number(asked, "columns", most), _number(asked, "rows", most)
    said: dict[str, str] = {"quality": asked.get("imageQuality", "90")}
    if asked.get("rows") or asked.get("columns") or asked.get("region"):
        said["viewport"] = f"{min(width, most)},{min(height, most)}{_region(asked.get('region', ''), instance)}"
    if asked.get("windowCenter") or asked.get("windowWidth"):
        said["window"] = f"{asked.get('windowCenter', '')},{asked.get('windowWidth', '')}"
    return pictures.picture(accepted(kind), said)


def _region(text: str, instance: Stored) -> str:
    """`left,top,right,bottom` as shares of the frame (9.1.2.4.3), in pixels."""
    if not text:
        return ""
    try:
        left, top, right, bottom = (float(part) for part in text.split(","))
    except ValueError:
        left = right = top = bottom = 0.0
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1) or not instance.rows or not instance.columns:
        raise invalid("dicomweb.query", f"region={text[:32]!r}: left,top,right,bottom from 0 to 1", name="region")
    x, y = round(left * instance.columns), round(top * instance.rows)
    width, height = round(right * instance.columns) - x, round(bottom * instance.rows) - y
    return f",{x},{y},{max(1, width)},{max(1, height)}"


def _number(asked: Mapping[str, str], name: str, usual: int) -> int:
    text = asked.get(name, "").strip()
    if not text:
        return usual
    if not text.isdecimal() or not 1 <= int(text) <= 1 << 20:
        raise invalid("dicomweb.query", f"{name}={text[:32]!r}: 1 or more", name=name)
    return int(text)
