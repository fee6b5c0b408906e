"""What a browser may say to the node over its WebSocket, checked before anything else looks at it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from teleconsult.kernel.errors import invalid

MOST_BYTES = 128_000
Label = Literal["camera", "mic", "screen"]
_Word = Annotated[str, Field(max_length=64)]
_Description = Annotated[str, Field(max_length=64_000)]


class _Said(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Join(_Said):
    """The first message, with a fresh ticket. `audio_only`: no pictures are wanted."""

    t: Literal["join"]
    ticket: Annotated[str, Field(max_length=4096)]
    audio_only: bool = False


class Answer(_Said):
    """To the offer in `joined`."""

    t: Literal["answer"]
    sdp: _Description


class Track(_Said):
    mid: _Word
    label: Label


class Publish(_Said):
    """An offer of the browser's own, and all that it sends by it: what is not in `tracks` any more is gone."""

    t: Literal["publish"]
    sdp: _Description
    tracks: Annotated[list[Track], Field(max_length=8)]


class Prefs(_Said):
    t: Literal["prefs"]
    video: bool = True
    pinned: _Word | None = None
    most_video: Annotated[int, Field(ge=0, le=64)] = 6


class Muted(_Said):
    t: Literal["muted"]
    label: Label
    muted: bool


class Quality(_Said):
    t: Literal["quality"]
    level: Literal["good", "fair", "poor"]


class MuteSeat(_Said):
    """By the host."""

    t: Literal["mute_seat"]
    seat: _Word
    label: Label


class DropSeat(_Said):
    """By the host."""

    t: Literal["drop_seat"]
    seat: _Word


class Ping(_Said):
    t: Literal["ping"]


class Bye(_Said):
    t: Literal["bye"]


Said = Join | Answer | Publish | Prefs | Muted | Quality | MuteSeat | DropSeat | Ping | Bye
_ANY: TypeAdapter[Said] = TypeAdapter(Annotated[Said, Field(discriminator="t")])


def read(text: str) -> Said:
    """INVALID `media.message` for whatever is none of these."""
    try:
        return _ANY.validate_json(text)
    except ValidationError as error:
        raise invalid("media.message", str(error.errors(include_url=False, include_input=False)[0])) from None
