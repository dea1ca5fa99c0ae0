"""Several satellites hear one sentence: the one that heard it loudest, or else first, acts on it, and no other.

A satellite claims what it hears (`jipsa/satellite/<id>/wake`) as soon as it hears its name or, where it waits for
an answer, the first word. When the sentence is over, it acts if nobody claimed better, and says so. A better one that
hears no command after all withdraws, and then the next best acts. Alone at home, a satellite asks nobody.
"""

from __future__ import annotations

import asyncio

from hub.bus import Bus
from hub.messages import SatelliteState, SatelliteWake, Topic

SETTLE = 0.25
"""Seconds that the claims of one sentence take to arrive."""

SAME = 1.0
"""Seconds by which one satellite may hear a sentence begin before another: gates do not open at the same moment."""

PATIENCE = 1.5
"""Seconds that a satellite waits for a better one which neither acts nor withdraws."""

LOUDER = 3.0
"""Decibels that make a difference; below it, the earlier one wins."""


class Rooms:
    """This satellite's part in settling who acts."""

    def __init__(self, bus: Bus, satellite: str) -> None:
        self._bus = bus
        self._satellite = satellite
        self._others: set[str] = set()
        self._claims: dict[str, tuple[float, SatelliteWake]] = {}
        self._claimed_at = 0.0
        self._since: float | None = None
        self._news = asyncio.Event()
        bus.subscribe(Topic.satellite("+"), self._on_state)
        bus.subscribe(Topic.satellite("+", "wake"), self._on_wake)

    @property
    def claiming(self) -> bool:
        """Whether a sentence that goes on is claimed."""
        return self._satellite in self._claims

    def hear(self) -> None:
        """Somebody speaks who may mean this satellite."""
        if self._since is None:
            self._since = self._now()

    def claim(self, loudness: float) -> None:
        """Tell the others that the hub is spoken to here, so loud (decibels below the loudest sound there is)."""
        claim = SatelliteWake(loudness=round(loudness, 1))
        self._claimed_at = self._now()
        self._claims[self._satellite] = (self._claimed_at, claim)
        self._tell(claim)

    async def won(self) -> bool:
        """Whether this satellite acts on what it claimed; takes SETTLE seconds at most where nobody claims better."""
        if self._others:
            await asyncio.sleep(self._claimed_at + SETTLE - self._now())
            try:
                async with asyncio.timeout(PATIENCE):
                    while self.claiming and self._better() and not self._taken():
                        self._news.clear()
                        await self._news.wait()
            except TimeoutError:
                pass
        mine = self.claiming and not self._taken()  # who is muted meanwhile has withdrawn
        if self.claiming:
            self._conclude("taken" if mine else "withdrawn")
        self._since = None
        return mine

    def withdraw(self) -> bool:
        """It was no command for this satellite; whether another one heard it better, and knows what to say to it."""
        if self.claiming:
            outdone = self._taken() or self._better()
            self._conclude("withdrawn")
        else:
            heard = self._since is not None
            outdone = heard and any(claim.outcome != "withdrawn" for claim in self._rivals().values())
        self._since = None
        return outdone

    def _conclude(self, outcome: str) -> None:
        _, claim = self._claims.pop(self._satellite)
        self._tell(claim.model_copy(update={"outcome": outcome}))

    def _tell(self, claim: SatelliteWake) -> None:
        if self._others:
            self._bus.publish(Topic.satellite(self._satellite, "wake"), claim)

    def _rivals(self) -> dict[str, SatelliteWake]:
        """What others claim of the same sentence: all since it began, however late its words became clear here."""
        begun = self._claimed_at if self._since is None else self._since
        return {
            satellite: claim
            for satellite, (at, claim) in self._claims.items()
            if satellite != self._satellite and at >= begun - SAME
        }

    def _taken(self) -> bool:
        return any(claim.outcome == "taken" for claim in self._rivals().values())

    def _better(self) -> bool:
        mine = _rank(self._satellite, self._claims[self._satellite][1])
        rivals = self._rivals().items()
        return any(_rank(satellite, claim) < mine for satellite, claim in rivals if claim.outcome == "claimed")

    def _on_state(self, topic: str, payload: bytes) -> None:
        satellite = topic.split("/")[2]
        there = bool(payload) and SatelliteState.from_payload(topic, payload).state != "offline"
        if there and satellite != self._satellite:
            self._others.add(satellite)
        else:
            self._others.discard(satellite)
            if satellite != self._satellite:
                self._claims.pop(satellite, None)
        self._news.set()

    def _on_wake(self, topic: str, payload: bytes) -> None:
        satellite = topic.split("/")[2]
        if satellite not in self._others:
            return
        claim = SatelliteWake.from_payload(topic, payload)
        # Its outcome comes later, but belongs to the moment of the claim.
        before = self._claims.get(satellite)
        at = before[0] if before and before[1].id == claim.id else self._now()
        self._claims[satellite] = (at, claim)
        self._news.set()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _rank(satellite: str, claim: SatelliteWake) -> tuple[int, float, str]:
    """The smallest acts. Loudness in steps, so that all satellites rank alike."""
    return -round(claim.loudness / LOUDER), claim.heard_at.timestamp(), satellite
