"""Hangul syllables taken apart and put together, and text made ready for parsing.

Jamo are always compatibility jamo (``ㄱ`` U+3131 ...), as people write them, never the conjoining ones.
The arithmetic is that of the Unicode Standard, section 3.12 (conjoining jamo behaviour).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from hub.korean.latin import SYMBOLS, UNITS, unit_name, word_name

ONSETS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS: Final = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
CODAS: Final = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")

_BASE: Final = 0xAC00
_LAST: Final = 0xD7A3
_ONSET_INDEX: Final = {jamo: index for index, jamo in enumerate(ONSETS)}
_VOWEL_INDEX: Final = {jamo: index for index, jamo in enumerate(VOWELS)}
_CODA_INDEX: Final = {jamo: index for index, jamo in enumerate(CODAS)}

# How a spoken number ends: by its last digit, or by its trailing zeros (20 이십, 300 삼백, 5000 오천, 10000 만 ...).
_DIGIT_CODAS: Final = dict(zip("0123456789", ("ㅇ", "ㄹ", "", "ㅁ", "", "", "ㄱ", "ㄹ", "ㄹ", ""), strict=True))
_ZERO_CODAS: Final = ("ㅂ", "ㄱ", "ㄴ", "ㄴ", "ㄴ", "ㄴ", "ㄴ", "ㄱ", "ㄱ", "ㄱ", "ㄱ", "", "", "", "", "ㅇ")
# How a Latin word that no table knows most likely ends in Korean; every other ending is a vowel (버스, 카드, 데스크).
_LATIN_CODAS: Final = (("ng", "ㅇ"), ("le", "ㄹ"), ("me", "ㅁ"), ("ne", "ㄴ"), ("l", "ㄹ"), ("m", "ㅁ"), ("n", "ㄴ"))

_TAIL: Final = re.compile(r"([가-힣]|[A-Za-z]+|[0-9.,]*[0-9]|℃|℉|°|%|[+&@₩$])[^\w%°℃℉+&@₩$]*$")
_UNIT_TAIL: Final = re.compile(r"\d\s*(°?[A-Za-z]+|[%°℃℉])\W*$")
_NOT_SPOKEN: Final = re.compile(
    r"(?P<range>(?:(?<=\d)|(?<=\d[도시분초%℃]))\s*[~∼〜]\s*(?=\d)"  # 22~24, 22도 ~ 24도
    r"|(?<=\d)\s+[-–—]\s+(?=\d)|(?<=\d)[–—](?=\d))"
    r"|(?P<point>(?<=\d)[.:/-](?=\d))"  # 26.5  19:30  11/24
    r"|(?P<comma>(?<=\d),(?=\d{3}(?!\d)))"  # 1,000
    r"|(?P<minus>(?<![A-Za-z0-9)])[-−](?=\d))"  # -5, 냉동실-20
    r"|(?P<plus>(?<=[A-Za-z])\+)"  # U+
    r"|(?P<between>(?<=\d)\s*[^\w\s%°℃℉−-]+\s*(?=\d))"  # 1, 2분 is not 12분
    r"|[^\w%°℃℉]|_"
)
_PLAIN: Final = re.compile("[가-힣 ]*")
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def is_syllable(ch: str) -> bool:
    """Whether ``ch`` is one precomposed hangul syllable (가 .. 힣)."""
    return len(ch) == 1 and _BASE <= ord(ch) <= _LAST


def split(syllable: str) -> tuple[str, str, str]:
    """The onset, vowel and coda of a syllable in compatibility jamo; the coda is ``""`` when there is none.

    Raises ValueError for anything but one precomposed syllable.
    """
    if not is_syllable(syllable):
        raise ValueError(f"not a hangul syllable: {syllable!r}")
    rest, coda = divmod(ord(syllable) - _BASE, len(CODAS))
    onset, vowel = divmod(rest, len(VOWELS))
    return ONSETS[onset], VOWELS[vowel], CODAS[coda]


def join(onset: str, vowel: str, coda: str = "") -> str:
    """The syllable of these compatibility jamo. Raises ValueError when one of them cannot stand there."""
    try:
        index = (_ONSET_INDEX[onset] * len(VOWELS) + _VOWEL_INDEX[vowel]) * len(CODAS) + _CODA_INDEX[coda]
    except KeyError as error:
        raise ValueError(f"no hangul syllable is made of {onset!r}, {vowel!r}, {coda!r}") from error
    return chr(_BASE + index)


def with_coda(text: str, coda: str) -> str:
    """``text`` with the coda of its last syllable replaced (``""`` removes it)."""
    onset, vowel, _ = split(text[-1])
    return text[:-1] + join(onset, vowel, coda)


def final_consonant(text: str) -> str:
    """The coda (compatibility jamo, or ``""``) that is heard at the end of ``text``.

    Numbers, Latin letters, abbreviations, units and symbols count as they are read aloud: 3 ends in ㅁ (삼), TV in a
    vowel (티비), 26℃ in a vowel (도). A Latin word that no table knows is judged by its spelling. Text in which nothing
    is spoken ends in no consonant.
    """
    text = unicodedata.normalize("NFC", text)
    unit = _UNIT_TAIL.search(text)
    if unit and (spoken := unit_name(unit[1])):
        return split(spoken[-1])[2]
    tail = _TAIL.search(text)
    if tail is None:
        return ""
    last = tail[1]
    if is_syllable(last):
        return split(last)[2]
    if last[-1] in _DIGIT_CODAS:
        return _number_coda(last)
    spoken = (word_name(last) if last.isalpha() else UNITS.get(last)) or SYMBOLS.get(last)
    if spoken:
        return split(spoken[-1])[2]
    return next((coda for ending, coda in _LATIN_CODAS if last.casefold().endswith(ending)), "")


def squash(text: str) -> str:
    """``text`` as the parser wants it: NFC, half-width, lower case, without spaces and punctuation.

    Kept are % ° ℃ ℉, a point, colon, slash or hyphen between digits, the comma of 1,000, the minus of -5 and the plus
    of U+, since dropping one of them would change what is said. 22~24 is written as it is read, 22부터24; whatever else
    stands between two digits is a comma, so that they do not become one number.
    """
    if _PLAIN.fullmatch(text):  # nearly everything that is said
        return text.replace(" ", "")
    text = unicodedata.normalize("NFC", text.translate(_FULL_WIDTH))
    return _NOT_SPOKEN.sub(_kept, text).casefold()


def aligned(text: str) -> tuple[str, str, list[int]]:
    """``squash(text)``, the text that it was made from (NFC, half-width), and where there each letter of it stands."""
    if _PLAIN.fullmatch(text):
        return text.replace(" ", ""), text, [place for place, letter in enumerate(text) if letter != " "]
    source = unicodedata.normalize("NFC", text.translate(_FULL_WIDTH))
    squashed: list[str] = []
    places: list[int] = []
    at = 0
    for match in (*_NOT_SPOKEN.finditer(source), None):
        stop = len(source) if match is None else match.start()
        kept = [(place, source[place]) for place in range(at, stop)]
        if match is not None:
            kept += [(match.start(), letter) for letter in _kept(match)]
            at = match.end()
        for place, letter in kept:
            folded = letter.casefold()
            squashed.append(folded)
            places += [place] * len(folded)
    return "".join(squashed), source, places


def _kept(match: re.Match[str]) -> str:
    kept = (("range", "부터"), ("minus", "-"), ("between", ","))
    said = next((letters for group, letters in kept if match[group]), None)
    return said or match["point"] or match["comma"] or match["plus"] or ""


def _number_coda(number: str) -> str:
    if "." in number.strip(".,"):
        return _DIGIT_CODAS[number[-1]]
    digits = re.sub("[.,]", "", number)
    zeros = len(digits) - len(digits.rstrip("0"))
    if zeros == 0 or zeros == len(digits) or zeros > len(_ZERO_CODAS):
        return _DIGIT_CODAS[digits[-1]]
    return _ZERO_CODAS[zeros - 1]
