"""The microphone's path, with a PyAudio-shaped source that plays files in real time, dies and returns."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

import numpy as np
import pytest
import soundfile
from speech.microphones import Plug, module

from hub.samples import load_samples
from hub.speech.gate import Gate
from hub.speech.listening import listen
from hub.speech.mute import MuteSwitch
from hub.speech.recognizer import Recognizer, Segment
from hub.speech.sound import FRAME_BYTES, RATE, Frames, Microphone, SoundError, lasting


@pytest.fixture(params=[16_000, 44_100, 48_000])
def plug(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plug]:
    plug = Plug(request.param)
    monkeypatch.setitem(sys.modules, "pyaudio", module(plug))
    monkeypatch.setattr("hub.speech.sound.LONGEST_GAP", 0.8)
    monkeypatch.setattr("hub.speech.sound.REOPEN_PAUSE", 0.05)
    yield plug
    assert plug.closed == plug.opened


async def test_any_rate_becomes_16_khz(plug: Plug) -> None:
    plug.play(0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE), RATE)
    frames = (await Microphone.opened()).frames()
    sound = b""
    while len(sound) < FRAME_BYTES * 12:
        sound += await anext(frames)
    await frames.aclose()  # type: ignore[attr-defined]
    heard = np.frombuffer(sound, "<i2")
    assert np.abs(np.fft.rfft(heard)).argmax() * RATE / len(heard) == pytest.approx(440, abs=5)


async def test_a_microphone_is_chosen_by_a_part_of_its_name(plug: Plug) -> None:
    microphone = await Microphone.opened("usb")
    assert microphone.name == "USB Microphone"
    await asyncio.to_thread(microphone._close)
    with pytest.raises(SoundError, match=r"'seashell'.*USB Microphone"):
        await Microphone.opened("seashell")


async def test_a_microphone_that_falls_silent_is_told(plug: Plug) -> None:
    frames = (await Microphone.opened()).frames()
    await anext(frames)
    plug.there.clear()
    with pytest.raises(SoundError, match="USB Microphone gives no sound any more"):
        await _to_the_end(frames)


@pytest.mark.parametrize("steps", range(5))
async def test_who_listens_can_be_cancelled_while_a_frame_arrives(plug: Plug, steps: int) -> None:
    microphone = await Microphone.opened()
    listening = asyncio.create_task(_to_the_end(microphone.frames()))
    for _ in range(3):
        await asyncio.sleep(0)
    microphone._put(b"")
    for _ in range(steps):
        await asyncio.sleep(0)
    listening.cancel()
    await asyncio.wait([listening], timeout=5)
    assert listening.cancelled()


async def _to_the_end(frames: Frames) -> None:
    async for _ in frames:
        pass


async def test_a_mute_switch_closes_the_stream_and_opens_it_again(plug: Plug) -> None:
    mute = MuteSwitch()
    frames = lasting(await Microphone.opened("usb"), "usb", mute)
    await anext(frames)
    assert (plug.opened, plug.closed) == (1, 0)
    mute.set(True)
    waiting = asyncio.create_task(anext(frames))
    async with asyncio.timeout(20):
        while plug.closed < 1:
            await asyncio.sleep(0.01)
    assert not waiting.done()
    assert plug.opened == 1
    mute.set(False)
    assert await waiting
    assert (plug.opened, plug.closed) == (2, 1)
    await frames.aclose()  # type: ignore[attr-defined]


async def test_muted_from_the_start_a_microphone_is_not_even_opened(plug: Plug) -> None:
    mute = MuteSwitch()
    mute.set(True)
    frames = lasting(None, "usb", mute)
    waiting = asyncio.create_task(anext(frames))
    await asyncio.sleep(0)
    assert plug.opened == 0
    mute.set(False)
    await waiting
    assert plug.opened == 1
    await frames.aclose()  # type: ignore[attr-defined]


async def test_what_is_said_before_a_microphone_dies_and_after_it_returns_is_heard(
    plug: Plug, recognizer: Recognizer
) -> None:
    first, second = load_samples()[9], load_samples()[2]  # 로봇청소기 충전하러 가, 에어컨 제습 모드로 바꿔줘
    plug.play(*soundfile.read(first.path))
    microphone = await Microphone.opened("usb")
    heard = []
    async for it in listen(lambda: recognizer, lasting(microphone, "usb"), Gate()):
        if isinstance(it, Segment):
            heard.append(it.text.split())
            assert it.refused is None
            if len(heard) == 2:
                break
            plug.there.clear()
            plug.play(*soundfile.read(second.path))
            asyncio.get_running_loop().call_later(1.5, plug.there.set)
    assert [(words[0], words[-1][0]) for words in heard] == [("로봇청소기", "가"), ("에어컨", "바")]
    assert plug.opened == 2
