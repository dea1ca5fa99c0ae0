"""Korean verbs conjugated by rule, and the forms a household says them in.

The rules are those of the standard grammar (한글 맞춤법, 제4장 제2절): vowel harmony, contraction, ㄹ and ㅡ dropping,
and the irregular classes ㄷ ㅂ ㅅ ㅎ 르 러 우 하 이. Endings are written in the notation of ``hub.korean.endings``.
All forms are squashed: they contain no spaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

from hub.korean.endings import (
    ASKS,
    ASKS_OF_ADJECTIVES,
    AUXILIARIES,
    AUXILIARY_ENDINGS,
    CONNECTIVES,
    COPULA,
    FEELINGS,
    INDIRECT,
    INDIRECT_COPULA,
    INDIRECT_OF_ADJECTIVES,
    NEGATIVES,
    NEGATIVES_AFTER_AN,
    NOUN_FILLERS,
    NOUN_NEGATIVES,
    NOUN_REQUESTS,
    PROHIBITIONS,
    QUESTIONS,
    REQUESTS,
    SPOKEN,
    SPOKEN_ASKS,
    SPOKEN_ASKS_OF_ADJECTIVES,
    SPOKEN_COPULA,
    STATES,
)
from hub.korean.jamo import is_syllable, join, split, with_coda
from hub.korean.josa import with_josa

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
        "아/어주": [stem[:-1]] if _gives(verb) else said,
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


Bases = dict[str, list[str]]
"""For each joint, what stands before the ending."""

Tails = tuple[tuple[str, str], ...]
"""Endings as joint and rest, in the order in which their forms are listed."""


def request_bases(verb: Verb) -> Bases:
    """``bases`` for ``REQUEST_TAILS``, and where the noun of a 하다 verb asks alone (정지) or apart (청소 좀 해줘)."""
    found = bases(verb)
    if not _gives(verb):
        found[_SHADED] = found["아/어"][:1]
    if verb.noun:
        for start, act in _apart(verb):
            for by, stems in bases(act).items():
                found[by] = [*found[by], *(start + stem for stem in stems)]
        found[NOUN] = [verb.noun]
    return found


def forms(found: Bases, tails: Tails) -> list[str]:
    """Every form that bases and tails make together."""
    return list(dict.fromkeys(base + rest for by, rest in tails for base in found.get(by, ())))


def request_forms(verb: Verb) -> list[str]:
    """Every form in which a person asks for this act, in all styles, the styles in the order of ``REQUESTS``."""
    return forms(request_bases(verb), REQUEST_TAILS)


def spoken_request_forms(verb: Verb) -> list[str]:
    """The commonest requests, for the speech graph: those of ``SPOKEN`` in their everyday spelling."""
    shades = tuple(f"아/어{infinitive(auxiliary)}" for auxiliary in _SHADES)
    found = [with_ending(verb, ending) for ending in SPOKEN if not (_gives(verb) and ending in shades)]
    if verb.noun:
        found += [verb.noun, verb.noun + with_ending(_CAUSE, "아/어줘"), verb.noun + "좀해줘"]
    return list(dict.fromkeys(found))


def connective_forms(verb: Verb) -> list[str]:
    """Forms that join this act to the next one: 끄고, 끈다음에, 꺼서, 껐다가."""
    return _conjugated(verb, CONNECTIVES)


def negative_forms(verb: Verb) -> list[str]:
    """Forms that forbid the act or call it needless: 끄지마, 끄지말고, 안꺼도돼, and the common misspelling 꺼지마."""
    starts = [verb.stem]
    if split(verb.stem[-1])[1:] == ("ㅡ", ""):
        starts.append(infinitive(verb))
    found = [start + "지" + rest for start in starts for rest in PROHIBITIONS]
    found += _conjugated(verb, NEGATIVES)
    found += ["안" + form for form in _conjugated(verb, NEGATIVES_AFTER_AN)]
    if verb.noun:
        found += [verb.noun + rest for rest in NOUN_NEGATIVES]
        found += _conjugated(Verb(f"{verb.noun}안하", "하"), NEGATIVES_AFTER_AN)
        for start, act in _apart(verb):
            found += [start + act.stem + "지" + rest for rest in PROHIBITIONS]
            found += [start + with_ending(act, ending) for ending in NEGATIVES]
    return list(dict.fromkeys(found))


def question_forms(verb: Verb) -> list[str]:
    """Forms that ask about the act instead of asking for it: 껐어, 끄니, 끌까, 꺼도돼."""
    return _conjugated(verb, QUESTIONS)


def state_forms(verb: Verb) -> list[str]:
    """Forms that ask how things stand, of a passive or intransitive verb: 켜져있어, 열려있니, 꺼졌어, 돌아가고있어."""
    return _conjugated(verb, STATES)


def asking_bases(verb: Verb) -> Bases:
    """``bases`` for the tails of questions; 이다 joins a noun as it is, whatever its last sound: people write both."""
    return {COPULAR: [""]} if verb.stem == "이" else bases(verb)


def spoken_asking_forms(verb: Verb, *, describes: bool = False) -> list[str]:
    """The commonest questions, for the speech graph: 됐어, 남았니; of an adjective: 어때; of 이다: 야."""
    if verb.stem == "이":
        return list(SPOKEN_COPULA)
    return _conjugated(verb, SPOKEN_ASKS_OF_ADJECTIVES if describes else SPOKEN_ASKS)


def feeling_forms(adjective: Verb) -> list[str]:
    """What somebody says who feels so: 추워, 더워죽겠다, 어둡네."""
    return _conjugated(adjective, FEELINGS)


_GIVING: Final = tuple(f"아/어{start}" for start in ("주", "준", "줄", "줘", "줬", "다오", "달라"))
_DO: Final = Verb.of("하다")
_CAUSE: Final = Verb.of("시키다")
_SHADES: Final = tuple(map(Verb.of, AUXILIARIES))


def _apart(verb: Verb) -> Iterator[tuple[str, Verb]]:
    """The ways to say a 하다 verb with its noun apart: (청소를, 하다), (청소좀, 하다), (청소, 시키다) ..."""
    yield with_josa(verb.noun, "을/를"), _DO
    for filler in NOUN_FILLERS:
        yield verb.noun + filler, _DO
        yield verb.noun + filler, _CAUSE
    yield verb.noun, _CAUSE


def _conjugated(verb: Verb, endings: Iterable[str]) -> list[str]:
    return forms(bases(verb), tuple(map(joint, endings)))


def _gives(verb: Verb) -> bool:
    return verb.stem.endswith("주") and len(verb.stem) > 1


# Joints beside those of ``bases``: an infinitive with an auxiliary, the noun of a 하다 verb, a noun with 이다.
_SHADED: Final = "아/어-"
NOUN: Final = "noun"
COPULAR: Final = "copula"

REQUEST_TAILS: Final[Tails] = (
    *(joint(ending) for style in REQUESTS.values() for ending in style),
    *((_SHADED, with_ending(auxiliary, ending)) for auxiliary in _SHADES for ending in AUXILIARY_ENDINGS),
    *((NOUN, rest) for rest in NOUN_REQUESTS),
)
CONNECTIVE_TAILS: Final[Tails] = tuple(map(joint, CONNECTIVES))
STATE_TAILS: Final[Tails] = tuple(map(joint, STATES))
ASKING_TAILS: Final[Tails] = (*map(joint, ASKS), *((COPULAR, rest) for rest in COPULA))
DESCRIBING_TAILS: Final[Tails] = (*ASKING_TAILS, *map(joint, ASKS_OF_ADJECTIVES))
INDIRECT_TAILS: Final[Tails] = (
    *map(joint, (*INDIRECT, *(ending for ending in STATES if ending.endswith("는지")))),
    *((COPULAR, rest) for rest in INDIRECT_COPULA),
)
INDIRECT_DESCRIBING_TAILS: Final[Tails] = tuple(map(joint, INDIRECT_OF_ADJECTIVES))
