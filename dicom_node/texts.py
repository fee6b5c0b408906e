"""The values of a request as bytes and as text: read in the character set in which they really are, whatever is declared."""

from collections.abc import Iterable, Mapping
from typing import Final

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset

from teleconsult.imaging import charset

CHARSET: Final = 0x00080005
"""Specific Character Set."""


def raw_value(element: DataElement | RawDataElement | None) -> bytes | None:
    """The bytes of an element as they came; None for a sequence, and for what was not sent."""
    if not isinstance(element, RawDataElement) or element.VR == "SQ":
        return None
    return b"" if element.value is None else bytes(element.value)


def raw_values(ds: Dataset) -> dict[int, bytes]:
    """Values as sent, by their tags; sequences are left out."""
    sent = {int(tag): raw_value(ds.get_item(tag)) for tag in ds.keys()}
    return {tag: value for tag, value in sent.items() if value is not None}


def declared(raw: Mapping[int, bytes]) -> tuple[str, ...]:
    """The terms of (0008,0005)."""
    terms = raw.get(CHARSET, b"").decode("ascii", "replace").strip(" \0").split("\\")
    return tuple(term.strip() for term in terms if term.strip())


def texts(raw: Mapping[int, bytes], around: Iterable[Mapping[int, bytes]], override: str | None) -> dict[int, str]:
    """The values as text, without padding. All of `around`, `raw` among them, tell the character set; `override` is what is known of the peer."""
    parts = list(around)
    terms = next((found for part in parts if (found := declared(part))), ())
    choice = charset.choose(terms, [value for part in parts for value in part.values() if value], override)
    return {tag: charset.decode(value, choice).strip(" \0") for tag, value in raw.items()}
