"""Voices: text to sound. espeak-ng is everywhere, Kokoro and KT are better, a Wyoming server may be anything."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import soundfile
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.tts import Synthesize, SynthesizeVoice

from hub.faults import OutsideError
from hub.korean.reading import read_aloud
from hub.settings.voice import KtAccess, SpeakerSettings
from hub.speech.clip import Clip
from hub.speech.kokoro import Kokoro, Manner, VoiceMissingError
from hub.speech.sound import RATE
from hub.texts import Language

if TYPE_CHECKING:
    from hub.kt import Kt

log = logging.getLogger(__name__)

SERVER_TIMEOUT = 10.0
"""Seconds that a server may take for a sentence."""

KEPT_BYTES = 50_000_000
"""How much spoken sound is kept on disk; what was used longest ago goes first."""


class VoiceError(Exception):
    """A voice cannot speak; the text says why and what to do."""


class Voice(Protocol):
    """Speaks text of one language."""

    name: str
    """What tells its sound from that of other voices."""

    async def speak(self, text: str) -> Clip:
        """The text as sound. Raises VoiceError."""


class EspeakVoice:
    """espeak-ng, a program of the system."""

    def __init__(self, language: Language) -> None:
        self.name = f"espeak-{language}"
        self._language = language

    async def speak(self, text: str) -> Clip:
        """The text as sound. Raises VoiceError where espeak-ng is missing or fails."""
        said = read_aloud(text) if self._language == "ko" else text
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                *("espeak-ng", "-v", self._language, "-s", "150", "--stdin", "--stdout"),
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
            )
        except OSError as error:
            raise VoiceError(f"espeak-ng cannot be started ({error.strerror}): apt install espeak-ng") from None
        try:
            wav, complaint = await process.communicate(said.encode())
        except asyncio.CancelledError:
            process.kill()
            await process.communicate()
            raise
        try:
            return Clip.from_wav(wav)
        except soundfile.LibsndfileError:
            raise VoiceError(f"espeak-ng said nothing: {complaint.decode(errors='replace').strip()}") from None


class KokoroVoice:
    """The Kokoro voice in this process, loaded when it first speaks (some 350 MB). It reads Korean only."""

    name = "kokoro"

    def __init__(self) -> None:
        self._kokoro: Kokoro | None = None
        self._thread = ThreadPoolExecutor(1, "kokoro")

    async def speak(self, text: str) -> Clip:
        """The text as sound. Raises VoiceError where the extra is not installed or nothing in the text can be said."""
        samples = await asyncio.get_running_loop().run_in_executor(self._thread, self._speak, text)
        return Clip(samples, RATE)

    def _speak(self, text: str) -> bytes:
        try:
            self._kokoro = self._kokoro or Kokoro()
            return self._kokoro.speak(text, Manner())
        except (VoiceMissingError, IndexError, ValueError) as error:
            raise VoiceError(f"the Kokoro voice cannot say {text!r}: {error}") from None


class WyomingVoice:
    """A text-to-speech server that speaks the Wyoming protocol: https://github.com/OHF-Voice/wyoming."""

    def __init__(self, url: str, language: Language) -> None:
        """`url` is tcp://host:port."""
        self.name = f"{url}-{language}"
        self._url = url
        self._language = language

    async def speak(self, text: str) -> Clip:
        """The text as sound. Raises VoiceError where the server is away, slow, or cannot say it."""
        try:
            async with asyncio.timeout(SERVER_TIMEOUT):
                return await self._ask(text)
        except TimeoutError:
            raise VoiceError(f"speaker.voice: {self._url} did not speak within {SERVER_TIMEOUT:.0f} s") from None
        except OSError as error:
            raise VoiceError(f"speaker.voice: {self._url} cannot be reached: {error.strerror or error}") from None

    async def _ask(self, text: str) -> Clip:
        address = urlsplit(self._url)
        samples, rate = b"", 0
        async with AsyncTcpClient(address.hostname or "", address.port or 0) as client:
            await client.write_event(Synthesize(text, SynthesizeVoice(language=self._language)).event())
            while (event := await client.read_event()) is not None:
                if AudioStart.is_type(event.type):
                    start = AudioStart.from_event(event)
                    if (start.width, start.channels) != (2, 1):
                        raise VoiceError(f"speaker.voice: {self._url} does not speak 16-bit mono")
                    rate = start.rate
                elif AudioChunk.is_type(event.type):
                    samples += AudioChunk.from_event(event).audio
                elif AudioStop.is_type(event.type) and rate:
                    return Clip(samples, rate)
                elif Error.is_type(event.type):
                    raise VoiceError(f"speaker.voice: {self._url}: {Error.from_event(event).text}")
        raise VoiceError(f"speaker.voice: {self._url} broke off")


