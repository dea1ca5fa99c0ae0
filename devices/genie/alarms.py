"""Alarms: set, told, cancelled, and ringing until somebody is awake. They show as a device that can be silenced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from devices.commands import Changes, Slots
from devices.genie.asked import WEEKDAYS, Days, asked, day_named, days_of, say_when, shown_at
from devices.genie.clock import say_duration
from devices.genie.countdown import MOST, Countdown
from devices.genie.countdowns import Countdowns, Gone
from devices.genie.ringing import Bell, Ringing
from devices.genie.skill import Desk, Handler, Skill
from devices.moments import duration
from hub.korean.jamo import squash
from hub.messages import About, ErrorCode, Intent, Property
from hub.payloads import Value, new_id

ALARMS: Final = "alarms"
"""Id of the device that shows them."""

RINGS = 5 * 60.0
"""Seconds that an alarm rings."""

TOO_LATE = 120.0
"""Seconds after its moment from which on an alarm does not ring any more, but is said to be missed."""

SNOOZE = 5 * 60
"""Seconds until an alarm rings again, where nobody says how long."""

LONGEST_SNOOZE = 12 * 3600

MOST_TOLD = 5
"""Alarms that one answer tells of."""

LONGEST_NAME = 40


class AlarmSkill(Skill):
    """The alarm intents, and those that silence whatever rings."""

    def __init__(self, desk: Desk, ringing: Ringing) -> None:
        super().__init__(desk)
        self._countdowns = Countdowns(desk, "alarm", self._report)
        self._ringing = ringing
        ringing.changed = self._report

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return {
            "JipsaSetAlarm": self.set_alarm,
            "JipsaCancelAlarm": self.cancel,
            "JipsaGetAlarms": self.tell,
            "JipsaStopAlarm": self.stop,
            "JipsaSnooze": self.snooze,
            "HassNevermind": self.nevermind,
        }

    def abouts(self) -> Sequence[About]:
        """How many there are, the next, and whether something rings."""
        properties = {
            "count": Property(type="integer", min=0),
            "next_at": Property(type="time"),
            "next_name": Property(type="string"),
            "ringing": Property(type="boolean", writable=True),
        }
        return [About(id=ALARMS, bridge="genie", type="alarm", name=self.text("alarms"), properties=properties)]

    async def start(self) -> None:
        """Take up what was kept."""
        await self._countdowns.load()

    async def run(self) -> None:
        """Let them ring in time."""
        await self._countdowns.run(self._end)

    async def agenda(self) -> Mapping[str, Value]:
        """The alarms, and all that rings."""
        return {
            "alarms": [self._shown(alarm) for alarm in self._countdowns.running],
            "ringing": [
                {"id": bell.id, "kind": bell.kind, "text": bell.said, "satellite": bell.satellite}
                for bell in self._ringing.bells
            ],
        }

    def _shown(self, alarm: Countdown) -> dict[str, Value]:
        """An alarm as JSON; one that was put off has no time of the clock."""
        clock: dict[str, Value] = {"time": f"{alarm.at:%H:%M}"} if alarm.at is not None else {}
        return {**self._countdowns.shown(alarm, "name"), **clock, "days": [WEEKDAYS[day] for day in alarm.days]}

    async def set(self, device: str, changes: Changes) -> None:
        """Silence what rings."""
        if changes["ringing"]:
            raise self.error(ErrorCode.NOT_SUPPORTED, "cannot_ring")
        await self._ringing.stop(list(self._ringing.bells))

    def _report(self) -> None:
        running = self._countdowns.running
        ends_at = self._countdowns.ends_at(running[0]) if running else None
        state: dict[str, Value] = {
            "count": len(running),
            "next_at": ends_at.isoformat(timespec="seconds") if ends_at else None,
            "next_name": running[0].name or self.text("alarms") if running else None,
            "ringing": bool(self._ringing.bells),
        }
        if not self.desk.report(ALARMS, state):
            self.desk.renew(ALARMS)

    async def _end(self, alarm: Countdown, gone: Gone) -> None:
        if overdue := self._countdowns.overdue(alarm):
            await self.desk.ears()
        late = -self._countdowns.left(alarm)
        if late > TOO_LATE:
            said = self.text("alarm_missed" if overdue else "alarm_passed", alarm=self._label(alarm))
            self.desk.say(alarm.satellite, said, "alarm", alarm.id)
            await self.desk.bus.flush()
            await gone()
            return
        said = self.text("alarm_rings", alarm=self._label(alarm))
        bell = Bell("alarm", alarm.id, said, alarm.satellite, RINGS, late, partial(self._again, alarm))
        await self._ringing.ring(bell, gone, until_silent=True)

    async def _again(self, alarm: Countdown, seconds: int) -> None:
        values = alarm.model_dump(include={"satellite", "room", "name"})
        await self._countdowns.start(Countdown(id=new_id(), seconds=seconds, **values))

    # What somebody asks for.

    async def set_alarm(self, intent: Intent) -> str:
        """Set an alarm for a time of the clock, once or on some days of the week; with `id`, change that one to it."""
        changed = self._changed(intent.slots.get("id"))
        at, days, guessed = asked(self, intent.slots, "no_alarm_time")
        alarm = Countdown.of(intent, at=at, days=days, guessed=guessed, name=_name(intent.slots))
        if changed is not None:
            alarm = alarm.model_copy(update=changed.model_dump(include={"id", "satellite", "room"}))
        same = (item for item in self._countdowns.running if _what(item) == _what(alarm) and item.id != alarm.id)
        if (there := next(same, None)) is not None:
            return self.text("alarm_there", alarm=self._label(there))
        if changed is not None:
            return self.text("alarm_set", alarm=self._label(await self._countdowns.replace(alarm)))
        self._refuse_more()
        return self.text("alarm_set", alarm=self._label(await self._countdowns.start(alarm)))

    def _changed(self, wanted: Value) -> Countdown | None:
        """The alarm with this id; None where no id is given. Raises CommandError where there is none."""
        if wanted is None:
            return None
        found = next((alarm for alarm in self._countdowns.running if alarm.id == wanted), None)
        if found is None:
            raise self.error(ErrorCode.NOT_FOUND, "no_alarm")
        return found

    async def cancel(self, intent: Intent) -> str:
        """Cancel the alarm that is meant, or all."""
        running = self._countdowns.running
        if not running:
            raise self.error(ErrorCode.NOT_FOUND, "no_alarm")
        found = self._meant(intent.slots, running)
        if not found:
            raise self.error(ErrorCode.NOT_FOUND, "no_such_alarm", alarms=self._labels(running))
        everything = intent.slots.get("all") not in (None, False)
        if len(found) > 1 and not everything:
            raise self.error(ErrorCode.NOT_NOW, "which_alarm", alarms=self._labels(found))
        labels = self._labels(found)
        await self._countdowns.cancel(*found)
        key = "alarm_cancelled" if len(found) == 1 else "alarms_cancelled"
        return self.text(key, alarm=labels, count=len(found))

    async def tell(self, intent: Intent) -> str:
        """Tell which alarms there are."""
        running = self._countdowns.running
        if not running:
            return self.text("no_alarm")
        told = self.text("alarms_told", alarms=self._labels(running))
        rest = len(running) - MOST_TOLD
        return f"{told} {self.text('more', count=rest)}" if rest > 0 else told

    async def stop(self, intent: Intent) -> str:
        """Silence what rings; an alarm that does not ring yet is never cancelled so."""
        bells = self._bells(intent)
        if not bells:
            raise self.error(ErrorCode.NOT_NOW, "none_rings_yet" if self._countdowns.running else "none_rings")
        await self._ringing.stop(bells)
        return self.text("silent")

    async def nevermind(self, intent: Intent) -> str:
        """Do nothing, politely, but be silent where something rings."""
        await self._ringing.stop(self._ringing.here(intent.satellite))
        return self.text("nevermind")

    async def snooze(self, intent: Intent) -> str:
        """Have what rings ring again a little later; or where nothing does, an alarm."""
        asked_for = duration(intent.slots)
        seconds = SNOOZE if asked_for is None else asked_for
        if not 1 <= seconds <= LONGEST_SNOOZE:
            raise self.error(ErrorCode.OUT_OF_RANGE, "bad_snooze")
        bells = self._bells(intent)
        if not bells and (asked_for is None or "id" in intent.slots):
            raise self.error(ErrorCode.NOT_NOW, "none_rings")
        self._refuse_more()
        for bell in bells:
            await bell.snooze(seconds)
        if not bells:
            await self._countdowns.start(Countdown.of(intent, seconds=seconds))
        await self._ringing.stop(bells)
        return self.text("snoozed", length=say_duration(seconds, self.desk.language))

    def _bells(self, intent: Intent) -> list[Bell]:
        """What shall be silent: what an intent is about, or everything where nothing rings there."""
        return self._ringing.meant(intent) or ([] if "id" in intent.slots else list(self._ringing.bells))

    def _refuse_more(self) -> None:
        if len(self._countdowns.running) >= MOST:
            raise self.error(ErrorCode.OUT_OF_RANGE, "too_many_alarms", count=MOST)

    # Which alarm is meant, and what it is called.

    def _meant(self, slots: Slots, alarms: Sequence[Countdown]) -> list[Countdown]:
        """Those that fit all that was said."""
        try:
            days = days_of(slots.get("days"))
        except ValueError:
            return []
        fitting = [item for item in alarms if self._fits(item, slots, days)]
        return shown_at(slots.get("time"), [(item, self._countdowns.ends_at(item)) for item in fitting])

    def _fits(self, alarm: Countdown, slots: Slots, days: Days) -> bool:
        name, ends_at = _name(slots), self._countdowns.ends_at(alarm)
        date = slots.get("date") or day_named(slots.get("day"), self.desk.clock.now())
        return (
            slots.get("id") in (None, alarm.id)
            and (name is None or squash(name) == squash(alarm.name or ""))
            and (not days or alarm.days == days)
            and (date is None or (ends_at is not None and ends_at.date().isoformat() == date))
        )

    def _label(self, alarm: Countdown) -> str:
        now = self.desk.clock.now()
        when = say_when(self._countdowns.ends_at(alarm) or now, alarm.days, now, self.desk.language)
        return self.text("alarm_named" if alarm.name else "alarm", when=when, name=alarm.name)

    def _labels(self, alarms: Sequence[Countdown]) -> str:
        return ", ".join(dict.fromkeys(self._label(item) for item in alarms[:MOST_TOLD]))


def _what(alarm: Countdown) -> object:
    return alarm.at, alarm.days, alarm.name, alarm.satellite


def _name(slots: Slots) -> str | None:
    """The alarm's name without the word alarm itself; None where there is none."""
    name = slots.get("name")
    if not isinstance(name, str):
        return None
    return name.strip().removesuffix("알람").removesuffix("alarm").strip()[:LONGEST_NAME] or None
