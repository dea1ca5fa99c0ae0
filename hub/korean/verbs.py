"""Korean verbs conjugated by rule.

The rules are those of the standard grammar (한글 맞춤법, 제4장 제2절): vowel harmony, contraction, ㄹ and ㅡ dropping,
and the irregular classes ㄷ ㅂ ㅅ ㅎ 르 러 우 하 이. Endings are written in the notation of ``hub.korean.endings``.
All forms are squashed: they contain no spaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from hub.korean.jamo import is_syllable, join, split, with_coda

Kind = Literal["규칙", "ㄷ", "ㅂ", "ㅅ", "ㅎ", "르", "러", "우", "하", "이"]

# Stems whose class their last syllable does not tell. A final ㅂ is irregular unless listed here, a final ㄷ or ㅅ
# only when listed; 걷다 and 묻다 have both a regular and an irregular reading and count as regular (커튼을 걷어).
_REGULAR_B: Final = frozenset("잡집입접뽑씹업좁꼽")
_IRREGULAR_D: Final = frozenset({"듣", "싣", "깨닫", "일컫", "긷"})
_IRREGULAR_S: Final = frozenset("낫짓붓잇긋젓")
_REGULAR_H: Final = frozenset("넣놓쌓닿낳좋찧빻")
_REGULAR_REU: Final = frozenset({"따르", "들르", "치르", "다다르", "우러르"})
_IRREGULAR_REO: Final = frozenset({"이르", "푸르", "노르"})

_BRIGHT: Final = "ㅏㅑㅗ"
_MERGED: Final = {"ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅣ": "ㅕ", "ㅚ": "ㅙ"}
_OPTIONAL_MERGE: Final = "ㅗㅜㅚ"
_OPTIONAL_DROP: Final = "ㅐㅔ"
_FROM_H: Final = {"ㅏ": "ㅐ", "ㅓ": "ㅔ", "ㅑ": "ㅒ", "ㅕ": "ㅖ"}
_POINTING_H: Final = frozenset({"이렇", "그렇", "저렇", "어떻", "아무렇"})  # 그래, 어때, but 퍼레


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb or adjective: its stem (켜, 시작하) and its conjugation class."""

    stem: str
    kind: Kind = "규칙"

    @classmethod
    def of(cls, word: str, irregular: str | None = None) -> Verb:
        """The verb of a dictionary form (켜다); ``irregular`` names the class where the spelling does not tell it.

        ``irregular="규칙"`` makes a verb regular. Raises ValueError for a word that is no dictionary form.
        """
        stem = word.removesuffix("다")
        if stem == word or not stem or not all(map(is_syllable, stem)):
            raise ValueError(f"not the dictionary form of a verb: {word!r} (it must be hangul and end in 다)")
        if irregular is None:
            return cls(stem, _class_of(stem))
        if irregular not in get_args(Kind):
            raise ValueError(f"unknown conjugation class {irregular!r}: one of {', '.join(get_args(Kind))}")
        kind: Kind = next(kind for kind in get_args(Kind) if kind == irregular)
        return cls(stem, kind)

    @property
    def noun(self) -> str:
        """The noun of a 하다 verb (시작 of 시작하다) that can stand for a command alone, else ``""``."""
        return self.stem[:-1] if self.kind == "하" and len(self.stem) > 2 else ""


def _class_of(stem: str) -> Kind:
    last, coda = stem[-1], split(stem[-1])[2]
    if last == "하":
        return "하"
    if last == "르" and stem not in _REGULAR_REU:
        return "러" if stem in _IRREGULAR_REO else "르"
    if stem == "푸":
        return "우"
    if stem == "이":
        return "이"
    if coda == "ㅂ" and last not in _REGULAR_B:
        return "ㅂ"
    if coda == "ㄷ" and stem in _IRREGULAR_D:
        return "ㄷ"
    if coda == "ㅅ" and last in _IRREGULAR_S:
        return "ㅅ"
    if coda == "ㅎ" and last not in _REGULAR_H:
        return "ㅎ"
    return "규칙"


def infinitive(verb: Verb) -> str:
    """The 아/어 form in its everyday spelling: 켜, 꺼, 열어, 낮춰, 해, 들어."""
    return infinitives(verb)[0]


