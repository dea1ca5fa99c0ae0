"""The main job: a Korean sentence, in a sound file or typed, changes an appliance over MQTT."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from brokers import TestBroker
from speech.conftest import RECORDINGS, graph, recognizer, silent_mouth  # noqa: F401

from devices.genie.bridge import GenieBridge
from devices.gpio.bridge import GpioBridge
from devices.thinq.bridge import ThinqBridge
from devices.thinq.simulator.cloud import TOKEN, Simulator
from hub.bus import Bus
from hub.butler.service import Butler
from hub.follow import Exchange, Follower
from hub.home import load_home
from hub.messages import Intent, Topic, Utterance
from hub.run import together
from hub.samples import Sample, load_samples
from hub.settings.voice import VoiceSettings
from hub.speech.recognizer import Recognizer
from hub.speech.service import Voice
from hub.speech.sound import wav_frames

HOME = Path(__file__).parents[1] / "config" / "home.yaml"


@dataclass
class Hub:
    """Everything running, and somebody who follows the sentences of the satellite `living`."""

    broker: TestBroker
    follower: Follower
    voice: Voice | None
    butler: Butler

    async def say(self, sentence: str, room: str | None = "거실") -> Exchange:
        return await self.follower.ask(Utterance(text=sentence, satellite="living", room=room))

    async def shows(self, device: str, values: dict[str, Any]) -> bool:
        """Whether the device comes to have these values."""
        return await self.follower.until(lambda: values.items() <= self.follower.states[device].items(), 20)

    async def play(self, path: Path) -> Exchange:
        assert self.voice is not None
        (heard,) = [heard async for heard in self.voice.hear(wav_frames(path), source=path.name)]
        assert heard.utterance is not None, heard.segment
        return await self.follower.follow(heard.utterance.id)


@asynccontextmanager
async def running_hub(broker: TestBroker, state: Path, ears: Recognizer | None = None) -> AsyncIterator[Hub]:
    home = load_home(HOME)
    address = broker.address
    bus = Bus(address, "follower")
    follower = Follower(bus, "living")
    settings = VoiceSettings(satellite="living", room="거실")
    voice = Voice(address, settings, ears, silent_mouth()) if ears else None
    butler = Butler(address, home)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(Simulator().serving())
        bridges = [
            ThinqBridge(address, access_token=TOKEN, client_id="test", base_url=url, poll_seconds=60, push=False),
            GpioBridge(address, devices=home.devices, pins="mock"),
            GenieBridge(address, state_dir=state),
        ]
        await stack.enter_async_context(bus.running())
        services = [butler.run(), *(bridge.run() for bridge in bridges), *([voice.run(None)] if voice else [])]
        await stack.enter_async_context(together(services))
        own = {"timers", "alarms", "reminders", "shopping_list", "todo_list"}
        wanted = {device.id for device in home.devices} | own
        async with asyncio.timeout(20):
            await butler.ready(wanted)
        assert await follower.until(lambda: wanted <= follower.states.keys(), 20)
        yield Hub(broker, follower, voice, butler)


@pytest.fixture
async def hub(any_broker: TestBroker, tmp_path: Path) -> AsyncIterator[Hub]:
    async with running_hub(any_broker, tmp_path) as running:
        yield running


@pytest.fixture
async def hearing_hub(any_broker: TestBroker, tmp_path: Path, recognizer: Recognizer) -> AsyncIterator[Hub]:  # noqa: F811
    async with running_hub(any_broker, tmp_path, recognizer) as running:
        yield running


DONE: list[tuple[str, str, dict[str, Any], str]] = [
    # what is said, the device, what of its state it changes, and the answer
    (
        "거실 에어컨 26도로 맞춰줘",
        "living_ac",
        {"target_temperature": 26, "power": True},
        "거실 에어컨을 26도로 맞췄어요.",
    ),
    ("거실 불 켜줘", "living_light", {"power": True}, "거실등을 켰어요."),
    ("주방 콘센트 켜줘", "kitchen_plug", {"power": True}, "주방 콘센트를 켰어요."),
    ("세탁기 시작해줘", "washer", {"status": "running"}, "세탁기를 시작했어요."),
    ("청소기 돌려줘", "robot", {"status": "running"}, "로봇청소기가 청소를 시작했어요."),
    ("안방 불 빨간색으로 바꿔줘", "bedroom_light", {"color": "red"}, "안방등을 빨간색으로 바꿨어요."),
    ("3분 타이머 맞춰줘", "timers", {"count": 1}, "3분 타이머를 시작했어요."),
]

REFUSED = {
    "거실 에어컨 99도로 맞춰줘": "거실 에어컨은 18도에서 30도까지만 맞출 수 있어요.",
    "커튼 열어줘": "'커튼'이라는 기기나 방을 찾지 못했어요.",
    "불 켜지 마": "네, 하지 않을게요.",
}


async def test_every_sample_does_what_it_says(hearing_hub: Hub) -> None:
    for sample in load_samples():
        exchange = await hearing_hub.play(sample.path)
        assert exchange.ok, (sample, exchange)


@pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason=f"the recordings of real people are not beside the repository ({RECORDINGS})"
)
async def test_a_person_turns_every_light_blue(hearing_hub: Hub) -> None:
    exchange = await hearing_hub.play(RECORDINGS / "pv_rhino_in.wav")
    assert exchange.ok
    for light in ("living_light", "bedroom_light"):
        state = hearing_hub.follower.states[light]
        assert (state["color"], state["power"]) == ("blue", True)


async def test_what_cannot_be_done_is_answered_and_changes_nothing(hub: Hub) -> None:
    before = dict(hub.follower.states)
    for sentence, answer in REFUSED.items():
        exchange = await hub.say(sentence)
        assert (exchange.ok, exchange.answered) == (False, answer)
        assert hub.follower.states == before


async def test_a_sentence_changes_a_device(hub: Hub) -> None:
    for sentence, device, changed, answer in DONE:
        exchange = await hub.say(sentence)
        assert (exchange.ok, exchange.answered) == (True, answer)
        assert await hub.shows(device, changed), sentence


async def test_nothing_crashes_on_what_strangers_send(hub: Hub) -> None:
    async with aiomqtt.Client(hub.broker.address.host, hub.broker.address.port) as stranger:
        for topic in (
            Topic.UTTERANCE, Topic.intent("thinq"), Topic.intent("genie"), Topic.intent("gpio"), Topic.reply("x"),
            Topic.device("living_ac", "set"), Topic.device("living_light", "set/color"), Topic.say("living"),
            Topic.bridge("thinq", "request/health_check"), Topic.device("stranger", "about"), Topic.UNDERSTOOD,
        ):  # fmt: skip
            for payload in (b"", b"\xff\xfe", b"{}", b"[1]", b'{"id": 5}', b'{"text": ""}', b"{" * 5000):
                await stranger.publish(topic, payload, qos=1)
    assert (await hub.say("거실 불 켜줘")).ok


async def test_unknown_intents_and_devices_are_answered(hub: Hub) -> None:
    for bridge in ("thinq", "gpio", "genie"):
        for intent in (
            Intent(intent="HassMakeCoffee", targets=["living_ac"]),
            Intent(intent="HassTurnOn", targets=["nobody"]),
        ):
            async with aiomqtt.Client(hub.broker.address.host, hub.broker.address.port) as stranger:
                await stranger.subscribe(Topic.reply(intent.id), qos=1)
                await stranger.publish(Topic.intent(bridge), intent.to_payload(), qos=1)
                async with asyncio.timeout(30):
                    message = await anext(aiter(stranger.messages))
            assert message.topic.value == Topic.reply(intent.id)
            reply = json.loads(message.payload)
            assert not reply["ok"]
            assert reply["error"]["code"] in {"unknown_intent", "unknown_device"}


async def test_the_broker_goes_away_and_comes_back(hub: Hub) -> None:
    await hub.say("거실 불 켜줘")
    await hub.broker.stop()
    hub.follower.states.clear()
    spoken = asyncio.create_task(hub.say("거실 에어컨 24도로 맞춰줘"))
    await asyncio.sleep(0)  # it is said while nobody can hear it
    await hub.broker.start()
    exchange = await spoken
    assert exchange.ok
    assert len(exchange.replies) == 1
    assert await hub.follower.until(lambda: "living_light" in hub.follower.states, 10)
    assert hub.follower.states["living_light"]["power"] is True
    assert hub.follower.states["living_ac"]["target_temperature"] == 24


def test_the_samples_are_small_and_told_how_they_were_made() -> None:
    samples: list[Sample] = load_samples()
    assert len({sample.sentence for sample in samples}) >= 8
    assert len({sample.voice for sample in samples}) >= 3
    assert all(sample.path.stat().st_size < 150_000 for sample in samples)
