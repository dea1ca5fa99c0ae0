"""What is asked for from outside: what is done at once, what somebody inside is asked about, and what became of that.

One request at a time is asked about, so that it is always plain what a yes is for.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hub.butler.dialogue import NEVERMIND, NO, YES, only
from hub.butler.done import asked_for
from hub.butler.known import KnownHome
from hub.butler.resolve import Refusal, Resolved
from hub.butler.telling import Telling
from hub.butler.understanding import Understanding
from hub.butler.wording import names
from hub.messages import Utterance
from hub.remote.rules import is_remote, judged, may_confirm
from hub.settings.remote import Rule
from hub.texts import Language, text

ASKS_INSIDE, NOT_OUTSIDE = "asks_inside", "not_outside"
"""Why something is not done at once, as `refused` of what was understood says it."""

LASTS = timedelta(seconds=60)
"""How long somebody inside may think it over."""


class Judged(NamedTuple):
    """Acts by what is done about them: they are carried out, somebody inside is asked, or they are refused."""

    allow: tuple[Resolved, ...]
    ask: tuple[Resolved, ...] = ()
    refuse: tuple[Resolved, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for outside and waits for an answer inside."""

    utterance: Utterance
    acts: tuple[Resolved, ...]
    asked_at: datetime


class Permission:
    """Judges acts by the rules of the settings, and asks; `clock` and `sleep` are those of the home."""

    def __init__(
        self,
        house: KnownHome,
        rules: Mapping[str, Rule],
        telling: Telling,
        language: Language,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Coroutine[None, None, None]],
    ) -> None:
        self.rules = rules
        """What the settings say of single devices."""
        self.request: Request | None = None
        """What somebody inside is asked about now."""
        self._house = house
        self._telling = telling
        self._language: Language = language
        self._clock = clock
        self._sleep = sleep
        self._waiting: asyncio.Task[None] | None = None

    def judge(self, utterance: Utterance, acts: Sequence[Resolved]) -> Judged:
        """What is done about acts of an utterance; an act on several devices becomes several where they differ."""
        if not is_remote(utterance.satellite):
            return Judged(tuple(acts))
        found: defaultdict[Rule, list[Resolved]] = defaultdict(list)
        for act in acts:
            if not act.targets:
                found[self._rule(act)].append(act)
                continue
            targets: defaultdict[Rule, list[str]] = defaultdict(list)
            for target in act.targets:
                targets[self._rule(act, target)].append(target)
            for rule, some in targets.items():
                found[rule].append(replace(act, targets=tuple(some)))
        return Judged(tuple(found["allow"]), tuple(found["ask"]), tuple(found["refuse"]))

    def _rule(self, act: Resolved, *targets: str) -> Rule:
        abouts = self._house.abouts
        if targets and abouts.keys().isdisjoint(targets):
            return "allow"  # nobody has such a device, so that nothing is done, and that is told
        return judged(act.intent, act.slots, targets, abouts, self._house.home, self.rules)

    def may_confirm(self, utterance: Utterance, acts: Iterable[Resolved]) -> bool:
        """Whether a yes of the same speaker confirms to a bridge what it wants confirmed."""
        if not is_remote(utterance.satellite):
            return True
        targets = (target for act in acts for target in act.targets)
        return may_confirm(targets, self._house.abouts, self._house.home, self.rules)

    def ask(self, utterance: Utterance, acts: Sequence[Resolved]) -> str:
        """Ask everybody inside whether these acts shall be done; returns what is said outside."""
        if self.request is not None:
            return text("permission.busy", self._language)
        self.request = Request(utterance, tuple(acts), self._clock().astimezone(UTC))
        self._telling.everywhere(self._question(self.request), asks=True)
        self._waiting = asyncio.create_task(self._give_up(self.request))
        return text("permission.asked", self._language)

    async def _give_up(self, request: Request) -> None:
        await self._sleep(LASTS.total_seconds())
        self.request = None
        self.tell_outside(request, text("permission.unanswered", self._language))

    def end(self) -> None:
        """Wait for no answer any more."""
        self.request = None
        if self._waiting is not None:
            self._waiting.cancel()

    def tell_outside(self, request: Request, said: str) -> None:
        """Tell who asked what became of it."""
        self._telling.answer(request.utterance, said)

    def answer(self, utterance: Utterance, understood: Understanding) -> bool | None:
        """Whether an utterance allows (True) or forbids what is asked about; None where it is no answer to that.

        Who asked outside can only take it back.
        """
        if self.request is None:
            return None
        since_asked = utterance.heard_at.astimezone(UTC) - self.request.asked_at
        if not timedelta() <= since_asked < LASTS:
            return None
        no = only(understood) in {NO, NEVERMIND} or understood.refused is Refusal.NEGATED
        if is_remote(utterance.satellite):
            return False if no and utterance.satellite == self.request.utterance.satellite else None
        return False if no else True if only(understood) == YES else None

    def _question(self, request: Request) -> str:
        home, said = self._house.home, request.utterance.text
        acts = [
            asked_for(act, device, home, self._language, said)
            for act in request.acts
            for target in act.targets
            if (device := home.device(target))
        ]
        return text("permission.question", self._language, acts=", ".join(acts))

    def refusal(self, acts: Sequence[Resolved]) -> str:
        """What is said outside of acts that are not done for anybody outside."""
        home = self._house.home
        devices = [device for act in acts for i in act.targets if (device := home.device(i))]
        return text("permission.refused", self._language, devices=names(devices, home, self._language))
