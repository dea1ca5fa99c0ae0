"""Text as it is read aloud: digits, units, abbreviations and symbols turned into hangul, for speaker and recognizer."""

from __future__ import annotations

import re
from typing import Final

from hub.korean.latin import SECOND, SYMBOLS, UNITS, unit_name, word_name
from hub.korean.numerals import COUNTERS, Counted, native_attributive, sino

_DIGIT_NAMES: Final = str.maketrans("0123456789", "공일이삼사오육칠팔구")
_DECIMAL_NAMES: Final = str.maketrans("0123456789", "영일이삼사오육칠팔구")
_MONTHS: Final = {6: "유월", 10: "시월"}
# Beyond this, native numerals before a counter give way to Sino-Korean ones in everyday speech.
_LAST_NATIVE: Final = 20
_LARGEST: Final = 10**16

_COUNTERS: Final = "|".join(sorted(COUNTERS, key=len, reverse=True))
_SIGNS: Final = re.escape("".join([*SYMBOLS, *(unit for unit in UNITS if len(unit) == 1 and not unit.isalpha())]))
_RANGE: Final = re.compile(r"(?<=\d)\s*[~∼〜]\s*(?=\d)")
_TOKEN: Final = re.compile(
    rf"(?P<phone>(?<![\d-])0\d{{1,2}}-\d{{3,4}}-\d{{4}}(?![\d-]))"
    rf"|(?P<date>(?<!\d)\d{{4}}(?P<mark>[-/.])\d{{1,2}}(?P=mark)\d{{1,2}}(?!\d))"
    rf"|(?P<clock>(?<![\d:])\d{{1,2}}:\d{{2}}(?![\d:]))"
    rf"|(?P<sign>(?<![\w)])[-−]|영하\s*)?(?P<number>\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.(?P<decimals>\d+))?"
    rf"(?:\s*(?P<unit>{_COUNTERS}|㎍/㎥|[μµ]g/m³|°[CFcf](?![A-Za-z])|[%°℃℉]|[A-Za-z]+))?"
    rf"|(?P<latin>[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*)(?P<plus>\+)?"
    rf"|(?P<symbol>[{_SIGNS}])"
)
_SPELLED: Final = re.compile(r"(?a:\d*[A-Za-z]+\d*)")
_FOREIGN: Final = re.compile(r"[^\W\d_가-힣ㄱ-ㅎㅏ-ㅣ]+")


def read_aloud(text: str) -> str:
    """``text`` in hangul as a person reads it: 26도 is 이십육 도, 3시 세 시, 50% 오십 퍼센트, -5도 영하 오 도, TV 티비.

    Latin words that no table knows stay as they are; ``unreadable`` lists them. Punctuation stays, for the pauses.
    """
    text = _RANGE.sub("에서 ", text)
    spoken = []
    end = 0
    for match in _TOKEN.finditer(text):
        spoken.append(text[end : match.start()])
        before = text[match.start() - 1 : match.start()]
        if before.isalnum() and (match["latin"] is None or before.isdecimal()):
            spoken.append(" ")
        spoken.append(_read(match))
        end = match.end()
    spoken.append(text[end:])
    return "".join(spoken)


def readings(text: str) -> list[str]:
    """Every way to read ``text`` aloud, that of ``read_aloud`` first: OLED is 오엘이디 and 올레드."""
    second = _SPELLED.sub(lambda found: SECOND.get(found[0].casefold(), found[0]), text)
    return list(dict.fromkeys((read_aloud(text), read_aloud(second))))


def unreadable(text: str) -> list[str]:
    """The words of ``text`` that ``read_aloud`` cannot turn into hangul, in their order, each once."""
    return list(dict.fromkeys(_FOREIGN.findall(read_aloud(text))))


def _read(match: re.Match[str]) -> str:
    if match["phone"]:
        return " ".join(part.translate(_DIGIT_NAMES) for part in match["phone"].split("-"))
    if match["date"]:
        year, month, day = map(int, re.split(r"\D", match["date"]))
        return f"{sino(year)} 년 {_counted(month, '월')} {_counted(day, '일')}"
    if match["clock"]:
        hour, minute = map(int, match["clock"].split(":"))
        return _counted(hour, "시") + (f" {_counted(minute, '분')}" if minute else "")
    if match["latin"]:
        return _latin(match["latin"]) + (SYMBOLS["+"] if match["plus"] else "")
    if match["symbol"]:
        return UNITS.get(match["symbol"]) or SYMBOLS[match["symbol"]]
    return _number(match)


def _number(match: re.Match[str]) -> str:
    unit = match["unit"] or ""
    counter = unit if unit in COUNTERS else unit_name(unit) or ""
    sign = ("영하 " if counter == "도" else "마이너스 ") if match["sign"] else ""
    digits = match["number"].replace(",", "")
    if match["decimals"]:
        spoken = f"{_cardinal(digits)} 점 {match['decimals'].translate(_DECIMAL_NAMES)}"
    elif len(digits) > 1 and digits.startswith("0") and not counter:
        spoken = digits.translate(_DIGIT_NAMES)
    elif counter and _sayable(digits):
        return sign + _counted(int(digits), counter)
    else:
        spoken = _cardinal(digits)
    if counter or unit:
        spoken += f" {counter or _latin(unit)}"
    return sign + spoken


def _cardinal(digits: str) -> str:
    return sino(int(digits)) if _sayable(digits) else digits.translate(_DIGIT_NAMES)


def _sayable(digits: str) -> bool:
    """Whether the number is small enough for numerals; a longer one is read digit by digit."""
    return len(digits) <= len(str(_LARGEST)) and int(digits) <= _LARGEST


def _counted(n: int, counter: str) -> str:
    """A number with its counter: 세 시, 스무 개, 삼 번, 유월, 첫 번째."""
    if counter == "월":
        return _MONTHS.get(n) or sino(n) + counter
    if counter == "번째" and n == 1:
        return "첫 번째"
    counted = COUNTERS.get(counter, Counted.SINO)
    last = {Counted.NATIVE: _LAST_NATIVE, Counted.HOUR: 12}.get(counted, 0)
    return f"{native_attributive(n) if 1 <= n <= last else sino(n)} {counter}"


def _latin(word: str) -> str:
    """A Latin word with its digits (KBS1, Wi-Fi, MP3) read; parts that no table knows stay."""
    whole = word.replace("-", "")
    if known := word_name(whole):
        return known
    parts = re.findall(r"[^\W\d]+|\d+", word)
    return " ".join(_cardinal(part) if part.isdecimal() else word_name(part) or part for part in parts)
