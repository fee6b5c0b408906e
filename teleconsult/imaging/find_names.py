"""Person names: what people read, and every way to find them. Pure (PS3.5 §6.2.1)."""

import re
import unicodedata

from teleconsult.imaging import pinyin

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_BETWEEN = re.compile(r"[\s^,.'\u00b7\u30fb-]+")
_TURNING = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What turns the direction of writing (UAX #9): shown, it would make another name of what follows."""
_LONGEST = 200


def shown(name: str) -> str:
    """What a list shows: the ideographic writing where there is one, Chinese without gaps, Latin with spaces."""
    groups = [group.strip("^ ") for group in _TURNING.sub("", name).split("=")]
    best = next((group for group in [*groups[1:2], *groups[:1], *groups[2:]] if group), "")
    parts = [part.strip() for part in best.split("^") if part.strip()]
    return ("" if _HAN.search(best) else " ").join(parts)[:_LONGEST]


def is_chinese(text: str) -> bool:
    return bool(_HAN.search(text))


def fold(text: str) -> str:
    """Lower case, without accents, gaps and carets; wildcards stay. "Müller^Jörg" and "mullerjorg" are one."""
    plain = unicodedata.normalize("NFKD", _TURNING.sub("", text)).casefold()
    kept = "".join(each for each in plain if not unicodedata.combining(each))
    return _BETWEEN.sub("", unicodedata.normalize("NFC", kept))


def keys(name: str) -> frozenset[str]:
    """All folded spellings a name is found by: each writing, given name first, pinyin, initials."""
    initials = " ".join(pinyin.keys(group)[1] for group in name.split("=") if _HAN.search(group))
    return spellings(name) | {key[:_LONGEST] for key in initials.split()}


def spellings(name: str) -> frozenset[str]:
    """The folded spellings of the whole name: those of `keys` without initials."""
    found: set[str] = set()
    for group in name.split("="):
        family, _, given = group.partition("^")
        found |= {fold(group), fold(given + family)}
        if _HAN.search(group):
            found |= {*pinyin.keys(group)[0].split()}
    return frozenset(key[:_LONGEST] for key in found if key)


def alike(one: str, other: str) -> bool:
    """Whether two names may be one person's: they share a spelling of the whole name. Initials are shared by strangers."""
    return bool(spellings(one) & spellings(other))


def patterns(asked: str) -> tuple[str, ...]:
    """The folded wildcard patterns of a person name matching key; any of its writings may match (PS3.4 C.2.2.2.1)."""
    return tuple(dict.fromkeys(filter(None, map(fold, asked.split("=")))))
