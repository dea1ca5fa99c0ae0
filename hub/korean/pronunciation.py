"""How written Korean sounds: the rules of standard pronunciation (표준 발음법) as tables.

`pronounce` turns text into hangul spelled the way it is said: 국물 → 궁물, 시작해 → 시자캐, 이십육 → 이심뉵. Numbers in
comments are the articles (제N항) of the National Institute of Korean Language's 표준 발음법. What only a dictionary
knows (the tensing inside compounds and Sino-Korean words, ㄴ before 이 and the y-vowels) is covered for numerals and,
in `_LEXICON`, for words that homes talk about. Where the standard allows two forms the formal one is given.
"""

import re
from itertools import pairwise

from hub.korean.jamo import join, split

# 8-11: the seven sounds a syllable can end in.
CODA_SOUND: dict[str, str] = {
    **dict.fromkeys(("ㄱ", "ㄲ", "ㅋ", "ㄳ", "ㄺ"), "ㄱ"),
    **dict.fromkeys(("ㄴ", "ㄵ", "ㄶ"), "ㄴ"),
    **dict.fromkeys(("ㄷ", "ㅅ", "ㅆ", "ㅈ", "ㅊ", "ㅌ", "ㅎ"), "ㄷ"),
    **dict.fromkeys(("ㄹ", "ㄼ", "ㄽ", "ㄾ", "ㅀ"), "ㄹ"),
    **dict.fromkeys(("ㅁ", "ㄻ"), "ㅁ"),
    **dict.fromkeys(("ㅂ", "ㅍ", "ㅄ", "ㄿ"), "ㅂ"),
    "ㅇ": "ㅇ",
    "": "",
}
# 13-14: what stays and what moves over to a following vowel; every other coda moves whole.
_LIAISON: dict[str, tuple[str, str]] = {
    "": ("", "ㅇ"),
    "ㅇ": ("ㅇ", "ㅇ"),
    "ㅎ": ("", "ㅇ"),
    "ㄶ": ("", "ㄴ"),
    "ㅀ": ("", "ㄹ"),
    "ㄳ": ("ㄱ", "ㅆ"),
    "ㄵ": ("ㄴ", "ㅈ"),
    "ㄺ": ("ㄹ", "ㄱ"),
    "ㄻ": ("ㄹ", "ㅁ"),
    "ㄼ": ("ㄹ", "ㅂ"),
    "ㄽ": ("ㄹ", "ㅆ"),
    "ㄾ": ("ㄹ", "ㅌ"),
    "ㄿ": ("ㄹ", "ㅍ"),
    "ㅄ": ("ㅂ", "ㅆ"),
}
# 17: before ㅣ, and before ㅕ where a stem and its ending have met in one syllable (붙여, 닫혔어; but not 맏형).
_PALATALISED: dict[tuple[str, str], tuple[str, str]] = {
    ("ㄷ", "ㅇ"): ("", "ㅈ"),
    ("ㅌ", "ㅇ"): ("", "ㅊ"),
    ("ㄾ", "ㅇ"): ("ㄹ", "ㅊ"),
    ("ㄷ", "ㅎ"): ("", "ㅊ"),
}
# 12.1: ㅎ melts with the lax stop beside it, whichever of the two comes first.
_ASPIRATED: dict[str, str] = {"ㄱ": "ㅋ", "ㄷ": "ㅌ", "ㅂ": "ㅍ", "ㅈ": "ㅊ"}
_H_CODA: dict[str, str] = {"ㅎ": "", "ㄶ": "ㄴ", "ㅀ": "ㄹ"}
_BEFORE_H: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("ㄱ", "ㄲ", "ㅋ", "ㄳ"), ("", "ㅋ")),
    **dict.fromkeys(("ㄷ", "ㅅ", "ㅆ", "ㅊ", "ㅌ"), ("", "ㅌ")),
    **dict.fromkeys(("ㅂ", "ㅍ", "ㅄ"), ("", "ㅍ")),
    "ㅈ": ("", "ㅊ"),
    "ㄺ": ("ㄹ", "ㅋ"),
    "ㄼ": ("ㄹ", "ㅍ"),
    "ㄿ": ("ㄹ", "ㅍ"),
    "ㄵ": ("ㄴ", "ㅊ"),
}
# 23-25: lax consonants turn tense after an obstruent and after these clusters, which end the stems of verbs.
_TENSE: dict[str, str] = {"ㄱ": "ㄲ", "ㄷ": "ㄸ", "ㅂ": "ㅃ", "ㅅ": "ㅆ", "ㅈ": "ㅉ"}
_TENSING_CLUSTERS = frozenset({"ㄵ", "ㄻ", "ㄼ", "ㄾ"})
# 18: obstruents turn nasal before ㄴ and ㅁ.
_NASAL: dict[str, str] = {"ㄱ": "ㅇ", "ㄷ": "ㄴ", "ㅂ": "ㅁ"}
# 10-11: syllables that keep the other half of their cluster than its kind does: 밟- the verb, and nouns.
_BEFORE_CONSONANT: dict[str, str] = {"밟": "ㅂ", "덟": "ㄹ", "닭": "ㄱ", "흙": "ㄱ", "칡": "ㄱ", "슭": "ㄱ"}
# 5: no glide after a palatal (가져 → 가저), no diphthong ㅢ after a consonant (희망 → 히망).
_AFTER_PALATAL: dict[str, str] = {"ㅑ": "ㅏ", "ㅕ": "ㅓ", "ㅛ": "ㅗ", "ㅠ": "ㅜ", "ㅖ": "ㅔ", "ㅒ": "ㅐ"}
_PALATALS = frozenset({"ㅈ", "ㅉ", "ㅊ"})

