"""What the charts keep of the mirror's events: numbers in their minutes, and the times of sentences."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from hub.payloads import Value
from hub.web.history.file import Answered, Series
from hub.web.history.kinds import KINDS, kind_of, measured
from hub.web.history.track import Minute, Track

MOST_SERIES: Final = 400
"""Numbers that are kept at a time: two of each of 200 devices."""

JUMP: Final = 5.0
"""Seconds by which the clock differs from the time that passed when it was set, or when the machine slept."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Device:
    """What MQTT tells of a device: its about and its state as JSON, and whether it is there."""

    about: Mapping[str, Any] | None = None
    state: Mapping[str, Value] | None = None
    available: str | None = None
    tracks: dict[str, tuple[str, Track]] = field(default_factory=dict)
    """Of its properties that are kept, with what they measure."""


class Intake:
    """Takes events at any time (`hear`), and gives what has become of them (`take`).

    The clocks give seconds: since 1970, and of one that is never set.
    """

    def __init__(self, clock: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        self.set_at = steady()
        """When the clock was set for the last time, by the steady one."""
        self._clock, self._steady = clock, steady
        self._looked = (clock(), steady())
        self._devices: defaultdict[str, _Device] = defaultdict(_Device)
        self._bridges_away: set[str] = set()
        self._cut_off = False
        self._tracks: dict[Series, Track] = {}
        self._sentences: dict[str, Answered] = {}
        self._crowded = False

    def hear(self, event: Mapping[str, Any]) -> None:
        """Take what an event tells of a device, a bridge, the link to the home, or a sentence."""
        match event:
            case {"event": "device", "id": str(name), **told}:
                device = self._devices[name]
                for what in told.keys() & {"about", "state", "available"}:
                    setattr(device, what, told[what])
                if "about" in told:
                    self._measure(name, device)
                self._look(device)
                if device.about is None and device.state is None:
                    del self._devices[name]
            case {"event": "bridge", "id": str(bridge), "state": state}:
                (self._bridges_away.add if state == "offline" else self._bridges_away.discard)(bridge)
                for device in self._devices.values():
                    if device.about is not None and device.about["bridge"] == bridge:
                        self._look(device)
            case {"event": "link", "linked": bool(linked)}:
                self._cut_off = not linked
                for device in self._devices.values():
                    self._look(device)
            case {"event": "sentence", "sentence": {"id": str(sentence), "at": at, "steps": steps}}:
                self._time(sentence, at, steps)

    def take(self, *, whole: bool = True) -> tuple[list[tuple[Series, Minute]], list[Answered]]:
        """The minutes that have passed since, or what there is of the present one, too; and the sentences."""
        now = self.now()
        minutes: list[tuple[Series, Minute]] = []
        used = {id(track) for device in self._devices.values() for _, track in device.tracks.values()}
        for series, track in list(self._tracks.items()):
            track.advance(now)
            if not whole:
                track.jump(now)
            minutes += ((series, minute) for minute in track.done)
            track.done.clear()
            if id(track) not in used and not track.begun:
                del self._tracks[series]
        sentences, self._sentences = list(self._sentences.values()), {}
        return minutes, sentences

    def now(self) -> float:
        """The time of day. Where it does not go on from the last one, nothing is taken to lie between."""
        wall, steady = self._clock(), self._steady()
        before, passed = self._looked[0], steady - self._looked[1]
        self._looked = (wall, steady)
        if abs(wall - before - passed) > JUMP:
            self.set_at = steady
            for track in self._tracks.values():
                track.advance(before + passed)
                track.jump(wall)
        return wall

    def _measure(self, name: str, device: _Device) -> None:
        """An about tells anew what a device measures."""
        now, before = self.now(), device.tracks
        device.tracks = {}
        for prop, shape in (device.about or {"properties": {}})["properties"].items():
            kind = kind_of(prop, shape)
            if kind is not None and (track := self._track(Series(name, prop, kind), now)) is not None:
                device.tracks[prop] = (kind, track)
        for prop, (_, track) in before.items():
            if prop not in device.tracks or device.tracks[prop][1] is not track:
                track.set(None, now)

    def _track(self, series: Series, now: float) -> Track | None:
        if series not in self._tracks:
            if len(self._tracks) >= MOST_SERIES:
                if not self._crowded:
                    log.warning("the charts keep %d numbers; %s and others are left out", MOST_SERIES, series)
                self._crowded = True
                return None
            self._tracks[series] = Track(now, counts=KINDS[series.kind].counts)
        return self._tracks[series]

    def _look(self, device: _Device) -> None:
        """Its numbers are now what its state says, while it is there."""
        if device.about is None:
            return
        away = self._cut_off or device.available == "offline" or device.about["bridge"] in self._bridges_away
        state = {} if away or device.state is None else device.state
        now = self.now()
        for prop, (kind, track) in device.tracks.items():
            shape = device.about["properties"][prop]
            track.set(measured(kind, shape.get("unit"), state.get(prop)), now)

    def _time(self, sentence: str, at: str, steps: list[Mapping[str, Any]]) -> None:
        """Keep when a sentence was understood, replied to by all, and answered, once it is."""
        times: defaultdict[str, list[float]] = defaultdict(list)
        for step in steps:
            times[step["step"]].append(step["ms"])
        if times["understood"] and times["answered"]:
            replied = max(times["replied"], default=None)
            moment = datetime.fromisoformat(at).timestamp()
            self._sentences[sentence] = Answered(
                sentence, moment, times["understood"][0], replied, times["answered"][0]
            )
