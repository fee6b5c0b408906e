"""How a Chinese name sounds, for finding it by typing Latin letters. Pure."""

from itertools import islice, product

_SURNAMES = {
    "万俟": ("mo", "qi"), "尉迟": ("yu", "chi"), "澹台": ("tan", "tai"), "长孙": ("zhang", "sun"), "宗政": ("zong", "zheng"),
    "单": ("shan",), "單": ("shan",), "曾": ("zeng",), "解": ("xie",), "仇": ("qiu",), "查": ("zha",), "朴": ("piao",), "区": ("ou",), "區": ("ou",),
    "翟": ("zhai",), "盖": ("ge",), "蓋": ("ge",), "乐": ("yue",), "樂": ("yue",), "任": ("ren",), "缪": ("miao",), "繆": ("miao",), "冼": ("xian",),
    "洗": ("xian",), "折": ("she",), "召": ("shao",), "员": ("yun",), "員": ("yun",), "种": ("chong",), "秘": ("bi",), "繁": ("po",), "黑": ("he",),
    "覃": ("qin",), "纪": ("ji",), "紀": ("ji",), "宿": ("su",), "薄": ("bo",), "卜": ("bu",), "柏": ("bai",), "车": ("che",), "車": ("che",),
    "燕": ("yan",), "应": ("ying",), "應": ("ying",), "牟": ("mou",), "祭": ("zhai",), "隗": ("wei",), "曲": ("qu",), "句": ("gou",), "逄": ("pang",),
    "藏": ("zang",), "角": ("jue",), "葛": ("ge",), "石": ("shi",), "华": ("hua",), "華": ("hua",), "重": ("chong",), "晟": ("cheng",), "臧": ("zang",),
    "佴": ("nai",), "哈": ("ha",), "那": ("na",), "於": ("yu",), "余": ("yu",), "沈": ("shen",), "贾": ("jia",), "賈": ("jia",), "褚": ("chu",),
    "洪": ("hong",), "谌": ("chen",), "諶": ("chen",), "郗": ("xi",), "郇": ("xun",), "俞": ("yu",), "阚": ("kan",), "闞": ("kan",), "宓": ("mi",),
}  # fmt: skip
_MOST = 8  # spellings of one name


def keys(name: str) -> tuple[str, str]:
    """All spellings of `name` in pinyin without tones, and all initials; variants are separated by spaces.

    The surname's own reading comes first ("单" is shan, not dan). Characters that are not Chinese, carets and spaces are
    left out; nothing Chinese gives two empty strings. "ü" is written v and yu.
    """
    characters = "".join(each for each in name if _is_han(each))
    spellings = list(islice(_spellings(characters), _MOST)) if characters else []
    full = dict.fromkeys("".join(each) for each in spellings)
    full |= dict.fromkeys("".join(syllable.replace("v", "yu") for syllable in each) for each in spellings)
    initials = dict.fromkeys("".join(syllable[:1] for syllable in each) for each in spellings)
    return " ".join(full), " ".join(initials)


def _spellings(characters: str) -> "product[tuple[str, ...]]":
    from pypinyin import Style, pinyin  # noqa: PLC0415 (reads 60 MB of dictionaries, and most processes spell no name)

    readings = [
        tuple(dict.fromkeys(options))[:2]
        for options in pinyin(characters, style=Style.NORMAL, heteronym=True, errors="ignore")
    ]
    for length in (2, 1):
        surname = _SURNAMES.get(characters[:length])
        if surname and len(readings) >= length:
            for at, syllable in enumerate(surname):
                readings[at] = tuple(dict.fromkeys((syllable, *readings[at])))[:2]
            break
    return product(*([option for option in options if option] or [""] for options in readings))


def _is_han(character: str) -> bool:
    return (
        "\u3400" <= character <= "\u9fff"
        or "\uf900" <= character <= "\ufaff"
        or "\U00020000" <= character <= "\U0003ffff"
    )
