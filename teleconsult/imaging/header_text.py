"""Values of a header as Python values: what is malformed becomes empty, never an error. Pure."""

import re
import unicodedata
from datetime import datetime

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_DIGITS = re.compile(r"[^0-9]")
_WHOLE = re.compile(r"[+-]?\d{1,10}")
_UID = re.compile(r"[0-9.]{1,64}")
_AGE = re.compile(r"\d{1,3}[DWMY]")
_INT32 = 1 << 31


def tidy(text: str, most: int) -> str:
    """One line without control characters or outer spaces, in NFC, at most `most` characters."""
    sound = text.encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFC", _CONTROL.sub(" ", sound)).strip()[:most].strip()


def code(raw: bytes, most: int = 16) -> str:
    """The first value of a code string, in capitals."""
    return tidy(raw.split(b"\\")[0].decode("ascii", "replace"), most).upper()


def uid(raw: bytes) -> str:
    """A UID (PS3.5 §9), or empty where it is none; letters and slashes never come through."""
    text = raw.strip(b" \0").decode("latin_1")
    return text if _UID.fullmatch(text) else ""


def date(raw: bytes) -> str:
    """YYYYMMDD or empty; also the forms with points and dashes that old senders write."""
    digits = _DIGITS.sub("", raw.decode("latin_1")[:10])
    if len(digits) != 8 or not "01" <= digits[4:6] <= "12" or not "01" <= digits[6:] <= "31":
        return ""
    return digits


def time(raw: bytes) -> str:
    """HHMMSS or empty; fractions are dropped."""
    digits = _DIGITS.sub("", raw.decode("latin_1").split(".")[0])[:6]
    if len(digits) not in (2, 4, 6):
        return ""
    digits = digits.ljust(6, "0")
    return digits if digits[:2] <= "23" and digits[2:4] <= "59" and digits[4:] <= "60" else ""


def age(raw: bytes) -> str:
    """As in "045Y" (PS3.5 §6.2 AS), or empty."""
    text = code(raw)
    return text if _AGE.fullmatch(text) else ""


def age_at(birth_date: str, on: str) -> str:
    """The age on a day, both as YYYYMMDD: in years, below three in months, below one month in days; empty if unknown."""
    try:
        born, day = datetime.strptime(birth_date, "%Y%m%d"), datetime.strptime(on, "%Y%m%d")  # noqa: DTZ007 (days, no times)
    except ValueError:
        return ""
    months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
    if day < born or months > 150 * 12:
        return ""
    if months >= 36:
        return f"{months // 12:03}Y"
    return f"{months:03}M" if months else f"{(day - born).days:03}D"


def whole(raw: bytes) -> int | None:
    """An integer string that fits 32 bits."""
    text = raw.split(b"\\")[0].strip(b" \0").decode("latin_1").removesuffix(".0")
    if not _WHOLE.fullmatch(text):
        return None
    number = int(text)
    return number if -_INT32 <= number < _INT32 else None


def short(raw: bytes, big: bool) -> int | None:
    """An unsigned 16-bit number."""
    return int.from_bytes(raw[:2], "big" if big else "little") if len(raw) >= 2 else None
