"""A grammar of the size and freedom of a home's, for the tests of the home graph: free order, optional particles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub.grammar.acceptor import Acceptor
from hub.korean.josa import josa

ROOMS = ("거실", "안방", "침실", "주방", "부엌", "서재", "욕실", "현관", "베란다", "아이 방", "우리 집", "집 안")
LIGHTS = ("불", "조명", "전등", "스탠드", "무드등", "간접등", "식탁등", "등")
DEVICES = (
    "에어컨", "선풍기", "보일러", "난방", "공기청정기", "가습기", "제습기", "티브이", "텔레비전", "스피커", "라디오",
    "세탁기", "건조기", "식기세척기", "로봇청소기", "청소기", "스타일러", "냉장고", "정수기", "환풍기", "콘센트", "멀티탭",
)  # fmt: skip
OPENINGS = ("커튼", "블라인드", "창문", "문", "대문", "차고")
COLORS = ("빨간색", "파란색", "초록색", "노란색", "보라색", "주황색", "하얀색", "분홍색", "전구색", "주광색")
MODES = ("냉방", "난방", "제습", "송풍", "자동", "취침", "절전", "강풍", "약풍", "터보", "표준", "급속")
QUESTIONS = ("켜져 있어", "꺼져 있어", "몇 도야", "어때", "얼마나 남았어", "열려 있어", "닫혀 있어")
SMALL_TALK = (
    "지금 몇 시야", "오늘 날씨 어때", "내일 날씨 알려 줘", "음악 틀어 줘", "노래 꺼 줘", "볼륨 올려 줘", "볼륨 낮춰 줘",
    "소리 줄여 줘", "소리 키워 줘", "다음 곡", "이전 곡", "그만", "취소", "타이머 취소해 줘", "오늘 며칠이야", "안녕",
    "고마워", "뉴스 들려 줘", "미세먼지 어때", "잘 자", "다녀올게", "다녀왔어",
)  # fmt: skip
DIGITS = ("", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구")
ENDINGS = ("", "줘", "줘요", "주세요", "줄래", "줄래요", "주시겠어요", "줘라", "봐", "라")


def sino(number: int) -> str:
    """Read a number below 100."""
    tens, ones = divmod(number, 10)
    return (("" if tens < 2 else DIGITS[tens]) + "십" if tens else "") + DIGITS[ones]


class Builder:
    """Arcs that grow by sequences, alternatives and options."""

    def __init__(self) -> None:
        self.arcs: list[tuple[int, int, str]] = []
        self.count = 1

    def state(self) -> int:
        self.count += 1
        return self.count - 1

    def words(self, source: int, target: int, phrases: Iterable[str]) -> None:
        for phrase in phrases:
            here = source
            *before, last = phrase.split()
            for word in before:
                self.arcs.append((here, there := self.state(), word))
                here = there
            self.arcs.append((here, target, last))

    def then(self, source: int, phrases: Iterable[str]) -> int:
        target = self.state()
        self.words(source, target, phrases)
        return target

    def maybe(self, source: int, phrases: Iterable[str]) -> int:
        target = self.then(source, phrases)
        self.arcs.append((source, target, ""))
        return target


def with_particles(nouns: Sequence[str], *particles: str) -> list[str]:
    """Every noun by itself and with each particle, which is itself or a pair (을/를)."""
    endings = [[particle if "/" not in particle else josa(noun, particle) for particle in particles] for noun in nouns]
    return [noun + ending for noun, after in zip(nouns, endings, strict=True) for ending in ("", *after)]


def conjugated(*stems: str) -> list[str]:
    return [stem + ending for stem in stems for ending in ENDINGS]


def sample_acceptor() -> Acceptor:
    """Commands over rooms, devices, values and verbs in free order before the verb: some millions of sentences."""
    grammar = Builder()
    end = grammar.state()
    where = with_particles(ROOMS, "에", "의") + [f"{room}에 있는" for room in ROOMS]
    every = ("다", "전부", "모두", "좀", "지금", "빨리", "바로")
    verbs = {
        (*LIGHTS, *DEVICES): conjugated("켜", "꺼", "틀어", "작동시켜", "정지해", "켜지 말아", "끄지 말아"),
        LIGHTS: conjugated("밝게 해", "어둡게 해", "더 밝게 해"),
        OPENINGS: conjugated("열어", "닫아", "올려", "내려", "걷어", "쳐"),
    }
    for nouns, closing in verbs.items():
        start = grammar.state()
        grammar.arcs.append((0, start, ""))
        after_room = grammar.maybe(grammar.maybe(start, ("모든", "저기", "여기")), where)
        device = grammar.then(grammar.maybe(after_room, ("모든", "작은", "큰")), with_particles(nouns, "을/를", "은/는", "도"))
        swapped = grammar.then(grammar.then(start, with_particles(nouns, "을/를", "은/는")), where)
        grammar.arcs.append((swapped, device, ""))
        grammar.words(grammar.maybe(device, every), end, closing)
        grammar.words(device, end, QUESTIONS)
    values = {
        LIGHTS: (with_particles(COLORS, "으로/로"), conjugated("바꿔", "해", "켜", "변경해", "설정해")),
        ("에어컨", "난방", "보일러"): (
            [f"{sino(n)} 도{particle}" for n in range(5, 41) for particle in ("", "로")],
            conjugated("맞춰", "설정해", "해", "올려", "낮춰", "내려", "바꿔"),
        ),
        (*LIGHTS, "볼륨", "소리", "가습기"): (
            [f"{sino(n)} {unit}" for n in range(1, 100) for unit in ("퍼센트로", "프로로", "퍼센트")],
            conjugated("맞춰", "설정해", "해", "올려", "낮춰", "내려", "줄여"),
        ),
        DEVICES: ([f"{mode}{tail}" for mode in MODES for tail in (" 모드로", "으로", " 모드")], conjugated("바꿔", "해", "켜")),
    }
    for nouns, (amounts, closing) in values.items():
        start = grammar.state()
        grammar.arcs.append((0, start, ""))
        after_room = grammar.maybe(grammar.maybe(start, ("모든",)), where)
        device = grammar.then(after_room, with_particles(nouns, "을/를", "의 온도를"))
        amount = grammar.then(grammar.maybe(device, every), amounts)
        value_first = grammar.then(grammar.then(grammar.maybe(start, where), amounts), with_particles(nouns, "을/를"))
        grammar.arcs.append((value_first, amount, ""))
        grammar.words(amount, end, closing)
    duration = grammar.then(0, [f"{sino(n)} {unit}" for n in range(1, 60) for unit in ("분", "초", "분 뒤에", "분 후에", "시간")])
    grammar.words(duration, end, (f"{noun} {verb}" for noun in ("타이머", "알람") for verb in conjugated("맞춰", "설정해", "켜")))
    grammar.words(duration, end, (f"{noun} {verb}" for noun in with_particles(DEVICES, "을/를") for verb in conjugated("켜", "꺼")))
    grammar.words(0, end, SMALL_TALK)
    return Acceptor(grammar.arcs, frozenset({end}))
