import asyncio
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from hub.speech.sound import FRAME_BYTES, RATE, Microphone, SoundError, wav_frames


def tone(rate: int, seconds: float = 1.0, pitch: float = 440.0) -> NDArray[np.float64]:
    return 0.5 * np.sin(2 * np.pi * pitch * np.arange(int(rate * seconds)) / rate)


async def samples(path: Path) -> NDArray[np.int16]:
    frames = [frame async for frame in wav_frames(path)]
    assert all(len(frame) == FRAME_BYTES for frame in frames[:-1])
    return np.frombuffer(b"".join(frames), "<i2")


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT"])
async def test_any_wav_becomes_16_khz_mono(tmp_path: Path, rate: int, channels: int, subtype: str) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, np.stack([tone(rate)] * channels, axis=1), rate, subtype=subtype)
    heard = await samples(path)
    assert len(heard) == pytest.approx(RATE, abs=20)
    spectrum = np.abs(np.fft.rfft(heard))
    assert spectrum.argmax() * RATE / len(heard) == pytest.approx(440, abs=2)
    assert np.abs(heard).max() == pytest.approx(0.5 * 32767, rel=0.05)


async def test_an_extensible_wav_is_read(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(16_000), 16_000, format="WAVEX")
    assert len(await samples(path)) == RATE


async def test_the_same_file_gives_the_same_samples(tmp_path: Path) -> None:
    path = tmp_path / "silence.wav"
    soundfile.write(path, np.zeros(RATE), RATE)
    first, second = await samples(path), await samples(path)
    assert np.array_equal(first, second)
    assert first.any()  # not the dead silence that no microphone gives


async def test_an_empty_wav_has_no_frames(tmp_path: Path) -> None:
    path = tmp_path / "empty.wav"
    soundfile.write(path, np.zeros(0), RATE)
    assert not len(await samples(path))


async def test_what_is_no_number_is_silence(tmp_path: Path) -> None:
    path = tmp_path / "nan.wav"
    soundfile.write(path, np.full(RATE, np.nan), RATE, subtype="FLOAT")
    assert np.abs(await samples(path)).max() < 20


@pytest.mark.parametrize("content", [b"", b"RIFF", b"not a sound", b"RIFF\x24\x00\x00\x00WAVEfmt "])
async def test_what_is_no_wav_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.wav"
    path.write_bytes(content)
    with pytest.raises(SoundError, match=r"broken\.wav: no WAV file"):
        await samples(path)


async def test_other_sound_formats_are_named(tmp_path: Path) -> None:
    path = tmp_path / "tone.flac"
    soundfile.write(path, tone(16_000), 16_000)
    with pytest.raises(SoundError, match="a FLAC file"):
        await samples(path)


async def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(SoundError, match=r"nothing\.wav: No such file"):
        await samples(tmp_path / "nothing.wav")
    with pytest.raises(SoundError, match="Is a directory"):
        await samples(tmp_path)


async def test_a_machine_without_a_microphone_is_told_what_to_do() -> None:
    # With PyAudio and a microphone, it is the name that is wrong; without, one of them is missing.
    with pytest.raises(SoundError, match=r"PyAudio is not installed|no microphone"):
        await Microphone.opened("no such microphone")


async def test_frames_keep_their_order_while_others_run(tmp_path: Path) -> None:
    path = tmp_path / "ramp.wav"
    soundfile.write(path, np.linspace(-0.9, 0.9, RATE * 3), RATE)
    first, second = await asyncio.gather(samples(path), samples(path))
    assert np.array_equal(first, second)
    assert first[-1] > first[RATE] > first[0]
