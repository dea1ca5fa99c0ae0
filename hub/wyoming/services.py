"""Recognition, wake word, butler and voice at one address: each request goes to its service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from wyoming.asr import Transcribe, Transcript
from wyoming.event import Event, Eventable
from wyoming.info import Describe
from wyoming.intent import Recognize
from wyoming.tts import Synthesize, SynthesizeStart
from wyoming.wake import Detect

from hub.config import Settings
from hub.follow import Follower
from hub.speech.recognizer import Recognizer
from hub.speech.synthesis import Spoken
from hub.wyoming.asr import transcribe
from hub.wyoming.handle import Handler
from hub.wyoming.heard import Heard
from hub.wyoming.info import services_info
from hub.wyoming.intent import recognize
from hub.wyoming.server import Connection
from hub.wyoming.tts import synthesize, synthesize_stream
from hub.wyoming.wake import detect


class Services:
    """What Home Assistant's pipelines ask this hub for. Any number of connections, each for itself."""

    def __init__(
        self,
        settings: Settings,
        current: Callable[[], Recognizer],
        voice: Spoken,
        follower: Follower,
        handler: Handler,
        heard: Heard,
    ) -> None:
        """`current` is the recognizer of the home as it is now; `follower` and `handler` reach the butler."""
        self._settings = settings
        self._current = current
        self._voice = voice
        self._follower = follower
        self._handler = handler
        self._heard = heard
        self._requests: dict[type[Eventable], Callable[[Connection, Event], Awaitable[None]]] = {
            Describe: self._describe,
            Transcribe: self._transcribe,
            Detect: self._detect,
            Transcript: self._handle,
            Recognize: self._recognize,
            Synthesize: self._synthesize,
            SynthesizeStart: self._synthesize_stream,
        }

    async def serve(self, connection: Connection) -> None:
        """Serve one request after another, until the client has gone (raises Gone). Unknown ones are passed over."""
        while True:
            event = await connection.read()
            for kind, request in self._requests.items():
                if kind.is_type(event.type):
                    await request(connection, event)

    async def _describe(self, connection: Connection, _: Event) -> None:
        await connection.write(services_info(self._settings))

    async def _transcribe(self, connection: Connection, _: Event) -> None:
        await transcribe(connection, self._current(), self._heard)

    async def _detect(self, connection: Connection, event: Event) -> None:
        wanted = event.data.get("names")
        names = [str(name) for name in wanted] if isinstance(wanted, list) else None
        await detect(connection, self._current, self._settings.voice.wake, names)

    async def _handle(self, connection: Connection, event: Event) -> None:
        await self._handler.handle(connection, event)

    async def _recognize(self, connection: Connection, event: Event) -> None:
        await recognize(connection, event, self._follower, self._settings.language)

    async def _synthesize(self, connection: Connection, event: Event) -> None:
        await synthesize(connection, self._voice, str(event.data.get("text", "")))

    async def _synthesize_stream(self, connection: Connection, _: Event) -> None:
        await synthesize_stream(connection, self._voice)
