"""What happens when a timer is over, or the moment of a plan has come."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import partial

from devices.genie.clock import say_duration
from devices.genie.countdown import Countdown
from devices.genie.countdowns import Countdowns, Gone
from devices.genie.ringing import Bell, Ringing
from devices.genie.skill import Desk
from devices.genie.timer_words import TimerWords
from hub.messages import Utterance
from hub.payloads import new_id
from hub.texts import text
from hub.utter import Utterer

log = logging.getLogger(__name__)

RINGS = 60.0
"""Seconds that a timer rings."""

LATE = 5.0
"""Seconds from which on a timer that ended while the assistant was off says so."""

TOO_LATE = 60.0
"""Seconds after its moment from which on a plan is not carried out any more, but said to be missed."""


class TimerEnds:
    """Has timers ring, and plans uttered like a sentence that was said there."""

    def __init__(self, desk: Desk, countdowns: Countdowns, ringing: Ringing, words: TimerWords) -> None:
        self._desk = desk
        self._countdowns = countdowns
        self._ringing = ringing
        self._words = words
        self._utterer = Utterer(desk.bus)

    async def end(self, countdown: Countdown, gone: Gone) -> None:
        """Tell that it is over, or do what was planned."""
        if countdown.command is None:
            await self._end_timer(countdown, gone)
        elif -self._countdowns.left(countdown) <= TOO_LATE:
            await self._utter(countdown, countdown.command, gone)
        else:
            await self._tell(countdown, "missed", gone)

    async def _end_timer(self, timer: Countdown, gone: Gone) -> None:
        overdue = self._countdowns.overdue(timer)
        if overdue:
            await self._desk.ears()
        late = -self._countdowns.left(timer)
        if overdue and late >= LATE:
            await self._tell(timer, "ended_late", gone)
            return
        said = text("genie.ended", self._desk.language, timer=self._words.label(timer))
        bell = Bell("timer", timer.id, said, timer.satellite, RINGS, late, partial(self._again, timer))
        await self._ringing.ring(bell, gone, until_silent=False)

    async def _again(self, timer: Countdown, seconds: int) -> None:
        values = timer.model_dump(include={"satellite", "room", "name"})
        await self._countdowns.start(Countdown(id=new_id(), seconds=seconds, **values))

    async def _tell(self, countdown: Countdown, key: str, gone: Gone) -> None:
        if self._countdowns.overdue(countdown):
            await self._desk.ears()
        values = {
            "command": countdown.command,
            "moment": self._words.moment(countdown),
            "timer": self._words.label(countdown),
            "late": say_duration(-self._countdowns.left(countdown), self._desk.language),
        }
        said = text(f"genie.{key}", self._desk.language, **values)
        self._desk.say(countdown.satellite, said, "alarm", countdown.id)
        await self._desk.bus.flush()
        await gone()

    async def _utter(self, plan: Countdown, command: str, gone: Gone) -> None:
        """Say a plan's sentence as if it were said now. It is not kept for a broker that is away for too long."""
        utterance = Utterance(id=plan.id, text=command, satellite=plan.satellite, room=plan.room, source="timer")
        with suppress(TimeoutError):
            async with asyncio.timeout(TOO_LATE):
                await self._desk.bus.connected.wait()
            if await self._utterer.utter(utterance):
                await gone()
                return
        log.warning("nobody took %r", command)
        await self._tell(plan, "not_taken", gone)
