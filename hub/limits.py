"""What may come in over MQTT: how large, how deep, how often from one source, and of how many; docs/contract.md tells.

Messages are looked at here before anything reads them, so that no service has to think of it.
"""

from __future__ import annotations

import logging
import re
import time
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Mapping
from typing import NamedTuple

from hub.messages import ROOT
from hub.payloads import MOST_DEVICES
from hub.printable import line

LARGEST = 1_000_000
"""Bytes of what grows with the home: a home, and what is said of many devices at once. Mosquitto takes no more."""

LARGE = 256_000
"""Bytes of a discovery payload of Home Assistant's, ours or somebody else's."""

COMMON = 64_000
"""Bytes of everything else: an about with long lists is half as large."""

DEEPEST = 32
"""Brackets within each other; what is sent here needs six."""

LONGEST_TOPIC = 400
"""Characters; five levels that are ids take less."""

MOST_SATELLITES = 200
MOST_BRIDGES = 100

ONCE_A_MINUTE = (1 / 60, 1)
"""How often a flood is told of, as Throttle takes it."""

MOST_KINDS = 1_000
"""Kinds of faults whose untold ones are counted."""

LONGEST_TOLD = 300
"""Characters of a fault that are logged: the names of keys come from outside, too."""


class Limit(NamedTuple):
    """The limits of one kind of topic.

    `size` is in bytes. `rate` messages a second of one source are taken in the long run, and `burst` at once (None: any
    number). Of `most` sources notice is taken at all, where what they say is kept (None: it is not).
    """

    size: int = COMMON
    rate: float | None = None
    burst: int = 0
    most: int | None = None


Kind = tuple[str, str]
"""The second and the fourth level of a topic, as far as it has them."""

LIMITS: Mapping[Kind, Limit] = {
    # What all satellites may say together: one that says more is cut by butler and bridges, who know which it is.
    ("utterance", ""): Limit(rate=5 * MOST_SATELLITES, burst=2_000),
    ("understood", ""): Limit(LARGEST, rate=5 * MOST_SATELLITES, burst=2_000),
    ("intent", ""): Limit(LARGEST, rate=5 * MOST_SATELLITES, burst=2_000),
    ("reply", ""): Limit(LARGEST),
    ("say", ""): Limit(rate=20, burst=300),
    ("device", "about"): Limit(rate=2, burst=60, most=MOST_DEVICES),
    ("device", "state"): Limit(rate=100, burst=500, most=MOST_DEVICES),
    ("device", "set"): Limit(rate=60, burst=200),
    ("bridge", "state"): Limit(rate=5, burst=50, most=MOST_BRIDGES),
    ("bridge", "info"): Limit(LARGEST, rate=5, burst=50, most=MOST_BRIDGES),
    ("bridge", "request"): Limit(rate=5, burst=30),
    ("bridge", "response"): Limit(LARGE),
    ("satellite", "state"): Limit(rate=20, burst=100, most=MOST_SATELLITES),
    ("satellite", "heard"): Limit(rate=20, burst=100),
    ("satellite", "graph"): Limit(rate=20, burst=100, most=MOST_SATELLITES),
    ("satellite", "wake"): Limit(rate=10, burst=50),
    ("satellite", "button"): Limit(rate=5, burst=30),
    ("satellite", "listen"): Limit(rate=5, burst=30),
    ("home", ""): Limit(LARGEST, rate=2, burst=20),
    # Commands from outside, whosoever; and answers, which may be as large as what they answer with.
    ("remote", ""): Limit(LARGEST, rate=50, burst=500),
    ("", "config"): Limit(LARGE, rate=2, burst=60, most=3 * MOST_DEVICES),
    ("", "status"): Limit(rate=1, burst=20),
}
"""By kind; the source is the level between the two. Topics of Home Assistant's discovery have the kinds in ""."""

OTHER = Limit()

_TOPIC = re.compile(rf"{ROOT}(/[A-Za-z0-9][A-Za-z0-9_-]{{0,63}}){{1,5}}")


