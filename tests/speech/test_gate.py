"""What the gate lets through."""

from collections.abc import Iterator

import numpy as np
import pytest

from hub.samples import load_samples
from hub.speech.gate import Gate
from hub.speech.sound import FRAME_BYTES, FRAME_SECONDS, RATE, wav_frames
from hub.speech.tuning import END_OF_SPEECH, GATE_BEFORE


def hiss(seconds: float, level: float = 3) -> Iterator[bytes]:
    generator = np.random.default_rng(1)
    for _ in range(round(seconds / FRAME_SECONDS)):
        yield generator.normal(0, level, FRAME_BYTES // 2).round().astype("<i2").tobytes()


async def spoken() -> list[bytes]:
    return [frame async for frame in wav_frames(load_samples()[0].path)]


@pytest.mark.parametrize("level", [0, 3, 30])
def test_a_quiet_room_is_not_heard(level: float) -> None:
    gate = Gate()
    assert not any(gate.take(frame) for frame in hiss(10, level))
    assert not gate.open


async def test_speech_is_heard_with_what_was_right_before_it_and_nothing_is_lost_or_doubled() -> None:
    gate = Gate()
    quiet, speech = [*hiss(2)], await spoken()
    heard = [passed for frame in (*quiet, *speech) for passed in gate.take(frame)]
    assert heard == [*quiet, *speech][-len(heard) :]
    assert len(speech) <= len(heard) <= len(speech) + GATE_BEFORE / FRAME_SECONDS
    assert gate.open


async def test_the_gate_closes_after_the_longest_silence_and_opens_again() -> None:
    gate = Gate()
    speech = await spoken()
    for frame in speech:
        gate.take(frame)
    after = [bool(gate.take(frame)) for frame in hiss(END_OF_SPEECH + 1)]
    assert after[0]
    assert not after[-1]
    assert after == sorted(after, reverse=True)
    assert not gate.open
    assert any(gate.take(frame) for frame in speech)


async def test_a_gate_that_is_shut_passes_nothing_until_somebody_speaks_again() -> None:
    gate = Gate()
    speech = await spoken()
    for frame in speech:
        gate.take(frame)
    gate.shut()
    assert not any(gate.take(frame) for frame in hiss(1))
    assert any(gate.take(frame) for frame in speech)


async def test_frames_of_any_length_are_judged() -> None:
    sound = b"".join(await spoken())
    rows = []
    for length in (FRAME_BYTES, 882, 1500):
        gate = Gate()
        rows.append(sum(len(p) for at in range(0, len(sound), length) for p in gate.take(sound[at : at + length])))
    assert min(rows) > 0.8 * len(sound)


def test_the_silence_is_counted() -> None:
    gate = Gate()
    for frame in hiss(0.5):
        gate.take(frame)
    assert gate.silence == pytest.approx(0.5)
    assert RATE * FRAME_SECONDS * 2 == FRAME_BYTES