# 26-30: words spelled nearer to their sound; the rules do the rest (심 + 뉵 come from 십뉵).
_LEXICON: dict[str, str] = {
    "밟히": "발피",
    "밟혀": "발펴",
    "넓죽": "넙쭉",
    "넓둥글": "넙뚱글",
    "맛있": "마싰",
    "멋있": "머싰",
    "온라인": "온나인",
    "칠십": "칠씹",
    "팔십": "팔씹",
    "열두": "열뚜",
    "열둘": "열뚤",
    "열세": "열쎄",
    "열셋": "열쎗",
    "열다섯": "열따섯",
    "갈등": "갈뜽",
    "결정": "결쩡",
    "발전": "발쩐",
    "설정": "설쩡",
    "실수": "실쑤",
    "실시간": "실씨간",
    "열선": "열썬",
    "일시": "일씨",
    "일정": "일쩡",
    "절대": "절때",
    "절전": "절쩐",
    "활동": "활똥",
    "물고기": "물꼬기",
    "문고리": "문꼬리",
    "방바닥": "방빠닥",
    "불빛": "불삧",
    "손가락": "손까락",
    "아침밥": "아침빱",
    "열쇠": "열쐬",
    "전기세": "전기쎄",
    "물약": "물략",
    "알약": "알략",
    "깻잎": "깬닢",
    "꽃잎": "꼰닢",
    "나뭇잎": "나문닢",
    "서울역": "서울력",
}
_LEXICAL = re.compile("|".join(sorted(_LEXICON, key=len, reverse=True)))
_ENDING_IN_L = "".join(map(chr, range(0xAC00 + 8, 0xD7A4, 28)))


