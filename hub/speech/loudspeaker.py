"""The loudspeaker: plays one clip at a time, fades instead of clicking, and comes back when it was unplugged."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.speech.clip import Clip
from hub.speech.sound import NO_PYAUDIO, SoundError, find_device, opened_audio

RATES = (48_000, 44_100, 16_000)
"""Samples per second that a loudspeaker is asked for, in this order."""

BLOCK = 0.02
"""Seconds that are handed over at a time."""

FADE = 0.04
"""Seconds from silence to full loudness, or back."""

LONGEST_GAP = 2.0
"""Seconds after the end of a clip at which the loudspeaker is taken for unplugged."""

NOTHING: NDArray[np.int16] = np.zeros(0, np.int16)

IDLE = 5.0
"""Seconds without sound after which the device is given back, so that others can play."""


class Loudspeaker:
    """The loudspeaker whose name contains `name` (auto: the system's); opened when it is needed."""

    def __init__(self, name: str = "auto") -> None:
        self.gain = 1.0
        """How loud it plays, from 0 to 1; may change while it plays."""
        self._name = name
        self._opening: asyncio.Task[_Device] | None = None
        self._resting: asyncio.Task[None] | None = None

    async def try_out(self) -> None:
        """Raises SoundError where there is no such loudspeaker."""
        try:
            await self._device()
        finally:
            await self.close()

    async def play(self, clip: Clip) -> None:
        """Play to the end; when cancelled, fade out at once. Raises SoundError where there is no loudspeaker."""
        if self._resting is not None:
            self._resting.cancel()
        try:
            try:
                await self._play(clip)
            except SoundError:
                await self._release()
                await self._play(clip)  # it may have been unplugged and be back
        finally:
            self._resting = asyncio.create_task(self._rest())

    async def close(self) -> None:
        """Give the device back."""
        if self._resting is not None:
            self._resting.cancel()
        await self._release()

    async def _release(self) -> None:
        opening, self._opening = self._opening, None
        if opening is not None:
            with suppress(SoundError):
                await asyncio.to_thread((await opening).close)

    async def _rest(self) -> None:
        await asyncio.sleep(IDLE)
        await self._release()

    async def _device(self) -> _Device:
        """The open device. Who is cancelled meanwhile leaves it to the next."""
        if self._opening is None:
            self._opening = asyncio.create_task(asyncio.to_thread(_Device, self._name, lambda: self.gain))
        return await asyncio.shield(self._opening)

    async def _play(self, clip: Clip) -> None:
        device = await self._device()
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            loop.call_soon_threadsafe(done.set)

        device.begin(clip, tell)
        try:
            async with asyncio.timeout(clip.seconds + LONGEST_GAP):
                await done.wait()
            await asyncio.sleep(device.latency)  # the last of it is on its way to the ear
        except TimeoutError:
            raise SoundError(f"{device.name} plays nothing any more") from None
        except asyncio.CancelledError:
            device.fade()
            raise


class _Device:
    """An open stream. PortAudio asks for sound in a thread of its own."""

    def __init__(self, name: str, gain: Callable[[], float]) -> None:
        try:
            import pyaudio
        except ImportError:
            raise SoundError(NO_PYAUDIO) from None
        self._gain = gain
        self._lock = threading.Lock()
        self._sound = NOTHING
        self._done: Callable[[], None] | None = None
        self._next: tuple[NDArray[np.int16], Callable[[], None]] | None = None
        self._loudness = 0.0  # what was played last, from which the next block goes on
        self._fading = False
        with opened_audio(pyaudio) as self._audio:
            index, self.name = find_device(self._audio, name, "Output")
            self._open(pyaudio, index)
            self.latency: float = self._stream.get_output_latency()

    def _open(self, pyaudio: Any, index: int) -> None:
        for rate in RATES:
            self._rate = rate
            self._continue = pyaudio.paContinue
            with suppress(OSError, ValueError):
                self._stream = self._audio.open(
                    format=pyaudio.paInt16, channels=1, rate=rate, output=True, output_device_index=index,
                    frames_per_buffer=int(rate * BLOCK), stream_callback=self._give,
                )  # fmt: skip
                return
        raise SoundError(f"{self.name} plays at none of {', '.join(map(str, RATES))} samples per second")

    def begin(self, clip: Clip, done: Callable[[], None]) -> None:
        """Play this as soon as what fades is over; `done` is called, in PortAudio's thread, when all was taken."""
        sound = np.frombuffer(clip.at(self._rate).samples, "<i2")
        with self._lock:
            self._next = sound, done

    def fade(self) -> None:
        """Break off without a click."""
        with self._lock:
            self._fading, self._done, self._next = True, None, None

    def close(self) -> None:
        """Give the device back."""
        with suppress(OSError):  # one that was unplugged cannot be closed
            self._stream.close()
        self._audio.terminate()

    def _give(self, _data: object, count: int, _time: object, _status: object) -> tuple[bytes, int]:
        with self._lock:
            if self._next is not None and not (self._fading and self._loudness and len(self._sound)):
                (self._sound, self._done), self._next, self._fading = self._next, None, False
            block, self._sound = self._sound[:count], self._sound[count:]
            wanted = 0.0 if self._fading else self._gain()
            step = count / self._rate / FADE
            before, self._loudness = self._loudness, wanted
            if abs(wanted - before) > step:
                self._loudness = before + float(np.sign(wanted - before)) * step
            if self._fading and not self._loudness:
                self._sound = NOTHING
            if self._done is not None and not len(self._sound):
                self._done()
                self._done = None
        faded = (block * np.linspace(before, self._loudness, len(block))).astype("<i2")
        return faded.tobytes() + bytes(2 * (count - len(block))), self._continue
