"""What somebody leaves out because it was said before: the whole sentences that a short one may stand for.

    거실 불 켜줘 · 안방도       → 안방 불 켜줘
    에어컨 26도로 해줘 · 아니 25도 → 에어컨 25도로 해줘
    불 켜줘 · (어느 것?) 스탠드    → 스탠드 켜줘

Nothing is decided here. Every proposal is a sentence, and means what the grammar says that it means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from hub.butler.understanding import Understanding
from hub.butler.wording import distinct
from hub.grammar.parse import HERE, Word
from hub.home import Device, Home
from hub.korean.jamo import squash
from hub.korean.josa import with_josa

CORRECTING = re.compile(
    r"^\s*(?:아니[다야요]?|아냐|아뇨|아참)(?:\s*(?:그게|그거)?\s*(?:아니고|아니라|말고))?[\s,.]+(?=\S)"
)
"""How somebody begins who takes back what was said: 아니 25도, 아니 그게 아니라 안방."""

_MIDWAY = re.compile(r"[\s,.…]+(?:아니[다야]?|아냐|아참)[\s,.…]+")
"""The same in the middle of a sentence: 26도로 아니 25도로 해줘."""

_IT = re.compile(r"^(?:그것|그거|그걸|저것|저거|걔|방금 그거|아까 그거)(?:도|들도|들|는|은|를|을|만| 좀)?\s+(?=\S)")

_THERE = re.compile(r"(?<![가-힣])(?:거기|그 방|그쪽)(?=(?:에|에서|에도|도|는|은|만|의)?(?:\s|[가-힣]|$))")

_TAIL = re.compile(
    r"(?:이?요|이에요|예요|입니다|은요?|는요?|도요?|만|이|가|을|를|거|것|거요|쪽|쪽이요|으로|로|에|에서|[\s?.!,])+$"
)
"""What may follow a name that is the whole answer: 거실이요, 안방은?, 스탠드로."""

_ALL = frozenset({"다", "둘다", "전부", "모두", "전부다", "모두다", "셋다", "다요", "둘다요", "전부요", "모두요"})

_NTH = (("첫", "처음", "1번"), ("두번", "둘째", "2번"), ("세번", "셋째", "3번"))

_NUMBER = r"(?:\d+(?:\.\d+)?|열?(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉)|열|[일이삼사오육칠팔구십백]+)"

_UNIT = r"(?:시간|시(?: ?반)?|분|초|도|퍼센트|프로|%|단|번|개)"

_MEASURED = re.compile(rf"(?:오전 |오후 |아침 |저녁 |밤 |새벽 )?{_NUMBER} ?(?P<unit>{_UNIT})")
"""A number with what it counts: 7시, 아침 일곱 시, 25도."""

MOST_TAKEN_BACK = 3
"""Words before 아니 that a correction may replace."""


@dataclass(frozen=True, slots=True)
class Before:
    """The sentence that a follow-up follows, cut into what it was about and what was to be done."""

    text: str
    place: str
    """The room as it was said, or that of the devices; empty where there is none."""
    what: str
    """What was named, without its room: 불, 에어컨."""
    whose: str
    """The whole of what it was about, as a sentence may begin with it: 거실 불, 스탠드."""
    head: str
    """What its verb was said with first: 장보기에, 밝기."""
    rest: str
    """What was to be done: 켜줘, 26도로 맞춰줘."""
    choices: tuple[Device, ...] = ()
    """The devices among which was asked."""
    asked: bool = False
    """Whether it waits for what is missing."""


def before(understood: Understanding, home: Home, *, asked: bool) -> Before:
    """Cut up a sentence that was understood, or (`asked`) about which was asked."""
    clause = _last_clause(understood.words)
    clause = [word for word in clause if word.role != "filler" and ("area", HERE) not in word.slots]
    named = [word for word in clause if word.role in {"area", "target"}]
    rest = " ".join(word.text for word in clause if word not in named)
    head = next((word.text for word in clause if word.role == "phrase"), "")
    targets = [device for meant in understood.intents[-1:] for i in meant.targets if (device := home.device(i))]
    rooms = {room.name for device in targets if (room := home.room_of(device))}
    said = " ".join(word.text for word in named)
    place, what = _parted(" ".join(word.text for word in named if word.role == "target"), home)
    place = next((_room_in(word.text, home) for word in named if word.role == "area"), place)
    whose = said or " ".join(distinct(device, home.devices, home) for device in targets[:1])
    choices = tuple(device for i in understood.choices if (device := home.device(i)))
    if not place and len(rooms) == 1:
        place = rooms.pop()
        whose = f"{place} {what}" if what else whose
    return Before(understood.text, place, what, whose, head, rest, choices, asked)


def takes_back(said: str) -> bool:
    """Whether somebody corrects what was said."""
    return CORRECTING.match(said) is not None


def corrected_midway(said: str) -> Iterator[str]:
    """The sentence without what was taken back within it: 에어컨 26도로 아니 25도로 해줘 → 에어컨 25도로 해줘."""
    found = _MIDWAY.search(said)
    if found is None:
        return
    words, then = said[: found.start()].split(), said[found.end() :]
    for taken in range(1, min(MOST_TAKEN_BACK, len(words)) + 1):
        yield " ".join([*words[: len(words) - taken], then])
    yield then


def whole_sentences(said: str, last: Before, home: Home) -> Iterator[str]:
    """What a sentence that says too little may mean after `last`, the likeliest first."""
    short = CORRECTING.sub("", said).strip()
    if last.choices:
        yield from _chosen(short, last, home)
    yield from _other_number(short, last)
    if last.place:
        short = _THERE.sub(last.place, short)
    short = _IT.sub("", short).strip()
    first, _, rest = short.partition(" ")
    if short != said.strip():
        yield short
    if (room := home.resolve_room(_bare(short))) is not None:
        yield f"{room.name} {last.what} {last.rest}"
    elif (room := home.resolve_room(_bare(first))) is not None:
        yield f"{room.name} {last.what} {rest}"
    if last.head and rest:
        yield f"{last.whose} {last.head} {short}"
    for whose in dict.fromkeys((last.whose, last.what)):
        if whose:
            yield f"{whose} {short}"
            yield f"{whose} {_with_particle(short)} 해줘"
    if last.asked:
        for answer in dict.fromkeys((short, _bare(short), _with_particle(short))):
            yield f"{answer} {last.text}"
    yield f"{_bare(short)} {last.rest}"


def about_it(said: str, last: Before) -> str | None:
    """A sentence that names nobody, about what `last` was about."""
    return f"{last.whose} {said}" if last.whose else None


def _other_number(short: str, last: Before) -> Iterator[str]:
    """The last sentence with another number of the same things: 내일 7시에 깨워줘, 아니 8시 → 내일 8시에 깨워줘."""
    found = _MEASURED.match(short)
    if found is None or _TAIL.sub("", short[found.end() :]):
        return
    same = rf"{_NUMBER} ?{found['unit'].removesuffix('반').strip()}(?: ?반)?"
    if found[0][0] in "오아저밤새" and " " in found[0]:
        same = rf"(?:(?:오전|오후|아침|저녁|밤|새벽) )?{same}"
    changed, count = re.subn(rf"(?<![\d가-힣]){same}", found[0], last.text, count=1)
    if count:
        yield changed


def _chosen(short: str, last: Before, home: Home) -> Iterator[str]:
    """The sentence about the device, or the devices, that an answer picks."""
    answer = squash(short)
    if answer in _ALL:
        yield f"{last.whose} 다 {last.rest}"
    picked = [device for device in last.choices if _is_called(answer, device, home)]
    for names, device in zip(_NTH, last.choices, strict=False):
        picked += [device] if answer.startswith(names) else []
    if len(picked) == 1:
        yield f"{distinct(picked[0], home.devices, home)} {last.rest}"


def _is_called(answer: str, device: Device, home: Home) -> bool:
    room = home.room_of(device)
    names = [device.name, *device.aliases, *((room.name, *room.aliases) if room else ())]
    return bool(answer) and _bare(answer) in {squash(name) for name in names}


def _last_clause(words: Sequence[Word]) -> list[Word]:
    """The words of the last clause that names something, or else of the last."""
    clauses: list[list[Word]] = [[]]
    for word in words:
        clauses[-1].append(word)
        if word.role == "verb":
            clauses.append([])
    found = [clause for clause in clauses if clause]
    naming = [clause for clause in found if any(word.role in {"area", "target"} for word in clause)]
    last = found[-1] if found else []
    if naming and naming[-1] is not last:
        names = list(takewhile(lambda word: word.role in {"area", "target"}, naming[-1]))
        return [*names, *last]
    return last


def _parted(target: str, home: Home) -> tuple[str, str]:
    """The room that stands first in the name of a target, and the rest: 거실불 → 거실, 불."""
    room = _room_in(target, home)
    return room, squash(target)[len(room) :]


def _room_in(said: str, home: Home) -> str:
    """The room with which something begins as it was said: 안방에 있는 → 안방; empty where it does with none."""
    heard = squash(said)
    return max((name for name in home.spoken_rooms if heard.startswith(name)), key=len, default="")


def _bare(said: str) -> str:
    return _TAIL.sub("", said).strip() or said


def _with_particle(said: str) -> str:
    """A value as the verb takes it: 25도로, 파란색으로."""
    word = said.strip().rstrip("?.!, ")
    if word.endswith(("로", "게", "줘", "요")) or not word:
        return word
    return with_josa(word, "으로/로")