def _patterns(gap: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Regular changes at the start of a morpheme, when `gap` may stand before it."""
    return (
        # 29: numerals are read as compounds: 십육 → 심뉵, 열여덟 → 열려덜.
        (re.compile(f"(?<=[십백천만])({gap})육"), r"\1뉵"),
        (re.compile(f"(?<=[열물른흔쉰순든])({gap})여([섯덟])"), r"\1녀\2"),
        (re.compile(f"(?<=[열물른흔쉰순든])({gap})일곱"), r"\1닐곱"),
        # 27: endings and dependent nouns after the adnominal -(으)ㄹ: 할게요 → 할께요, 할 거예요 → 할 꺼예요.
        (re.compile(f"(?<=[{_ENDING_IN_L}])({gap})게요"), r"\1께요"),
        (re.compile(f"(?<=[{_ENDING_IN_L}])({gap})걸요"), r"\1껄료"),
        (re.compile(f"(?<=[{_ENDING_IN_L}])({gap})거(?=[야예])"), r"\1꺼"),
        (re.compile(f"(?<=[{_ENDING_IN_L}])({gap})수(?=록|\\s*[있없])"), r"\1쑤"),
    )


_WITHIN_WORDS = _patterns("")
_ACROSS_WORDS = _patterns(r"\s*")
_EOJEOL = re.compile("[가-힣]+")
_BREATH = re.compile(r"[가-힣]+(?:\s+[가-힣]+)*")


def pronounce(text: str, *, linked: bool = False) -> str:
    """Return `text` respelled as it is pronounced: syllable for syllable, with everything that is none left as it was.

    With `linked`, words are said in one breath: neighbours act on each other across white space (never across
    punctuation), so 몇 시 → 멷 씨 and 거실 에어컨 → 거시 레어컨. Without it every eojeol stands alone.
    The function is total: any text is accepted.
    """
    text = _LEXICAL.sub(lambda match: _LEXICON[match[0]], text)
    for pattern, replacement in _ACROSS_WORDS if linked else _WITHIN_WORDS:
        text = pattern.sub(replacement, text)
    return (_BREATH if linked else _EOJEOL).sub(lambda match: _say(match[0]), text)


def _say(breath: str) -> str:
    """Pronounce hangul syllables and the white space between them."""
    said = list(breath)
    places = [place for place, char in enumerate(breath) if not char.isspace()]
    onset, vowel, coda = split(breath[0])
    vowel = _vowel_sound(onset, onset, vowel)
    for here, there in pairwise(places):
        next_onset, next_vowel, next_coda = split(breath[there])
        if next_onset != "ㅇ":
            coda = _BEFORE_CONSONANT.get(breath[here], coda)
        if there - here == 1:
            palatal = next_vowel == "ㅣ" or (next_vowel == "ㅕ" and next_coda in ("", "ㅆ"))
            coda, moved = _meet(coda, next_onset, palatal=palatal)
        else:
            coda, moved = _meet(CODA_SOUND[coda], next_onset)
        said[here] = join(onset, vowel, coda)
        onset, vowel, coda = moved, _vowel_sound(next_onset, moved, next_vowel), next_coda
    said[places[-1]] = join(onset, vowel, CODA_SOUND[coda])
    return "".join(said)


def _vowel_sound(written: str, onset: str, vowel: str) -> str:
    """Return the vowel as it sounds after `onset`; `written` is the onset before liaison (문의 keeps its ㅢ)."""
    if vowel == "ㅢ" and written != "ㅇ":
        return "ㅣ"
    return _AFTER_PALATAL.get(vowel, vowel) if onset in _PALATALS else vowel


def _meet(coda: str, onset: str, *, palatal: bool = False) -> tuple[str, str]:
    """Return the coda and the onset that two syllables have once they touch, before a `palatal` vowel or another."""
    if palatal and (coda, onset) in _PALATALISED:
        return _PALATALISED[coda, onset]
    if onset == "ㅇ":
        return _LIAISON.get(coda, ("", coda))
    if coda in _H_CODA:
        rest = _H_CODA[coda]
        if onset in _ASPIRATED:
            return rest, _ASPIRATED[onset]
        if onset == "ㅅ":
            return rest, "ㅆ"
        coda = rest or "ㄷ"
    if onset == "ㅎ":
        return _BEFORE_H.get(coda, (CODA_SOUND[coda], "ㅎ"))
    sound = "ㄹ" if (coda, onset) == ("ㄺ", "ㄱ") else CODA_SOUND[coda]
    if sound in _NASAL or coda in _TENSING_CLUSTERS or coda == "ㄺ":
        onset = _TENSE.get(onset, onset)
    return _sonorant(sound, onset)


def _sonorant(coda: str, onset: str) -> tuple[str, str]:
    """Apply 18-20, where a nasal or a liquid is one of the two."""
    if onset == "ㄹ":
        if coda in ("ㄴ", "ㄹ"):
            return "ㄹ", "ㄹ"
        return (_NASAL.get(coda, coda), "ㄴ") if coda else ("", "ㄹ")
    if (coda, onset) == ("ㄹ", "ㄴ"):
        return "ㄹ", "ㄹ"
    return (_NASAL.get(coda, coda) if onset in ("ㄴ", "ㅁ") else coda), onset
