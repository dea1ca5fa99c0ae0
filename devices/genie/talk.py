"""Small talk."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from devices.genie.skill import Desk, Handler, Skill
from hub.messages import ErrorCode, Intent

_DAYTIMES: Final = ((5, "night"), (11, "morning"), (17, "day"), (22, "evening"), (24, "night"))
"""The hour at which each part of the day ends."""

Answer = Mapping[str, str]
"""What is said, by language; with `at`, in which part of the day."""


class TalkSkill(Skill):
    """Greetings and the like."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._last: dict[str, Answer] = {}

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return {"HassRespond": self.respond}

    async def respond(self, intent: Intent) -> str:
        """Answer what was said about the slot `topic`; the answers of a topic take turns."""
        topic = intent.slots.get("topic", "who")
        if not isinstance(topic, str) or topic not in small_talk():
            raise self.error(ErrorCode.BAD_PAYLOAD, "no_topic")
        answers = _fitting(small_talk()[topic], self.desk.clock.now().hour)
        last = self._last.get(topic)
        self._last[topic] = answers[(answers.index(last) + 1) % len(answers) if last in answers else 0]
        return self._last[topic][self.desk.language]


@cache
def small_talk() -> dict[str, list[Answer]]:
    """Topic → answers, from the file beside this one."""
    found: dict[str, list[Answer]] = YAML(typ="safe").load(Path(__file__).with_name("small_talk.yaml"))
    return found


def _fitting(answers: list[Answer], hour: int) -> list[Answer]:
    """The answers for this part of the day; those for any, where there are none."""
    daytime = next(name for end, name in _DAYTIMES if hour < end)
    return [answer for answer in answers if answer.get("at") == daytime] or [
        answer for answer in answers if "at" not in answer
    ]
