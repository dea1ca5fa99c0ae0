"""Sound as the recognizer takes it: 16 kHz mono 16-bit frames, from a file or from the microphone."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from hub.faults import OutsideError
from hub.speech.mute import MuteSwitch

log = logging.getLogger(__name__)

RATE = 16_000
"""Samples per second of every frame."""

FRAME_SECONDS = 0.05

FRAME_BYTES = int(RATE * FRAME_SECONDS) * 2

Frames = AsyncIterator[bytes]
"""Frames of FRAME_BYTES (the last of a file may be shorter): 16-bit little-endian samples, one channel."""

HISS = 2.0
"""Standard deviation of the noise that is added to sound files, in 16-bit steps (-84 dB)."""

WAV_FORMATS = frozenset({"WAV", "WAVEX", "RF64"})

RATES = (16_000, 48_000, 44_100)
"""Rates that a microphone is asked for, in this order; what it gives is resampled."""

LONGEST_GAP = 2.0
"""Seconds without a frame after which a microphone is taken for unplugged."""

REOPEN_PAUSE = 2.0
"""Seconds between two attempts to open a microphone that is gone."""

LONGEST_QUEUE = 200
"""Frames that wait for a slow recognizer (10 s); older ones are dropped."""


NO_PYAUDIO = "PyAudio is not installed: apt install portaudio19-dev python3-dev gcc, then pip install pyaudio"


class SoundError(OutsideError):
    """A sound file or a microphone cannot be used; the text says why and what to do."""


async def wav_frames(path: Path) -> Frames:
    """The frames of a WAV file of any rate, channel count and sample format; raises SoundError."""
    try:
        path.open("rb").close()  # libsndfile says only "system error" where the system has a reason
        with soundfile.SoundFile(path) as file:
            if file.format not in WAV_FORMATS:
                raise SoundError(f"{path}: a {file.format} file; a WAV file is needed")
            stream = soxr.ResampleStream(file.samplerate, RATE, 1, dtype="float32")
            hiss = np.random.default_rng(0)
            rest = b""
            while True:
                block = await asyncio.to_thread(file.read, file.samplerate, dtype="float32", always_2d=True)
                last = len(block) < file.samplerate
                rest += _to_int16(stream.resample_chunk(block.mean(axis=1, dtype=np.float32), last), hiss)
                whole = len(rest) if last else len(rest) // FRAME_BYTES * FRAME_BYTES
                for start in range(0, whole, FRAME_BYTES):
                    yield rest[start : start + FRAME_BYTES]
                rest = rest[whole:]
                if last:
                    return
    except soundfile.LibsndfileError as error:
        raise SoundError(f"{path}: no WAV file ({error.error_string.strip().rstrip('.')})") from None
    except OSError as error:
        raise SoundError(f"{path}: {error.strerror}") from None


def _to_int16(samples: NDArray[np.float32], hiss: np.random.Generator) -> bytes:
    """16-bit samples with the hiss of a quiet room: the model has never heard the silence of zeros."""
    scaled = np.nan_to_num(samples).clip(-1, 1) * 32767 + hiss.normal(0, HISS, len(samples))
    return scaled.round().clip(-32768, 32767).astype("<i2").tobytes()


@contextmanager
def silent_libraries() -> Iterator[None]:
    """Keep ALSA and JACK from writing pages to standard error about devices that nobody asked for."""
    shown = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(shown, 2)
        os.close(shown)
        os.close(nowhere)


@contextmanager
def opened_audio(pyaudio: Any) -> Iterator[Any]:
    """PortAudio, in which a device is to be opened; closed again where that fails. Raises SoundError."""
    with silent_libraries():
        try:
            audio = pyaudio.PyAudio()
        except OSError as error:
            raise SoundError(f"the sound system cannot be used: {error}") from None
        try:
            yield audio
        except OSError as error:  # a device that is unplugged while its name is asked for
            audio.terminate()
            raise SoundError(f"the sound system fails: {error}") from None
        except SoundError:
            audio.terminate()
            raise


def find_device(audio: Any, wanted: str, way: Literal["Input", "Output"]) -> tuple[int, str]:
    """Index and name of the PyAudio device whose name contains `wanted` (auto: the system's). Raises SoundError."""
    what, key = ("microphone", "voice.microphone") if way == "Input" else ("loudspeaker", "speaker.device")
    devices = [audio.get_device_info_by_index(index) for index in range(audio.get_device_count())]
    found = {int(device["index"]): str(device["name"]) for device in devices if device[f"max{way}Channels"]}
    if not found:
        raise SoundError(f"no {what} was found; plug one in, or set {key}: off")
    if wanted == "auto":
        with suppress(OSError):
            default = getattr(audio, f"get_default_{way.lower()}_device_info")()
            return int(default["index"]), str(default["name"])
        return next(iter(found.items()))
    for index, name in found.items():
        if wanted.casefold() in name.casefold():
            return index, name
    raise SoundError(f"{key}: no {what} is called {wanted!r}; there are {', '.join(found.values())}")


class Microphone:
    """The microphone whose name contains `name` (auto: the system's). Raises SoundError when there is none.

    PortAudio calls back in a thread of its own; frames are handed over to `loop`. Opening takes a moment: `opened` does
    it in a thread.
    """

    def __init__(self, name: str, loop: asyncio.AbstractEventLoop) -> None:
        try:
            import pyaudio
        except ImportError:
            raise SoundError(NO_PYAUDIO) from None
        self._loop = loop
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(LONGEST_QUEUE)
        with opened_audio(pyaudio) as self._audio:
            index, self.name = find_device(self._audio, name, "Input")
            self._open(pyaudio, index)

    @classmethod
    async def opened(cls, name: str = "auto") -> Microphone:
        """The microphone, opened without holding up the loop. Raises SoundError."""
        return await asyncio.to_thread(cls, name, asyncio.get_running_loop())

    def _open(self, pyaudio: Any, index: int) -> None:
        for rate in RATES:
            self._resample = soxr.ResampleStream(rate, RATE, 1, dtype="int16")
            with suppress(OSError, ValueError):
                self._stream = self._audio.open(
                    format=pyaudio.paInt16, channels=1, rate=rate, input=True, input_device_index=index,
                    frames_per_buffer=int(rate * FRAME_SECONDS), stream_callback=self._take,
                )  # fmt: skip
                self._continue = pyaudio.paContinue
                return
        raise SoundError(f"{self.name} gives no sound at {' or '.join(map(str, RATES))} samples per second")

    def _take(self, data: bytes, count: int, time: object, status: int) -> tuple[None, int]:
        frame = self._resample.resample_chunk(np.frombuffer(data, np.int16)).tobytes()
        self._loop.call_soon_threadsafe(self._put, frame)
        return None, self._continue

    def _put(self, frame: bytes) -> None:
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(frame)

    async def frames(self) -> AsyncGenerator[bytes, None]:
        """Frames until this generator is closed, and the microphone with it. Raises SoundError when it falls silent."""
        try:
            while True:
                try:
                    async with asyncio.timeout(LONGEST_GAP):
                        frame = await self._queue.get()
                except TimeoutError:
                    raise SoundError(f"{self.name} gives no sound any more") from None
                yield frame
        finally:
            await asyncio.to_thread(self._close)

    def _close(self) -> None:
        with suppress(OSError):  # a device that was unplugged cannot be closed
            self._stream.close()
        self._audio.terminate()


async def lasting(microphone: Microphone | None, name: str = "auto", mute: MuteSwitch | None = None) -> Frames:
    """Frames of a microphone that may be unplugged: it is opened again, by its name, as soon as it is back.

    While `mute` is closed its stream is, too, within one frame; what waits to be heard then is thrown away. Without a
    microphone, as while muted from the start, it is opened when it first may be.
    """
    mute = mute or MuteSwitch()
    while True:
        if microphone is not None:
            try:
                async with aclosing(microphone.frames()) as frames:
                    async for frame in frames:
                        if mute.closed:
                            break
                        yield frame
            except SoundError as error:
                log.warning("%s; waiting for it", error)
                await asyncio.sleep(REOPEN_PAUSE)
        microphone = await _back(name, mute)
        log.warning("%s is open again", microphone.name)


async def _back(name: str, mute: MuteSwitch) -> Microphone:
    while True:
        await mute.opened()
        with suppress(SoundError):
            return await Microphone.opened(name)
        await asyncio.sleep(REOPEN_PAUSE)
