"""The microphone's path, with a PyAudio-shaped source that plays files in real time, dies and returns."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from hub.samples import load_samples
from hub.speech.gate import Gate
from hub.speech.listening import listen
from hub.speech.recognizer import Recognizer, Segment
from hub.speech.sound import FRAME_BYTES, FRAME_SECONDS, RATE, Frames, Microphone, SoundError, lasting

Callback = Callable[[bytes, int, object, int], tuple[None, int]]


class Plug:
    """What hangs at the USB port: devices, and the sound that is played to whoever opens one."""

    def __init__(self, rate: int, names: tuple[str, ...] = ("HDA Speaker", "USB Microphone")) -> None:
        self.rate = rate
        self.names = names
        self.there = threading.Event()
        self.there.set()
        self.opened = 0
        self.closed = 0
        self.sound: NDArray[np.int16] = np.zeros(0, np.int16)

    def play(self, sound: NDArray[np.float64], rate: int) -> None:
        """The next who opens the microphone hears this after half a second, and then a quiet room."""
        before = np.random.default_rng(2).normal(0, 1e-4, rate // 2)
        self.sound = (soxr.resample(np.concatenate([before, sound]), rate, self.rate) * 32767).astype("<i2")


class Stream:
    """An open stream: a thread that calls back in real time for as long as the device is there."""

    def __init__(self, plug: Plug, size: int, callback: Callback) -> None:
        self._plug = plug
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(plug.sound, size, callback), daemon=True)
        plug.opened += 1
        self._thread.start()

    def _run(self, sound: NDArray[np.int16], size: int, callback: Callback) -> None:
        quiet = np.random.default_rng(1)
        at = 0
        while not self._ended.wait(FRAME_SECONDS):
            if self._plug.there.is_set():
                block = sound[at : at + size]
                at += size
                rest = quiet.normal(0, 4, size - len(block)).astype("<i2")
                callback(np.concatenate([block, rest]).tobytes(), size, None, 0)

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        self._plug.closed += 1


def fake(plug: Plug) -> Any:
    """A module with the part of PyAudio that is used."""

    class PyAudio:
        def get_device_count(self) -> int:
            return len(plug.names) if plug.there.is_set() else 1

        def get_device_info_by_index(self, index: int) -> dict[str, object]:
            return {"index": index, "name": plug.names[index], "maxInputChannels": 1 if index else 0}

        def get_default_input_device_info(self) -> dict[str, object]:
            if not plug.there.is_set():
                raise OSError("no default input device")
            return self.get_device_info_by_index(1)

        def open(self, *, rate: int, frames_per_buffer: int, stream_callback: Callback, **_: object) -> Stream:
            if rate != plug.rate:
                raise OSError("invalid sample rate")
            return Stream(plug, frames_per_buffer, stream_callback)

        def terminate(self) -> None:
            return

    return SimpleNamespace(PyAudio=PyAudio, paInt16=8, paContinue=0)


@pytest.fixture(params=[16_000, 44_100, 48_000])
def plug(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plug]:
    plug = Plug(request.param)
    monkeypatch.setitem(sys.modules, "pyaudio", fake(plug))
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


async def _to_the_end(frames: Frames) -> None:
    async for _ in frames:
        pass


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
