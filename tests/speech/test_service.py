import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from conftest import Listener
from speech.conftest import silent_mouth

from hub.address import BrokerAddress
from hub.messages import Topic, Understood
from hub.samples import load_samples
from hub.settings.voice import VoiceSettings
from hub.speech.recognizer import Recognizer
from hub.speech.service import Heard, Voice
from hub.speech.sound import FRAME_BYTES, RATE, wav_frames

LIVING = VoiceSettings(satellite="living", room="거실")


async def play(voice: Voice, path: Path) -> list[Heard]:
    return [heard async for heard in voice.hear(wav_frames(path), source="test")]


async def test_what_is_heard_is_published_with_room_and_confidence(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer
) -> None:
    voice = Voice(broker, LIVING, recognizer, silent_mouth())
    task = asyncio.create_task(voice.run(None))
    await listener.object(Topic.satellite("living"), state="idle")
    (heard,) = await play(voice, load_samples()[0].path)
    published = await listener.object(Topic.UTTERANCE)
    assert heard.utterance is not None
    assert (published["id"], published["room"], published["satellite"]) == (heard.utterance.id, "거실", "living")
    assert 0.5 < published["confidence"] <= 1
    told = await listener.object(Topic.satellite("living", "heard"))
    assert (told["utterance_id"], told["text"]) == (published["id"], published["text"])
    assert -60 < told["loudness"] < 0
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await listener.object(Topic.satellite("living"), state="offline")


async def test_an_utterance_is_said_again_until_a_butler_takes_it(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.utter.RESEND", 0.05)
    voice = Voice(broker, LIVING, recognizer, silent_mouth())
    async with voice.bus.running():
        (heard,) = await play(voice, load_samples()[0].path)
        assert heard.utterance is not None
        await listener.until(lambda topic, _: len(listener.all(Topic.UTTERANCE)) >= 3)
        ids = {json.loads(payload)["id"] for payload in listener.all(Topic.UTTERANCE)}
        assert ids == {heard.utterance.id}
        taken = Understood(utterance_id=heard.utterance.id, text=heard.utterance.text)
        listener.bus.publish(Topic.UNDERSTOOD, taken)
        await asyncio.gather(*voice._tasks)


async def test_what_is_refused_is_not_published(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, tmp_path: Path
) -> None:
    path = tmp_path / "noise.wav"
    soundfile.write(path, np.random.default_rng(3).normal(0, 0.05, RATE * 4), RATE)
    voice = Voice(broker, LIVING, recognizer, silent_mouth())
    async with voice.bus.running():
        assert all(heard.utterance is None for heard in await play(voice, path))
        listener.bus.publish("jipsa/marker", b"{}")
        await listener.object("jipsa/marker")
    assert not listener.all(Topic.UTTERANCE)


async def test_a_file_is_heard_while_the_microphone_is_open(broker: BrokerAddress, recognizer: Recognizer) -> None:
    spoken: asyncio.Queue[bytes] = asyncio.Queue()

    async def microphone() -> AsyncIterator[bytes]:
        while True:
            yield await spoken.get()

    voice = Voice(broker, LIVING, recognizer, silent_mouth())
    task = asyncio.create_task(voice.run(microphone()))
    spoken.put_nowait(bytes(FRAME_BYTES))
    (heard,) = await play(voice, load_samples()[0].path)
    assert heard.utterance is not None
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_what_is_heard_is_told_while_somebody_speaks_and_is_empty_afterwards(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.speech.shown.PARTIAL_PAUSE", 0)
    partial, state = (Topic.satellite("living", what) for what in ("partial", "state"))
    voice = Voice(broker, LIVING, recognizer, silent_mouth())
    async with voice.bus.running():
        await play(voice, load_samples()[1].path)
        await listener.object(partial, text="")
    told = [json.loads(payload)["text"] for payload in listener.all(partial)]
    assert told[0].startswith("거실")
    assert any("이십오" in text for text in told)
    assert told.count("") == 1
    states = [json.loads(payload)["state"] for payload in listener.all(state)]
    assert [state for state in states if state != "offline"] == ["listening", "thinking"]


async def test_partial_results_are_told_only_so_often(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.speech.shown.PARTIAL_PAUSE", 3600)
    partial = Topic.satellite("living", "partial")
    voice = Voice(broker, LIVING, recognizer, silent_mouth())
    async with voice.bus.running():
        await play(voice, load_samples()[1].path)
        await listener.object(partial, text="")
    assert [json.loads(payload)["text"] for payload in listener.all(partial)] == ["거실", ""]
