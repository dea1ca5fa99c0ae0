"""What time it is, and what day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from devices.commands import CommandError, Slots
from devices.genie.clock import say_day, say_time
from devices.genie.skill import Handler, Skill
from hub.messages import ErrorCode, Intent
from hub.texts import Language, has_text, text

_DAYS: Final = {"today": 0, "tomorrow": 1, "day_after_tomorrow": 2}


class DateSkill(Skill):
    """Questions about the time and the date."""

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return {"HassGetCurrentTime": self.time, "HassGetCurrentDate": self.date}

    async def time(self, intent: Intent) -> str:
        """What time it is."""
        return tell_time(self.desk.clock.now(), self.desk.language)

    async def date(self, intent: Intent) -> str:
        """What day it is."""
        return tell_date(intent.slots, self.desk.clock.now().date(), self.desk.language)


def tell_time(now: datetime, language: Language) -> str:
    """The answer to "what time is it"."""
    return text("genie.time", language, time=say_time(now, language))


def tell_date(slots: Slots, today: date, language: Language) -> str:
    """The answer to "what day is it": today, or the day of the slot `day` or `date`; raises CommandError for no day."""
    try:
        day = day_of(slots, today)
    except (ValueError, OverflowError):
        raise CommandError(ErrorCode.BAD_PAYLOAD, text("genie.no_such_day", language)) from None
    key = f"genie.date-{(day - today).days}"
    return text(key if has_text(key) else "genie.date", language, date=say_day(day, language))


def day_of(slots: Slots, today: date) -> date:
    """The day of the slot `date` (ISO) or `day` (a word), today without either; raises ValueError, OverflowError."""
    if slots.get("date") is not None:
        return date.fromisoformat(str(slots["date"]))
    word = slots.get("day", "today")
    if not isinstance(word, str) or word not in _DAYS:
        raise ValueError(f"no day: {word}")
    return today + timedelta(days=_DAYS[word])
