"""What timers and plans are called."""

from __future__ import annotations

from collections.abc import Iterable

from devices.genie.clock import say_duration, say_moment
from devices.genie.countdown import Countdown
from devices.genie.countdowns import Countdowns
from devices.genie.skill import Desk
from hub.texts import text

MOST_TOLD = 5
"""Timers that one answer tells of."""


class TimerWords:
    """Their names in sentences, in the language of the assistant."""

    def __init__(self, desk: Desk, countdowns: Countdowns) -> None:
        self._desk = desk
        self._countdowns = countdowns

    def title(self, countdown: Countdown) -> str:
        """What one is called at any time: by its name, by its length, or by what is to be done."""
        if countdown.command is not None:
            return self._text("errand", command=countdown.command)
        length = say_duration(countdown.seconds or 0, self._desk.language, before_noun=True)
        return self._text("label", name=countdown.name or length)

    def label(self, countdown: Countdown) -> str:
        """What one is called now: its title, and of a plan the moment as well."""
        if countdown.command is None or countdown.paused:
            return self.title(countdown)
        return self._text("errand_at", command=countdown.command, moment=self.moment(countdown))

    def labels(self, countdowns: Iterable[Countdown]) -> str:
        """What several are called, with commas between them."""
        labels = list(dict.fromkeys(self.label(item) for item in countdowns))
        return ", ".join(labels[:MOST_TOLD])

    def left(self, countdown: Countdown) -> str:
        """How long it still runs."""
        return say_duration(self._countdowns.left(countdown), self._desk.language)

    def remaining(self, countdown: Countdown) -> str:
        """The sentence that tells how long it still runs, or when a plan is carried out."""
        if countdown.command is not None and not countdown.paused:
            return self._text("left_errand", command=countdown.command, moment=self.moment(countdown))
        key = "left_paused" if countdown.paused else "left"
        return self._text(key, timer=self.label(countdown), left=self.left(countdown))

    def moment(self, countdown: Countdown) -> str:
        """When it ends."""
        now = self._desk.clock.now()
        return say_moment(self._countdowns.ends_at(countdown) or now, now, self._desk.language)

    def _text(self, key: str, **values: object) -> str:
        return text(f"genie.{key}", self._desk.language, **values)
