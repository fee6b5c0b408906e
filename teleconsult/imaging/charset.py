"""How the text of a header is read, whatever its sender said about it. Pure: bytes in, text and a reason out.

The order, first that fits:

1. the peer's own override;
2. ISO 2022 escape sequences, as declared;
3. strict UTF-8, if any byte is not ASCII;
4. a declared multi-byte or non-Latin set that decodes strictly;
5. undeclared, ISO_IR 6 or ISO_IR 100: GB18030, if every text decodes strictly and gives mostly common Chinese characters;
6. as declared.

One reading holds for a whole header, so that a short name is judged together with the hospital's name beside it.
Where two readings are possible and the evidence is thin, the choice is marked doubtful: a person must look at the name.
"""

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from teleconsult.imaging import charset_escapes as escapes
from teleconsult.imaging.charsets_common import COMMON_CHINESE, Repertoire, Script, repertoire

_ESCAPED = "iso2022"  # in the place of a codec: `charset_escapes` reads it
_MOSTLY = 0.75
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_CONTROLS = re.compile(r"[\x80-\x9f]")
_LONG_RUN = re.compile(r"[^\x00-\x7f]{4}")
_SYMBOLS = re.compile(r"[\u00a2-\u00a9\u00ac-\u00af\u00b4\u00b6\u00b8\u00b9\u00bb-\u00bf\u00d7\u00f7]")
_NEUTRAL = re.compile(r"[\x00-\x7f\u00b7\u2000-\u206f\u3000-\u303f\uff00-\uff65\uffe0-\uffee]+")
_GLUED = re.compile(
    r"(?<=[A-Za-z])[^\x00-\x7f](?=[A-Za-z])|(?<=[A-Za-z]{3})[^\x00-\x7f](?![^\x00-\x7f])|(?<![^\x00-\x7f])[^\x00-\x7f](?=[A-Za-z]{3})"
)
_BESIDE_LETTER = re.compile(r"[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]")


@dataclass(frozen=True, slots=True)
class CharsetChoice:
    """How a header is read: `encodings` for `decode`, the set's `name` in the standard's words, the `reason`.

    Reasons: override, ascii, escapes, utf8, declared_strict, common_chinese, declared.
    """

    encodings: tuple[str, ...]
    name: str
    reason: str
    doubtful: bool = False


UTF8 = CharsetChoice(("utf_8",), "ISO_IR 192", "utf8")
_GB18030 = CharsetChoice(("gb18030",), "GB18030", "common_chinese")


def choose(declared: Sequence[str], texts: Sequence[bytes], override: str | None = None) -> CharsetChoice:
    """The reading for a header that declares `declared` (the values of (0008,0005)) and holds `texts`. Never raises.

    `override` is the peer's own set as a DICOM term ("GB18030", "ISO_IR 192"); a term that nobody knows counts as none.
    """
    terms = [repertoire(value) for value in declared] or [repertoire("")]
    name = "\\".join(value.strip(" \0") for value in declared)
    telling = [text for text in texts if _NOT_ASCII.search(text) or escapes.has_escape(text)]
    ours = repertoire(override) if override and override.strip() else None
    for choice in (
        _overridden(ours, override or "", telling),
        _plain(terms, name, telling),
        _escaped(terms, name, telling),
        _utf8(terms, telling),
        _declared_strictly(terms, telling),
        _chinese(terms, telling),
    ):
        if choice:
            return choice
    return _as_declared(terms, name, telling)


def decode(raw: bytes, choice: CharsetChoice) -> str:
    """`raw` as text; what cannot be read becomes U+FFFD. Never raises; padding is kept."""
    if choice.encodings[0] == _ESCAPED:
        return escapes.read(raw, choice.encodings[1]).text
    return raw.decode(choice.encodings[0], "replace")


def _overridden(ours: Repertoire | None, override: str, telling: Sequence[bytes]) -> CharsetChoice | None:
    if ours is None:
        return None
    if _strict(ours, telling):
        return CharsetChoice((_whole(ours),), override, "override")
    if any(map(escapes.has_escape, telling)) and all(escapes.read(text, "6").strict for text in telling):
        return CharsetChoice(
            (_ESCAPED, "6"), override, "override"
        )  # ISO 2022 IR 58, for one, may be written either way
    if _all_decode("utf_8", telling):  # the peer was taught another set since
        return CharsetChoice(UTF8.encodings, UTF8.name, "utf8", doubtful=True)
    return CharsetChoice((_whole(ours),), override, "override", doubtful=True)


def _plain(terms: Sequence[Repertoire | None], name: str, telling: Sequence[bytes]) -> CharsetChoice | None:
    return None if telling else CharsetChoice(_encodings(terms), name or "ISO_IR 6", "ascii")


