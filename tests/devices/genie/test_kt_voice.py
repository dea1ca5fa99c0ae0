"""KT's voice: what a real gRPC server speaks is heard, and where it does not speak, espeak-ng does."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from speech.loudspeakers import Jack
from speech.test_synthesis import needs_espeak

from devices.genie.agents import agent_of, kt_simulator
from devices.genie.agents.kt_simulator import CLIENT_ID, KEY, SECRET, KtSimulator, tone
from hub import kt
from hub.config import load_settings
from hub.faults import OutsideError
from hub.messages import Say
from hub.settings.genie import KtAgentSettings
from hub.settings.voice import KtAccess, SpeakerSettings
from hub.speech import synthesis
from hub.speech.clip import Clip
from hub.speech.loudspeaker import Loudspeaker
from hub.speech.mouth import Mouth
from hub.speech.synthesis import KtVoice, VoiceError, voice_of


@pytest.fixture
def simulator() -> KtSimulator:
    return KtSimulator()


@pytest.fixture
async def port(simulator: KtSimulator) -> AsyncIterator[int]:
    async with simulator.serving() as port:
        yield port


@pytest.fixture
def access(port: int, tmp_path: Path) -> KtAccess:
    for name, value in (("key", KEY), ("secret", SECRET)):
        (tmp_path / name).write_text(value)
    files = {"key_file": tmp_path / "key", "secret_file": tmp_path / "secret"}
    return KtAccess(client_id=CLIENT_ID, host="127.0.0.1", port=port, tls=False, **files)


def test_the_voice_needs_its_keys(tmp_path: Path) -> None:
    path = tmp_path / "jipsa.yaml"
    path.write_text("speaker: {voice: kt}")
    with pytest.raises(OutsideError, match="speaker: 'kt' is missing"):
        load_settings(path)
    path.write_text("speaker: {voice: kt, kt: {client_id: me, secret_file: secret}}")
    keys = load_settings(path).speaker.kt
    assert keys is not None
    assert (keys.key_file, keys.secret_file) == (None, tmp_path / "secret")


async def test_kt_speaks_from_the_loudspeaker(
    access: KtAccess, simulator: KtSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jack = Jack()
    monkeypatch.setitem(sys.modules, "pyaudio", jack.module())
    settings = SpeakerSettings(voice="kt", kt=access, volume=100)
    mouth = Mouth(voice_of(settings, "ko", tmp_path), Loudspeaker(), settings)
    running = asyncio.create_task(mouth.run())
    async with asyncio.timeout(20):
        await mouth.say(Say(text="거실 불을 켰어요. 안방은 꺼져 있어요."))
    running.cancel()
    await asyncio.wait([running])
    assert simulator.spoken == ["거실 불을 켰어요.", "안방은 꺼져 있어요."]
    assert len(jack.played) / jack.rate > 1.5
    assert np.abs(jack.played).max() > 3_000


async def test_its_sound_is_what_was_sent(
    access: KtAccess, monkeypatch: pytest.MonkeyPatch, simulator: KtSimulator
) -> None:
    async def sent(text: str) -> bytes:
        return tone(0.5)

    monkeypatch.setattr(kt_simulator, "spoken_wav", sent)
    assert await KtVoice(access).speak("안녕하세요") == Clip.from_wav(tone(0.5))


@needs_espeak
async def test_where_kt_does_not_speak_espeak_does(
    access: KtAccess, simulator: KtSimulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "key").write_text("wrong-key")
    voice = voice_of(SpeakerSettings(voice="kt", kt=access), "ko", tmp_path)
    for text in ("하나", "둘"):
        assert (await voice.speak(text)).seconds > 0.2
    assert simulator.spoken == []
    assert caplog.text.count("speaker.voice: KT at 127.0.0.1") == 1
    assert "wrong-key" not in caplog.text
    english = voice_of(SpeakerSettings(voice="kt", kt=access), "en", tmp_path)
    await english.speak("one")
    assert caplog.text.count("speaker.voice") == 1


async def test_why_it_does_not_speak_is_told(
    access: KtAccess, simulator: KtSimulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def noise(text: str) -> bytes:
        return b"MP3?" * 10_000

    monkeypatch.setattr(kt_simulator, "spoken_wav", noise)
    with pytest.raises(VoiceError, match="KT spoke nothing that can be played"):
        await KtVoice(access).speak("안녕")
    monkeypatch.setattr(kt, "LARGEST_SOUND", 10_000)
    with pytest.raises(VoiceError, match="KT spoke more than 10000 bytes"):
        await KtVoice(access).speak("안녕")
    simulator.code = 500
    with pytest.raises(VoiceError, match="KT answered with result code 500"):
        await KtVoice(access).speak("안녕")
    simulator.latency = 60
    monkeypatch.setattr(synthesis, "SERVER_TIMEOUT", 0.3)
    with pytest.raises(VoiceError, match="KT did not speak within"):
        await KtVoice(access).speak("안녕")
    (tmp_path / "secret").unlink()
    with pytest.raises(VoiceError, match=r"speaker\.kt\.secret_file: .*No such file"):
        await KtVoice(access).speak("안녕")


async def test_without_the_extra_it_is_said_what_to_install(access: KtAccess, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("hub.kt", "devices.genie.agents.kt"):
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "grpc", None)
    with pytest.raises(VoiceError, match=r"pip install 'jipsa\[kt\]'"):
        await KtVoice(access).speak("안녕")
    settings = KtAgentSettings(kind="kt", **access.model_dump())
    with pytest.raises(OutsideError, match=r"pip install 'jipsa\[kt\]'"):
        agent_of(settings, "ko")
