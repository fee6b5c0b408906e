"""Critical findings in Chinese report text: which phrases are affirmed and which are denied. Pure.

A phrase counts unless it is denied before it in the same clause (未见, 无, 除外 …). To ask once too often costs a word of
answer, to miss one may cost a life; so whatever is in doubt counts:

* a clause ends at ，。；：！？ and at the end of a line; a list with 、及或 goes on, so 未见脑出血、脑疝 denies both;
* what denies reaches until something affirms: 未见骨折但可见气胸, 无外伤出现脑出血;
* a denied denial affirms: 肺栓塞不除外, 不能除外肺栓塞, 未排除 …;
* 无 inside a word denies nothing: 无症状, 无名动脉;
* 陈旧 right before a phrase, and (-) or 阴性 right after it, deny it.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from teleconsult.reporting.critical_items import ITEMS

_CLAUSES = re.compile(r"[，。；：！？,;:!?\n\r]|(?<!\d)\.|\.(?!\d)")
_CANNOT = (
    r"(?:不能|不可|不可以|无法|未能|难以|尚不能|并未|尚未|不宜|不|未)(?:完全|确切|明确|轻易)?(?:除外|排除|否定|否认)"
)
_AFFIRMS = rf"{_CANNOT}|但|然而|而|可见|另见|并见|又见|且见|伴|合并|并发|继发|出现|考虑|提示|符合|诊断|怀疑|疑似|可疑|警惕|新发|新见"
_NO_DENIAL = r"无名|无症状|无痛|无力|无诱因|无明显诱因|无菌|无创|无功能"
_DENIES = r"未见|未及|未发现|未提示|未显示|未示|未查见|未检出|未探及|未出现|未再|未(?=有)|没有|无|除外|排除|否认|不考虑|不支持|不符合|不伴|不提示"
_WORDS = re.compile(
    rf"(?P<denies>不考虑|不支持|不符合|不伴|不提示|未提示|未出现)|(?P<affirms>{_AFFIRMS}|{_NO_DENIAL})|(?P<also>{_DENIES})"
)
_OLD = re.compile(r"陈旧性?$")
_MINUS = re.compile(r"^[（(\[][-－–—][）)\]]|^阴性")


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase that was found affirmed: which item it points to, and the clause it stands in."""

    phrase: str
    item: str
    level: int
    clause: str


def hits(text: str) -> list[Hit]:
    """Every affirmed phrase of the list in `text`, each once, in the order of the text."""
    found: dict[str, Hit] = {}
    for clause in clauses(text):
        for phrase, at in _places(_fold(clause)):
            item = _ITEM_OF[phrase]
            if affirmed(_fold(clause), at, at + len(phrase)):
                found.setdefault(phrase, Hit(phrase, item.code, item.level, clause.strip()))
    return list(found.values())


def clauses(text: str) -> list[str]:
    """The parts of `text` between stops; a point inside a number is none."""
    return [part for part in _CLAUSES.split(text) if part and part.strip()]


def affirmed(clause: str, start: int, end: int) -> bool:
    """Whether what stands at [start, end) of a folded clause is said to be there."""
    before, after = clause[:start], clause[end:]
    if _OLD.search(before) or _MINUS.match(after):
        return False
    said = [match.lastgroup for match in _WORDS.finditer(before)]
    return not said or said[-1] == "affirms"


def _places(clause: str) -> Iterator[tuple[str, int]]:
    """Phrases with their places, the longest first and none inside another: 张力性气胸 is no 气胸 besides."""
    taken: list[range] = []
    found: list[tuple[int, str]] = []
    for phrase in _PHRASES:
        for match in re.finditer(re.escape(phrase), clause):
            if not any(match.start() in span for span in taken):
                taken.append(range(match.start(), match.end()))
                found.append((match.start(), phrase))
    yield from ((phrase, at) for at, phrase in sorted(found))


def _fold(text: str) -> str:
    """Compatibility forms made plain (Ⅲ stays what it is to the eye: III) and all white space gone."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


_ITEM_OF: Final = {_fold(phrase): item for item in ITEMS for phrase in item.phrases}
_PHRASES: Final = sorted(_ITEM_OF, key=len, reverse=True)
