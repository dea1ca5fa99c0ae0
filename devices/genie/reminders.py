"""Reminders: what somebody wants to be told of, in a while, at a time of the clock, or on some days again and again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from devices.commands import Slots
from devices.genie.asked import WEEKDAYS, asked, say_when, shown_at
from devices.genie.clock import say_duration
from devices.genie.countdown import FARTHEST, MOST, Countdown
from devices.genie.countdowns import Countdowns, Gone
from devices.genie.skill import Desk, Handler, Skill
from devices.moments import duration
from hub.korean.jamo import squash
from hub.korean.josa import with_josa
from hub.messages import About, ErrorCode, Intent, Property
from hub.payloads import Value

REMINDERS: Final = "reminders"
"""Id of the device that shows them."""

TOO_LATE = 60.0
"""Seconds after its moment from which on a reminder says that it comes too late."""

LONGEST_MESSAGE = 300

MOST_TOLD = 5
"""Reminders that one answer tells of."""

ENDINGS: Final = ("고", "도록", "게")
"""What the slot `ending` may put behind the message, as it was said: 약 먹으라고, 약 먹도록."""

_TO_DO: Final = re.compile(r"(.+으)라고|(.+(?<![지영이부은축])하)라고")
"""약 먹으라고, 불 확인하라고: there is a time for it. Others in 라고 may be no verbs (회의라고)."""

_SAID: Final = re.compile(r".+(?:[라다자냐]고|게|도록)")
"""What is no noun: 회의 있다고, 약 먹게."""


class ReminderSkill(Skill):
    """The reminder intents."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._countdowns = Countdowns(desk, "reminder", self._report)

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return {"JipsaRemind": self.remind, "JipsaGetReminders": self.tell, "JipsaCancelReminder": self.cancel}

    def abouts(self) -> Sequence[About]:
        """How many there are, and the next."""
        properties = {
            "count": Property(type="integer", min=0),
            "next_at": Property(type="time"),
            "next_name": Property(type="string"),
        }
        name = self.text("reminders")
        return [About(id=REMINDERS, bridge="genie", type="reminder", name=name, properties=properties)]

    async def start(self) -> None:
        """Take up what was kept."""
        await self._countdowns.load()

    async def run(self) -> None:
        """Remind in time."""
        await self._countdowns.run(self._end)

    async def agenda(self) -> Mapping[str, Value]:
        """The reminders."""
        return {"reminders": [self._shown(reminder) for reminder in self._countdowns.running]}

    def _shown(self, reminder: Countdown) -> dict[str, Value]:
        days: list[Value] = [WEEKDAYS[day] for day in reminder.days]
        return {**self._countdowns.shown(reminder, "message"), "days": days}

    def _report(self) -> None:
        running = self._countdowns.running
        ends_at = self._countdowns.ends_at(running[0]) if running else None
        state: dict[str, Value] = {
            "count": len(running),
            "next_at": ends_at.isoformat(timespec="seconds") if ends_at else None,
            "next_name": running[0].message if running else None,
        }
        if not self.desk.report(REMINDERS, state):
            self.desk.renew(REMINDERS)

    async def _end(self, reminder: Countdown, gone: Gone) -> None:
        if overdue := self._countdowns.overdue(reminder):
            await self.desk.ears()
        message = reminder.message or ""
        if -self._countdowns.left(reminder) > TOO_LATE:
            key = "remind_missed" if overdue else "remind_passed"
            said = self.text(key, moment=self._moment(reminder), what=self._what(message))
        elif found := _TO_DO.fullmatch(message):
            said = self.text("remind_to_do", what=_future(found[1] or found[2]))
        else:
            said = self.text("remind_said" if _SAID.fullmatch(message) else "remind", what=message)
        self.desk.say(reminder.satellite, said, "alarm", reminder.id)
        await self.desk.bus.flush()
        await gone()

    async def remind(self, intent: Intent) -> str:
        """Take a reminder, for a time of the clock or in a while."""
        message, seconds = self._message(intent.slots), duration(intent.slots)
        if seconds is None:
            at, days, guessed = asked(self, intent.slots, "no_reminder_time")
            reminder = Countdown.of(intent, message=message, at=at, days=days, guessed=guessed)
        elif 1 <= seconds <= FARTHEST:
            reminder = Countdown.of(intent, message=message, seconds=seconds)
        else:
            raise self.error(ErrorCode.OUT_OF_RANGE, "too_far" if seconds > FARTHEST else "no_reminder_time")
        if len(self._countdowns.running) >= MOST:
            raise self.error(ErrorCode.OUT_OF_RANGE, "too_many_reminders", count=MOST)
        reminder = await self._countdowns.start(reminder)
        if seconds is not None:
            length = say_duration(seconds, self.desk.language)
            return self.text("will_remind_in", length=length, what=self._what(message))
        return self.text("will_remind", moment=self._moment(reminder), what=self._what(message))

    async def tell(self, intent: Intent) -> str:
        """Tell what there is to be reminded of."""
        running = self._countdowns.running
        if not running:
            return self.text("no_reminder")
        told = self.text("reminders_told", reminders=self._labels(running))
        rest = len(running) - MOST_TOLD
        return f"{told} {self.text('more', count=rest)}" if rest > 0 else told

    async def cancel(self, intent: Intent) -> str:
        """Cancel the reminder that is meant, or all."""
        running = self._countdowns.running
        if not running:
            raise self.error(ErrorCode.NOT_FOUND, "no_reminder")
        found = self._meant(intent.slots, running)
        if not found:
            raise self.error(ErrorCode.NOT_FOUND, "no_such_reminder", reminders=self._labels(running))
        if len(found) > 1 and intent.slots.get("all") in (None, False):
            raise self.error(ErrorCode.NOT_NOW, "which_reminder", reminders=self._labels(found))
        labels = self._labels(found)
        await self._countdowns.cancel(*found)
        key = "reminder_cancelled" if len(found) == 1 else "reminders_cancelled"
        return self.text(key, reminder=labels, count=len(found))

    def _meant(self, slots: Slots, reminders: Sequence[Countdown]) -> list[Countdown]:
        said = squash(str(slots.get("message") or ""))
        fitting = [
            item for item in reminders if slots.get("id") in (None, item.id) and said in squash(item.message or "")
        ]
        return shown_at(slots.get("time"), [(item, self._countdowns.ends_at(item)) for item in fitting])

    def _message(self, slots: Slots) -> str:
        message = slots.get("message")
        if not isinstance(message, str) or not 0 < len(message.strip()) <= LONGEST_MESSAGE:
            code = ErrorCode.BAD_PAYLOAD if message else ErrorCode.MISSING
            raise self.error(code, "no_reminder_message")
        ending = slots.get("ending")
        return message.strip() + (ending if isinstance(ending, str) and ending in ENDINGS else "")

    # Words.

    def _what(self, message: str) -> str:
        """The message as it stands before 알려 드려요."""
        if self.desk.language != "ko" or _SAID.fullmatch(message):
            return message
        return with_josa(message, "을/를")

    def _moment(self, reminder: Countdown) -> str:
        now = self.desk.clock.now()
        return say_when(self._countdowns.ends_at(reminder) or now, reminder.days, now, self.desk.language)

    def _labels(self, reminders: Sequence[Countdown]) -> str:
        return ", ".join(
            self.text("reminder", moment=self._moment(item), what=self._what(item.message or ""))
            for item in reminders[:MOST_TOLD]
        )


def _future(stem: str) -> str:
    """What somebody will do: 먹을 of 먹으, 확인할 of 확인하."""
    return stem[:-1] + {"으": "을", "하": "할"}[stem[-1]]
