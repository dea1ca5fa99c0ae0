"""Timers and plans, spoken: what each of their intents does, and the sentence that answers it.

A plan is a timer at whose end a sentence is carried out (`command`), in a while or at a time of the clock (`at`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from devices.commands import Slots
from devices.genie.asked import asked
from devices.genie.clock import say_duration, zone_of
from devices.genie.countdown import LONGEST, MOST, Countdown
from devices.genie.countdowns import Countdowns
from devices.genie.imported import take_over
from devices.genie.ringing import Ringing
from devices.genie.skill import Desk, Handler, Skill
from devices.genie.timer_ends import TimerEnds
from devices.genie.timer_words import MOST_TOLD, TimerWords
from devices.moments import duration
from hub.messages import About, ErrorCode, Intent, Property
from hub.payloads import Value
from hub.remote.rules import is_remote

TIMERS: Final = "timers"
"""Id of the device that shows them."""

LONGEST_COMMAND = 500
"""Characters of a sentence that is carried out later."""


class TimerSkill(Skill):
    """The timer intents of Home Assistant, and plans."""

    def __init__(self, desk: Desk, ringing: Ringing) -> None:
        super().__init__(desk)
        self._countdowns = Countdowns(desk, "timer", self._report)
        self._words = TimerWords(desk, self._countdowns)
        self._ringing = ringing
        self._ends = TimerEnds(desk, self._countdowns, ringing, self._words)

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return {
            "HassStartTimer": self.start_timer,
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

    def abouts(self) -> Sequence[About]:
        """How many there are, and the next."""
        properties = {
            "count": Property(type="integer", min=0),
            "next_name": Property(type="string"),
            "next_ends_at": Property(type="time"),
        }
        return [About(id=TIMERS, bridge="genie", type="timer", name=self.text("timers"), properties=properties)]

    async def start(self) -> None:
        """Take up what was kept."""
        await self._countdowns.load()
        old, zone = self.desk.store.path.with_name("timers.json"), zone_of(self.desk.clock.now())
        await take_over(old, zone, self._countdowns)

    async def run(self) -> None:
        """Let them run."""
        await self._countdowns.run(self._ends.end)

    async def agenda(self) -> Mapping[str, Value]:
        """The timers, and the plans."""
        running, shown = self._countdowns.running, self._countdowns.shown
        return {
            "timers": [shown(item, "name", "seconds") for item in running if item.command is None],
            "plans": [shown(item, "command") for item in running if item.command is not None],
        }

    def _report(self) -> None:
        running = self._countdowns.running
        soonest = next((item for item in running if not item.paused), None)
        ends_at = self._countdowns.ends_at(soonest) if soonest else None
        state: dict[str, Value] = {
            "count": len(running),
            "next_name": self._words.title(soonest) if soonest else None,
            "next_ends_at": ends_at.isoformat(timespec="seconds") if ends_at else None,
        }
        if not self.desk.report(TIMERS, state):
            self.desk.renew(TIMERS)

    async def start_timer(self, intent: Intent) -> str:
        """Start a timer, or plan a sentence for its end."""
        seconds = self._duration(intent.slots)
        self._refuse_more()
        name, command = _name(intent.slots), self._command(intent.slots)
        countdown = await self._countdowns.start(Countdown.of(intent, seconds=seconds, name=name, command=command))
        if command is not None:
            return self.text("will_do_in", length=say_duration(seconds, self.desk.language), command=command)
        length = say_duration(seconds, self.desk.language, before_noun=True)
        return self.text(
            "started", timer=f"{length} {self._words.label(countdown)}" if name else self._words.label(countdown)
        )

    async def schedule(self, intent: Intent) -> str:
        """Plan a sentence for a time of the clock."""
        command = self._command(intent.slots)
        if command is None:
            raise self.error(ErrorCode.BAD_PAYLOAD, "no_command")
        at, _, guessed = asked(self, intent.slots, "no_moment")
        self._refuse_more()
        plan = await self._countdowns.start(Countdown.of(intent, at=at, command=command, guessed=guessed))
        return self.text("will_do_at", moment=self._words.moment(plan), command=command)

    async def cancel(self, intent: Intent) -> str:
        """Cancel one timer; where one rings and no other is meant, silence that."""
        if await self._silenced(intent):
            return self.text("silent")
        countdown = self._one(intent)
        await self._countdowns.cancel(countdown)
        return self.text("cancelled", timer=self._words.label(countdown))

    async def cancel_plan(self, intent: Intent) -> str:
        """Cancel one plan."""
        if not self._countdowns.running:
            raise self.error(ErrorCode.NOT_FOUND, "nothing_planned")
        countdown = self._one(intent, lambda item: item.command is not None, "nothing_planned")
        await self._countdowns.cancel(countdown)
        return self.text("cancelled", timer=self._words.label(countdown))

    async def cancel_all(self, intent: Intent) -> str:
        """Cancel every timer, or those of one room, and silence what rings."""
        if await self._silenced(intent):
            return self.text("silent")
        found = self._matching(intent)
        await self._countdowns.cancel(*found)
        if len(found) == 1:
            return self.text("cancelled", timer=self._words.label(found[0]))
        plans = any(item.command is not None for item in found)
        return self.text("all_cancelled_errands" if plans else "all_cancelled", count=len(found))

    async def status(self, intent: Intent) -> str:
        """Tell how long the timers still run."""
        if not self._countdowns.running:
            return self.text("no_timer")
        found = sorted(self._matching(intent), key=self._countdowns.left)
        said = [self._words.remaining(countdown) for countdown in found[:MOST_TOLD]]
        if len(found) > MOST_TOLD:
            said.append(self.text("more", count=len(found) - MOST_TOLD))
        return " ".join(said)

    async def pause(self, intent: Intent) -> str:
        """Let a running timer stand still."""
        countdown = self._one(intent, lambda item: item.at is None and not item.paused, "none_running")
        await self._countdowns.pause(countdown)
        return self.text("paused", timer=self._words.label(countdown), left=self._words.left(countdown))

    async def resume(self, intent: Intent) -> str:
        """Let a paused timer run on."""
        countdown = self._one(intent, lambda item: item.paused, "none_paused")
        _hand_over(countdown, intent)
        await self._countdowns.resume(countdown)
        return self.text("resumed", timer=self._words.label(countdown), left=self._words.left(countdown))

    async def increase(self, intent: Intent) -> str:
        """Lengthen a timer."""
        countdown, seconds = self._changeable(intent), self._duration(intent.slots)
        if self._countdowns.left(countdown) + seconds > LONGEST:
            raise self.error(ErrorCode.OUT_OF_RANGE, "bad_duration")
        _hand_over(countdown, intent)
        await self._countdowns.add(countdown, seconds)
        return self._answer("increased", countdown, seconds)

    async def decrease(self, intent: Intent) -> str:
        """Shorten a timer by less than what is left."""
        countdown, seconds = self._changeable(intent), self._duration(intent.slots)
        if self._countdowns.left(countdown) <= seconds:
            amount = say_duration(seconds, self.desk.language)
            raise self.error(ErrorCode.OUT_OF_RANGE, "too_short", left=self._words.left(countdown), amount=amount)
        _hand_over(countdown, intent)
        await self._countdowns.add(countdown, -seconds)
        return self._answer("decreased", countdown, seconds)

    def _answer(self, key: str, countdown: Countdown, seconds: int) -> str:
        amount = say_duration(seconds, self.desk.language)
        return self.text(key, timer=self._words.label(countdown), amount=amount, left=self._words.left(countdown))

    async def _silenced(self, intent: Intent) -> bool:
        """Silence timers that ring; whether that is all that can be meant."""
        rings = [bell for bell in self._ringing.meant(intent) if bell.kind == "timer"]
        await self._ringing.stop(rings)
        everything = intent.intent == "HassCancelAllTimers" or bool(intent.slots)
        return bool(rings) and not (everything and self._fitting(intent))

    # Which timer is meant.

    def _matching(self, intent: Intent) -> list[Countdown]:
        """The timers that fit all that was said of id, name, length and room; raises CommandError where none does."""
        running = self._countdowns.running
        if not running:
            raise self.error(ErrorCode.NOT_FOUND, "no_timer")
        if not (found := self._fitting(intent)):
            raise self.error(ErrorCode.NOT_FOUND, "no_such_timer", timers=self._words.labels(running))
        return found

    def _fitting(self, intent: Intent) -> list[Countdown]:
        slots = intent.slots
        name, area, length = _name(slots), slots.get("area"), duration(slots, "start_")
        return [
            item
            for item in self._countdowns.running
            if slots.get("id") in (None, item.id)
            and (name is None or _squashed(item.name or "") == _squashed(name))
            and (not isinstance(area, str) or item.room == area)
            and (length is None or item.seconds == length)
        ]

    def _one(self, intent: Intent, fits: Callable[[Countdown], bool] | None = None, none_fits: str = "") -> Countdown:
        """The one timer that is meant: no plan where there are timers, and the only one set from the same satellite.

        Timers that nothing said could tell apart are as good as one another: the first to end is taken.
        """
        found = self._matching(intent)
        if fits is not None:
            found = [item for item in found if fits(item)]
            if not found:
                raise self.error(ErrorCode.NOT_NOW, none_fits)
        found = [item for item in found if item.command is None] or found
        here = [item for item in found if intent.satellite is not None and item.satellite == intent.satellite]
        if len(here) == 1:
            return here[0]
        if len({self._words.label(item) for item in found}) > 1:
            raise self.error(ErrorCode.NOT_NOW, "which_timer", timers=self._words.labels(found))
        return min(found, key=self._countdowns.left)

    def _changeable(self, intent: Intent) -> Countdown:
        """One that has a length: what is asked for a time of the clock is not made longer or shorter."""
        return self._one(intent, lambda item: item.at is None, "no_timer")

    def _refuse_more(self) -> None:
        if len(self._countdowns.running) >= MOST:
            raise self.error(ErrorCode.OUT_OF_RANGE, "too_many", count=MOST)

    def _duration(self, slots: Slots) -> int:
        seconds = duration(slots)
        if seconds is None:
            raise self.error(ErrorCode.MISSING, "no_duration")
        if not 1 <= seconds <= LONGEST:
            raise self.error(ErrorCode.OUT_OF_RANGE, "bad_duration")
        return seconds

    def _command(self, slots: Slots) -> str | None:
        command = slots.get("conversation_command")
        if command is None:
            return None
        if not isinstance(command, str) or not 0 < len(command.strip()) <= LONGEST_COMMAND:
            raise self.error(ErrorCode.BAD_PAYLOAD, "no_command")
        return command.strip()


def _hand_over(countdown: Countdown, intent: Intent) -> None:
    """A plan that is changed from outside is done for who changed it, and is judged like all that comes from there."""
    if countdown.command is not None and is_remote(intent.satellite):
        countdown.satellite = intent.satellite


def _name(slots: Slots) -> str | None:
    """The timer's name without the word timer itself; None where there is no name."""
    name = slots.get("name")
    if not isinstance(name, str):
        return None
    return name.strip().removesuffix("타이머").removesuffix("timer").strip()[:40] or None


def _squashed(name: str) -> str:
    return "".join(name.casefold().split())
