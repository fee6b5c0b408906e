"""WADO-RS (PS3.18 10.4): metadata, frames, pictures, bulk data, whole objects. Every answer asks for permission first."""

from collections.abc import Callable, Iterator, Sequence

from flask import Response, request

from dicom_node import dicomweb_answers as answers
from dicom_node import dicomweb_frames as framing
from dicom_node import dicomweb_pictures as pictures
from dicom_node.dicomweb_media import DICOM, EXPLICIT_LE, OCTETS, Part, Wanted, accepted, media_type
from dicom_node.dicomweb_objects import Objects, Stored
from teleconsult.access import Actor
from teleconsult.imaging import metadata, render_cards, transcode
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.imaging.render_child import encoded
from teleconsult.kernel.errors import Meaning, Refused, absent, invalid

IMAGES, EXPORT = "study.images", "study.export"
MOST_PICTURES = 1000
CARD_SIDE = 512
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
        """As stored for `transfer-syntax=*`, decoded to Explicit VR Little Endian or as the rendition for slow lines where that is named."""
        return self._frames(self._one(IMAGES, study, series, sop), framing.frame_numbers(numbers))

    def _frames(self, instance: Stored, wanted: list[int]) -> Response:
        how, tag = self._delivered(instance, wanted, "Range" in request.headers)
        if "Range" in request.headers and not answers.range_asked(tag):
            how, tag = self._delivered(instance, wanted, False)
        if (kept := answers.known(tag)) is not None:
            return kept
        if how.rendition:
            produced = self._objects.fast(instance, wanted)
        else:
            produced = framing.frames(self._apart, self._objects.path(instance), wanted, how.decoded)
        first = next(produced)  # what is wrong shows before the answer has begun
        if not how.in_parts:
            return answers.bare(first, how.content_type, tag)
        return answers.in_parts(_parts(how.content_type, first, produced), how.media, tag)

    def _delivered(self, instance: Stored, wanted: list[int], ranged: bool) -> tuple[framing.Delivery, str]:
        """How these frames go out, and the entity tag of that."""
        stored, fast = instance.transfer_syntax, lambda: self._objects.kept_fast(instance, wanted)
        how = framing.delivery(_accepted(), stored, len(wanted), ranged, fast)
        return how, f"{instance.tag}-{how.tag}-{'p' if how.in_parts else 'b'}{'-'.join(map(str, wanted))}"[:200]

    def rendered(self, study: str, series: str, sop: str, numbers: str = "1") -> Response:
        """The frame in its own window or the one asked for, as JPEG, PNG or WebP; several in parts, in the order asked for."""
        instance, asked = self._one(IMAGES, study, series, sop), framing.frame_numbers(numbers)
        wanted = pictures.picture(_accepted(), request.args, several=len(asked) > 1)
        if len(asked) > 1:
            return said(self._listed(instance, asked, wanted))
        return said(self.picture(instance, asked[0], wanted))

    def _listed(self, instance: Stored, asked: list[int], wanted: pictures.Picture) -> Response:
        """What is wrong with the first frame is the answer; a later one that cannot be decoded is a card with its reason."""
        path = self._objects.path(instance)
        framing.there(path, asked)
        first = pictures.draw(self._apart, path, asked[0], wanted)
        drawn = self._drawn([(instance, number) for number in asked[1:]], wanted)
        return answers.in_parts(_parts(wanted.media, first, drawn), wanted.media, "")

    def picture(self, instance: Stored, number: int, wanted: pictures.Picture) -> Response:
        """One frame as a picture."""
        tag = f"{instance.tag}-{wanted.tag}-{number}"
        if (kept := answers.known(tag)) is not None:
            return kept
        drawn = pictures.draw(self._apart, self._objects.path(instance), number, wanted)
        if wanted.in_parts:
            return answers.in_parts([Part(wanted.media, [drawn])], wanted.media, tag)
        return answers.bare(drawn, wanted.media, tag)

    def rendered_all(self, study: str, series: str | None = None) -> Response:
        """Every frame of a study or series as a picture, in parts, in viewing order; what has no picture is left out.

        A frame that cannot be decoded gets a card with its reason. INVALID `dicomweb.too_many` beyond MOST_PICTURES.
        """
        instances = self._objects.instances(self._actor_of(), IMAGES, study, series)
        every = [(instance, frame) for instance in instances for frame in range(1, instance.frames + 1)]
        if len(every) > MOST_PICTURES:
            raise invalid("dicomweb.too_many", f"{len(every)} frames, {MOST_PICTURES} at once", most=MOST_PICTURES)
        wanted = pictures.picture(_accepted(), request.args, several=True)
        drawn = self._drawn(every, wanted)
        first = next(drawn, None)
        if first is None:
            raise Undecodable("pixels.absent", "nothing there has a picture")
        return said(answers.in_parts(_parts(wanted.media, first, drawn), wanted.media, ""))

    def _drawn(self, every: Sequence[tuple[Stored, int]], wanted: pictures.Picture) -> Iterator[bytes]:
        for instance, frame in every:
            try:
                yield pictures.draw(self._apart, self._objects.path(instance), frame, wanted)
            except Undecodable as error:
                if error.code == "pixels.region":
                    raise
                if error.code != "pixels.absent":
                    yield _card(error.code, wanted)
            except Refused as refused:
                if refused.meaning is not Meaning.ABSENT:
                    raise
                yield _card(refused.code, wanted)

    def thumbnail(self, study: str, series: str | None = None, sop: str | None = None, numbers: str = "") -> Response:
        """A small picture: of the first frame that is listed, else of the middle of what is named. What has no picture gets a card that says so."""
        instances = self._objects.instances(self._actor_of(), IMAGES, study, series, sop)
        instance = instances[len(instances) // 2]
        wanted = pictures.picture(_accepted(), request.args, pictures.THUMB_SIDE)
        frame = framing.frame_numbers(numbers)[0] if numbers else (instance.frames + 1) // 2
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
        """The value that a BulkDataURI of the metadata names; of many compressed frames, these as `frames` sends them."""
        instance = self._one(IMAGES, study, series, sop)
        if tag_path == "7FE00010" and framing.apart_only(instance.transfer_syntax, instance.frames):
            return self._frames(instance, list(range(1, instance.frames + 1)))
        path = self._objects.path(instance)
        spans = metadata.bulk_spans(path, tag_path)
        tag = f"{instance.tag}-{tag_path.replace('/', '.')}"[:200]
        kind = media_type(instance.transfer_syntax) if tag_path.upper() == "7FE00010" else OCTETS
        if tag_path == "00420011":
            kind = _BARE_TYPES.get(instance.sop_class, OCTETS)
        if not (alternatives := _accepted()):
            raise invalid("dicomweb.not_acceptable", f"answered as {kind}")
        in_parts = alternatives[0].multipart
        if spans is not None and in_parts:
            return answers.in_parts([Part(kind, answers.stretches(path, spans), request.url)], kind, tag)
        if spans is not None:
            return answers.of_file(path, spans, kind, tag)
        _, content = metadata.bulk(path, tag_path)
        return (
            answers.in_parts([Part(kind, [content], request.url)], kind, tag)
            if in_parts
            else answers.bare(content, kind, tag)
        )

    def objects(self, study: str, series: str | None = None, sop: str | None = None) -> Response:
        """Whole objects, byte for byte as they are kept: in parts, or a single one by itself.

        206 without those whose bytes are lost; ABSENT `blob.absent` where that is all of them.
        """
        actor = self._actor_of()
        instances = self._objects.instances(actor, EXPORT, study, series, sop)
        in_parts, decoded = framing.whole_objects(_accepted(), [instance.transfer_syntax for instance in instances])
        there = [instance for instance in instances if self._objects.is_there(instance)]
        if not there:
            raise absent("blob.absent", instances[0].blob_key)
        self._objects.taken(actor, instances[0].study_id, sop or series or study)
        if in_parts:
            answer = answers.in_parts(self._files(there, decoded), DICOM, "")
            return answer if len(there) == len(instances) else _partial(answer, len(instances) - len(there))
        return self.whole(instances[0], decoded)

    def whole(self, instance: Stored, decoded: bool) -> Response:
        """One object by itself, as it is kept or in Explicit VR Little Endian."""
        if decoded and instance.transfer_syntax != EXPLICIT_LE:
            return answers.streamed(
                self._explicit(instance), f"{DICOM}; transfer-syntax={EXPLICIT_LE}", f"{instance.tag}-raw"
            )
        return answers.whole_file(self._objects.path(instance), _dicom(instance), f"{instance.tag}-file")

    def _files(self, instances: list[Stored], decoded: bool) -> Iterator[Part]:
        for instance in instances:
            if decoded and instance.transfer_syntax != EXPLICIT_LE:
                yield Part(f"{DICOM}; transfer-syntax={EXPLICIT_LE}", self._explicit(instance))
            else:
                yield Part(_dicom(instance), answers.pieces(self._objects.path(instance)))

    def _explicit(self, instance: Stored) -> Iterator[bytes]:
        path = self._objects.path(instance)
        return transcode.explicit(path, lambda index: self._apart.raw(path, index))

    def _one(self, verb: str, study: str, series: str, sop: str) -> Stored:
        return self._objects.instances(self._actor_of(), verb, study, series, sop)[0]


def _accepted() -> list[Wanted]:
    return accepted(request.headers.get("Accept", ""), request.args.getlist("accept"))


def _parts(content_type: str, first: bytes, rest: Iterator[bytes]) -> Iterator[Part]:
    yield Part(content_type, [first])
    for frame in rest:
        yield Part(content_type, [frame])


def _card(code: str, wanted: pictures.Picture) -> bytes:
    """What stands in the place of a picture that cannot be made."""
    side = wanted.look.width or CARD_SIDE, wanted.look.height or CARD_SIDE
    return encoded(render_cards.broken(code, side), wanted.look.format, wanted.look.quality)


def _partial(answer: Response, lost: int) -> Response:
    """The answer lacks what was asked for, and says so."""
    answer.status_code = 206
    answer.headers["Warning"] = f'299 {request.host} "{lost} of the objects are damaged or lost here"'
    return answer


def _dicom(instance: Stored) -> str:
    return f"{DICOM}; transfer-syntax={instance.transfer_syntax}"


def said(answer: Response) -> Response:
    """Annotations are not drawn: whoever asks for them is told (PS3.18 8.3.5.1.1)."""
    if "annotation" in request.args:
        answer.headers["Warning"] = f'299 {request.host} "annotation is not drawn"'
    return answer
