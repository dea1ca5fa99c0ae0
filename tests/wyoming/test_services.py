"""Each service at the address of services, with Wyoming's own client over TCP."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
import soxr
from assists import Hub, assist_settings, assisting, sound_of
from brokers import TestBroker
from speech.conftest import REPOSITORY, quiet
from speech.test_synthesis import needs_espeak
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.event import Event, Eventable
from wyoming.handle import Handled, NotHandled
from wyoming.info import Describe, Info
from wyoming.intent import Intent, IntentsStart, IntentsStop, NotRecognized, Recognize
from wyoming.ping import Ping, Pong
from wyoming.tts import Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop, SynthesizeStopped
from wyoming.wake import Detect, Detection, NotDetected

from hub.speech.recognizer import Recognizer
from hub.wyoming.asr import LONGEST
from hub.wyoming.server import LONGEST_PART, MOST_CONNECTIONS

SAMPLES = REPOSITORY / "config/samples"

Said = Callable[..., bytes]


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(recognizer: Recognizer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    folder = tmp_path_factory.mktemp("services")
    broker = TestBroker("amqtt", folder)
    await broker.start()
    async with assisting(broker.address, recognizer, assist_settings(folder)) as running:
        yield running
    await broker.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def client(hub: Hub) -> AsyncIterator[AsyncTcpClient]:
    async with connected(hub) as client:
        yield client


def connected(hub: Hub) -> AsyncTcpClient:
    return AsyncTcpClient("127.0.0.1", hub.settings.wyoming.port)


async def answer(client: AsyncTcpClient) -> Event:
    async with asyncio.timeout(20):
        event = await client.read_event()
    assert event is not None
    return event


async def ask(client: AsyncTcpClient, *requests: Eventable) -> Event:
    for request in requests:
        await client.write_event(request.event())
    return await answer(client)


def audio(sound: bytes, rate: int = 16_000, channels: int = 1) -> Iterable[Eventable]:
    yield AudioStart(rate, 2, channels)
    for start in range(0, len(sound), 2_048):
        yield AudioChunk(rate, 2, channels, sound[start : start + 2_048])
    yield AudioStop()


async def transcribed(client: AsyncTcpClient, sound: bytes, rate: int = 16_000, channels: int = 1) -> str:
    event = await ask(client, Transcribe(language="ko"), *audio(sound, rate, channels))
    return Transcript.from_event(event).text


async def handled(client: AsyncTcpClient, text: str, **context: Any) -> Event:
    return await ask(client, Transcript(text, context=context or None))


async def test_what_it_is_able_to_do(client: AsyncTcpClient) -> None:
    info = Info.from_event(await ask(client, Describe()))
    assert [program.name for program in (info.asr[0], info.tts[0], info.handle[0], info.wake[0])] == ["집사"] * 4
    assert info.asr[0].models[0].languages == ["ko"]
    assert info.handle[0].supports_home_control
    assert info.wake[0].models[0].phrase == "지니야"
    assert info.tts[0].voices[0].name == "espeak"
    assert info.intent[0].models[0].languages == ["ko"]
    assert info.satellite is None


async def test_a_ping_is_answered_also_in_the_middle_of_sound(client: AsyncTcpClient) -> None:
    assert Pong.from_event(await ask(client, Ping("1"))).text == "1"
    assert Pong.from_event(await ask(client, Transcribe(), AudioStart(16_000, 2, 1), Ping("2"))).text == "2"


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000])
async def test_sound_of_any_rate_is_recognized(client: AsyncTcpClient, rate: int) -> None:
    sound = np.frombuffer(await sound_of(SAMPLES / "ac-dry.wav"), "<i2")
    resampled = soxr.resample(sound, 16_000, rate).astype("<i2").tobytes()
    assert await transcribed(client, resampled, rate) == "에어컨 제습모드로 바꿔줘"


async def test_two_channels_are_one_sound(client: AsyncTcpClient) -> None:
    sound = np.frombuffer(await sound_of(SAMPLES / "what-time.wav"), "<i2")
    assert await transcribed(client, np.repeat(sound, 2).tobytes(), channels=2) == "지금 몇 시 야"


async def test_sound_may_begin_with_the_first_word(client: AsyncTcpClient) -> None:
    sound = np.frombuffer(await sound_of(SAMPLES / "bedroom-light-off.wav"), "<i2")
    begin = np.flatnonzero(np.abs(sound) > 600)[0]
    assert (await transcribed(client, sound[begin - 160 :].tobytes())).startswith("안방 불")


@pytest.mark.parametrize("sound", [b"", bytes(64_000), quiet(3), quiet(0.5, level=3_000)], ids=len)
async def test_where_nothing_is_said_there_is_no_text(client: AsyncTcpClient, sound: bytes) -> None:
    assert await transcribed(client, sound) == ""
    assert await transcribed(client, await sound_of(SAMPLES / "what-time.wav")) == "지금 몇 시 야"


async def test_what_is_no_command_is_no_text(client: AsyncTcpClient, said: Said) -> None:
    assert await transcribed(client, quiet(0.3) + said("어제 비가 많이 와서 약속을 다음 주로 미뤘어")) == ""


async def test_several_speak_at_once(hub: Hub) -> None:
    wanted = {
        "ac-dry.wav": "에어컨 제습모드로 바꿔줘",
        "what-time.wav": "지금 몇 시 야",
        "ac-cool.wav": "에어컨 냉방모드로 바꿔줘",
    }

    async def one(file: str) -> str:
        async with connected(hub) as client:
            return await transcribed(client, await sound_of(SAMPLES / file))

    assert await asyncio.gather(*map(one, wanted)) == [*wanted.values()]


async def test_only_the_beginning_of_endless_sound_is_listened_to(client: AsyncTcpClient) -> None:
    sound = quiet(LONGEST) + await sound_of(SAMPLES / "ac-dry.wav")
    assert await transcribed(client, sound) == ""
    assert await transcribed(client, await sound_of(SAMPLES / "ac-dry.wav")) == "에어컨 제습모드로 바꿔줘"


async def test_the_recognizer_of_the_home_as_it_is_now_listens(
    hub: Hub, client: AsyncTcpClient, graph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = []

    class Watched(Recognizer):
        def decoder(self) -> Any:
            used.append(self)
            return super().decoder()

    monkeypatch.setattr(hub.voice, "recognizer", Watched(graph))
    assert await transcribed(client, await sound_of(SAMPLES / "what-time.wav")) == "지금 몇 시 야"
    assert used


async def test_a_sentence_is_carried_out_and_answered(hub: Hub, client: AsyncTcpClient) -> None:
    event = await handled(client, "거실 에어컨 켜줘", conversation_id="1")
    assert Handled.from_event(event).text == "거실 에어컨을 켰어요."
    assert Handled.from_event(event).context == {"conversation_id": "1"}
    await hub.until("living_ac", "power", True)


async def test_conversations_are_apart(hub: Hub, client: AsyncTcpClient) -> None:
    await handled(client, "안방 불 켜줘", conversation_id="1")
    assert NotHandled.is_type((await handled(client, "꺼줘", conversation_id="2")).type)
    assert Handled.from_event(await handled(client, "꺼줘", conversation_id="1")).text == "안방등을 껐어요."
    await hub.until("bedroom_light", "power", False)


async def test_without_an_id_what_one_machine_says_is_one_conversation(client: AsyncTcpClient) -> None:
    await handled(client, "안방 불 켜줘")
    assert Handled.from_event(await handled(client, "꺼줘")).text == "안방등을 껐어요."


@pytest.mark.parametrize("text", ["오늘 저녁에 피자나 시켜 먹을까", "", "  ", "불 켜줘 " * 200])
async def test_what_cannot_be_handled_is_told(client: AsyncTcpClient, text: str) -> None:
    assert NotHandled.from_event(await handled(client, text)).text


async def recognized(client: AsyncTcpClient, text: str) -> list[tuple[str, dict[str, Any]]]:
    """The intents of a sentence, and their entities."""
    event = await ask(client, Recognize(text, {"conversation_id": "1"}))
    events = [event]
    while IntentsStart.is_type(events[0].type) and not IntentsStop.is_type(events[-1].type):
        following = await client.read_event()
        assert following is not None
        events.append(following)
    intents = [Intent.from_event(event) for event in events if Intent.is_type(event.type)]
    assert all(intent.text == text and intent.context == {"conversation_id": "1"} for intent in intents)
    return [(intent.name, {entity.name: entity.value for entity in intent.entities}) for intent in intents]


async def test_who_only_asks_what_it_means_is_told_and_nothing_is_done(hub: Hub, client: AsyncTcpClient) -> None:
    await handled(client, "거실 불 꺼줘")
    assert await recognized(client, "거실 불 켜줘") == [("HassTurnOn", {"name": "거실등"})]
    both = await recognized(client, "거실 불 켜고 안방 불 꺼줘")
    assert both == [("HassTurnOn", {"name": "거실등"}), ("HassTurnOff", {"name": "안방등"})]
    asked = Handled.from_event(await handled(client, "거실 불 켜져 있어?"))
    assert asked.text == "거실등은 꺼져 있어요."


@pytest.mark.parametrize("text", ["", "약속을 다음 주로 미뤘어", "가" * 2_000])
async def test_what_means_nothing_is_not_recognized(client: AsyncTcpClient, text: str) -> None:
    assert NotRecognized.is_type((await ask(client, Recognize(text))).type)


async def test_what_fails_is_not_handled(hub: Hub, client: AsyncTcpClient) -> None:
    event = await handled(client, "세탁기 시작해줘")  # nobody has allowed it at the machine
    assert NotHandled.from_event(event).text


async def test_what_no_bridge_answers_is_not_handled(client: AsyncTcpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.butler.service.INTENT_LIFETIME", timedelta(seconds=0.1))
    assert NotHandled.from_event(await handled(client, "지금 몇 시야")).text  # the assistant is not there


async def test_without_a_butler_that_is_told(hub: Hub, client: AsyncTcpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.messages.Topic.UTTERANCE", "jipsa/nowhere")
    monkeypatch.setattr("hub.utter.RESEND", 0.05)
    monkeypatch.setattr("hub.utter.PATIENCE", 0.1)
    assert "집사가 대답하지 않아요" in str(NotHandled.from_event(await handled(client, "불 켜줘")).text)


async def test_where_the_recognizer_was_not_sure_the_butler_asks(hub: Hub, client: AsyncTcpClient) -> None:
    await handled(client, "거실 불 꺼줘")
    hub.wyoming.heard.note("거실 불 켜줘", 0.8, unsure=True)
    asked = Handled.from_event(await handled(client, "거실 불 켜줘", conversation_id="unsure"))
    assert "하셨나요?" in str(asked.text)
    assert hub.state("living_light", "power") is False
    assert Handled.from_event(await handled(client, "응", conversation_id="unsure")).text == "거실등을 켰어요."


async def spoken(client: AsyncTcpClient, *requests: Eventable) -> tuple[int, bytes, list[str]]:
    event = await ask(client, *requests)
    kinds, sound, rate = [event.type], b"", AudioStart.from_event(event).rate
    last = SynthesizeStopped if len(requests) > 1 else AudioStop
    while not last.is_type(event.type):
        event = await answer(client)
        if AudioChunk.is_type(event.type):
            sound += AudioChunk.from_event(event).audio
        elif event.type != kinds[-1]:
            kinds.append(event.type)
    return rate, sound, kinds


@needs_espeak
async def test_a_text_is_spoken_sentence_by_sentence(hub: Hub, client: AsyncTcpClient) -> None:
    sentences = ["거실 에어컨을 켰어요.", "안방 불은 껐어요."]
    rate, sound, _ = await spoken(client, Synthesize(" ".join(sentences)))
    assert (rate, sound) == (22_050, b"".join([(await hub.spoken.speak(one)).samples for one in sentences]))


@needs_espeak
async def test_a_text_in_pieces_is_spoken_as_they_come(hub: Hub, client: AsyncTcpClient) -> None:
    pieces = ["거실 에어", "컨을 켰어요. 안방", " 불은 껐어요."]
    streamed = [SynthesizeStart(), *map(SynthesizeChunk, pieces), Synthesize("".join(pieces)), SynthesizeStop()]
    rate, sound, kinds = await spoken(client, *streamed)
    assert kinds == ["audio-start", "audio-stop", "synthesize-stopped"]
    assert (rate, sound) == (await spoken(client, Synthesize("".join(pieces))))[:2]


async def test_where_the_voice_fails_the_client_is_told_and_hung_up_on(
    client: AsyncTcpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert "espeak-ng" in Error.from_event(await ask(client, Synthesize("안녕하세요."))).text
    assert await client.read_event() is None


async def test_the_name_is_detected_while_the_sentence_goes_on(client: AsyncTcpClient, said: Said) -> None:
    call, rest = quiet(1.5) + said("지니야, 거실", "jm_kumo"), quiet(0.5)
    before = [Detect(["지니야"]), *audio(call + rest)][:-1]  # it goes on
    detection = Detection.from_event(await ask(client, *before))
    assert detection.name == "지니야"
    assert detection.timestamp is not None
    assert 1_900 < detection.timestamp < len(call + rest) / 32


@pytest.mark.parametrize(("text", "names"), [("김장을 해야 할지 모르겠네", None), ("지니야", ["집사야"])])
async def test_nobody_is_called(client: AsyncTcpClient, said: Said, text: str, names: list[str] | None) -> None:
    event = await ask(client, Detect(names), *audio(quiet(1.5) + said(text, "jm_kumo") + quiet(1)))
    assert NotDetected.is_type(event.type)


@pytest.mark.parametrize(
    "garbage",
    [
        b"\n",
        b"[]\n",
        b"{}\n",
        b"no json\n",
        b'{"type": 1}\n',
        b'{"type": "transcript", "data": "x"}\n',
        b'{"type": "transcript", "data_length": "9"}\n',
        b'{"type": "audio-chunk", "payload_length": ' + str(LONGEST_PART + 1).encode() + b"}\n" + bytes(9),
        b"x" * 200_000,
        b'{"type": "transcribe"}\n{"type": "audio-chunk", "data": {"rate": "x", "width": 2, "channels": 1}}\n',
        b'{"type": "transcribe"}\n{"type": "audio-chunk", "data": {"rate": 16000, "width": 4, "channels": 1}}\n',
        b'{"type": "transcribe"}\n{"type": "audio-chunk", "data": {"rate": 16000, "width": 2, "channels": 0}}\n',
        b"[" * 60_000 + b"\n",
    ],
    ids=lambda garbage: garbage[:60].decode(),
)
async def test_who_sends_no_events_is_hung_up_on_and_nobody_else_notices(
    hub: Hub, garbage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", hub.settings.wyoming.port)
    writer.write(garbage)
    async with asyncio.timeout(30):
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
    writer.close()
    async with connected(hub) as client:
        assert Info.is_type((await ask(client, Describe())).type)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_who_hangs_up_in_the_middle_leaves_nothing_behind(hub: Hub) -> None:
    for _ in range(3):
        for request in (Transcribe(), Detect()):
            client = connected(hub)
            await client.connect()
            for event in [request, *audio(await sound_of(SAMPLES / "ac-dry.wav"))][:30]:
                await client.write_event(event.event())
            await client.disconnect()
    async with asyncio.timeout(30):
        while hub.wyoming.services.connections:
            await asyncio.sleep(0.01)
    async with connected(hub) as client:
        assert await transcribed(client, await sound_of(SAMPLES / "what-time.wav")) == "지금 몇 시 야"


async def test_who_says_nothing_is_hung_up_on(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.wyoming.server.PATIENCE", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", hub.settings.wyoming.port)
    async with asyncio.timeout(30):
        assert await reader.read() == b""
    writer.close()


async def test_there_are_not_more_connections_than_are_needed(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    clients = [connected(hub) for _ in range(MOST_CONNECTIONS)]
    for client in clients:
        await client.connect()
        await ask(client, Ping())
    for _ in range(3):
        async with connected(hub) as more:
            assert await more.read_event() is None
    assert caplog.text.count("more than 32 connections") == 1
    for client in clients:
        await client.disconnect()
    async with asyncio.timeout(30):
        while hub.wyoming.services.connections:
            await asyncio.sleep(0.01)
    async with connected(hub) as client:
        assert Pong.is_type((await ask(client, Ping())).type)


async def test_an_address_that_is_taken_is_told_once_and_used_when_it_is_free(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("hub.wyoming.server.AGAIN", 0.02)
    await hub.stop()
    taken = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", hub.settings.wyoming.port)
    starting = asyncio.create_task(hub.start())
    async with asyncio.timeout(30):
        while "wyoming.port: 127.0.0.1" not in caplog.text:
            await asyncio.sleep(0.01)
    taken.close()
    await taken.wait_closed()
    await starting
    assert caplog.text.count("cannot be used") == 1
    async with connected(hub) as client:
        assert Pong.is_type((await ask(client, Ping())).type)


async def test_unknown_events_are_passed_over(client: AsyncTcpClient) -> None:
    await client.write_event(Event("recognize-tomorrow", {"text": json.dumps({})}))
    assert Pong.is_type((await ask(client, AudioStop(), Ping())).type)
