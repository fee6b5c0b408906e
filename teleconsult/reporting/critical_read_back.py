"""Reading a critical finding back: which typed words repeat it as it was told, and which deny or question it. Pure.

Here doubt counts against the words: whoever is refused types the finding once more, while a denial taken for a read-back
would stop the ringing although nobody has understood. So the finding is repeated when at least one clause names it and
none denies it, asks whether it is so, or calls it old or wrong:

* what denies stands before the name in the same clause (不是, 没有, 未见, 排除, no, without); 但 and 而是 end its reach, and
  不 or 无 inside a word that denies nothing doesn't count (无误, 心律不齐);
* or it stands after the name and has no object of its own: 气胸已排除, 气胸（-）, 气胸，没有, ruled out. 左侧气胸，无纵隔移位 denies
  the shift and repeats the 气胸;
* a denied denial (不能排除气胸) is no repetition either;
* the patient's own name denies nothing: 测试无.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

PLAIN, MISSING, DENIED = "plain", "missing", "denied"

_WHOM: Final = "□"
_GAP: Final = r"[-\s‐–—_·'\"“”‘’()（）/、]*"
_STOP = re.compile(r"[。,;:!\n]|(?<!\d)\.|\.(?!\d)")
_CJK = r"[\u3400-\u9fff,。;:!()□]"

_HARMLESS = re.compile(
    r"无误|无疑|无异议|无问题|无名|无症状|无痛|无力|无(?:明显)?诱因|无外伤|无菌|无创|无功能|无意识|无呼吸|无脉|无尿|没错|没问题|没有(?:问题|疑问|异议|错)"
    r"|不错|不适|不明原因|不全|不张|不齐|不清|不醒|不止|不良|不畅|不通|不规则|不均|不等|不停|不安|不足|不佳|不振|不能平卧|不稳"
    r"|未成年|未婚|未孕|非常|非ST|非创伤|非外伤|\bno\.?\s*(?=□|\d)",
    re.IGNORECASE,
)
_BUT = re.compile(r"但|而是|而见|而有|却|\bbut\b|\bhowever\b", re.IGNORECASE)
_BEFORE = re.compile(
    r"不|没|无|未|非|否|勿|排除|除外|排查|除了|取消|撤回|撤销|误报|误诊|误判|假|阴性|陈旧|既往|怀疑不"
    r"|\b(?:no|not|non|none|nor|neither|never|without|negative|neg|exclud\w*|rul(?:e[sd]?|ing)\s+out|absence|lack\w*|den(?:y|ies|ied)"
    r"|unlikely|doubt\w*|free\s+of|cannot|instead\s+of|rather\s+than|old|prior|previous|history\s+of|false|wrong|whether|if)\b"
    r"|\b[wr]/o\b",
    re.IGNORECASE,
)
_DENIAL: Final = (
    r"(?:排除|除外|待排查?|假阳性|不实|否|否定|否认|无|没|没有|未见|未及|未查|未示|阴性|假的?|误报|误诊|误判|撤回|撤销|取消|消失|吸收|治愈|×|✗|✘|❌"
    r"|(?:不|未|没有?|无)(?:再)?(?:是|对|存在|成立|考虑|支持|符合|确定|肯定|确认|证实|明确|同意|认可|认同|会|像|太像|能|可能|确诊|见|有|见到|看到|看见|发现|查到|查见|检出"
    r"|显示|提示|出现|发生|诊断|高|大)"
    r"|不|可能性?(?:很|较|极|比较)?(?:小|低))"
)
_TAIL: Final = (
    r"(?:了|的|掉|吧|啊|呢|哦|过|明显|任何|证据|依据|征象|迹象|表现|可能性?|诊断|指征|情况|[)）\]】\"”’'\s.])*"
)
_LEAD: Final = r"(?:此|该|但|这个?|其|已经?|暂时?|目前|现在?|基本|完全|可以?|能够?|予以?|均|都|也|并|是|为|系|属|的|经|被|复查|我们?|认为|看|查|[我本]院|[我本]科|诊断|证据|可能性?|明确|明显|结果|[\s(（\[【“\"‘'=])*"
_DENIAL_EN: Final = (
    r"(?:no|none|n/a|neg(?:ative)?|false positive|absent|excluded|ruled\s+out|r/o|unlikely|denied|resolved|false|wrong|cannot"
    r"|not(?:\s+(?:seen|present|confirmed|found|likely|evident|there|it|so|true|correct|identified|visible|shown|agreed))?)"
)
_LEAD_EN: Final = (
    r"(?:it|this|that|is|was|are|were|has|have|been|be|can|could|already|now|completely|all|we|see|[\s(\[])*"
)
_ALONE = re.compile(rf"{_LEAD}{_DENIAL}{_TAIL}|{_LEAD_EN}{_DENIAL_EN}[\s)\].]*", re.IGNORECASE)
_AT_END = re.compile(rf"{_DENIAL}{_TAIL}$|\b{_DENIAL_EN}[\s)\].]*$", re.IGNORECASE)
_AT_ONCE = re.compile(
    r"\s*(?:[（(\[]\s*(?:[-‐–—−－]+|阴性?|neg(?:ative)?)\s*[）)\]]|[-‐–—−－]+\s*$|阴性|[（(\s]*[?？]|病?史|可能性?(?:很|较|极|比较)?(?:不大|不高|小|低))",
    re.IGNORECASE,
)
_ASKS = re.compile(r"[?？]|(?:吗|么|嘛)\s*$")


def repeats(text: str, names: Iterable[str], patient: Iterable[str] = ()) -> str:
    """PLAIN: `text` repeats a finding that goes by one of `names`; DENIED: it names it and denies, questions or dates it back; MISSING:
    it does not name it. `patient` are words for the patient, in which nothing is a denial. Letter case, spaces and dashes don't count."""
    said = _even(text, patient)
    wanted = [_pattern(_folded(name)) for name in names if _loose(name)]
    found, plain = False, True
    clauses = list(_clauses(said))
    for clause, stop in clauses:
        for match in (match for pattern in wanted for match in pattern.finditer(clause)):
            found = True
            plain = plain and not _denies(clause, match.start(), match.end())
        plain = plain and not (stop != ":" and _ALONE.fullmatch(clause.strip()))
    if not found:
        return MISSING
    return PLAIN if plain and not _stands_for(clauses, wanted) else DENIED


