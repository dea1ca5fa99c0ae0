"""A satellite put together from the settings: microphone, loudspeaker, button, home graph, and what it serves."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.config import Settings
from hub.graph import home_graph, shown_graph
from hub.home import Home, load_home
from hub.limits import LONGEST_TOLD
from hub.messages import MOST_UNSAYABLE, SatelliteGraph, Topic
from hub.notify import Condition, condition_of, tell_systemd
from hub.pins import PinsError, open_pins
from hub.printable import line
from hub.speech.button import push_to_talk
from hub.speech.graphs import HomeGraphError
from hub.speech.loudspeaker import Loudspeaker
from hub.speech.mouth import Mouth
from hub.speech.recognizer import Recognizer, give_back
from hub.speech.service import Voice
from hub.speech.sound import Frames, Microphone, SoundError, lasting
from hub.speech.synthesis import voice_of
from hub.speech.wake import WAKE
from hub.texts import text
from hub.together import together

if TYPE_CHECKING:
    from hub.wyoming.service import Wyoming

log = logging.getLogger(__name__)

SOON = 0.2
"""Seconds after which it is told that a graph is being made."""


async def run_voice(settings: Settings) -> int:
    """One satellite alone, until stopped. Without a microphone it serves Home Assistant, where that is wanted."""
    if settings.voice.microphone == "off" and not settings.wyoming.enabled:
        raise SoundError(text("run.microphone_off", settings.language))
    graph = await shown_graph(settings, load_home(settings.home, settings.language))
    async with AsyncExitStack() as stack:
        loudspeaker = await loudspeaker_of(settings, log.warning)
        here = await satellite(settings, graph, stack, loudspeaker)
        frames, name, mute = None, settings.voice.microphone, here.voice.switch
        if name != "off":
            frames = lasting(None if mute.closed else await Microphone.opened(name), name, mute)
        async with together([tell_systemd(here.condition)]):
            await here.run(frames)
    return 0


@dataclass(frozen=True, slots=True)
class Satellite:
    """Ears and mouth of this machine, what keeps the ears at the home, and what lends them to Home Assistant."""

    voice: Voice
    follows: FollowsHome
    wyoming: Wyoming | None

    def condition(self) -> Condition:
        """How it is, for systemd: microphone and recognizer are there, so that it is ready once it was connected."""
        return condition_of(self.voice.bus, f"voice of {self.voice.satellite}", ready=True)

    async def run(self, microphone: Frames | None) -> None:
        """Serve until cancelled."""
        services: list[Coroutine[Any, Any, None]] = [self.follows.run()]
        if self.wyoming is not None:
            services.append(self.wyoming.run())
            microphone = self.wyoming.frames(microphone) if microphone is not None else None
        async with together(services):
            await self.voice.run(microphone)


async def satellite(
    settings: Settings, graph: Path, stack: AsyncExitStack, loudspeaker: Loudspeaker | None
) -> Satellite:
    """The satellite of the settings, with its button. Make it before anything runs."""
    spoken = voice_of(settings.speaker, settings.language, settings.cache_dir)
    recognizer = await asyncio.to_thread(Recognizer, graph)
    voice = Voice(settings.broker.address(), settings.voice, recognizer, Mouth(spoken, loudspeaker, settings.speaker))
    if settings.voice.pins:
        try:
            pins = open_pins(settings.gpio.pins)
            stack.callback(pins.close)
            voice.shown.watch = stack.enter_context(push_to_talk(settings.voice, pins, voice.press, voice.mute))
        except PinsError as error:
            log.error("%s: %s", ", ".join(settings.voice.pins), error)
            voice.mute(settings.voice.mute is not None)  # who wants a switch is not to be heard without one
    wyoming = None
    if settings.wyoming.enabled:
        from hub.wyoming.service import Wyoming

        wyoming = Wyoming(settings, voice, spoken)
    return Satellite(voice, FollowsHome(voice, settings, graph), wyoming)


async def loudspeaker_of(settings: Settings, tell: Callable[[str], object]) -> Loudspeaker | None:
    """The loudspeaker where there is one and it is wanted; `tell` is told why there is none."""
    if settings.speaker.device == "off":
        return None
    loudspeaker = Loudspeaker(settings.speaker.device)
    try:
        await loudspeaker.try_out()
    except SoundError as error:
        tell(text("run.no_loudspeaker", settings.language, reason=error))
        return None
    return loudspeaker


class FollowsHome:
    """Keeps the ears of a satellite at the home that the butler publishes."""

    def __init__(self, voice: Voice, settings: Settings, graph: Path) -> None:
        """`graph` is the one that the voice hears with now. Make it before the voice runs."""
        self._voice = voice
        self._settings = settings
        self._graph = graph
        self._told: SatelliteGraph | None = None
        self._home: Home | None = None
        self._news = asyncio.Event()
        voice.bus.subscribe(Topic.HOME, self._on_home)

    async def run(self) -> None:
        """Build what changes, one home after another, until cancelled. A build that fails leaves all as it was."""
        self._tell(await asyncio.to_thread(_ready, self._graph))
        while True:
            await self._news.wait()
            self._news.clear()
            assert self._home is not None
            try:
                await self._follow(self._home)
            except (HomeGraphError, OSError) as error:
                log.error("the home has changed, but what was listened for so far stays: %s", error)
                self._tell(SatelliteGraph(state="failed", reason=line(str(error), LONGEST_TOLD)))

    async def _follow(self, home: Home) -> None:
        # What was built before is found at once: that is not told.
        begins = asyncio.get_running_loop().call_later(SOON, self._tell, SatelliteGraph(state="building"))

        def tell(done: int, of: int) -> None:
            begins.cancel()
            self._tell(SatelliteGraph(state="building", done=done, of=of))

        try:
            graph = await home_graph(self._settings, home, tell)
            if graph != self._graph:
                self._voice.recognizer = await asyncio.to_thread(Recognizer, graph)
                self._graph = graph
                await asyncio.to_thread(give_back)
                log.info("the home has changed: it is listened for in %s", graph)
            self._tell(await asyncio.to_thread(_ready, graph))
        finally:
            begins.cancel()

    def _tell(self, told: SatelliteGraph) -> None:
        if told != self._told:
            self._told = told
            self._voice.bus.publish(Topic.satellite(self._voice.satellite, "graph"), told, retain=True)

    def _on_home(self, topic: str, payload: bytes) -> None:
        try:
            self._home = Home.from_json(payload)
        except ValueError as error:
            log.warning("%s: this is no home: %s", topic, error)
            return
        self._news.set()


def _ready(graph: Path) -> SatelliteGraph:
    """What is told of a graph that is listened with."""
    told: dict[str, Any] = {}
    with suppress(OSError, ValueError):  # it is heard with all the same
        manifest = json.loads((graph / "manifest.json").read_text("utf-8"))
        unsayable = [phrase.removeprefix(WAKE) for phrase in manifest["unsayable"]]
        told = {"phrases": manifest["phrases"], "unsayable": unsayable[:MOST_UNSAYABLE]}
    return SatelliteGraph(state="ready", **told)
