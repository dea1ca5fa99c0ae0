"""Small talk."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from itertools import pairwise
from math import prod
from typing import Any

import pytest
from genies import NOON, ManualClock, Start, ask

from devices.genie.bridge import GenieBridge
from devices.genie.talk import small_talk
from hub.grammar.lexicon import Frame, lexicon
from hub.grammar.template import Choice, Node, Sequence

LEAST_TOPICS = 40
LEAST_WAYS = 6


async def test_the_answers_of_a_topic_take_turns(genie: GenieBridge, listener: Any) -> None:
    told = [await ask(listener, "HassRespond", topic="thanks") for _ in range(7)]
    assert told[0] == "천만에요."
    assert len(set(told)) == len(small_talk()["thanks"])
    assert all(one != other for one, other in pairwise(told))


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [
        (4, "안녕하세요. 늦은 시간까지 깨어 계시네요."),
        (5, "안녕하세요. 상쾌한 아침이에요."),
        (11, "안녕하세요. 무엇을 도와드릴까요?"),
        (17, "안녕하세요. 편안한 저녁 보내고 계세요?"),
        (22, "안녕하세요. 늦은 시간까지 깨어 계시네요."),
    ],
)
async def test_one_is_greeted_as_the_hour_wants_it(hour: int, greeting: str, started: Start, listener: Any) -> None:
    async with started(clock=ManualClock(NOON.replace(hour=hour))):
        assert await ask(listener, "HassRespond", topic="greeting") == greeting


async def test_a_topic_goes_on_without_the_hour_it_has_nothing_for(
    genie: GenieBridge, clock: ManualClock, listener: Any
) -> None:
    late = await ask(listener, "HassRespond", topic="morning")
    assert late == "이제 일어나셨어요? 오늘은 느긋하게 시작해도 돼요."
    clock.set_wall(datetime(2026, 11, 25, 7, tzinfo=NOON.tzinfo))
    assert await ask(listener, "HassRespond", topic="morning") == "좋은 아침이에요. 푹 주무셨어요?"


async def test_who_asks_nothing_in_particular_is_told_who_answers(genie: GenieBridge, listener: Any) -> None:
    assert (await ask(listener, "HassRespond")).startswith("저는 이 집의 집사예요.")
    assert await ask(listener, "HassNevermind") == "네."


@pytest.mark.parametrize("topic", ["politics", "", 3, None])
async def test_there_is_no_other_topic(topic: Any, genie: GenieBridge, listener: Any) -> None:
    assert await ask(listener, "HassRespond", topic=topic) == "bad_payload: 그 이야기는 아직 할 줄 몰라요."


@cache
def frames() -> dict[str, list[Frame]]:
    """The ways to say each topic."""
    found: dict[str, list[Frame]] = {}
    for frame in lexicon().frames:
        if frame.intent == "HassRespond":
            found.setdefault(str(dict(frame.slots)["topic"]), []).append(frame)
    return found


def ways(node: Node) -> int:
    """How many sentences a template has; what a list or a rule stands for is one."""
    match node:
        case Choice(items):
            return sum(map(ways, items))
        case Sequence(items):
            return prod(map(ways, items))
    return 1


def _ways_of(topic: Iterable[Frame]) -> Iterator[int]:
    for frame in topic:
        yield prod(map(ways, frame.phrases)) * (LEAST_WAYS if frame.acts else 1)


def test_every_topic_can_be_said_in_many_ways_and_has_answers() -> None:
    assert frames().keys() == small_talk().keys()
    assert len(frames()) >= LEAST_TOPICS
    assert {topic for topic, said in frames().items() if sum(_ways_of(said)) < LEAST_WAYS} == set()


@pytest.mark.parametrize("topic", small_talk())
def test_every_topic_has_two_answers_at_any_hour_in_either_language(topic: str) -> None:
    answers = small_talk()[topic]
    assert all({"ko", "en"} <= answer.keys() <= {"at", "ko", "en"} for answer in answers)
    daytimes = {answer.get("at") for answer in answers} - {None} or {None}
    always = sum("at" not in answer for answer in answers)
    assert always >= 2 or daytimes == {"morning", "day", "evening", "night"}
    assert all(sum(answer.get("at") == daytime for answer in answers) >= 2 for daytime in daytimes)


async def test_talk_in_english(started: Start, listener: Any) -> None:
    async with started("en"):
        assert await ask(listener, "HassNevermind") == "All right."
        assert await ask(listener, "HassRespond", topic="thanks") == "You are welcome."
