"""Timers and plans, spoken: what each of their intents does, and the sentence that answers it.

A plan is a timer at whose end a sentence is carried out (`command`), in a while or at a time of the clock (`at`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

from devices.commands import CommandError, Slots
from devices.genie.clock import Clock, say_duration, say_moment
from devices.genie.countdown import FARTHEST, LONGEST, MOST, Countdown, Countdowns
from devices.moments import duration, moment, seconds_until
from hub.messages import ErrorCode, Intent
from hub.texts import Language, text

MOST_TOLD = 5
"""Timers that one answer tells of."""

LONGEST_COMMAND = 500
"""Characters of a sentence that is carried out later."""


class _Handler(Protocol):
    async def __call__(self, intent: Intent) -> str: ...


class TimerSkill:
    """The timer intents of Home Assistant, and plans. Every handler returns what to say, or raises CommandError."""

    def __init__(self, countdowns: Countdowns, clock: Clock, language: Language) -> None:
        self._countdowns = countdowns
        self._clock = clock
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
            "JipsaSchedule": self.schedule,
            "JipsaCancelDelay": self.cancel_plan,
        }

    def title(self, countdown: Countdown) -> str:
        """What a timer is called at any time: by its name, by its length, or by what is to be done."""
        if countdown.command is not None:
            return self._text("errand", command=countdown.command)
        length = say_duration(countdown.seconds, self._language, before_noun=True)
        return self._text("label", name=countdown.name or length)

    def label(self, countdown: Countdown) -> str:
        """What a timer is called now: its title, and of a plan the moment as well."""
        then = countdown.at or self._countdowns.ends_at(countdown)
        if countdown.command is None or then is None:
            return self.title(countdown)
        return self._text("errand_at", command=countdown.command, moment=self._moment(then))

    def missed(self, countdown: Countdown) -> str:
        """That a plan was not carried out, since its moment passed while nobody was there."""
        then = countdown.at or self._countdowns.ends_at(countdown) or self._clock.now()
        return self._text("missed", command=countdown.command, moment=self._moment(then))

    async def start(self, intent: Intent) -> str:
        """Start a timer, or plan a sentence for its end."""
        seconds = self._duration(intent.slots)
        self._refuse_more()
        name, command = _name(intent.slots), self._command(intent.slots)
        countdown = await self._countdowns.start(seconds, name, intent.satellite, intent.room, command=command)
        if command is not None:
            return self._text("will_do_in", length=say_duration(seconds, self._language), command=command)
        length = say_duration(seconds, self._language, before_noun=True)
        return self._text("started", timer=f"{length} {self.label(countdown)}" if name else self.label(countdown))

    async def schedule(self, intent: Intent) -> str:
        """Plan a sentence for a time of the clock."""
        now, command = self._clock.now(), self._command(intent.slots)
        if command is None:
            raise self._error(ErrorCode.BAD_PAYLOAD, "no_command")
        try:
            then = moment(intent.slots, now)
        except ValueError:
            then = None
        if then is None:
            raise self._error(ErrorCode.BAD_PAYLOAD, "no_moment")
        seconds = round(seconds_until(then, now))
        if seconds < 1:
            raise CommandError(ErrorCode.OUT_OF_RANGE, text("bridge.past", self._language))
        if seconds > FARTHEST:
            raise self._error(ErrorCode.OUT_OF_RANGE, "too_far")
        self._refuse_more()
        await self._countdowns.start(seconds, None, intent.satellite, intent.room, command=command, at=then)
        return self._text("will_do_at", moment=self._moment(then), command=command)

    async def cancel(self, intent: Intent) -> str:
        """Cancel one timer."""
        countdown = self._one(intent)
        await self._countdowns.cancel(countdown)
        return self._text("cancelled", timer=self.label(countdown))

    async def cancel_plan(self, intent: Intent) -> str:
        """Cancel one plan."""
        if not self._countdowns.running:
            raise self._error(ErrorCode.NOT_FOUND, "nothing_planned")
        countdown = self._one(intent, lambda item: item.command is not None, "nothing_planned")
        await self._countdowns.cancel(countdown)
        return self._text("cancelled", timer=self.label(countdown))

    async def cancel_all(self, intent: Intent) -> str:
        """Cancel every timer, or those of one room."""
        found = self._matching(intent)
        await self._countdowns.cancel(*found)
        if len(found) == 1:
            return self._text("cancelled", timer=self.label(found[0]))
        plans = any(item.command is not None for item in found)
        return self._text("all_cancelled_errands" if plans else "all_cancelled", count=len(found))

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
        countdown = self._one(intent, lambda item: item.at is None and not item.paused, "none_running")
        await self._countdowns.pause(countdown)
        return self._text("paused", timer=self.label(countdown), left=self._left(countdown))

    async def resume(self, intent: Intent) -> str:
        """Let a paused timer run on."""
        countdown = self._one(intent, lambda item: item.paused, "none_paused")
        await self._countdowns.resume(countdown)
        return self._text("resumed", timer=self.label(countdown), left=self._left(countdown))

    async def increase(self, intent: Intent) -> str:
        """Lengthen a timer."""
        countdown, seconds = self._changeable(intent), self._duration(intent.slots)
        if self._countdowns.left(countdown) + seconds > LONGEST:
            raise self._error(ErrorCode.OUT_OF_RANGE, "bad_duration")
        await self._countdowns.add(countdown, seconds)
        return self._changed("increased", countdown, seconds)

    async def decrease(self, intent: Intent) -> str:
        """Shorten a timer by less than what is left."""
        countdown, seconds = self._changeable(intent), self._duration(intent.slots)
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
        name, area, length = _name(intent.slots), intent.slots.get("area"), duration(intent.slots, "start_")
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
        """The one timer that is meant: no plan where there are timers, and the only one set from the same satellite.

        Timers that nothing said could tell apart are as good as one another: the first to end is taken.
        """
        found = self._matching(intent)
        if fits is not None:
            found = [item for item in found if fits(item)]
            if not found:
                raise self._error(ErrorCode.NOT_NOW, none_fits)
        found = [item for item in found if item.command is None] or found
        here = [item for item in found if intent.satellite is not None and item.satellite == intent.satellite]
        if len(here) == 1:
            return here[0]
        if len({self.label(item) for item in found}) > 1:
            raise self._error(ErrorCode.NOT_NOW, "which_timer", timers=self._labels(found))
        return min(found, key=self._countdowns.left)

    def _changeable(self, intent: Intent) -> Countdown:
        """One that has a length: what is asked for a time of the clock is not made longer or shorter."""
        return self._one(intent, lambda item: item.at is None, "no_timer")

    def _refuse_more(self) -> None:
        if len(self._countdowns.running) >= MOST:
            raise self._error(ErrorCode.OUT_OF_RANGE, "too_many", count=MOST)

    # Words.

    def _labels(self, countdowns: Iterable[Countdown]) -> str:
        labels = list(dict.fromkeys(self.label(item) for item in countdowns))
        return ", ".join(labels[:MOST_TOLD])

    def _left(self, countdown: Countdown) -> str:
        return say_duration(self._countdowns.left(countdown), self._language)

    def _remaining(self, countdown: Countdown) -> str:
        ends = countdown.at or self._countdowns.ends_at(countdown)
        if countdown.command is not None and ends is not None:
            return self._text("left_errand", command=countdown.command, moment=self._moment(ends))
        key = "left_paused" if countdown.paused else "left"
        return self._text(key, timer=self.label(countdown), left=self._left(countdown))

    def _duration(self, slots: Slots) -> int:
        seconds = duration(slots)
        if seconds is None:
            raise self._error(ErrorCode.MISSING, "no_duration")
        if not 1 <= seconds <= LONGEST:
            raise self._error(ErrorCode.OUT_OF_RANGE, "bad_duration")
        return seconds

    def _command(self, slots: Slots) -> str | None:
        command = slots.get("conversation_command")
        if command is None:
            return None
        if not isinstance(command, str) or not 0 < len(command.strip()) <= LONGEST_COMMAND:
            raise self._error(ErrorCode.BAD_PAYLOAD, "no_command")
        return command.strip()

    def _moment(self, moment: datetime) -> str:
        return say_moment(moment, self._clock.now(), self._language)

    def _text(self, key: str, **values: object) -> str:
        return text(f"genie.{key}", self._language, **values)

    def _error(self, code: ErrorCode, key: str, **values: object) -> CommandError:
        return CommandError(code, self._text(key, **values))


def _name(slots: Slots) -> str | None:
    """The timer's name without the word timer itself; None where there is no name."""
    name = slots.get("name")
    if not isinstance(name, str):
        return None
    return name.strip().removesuffix("타이머").removesuffix("timer").strip()[:40] or None


def _squashed(name: str) -> str:
    return "".join(name.casefold().split())
