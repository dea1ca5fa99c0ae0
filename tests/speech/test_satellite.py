"""One satellite at its microphone: called by its name, by a button and over MQTT; interrupted; and two of them."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from conftest import Listener
from gpiozero.pins.mock import MockFactory
from speech.conftest import quiet, silent_mouth
from speech.loudspeakers import Jack
from speech.test_synthesis import needs_espeak

from hub.address import BrokerAddress
from hub.messages import Say, Topic
from hub.settings.voice import SpeakerSettings, VoiceSettings
from hub.speech.button import push_to_talk
from hub.speech.loudspeaker import Loudspeaker
from hub.speech.mouth import Mouth
from hub.speech.recognizer import Recognizer
from hub.speech.service import Voice
from hub.speech.sound import FRAME_BYTES, Frames
from hub.speech.synthesis import voice_of
from hub.speech.tones import Tone
from hub.speech.tuning import NO_SPEECH
from hub.together import together

CALL = "지니야"
COMMAND = "안방 에어컨 제습 모드로 바꿔줘"
OTHER_TALK = "어제 산 귤이 참 달고 맛있더라"
LIVING = VoiceSettings(satellite="living", room="거실")
HEARD = Topic.satellite("living", "heard")


class Room:
    """A satellite whose microphone hears what a test lets it hear, as fast as it can."""

    def __init__(self, voice: Voice) -> None:
        self.voice = voice
        self.tones: list[Tone] = []
        self._frames: asyncio.Queue[bytes] = asyncio.Queue()
        play = voice._mouth.play

        def remember(name: Tone) -> None:
            self.tones.append(name)
            play(name)

        voice._mouth.play = remember  # type: ignore[method-assign]

    async def microphone(self) -> Frames:
        while True:
            yield await self._frames.get()
            self._frames.task_done()

    async def hear(self, *sounds: bytes) -> None:
        """Until all of it was heard, and what came of it is done."""
        sound = b"".join(sounds)
        for start in range(0, len(sound), FRAME_BYTES):
            self._frames.put_nowait(sound[start : start + FRAME_BYTES])
        await self._frames.join()


@asynccontextmanager
async def satellite(
    broker: BrokerAddress, recognizer: Recognizer, mouth: Mouth | None = None, settings: VoiceSettings = LIVING
) -> AsyncIterator[Room]:
    voice = Voice(broker, settings, recognizer, mouth or silent_mouth())
    room = Room(voice)
    async with together([voice.run(room.microphone())]):
        await voice.bus.connected.wait()
        yield room


async def texts(listener: Listener, *rooms: Room) -> list[str]:
    """What these rooms have published as utterances until now."""
    await asyncio.sleep(0)  # what was begun gets to its first message
    for room in rooms:
        await room.voice.bus.flush()
    marker = f"jipsa/marker/{len(listener.heard)}"
    listener.bus.publish(marker, b"{}")
    await listener.object(marker)
    return [json.loads(payload)["text"] for payload in dict.fromkeys(listener.all(Topic.UTTERANCE))]


def states(listener: Listener) -> list[str]:
    """What it did, in order; a connection that a slow machine lost and made again is nothing that it did."""
    told = [json.loads(payload)["state"] for payload in listener.all(Topic.satellite("living"))]
    return [state for state, _ in groupby(state for state in told if state != "offline")]


Said = Callable[..., bytes]


async def test_name_and_command_in_one_breath(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, said: Said
) -> None:
    async with satellite(broker, recognizer) as room:
        await room.hear(quiet(2), said(f"{CALL}, {COMMAND}", "jf_nezumi"), quiet(2))
        found = await listener.object(Topic.UTTERANCE)
        assert found["text"].startswith("안방 에어컨 제습모드")
        assert (found["source"], found["satellite"], found["room"]) == ("microphone", "living", "거실")
        assert room.tones == [Tone.DONE]
        assert states(listener)[:3] == ["idle", "listening", "thinking"]
        heard = await listener.object(HEARD, utterance_id=found["id"])
        assert (heard["text"], heard["confidence"]) == (found["text"], found["confidence"])
        assert -40 < heard["loudness"] < 0
        assert "refused" not in heard


async def test_name_then_tone_then_command(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, said: Said
) -> None:
    async with satellite(broker, recognizer) as room:
        await room.hear(quiet(2), said(CALL), quiet(1))
        assert room.tones == [Tone.WAKE]
        assert room.voice.ears.attentive
        await room.hear(quiet(1), said(COMMAND, "jf_tebukuro"), quiet(2))
        assert [text[:6] for text in await texts(listener, room)] == [COMMAND[:6]]
        assert room.tones == [Tone.WAKE, Tone.DONE]


async def test_who_does_not_call_is_not_obeyed_and_not_told_on(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, said: Said
) -> None:
    async with satellite(broker, recognizer) as room:
        await room.hear(quiet(2), said(COMMAND, "jf_tebukuro"), quiet(2))
        assert await texts(listener, room) == []
        assert not room.tones
        assert states(listener) == ["idle"]
        assert not listener.all(Topic.satellite("living", "partial"))
        assert not listener.all(HEARD)


async def test_a_satellite_without_a_name_obeys_whoever_speaks(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, said: Said
) -> None:
    async with satellite(broker, recognizer, settings=LIVING.model_copy(update={"wake": ()})) as room:
        await room.hear(quiet(2), said(OTHER_TALK), quiet(2), said(COMMAND, "jf_tebukuro"), quiet(2))
        assert [text[:6] for text in await texts(listener, room)] == [COMMAND[:6]]
        (heard,) = map(json.loads, listener.all(HEARD))  # and not what else was said
        assert heard["text"].startswith(COMMAND[:6])


async def test_who_calls_and_says_nothing_hears_that_nothing_was_understood(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, said: Said
) -> None:
    async with satellite(broker, recognizer) as room:
        await room.hear(quiet(2), said(CALL), quiet(NO_SPEECH + 1.5))
        assert room.tones == [Tone.WAKE, Tone.SORRY]
        await room.hear(said(COMMAND, "jf_tebukuro"), quiet(2))
        assert await texts(listener, room) == []
        assert states(listener) == ["idle", "listening", "idle"]
        assert not listener.all(HEARD)


async def test_who_calls_and_says_something_else_may_try_again(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, said: Said
) -> None:
    async with satellite(broker, recognizer) as room:
        await room.hear(quiet(2), said(f"{CALL}, {OTHER_TALK}"), quiet(2))
        assert room.tones == [Tone.SORRY]
        assert await texts(listener, room) == []
        (heard,) = map(json.loads, listener.all(HEARD))
        assert heard["refused"] == "not_a_command"
        assert "utterance_id" not in heard
        await room.hear(said(COMMAND, "jf_tebukuro"), quiet(2))
        assert [text[:6] for text in await texts(listener, room)] == [COMMAND[:6]]


async def test_asked_over_mqtt_it_listens(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, said: Said
) -> None:
    async with satellite(broker, recognizer) as room:
        listener.bus.publish(Topic.satellite("living", "listen"), b"")
        await listener.object(Topic.satellite("living"), state="listening")
        await room.hear(quiet(2), said(COMMAND, "jf_tebukuro"), quiet(2))
        assert [text[:6] for text in await texts(listener, room)] == [COMMAND[:6]]


async def test_the_button_calls_and_the_light_shows_that_it_listens(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, said: Said
) -> None:
    async with satellite(broker, recognizer) as room:
        pins = MockFactory()
        with push_to_talk(LIVING, pins, room.voice.press) as room.voice.shown.watch:
            button, light = pins.pin("BOARD29"), pins.pin("BOARD31")
            assert not light.state
            button.drive_low()
            await listener.object(Topic.satellite("living", "button"))
            await listener.object(Topic.satellite("living"), state="listening")
            assert light.state
            await room.hear(quiet(2), said(COMMAND, "jf_tebukuro"), quiet(2))
            assert [text[:6] for text in await texts(listener, room)] == [COMMAND[:6]]
            await listener.object(Topic.satellite("living"), state="thinking")
            light.clear_states()
            async with asyncio.timeout(20):
                while len(light.states) < 3:  # it blinks
                    await asyncio.sleep(0.01)


async def test_muted_a_satellite_hears_nobody_and_forgets_what_was_begun(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, said: Said
) -> None:
    async with satellite(broker, recognizer) as room:
        command = said(f"{CALL}, {COMMAND}", "jf_nezumi")
        await room.hear(quiet(2), command[: len(command) // 4 * 2])
        room.voice.mute(True)
        await listener.object(Topic.satellite("living"), state="muted")
        listener.bus.publish(Topic.satellite("living", "listen"), b"")
        async with asyncio.timeout(20):
            while room.tones != [Tone.SORRY]:
                await asyncio.sleep(0.01)
        assert not room.voice.ears.attentive
        room.voice.mute(False)
        await room.hear(quiet(3))
        assert await texts(listener, room) == []
        assert states(listener)[-1] == "idle"
        await room.hear(command, quiet(2))
        assert [text[:6] for text in await texts(listener, room)] == [COMMAND[:6]]


async def test_a_pin_that_is_taken_is_told_and_the_satellite_does_without(caplog: pytest.LogCaptureFixture) -> None:
    pins = MockFactory()
    settings = LIVING.model_copy(update={"light": "BOARD29"})
    with push_to_talk(settings, pins, lambda: None) as show:
        show("listening")
    assert "voice.light: pin BOARD29 cannot be used" in caplog.text
    pins.close()


@pytest.mark.parametrize("place", ["living", "all"])
async def test_after_a_question_the_answer_needs_no_name(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, said: Said, place: str
) -> None:
    async with satellite(broker, recognizer) as room:
        listener.bus.publish(Topic.say(place), Say(text="어느 방이요?", priority="answer", asks=True))
        await listener.object(Topic.satellite("living"), state="listening")
        await room.hear(quiet(2), said(COMMAND, "jf_tebukuro"), quiet(2))
        assert [text[:6] for text in await texts(listener, room)] == [COMMAND[:6]]


@pytest.fixture
async def mouth(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Mouth:
    """A mouth that takes as long as a real one."""
    monkeypatch.setitem(sys.modules, "pyaudio", Jack(slowly=True).module())
    settings = SpeakerSettings()
    return Mouth(voice_of(settings, "ko", tmp_path), Loudspeaker(), settings)


LONG = "오늘 서울은 대체로 맑고 낮 기온은 영상 오도까지 오르겠으며 미세먼지 농도는 보통입니다."


@needs_espeak
@pytest.mark.parametrize(
    ("barge_in", "text", "interrupted"),
    [(True, LONG, True), (False, LONG, False), (True, f"{CALL}라고 부르시면 됩니다. {LONG}", False)],
)
async def test_who_calls_while_it_speaks_interrupts_it_where_that_is_wanted(
    broker: BrokerAddress,
    listener: Listener,
    recognizer: Recognizer,
    said: Said,
    mouth: Mouth,
    barge_in: bool,
    text: str,
    interrupted: bool,
) -> None:
    settings = LIVING.model_copy(update={"barge_in": barge_in})
    async with satellite(broker, recognizer, mouth, settings) as room:
        listener.bus.publish(Topic.say("living"), Say(text=text, priority="answer"))
        await listener.object(Topic.satellite("living"), state="speaking")
        await room.hear(quiet(1), said(COMMAND, "jf_tebukuro"), quiet(2))  # without the name
        assert await texts(listener, room) == []
        assert room.voice.ears.closed is not interrupted
        await room.hear(said(f"{CALL}, {COMMAND}", "jf_nezumi"), quiet(2))
        assert bool(await texts(listener, room)) is interrupted
        assert room.voice.shown.speaking is not interrupted


@needs_espeak
async def test_its_own_words_are_no_answer_to_its_question(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, said: Said, mouth: Mouth
) -> None:
    async with satellite(broker, recognizer, mouth) as room:
        question = Say(text="바꿔 드릴까요?", priority="answer", asks=True)
        listener.bus.publish(Topic.say("living"), question)
        await listener.object(Topic.satellite("living"), state="speaking")
        sound = said(COMMAND, "jf_tebukuro")
        await room.hear(quiet(1), sound[: -8 * FRAME_BYTES])  # the loudspeaker is near the microphone
        await listener.object(Topic.satellite("living"), state="listening")
        await room.hear(quiet(2))
        assert await texts(listener, room) == []
        assert not room.tones
        await room.hear(sound, quiet(2))
        assert [text[:6] for text in await texts(listener, room)] == [COMMAND[:6]]


KITCHEN = VoiceSettings(satellite="kitchen", room="주방")


@asynccontextmanager
async def near_and_far(
    broker: BrokerAddress, recognizer: Recognizer, listener: Listener
) -> AsyncIterator[tuple[Room, Room]]:
    """Two satellites that know of each other."""
    async with satellite(broker, recognizer) as near, satellite(broker, recognizer, settings=KITCHEN) as far:
        for name in ("kitchen", "living"):
            await listener.object(Topic.satellite(name), state="idle")
        while not (near.voice._rooms._others and far.voice._rooms._others):
            await asyncio.sleep(0.01)
        yield near, far


async def test_of_two_satellites_that_hear_one_call_one_acts(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, said: Said
) -> None:
    sound = said(f"{CALL}, {COMMAND}", "jf_nezumi")
    async with near_and_far(broker, recognizer, listener) as (near, far):
        await asyncio.gather(near.hear(quiet(2), sound, quiet(2)), far.hear(quiet(2), fainter(sound), quiet(2)))
        assert len(await texts(listener, near, far)) == 1
        assert (await listener.object(Topic.UTTERANCE))["satellite"] == "living"
        assert (near.tones, far.tones) == ([Tone.DONE], [])
        assert listener.all(HEARD)
        assert not listener.all(Topic.satellite("kitchen", "heard"))


async def ask(listener: Listener, *rooms: Room) -> None:
    """Everybody is asked something, and whoever hears it may answer without the name."""
    listener.bus.publish(Topic.say("all"), Say(text="바꿔 드릴까요?", asks=True))
    async with asyncio.timeout(20):
        while not all(room.voice.ears.attentive for room in rooms):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("louder", [0, 1], ids=["living", "kitchen"])
async def test_an_answer_that_two_satellites_hear_is_taken_once(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, said: Said, louder: int
) -> None:
    """A yes to what everybody was asked would be done twice."""
    sound = said(COMMAND, "jf_tebukuro")
    async with near_and_far(broker, recognizer, listener) as rooms:
        near, far = rooms[louder], rooms[1 - louder]
        await ask(listener, near, far)
        await asyncio.gather(near.hear(quiet(2), sound, quiet(2)), far.hear(quiet(2), fainter(sound), quiet(2)))
        assert len(await texts(listener, near, far)) == 1
        assert (await listener.object(Topic.UTTERANCE))["satellite"] == near.voice.satellite
        assert (near.tones, far.tones) == ([Tone.DONE], [])
        assert not far.voice.ears.attentive
        # And the next question is another matter.
        await ask(listener, near, far)
        await asyncio.gather(near.hear(quiet(1), sound, quiet(2)), far.hear(quiet(1), fainter(sound), quiet(2)))
        assert len(await texts(listener, near, far)) == 2


async def test_an_answer_that_only_one_of_two_satellites_hears_is_taken(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, said: Said
) -> None:
    async with near_and_far(broker, recognizer, listener) as (near, far):
        await ask(listener, near, far)
        sound = said(COMMAND, "jf_tebukuro")
        await asyncio.gather(near.hear(quiet(5 + len(sound) / 32_000)), far.hear(quiet(2), sound, quiet(2)))
        assert (await listener.object(Topic.UTTERANCE))["satellite"] == "kitchen"
        assert len(await texts(listener, near, far)) == 1


async def test_who_heard_it_worse_and_understood_nothing_is_silent(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, said: Said
) -> None:
    sound = said(COMMAND, "jf_tebukuro")
    async with near_and_far(broker, recognizer, listener) as (near, far):
        await ask(listener, near, far)
        # The far one only catches the beginning of it.
        start = fainter(sound[: len(sound) // 2 // FRAME_BYTES * FRAME_BYTES])
        await asyncio.gather(near.hear(quiet(2), sound, quiet(2)), far.hear(quiet(2), start, quiet(3)))
        assert len(await texts(listener, near, far)) == 1
        assert (near.tones, far.tones) == ([Tone.DONE], [])


def fainter(sound: bytes) -> bytes:
    import numpy as np

    return (np.frombuffer(sound, "<i2") // 4).astype("<i2").tobytes()


async def test_a_new_graph_is_taken_between_two_utterances(
    broker: BrokerAddress, listener: Listener, recognizer: Recognizer, graph: Path, said: Said
) -> None:
    used: list[Any] = []

    class Watched(Recognizer):
        def decoder(self) -> Any:
            used.append(self)
            return super().decoder()

    async with satellite(broker, recognizer) as room:
        sound = said(COMMAND, "jf_tebukuro")
        middle = len(sound) // 2 // FRAME_BYTES * FRAME_BYTES
        await room.hear(quiet(2))
        room.voice.call()
        await room.hear(sound[:middle])
        room.voice.recognizer = Watched(graph)
        end = len(sound) - 8 * FRAME_BYTES  # before its silence
        await room.hear(sound[middle:end])
        assert not used
        await room.hear(sound[end:], quiet(2))
        assert len(await texts(listener, room)) == 1
        room.voice.call()
        await room.hear(sound, quiet(2))
        assert used
        assert len(await texts(listener, room)) == 2