def _escaped(terms: Sequence[Repertoire | None], name: str, telling: Sequence[bytes]) -> CharsetChoice | None:
    if not any(escapes.has_escape(text) for text in telling):
        return None
    first = terms[0].term if terms[0] else "6"
    readings = [escapes.read(text, first) for text in telling]
    if not all(reading.strict for reading in readings):
        return None
    used = {term for reading in readings for term in reading.terms} - {"6"}
    undeclared = used - {each.term for each in terms if each}
    return CharsetChoice((_ESCAPED, first), name or "ISO_IR 6", "escapes", doubtful=bool(undeclared))


def _utf8(terms: Sequence[Repertoire | None], telling: Sequence[bytes]) -> CharsetChoice | None:
    """Strict UTF-8. Two-byte sequences alone prove little: the two bytes of a common Chinese character can be one by accident.

    So where a Chinese set is declared, its reading is made of common characters only and UTF-8 has none beyond two
    bytes, the declaration is the better evidence (`declared_strict`), and the name is marked doubtful.
    """
    if not _all_decode("utf_8", telling):
        return None
    if any(byte >= 0xE0 for text in telling for byte in text):
        return UTF8
    readings = [text.decode("gb18030", "replace") for text in telling]
    also_chinese = _commonness(readings) == 1 and not any(_BESIDE_LETTER.search(text) for text in readings)
    declared = next((each for each in terms if each and each.codec == "gb18030"), None)
    if also_chinese and declared:
        return CharsetChoice(_GB18030.encodings, declared.label, "declared_strict", doubtful=True)
    return CharsetChoice(UTF8.encodings, UTF8.name, "utf8", doubtful=also_chinese and not _declares(terms, "192"))


def _declared_strictly(terms: Sequence[Repertoire | None], telling: Sequence[bytes]) -> CharsetChoice | None:
    if terms[0] and terms[0].script is Script.LATIN:
        return None
    for each in terms:
        if each and each.script in (Script.OTHER, Script.MULTI) and _strict(each, telling):
            lacks_escapes = each is not terms[0] and each.codec != "gb18030"
            return CharsetChoice((each.codec,), each.label, "declared_strict", doubtful=lacks_escapes)
    return None


def _chinese(terms: Sequence[Repertoire | None], telling: Sequence[bytes]) -> CharsetChoice | None:
    if terms[0] is not None and terms[0].term not in ("6", "100"):
        return None
    if not _all_decode("gb18030", telling):
        return None
    texts = [text.decode("gb18030") for text in telling]
    share, count = _commonness(texts), sum(1 for _ in _characters(texts))
    if share < _MOSTLY or (count == 1 and any(_BESIDE_LETTER.search(text) for text in texts)):
        return None
    thin = share < 0.9 or count == 1
    return CharsetChoice(_GB18030.encodings, _GB18030.name, "common_chinese", doubtful=thin)


def _as_declared(terms: Sequence[Repertoire | None], name: str, telling: Sequence[bytes]) -> CharsetChoice:
    choice = CharsetChoice(_encodings(terms), name or "ISO_IR 6", "declared")
    latin = terms[0] is not None and terms[0].script is Script.LATIN and len(terms) == 1
    texts = [decode(text, choice) for text in telling]
    sound = latin and not any(_implausible_latin(text) for text in texts)
    return replace(choice, doubtful=not sound)


def _encodings(terms: Sequence[Repertoire | None]) -> tuple[str, ...]:
    """The codecs of the declared sets, first that says anything about bytes above 0x7F; Latin-1 where none does."""
    known = [each for each in terms if each and each.script is not Script.PLAIN]
    return (known[0].codec,) if known else ("latin_1",)


def _declares(terms: Sequence[Repertoire | None], term: str) -> bool:
    return any(each and each.term == term for each in terms)


def _whole(each: Repertoire) -> str:
    """A codec that reads every byte of the set, as an override may name plain ASCII."""
    return "latin_1" if each.script is Script.PLAIN else each.codec


def _strict(each: Repertoire, telling: Sequence[bytes]) -> bool:
    if any(escapes.has_escape(text) for text in telling) or not _all_decode(each.codec, telling):
        return False
    one_byte = each.codec.startswith("iso8859") or each.codec == "latin_1"
    return not one_byte or not any(_CONTROLS.search(text.decode(each.codec)) for text in telling)


def _all_decode(codec: str, telling: Sequence[bytes]) -> bool:
    try:
        for text in telling:
            codecs.decode(text, codec)
    except UnicodeDecodeError:
        return False
    return True


def _characters(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        yield from _NEUTRAL.sub("", text)


def _commonness(texts: Sequence[str]) -> float:
    """How much of what is not ASCII is common Chinese, 0 to 1.

    A single character between Latin letters counts against: so two accented capitals look ("CONCEIÇÃO").
    """
    characters = list(_characters(texts))
    if not characters:
        return 0.0
    common = sum(1 for each in characters if each in COMMON_CHINESE)
    glued = sum(1 for text in texts for each in _GLUED.findall(text) if each in COMMON_CHINESE)
    return (common - glued) / len(characters)


def _implausible_latin(text: str) -> bool:
    return bool(_CONTROLS.search(text) or _LONG_RUN.search(text) or _SYMBOLS.search(text))
