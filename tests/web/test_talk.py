"""Hold to talk: what comes as sound is heard, told while it goes on, and said to the butler or refused at its end."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from conftest import Listener
from speech.conftest import graph, quiet, recognizer  # noqa: F401
from web.sites import Site, Visitor, serving

from hub.address import BrokerAddress
from hub.messages import Say, Topic, Understood
from hub.samples import load_samples
from hub.speech.recognizer import Recognizer, RecognizerError
from hub.speech.sound import RATE
from hub.together import together
from hub.web import hearing

SAMPLES = {sample.path.stem: sample.path for sample in load_samples()}


def sound_of(name: str) -> bytes:
    sound, rate = soundfile.read(SAMPLES[name], dtype="int16")
    assert rate == RATE
    found: bytes = sound.astype("<i2").tobytes()
    return found


@pytest.fixture
async def site(
    broker: BrokerAddress,
    listener: Listener,
    tmp_path: Path,
    recognizer: Recognizer,  # noqa: F811
) -> AsyncIterator[Site]:
    async with serving(broker, listener, tmp_path, lambda: recognizer) as running:
        yield running


async def hold(visitor: Visitor, sound: bytes, piece: int = 1_280) -> dict[str, object]:
    """Hold the button, say it, let go: what comes back."""
    assert (await visitor.call("hear.begin"))["ok"]
    for start in range(0, len(sound), piece):
        await visitor.socket.send_bytes(sound[start : start + piece])
    answer = await visitor.call("hear.end")
    assert answer["ok"], answer
    found: dict[str, object] = answer["data"]
    return found


@pytest.mark.parametrize("piece", [1_280, 999, 40_000])
async def test_what_is_said_is_heard_and_said_to_the_butler(site: Site, piece: int) -> None:
    async with site.visit() as visitor:
        await visitor.call("room", room="거실")
        heard = await hold(visitor, sound_of("living-ac-25"), piece)
        assert heard["text"] == "거실 에어컨 이십오도로 맞춰줘"
        assert isinstance(heard["confidence"], float)
        assert heard["confidence"] > 0.8
        assert isinstance(heard["loudness"], float)
        assert -40 < heard["loudness"] < 0
        said = await site.listener.object(Topic.UTTERANCE, id=heard["utterance_id"])
        assert (said["satellite"], said["room"], said["source"]) == ("web-00000001", "거실", "web")
        assert said["confidence"] == heard["confidence"]
        told = await site.listener.object(Topic.satellite("web-00000001", "heard"))
        assert told["utterance_id"] == said["id"]
        site.bus.publish(Topic.UNDERSTOOD, Understood(utterance_id=said["id"], text=said["text"]))


async def test_words_are_told_while_they_come(site: Site) -> None:
    async def speak(visitor: Visitor) -> None:
        """As a microphone does, in real time."""
        sound = sound_of("living-ac-25")
        for start in itertools.count(0, 3_200):
            await visitor.socket.send_bytes(sound[start : start + 3_200] or bytes(3_200))
            await asyncio.sleep(0.1)

    async with site.visit() as visitor:
        await visitor.call("hear.begin")
        async with together([speak(visitor)]):
            while "에어컨" not in (await visitor.told("partial", satellite="web-00000001"))["text"]:
                pass
        await visitor.call("hear.end")
        await visitor.told("partial", text="")


@pytest.mark.parametrize(
    "sound", [b"", b"\x00", quiet(0.02), quiet(2.0), bytes(64_000)], ids=["nothing", "odd", "20 ms", "hiss", "zeros"]
)
async def test_what_is_nothing_is_refused(site: Site, sound: bytes) -> None:
    async with site.visit() as visitor:
        heard = await hold(visitor, sound)
        assert heard["refused"]
        refused = await visitor.told("sentence")
        assert refused["sentence"]["refused"] == heard["refused"]
    assert not site.listener.all(Topic.UTTERANCE)


async def test_what_is_no_command_is_refused(site: Site) -> None:
    async with site.visit() as visitor:
        backwards = np.frombuffer(sound_of("living-ac-25"), "<i2")[::-1].tobytes()
        heard = await hold(visitor, backwards)
        assert "refused" in heard
    assert not site.listener.all(Topic.UTTERANCE)


async def test_two_pages_are_heard_at_once(site: Site) -> None:
    async with site.visit() as one, site.visit("web-00000002") as other:
        heard = await asyncio.gather(hold(one, sound_of("living-ac-25")), hold(other, sound_of("ac-cool")))
    assert [found["text"] for found in heard] == ["거실 에어컨 이십오도로 맞춰줘", "에어컨 냉방모드로 바꿔줘"]


async def test_two_tabs_of_one_browser_do_not_hear_each_other(site: Site) -> None:
    async with site.visit() as one, site.visit() as other:
        heard = await asyncio.gather(hold(one, sound_of("living-ac-25")), hold(other, sound_of("ac-cool")))
    assert [found["text"] for found in heard] == ["거실 에어컨 이십오도로 맞춰줘", "에어컨 냉방모드로 바꿔줘"]


async def test_who_is_cut_off_has_said_nothing(site: Site) -> None:
    async with site.visit() as visitor:
        await visitor.call("hear.begin")
        await visitor.socket.send_bytes(sound_of("living-ac-25"))
    async with site.visit() as visitor:
        await visitor.told("hello")
        assert (await visitor.call("hear.end"))["error"]["code"] == "not_listening"
        assert (await hold(visitor, sound_of("ac-cool")))["text"] == "에어컨 냉방모드로 바꿔줘"
    await site.listener.object(Topic.UTTERANCE, text="에어컨 냉방모드로 바꿔줘")
    said = {json.loads(payload)["text"] for payload in site.listener.all(Topic.UTTERANCE)}
    assert len(said) == 1


async def test_who_presses_again_begins_anew(site: Site) -> None:
    async with site.visit() as visitor:
        await visitor.call("hear.begin")
        await visitor.socket.send_bytes(sound_of("living-ac-25"))
        assert (await hold(visitor, sound_of("ac-cool")))["text"] == "에어컨 냉방모드로 바꿔줘"


async def test_nobody_is_listened_to_without_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "LONGEST", 1.0)
    async with site.visit() as visitor:
        heard = await hold(visitor, quiet(1.1) + sound_of("ac-cool"), 64_000)
        assert "refused" in heard


async def test_where_nobody_hears_it_is_said_why(broker: BrokerAddress, listener: Listener, tmp_path: Path) -> None:
    def none() -> Recognizer:
        raise RecognizerError("Vosk does not run on this machine")

    async with serving(broker, listener, tmp_path, none) as site, site.visit() as visitor:
        answer = await visitor.call("hear.begin")
        assert answer["error"]["code"] == "no_ears"
        assert "Vosk does not run" in answer["error"]["message"]
        assert (await visitor.call("hear.end"))["error"]["code"] == "not_listening"


async def test_what_is_said_while_the_ears_are_made_ready_is_heard(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    ready, ears = asyncio.Event(), site.web._talk._ears
    recognizer_of = ears.recognizer

    async def later() -> Recognizer:
        await ready.wait()
        return await recognizer_of()

    monkeypatch.setattr(ears, "recognizer", later)
    async with site.visit() as visitor:
        sound = sound_of("ac-cool")
        await visitor.socket.send_str('{"call": "hear.begin", "n": 101}')
        await visitor.socket.send_bytes(sound)
        ended = asyncio.create_task(visitor.call("hear.end"))
        await visitor.socket.ping()
        ready.set()
        assert (await ended)["data"]["text"] == "에어컨 냉방모드로 바꿔줘"


async def test_answers_can_be_heard_by_those_who_may_hear_them(site: Site) -> None:
    async with site.visit() as visitor:
        await visitor.told("hello")
        site.bus.publish(Topic.say("web-00000001"), Say(id="own", text="네"))
        site.bus.publish(Topic.say("all"), Say(id="everybody", text="식사하세요"))
        site.bus.publish(Topic.say("living"), Say(id="other", text="거실에서만"))
        await visitor.told("say", id="other")
        assert await site.web._talk.speech("other") is None
        assert await site.web._talk.speech("unknown") is None
        for known in ("own", "everybody"):
            sound = await site.web._talk.speech(known)
            assert sound is not None
            assert sound[:4] == b"RIFF"
