"""One Home Assistant that runs this satellite: sentences go there, and what it has to say is heard here."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event, Eventable
from wyoming.info import Describe
from wyoming.pipeline import PipelineStage, RunPipeline
from wyoming.satellite import PauseSatellite, RunSatellite, StreamingStarted, StreamingStopped
from wyoming.snd import Played
from wyoming.timer import TimerCancelled, TimerFinished, TimerStarted
from wyoming.tts import Synthesize
from wyoming.wake import Detection

from hub.speech.clip import Clip
from hub.speech.sound import RATE
from hub.wyoming.audio import chunk_of, mono, write_clip
from hub.wyoming.server import Connection, Gone

if TYPE_CHECKING:
    from hub.wyoming.satellite import Satellite

log = logging.getLogger(__name__)

SILENT = 15.0
"""Seconds without a word of Home Assistant, which asks every two seconds, after which it is taken for dead."""

LONGEST_TURN = 20.0
"""Seconds after which a pipeline that says nothing is over."""

LONGEST_SPEECH = 120.0
"""Seconds of sound that are played at a time; nobody needs longer answers."""

MOST_TIMERS = 100

ANOTHER_ACTS = "duplicate_wake_up_detected"
"""Home Assistant's error where another satellite heard the name before."""


class Session:
    """One connection; of a client that only asks what is here, or of a Home Assistant that runs the satellite."""

    def __init__(self, connection: Connection, satellite: Satellite) -> None:
        self._connection = connection
        self._satellite = satellite
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._over = asyncio.Event()
        self._answer: str | None = None
        self._sound = Sound()
        self._timers: dict[str, str | None] = {}
        self._events: dict[type[Eventable], Callable[[Event], Awaitable[None]]] = {
            Describe: self._describe,
            RunSatellite: self._run,
            PauseSatellite: self._pause,
            Transcript: self._transcript,
            Synthesize: self._synthesize,
            AudioStart: self._audio_start,
            AudioChunk: self._audio_chunk,
            AudioStop: self._audio_stop,
            Error: self._error,
            TimerStarted: self._timer_started,
            TimerCancelled: self._timer_cancelled,
            TimerFinished: self._timer_finished,
        }

    async def serve(self) -> None:
        """Until the other side has gone (raises Gone); whatever it has begun to say is said to its end."""
        try:
            while True:
                event = await self._connection.read()
                for kind, take in self._events.items():
                    if kind.is_type(event.type):
                        await take(event)
        finally:
            self._over.set()
            self._satellite.end(self)

    def close(self) -> None:
        """Another Home Assistant has come."""
        self._connection.close()

    def send(self, sound: Clip, name: str | None) -> None:
        """Have the pipeline hear a sentence, after the one before; `name` is what the hub was called by, if it was."""
        self._spawn(self._send(sound, name))

    async def _send(self, sound: Clip, name: str | None) -> None:
        async with self._turn:
            self._over.clear()
            try:
                await self._run_pipeline(sound, name)
                async with asyncio.timeout(LONGEST_TURN):
                    await self._over.wait()
            except Gone as error:
                log.warning("Home Assistant has not heard what was said: %s", error)
                self._satellite.missed()
            except TimeoutError:
                log.warning("Home Assistant has said nothing for %.0f s", LONGEST_TURN)

    async def _run_pipeline(self, sound: Clip, name: str | None) -> None:
        write = self._connection.write
        if name is not None:
            await write(Detection(name))
        await write(RunPipeline(PipelineStage.ASR, PipelineStage.TTS, wake_word_name=name))
        await write(StreamingStarted())
        await write(AudioStart(sound.rate, 2, 1))
        await write_clip(self._connection, sound)
        await write(AudioStop())
        await write(StreamingStopped())

    async def _describe(self, _: Event) -> None:
        await self._connection.write(self._satellite.info)

    async def _run(self, _: Event) -> None:
        self._begin()

    def _begin(self) -> None:
        self._connection.patience = SILENT
        self._connection.on_ping = lambda: None
        self._satellite.begin(self)

    async def _pause(self, _: Event) -> None:
        """Muted there, it says nothing any more but a ping that is under way.

        Who is no longer muted after a moment is not told to run again, but asked again: the second ping is a sign.
        """
        pings = itertools.count(1)
        self._connection.patience = None
        self._connection.on_ping = lambda: self._begin() if next(pings) > 1 else None
        self._satellite.pause(self)

    async def _transcript(self, event: Event) -> None:
        self._satellite.understood(str(event.data.get("text", "")))

    async def _synthesize(self, event: Event) -> None:
        self._answer = str(event.data.get("text", ""))

    async def _audio_start(self, _: Event) -> None:
        self._sound = Sound()

    async def _audio_chunk(self, event: Event) -> None:
        self._sound.take(chunk_of(event.data, event.payload))

    async def _audio_stop(self, _: Event) -> None:
        sound, answer = self._sound.clip(), self._answer
        self._sound, self._answer = Sound(), None
        self._over.set()
        self._spawn(self._play(sound, answer))

    async def _play(self, sound: Clip, answer: str | None) -> None:
        await self._satellite.play(sound, answer)
        try:
            await self._connection.write(Played())
        except Gone as error:
            log.debug("nobody waits for the end of what was played: %s", error)

    async def _error(self, event: Event) -> None:
        self._over.set()
        log.info("the pipeline failed: %s (%s)", event.data.get("text"), event.data.get("code"))
        self._satellite.missed(silently=event.data.get("code") == ANOTHER_ACTS)

    async def _timer_started(self, event: Event) -> None:
        name = event.data.get("name")
        if len(self._timers) < MOST_TIMERS:
            self._timers[str(event.data.get("id"))] = str(name) if name else None

    async def _timer_cancelled(self, event: Event) -> None:
        self._timers.pop(str(event.data.get("id")), None)

    async def _timer_finished(self, event: Event) -> None:
        self._spawn(self._satellite.ring(self._timers.pop(str(event.data.get("id")), None)))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Sound:
    """Sound that comes piece by piece, to be played when it is whole."""

    def __init__(self) -> None:
        self._rate = 0
        self._samples = bytearray()

    def take(self, chunk: AudioChunk) -> None:
        """Add a piece; what would be too long, or has another rate than the first, is left out."""
        self._rate = self._rate or chunk.rate
        if chunk.rate == self._rate and len(self._samples) < LONGEST_SPEECH * self._rate * 2:
            self._samples += mono(chunk).tobytes()

    def clip(self) -> Clip:
        """All of it."""
        return Clip(bytes(self._samples), self._rate or RATE)