def says_whom(text: str, patient: Iterable[str]) -> bool:
    """Whether `text` holds one of the patient's names or numbers; true where a patient has none. Gaps and letter case don't count,
    and "测试1" is not in "测试12"."""
    said, wanted = _loose(text), [loose for each in patient if (loose := _loose(each))]
    return not wanted or any(
        re.search(rf"(?<!\d){re.escape(each)}(?!\d)" if each[-1].isdigit() else re.escape(each), said)
        for each in wanted
    )


def _denies(clause: str, start: int, end: int) -> bool:
    calm = _HARMLESS.sub(lambda match: _WHOM * len(match.group()), clause)
    reach, after = _BUT.split(calm[:start])[-1], clause[end:]
    return bool(
        _BEFORE.search(reach) or _AT_ONCE.match(after) or _AT_END.search(calm[end:])
        or _ASKS.search(after) or _ASKS.search(clause[:start])
    )  # fmt: skip


def _stands_for(clauses: list[tuple[str, str]], wanted: list[re.Pattern[str]]) -> bool:
    """Whether a colon right after the finding says no: 气胸：无, 气胸：（-）."""
    for (clause, stop), (last, _) in zip(clauses[1:], clauses, strict=False):
        named = any(pattern.search(last) for pattern in wanted)
        if named and (_AT_ONCE.match(clause) or (stop == ":" and _ALONE.fullmatch(clause.strip()))):
            return True
    return False


def _clauses(text: str) -> Iterator[tuple[str, str]]:
    """Each clause with the stop before it."""
    stop, at = "", 0
    for match in _STOP.finditer(text):
        if text[at : match.start()].strip():
            yield text[at : match.start()], stop
        stop, at = match.group(), match.end()
    if text[at:].strip():
        yield text[at:], stop


def _even(text: str, patient: Iterable[str]) -> str:
    """Compatibility forms made plain, gaps beside Chinese characters gone, the patient's words put out of the way."""
    said = re.sub(r"n['’]t\b|(?<=is|as)nt\b", " not", _folded(text))
    for word in sorted((_folded(each) for each in patient if len(_loose(each)) > 1), key=len, reverse=True):
        said = _pattern(word).sub(_WHOM, said)
    said = re.sub(r"[^\S\n]+", " ", said.replace("\r", "\n"))
    return re.sub(rf"(?<={_CJK}) | (?={_CJK})", "", said)


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_GAP.join(map(re.escape, _loose(name))), re.IGNORECASE)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _loose(text: str) -> str:
    return re.sub(r"[-\s‐–—_·'\"“”‘’()（）/、]", "", _folded(text)).casefold()


__all__ = ["DENIED", "MISSING", "PLAIN", "repeats", "says_whom"]
