"""What the character set rules look up: the standard's terms, and which Chinese characters are common. Pure.

Terms are those of PS3.3 C.12.1.1.2 (Specific Character Set); spellings that senders get wrong ("ISO IR 192", "utf-8") are understood.
"""

import re
from dataclasses import dataclass
from enum import Enum


class Script(Enum):
    """What a set may be mistaken for decides how much its declaration is believed."""

    PLAIN = "plain"  # ASCII only
    LATIN = "latin"  # one byte, Latin letters: any bytes at all can be read so
    OTHER = "other"  # one byte, another alphabet
    MULTI = "multi"  # several bytes for a character


@dataclass(frozen=True, slots=True)
class Repertoire:
    """One defined term: its number or name, Python's codec for bytes above 0x7F, and its script."""

    term: str
    codec: str
    script: Script

    @property
    def label(self) -> str:
        return f"ISO_IR {self.term}" if self.term.isdigit() else self.term


REPERTOIRES = {
    each.term: each
    for each in (
        Repertoire("6", "ascii", Script.PLAIN),
        Repertoire("13", "shift_jis", Script.OTHER),
        Repertoire("58", "gb18030", Script.MULTI),
        Repertoire("87", "shift_jis", Script.MULTI),
        Repertoire("100", "latin_1", Script.LATIN),
        Repertoire("101", "iso8859_2", Script.LATIN),
        Repertoire("109", "iso8859_3", Script.LATIN),
        Repertoire("110", "iso8859_4", Script.LATIN),
        Repertoire("126", "iso8859_7", Script.OTHER),
        Repertoire("127", "iso8859_6", Script.OTHER),
        Repertoire("138", "iso8859_8", Script.OTHER),
        Repertoire("144", "iso8859_5", Script.OTHER),
        Repertoire("148", "iso8859_9", Script.LATIN),
        Repertoire("149", "cp949", Script.MULTI),
        Repertoire("159", "shift_jis", Script.MULTI),
        Repertoire("165", "gb18030", Script.MULTI),
        Repertoire("166", "iso8859_11", Script.OTHER),
        Repertoire("192", "utf_8", Script.MULTI),
        Repertoire("203", "iso8859_15", Script.LATIN),
        Repertoire("GB18030", "gb18030", Script.MULTI),
        Repertoire("GBK", "gb18030", Script.MULTI),
        Repertoire("BIG5", "big5hkscs", Script.MULTI),  # no term of the standard; Taiwanese senders, by override only
    )
}

_NUMBERED = re.compile(r"ISO[ _-]?(?:2022)?[ _-]?IR[ _-]?(\d+)")
_NICKNAMES = {
    "": "6",
    "UTF8": "192",
    "GB2312": "GB18030",
    "CP936": "GB18030",
    "ISO88591": "100",
    "LATIN1": "100",
    "ASCII": "6",
    "USASCII": "6",
}


def repertoire(declared: str) -> Repertoire | None:
    """The repertoire that a value of (0008,0005) means, None if nobody can tell. An empty value means the default one."""
    spelled = declared.strip(" \0").upper()
    numbered = _NUMBERED.fullmatch(spelled)
    if numbered:
        return REPERTOIRES.get(numbered[1].lstrip("0"))
    bare = re.sub(r"[^A-Z0-9]", "", spelled)
    return REPERTOIRES.get(_NICKNAMES.get(bare, bare) if bare else "6")


# GB 2312 orders its 3755 most used characters in rows 16 to 55; names also use these, from rows 56 on and from GBK
# (but none whose two bytes look like an accented letter and a plain one: those must stay Latin).
_NAME_CHARACTERS = (
    "闫闵邝邸郄郅郇郏郐郗郓郜郦酆佟佴亓仝仉冼嵇岑庾庹弋扈昝晁暨沐涿溥滕澹濮爨瞿竺笪缪翦茆荀莘菅蒯蔺蔻蚩蹇逄逯鄢鄞鄯钭銮阙阚隗"
    "雒颛麴黻於谌谯訾褚裘覃甯璟琪瑾瑜玥玮珺珂珏玟玺珞琦琨琬琰瑄瑗瑛璇璐璨瓒琮琛瑀玙珩璋璞瑭瑷瓯婷婧妍妤娅娴娣婵婕嫣嫒嬿姝姣姗"
    "姹媛嫱怡恺愫憬懿悝慜昕昊昱晏晖晗晟晞晔曦旻旸昀昶煜炜烨焱熠燊焯炫炀煊煦熹燚淇滢漪漩潇潼澍濛瀚灏浠洵泓泠沅汶淼滟灝梓楠榕槿"
    "桦栩梵樾橦棣昇翀翊翎羿骁骐骥骢铖钰钊铮锟锴锜镛鑫铄铠芊芮芷苒茉茗茜荃荟菁菡萱葳蓓蕙薇芸苓芙黛轶遐霏霁雯雱颉飒馨麒麟麾黠俪"
    "倩偲僖仡偌侃倬俨彧峥崧嵘崴嵩岚祎祺禛禧秾稷筠筱笙簌綦绮绫缇缦聿芾颢顼骅喆垚垲墉夔奕宓宥寰煖睿祯勖勰叡圳堃歆毓沣沚泺珈珮皓"
    "皎皙眸祐"
)


def _level_one() -> frozenset[str]:
    pairs = (bytes((lead, trail)) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF))
    return frozenset("".join(pair.decode("gb2312", "ignore") for pair in pairs))


COMMON_CHINESE = _level_one() | frozenset(_NAME_CHARACTERS)
"""Characters that Chinese text is mostly made of: level one of GB 2312, and those common in names."""
