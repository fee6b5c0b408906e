"""A structured report as a tree of plain text, from its DICOM JSON (PS3.3 C.17.3). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_DEPTH = 32
_CONTENT, _NAME, _TYPE, _MEANING = "0040A730", "0040A043", "0040A040", "00080104"
_VALUES = {"TEXT": "0040A160", "DATETIME": "0040A120", "DATE": "0040A121", "TIME": "0040A122", "UIDREF": "0040A124"}


@dataclass(frozen=True, slots=True)
class Node:
    """One content item: what it is called, what it says, what is below it."""

    name: str
    kind: str
    text: str
    children: tuple["Node", ...]


def tree(instance: Mapping[str, Any], depth: int = 0) -> Node:
    """The document's content tree. Items deeper than 32 levels are left out: no report is, but a hostile one may be."""
    kind = _text(instance, _TYPE) or "CONTAINER"
    below = _items(instance, _CONTENT) if depth < MOST_DEPTH else ()
    return Node(_meaning(instance, _NAME), kind, _said(instance, kind), tuple(tree(item, depth + 1) for item in below))


def _said(item: Mapping[str, Any], kind: str) -> str:
    if kind in _VALUES:
        return _text(item, _VALUES[kind])
    if kind == "PNAME":
        return _text(item, "0040A123")
    if kind == "CODE":
        return _meaning(item, "0040A168")
    if kind == "NUM":
        return "; ".join(_number(value) for value in _items(item, "0040A300"))
    if kind in ("IMAGE", "COMPOSITE", "WAVEFORM"):
        return "; ".join(_text(reference, "00081155") for reference in _items(item, "00081199"))
    return ""


def _number(value: Mapping[str, Any]) -> str:
    unit = next((_text(code, "00080100") for code in _items(value, "004008EA")), "")
    return f"{_text(value, '0040A30A')} {'' if unit == '1' else unit}".strip()


def _meaning(item: Mapping[str, Any], tag: str) -> str:
    return next((_text(code, _MEANING) for code in _items(item, tag)), "")


def _items(item: Mapping[str, Any], tag: str) -> Sequence[Mapping[str, Any]]:
    found = item.get(tag, {})
    values = found.get("Value", []) if isinstance(found, Mapping) else []
    return [value for value in values if isinstance(value, Mapping)] if isinstance(values, list) else []


def _text(item: Mapping[str, Any], tag: str) -> str:
    found = item.get(tag, {})
    values = found.get("Value", []) if isinstance(found, Mapping) else []
    if not isinstance(values, list) or not values:
        return ""
    first = values[0]
    if isinstance(first, Mapping):
        return str(first.get("Ideographic") or first.get("Alphabetic") or "").replace("^", " ").strip()
    return str(first)
