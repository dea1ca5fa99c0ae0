"""The graph follows the home: built in the background, swapped in when it is whole, kept where it cannot be built."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Listener
from speech.conftest import silent_mouth

from hub.address import BrokerAddress
from hub.bus import Bus
from hub.config import Settings
from hub.graph import home_graph, listened_for
from hub.home import Device, Home, Room
from hub.messages import Topic
from hub.satellite import FollowsHome
from hub.settings.voice import VoiceSettings
from hub.speech.graphs import HomeGraphError
from hub.speech.recognizer import Recognizer
from hub.speech.service import Voice
from hub.together import together

LAMP = Home((Room(id="living", name="거실"),), (Device(id="lamp", name="스탠드", type="light", room="living"),))
FAN = replace(LAMP, devices=(*LAMP.devices, Device(id="fan", name="실링팬", type="fan", room="living")))

ROUTINE = "routines: [{{id: one, name: 하나, say: [{said}], steps: [스탠드 켜줘]}}]\n"


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("graphs")


def settings(cache: Path, model: Path | None = None) -> Settings:
    speech = {"model": model} if model else {}
    return Settings.model_validate({"cache_dir": cache, "voice": {"satellite": "living"}, "speech": speech})


GRAPH = Topic.satellite("living", "graph")


def phrases(payload: bytes) -> int:
    return int(json.loads(payload).get("phrases", 0))


def has(recognizer: Recognizer, sentence: str) -> bool:
    """Whether this is something that can be heard."""
    return recognizer.commands.complete(sentence.split())


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(90):
        while not condition():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def following(broker: BrokerAddress, made: Settings, cache: Path) -> AsyncIterator[Voice]:
    """A satellite that hears with the graph of LAMP, and follows."""
    graph = await home_graph(settings(cache), LAMP)
    voice = Voice(broker, VoiceSettings(satellite="living"), Recognizer(graph), silent_mouth())
    follows = FollowsHome(voice, made, graph)
    async with together([follows.run(), voice.run(None)]):
        await voice.bus.connected.wait()
        yield voice


async def test_a_graph_is_made_of_home_names_and_sentences(cache: Path) -> None:
    steps: list[int] = []
    recognizer = Recognizer(await home_graph(settings(cache), FAN, lambda done, of: steps.append(done)))
    assert has(recognizer, "실링팬 켜줘")
    assert not has(recognizer, "가습기 켜줘")
    assert steps == sorted(steps)


async def test_a_device_that_is_new_is_heard_from_then_on(
    broker: BrokerAddress, listener: Listener, cache: Path
) -> None:
    async with following(broker, settings(cache), cache) as voice:
        before = voice.recognizer
        assert not has(before, "실링팬 켜줘")
        ready = await listener.object(GRAPH)
        assert ready["state"] == "ready"
        assert ready["phrases"] > 100
        listener.bus.publish(Topic.HOME, FAN.to_json(), retain=True)
        await until(lambda: voice.recognizer is not before)
        assert has(voice.recognizer, "실링팬 켜줘")
        await listener.until(lambda topic, payload: topic == GRAPH and phrases(payload) > ready["phrases"])
        told = [json.loads(payload) for payload in listener.all(GRAPH)]
        states = [one["state"] for one in told]
        assert states[0] == states[-1] == "ready"
        assert set(states[1:-1]) <= {"building"}  # none where another test has built it already
        steps = [(one["done"], one["of"]) for one in told if "done" in one]
        assert steps == sorted(steps)
        assert all(done <= of for done, of in steps)
        late = Listener(Bus(broker, "late"))
        async with late.bus.running():
            assert (await late.object(GRAPH))["phrases"] > ready["phrases"]
        after = voice.recognizer
        listener.bus.publish(Topic.HOME, FAN.to_json(), retain=True)
        listener.bus.publish(Topic.HOME, LAMP.to_json(), retain=True)
        await until(lambda: voice.recognizer is not after)  # the same home again was no change
        assert not has(voice.recognizer, "실링팬 켜줘")


async def test_a_build_that_fails_keeps_the_old_graph_and_says_why(
    broker: BrokerAddress, listener: Listener, cache: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with following(broker, settings(cache, model=tmp_path / "no model"), cache) as voice:
        before = voice.recognizer
        listener.bus.publish(Topic.HOME, FAN.to_json(), retain=True)
        await until(lambda: "stays" in caplog.text)
        assert "no model" in caplog.text
        assert voice.recognizer is before
        failed = await listener.object(GRAPH, state="failed")
        assert "no model" in failed["reason"]


async def test_what_is_no_home_changes_nothing(
    broker: BrokerAddress, listener: Listener, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with following(broker, settings(cache), cache) as voice:
        before = voice.recognizer
        listener.bus.publish(Topic.HOME, b'{"rooms": 3}', retain=True)
        await until(lambda: "this is no home" in caplog.text)
        assert voice.recognizer is before


async def test_a_graph_that_cannot_be_built_says_why(cache: Path, tmp_path: Path) -> None:
    with pytest.raises(HomeGraphError, match="no model"):
        await home_graph(settings(cache, model=tmp_path / "no model"), LAMP)


async def test_what_is_listened_for_is_written_down_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    routines = tmp_path / "routines.yaml"
    routines.write_text(ROUTINE.format(said="영화 볼래"))
    made = settings(tmp_path / "cache").model_copy(update={"routines": routines})
    first = await listened_for(made, LAMP)
    with monkeypatch.context() as nothing_built:
        nothing_built.setattr(sys, "executable", "/bin/false")
        assert await listened_for(made, LAMP) == first
        with pytest.raises(HomeGraphError):
            await listened_for(made, FAN)
    routines.write_text(ROUTINE.format(said="운동 시작할래"))
    assert await listened_for(made, LAMP) != first


async def test_a_cache_that_cannot_be_written_to_is_none(tmp_path: Path) -> None:
    (tmp_path / "listened").write_text("no folder")
    assert "스탠드" in await listened_for(settings(tmp_path), LAMP)