def infinitives(verb: Verb) -> list[str]:
    """The everyday 아/어 form and the uncontracted ones that are written beside it (맞춰, 맞추어; 해, 하여)."""
    stem, kind = verb.stem, verb.kind
    head, last = stem[:-1], stem[-1]
    onset, vowel, coda = split(last)
    bright = vowel in _BRIGHT
    match kind:
        case "하":
            return [head + "해", head + "하여"]
        case "이":
            return [head + "여", head + "이어"]
        case "러":
            return [stem + "러"]
        case "우":
            return [head + "퍼"]
        case "르":
            return [with_coda(head, "ㄹ") + ("라" if split(head[-1])[1] in _BRIGHT else "러")]
        case "ㅎ":
            return [head + join(onset, "ㅐ" if stem in _POINTING_H else _FROM_H[vowel])]
        case "ㅂ":
            return [with_coda(stem, "") + ("와" if last in "돕곱" else "워")]
        case "ㄷ":
            return [with_coda(stem, "ㄹ") + ("아" if bright else "어")]
        case "ㅅ":
            return [with_coda(stem, "") + ("아" if bright else "어")]
        case "규칙":
            pass
    if last == "놓":
        return [head + "놔", stem + "아"]
    if coda:
        return [stem + ("아" if bright else "어")]
    if vowel == "ㅡ":
        harmony = "ㅏ" if head and split(head[-1])[1] in _BRIGHT else "ㅓ"
        return [head + join(onset, harmony)]
    open_form = stem + ("아" if bright else "어")
    if vowel in "ㅏㅓㅕ":
        return [stem]
    if vowel in _OPTIONAL_DROP:
        return [stem, open_form]
    if vowel in _MERGED:
        merged = head + join(onset, _MERGED[vowel])
        # 와, 배워: after the silent onset nobody writes 오아, 배우어.
        return [merged, open_form] if vowel in _OPTIONAL_MERGE and onset != "ㅇ" else [merged]
    return [open_form]


def _eu_base(verb: Verb) -> str:
    """The stem as it stands before an (으) ending, with 으 where it takes it: 끄, 닫으, 열, 추우, 들으, 나으, 빨가."""
    stem = verb.stem
    coda = split(stem[-1])[2]
    match verb.kind:
        case "ㅂ":
            return with_coda(stem, "") + "우"
        case "ㄷ":
            return with_coda(stem, "ㄹ") + "으"
        case "ㅅ":
            return with_coda(stem, "") + "으"
        case "ㅎ":
            return with_coda(stem, "")
        case _:
            return stem if coda in ("", "ㄹ") else stem + "으"


def _drops_l(ending: str) -> bool:
    """Whether a stem in ㄹ loses it before this ending (ㄴ, ㅂ, ㅅ or 오): 여세요, 여는, 엽시다."""
    first = ending[0]
    return not is_syllable(first) or first == "오" or split(first)[0] in "ㄴㅅ"


def joint(ending: str) -> tuple[str, str]:
    """How an ending in the notation of ``hub.korean.endings`` is joined, and what then follows.

    The first is a key of ``bases``: (``"(으)ㄹ"``, ``"래"``) for ``(으)ㄹ래``. Verbs and endings meet there alone, so
    that a few hundred of each stand for every form.
    """
    if ending.startswith(_GIVING):
        return "아/어주", ending[3:]
    if ending.startswith(("아/어", "았/었")):
        return ending[:3], ending[3:]
    if ending.startswith("(스)"):
        return ending[:4], ending[4:]
    if not ending.startswith("(으)"):
        return ("-" if _drops_l(ending) else ""), ending
    rest = ending[3:]
    if not is_syllable(rest[0]):
        return ending[:4], rest[1:]
    return ("(으)-" if _drops_l(rest) else "(으)"), rest


def bases(verb: Verb) -> dict[str, list[str]]:
    """For each way to join an ending, what stands before it: 켜, 켰, 켤 ...; the everyday form before its variants.

    A verb that gives already takes no second 주다: 알려주다 with ``아/어줄래`` is 알려줄래.
    """
    stem, eu = verb.stem, _eu_base(verb)
    short_stem, short = (with_coda(base, "") if split(base[-1])[2] == "ㄹ" else base for base in (stem, eu))
    said = infinitives(verb)
    return {
        "아/어": said,
        "아/어주": [stem[:-1]] if gives(verb) else said,
        "았/었": [with_coda(form, "ㅆ") for form in said],
        "": [stem],
        "-": [short_stem],
        "(으)": [eu],
        "(으)-": [short],
        "(으)ㄹ": [with_coda(short, "ㄹ")],
        "(으)ㄴ": [with_coda(short, "ㄴ")],
        "(으)ㅂ": [with_coda(short, "ㅂ")],
        "(스)ㅂ": [stem + "습" if split(stem[-1])[2] not in ("", "ㄹ") else with_coda(stem, "ㅂ")],
    }


def with_endings(verb: Verb, ending: str) -> list[str]:
    """The verb with one ending in the notation of ``hub.korean.endings``, the everyday form before its variants."""
    join_by, rest = joint(ending)
    return [base + rest for base in bases(verb)[join_by]]


def with_ending(verb: Verb, ending: str) -> str:
    """The everyday form of the verb with one ending: ``with_ending(Verb.of("열다"), "(으)세요")`` is ``여세요``."""
    return with_endings(verb, ending)[0]


def adverb(verb: Verb) -> str:
    """The -게 form: 밝게, 어둡게, 시원하게."""
    return verb.stem + "게"


def gives(verb: Verb) -> bool:
    """Whether a verb gives already (알려주다), so that it takes no second 주다."""
    return verb.stem.endswith("주") and len(verb.stem) > 1


_GIVING: Final = tuple(f"아/어{start}" for start in ("주", "준", "줄", "줘", "줬", "다오", "달라"))
