from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from speech.conftest import RECORDINGS, recordings

from hub.korean.jamo import squash
from hub.samples import load_samples
from hub.speech.recognizer import Recognizer, Refused, Segment, joined, refusal
from hub.speech.sound import FRAME_BYTES, RATE, Frames, wav_frames
from hub.speech.tuning import FILLER, JOIN

needs_recordings = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason=f"the recordings of real people are not beside the repository ({RECORDINGS})"
)


def piece(word: str, start: float, end: float, confidence: float = 1.0) -> dict[str, Any]:
    return {"word": word, "start": start, "end": end, "conf": confidence}


async def heard(recognizer: Recognizer, frames: Frames) -> list[Segment]:
    return [segment async for segment in recognizer.segments(frames)]


async def noise(seconds: float, level: float, seed: int) -> AsyncIterator[bytes]:
    generator = np.random.default_rng(seed)
    for _ in range(int(seconds * RATE * 2 / FRAME_BYTES)):
        yield generator.normal(0, level, FRAME_BYTES // 2).clip(-32768, 32767).astype("<i2").tobytes()


def test_pieces_are_joined_to_words_as_they_are_written() -> None:
    pieces = [piece("불", 0, 0.2), piece(JOIN + "을", 0.2, 0.3, 0.4), piece("켜", 0.3, 0.5), piece(JOIN, 0.5, 0.6, 0.3)]
    words = joined(pieces)
    assert [(word.text, word.start, word.end) for word in words] == [("불을", 0, 0.3), ("켜", 0.3, 0.6)]
    assert [word.confidence for word in words] == [0.4, 1.0]
    assert words[0].stem_confidence == 1.0


def test_speech_with_filler_in_it_is_no_command() -> None:
    words = joined([piece(FILLER, 0, 0.2), piece(FILLER, 0.2, 0.4), piece("켜줘", 0.4, 0.8)])
    assert [word.text for word in words] == ["…", "켜줘"]
    assert refusal(words) is Refused.NOT_A_COMMAND


def test_a_short_noise_is_no_command() -> None:
    assert refusal(joined([piece("꺼", 0, 0.2)])) is Refused.TOO_SHORT


def test_polarity_is_not_decided_by_a_doubtful_verb() -> None:
    pieces = [piece("거실", 0, 0.4), piece("불", 0.4, 0.7), piece("꺼", 0.7, 0.9, 0.45), piece(JOIN + "줘", 0.9, 1.1)]
    assert refusal(joined(pieces)) is Refused.LOW_CONFIDENCE
    pieces[2]["conf"] = 0.95
    assert refusal(joined(pieces)) is None


async def test_a_folder_that_is_no_graph_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="jipsa home build"):
        Recognizer(tmp_path)


@pytest.mark.parametrize("level", [3, 300, 1600, 5000])
@pytest.mark.parametrize("seed", range(8))
async def test_noise_is_no_command(recognizer: Recognizer, level: float, seed: int) -> None:
    assert all(segment.refused for segment in await heard(recognizer, noise(4, level, seed)))


async def test_nothing_is_heard_in_nothing(recognizer: Recognizer) -> None:
    async def nothing() -> AsyncIterator[bytes]:
        return
        yield b""

    assert await heard(recognizer, nothing()) == []


@pytest.mark.parametrize("sample", load_samples(), ids=lambda sample: sample.file)
async def test_every_sample_is_heard_right(recognizer: Recognizer, sample: Any) -> None:
    (segment,) = await heard(recognizer, wav_frames(sample.path))
    assert squash(segment.text) == squash(sample.sentence)
    assert segment.refused is None
    assert 0 < segment.start < segment.end


@needs_recordings
@pytest.mark.parametrize("path", recordings("none"), ids=lambda path: path.name)
async def test_speech_that_is_no_command_is_refused(recognizer: Recognizer, path: Path) -> None:
    segments = await heard(recognizer, wav_frames(path))
    assert segments
    assert all(segment.refused for segment in segments)


@needs_recordings
async def test_a_person_is_understood(recognizer: Recognizer) -> None:
    (segment,) = await heard(recognizer, wav_frames(RECORDINGS / "pv_rhino_in.wav"))
    assert segment.refused is None
    assert {"모든", "파란색으로", "바꿔줘"} <= set(segment.text.split())
