"""A clock that a test turns: time passes when it says so, and what is due is done then."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import deque
from collections.abc import Callable


class Call:
    """A call that is to come."""

    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self.callback = None


class ManualClock:
    """The part of an event loop that hub.contact.Clock names."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.handed_over = 0
        """Calls that threads have asked for."""
        self.thread = threading.get_ident()
        self._soon: deque[Callable[[], object]] = deque()
        self._later: list[tuple[float, int, Call]] = []
        self._numbers = itertools.count()

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[[], object], /) -> Call:
        assert threading.get_ident() == self.thread
        call = Call(callback)
        heapq.heappush(self._later, (when, next(self._numbers), call))
        return call

    def call_soon_threadsafe(self, callback: Callable[[], object], /) -> None:
        self.handed_over += 1
        self._soon.append(callback)

    def advance(self, seconds: float = 0.0) -> None:
        """Let time pass, and do what is due on the way."""
        until = self.now + seconds
        self._do_soon()
        while self._later and self._later[0][0] <= until:
            when, _, call = heapq.heappop(self._later)
            self.now = max(self.now, when)
            if call.callback is not None:
                call.callback()
            self._do_soon()
        self.now = until

    def stall(self, seconds: float) -> None:
        """Let time pass while nothing is done: the machine is busy."""
        self.now += seconds

    def _do_soon(self) -> None:
        while self._soon:
            self._soon.popleft()()
