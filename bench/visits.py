"""Clients of a hub, for benchmarks: a page that is open, and Home Assistant's Assist, which speaks Wyoming."""

from __future__ import annotations

import asyncio
import itertools
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.event import Event
from wyoming.tts import Synthesize

from hub.payloads import Value, new_id

RATE = 16_000

FAULTS = frozenset({"bad_call", "disk", "failed", "unknown_call"})
"""Errors of calls that are nobody's answer."""


class VisitError(Exception):
    """The hub did not do what it should for a client; the text says what."""


class Page:
    """A page that is open; `hello` is what it was told at first."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, hello: dict[str, Any]) -> None:
        self.hello = hello
        self._socket = socket
        self._numbers = itertools.count()

    async def call(self, name: str, **arguments: Value) -> None:
        """Ask something, and wait for the answer. Raises VisitError."""
        number = next(self._numbers)
        await self._socket.send_json({"call": name, "n": number, **arguments})
        while (told := await self._socket.receive_json()).get("n") != number:
            pass
        if not told["ok"] and told["error"]["code"] in FAULTS:
            raise VisitError(f"{name}: {told['error']}")

    async def speak(self, sound: bytes) -> None:
        """Hold the microphone for as long as the sound takes. Raises VisitError."""
        await self.call("hear.begin")
        async for piece in _pieces(sound):
            await self._socket.send_bytes(piece)
        await self.call("hear.end")


@asynccontextmanager
async def page(client: aiohttp.ClientSession, url: str) -> AsyncIterator[Page]:
    """Open the page, and close it when the block is left."""
    async with client.ws_connect(f"{url}/ws?satellite=web-{new_id()[:8]}", origin=url, max_msg_size=0) as socket:
        yield Page(socket, await socket.receive_json())


class Assist:
    """Home Assistant's Assist, with a connection of its own for each request to the Wyoming services at `port`."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def hear(self, sound: bytes) -> str:
        """What is said in a sound, which takes as long as it lasts; empty where nothing was understood."""
        return Transcript.from_event(await self._ask(Transcribe(language="ko").event(), "transcript", sound=sound)).text

    async def handle(self, sentence: str, conversation: str) -> str:
        """The answer to a sentence."""
        asked = Transcript(sentence, context={"conversation_id": conversation}).event()
        answer: str = (await self._ask(asked, "handled", "not-handled")).data["text"]
        return answer

    async def speak(self, text: str) -> None:
        """Have it said aloud."""
        await self._ask(Synthesize(text).event(), "audio-stop")

    async def _ask(self, asked: Event, *ends: str, sound: bytes = b"") -> Event:
        """The event that ends the answer. Raises VisitError."""
        async with AsyncTcpClient("127.0.0.1", self._port) as client:
            await client.write_event(asked)
            if sound:
                await client.write_event(AudioStart(RATE, 2, 1).event())
                async for piece in _pieces(sound):
                    await client.write_event(AudioChunk(RATE, 2, 1, piece).event())
                await client.write_event(AudioStop().event())
            event: Event | None
            while (event := await client.read_event()) is not None and event.type != "error":
                if event.type in ends:
                    return event
        raise VisitError(f"{asked.type}: {event.data if event is not None else 'it has hung up'}")


def sound_in(path: Path) -> bytes:
    """The sound of a file as it is sent."""
    with wave.open(str(path), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2), path
        return file.readframes(file.getnframes())


async def _pieces(sound: bytes) -> AsyncIterator[bytes]:
    """Tenths of a second, each when it has been said."""
    for start in range(0, len(sound), RATE // 10 * 2):
        piece = sound[start : start + RATE // 10 * 2]
        await asyncio.sleep(len(piece) / 2 / RATE)
        yield piece
