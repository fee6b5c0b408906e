"""How names are read, whatever their sender said about them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread

from teleconsult.imaging.charset import CharsetChoice, choose, decode

CHINESE = "测试^某某"
HOSPITAL = "示例市第一人民医院"
DECLARED = [
    "",
    "ISO_IR 6",
    "ISO_IR 100",
    "ISO_IR 144",
    "ISO_IR 192",
    "GB18030",
    "GBK",
    "ISO_IR 13",
    "ISO_IR 148",
    "nonsense",
]


def read(declared: str, *texts: bytes, override: str | None = None) -> tuple[str, CharsetChoice]:
    """The first text as the rules read it, and why."""
    choice = choose(declared.split("\\") if declared else [], texts, override)
    return decode(texts[0], choice), choice


@pytest.mark.parametrize(
    ("declared", "codec", "name"),
    [
        ("ISO_IR 100", "latin_1", "Äneas^Rüdiger"),
        ("ISO_IR 100", "latin_1", "Buc^Jérôme"),
        ("ISO_IR 100", "latin_1", "CONCEIÇÃO^JOÃO"),
        ("ISO_IR 100", "latin_1", "ÍÑIGO^GARCÍA"),
        ("ISO_IR 100", "latin_1", "MÜß"),
        ("ISO_IR 101", "iso8859_2", "Wałęsa^Ściśle"),
        ("ISO_IR 126", "iso8859_7", "Διονυσιος"),
        ("ISO_IR 127", "iso8859_6", "قباني^لنزار"),
        ("ISO_IR 138", "iso8859_8", "שרון^דבורה"),
        ("ISO_IR 144", "iso8859_5", "Люкceмбypг"),
        ("ISO_IR 148", "iso8859_9", "Çavuş^Şükrü"),
        ("ISO_IR 166", "iso8859_11", "สมชาย^ใจดี"),
        ("ISO_IR 13", "shift_jis", "ﾔﾏﾀﾞ^ﾀﾛｳ"),
        ("GB18030", "gb18030", "Ceshi^Shengpizi=测试^龴㐂𠮷"),
        ("GBK", "gbk", "Ceshi^Rongji=测试^镕玥"),
        ("ISO_IR 192", "utf_8", "Wang^XiaoDong=王^小東"),
    ],
)
def test_a_rightly_declared_name_is_read_and_not_doubted(declared: str, codec: str, name: str) -> None:
    text, choice = read(declared, name.encode(codec))
    assert text == name
    assert not choice.doubtful


@pytest.mark.parametrize(
    ("declared", "raw", "name"),
    [
        (r"\ISO 2022 IR 87", b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B", "Yamada^Tarou=山田^太郎=やまだ^たろう"),
        (r"ISO 2022 IR 13\ISO 2022 IR 87", b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎"),
        (r"\ISO 2022 IR 149", b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf", "Hong^Gildong=洪^吉洞=홍^길동"),
        (r"\ISO 2022 IR 149", b"\x1b$)C\xb1\xe8^\xc8\xf1\xc1\xdf", "김^희중"),
        (r"\ISO 2022 IR 58", b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab", "Zhang^XiaoDong=张^小东"),
        (r"ISO 2022 IR 100\ISO 2022 IR 144", b"Andr\xe9^\x1b-L\xbb\xee\xda^Zo\xe9", "André^Люк^Zoé"),
        (r"\ISO 2022 IR 87", b"\x1b$B;3ED B@O:\x1b(B", "山田 太郎"),
    ],
)  # fmt: skip
def test_escape_sequences_are_read_as_declared(declared: str, raw: bytes, name: str) -> None:
    text, choice = read(declared, raw)
    assert (text, choice.reason, choice.doubtful) == (name, "escapes", False)


def test_an_escape_sequence_that_was_not_declared_is_read_and_doubted() -> None:
    text, choice = read("ISO_IR 100", b"\x1b$)C\xb1\xe8\xc8\xf1\xc1\xdf")
    assert (text, choice.reason, choice.doubtful) == ("김희중", "escapes", True)


@pytest.mark.parametrize("declared", ["", "ISO_IR 6", "ISO_IR 100", r"\ISO 2022 IR 58"])
@pytest.mark.parametrize("name", ["测试^声明错", "小明", "王梓婷", "欧阳^娜娜", "CT胸部平扫（增强）"])
def test_chinese_bytes_under_a_wrong_or_missing_label_are_read_as_chinese(declared: str, name: str) -> None:
    text, choice = read(declared, name.encode("gbk"), HOSPITAL.encode("gbk"))
    assert text == name
    assert not choice.doubtful


@pytest.mark.parametrize("declared", ["", "ISO_IR 100", "GB18030", "GBK", "ISO_IR 192", r"GB18030\ISO IR 192"])
def test_utf8_is_found_under_any_label(declared: str) -> None:
    text, choice = read(declared, CHINESE.encode())
    assert (text, choice.name, choice.reason, choice.doubtful) == (CHINESE, "ISO_IR 192", "utf8", False)


def test_one_field_that_is_no_utf8_keeps_the_whole_header_from_being_read_so() -> None:
    text, choice = read("GB18030", "联通".encode("gbk"), "小".encode("gbk"))
    assert (text, choice.reason) == ("联通", "declared_strict")


def test_declared_gb18030_whose_bytes_happen_to_be_utf8_stays_chinese_but_doubted() -> None:
    raw = "小".encode("gbk")
    assert raw.decode("utf-8") == "С", "the two bytes are a Cyrillic letter, too"
    text, choice = read("GB18030", raw)
    assert (text, choice.reason, choice.doubtful) == ("小", "declared_strict", True)
    text, choice = read("", raw)
    assert (choice.name, choice.doubtful) == ("ISO_IR 192", True)


def test_utf8_accents_between_letters_are_utf8_even_where_gb18030_is_declared() -> None:
    text, choice = read("GB18030", "Müller^José".encode())
    assert (text, choice.reason) == ("Müller^José", "utf8")


def test_the_override_comes_first() -> None:
    big5 = "測試^繁體".encode("big5")
    text, choice = read("", big5, override="BIG5")
    assert (text, choice.reason, choice.doubtful) == ("測試^繁體", "override", False)
    text, choice = read("ISO_IR 192", CHINESE.encode("gbk"), override="GB18030")
    assert (text, choice.reason) == (CHINESE, "override")


def test_an_override_reads_escape_sequences_where_there_are_any() -> None:
    for raw in (b"Zhang=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1", "Zhang=张^小".encode("gbk")):
        text, choice = read("", raw, override="ISO 2022 IR 58")
        assert (text, choice.reason) == ("Zhang=张^小", "override")


def test_an_override_that_does_not_fit_gives_way_to_strict_utf8_with_a_mark() -> None:
    text, choice = read("ISO_IR 192", "测试^乱码字".encode(), override="GB18030")
    assert text == "测试^乱码字"
    assert choice.doubtful


def test_an_override_that_nobody_knows_counts_as_none() -> None:
    assert read("GB18030", CHINESE.encode("gbk"), override="KLINGON")[1].reason == "declared_strict"


def test_chinese_of_taiwan_without_a_label_is_not_taken_for_gb18030_and_is_doubted() -> None:
    _, choice = read("", "測試^繁體".encode("big5"), "範例醫院".encode("big5"))
    assert (choice.reason, choice.doubtful) == ("declared", True)


def test_a_name_cut_in_the_middle_of_a_character_is_read_as_declared_and_doubted() -> None:
    text, choice = read("GBK", "测试^截断".encode("gbk")[:-1])
    assert (text, choice.doubtful) == ("测试^截\ufffd", True)


def test_bytes_above_ascii_without_any_label_are_doubted() -> None:
    text, choice = read("", b"J\xe9r\xf4me")
    assert (text, choice.doubtful) == ("Jérôme", True)


def test_plain_ascii_needs_no_decision() -> None:
    assert read("GB18030", b"Doe^Jane")[1].reason == "ascii"
    assert choose([], []).reason == "ascii"


@pytest.mark.soak
@pytest.mark.timeout(0)
@given(
    st.sampled_from(DECLARED),
    st.lists(st.binary(max_size=40), max_size=4),
    st.sampled_from([None, "", "GB18030", "BIG5", "??"]),
)
def test_no_bytes_make_the_rules_raise(declared: str, texts: list[bytes], override: str | None) -> None:
    choice = choose(declared.split("\\"), texts, override)
    for text in texts:
        assert isinstance(decode(text, choice), str)


@pytest.mark.soak
@pytest.mark.timeout(0)
@given(st.lists(st.text(min_size=1), max_size=3), st.binary(max_size=30))
def test_no_declaration_makes_the_rules_raise(declared: list[str], text: bytes) -> None:
    decode(text, choose(declared, [text, b"\x1b" + text]))


@given(
    st.sampled_from(DECLARED),
    st.text(st.characters(exclude_categories=("Cs", "Cc"))),
    st.characters(min_codepoint=0x800, codec="utf-8"),
)
def test_utf8_with_any_character_of_three_bytes_is_always_found(declared: str, text: str, telling: str) -> None:
    raw = (text + telling).encode()
    got, choice = read(declared, raw)
    assert (got, choice.name) == (text + telling, "ISO_IR 192")


@pytest.mark.soak
@pytest.mark.timeout(0)
@given(st.sampled_from(DECLARED), st.lists(st.binary(max_size=40), min_size=1, max_size=3))
def test_what_was_read_once_is_read_the_same_from_the_index(declared: str, texts: list[bytes]) -> None:
    choice = choose(declared.split("\\"), texts)
    kept = [decode(text, choice) for text in texts]
    again = choose(["ISO_IR 192"], [text.encode() for text in kept if "\x1b" not in text])
    assert [decode(text.encode(), again) for text in kept if "\x1b" not in text] == [
        text for text in kept if "\x1b" not in text
    ]


@given(
    st.text(st.sampled_from("测试某一示例县人民医院张王李赵刘陈杨黄周吴"), min_size=2, max_size=20),
    st.sampled_from(["", "ISO_IR 6", "ISO_IR 100"]),
)
def test_common_chinese_of_two_characters_is_found_unless_its_bytes_are_utf8(name: str, declared: str) -> None:
    text, choice = read(declared, name.encode("gb18030"))
    assert text == name or choice.name == "ISO_IR 192"


@given(st.from_regex(r"[A-Z][a-zäöüéèêçñåøß]{1,11}\^[A-ZÄÖÜÉ][a-zäöüéèêçñåøß]{1,11}", fullmatch=True))
def test_western_names_stay_western(name: str) -> None:
    text, choice = read("ISO_IR 100", name.encode("latin_1"))
    assert choice.name != "GB18030"
    assert text == name or choice.reason == "utf8"


@pytest.mark.needs_shared_data
def test_every_made_chinese_file_comes_out_right(shared_data: Path) -> None:
    expected = {
        "zh_gb18030_4byte": "Ceshi^Shengpizi=测试^龴㐂𠮷",
        "zh_gb2312_iso2022ir58": "Zhang^XiaoDong=张^小东",
        "zh_gbk": "Ceshi^Rongji=测试^镕玥",
        "zh_gbk_declared_latin1": "测试^声明错",
        "zh_undeclared_gbk": "测试^未声明",
        "zh_utf8": "Ceshi^Yi=测试^一𠮷",
        "zh_utf8_declared_gb18030": "测试^乱码",
        "zh_utf8_declared_latin1": "测试^错声明",
    }
    for name, wanted in expected.items():
        header = dcmread(shared_data / "charset" / f"{name}.dcm")
        declared = header.get("SpecificCharacterSet") or ""
        texts = [bytes(header.get_item(tag).value) for tag in (0x00100010, 0x00080080)]
        text, _ = read(declared if isinstance(declared, str) else "\\".join(declared), *texts)
        assert text.strip() == wanted, name
