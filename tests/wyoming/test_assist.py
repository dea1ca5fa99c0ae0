"""Home Assistant's Korean Assist on this hub: a real Home Assistant, its pipelines, and a real butler with devices."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
import pytest_asyncio
from assists import Hub, Run, assist_settings, assisting, run_pipeline, sound_of
from brokers import MOSQUITTO, TestBroker
from hass import Socket, TestHomeAssistant
from numpy.typing import NDArray
from scipy.signal import fftconvolve
from speech.conftest import REPOSITORY, quiet
from speech.loudspeakers import Jack
from speech.test_synthesis import needs_espeak

from hub.speech.clip import Clip
from hub.speech.loudspeaker import Loudspeaker
from hub.speech.recognizer import Recognizer

pytestmark = [
    pytest.mark.xdist_group("homeassistant"),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed (apt install mosquitto)"),
    needs_espeak,
]

SAMPLES = REPOSITORY / "config/samples"


@dataclass
class Assist:
    """A Home Assistant whose pipeline is this hub."""

    hass: TestHomeAssistant
    hub: Hub
    socket: Socket
    pipeline: str
    jack: Jack

    async def run(self, sound: bytes | str, start: str = "stt", **more: Any) -> Run:
        return await run_pipeline(self.socket, self.pipeline, sound, start, **more)

    async def entity(self, platform: str) -> str:
        """The one entity of ours on a platform."""
        found = [
            entry for entry in await self.socket.call("config/entity_registry/list") if entry["platform"] == "wyoming"
        ]
        (entity,) = [entry["entity_id"] for entry in found if entry["entity_id"].startswith(f"{platform}.")]
        return str(entity)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def assist(
    hass_command: Path, recognizer: Recognizer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Assist]:
    """All of it, and a loudspeaker that keeps what it plays."""
    folder = tmp_path_factory.mktemp("assist")
    jack = Jack(slowly=True)
    async with AsyncExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setitem(sys.modules, "pyaudio", jack.module())
        patch.setattr("hub.wyoming.session.SILENT", 120.0)  # as long as a slow machine may take to ping
        broker = TestBroker("mosquitto", folder)
        await broker.start()
        stack.push_async_callback(broker.stop)
        hub = await stack.enter_async_context(
            assisting(broker.address, recognizer, assist_settings(folder), Loudspeaker())
        )
        hass = TestHomeAssistant(hass_command, folder / "hass")
        stack.push_async_callback(hass.stop)
        await hass.start()
        await hass.configure("wyoming", {"host": "127.0.0.1", "port": hub.settings.wyoming.port})
        socket = await stack.enter_async_context(hass.socket())
        await socket.call("config/core/update", internal_url=hass.url)  # from where announcements are fetched
        found = Assist(hass, hub, socket, "", jack)
        ours = {name: await found.entity(name) for name in ("stt", "tts", "wake_word", "conversation")}
        made = await socket.call(
            "assist_pipeline/pipeline/create",
            name="집사", language="ko",
            stt_engine=ours["stt"], stt_language="ko",
            conversation_engine=ours["conversation"], conversation_language="ko",
            tts_engine=ours["tts"], tts_language="ko", tts_voice=None,
            wake_word_entity=ours["wake_word"], wake_word_id="지니야",
        )  # fmt: skip
        found.pipeline = made["id"]
        await socket.call("assist_pipeline/pipeline/set_preferred", pipeline_id=found.pipeline)
        yield found


Said = Callable[..., bytes]


async def test_a_spoken_sentence_is_recognized_carried_out_and_answered_aloud(assist: Assist) -> None:
    run = await assist.run(await sound_of(SAMPLES / "living-ac-on.wav"))
    assert run.heard == "거실 에어컨 켜줘"
    assert run.answer == "거실 에어컨을 켰어요."
    assert run.response["response_type"] == "action_done"
    await assist.hub.until("living_ac", "power", True)
    async with (
        aiohttp.ClientSession() as session,
        session.get(assist.hass.url + run.data("tts-end")["tts_output"]["url"]) as response,
    ):
        assert response.status == 200
        assert len(await response.read()) > 5_000
    assert assist.hass.faults() == []


async def test_what_is_no_command_is_carried_out_nowhere(assist: Assist, said: Said) -> None:
    before = len(assist.hub.utterances)
    run = await assist.run(quiet(0.3) + said("어제 비가 많이 와서 약속을 다음 주로 미뤘어") + quiet(0.7))
    assert run.data("error")["code"] == "stt-no-text-recognized"
    assert "intent-start" not in run.types
    assert len(assist.hub.utterances) == before
    run = await assist.run("오늘 저녁에 피자나 시켜 먹을까", "intent")
    assert run.response["response_type"] == "error"
    assert run.response["data"]["code"] == "failed_to_handle"
    assert run.answer
    assert assist.hass.faults() == []


async def test_sentences_of_one_conversation_follow_each_other(assist: Assist) -> None:
    first = await assist.run("안방 불 켜줘", "intent", end_stage="intent")
    await assist.hub.until("bedroom_light", "power", True)
    follows = await assist.run("꺼줘", "intent", end_stage="intent", conversation_id=first.conversation)
    assert follows.answer == "안방등을 껐어요."
    await assist.hub.until("bedroom_light", "power", False)


async def test_the_name_is_heard_by_the_wake_stage(assist: Assist, said: Said) -> None:
    call = quiet(1.5) + said("지니야", "jm_kumo") + quiet(1)
    run = await assist.run(
        await sound_of(SAMPLES / "ac-dry.wav"), "wake_word", called=call, input={"timeout": 0}
    )  # fmt: skip
    assert run.data("wake_word-end")["wake_word_output"]["wake_word_id"] == "지니야"
    assert run.heard == "에어컨 제습모드로 바꿔줘"
    await assist.hub.until("living_ac", "mode", "dry")
    assert assist.hass.faults() == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lent(assist: Assist) -> AsyncIterator[Assist]:
    """It also runs the satellite."""
    entry = await assist.hass.configure(
        "wyoming", {"host": "127.0.0.1", "port": assist.hub.settings.wyoming.satellite_port}
    )
    await assist.hub.lent()
    yield assist
    await assist.hass.rest("DELETE", f"config/config_entries/entry/{entry}")


async def test_what_is_said_here_goes_through_its_pipeline_and_is_answered_here(lent: Assist, said: Said) -> None:
    before, satellite = len(lent.hub.utterances), await lent.entity("assist_satellite")
    lent.jack.blocks.clear()
    await lent.hub.hear(quiet(2), said("지니야, 에어컨 냉방 모드로 바꿔줘", "jf_nezumi"), quiet(2))
    assert await lent.hub.follower.until(lambda: len(lent.hub.utterances) > before, 60)
    await lent.hub.until("living_ac", "mode", "cool")
    (utterance,) = lent.hub.utterances[before:]
    assert (utterance.source, utterance.room) == ("wyoming", "거실")
    assert utterance.satellite != "living"
    await until_heard(lent, "거실 에어컨을 냉방 모드로 바꿨어요.")
    await lent.hass.until(lambda: is_state(lent, satellite, "idle"))
    assert lent.hass.faults() == []


async def test_what_it_announces_is_heard_here(lent: Assist) -> None:
    lent.jack.blocks.clear()
    satellite = await lent.entity("assist_satellite")
    await lent.socket.service("assist_satellite.announce", satellite, message="빨래가 다 됐어요.", preannounce=False)
    await until_heard(lent, "빨래가 다 됐어요.")
    assert lent.hass.faults() == []


async def test_muted_there_it_hears_nothing_here(lent: Assist) -> None:
    switch = await lent.entity("switch")
    await lent.socket.service("switch.turn_on", switch)
    await lent.hass.until(lambda: is_closed(lent, closed=True))
    await lent.socket.service("switch.turn_off", switch)
    await lent.hass.until(lambda: is_closed(lent, closed=False))
    await lent.hub.lent()


async def test_after_a_restart_of_the_hub_it_comes_back(lent: Assist) -> None:
    await lent.hub.stop()
    assert lent.hub.voice.elsewhere is None
    await lent.hub.start()
    await lent.hub.lent()
    run = await lent.run("거실 불 꺼줘", "intent", end_stage="intent")
    assert run.response["response_type"] == "action_done"
    assert lent.hass.faults() == []


async def is_state(assist: Assist, entity: str, state: str) -> bool:
    return bool((await assist.hass.states())[entity]["state"] == state)


async def is_closed(assist: Assist, *, closed: bool) -> bool:
    return assist.hub.voice.ears.closed is closed


async def until_heard(assist: Assist, text: str) -> None:
    """Until the loudspeaker has played this text, as the hub's voice says it."""
    spoken = np.frombuffer((await assist.hub.spoken.speak(text)).at(8_000).samples, "<i2")
    loud = np.flatnonzero(np.abs(spoken) > 500)  # around it there is silence, which nobody hears
    async with asyncio.timeout(20):
        while likeness(spoken[loud[0] : loud[-1]], assist.jack) < 0.9:
            await asyncio.sleep(0.05)


def likeness(wanted: NDArray[np.int16], jack: Jack) -> float:
    """How much what was played resembles a sound somewhere: 1 for the same, however loud."""
    played = np.frombuffer(Clip(jack.played.tobytes(), jack.rate).at(8_000).samples, "<i2").astype(float)
    if len(played) < len(wanted):
        return 0.0
    wanted = wanted / np.linalg.norm(wanted)
    products = fftconvolve(played, wanted[::-1], "valid")
    power = np.sqrt(np.maximum(fftconvolve(played**2, np.ones(len(wanted)), "valid"), 1.0))
    return float(np.max(products / power))
