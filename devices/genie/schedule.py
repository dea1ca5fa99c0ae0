"""What the calendars of the household say, asked for and as a device for others to show."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from devices.commands import CommandError
from devices.genie.calendars import Event, HomeCalendar
from devices.genie.clock import moment_of, say_day, say_moment, say_time
from devices.genie.dates import day_of
from devices.genie.skill import Desk, Handler, Skill
from hub.messages import About, ErrorCode, Intent, Property
from hub.payloads import Value
from hub.texts import has_text

DEVICE: Final = "schedule"
"""Id of the device that shows what comes next."""

OFTEN = 15 * 60.0
"""Seconds between two looks at the calendars."""

PATIENCE = 5.0
"""Seconds that who asks waits for the first look."""

MOST_TOLD = 7
"""Events that one answer tells of."""


class ScheduleSkill(Skill):
    """The intent JipsaGetSchedule: what there is on the slot `day` or `date`, or with `which: next` what comes next."""

    def __init__(self, desk: Desk, calendars: Sequence[HomeCalendar] = ()) -> None:
        super().__init__(desk)
        self._calendars = calendars
        self._looked = asyncio.Event()

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return {"JipsaGetSchedule": self.tell}

    def abouts(self) -> list[About]:
        """What comes next as a device, where there is a calendar."""
        if not self._calendars:
            return []
        properties = {
            "next_title": Property(type="string"),
            "next_at": Property(type="time"),
            "today_count": Property(type="integer", min=0),
        }
        name = self.text("schedule")
        return [About(id=DEVICE, bridge="genie", type="sensor", name=name, properties=properties)]

    async def start(self) -> None:
        """Nothing is known yet."""
        if self._calendars:
            self.desk.report(DEVICE, {"next_title": None, "next_at": None, "today_count": None})

    async def run(self) -> None:
        """Look at the calendars again and again, and show what comes next, whenever something begins."""
        while self._calendars:
            await asyncio.gather(*(calendar.refresh(self.desk.clock.now()) for calendar in self._calendars))
            self._looked.set()
            coming = self._show()
            await self.desk.clock.sleep_until(self.desk.clock.monotonic() + min(OFTEN, coming))

    def _show(self) -> float:
        """Report the device; the seconds until the next event begins."""
        now, coming = self.desk.clock.now(), self._next()
        begin, end = _whole_day(now.date(), now)
        shown: dict[str, Value] = {"next_title": None, "next_at": None, "today_count": len(self._between(begin, end))}
        if coming:
            shown |= {"next_title": self._title(coming), "next_at": coming.begin.isoformat(timespec="seconds")}
        self.desk.report(DEVICE, shown)
        return max(1.0, (coming.begin - now).total_seconds()) if coming else OFTEN

    async def tell(self, intent: Intent) -> str:
        """What there is; raises CommandError where no calendar can be read."""
        if not self._calendars:
            raise self.error(ErrorCode.NOT_SUPPORTED, "no_calendar")
        try:
            async with asyncio.timeout(PATIENCE):
                await self._looked.wait()
        except TimeoutError:
            raise self.error(ErrorCode.NOT_NOW, "schedule_reading") from None
        try:
            day = day_of(intent.slots, self.desk.clock.now().date())
            told = self._tell_next() if intent.slots.get("which") == "next" else self._tell_day(day)
        except (ValueError, OverflowError):
            raise self.error(ErrorCode.BAD_PAYLOAD, "no_such_day") from None
        troubles = [self.text(each.trouble, calendar=each.name) for each in self._calendars if each.trouble]
        if len(troubles) == len(self._calendars) and not any(each.events for each in self._calendars):
            raise CommandError(ErrorCode.NOT_NOW, " ".join(troubles))
        return " ".join((told, *troubles))

    def _tell_day(self, day: date) -> str:
        now = self.desk.clock.now()
        begin, end = _whole_day(day, now)
        key = f"schedule_on-{(day - now.date()).days}"
        name = self.text(key) if has_text(f"genie.{key}") else say_day(day, self.desk.language)
        found = self._between(begin, end)
        if not found:
            return self.text("schedule_none", day=name)
        told = ", ".join(self._said(event, begin, end) for event in found[:MOST_TOLD])
        key = "schedule_told" if len(found) <= MOST_TOLD else "schedule_told_some"
        return self.text(key, day=name, count=len(found), events=told)

    def _tell_next(self) -> str:
        coming, now = self._next(), self.desk.clock.now()
        if coming is None:
            return self.text("schedule_nothing")
        if coming.whole:
            begin = coming.begin.date()
            key = f"schedule_on-{(begin - now.date()).days}"
            moment = self.text(key) if has_text(f"genie.{key}") else say_day(begin, self.desk.language)
        else:
            moment = say_moment(coming.begin, now, self.desk.language)
        return self.text("schedule_next", moment=moment, event=self._title(coming))

    def _said(self, event: Event, begin: datetime, end: datetime) -> str:
        """An event as it is told of a day: when it begins, or until when it goes on."""
        title, language = self._title(event), self.desk.language
        if event.whole or (event.begin < begin and event.end >= end):
            return self.text("schedule_event_whole", event=title)
        if event.begin < begin:
            return self.text("schedule_event_until", event=title, time=say_time(event.end, language))
        return self.text("schedule_event", event=title, time=say_time(event.begin, language))

    def _title(self, event: Event) -> str:
        return event.title or self.text("schedule_untitled")

    def _events(self) -> list[Event]:
        """The events of all calendars; what is in several of them is there once."""
        found = {event for calendar in self._calendars for event in calendar.events}
        return sorted(found, key=lambda event: (event.begin, not event.whole, event.title))

    def _between(self, begin: datetime, end: datetime) -> list[Event]:
        return [event for event in self._events() if event.on(begin, end)]

    def _next(self) -> Event | None:
        now = self.desk.clock.now()
        return next((event for event in self._events() if event.begin > now), None)


def _whole_day(day: date, now: datetime) -> tuple[datetime, datetime]:
    """The midnights at which a day begins and ends."""
    assert now.tzinfo is not None
    first, last = (datetime.combine(at, datetime.min.time()) for at in (day, day + timedelta(days=1)))
    return moment_of(first, now.tzinfo), moment_of(last, now.tzinfo)
