"""One contact on a pin: a button, a switch, a sensor. It counts when it has been steady, however much it bounces.

gpiozero calls from threads of its own. What it tells is only noted there; everything else happens in the event loop,
and no more often than `PAUSE` allows, though a wire hum with ten thousand edges a second.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final, Protocol

from gpiozero import DigitalInputDevice

PAUSE: Final = 0.02
"""Seconds between two looks at what threads have told."""

STEADY: Final = 0.03
"""Seconds for which a contact must usually be steady: keys and relays bounce for less."""

MOST_EDGES: Final = 256
"""Edges that are kept until the next look: more are noise."""


class Timer(Protocol):
    """A call that is to come."""

    def cancel(self) -> None:
        """Have it not come."""


class Clock(Protocol):
    """The part of an event loop that is needed here; times are in seconds."""

    def time(self) -> float:
        """What time it is, in any thread."""
        ...

    def call_at(self, when: float, callback: Callable[[], object], /) -> Timer:
        """Call in the loop when it is time."""
        ...

    def call_soon_threadsafe(self, callback: Callable[[], object], /) -> object:
        """Call in the loop, from any thread."""
        ...


class Handover:
    """News from any thread, looked at in the loop: at once, and then every PAUSE seconds while there are more."""

    def __init__(self, clock: Clock, look: Callable[[], object]) -> None:
        self._clock = clock
        self._look = look
        self._news = self._looking = self._closed = False
        self._timer: Timer | None = None

    def tell(self) -> None:
        """There is news; may be called in any thread."""
        self._news = True
        if not self._looking:
            self._looking = True
            self._clock.call_soon_threadsafe(self._run)

    def close(self) -> None:
        """Look no more."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()

    def _run(self) -> None:
        if self._closed:
            return
        if not self._news:
            self._looking = False
            if not self._news:  # else they came after the first question, while nobody would have been called
                return
            self._looking = True
        self._news = False
        self._timer = self._clock.call_at(self._clock.time() + PAUSE, self._run)
        self._look()


class Contact:
    """One input pin; `changed` is called in the loop with whether it is active, and since when.

    Without `pull_up` being True or False there is no resistor, and what is connected drives the pin. To become
    active it must be steady for `steady` seconds, to become inactive for `release` (the same, if not given).
    """

    def __init__(
        self,
        pin: int | str,
        pins: Any,
        clock: Clock,
        changed: Callable[[bool, float], object],
        *,
        pull_up: bool | None = True,
        active_high: bool = False,
        steady: float = STEADY,
        release: float | None = None,
    ) -> None:
        self._clock = clock
        self._changed = changed
        self._needed = {True: steady, False: steady if release is None else release}
        state = active_high if pull_up is None else None
        self._input = DigitalInputDevice(pin, pull_up=pull_up, active_state=state, pin_factory=pins)
        self._flipped = pull_up is active_high  # gpiozero takes for active what is against the resistor
        self.active = self._level()
        """Whether it is active, as far as that is steady."""
        self._latest = (clock.time(), self.active)
        self._edges: deque[tuple[float, bool]] = deque(maxlen=MOST_EDGES)
        self._handover = Handover(clock, self._look)
        self._timer: Timer | None = None
        self._input.when_activated = lambda: self._edge(not self._flipped)
        self._input.when_deactivated = lambda: self._edge(self._flipped)

    def close(self) -> None:
        """Listen no more, and free the pin."""
        self._handover.close()
        if self._timer is not None:
            self._timer.cancel()
        self._input.close()

    def _level(self) -> bool:
        return bool(self._input.is_active) is not self._flipped

    def _edge(self, active: bool) -> None:
        """In a thread of gpiozero's."""
        self._edges.append((self._clock.time(), active))
        self._handover.tell()

    def _look(self) -> None:
        if len(self._edges) == MOST_EDGES:
            self._latest = self._edges.popleft()  # what came between is lost, so nothing was steady before it
        for _ in range(len(self._edges)):
            at, active = self._edges.popleft()
            self._judge(at)
            self._latest = (at, active)
        now = self._clock.time()
        if not self._edges and (level := self._level()) is not self._latest[1]:
            self._latest = (now, level)  # an edge that nobody told of
        self._judge(now)
        if self._timer is not None:
            self._timer.cancel()
        at, active = self._latest
        if active is not self.active:
            self._timer = self._clock.call_at(at + self._needed[active], self._look)

    def _judge(self, until: float) -> None:
        """Count what the latest edge led to, where it stayed so for long enough `until` then."""
        at, active = self._latest
        if active is not self.active and until >= at + self._needed[active]:
            self.active = active
            self._changed(active, at)
