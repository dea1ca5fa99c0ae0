"""A PyAudio-shaped microphone that plays sound in real time, and can be unplugged."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from hub.speech.sound import FRAME_SECONDS

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


def module(plug: Plug) -> Any:
    """The part of PyAudio that listens, as a module."""

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
