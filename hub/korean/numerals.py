"""Korean numerals: Sino-Korean (일 이 삼), native (하나 둘 셋) and digits, written, read and listed.

Reading works on squashed text (see ``jamo.squash``): no spaces, commas only inside 1,000, a minus only before a digit.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final, Literal, TypeVar

Number = int | float
T = TypeVar("T")

_DIGITS: Final = "영일이삼사오육칠팔구"
_POWERS: Final = (("천", 1000), ("백", 100), ("십", 10))
_MYRIADS: Final = ("", "만", "억", "조", "경")
_LIMIT: Final = 10**16
MYRIADS_END: Final = 10_000 ** len(_MYRIADS)
"""The first number that no name of a myriad reaches."""

_ONES: Final = ("", "하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉")
_ONES_BEFORE_NOUN: Final = ("", "한", "두", "세", "네", *_ONES[5:])
_TENS: Final = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")


class Counted(Enum):
    """Which numerals a counter takes."""

    SINO = "sino"
    NATIVE = "native"  # from about twenty on, Sino-Korean as well
    BOTH = "both"
    HOUR = "hour"  # native on the twelve-hour clock, Sino-Korean beyond it


_NATIVE_COUNTERS: Final = [
    "시간", "개", "명", "사람", "마리", "대", "잔", "곡", "가지", "살", "장", "병", "달", "배", "칸", "송이", "그릇",
    "켤레", "군데", "바퀴", "숟가락", "스푼", "컵", "번째", "곳", "채", "권", "방울",
]  # fmt: skip
_MIXED_COUNTERS: Final = ["번", "단계", "주", "박스", "세트", "팩", "판", "통", "줄", "차례"]
_SINO_COUNTERS: Final = [
    "도", "퍼센트", "프로", "분", "초", "년", "월", "일", "개월", "주일", "층", "호", "단", "회", "채널", "원",
    "달러", "미터", "센티", "리터", "와트", "등", "점", "배속", "인분", "번방", "데시벨", "룩스", "럭스", "켈빈",
    "헤르츠", "킬로", "그램", "킬로그램", "밀리리터", "밀리미터", "센티미터", "킬로미터", "킬로와트", "킬로와트시",
    "년도",
]  # fmt: skip

# Standard usage of the National Institute of Korean Language; a counter not listed takes Sino-Korean.
COUNTERS: Final[dict[str, Counted]] = {
    "시": Counted.HOUR,
    **dict.fromkeys(_NATIVE_COUNTERS, Counted.NATIVE),
    **dict.fromkeys(_MIXED_COUNTERS, Counted.BOTH),
    **dict.fromkeys(_SINO_COUNTERS, Counted.SINO),
}


def sino(n: int) -> str:
    """``n`` in Sino-Korean, without spaces: 26 is 이십육, 10_000 is 만. Raises ValueError outside 0 .. 10**16."""
    if not 0 <= n <= _LIMIT:
        raise ValueError(f"no Sino-Korean reading for {n}: it must be 0 .. {_LIMIT}")
    if n == 0:
        return _DIGITS[0]
    groups = []
    for name in _MYRIADS:
        n, section = divmod(n, 10_000)
        if section:
            leading_ten_thousand = name == "만" and section == 1 and n == 0
            groups.append(("" if leading_ten_thousand else _section(section)) + name)
    return "".join(reversed(groups))


def _section(n: int) -> str:
    parts = []
    for name, power in _POWERS:
        digit, n = divmod(n, power)
        if digit:
            parts.append((_DIGITS[digit] if digit > 1 else "") + name)
    return "".join(parts) + (_DIGITS[n] if n else "")


def native(n: int) -> str:
    """``n`` in native Korean, counting: 24 is 스물넷. Raises ValueError outside 1 .. 99."""
    return _native(n, _ONES)


def native_attributive(n: int) -> str:
    """``n`` in native Korean before a counter: 1 is 한, 20 is 스무, 24 is 스물네. Raises ValueError outside 1 .. 99."""
    return "스무" if n == 20 else _native(n, _ONES_BEFORE_NOUN)


def _native(n: int, ones: tuple[str, ...]) -> str:
    if not 1 <= n <= 99:
        raise ValueError(f"no native numeral for {n}: it must be 1 .. 99")
    return _TENS[n // 10] + ones[n % 10]


def spell(value: Number) -> str:
    """``value`` in Sino-Korean with its decimals digit by digit: 26.5 is 이십육점오, -5 is 마이너스오."""
    if value < 0:
        return "마이너스" + spell(-value)
    if value == int(value):
        return sino(int(value))
    whole, decimals = f"{value:.6f}".rstrip("0").split(".")
    return f"{sino(int(whole))}점{''.join(_DIGITS[int(digit)] for digit in decimals)}"


def in_myriads(n: int) -> str:
    """``n`` in digits with the names of its myriads, as one writes amounts: 123_456_789 is ``1억 2345만 6789``.

    Raises ValueError outside 0 .. 10**20 - 1.
    """
    if not 0 <= n < MYRIADS_END:
        raise ValueError(f"no name for {n}: it must be below {MYRIADS_END}")
    groups = []
    for name in _MYRIADS:
        n, section = divmod(n, 10_000)
        if section:
            groups.append(f"{section}{name}")
    return " ".join(reversed(groups)) or "0"


def forms(n: Number, counter: str = "") -> list[str]:
    """Every form, without spaces, in which a person says or writes ``n`` before ``counter``; the commonest first.

    With no counter the counting forms (하나, 둘) stand beside the Sino-Korean ones.
    """
    counted = COUNTERS.get(counter, Counted.SINO) if counter else Counted.BOTH
    found: list[str] = []
    takes_native = isinstance(n, int) and 1 <= n <= (12 if counted is Counted.HOUR else 99)
    if isinstance(n, int) and takes_native and counted is not Counted.SINO:
        found.append(native_attributive(n) if counter else native(n))
    if not takes_native or counted in (Counted.SINO, Counted.BOTH) or (counted is Counted.NATIVE and n >= 20):
        spoken = spell(n)
        found += [spoken, spoken[0] + spoken[1:].replace("육", "륙")]
    if n == 0:
        found.append("공")
    if n < 0:
        found.append("영하" + spell(-n))
    written = f"{n:.6f}".rstrip("0").rstrip(".") if isinstance(n, float) else str(n)
    found.append(written)
    if n >= 1000:
        found.append(f"{n:,}")
    return list(dict.fromkeys(found))


_SINO_DIGITS: Final = {**{name: value for value, name in enumerate(_DIGITS)}, "공": 0, "륙": 6}
_POWER_VALUES: Final = dict(_POWERS)
_MYRIAD_VALUES: Final = {name: 10_000**index for index, name in enumerate(_MYRIADS) if name}
_NATIVE_ONES: Final = {name: n for ones in (_ONES, _ONES_BEFORE_NOUN) for n, name in enumerate(ones) if n}
_NATIVE_TENS: Final = {name: n * 10 for n, name in enumerate(_TENS) if n}

_ARABIC: Final = re.compile(r"(\d{1,3}(?:,\d{3}){1,5}|\d{1,17})(?:\.(\d{1,6}))?")
_NATIVE: Final = re.compile(f"({'|'.join(_NATIVE_TENS)})?({'|'.join(sorted(_NATIVE_ONES, key=len, reverse=True))})?")
_POINT: Final = re.compile(r"점(?:(\d{1,6})|([영공일이삼사오육륙칠팔구]{1,6}))")
_NEGATIVE: Final = re.compile(r"-|영하|마이너스")
_NATIVE_STARTS: Final = frozenset(name[0] for name in (*_NATIVE_ONES, *_NATIVE_TENS))
_SINO_STARTS: Final = frozenset("십백천만0123456789") | frozenset(_SINO_DIGITS)
NUMERAL_STARTS: Final = _NATIVE_STARTS | _SINO_STARTS | frozenset("-영마스")
"""What a numeral may begin with."""

_LONGEST: Final = 40  # 10**16 takes fewer characters in every spelling


def read(text: str, pos: int = 0, *, native: bool = True) -> list[tuple[int, Number]]:
    """Every numeral that starts at ``text[pos]``, as (end, value), the longest first.

    Understood are digits (26, 1,000, 26.5), Sino-Korean (이천칠백, 이십육점오), both mixed (2천7백, 3만) and, when
    ``native`` is set, native numerals (스물넷, 스물네). A minus, 영하 or 마이너스 makes the value negative.
    Each prefix that is a numeral of its own is there as well (이십육: 이십육, 이십, 이), but a run of digits is never
    cut: 26 does not begin with the numeral 2.
    """
    if pos >= len(text):
        return []
    first = text[pos]
    found: list[tuple[int, Number]] = []
    if first in _SINO_STARTS:
        found = _read_sino(text, pos)
    if native and first in _NATIVE_STARTS:
        found += _read_native(text, pos)
    if (sign := _NEGATIVE.match(text, pos)) is not None:
        found += [(end, -value) for end, value in _read_sino(text, sign.end()) if value > 0]
    if len(found) > 1:
        found.sort(reverse=True)
    return found


def longest_first(found: list[tuple[int, T]]) -> list[tuple[int, T]]:
    """Readings (end, value) with the longest first, each once; what every reader of this package returns."""
    found.sort(key=lambda reading: -reading[0])
    return [reading for index, reading in enumerate(found) if reading not in found[:index]]


def _read_native(text: str, pos: int) -> list[tuple[int, Number]]:
    if text.startswith("스무", pos):
        return [(pos + 2, 20)]
    match = _NATIVE.match(text, pos)
    if match is None or match.end() == pos:
        return []
    tens, ones = match.groups()
    found: list[tuple[int, Number]] = []
    if tens:
        found.append((match.end(1), _NATIVE_TENS[tens]))
    if ones:
        found.append((match.end(), _NATIVE_TENS.get(tens, 0) + _NATIVE_ONES[ones]))
    return found


_Kind = Literal["start", "digit", "power", "myriad"]


def _read_sino(text: str, pos: int) -> list[tuple[int, Number]]:
    """Read left to right: powers must fall inside a section of four digits, and myriads from section to section."""
    found: list[tuple[int, Number]] = []
    total, section, digit = 0, 0, 0
    power, myriad = 10_000, _MYRIAD_VALUES["경"] * 10_000
    kind: _Kind = "start"
    end = pos
    stop = min(len(text), pos + _LONGEST)
    while end < stop:
        ch = text[end]
        if ch.isdecimal() and ch.isascii():
            arabic = _ARABIC.match(text, end)
            if arabic is None or kind == "digit":
                break
            whole = int(arabic[1].replace(",", ""))
            if kind != "start" and whole >= min(power, myriad):
                break
            end = arabic.end()
            if arabic[2] is not None:
                if kind == "start":
                    found.append((end, float(f"{whole}.{arabic[2]}")))
                return found
            if end < len(text) and text[end].isdecimal():
                return []
            digit, kind = whole, "digit"
        elif ch in _SINO_DIGITS:
            value = _SINO_DIGITS[ch]
            if kind == "digit" or (value == 0 and kind != "start"):
                break
            end += 1
            digit, kind = value, "digit"
        elif ch in _POWER_VALUES:
            value = _POWER_VALUES[ch]
            if value >= power or digit > 9 or (kind == "digit" and digit == 0):
                break
            end += 1
            section, digit, power, kind = section + (digit or 1) * value, 0, value, "power"
        elif ch in _MYRIAD_VALUES:
            value = _MYRIAD_VALUES[ch]
            bare = kind == "start" and ch == "만"
            if value >= myriad or (section + digit == 0 and not bare) or section + digit >= 10_000 or kind == "myriad":
                break
            end += 1
            total, section, digit = total + ((section + digit) or 1) * value, 0, 0
            power, myriad, kind = 10_000, value, "myriad"
        else:
            break
        value_so_far = total + section + digit
        found.append((end, value_so_far))
        if text.startswith("점", end):
            found += _read_decimals(text, end, value_so_far)
    return found


def _read_decimals(text: str, end: int, whole: int) -> list[tuple[int, Number]]:
    point = _POINT.match(text, end)
    if point is None:
        return []
    if point[1] is not None:
        return [(point.end(), float(f"{whole}.{point[1]}"))]
    digits = "".join(str(_SINO_DIGITS[ch]) for ch in point[2])
    return [(end + 1 + n, float(f"{whole}.{digits[:n]}")) for n in range(1, len(digits) + 1)]
