"""Routines: many sentences for one. Each step is said to the butler as a person would say it.

The steps of a routine that was begun from outside are said from there, and so are judged like all that is.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Final

from devices.commands import Changes, Slots
from devices.genie.skill import Desk, Handler, Skill
from hub.follow import Follower
from hub.korean.jamo import squash
from hub.messages import About, ErrorCode, Intent, Property, Say, Topic, Utterance
from hub.payloads import Value, new_id
from hub.recent import Recent
from hub.remote.rules import REMOTE, is_remote
from hub.routines import Routine, Step

HERE: Final = "routine"
"""The satellite that the steps come from: nobody hears what is answered there."""

OUTSIDE: Final = f"{REMOTE}{HERE}"
"""The same of routines that were begun from outside."""

PATIENCE: Final = 8.0
"""Seconds after which who asked is told that it goes on."""

MOST_OPEN: Final = 20
"""Steps that were not done, of which is kept who is told more."""

_GROUP: Final = re.compile(r"\[[^()\[\]]*\]|\(([^()\[\]|]*)[^()\[\]]*\)")
"""The innermost [what may be left out] or (this|or that) of a template."""


class RoutineSkill(Skill):
    """The routines of the household, each a device of type `script` as well."""

    def __init__(self, desk: Desk, routines: Sequence[Routine]) -> None:
        super().__init__(desk)
        self._routines = {f"routine-{routine.id}": routine for routine in routines}
        self._follower = Follower(desk.bus, HERE)
        self._followers = {HERE: self._follower, OUTSIDE: Follower(desk.bus, OUTSIDE, states=False)}
        self._open: Recent[str, Intent] = Recent(MOST_OPEN)
        """By the id of a step about which somebody inside is asked: what began its routine."""
        self._names: dict[str, frozenset[str]] = {}
        """Device: what it is called, squashed."""
        self._going: set[asyncio.Task[str]] = set()
        desk.bus.subscribe(Topic.device("+", "about"), self._on_about)
        desk.bus.subscribe(Topic.say(OUTSIDE), self._on_said)

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return {"JipsaRoutine": self.perform}

    def abouts(self) -> Sequence[About]:
        """One script for each routine."""
        start = {"operation": Property(type="enum", values=["start"], writable=True)}
        return [
            About(id=device, bridge="genie", type="script", name=self.text("routine", name=routine.name),
                  properties=start)
            for device, routine in self._routines.items()
        ]  # fmt: skip

    async def start(self) -> None:
        """Report that each is there."""
        for device in self._routines:
            self.desk.report(device, {"operation": None})

    async def agenda(self) -> Mapping[str, Value]:
        """The routines, each with the first thing that is said for it."""
        routines: list[Value] = [
            {"id": routine.id, "name": routine.name, "say": first_said(routine.say[0]) if routine.say else None}
            for routine in self._routines.values()
        ]
        return {"routines": routines}

    async def set(self, device: str, changes: Changes) -> None:
        """Start a routine."""
        self._begin(self._routines[device], Intent(intent="JipsaRoutine"))

    async def perform(self, intent: Intent) -> str:
        """Do all steps of the routine with the slot `id` or `name`, and tell what did not work."""
        routine = self._meant(intent.slots)
        if routine is None:
            raise self.error(ErrorCode.NOT_FOUND, "no_routine", name=str(intent.slots.get("name", "")))
        if intent.satellite in self._followers:
            raise self.error(ErrorCode.NOT_ALLOWED, "routine_in_routine", name=routine.name)
        task = self._begin(routine, intent)
        await asyncio.wait({task}, timeout=PATIENCE)
        return task.result() if task.done() else self.text("routine_goes_on", name=routine.name)

    def _meant(self, slots: Slots) -> Routine | None:
        if "id" in slots:
            return self._routines.get(f"routine-{slots['id']}")
        name = squash(str(slots.get("name", "")))
        return next((one for one in self._routines.values() if name in {squash(one.name), one.id}), None)

    def _begin(self, routine: Routine, intent: Intent) -> asyncio.Task[str]:
        task = asyncio.create_task(self._perform(routine, intent))
        self._going.add(task)
        task.add_done_callback(self._going.discard)
        return task

    async def _perform(self, routine: Routine, intent: Intent) -> str:
        satellite = OUTSIDE if is_remote(intent.satellite) else HERE
        faults = []
        for step in routine.steps:
            if not self._wanted(step):
                continue
            utterance = Utterance(text=step.sentence, satellite=satellite, room=intent.room, source="routine")
            exchange = await self._followers[satellite].ask(utterance)
            if not exchange.ok:
                self._open.put(utterance.id, intent)
                answered = exchange.answered or self.text("routine_unanswered")
                faults.append(self.text("routine_fault", command=step.sentence, reason=answered))
        if faults:
            return " ".join([self.text("routine_partly", name=routine.name), *faults])
        return routine.reply or self.text("routine_done", name=routine.name)

    def _wanted(self, step: Step) -> bool:
        if not step.in_time(f"{self.desk.clock.now():%H:%M}"):
            return False
        return step.if_ is None or step.if_.holds(self._value(step.if_.device, step.if_.property))

    def _value(self, device: str, name: str) -> Value:
        called = squash(device)
        found = next((known for known, names in self._names.items() if called in names), device)
        return self._follower.states.get(found, {}).get(name)

    def _on_said(self, topic: str, payload: bytes) -> None:
        """What became of a step is told who began the routine, where that was not known until now."""
        later = Say.from_payload(topic, payload)
        intent = self._open.get(later.utterance_id or "")
        if intent is not None and intent.satellite is not None:
            told = later.model_copy(update={"id": new_id(), "utterance_id": intent.utterance_id})
            self.desk.bus.publish(Topic.say(intent.satellite), told)

    def _on_about(self, topic: str, payload: bytes) -> None:
        if not payload:
            self._names.pop(topic.split("/")[2], None)
            return
        about = About.from_payload(topic, payload)
        self._names[about.id] = frozenset(map(squash, (about.name, *about.aliases)))


def first_said(template: str) -> str:
    """What a template says first: of (this|or that) the first, and nothing that may be left out."""
    found = 1
    while found:
        template, found = _GROUP.subn(r"\1", template)
    return " ".join(template.partition("|")[0].split())
