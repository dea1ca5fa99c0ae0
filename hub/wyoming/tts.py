"""The voice of this hub as a Wyoming service: text in, whole or bit by bit, and sound out, sentence by sentence."""

from __future__ import annotations

from collections.abc import AsyncIterator

from wyoming.audio import AudioStart, AudioStop
from wyoming.error import Error
from wyoming.tts import SynthesizeChunk, SynthesizeStop, SynthesizeStopped

from hub.speech.mouth import sentences_of
from hub.speech.sound import RATE
from hub.speech.synthesis import Spoken, VoiceError
from hub.wyoming.audio import write_clip
from hub.wyoming.server import Connection, Gone

LONGEST = 10_000
"""Characters of a text."""


async def synthesize(connection: Connection, voice: Spoken, said: str) -> None:
    """Speak a text. Raises Gone, also where the voice fails: the client is told, and hung up on."""

    async def whole() -> AsyncIterator[str]:
        for sentence in sentences_of(said[:LONGEST]):
            yield sentence

    await _speak(connection, voice, whole())


async def synthesize_stream(connection: Connection, voice: Spoken) -> None:
    """Speak a text that comes in pieces, each sentence as soon as it is whole. Raises Gone."""
    await _speak(connection, voice, _sentences(connection))
    await connection.write(SynthesizeStopped())


async def _sentences(connection: Connection) -> AsyncIterator[str]:
    """The sentences of a text that comes in pieces. The whole text, which comes too for older servers, is left out."""
    rest, length = "", 0
    while not SynthesizeStop.is_type((event := await connection.read()).type):
        if not SynthesizeChunk.is_type(event.type):
            continue
        piece = str(event.data.get("text", ""))
        length += len(piece)
        if length > LONGEST:
            continue
        *whole, rest = sentences_of(rest + piece)
        for sentence in whole:
            yield sentence
    yield rest


async def _speak(connection: Connection, voice: Spoken, sentences: AsyncIterator[str]) -> None:
    """Send each sentence as soon as it is made. All of it has the rate of the first, whichever voice speaks."""
    rate = 0
    async for sentence in sentences:
        if not sentence.strip():
            continue
        try:
            clip = await voice.speak(sentence)
        except VoiceError as error:
            await connection.write(Error(str(error), "voice"))
            raise Gone(str(error)) from None
        if not rate:
            rate = clip.rate
            await connection.write(AudioStart(rate, 2, 1))
        await write_clip(connection, clip.at(rate))
    if not rate:
        await connection.write(AudioStart(RATE, 2, 1))
    await connection.write(AudioStop())
