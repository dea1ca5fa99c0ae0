"""How much a bridge takes of what comes in, of each satellite and at a time; of a flood only some is answered."""

from __future__ import annotations

import logging

from hub.bus import Bus
from hub.limits import ONCE_A_MINUTE, Complaints, Throttle
from hub.messages import Intent, LogLine, Topic

log = logging.getLogger(__name__)

TAKEN = (20.0, 200)
"""Intents a second that are taken of one satellite in the long run, and at once."""

REFUSED = (5.0, 30)
"""The same of intents that are answered though they are not carried out."""

MOST_AT_ONCE = 200
"""Intents that are carried out at the same time, or wait for their turn."""


class Manners:
    """Those of one bridge."""

    def __init__(self, name: str, bus: Bus) -> None:
        self.unanswered = 0
        """Intents that were taken, and are not answered yet."""
        self._name = name
        self._bus = bus
        self._taken = Throttle(*TAKEN)
        self._refused = Throttle(*REFUSED)
        self._complaints = Complaints(log)
        self._floods = Complaints(log, *ONCE_A_MINUTE)

    def takes(self, intent: Intent) -> bool:
        """Whether an intent is carried out; that some are not is told."""
        if self.unanswered < MOST_AT_ONCE and self._taken.admits(intent.satellite or ""):
            return True
        sender = intent.satellite or "no satellite"
        self._floods.tell("", f"{self._name}: too many intents at once from {sender}; some are refused")
        return False

    def answers(self) -> bool:
        """Whether one more is answered that is not carried out."""
        return self._refused.admits()

    def complain(self, kind: str, fault: str) -> None:
        """Warn of what came in, here and over MQTT, but of a flood of one kind not again and again."""
        told = self._complaints.tell(kind, f"{self._name}: {fault}")
        if told is not None:
            self._bus.publish(Topic.bridge(self._name, "log"), LogLine(level="warning", message=told))
