"""WADO-RS (PS3.18 10.4): metadata, frames, pictures, bulk data, whole objects. Every answer asks for permission first."""

from collections.abc import Callable, Iterator

from flask import Response, request

from dicom_node import dicomweb_answers as answers
from dicom_node import dicomweb_frames as framing
from dicom_node import dicomweb_pictures as pictures
from dicom_node.dicomweb_media import DICOM, OCTETS, Part, Wanted, accepted, media_type
from dicom_node.dicomweb_objects import Objects, Stored
from teleconsult.access import Actor
from teleconsult.imaging import metadata, render_cards
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.imaging.render_child import encoded
from teleconsult.kernel.errors import invalid

IMAGES, EXPORT = "study.images", "study.export"
_BARE_TYPES = {"1.2.840.10008.5.1.4.1.1.104.1": "application/pdf"}


class Retrieve:
    """The retrieve transactions. Frames are counted from 1, as in the URL."""

    def __init__(self, objects: Objects, actor_of: Callable[[], Actor], apart: framing.Drawing) -> None:
        self._objects = objects
        self._actor_of = actor_of
        self._apart = apart

    def metadata(self, study: str, series: str | None = None, sop: str | None = None) -> Response:
        """DICOM JSON of the instances, from what was prepared; what was not is read now."""
        actor = self._actor_of()
        answers.json_acceptable()
        instances = self._objects.instances(actor, IMAGES, study, series, sop)
        self._objects.opened(actor, instances[0].study_id)
        packed, tag = self._objects.metadata(instances)
        return answers.zipped(packed, tag)

    def frames(self, study: str, series: str, sop: str, numbers: str) -> Response:
        """As stored for `transfer-syntax=*`, decoded to Explicit VR Little Endian where that is asked for."""
        instance = self._one(IMAGES, study, series, sop)
        wanted = framing.frame_numbers(numbers)
        how = framing.delivery(_accepted(), instance.transfer_syntax, len(wanted), "Range" in request.headers)
        tag = f"{instance.tag}-{how.tag}-{'p' if how.in_parts else 'b'}{'-'.join(map(str, wanted))}"[:200]
        if (kept := answers.known(tag)) is not None:
            return kept
        path = self._objects.path(instance)
        produced = framing.frames(self._apart, path, wanted, how.decoded)
        first = next(produced)  # what is wrong shows before the answer has begun
        if not how.in_parts:
            return answers.bare(first, how.content_type, tag)
        return answers.in_parts(_parts(how.content_type, first, produced), how.media, tag)

    def rendered(self, study: str, series: str, sop: str, number: int = 1) -> Response:
        """The frame in its own window or the one asked for, as JPEG, PNG or WebP."""
        instance = self._one(IMAGES, study, series, sop)
        wanted = pictures.picture(_accepted(), request.args)
        tag = f"{instance.tag}-{wanted.tag}-{number}"
        if (kept := answers.known(tag)) is not None:
            return kept
        drawn = pictures.draw(self._apart, self._objects.path(instance), number, wanted)
        return answers.bare(drawn, wanted.media, tag)

    def thumbnail(self, study: str, series: str | None = None, sop: str | None = None, number: int = 0) -> Response:
        """A small picture: of the frame, else of the middle of what is named. What has no picture gets a card that says so."""
        instances = self._objects.instances(self._actor_of(), IMAGES, study, series, sop)
        instance = instances[len(instances) // 2]
        wanted = pictures.picture(_accepted(), request.args, pictures.THUMB_SIDE)
        frame = number or (instance.frames + 1) // 2
        tag = f"{instance.tag}-t-{wanted.tag}-{frame}"
        if (kept := answers.known(tag)) is not None:
            return kept
        try:
            drawn = pictures.draw(self._apart, self._objects.path(instance), frame, wanted)
        except Undecodable as error:
            side = (wanted.look.width, wanted.look.height)
            drawn = encoded(render_cards.broken(error.code, side), wanted.look.format, wanted.look.quality)
        return answers.bare(drawn, wanted.media, tag)

    def bulkdata(self, study: str, series: str, sop: str, tag_path: str) -> Response:
        """The value that a BulkDataURI of the metadata names."""
        instance = self._one(IMAGES, study, series, sop)
        _, content = metadata.bulk(self._objects.path(instance), tag_path)
        tag = f"{instance.tag}-{tag_path.replace('/', '.')}"[:200]
        kind = media_type(instance.transfer_syntax) if tag_path.upper() == "7FE00010" else OCTETS
        if tag_path == "00420011":
            kind = _BARE_TYPES.get(instance.sop_class, OCTETS)
        if _accepted()[0].multipart:
            return answers.in_parts([Part(kind, [content], request.url)], kind, tag)
        return answers.bare(content, kind, tag)

    def objects(self, study: str, series: str | None = None, sop: str | None = None) -> Response:
        """Whole objects, byte for byte as they are kept: in parts, or a single one by itself."""
        actor = self._actor_of()
        instances = self._objects.instances(actor, EXPORT, study, series, sop)
        in_parts = _whole_objects(_accepted(), instances)
        self._objects.taken(actor, instances[0].study_id, sop or series or study)
        if not in_parts:
            instance = instances[0]
            return answers.whole_file(self._objects.path(instance), _dicom(instance), f"{instance.tag}-file")
        return answers.in_parts(self._files(instances), DICOM, "")

    def _files(self, instances: list[Stored]) -> Iterator[Part]:
        for instance in instances:
            yield Part(_dicom(instance), answers.pieces(self._objects.path(instance)))

    def _one(self, verb: str, study: str, series: str, sop: str) -> Stored:
        return self._objects.instances(self._actor_of(), verb, study, series, sop)[0]


def _accepted() -> list[Wanted]:
    return accepted(request.headers.get("Accept", ""), request.args.getlist("accept"))


def _parts(content_type: str, first: bytes, rest: Iterator[bytes]) -> Iterator[Part]:
    yield Part(content_type, [first])
    for frame in rest:
        yield Part(content_type, [frame])


def _dicom(instance: Stored) -> str:
    return f"{DICOM}; transfer-syntax={instance.transfer_syntax}"


def _whole_objects(wanted: list[Wanted], instances: list[Stored]) -> bool:
    """Whether in parts. Objects go out in the syntax they are kept in; another one is not acceptable (406)."""
    for alternative in wanted:
        same = all(alternative.syntax in (None, "*", instance.transfer_syntax) for instance in instances)
        if alternative.takes(DICOM) and same:
            in_parts = alternative.multipart or alternative.media == "*/*" or alternative.media == "application/*"
            if in_parts or len(instances) == 1:
                return in_parts
    raise invalid("dicomweb.not_acceptable", "objects are sent as application/dicom in the syntax they are kept in")