class Throttle:
    """Token buckets, one for each source: it may do something `burst` times at once, and `rate` times a second then.

    Of each source is kept when its bucket is full again. While `most` are kept, newcomers share one bucket: who takes
    another name every time gains nothing, and nothing grows.
    """

    def __init__(self, rate: float, burst: int, most: int = 1_000, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._pause = 1 / rate
        self._span = burst / rate + 1e-6  # sums of fractions are not exact
        self._most = most
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def admits(self, source: str = "") -> bool:
        """Whether the source may do it once more, now."""
        now = self._clock()
        if source not in self._full_at and not self._has_room(now):
            source = ""
        full_at = max(self._full_at.get(source, now), now) + self._pause
        if full_at - now > self._span:
            return False
        self._full_at[source] = full_at
        self._full_at.move_to_end(source)
        return True

    def _has_room(self, now: float) -> bool:
        """Forget those who have been quiet for long enough; whether one more can be kept."""
        while len(self._full_at) >= self._most:
            longest_quiet = next(iter(self._full_at))
            if self._full_at[longest_quiet] > now:
                return False
            del self._full_at[longest_quiet]
        return True


class Complaints:
    """Warns of what comes in, but of a flood only now and then, and then of how much was not told."""

    def __init__(self, logger: logging.Logger, rate: float = 0.1, burst: int = 10) -> None:
        self._log = logger
        self._throttle = Throttle(rate, burst)
        self._untold: Counter[str] = Counter()

    def tell(self, kind: str, fault: str) -> str | None:
        """Log a fault; returns what was logged, None where it is one too many of its kind."""
        if not self._throttle.admits(kind):
            if kind in self._untold or len(self._untold) < MOST_KINDS:
                self._untold[kind] += 1
            return None
        untold = self._untold.pop(kind, 0)
        told = line(fault, LONGEST_TOLD) + (f" (and {untold} more of this kind)" if untold else "")
        self._log.warning("%s", told)
        return told


class Gate:
    """Decides for one connection what is looked at, and logs what is not."""

    def __init__(self, logger: logging.Logger) -> None:
        self.faults = Complaints(logger)
        """Of payloads that are not what they should be."""
        self._floods = Complaints(logger, *ONCE_A_MINUTE)
        self._throttles = {
            kind: Throttle(limit.rate, limit.burst, max(1_000, limit.most or 0))
            for kind, limit in LIMITS.items()
            if limit.rate is not None
        }
        self._sources: defaultdict[Kind, set[str]] = defaultdict(set)

    def admits(self, topic: str, levels: list[str], payload: bytes) -> bool:
        """Whether a message is looked at; `levels` are those of its topic."""
        kind, source = _kind_of(levels)
        fault = self._fault(topic, kind, source, payload)
        if fault is not None:
            self.faults.tell(f"{kind}", f"{topic}: {fault}")
            return False
        throttle = self._throttles.get(kind)
        if throttle is None or throttle.admits(source):
            return True
        flood = f"more than {throttle.rate:g} a second came; what is above that is dropped"
        self._floods.tell(f"{kind}", f"{topic}: {flood}")
        return False

    def _fault(self, topic: str, kind: Kind, source: str, payload: bytes) -> str | None:
        limit = LIMITS.get(kind, OTHER)
        if len(topic) > LONGEST_TOPIC or (kind[0] and not _TOPIC.fullmatch(topic)):
            return "not all levels are ids (ASCII letters, digits, _ and -, 64 at most)"
        if len(payload) > limit.size:
            return f"{len(payload)} bytes; more than {limit.size} are not read"
        if too_deep(payload):
            return f"brackets are nested more than {DEEPEST} deep"
        if limit.most is not None and not self._is_known(kind, source, payload, limit.most):
            return f"there are {limit.most} already, and no more are taken"
        return None

    def _is_known(self, kind: Kind, source: str, payload: bytes, most: int) -> bool:
        """Whether notice is taken of what is kept there; what is cleared makes room."""
        known = self._sources[kind]
        if not payload:
            known.discard(source)
        elif source not in known:
            if len(known) >= most:
                return False
            known.add(source)
        return True


def _kind_of(levels: list[str]) -> tuple[Kind, str]:
    if levels[0] != ROOT:
        return ("", levels[-1]), "/".join(levels[:-1])
    kind = levels[1] if len(levels) > 1 else ""
    return (kind, levels[3] if len(levels) > 3 else ""), levels[2] if len(levels) > 2 else ""


_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def too_deep(payload: bytes) -> bool:
    """Whether brackets are nested more than DEEPEST deep, measured without reading what they hold."""
    if payload.count(b"[") + payload.count(b"{") <= DEEPEST:
        return False
    without_quoted_marks = payload.replace(rb"\\", b"").replace(rb"\"", b"")
    outside_strings = b"".join(without_quoted_marks.split(b'"')[::2])
    left = outside_strings.translate(_BRACKETS, _NO_BRACKETS)
    for _ in range(DEEPEST):
        if not left:
            return False
        left = left.replace(b"[]", b"")
    return b"[" in left