class KtVoice:
    """The voice of KT's AI Makers Kit, over the network. It reads Korean only."""

    name = "kt"

    def __init__(self, access: KtAccess) -> None:
        self._access = access
        self._kt: Kt | None = None

    async def speak(self, text: str) -> Clip:
        """The text as sound. Raises VoiceError where the extra or a key is missing, and where KT cannot say it."""
        try:
            if self._kt is None:
                self._kt = await asyncio.to_thread(self._opened)
            async with asyncio.timeout(SERVER_TIMEOUT):
                return Clip.from_wav(await self._kt.speak(text))
        except TimeoutError:
            raise VoiceError(f"speaker.voice: KT did not speak within {SERVER_TIMEOUT:.0f} s") from None
        except OutsideError as error:
            raise VoiceError(f"speaker.voice: {error}") from None
        except soundfile.LibsndfileError:
            raise VoiceError("speaker.voice: KT spoke nothing that can be played") from None

    def _opened(self) -> Kt:
        try:
            from hub.kt import Kt
        except ImportError:
            raise VoiceError("speaker.voice: kt needs gRPC: pip install 'jipsa[kt]'") from None
        return Kt.of(self._access, "speaker.kt")


class Spoken:
    """What was said once is kept as a file; and where the best voice fails, the next one speaks."""

    def __init__(self, voices: Sequence[Voice], folder: Path) -> None:
        """`voices` in the order in which they are asked; `folder` is made when something is kept."""
        self._voices = voices
        self._folder = folder
        self._failed: set[str] = set()

    async def speak(self, text: str) -> Clip:
        """The text as sound. Raises VoiceError where no voice can say it."""
        faults = []
        for voice in self._voices:
            try:
                return await self._kept(voice, text)
            except VoiceError as error:
                faults.append(str(error))
                if voice.name not in self._failed:  # once is enough, until it works again
                    log.warning("%s", error)
                self._failed.add(voice.name)
        raise VoiceError("; ".join(faults))

    async def _kept(self, voice: Voice, text: str) -> Clip:
        digest = hashlib.sha256(f"{voice.name}\n{text}".encode()).hexdigest()
        path = self._folder / f"{digest[:32]}.wav"
        try:
            clip = await asyncio.to_thread(Clip.from_wav, path)
            path.touch()
            return clip
        except (soundfile.LibsndfileError, OSError):
            pass  # not there, or broken: it is spoken anew
        clip = await voice.speak(text)
        self._failed.discard(voice.name)
        try:
            await asyncio.to_thread(self._keep, path, clip)
        except OSError as error:
            log.warning("%s cannot be kept: %s", path, error.strerror)
        return clip

    def _keep(self, path: Path, clip: Clip) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            whole = Path(folder) / path.name
            whole.write_bytes(clip.to_wav())
            whole.replace(path)
        files = sorted(self._folder.glob("*.wav"), key=lambda kept: kept.stat().st_mtime, reverse=True)
        size = 0
        for kept in files:
            size += kept.stat().st_size
            if size > KEPT_BYTES:
                kept.unlink(missing_ok=True)


def voice_of(settings: SpeakerSettings, language: Language, cache: Path) -> Spoken:
    """The voice of the settings; where it fails, espeak-ng."""
    last = EspeakVoice(language)
    voices: list[Voice] = [last]
    if settings.voice == "kokoro" and language == "ko":
        voices = [KokoroVoice(), last]
    elif settings.voice == "kt" and settings.kt is not None and language == "ko":
        voices = [KtVoice(settings.kt), last]
    elif settings.voice.startswith("tcp://"):
        voices = [WyomingVoice(settings.voice, language), last]
    return Spoken(voices, cache / "spoken")
