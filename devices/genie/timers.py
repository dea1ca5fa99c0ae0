"""Timers, spoken: what each timer intent does, and the sentence that answers it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Protocol

from devices.commands import CommandError, Slots
from devices.genie.clock import say_duration
from devices.genie.countdown import LONGEST, MOST, Countdown, Countdowns
from hub.messages import ErrorCode, Intent, Value
from hub.texts import Language, text

MOST_TOLD = 5
"""Timers that one answer tells of."""


class _Handler(Protocol):
    async def __call__(self, intent: Intent) -> str: ...


class TimerSkill:
    """The timer intents of Home Assistant. Every handler returns what to say, or raises CommandError."""

    def __init__(self, countdowns: Countdowns, language: Language) -> None:
        self._countdowns = countdowns
        self._language: Language = language

    def handlers(self) -> dict[str, _Handler]:
        """Intent → handler."""
        return {
            "HassStartTimer": self.start,
            "HassCancelTimer": self.cancel,
            "HassCancelAllTimers": self.cancel_all,
            "HassTimerStatus": self.status,
            "HassPauseTimer": self.pause,
            "HassUnpauseTimer": self.resume,
            "HassIncreaseTimer": self.increase,
            "HassDecreaseTimer": self.decrease,
        }

    def label(self, countdown: Countdown) -> str:
        """What a timer is called: by its name, or by its length."""
        length = say_duration(countdown.seconds, self._language, before_noun=True)
        return self._text("label", name=countdown.name or length)

    async def start(self, intent: Intent) -> str:
        """Start a timer."""
        seconds = self._duration(intent.slots)
        if len(self._countdowns.running) >= MOST:
            raise self._error(ErrorCode.OUT_OF_RANGE, "too_many", count=MOST)
        name = _name(intent.slots)
        countdown = await self._countdowns.start(seconds, name, intent.satellite, intent.room)
        length = say_duration(seconds, self._language, before_noun=True)
        return self._text("started", timer=f"{length} {self.label(countdown)}" if name else self.label(countdown))

    async def cancel(self, intent: Intent) -> str:
        """Cancel one timer."""
        countdown = self._one(intent)
        await self._countdowns.cancel(countdown)
        return self._text("cancelled", timer=self.label(countdown))

    async def cancel_all(self, intent: Intent) -> str:
        """Cancel every timer, or those of one room."""
        found = self._matching(intent)
        await self._countdowns.cancel(*found)
        if len(found) == 1:
            return self._text("cancelled", timer=self.label(found[0]))
        return self._text("all_cancelled", count=len(found))

    async def status(self, intent: Intent) -> str:
        """Tell how long the timers still run."""
        if not self._countdowns.running:
            return self._text("no_timer")
        found = sorted(self._matching(intent), key=self._countdowns.left)
        said = [self._remaining(countdown) for countdown in found[:MOST_TOLD]]
        if len(found) > MOST_TOLD:
            said.append(self._text("more", count=len(found) - MOST_TOLD))
        return " ".join(said)

    async def pause(self, intent: Intent) -> str:
        """Let a running timer stand still."""
        countdown = self._one(intent, lambda item: not item.paused, "none_running")
        await self._countdowns.pause(countdown)
        return self._text("paused", timer=self.label(countdown), left=self._left(countdown))

    async def resume(self, intent: Intent) -> str:
        """Let a paused timer run on."""
        countdown = self._one(intent, lambda item: item.paused, "none_paused")
        await self._countdowns.resume(countdown)
        return self._text("resumed", timer=self.label(countdown), left=self._left(countdown))

    async def increase(self, intent: Intent) -> str:
        """Lengthen a timer."""
        countdown, seconds = self._one(intent), self._duration(intent.slots)
        if self._countdowns.left(countdown) + seconds > LONGEST:
            raise self._error(ErrorCode.OUT_OF_RANGE, "bad_duration")
        await self._countdowns.add(countdown, seconds)
        return self._changed("increased", countdown, seconds)

    async def decrease(self, intent: Intent) -> str:
        """Shorten a timer by less than what is left."""
        countdown, seconds = self._one(intent), self._duration(intent.slots)
        if self._countdowns.left(countdown) <= seconds:
            amount = say_duration(seconds, self._language)
            raise self._error(ErrorCode.OUT_OF_RANGE, "too_short", left=self._left(countdown), amount=amount)
        await self._countdowns.add(countdown, -seconds)
        return self._changed("decreased", countdown, seconds)

    def _changed(self, key: str, countdown: Countdown, seconds: int) -> str:
        amount = say_duration(seconds, self._language)
        return self._text(key, timer=self.label(countdown), amount=amount, left=self._left(countdown))

    # Which timer is meant.

    def _matching(self, intent: Intent) -> list[Countdown]:
        """The timers that fit all that was said of name, length and room; raises CommandError where none does."""
        running = self._countdowns.running
        if not running:
            raise self._error(ErrorCode.NOT_FOUND, "no_timer")
        name, area, length = _name(intent.slots), intent.slots.get("area"), _seconds(intent.slots, "start_")
        found = [
            item
            for item in running
            if (name is None or _squashed(item.name or "") == _squashed(name))
            and (not isinstance(area, str) or item.room == area)
            and (length is None or item.seconds == length)
        ]
        if not found:
            raise self._error(ErrorCode.NOT_FOUND, "no_such_timer", timers=self._labels(running))
        return found

    def _one(self, intent: Intent, fits: Callable[[Countdown], bool] | None = None, none_fits: str = "") -> Countdown:
        """The one timer that is meant: among several, the only one set from the same satellite.

        Timers that nothing said could tell apart are as good as one another: the first to end is taken.
        """
        found = self._matching(intent)
        if fits is not None:
            found = [item for item in found if fits(item)]
            if not found:
                raise self._error(ErrorCode.NOT_NOW, none_fits)
        here = [item for item in found if intent.satellite is not None and item.satellite == intent.satellite]
        if len(here) == 1:
            return here[0]
        if len({self.label(item) for item in found}) > 1:
            raise self._error(ErrorCode.NOT_NOW, "which_timer", timers=self._labels(found))
        return min(found, key=self._countdowns.left)

    # Words.

    def _labels(self, countdowns: Iterable[Countdown]) -> str:
        labels = list(dict.fromkeys(self.label(item) for item in countdowns))
        return ", ".join(labels[:MOST_TOLD])

    def _left(self, countdown: Countdown) -> str:
        return say_duration(self._countdowns.left(countdown), self._language)

    def _remaining(self, countdown: Countdown) -> str:
        key = "left_paused" if countdown.paused else "left"
        return self._text(key, timer=self.label(countdown), left=self._left(countdown))

    def _duration(self, slots: Slots) -> int:
        seconds = _seconds(slots, "")
        if seconds is None:
            raise self._error(ErrorCode.BAD_PAYLOAD, "no_duration")
        if not 1 <= seconds <= LONGEST:
            raise self._error(ErrorCode.OUT_OF_RANGE, "bad_duration")
        return seconds

    def _text(self, key: str, **values: object) -> str:
        return text(f"genie.{key}", self._language, **values)

    def _error(self, code: ErrorCode, key: str, **values: object) -> CommandError:
        return CommandError(code, self._text(key, **values))


_UNITS = {"hours": 3600, "minutes": 60, "seconds": 1}


def _seconds(slots: Slots, prefix: str) -> int | None:
    """The duration that the slots hold, None where they hold none; what is no number counts as out of range (0)."""
    given = [(slots[prefix + unit], size) for unit, size in _UNITS.items() if slots.get(prefix + unit) is not None]
    if not given:
        return None
    total = sum(_number(value) * size for value, size in given)
    return round(total) if math.isfinite(total) else 0


def _number(value: Value) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def _name(slots: Slots) -> str | None:
    """The timer's name without the word timer itself; None where there is no name."""
    name = slots.get("name")
    if not isinstance(name, str):
        return None
    return name.strip().removesuffix("타이머").removesuffix("timer").strip()[:40] or None


def _squashed(name: str) -> str:
    return "".join(name.casefold().split())
