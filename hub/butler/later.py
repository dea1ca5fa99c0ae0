"""Times and days that were said, as the slots of intents; and acts that shall be done later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from hub.grammar.lexicon import SlotValue
from hub.grammar.parse import Free, Parse, When, day_of
from hub.korean.dates import Date, resolve_date
from hub.korean.times import Clock, next_time

Slots = dict[str, SlotValue]

DELAYED = {"JipsaStart": "JipsaDelayStart"}
"""Acts that the appliance itself can put off; all others wait in the assistant."""

MORNING = time(6)
"""7시 of another day is in the morning, 3시 in the afternoon, unless somebody says which."""


def plain_slots(parse: Parse, now: datetime) -> Slots:
    """The slots of a clause as an intent carries them: times as `time` (HH:MM), days as `date` (ISO), texts as text."""
    slots: Slots = {}
    for slot, value in parse.slots.items():
        match value:
            case Free():
                slots[slot] = value.text
            case Date():
                slots[slot] = resolve_date(value, now.date()).isoformat()
            case Clock():
                day = parse.slots.get("date", parse.slots.get("day"))
                date = day_of(day) if isinstance(day, str) else day
                when = When(clock=value, date=date if isinstance(date, Date) else None)
                slots |= {"time": _by_day(value)} if "days" in parse.slots else moment_slots(when, now)
            case _:
                slots[slot] = value
    if "time" in slots or (parse.intent == "HassGetCurrentDate" and slots.get("day") == "today"):
        slots.pop("day", None)
    return slots


def moment_slots(when: When, now: datetime) -> Slots:
    """A clock time as `time` (HH:MM), and as `date` (ISO) the day when one was said.

    Raises ValueError for a day that no calendar has, or that is past.
    """
    assert when.clock is not None
    soon = next_time(when.clock, now)
    if when.date is None:
        return {"time": f"{soon:%H:%M}"}
    day = resolve_date(when.date, now.date())
    if day == now.date():  # 오늘 밤 12시 is tomorrow already
        return {"time": f"{soon:%H:%M}", "date": soon.date().isoformat()}
    if day < now.date():
        raise ValueError(f"nothing can be done on a day that is past: {day}")
    return {"time": _by_day(when.clock), "date": day.isoformat()}


def _by_day(clock: Clock) -> str:
    said = clock.candidates()
    return f"{next((t for t in said if t >= MORNING), said[0]):%H:%M}"


def put_off(when: When, before: str, now: datetime) -> tuple[str, Slots]:
    """The intent of the assistant that has the command said again when the time has come, and its slots.

    `before` are the targets of the clause before, where the command has none of its own: 스탠드 켜고 10분 뒤에 꺼줘.
    """
    command = {"conversation_command": f"{before} {when.command}".strip()}
    if when.duration:
        return "HassStartTimer", {**dict(when.duration), **command}
    return "JipsaSchedule", {**moment_slots(when, now), **command}


def off_again(lasting: When, targets: str, now: datetime) -> tuple[str, Slots]:
    """What ends what shall last, as `put_off` tells it: 안방 에어컨 두 시간만 켜줘, 가습기 아침 6시까지 켜줘."""
    return put_off(replace(lasting, command="꺼줘"), targets, now)
