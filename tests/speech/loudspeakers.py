"""A PyAudio-shaped loudspeaker that keeps what it is given, and can be unplugged."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Callback = Callable[[object, int, object, int], tuple[bytes, int]]


class Jack:
    """What hangs at the jack. It plays as fast as it is given sound, or `slowly`: in real time."""

    def __init__(self, rate: int = 48_000, *, slowly: bool = False) -> None:
        self.rate = rate
        self.slowly = slowly
        self.names = ["USB Microphone", "USB Speaker"]
        self.opened = 0
        self.closed = 0
        self.there = threading.Event()
        self.there.set()
        self.blocks: list[bytes] = []

    @property
    def played(self) -> NDArray[np.int16]:
        """All that was heard so far, without the silence around it."""
        sound = np.frombuffer(b"".join(self.blocks), "<i2")
        loud = np.flatnonzero(sound)
        return sound[loud[0] : loud[-1] + 1] if len(loud) else sound[:0]

    def module(self) -> Any:
        """The part of PyAudio that plays, as a module."""
        jack = self

        class PyAudio:
            def get_device_count(self) -> int:
                return len(jack.names)

            def get_device_info_by_index(self, index: int) -> dict[str, object]:
                return {"index": index, "name": jack.names[index], "maxOutputChannels": index, "maxInputChannels": 0}

            def get_default_output_device_info(self) -> dict[str, object]:
                return self.get_device_info_by_index(1)

            def open(self, *, rate: int, frames_per_buffer: int, stream_callback: Callback, **_: object) -> Stream:
                if rate != jack.rate or not jack.there.is_set():
                    raise OSError("invalid sample rate")
                return Stream(jack, frames_per_buffer, stream_callback)

            def terminate(self) -> None:
                return

        return SimpleNamespace(PyAudio=PyAudio, paInt16=8, paContinue=0)


class Stream:
    """An open stream: a thread that asks for sound as long as the loudspeaker is there."""

    def __init__(self, jack: Jack, size: int, callback: Callback) -> None:
        self._jack = jack
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(size, callback), daemon=True)
        jack.opened += 1
        self._thread.start()

    def _run(self, size: int, callback: Callback) -> None:
        while not self._ended.wait(size / self._jack.rate if self._jack.slowly else 0.0005):
            if self._jack.there.is_set():
                self._jack.blocks.append(callback(None, size, None, 0)[0])

    def get_output_latency(self) -> float:
        return 0.02

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        self._jack.closed += 1
