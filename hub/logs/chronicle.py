"""One line in the butler's log for each sentence: what was heard, what it became, which bridge did it, and how fast.

The record has the steps with it (`way`), so that `jipsa log` can show a sentence again when it is long over.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence

from hub.bus import Bus
from hub.logs.steps import Step, Steps
from hub.messages import Topic
from hub.payloads import PayloadError, now

log = logging.getLogger(__name__)

OWN = (Topic.UNDERSTOOD, Topic.intent("+"), Topic.say("+"))
"""What the butler itself publishes about sentences; what others publish there is about none."""

OTHERS = (
    Topic.UTTERANCE, Topic.reply("+"), Topic.device("+", "state"), Topic.device("+", "set"), Topic.device("+", "set/+"),
)  # fmt: skip
"""What it hears of them."""

SENTENCE = "ae77a3b6b31c475ba52e64e62607d254"
"""MESSAGE_ID of these entries in the journal."""

MOST_STEPS = 100
"""Of one sentence; a scene for the whole house takes some forty."""

MOST_SENTENCES = 100
"""That are on their way at a time."""

PATIENCE = 20.0
"""Seconds after which a sentence is over, though nobody answered: its intents have expired by then."""

SETTLING = 0.5
"""Seconds after the last answer in which states may still come."""

TOLD = frozenset({"said", "refused", "meant", "done", "failed", "answered"})
"""Kinds of steps that stand in the line."""

ENDS = frozenset({"refused", "done", "failed"})
"""Those after which nothing may follow, when nobody waits for an answer."""


class Chronicle:
    """Listens to the butler and on its bus; make it before the bus runs."""

    def __init__(self, bus: Bus) -> None:
        self._steps = Steps()
        self._ways: dict[str, list[Step]] = {}
        for topic in OWN:
            bus.watch(topic, self._take)
        for topic in OTHERS:
            bus.subscribe(topic, self._take)

    def _take(self, topic: str, payload: bytes) -> None:
        try:
            steps = list(self._steps.read(topic, payload, now()))
        except PayloadError:
            return  # the service that it was for says so
        for step in steps:
            if step.utterance is not None:
                self._add(step.utterance, step)

    def _add(self, utterance: str, step: Step) -> None:
        if step.kind == "said" and len(self._ways) < MOST_SENTENCES:
            self._ways[utterance] = []
            self._tell_in(PATIENCE, utterance)
        way = self._ways.get(utterance)
        if way is None or len(way) >= MOST_STEPS:
            return
        way.append(step)
        if step.kind == "answered" or (step.kind in ENDS and _replied(way)):
            self._tell_in(SETTLING, utterance)

    def _tell_in(self, seconds: float, utterance: str) -> None:
        asyncio.get_running_loop().call_later(seconds, self._tell, utterance)

    def _tell(self, utterance: str) -> None:
        way = self._ways.pop(utterance, None)
        if way is not None:
            fields = {"utterance": utterance, "way": [step.to_dict() for step in way], "message_id": SENTENCE}
            log.info("%s", summary(way), extra=fields)


def _replied(way: Sequence[Step]) -> bool:
    """Whether all that was asked of bridges is replied to."""
    kinds = Counter(step.kind for step in way)
    return kinds["meant"] <= kinds["done"] + kinds["failed"]


def summary(way: Sequence[Step]) -> str:
    """The steps of a sentence in a line: `“불 꺼줘”  cli → gpio: HassTurnOff [lamp] ✓ “안방등을 껐어요.” (42 ms)`."""
    steps = [step for step in way if step.kind in TOLD]
    milliseconds = (steps[-1].at - steps[0].at).total_seconds() * 1000
    return f"{' '.join(map(str, steps))} ({milliseconds:.0f} ms)"
