"""A hub that serves Home Assistant's Assist, and pipelines of a real Home Assistant that ask it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from brokers import free_port
from hass import Socket
from speech.conftest import REPOSITORY, quiet

from devices.gpio.bridge import GpioBridge
from devices.thinq.bridge import ThinqBridge
from devices.thinq.simulator.cloud import TOKEN, Simulator
from hub.address import BrokerAddress
from hub.bus import Bus
from hub.butler.service import Butler
from hub.config import Settings
from hub.follow import Follower
from hub.home import load_home
from hub.messages import Topic, Utterance
from hub.speech.loudspeaker import Loudspeaker
from hub.speech.mouth import Mouth
from hub.speech.recognizer import Recognizer
from hub.speech.service import Voice
from hub.speech.sound import FRAME_BYTES, Frames, wav_frames
from hub.speech.synthesis import Spoken, voice_of
from hub.together import end, together
from hub.wyoming.service import Wyoming

HOME = REPOSITORY / "config/home.yaml"


def assist_settings(folder: Path, **wyoming: Any) -> Settings:
    """Settings of a hub in the living room that serves Wyoming at free ports and announces nothing."""
    ports = {"port": free_port(), "satellite_port": free_port()}
    return Settings.model_validate(
        {
            "cache_dir": folder / "cache",
            "state_dir": folder / "state",
            "voice": {"satellite": "living", "room": "거실"},
            "wyoming": {"enabled": True, "host": "127.0.0.1", "zeroconf": False, **ports, **wyoming},
        }
    )


@dataclass
class Hub:
    """A hub with its devices, a microphone that hears what a test lets it hear, and somebody who knows all states."""

    settings: Settings
    voice: Voice
    wyoming: Wyoming
    spoken: Spoken
    follower: Follower
    utterances: list[Utterance] = field(default_factory=list)
    _spoken: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    _serving: asyncio.Task[None] | None = None

    def state(self, device: str, name: str) -> Any:
        return self.follower.states.get(device, {}).get(name)

    async def until(self, device: str, name: str, value: Any) -> None:
        assert await self.follower.until(lambda: self.state(device, name) == value, 60), self.follower.states

    async def microphone(self) -> Frames:
        while True:
            yield await self._spoken.get()
            self._spoken.task_done()

    async def hear(self, *sounds: bytes) -> None:
        """Until the satellite has heard all of it."""
        sound = b"".join(sounds)
        for start in range(0, len(sound), FRAME_BYTES):
            self._spoken.put_nowait(sound[start : start + FRAME_BYTES])
        await self._spoken.join()

    async def start(self) -> None:
        """Serve Wyoming."""
        self._serving = asyncio.create_task(self.wyoming.run())
        async with asyncio.timeout(30):
            await self.wyoming.services.listening.wait()
            await self.wyoming.satellite.listening.wait()

    async def stop(self) -> None:
        """Serve no longer."""
        assert self._serving is not None
        await end(self._serving)

    async def lent(self, *, wanted: bool = True) -> None:
        """Until a Home Assistant runs the satellite, or none does."""
        async with asyncio.timeout(30):
            while (self.voice.elsewhere is not None) is not wanted:
                await asyncio.sleep(0.02)


@asynccontextmanager
async def assisting(
    broker: BrokerAddress, recognizer: Recognizer, settings: Settings, loudspeaker: Loudspeaker | None = None
) -> AsyncIterator[Hub]:
    """A butler, bridges (pins and a simulated cloud) and a voice that serves Wyoming, on this broker."""
    home = load_home(HOME)
    bus = Bus(broker, "follower")
    spoken = voice_of(settings.speaker, settings.language, settings.cache_dir)
    voice = Voice(broker, settings.voice, recognizer, Mouth(spoken, loudspeaker, settings.speaker))
    hub = Hub(settings, voice, Wyoming(settings, voice, spoken), spoken, Follower(bus, "living"))
    bus.subscribe(
        Topic.UTTERANCE, lambda topic, payload: hub.utterances.append(Utterance.from_payload(topic, payload))
    )  # fmt: skip
    butler = Butler(broker, home)
    async with bus.running(), Simulator().serving() as url:
        bridges = [
            ThinqBridge(broker, access_token=TOKEN, client_id="test", base_url=url, poll_seconds=60, push=False),
            GpioBridge(broker, devices=home.devices, pins="mock"),
        ]
        microphone = hub.wyoming.frames(hub.microphone())
        services = [butler.run(), *(bridge.run() for bridge in bridges), voice.run(microphone)]
        async with together(services):
            async with asyncio.timeout(20):
                await butler.ready({device.id for device in home.devices})
            await hub.start()
            try:
                yield hub
            finally:
                await hub.stop()


async def sound_of(path: Path) -> bytes:
    """A sound file as the microphone would give it."""
    return b"".join([frame async for frame in wav_frames(path)])


@dataclass
class Run:
    """What came of a pipeline: the events in order, and the seconds from the end of the sound to each of the first."""

    events: list[dict[str, Any]]
    after: dict[str, float]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def data(self, kind: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = [event["data"] for event in self.events if event["type"] == kind]
        assert found, self.events
        return found[0]

    @property
    def heard(self) -> str:
        text: str = self.data("stt-end")["stt_output"]["text"]
        return text

    @property
    def response(self) -> dict[str, Any]:
        found: dict[str, Any] = self.data("intent-end")["intent_output"]["response"]
        return found

    @property
    def answer(self) -> str:
        speech: str = self.response["speech"]["plain"]["speech"]
        return speech

    @property
    def conversation(self) -> str:
        number: str = self.data("intent-end")["intent_output"]["conversation_id"]
        return number


CHUNK = 3_200
"""Bytes of sound in one message: a tenth of a second."""


async def run_pipeline(
    socket: Socket, pipeline: str, sound: bytes | str, start: str = "stt", called: bytes = b"", **more: Any
) -> Run:
    """Run a pipeline of Home Assistant to its end, on sound (16 kHz, as fast as it takes it) or on text.

    `called` comes before the sound, which waits until the name was heard in it.
    """
    given: dict[str, Any] = {"text": sound} if isinstance(sound, str) else {"sample_rate": 16_000, "no_vad": True}
    more = {"end_stage": "tts", "timeout": 20, **more}
    given |= more.pop("input", {})
    _, events = await socket.subscribe(
        "assist_pipeline/run", start_stage=start, pipeline=pipeline, input=given, **more
    )  # fmt: skip
    heard: list[dict[str, Any]] = []
    after: dict[str, float] = {}
    ended = time.monotonic()
    async with asyncio.timeout(90):
        while not heard or heard[-1]["type"] != "run-end":
            event = await events.get()
            heard.append(event)
            after.setdefault(event["type"], time.monotonic() - ended)
            if isinstance(sound, str):
                continue
            if event["type"] == "run-start":
                handler = bytes([event["data"]["runner_data"]["stt_binary_handler_id"]])
                await _send(socket, handler, called)
                room = asyncio.create_task(_go_on(socket, handler))
            if event["type"] == ("wake_word-end" if called else "run-start"):
                await end(room)
                await _send(socket, handler, sound)
                await socket.send_bytes(handler)
                ended = time.monotonic()
    return Run(heard, after)


async def _go_on(socket: Socket, handler: bytes) -> None:
    """A microphone goes on, whatever is heard."""
    while True:
        await asyncio.sleep(CHUNK / 32_000)
        await socket.send_bytes(handler + quiet(CHUNK / 32_000))


async def _send(socket: Socket, handler: bytes, sound: bytes) -> None:
    for place in range(0, len(sound), CHUNK):
        await socket.send_bytes(handler + sound[place : place + CHUNK])
