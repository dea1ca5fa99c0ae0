"""The satellite at its address, with Wyoming's own client in the place of Home Assistant."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import numpy as np
import pytest
import pytest_asyncio
from assists import Hub, assist_settings, assisting
from brokers import TestBroker
from speech.conftest import quiet
from speech.loudspeakers import Jack
from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.event import Event, Eventable
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong
from wyoming.pipeline import PipelineStage, RunPipeline
from wyoming.satellite import PauseSatellite, RunSatellite
from wyoming.snd import Played
from wyoming.timer import TimerFinished, TimerStarted
from wyoming.tts import Synthesize
from wyoming.wake import Detection

from hub.speech.loudspeaker import Loudspeaker
from hub.speech.recognizer import Recognizer
from hub.speech.tones import Tone

pytestmark = pytest.mark.asyncio(loop_scope="module")

COMMAND = "에어컨 냉방 모드로 바꿔줘"

Said = Callable[..., bytes]
Kind = TypeVar("Kind", bound=Eventable)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(recognizer: Recognizer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    folder = tmp_path_factory.mktemp("satellite")
    broker = TestBroker("amqtt", folder)
    await broker.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "pyaudio", Jack(slowly=True).module())
        patch.setattr("hub.wyoming.session.SILENT", 120.0)  # nobody pings while a slow machine hears
        async with assisting(broker.address, recognizer, assist_settings(folder), Loudspeaker()) as running:
            yield running
    await broker.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def tones(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> list[Tone]:
    """The tones that are sounded from now on."""
    found: list[Tone] = []
    monkeypatch.setattr(hub.voice._mouth, "play", found.append)
    return found


class Assistant:
    """Runs the satellite as Home Assistant does."""

    def __init__(self, client: AsyncTcpClient) -> None:
        self._client = client

    async def send(self, *events: Eventable) -> None:
        for event in events:
            await self._client.write_event(event.event())

    async def next(self) -> Event:
        async with asyncio.timeout(20):
            event = await self._client.read_event()
        assert event is not None
        return event

    async def until(self, kind: type[Kind]) -> Kind:
        while not kind.is_type((event := await self.next()).type):
            pass
        found: Kind = kind.from_event(event)  # type: ignore[assignment]
        return found

    async def sentence(self) -> bytes:
        """The sound of the next sentence."""
        sound = b""
        await self.until(AudioStart)
        while AudioChunk.is_type((event := await self.next()).type):
            sound += AudioChunk.from_event(event).audio
        assert AudioStop.is_type(event.type)
        return sound

    async def answer(self, text: str | None, seconds: float = 0.2) -> None:
        """What a pipeline says at its end; or an announcement, without a text."""
        if text is not None:
            await self.send(Synthesize(text))
        tone = (np.sin(np.arange(round(22_050 * seconds)) / 10) * 8_000).astype("<i2").tobytes()
        await self.send(AudioStart(22_050, 2, 1), AudioChunk(22_050, 2, 1, tone), AudioStop())


@asynccontextmanager
async def running(hub: Hub) -> AsyncIterator[Assistant]:
    async with AsyncTcpClient("127.0.0.1", hub.settings.wyoming.satellite_port) as client:
        assistant = Assistant(client)
        await assistant.send(RunSatellite())
        await hub.lent()
        yield assistant
    await hub.lent(wanted=False)


async def test_who_only_asks_what_is_here_does_not_run_it(hub: Hub) -> None:
    async with AsyncTcpClient("127.0.0.1", hub.settings.wyoming.satellite_port) as client:
        assistant = Assistant(client)
        await assistant.send(Describe())
        info = await assistant.until(Info)
        assert info.satellite is not None
        assert (info.satellite.name, info.satellite.area) == ("거실 집사", "거실")
        assert [model.phrase for model in info.wake[0].models] == ["지니야"]
        assert hub.voice.elsewhere is None


async def test_a_sentence_is_sent_without_the_name_and_the_butler_does_not_act(
    hub: Hub, said: Said, tones: list[Tone]
) -> None:
    before = len(hub.utterances)
    async with running(hub) as assistant:
        sound = said(f"지니야, {COMMAND}", "jf_nezumi")
        await hub.hear(quiet(2), sound, quiet(2))
        assert (await assistant.until(Detection)).name == "지니야"
        run = await assistant.until(RunPipeline)
        assert (run.start_stage, run.end_stage) == (PipelineStage.ASR, PipelineStage.TTS)
        sentence = await assistant.sentence()
        assert len(sound) * 0.4 < len(sentence) < len(sound) * 0.95
        assert sentence[1_600:16_000] in sound
        assert tones == [Tone.DONE]
        await assistant.send(Transcript(COMMAND))
        await assistant.answer("바꿨어요.")
        await assistant.until(Played)
        assert hub.voice.shown.now == "idle"
    assert len(hub.utterances) == before


async def test_what_is_no_command_of_this_home_is_sent_as_well(hub: Hub, said: Said, tones: list[Tone]) -> None:
    async with running(hub) as assistant:
        await hub.hear(quiet(2), said("지니야, 오늘 하늘이 왜 파란지 알려줄래", "jm_kumo"), quiet(2))
        assert len(await assistant.sentence()) > 32_000
        await assistant.send(Error("No text recognized", "stt-no-text-recognized"))
        async with asyncio.timeout(30):
            while tones != [Tone.DONE, Tone.SORRY]:
                await asyncio.sleep(0.01)


async def test_what_is_not_said_to_it_is_not_sent(hub: Hub, said: Said) -> None:
    async with running(hub) as assistant:
        await hub.hear(quiet(2), said("어제 산 귤이 참 달고 맛있더라", "jm_kumo"), said(COMMAND, "jf_nezumi"), quiet(2))
        await assistant.send(Ping("still there"))
        assert Pong.from_event(await assistant.next()).text == "still there"


async def test_without_a_name_only_commands_are_sent(hub: Hub, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub.voice, "_settings", hub.settings.voice.model_copy(update={"wake": ()}))
    async with running(hub) as assistant:
        await hub.hear(quiet(2), said("어제 산 귤이 참 달고 맛있더라", "jm_kumo"), quiet(2))
        await assistant.send(Ping("nothing"))
        assert Pong.from_event(await assistant.next()).text == "nothing"
        await hub.hear(said(COMMAND, "jf_nezumi"), quiet(2))
        assert RunPipeline.is_type((await assistant.next()).type)


async def test_when_home_assistant_goes_the_butler_acts(hub: Hub, said: Said) -> None:
    before = len(hub.utterances)
    async with running(hub):
        pass
    await hub.hear(quiet(2), said(f"지니야, {COMMAND}", "jf_nezumi"), quiet(2))
    assert await hub.follower.until(lambda: len(hub.utterances) > before, 60)
    assert hub.utterances[before].source == "microphone"


async def test_a_home_assistant_that_says_nothing_is_gone(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.wyoming.session.SILENT", 0.1)
    async with running(hub) as assistant:
        await hub.lent(wanted=False)
        assert await assistant._client.read_event() is None


async def test_the_home_assistant_that_came_last_runs_it(hub: Hub, said: Said) -> None:
    async with running(hub) as first, running(hub) as second:
        assert await first._client.read_event() is None
        await hub.hear(quiet(2), said(f"지니야, {COMMAND}", "jf_nezumi"), quiet(2))
        assert await second.sentence()


async def test_muted_it_hears_nothing_until_it_runs_again_or_is_asked_twice(hub: Hub) -> None:
    async with running(hub) as assistant:
        for wake_up in ([RunSatellite()], [Ping(), Ping()]):
            await assistant.send(PauseSatellite(), Ping())
            await assistant.until(Pong)
            assert hub.voice.ears.closed
            await assistant.send(*wake_up, Describe())
            await assistant.until(Info)
            assert not hub.voice.ears.closed
        await assistant.send(PauseSatellite(), Describe())
        await assistant.until(Info)
    assert not hub.voice.ears.closed


async def test_its_own_words_are_not_heard(hub: Hub, said: Said) -> None:
    async with running(hub) as assistant:
        await assistant.answer("지니야라고 부르시면 돼요.", seconds=2)
        async with asyncio.timeout(20):  # what the butler answered in another test may be said before
            while not (hub.voice.ears.closed and hub.voice.shown.now == "speaking"):
                await asyncio.sleep(0.01)
        await assistant.until(Played)
        assert not hub.voice.ears.closed
        await assistant.answer(None, seconds=1)  # nobody knows the words of an announcement
        async with asyncio.timeout(30):
            while not hub.voice.ears.closed:
                await asyncio.sleep(0.01)
        await assistant.until(Played)


async def test_after_a_question_of_the_butler_the_answer_needs_no_name(hub: Hub, said: Said) -> None:
    hub.wyoming.questions.put("켜라고 하셨나요?", None)
    async with running(hub) as assistant:
        await assistant.answer("켰어요.")
        await assistant.until(Played)
        assert not hub.voice.ears.attentive
        await assistant.answer("켜라고 하셨나요?")
        await assistant.until(Played)
        assert hub.voice.ears.attentive
        await hub.hear(quiet(1), said(COMMAND, "jf_nezumi"), quiet(2))
        assert await assistant.sentence()


async def test_a_timer_of_home_assistant_rings_here(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    said: asyncio.Queue[str] = asyncio.Queue()
    speak = hub.spoken.speak
    monkeypatch.setattr(hub.spoken, "speak", lambda text: (said.put_nowait(text), speak(text))[1])
    async with running(hub) as assistant:
        await assistant.send(TimerStarted("1", 180, name="라면"), TimerFinished("1"), TimerFinished("2"))
        async with asyncio.timeout(20):
            assert [await said.get(), await said.get()] == ["라면 타이머가 끝났어요.", "타이머가 끝났어요."]


@pytest.mark.parametrize(
    "garbage",
    [
        b'{"type": "run-satellite"}\n{"type": "audio-chunk", "data": {"rate": 0, "width": 2, "channels": 1}}\n',
        b'{"type": "run-satellite"}\nno json\n',
        b'{"type": "error"}\n{"type": "timer-finished"}\n{"type": "transcript"}\n{"type": "synthesize"}\n[]\n',
        b'{"type": "synthesize", "data": {"text": "' + b"x" * 20_000 + b'"}}\n{"type": "audio-stop"}\n[]\n',
    ],
    ids=lambda garbage: garbage[-60:].decode(),
)
async def test_garbage_ends_the_session_and_nothing_else(hub: Hub, garbage: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", hub.settings.wyoming.satellite_port)
    writer.write(garbage)
    async with asyncio.timeout(30):
        assert await reader.read() == b""
    writer.close()
    await hub.lent(wanted=False)


async def test_only_so_much_is_played(monkeypatch: pytest.MonkeyPatch) -> None:
    from hub.wyoming.session import Sound

    monkeypatch.setattr("hub.wyoming.session.LONGEST_SPEECH", 1.0)
    sound = Sound()
    for _ in range(50):
        sound.take(AudioChunk(16_000, 2, 1, bytes(3_200)))
    sound.take(AudioChunk(48_000, 2, 1, bytes(3_200)))
    assert sound.clip().seconds == 1.0
