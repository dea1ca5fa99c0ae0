"""When a sentence is over, and what is heard of who stops in the middle. Times are those of the sound."""

from collections.abc import AsyncIterator, Sequence

import numpy as np
import pytest
from speech.conftest import quiet

from bench import noise
from hub.korean.jamo import squash
from hub.samples import Sample, load_samples
from hub.speech.gate import Gate
from hub.speech.listening import listen
from hub.speech.recognizer import Partial, Recognizer, Refused, Segment
from hub.speech.sound import FRAME_BYTES, RATE, wav_frames
from hub.speech.tuning import END_OF_SPEECH

SAMPLES = load_samples()


async def sound_of(sample: Sample) -> bytes:
    return b"".join([frame async for frame in wav_frames(sample.path)])


def spoken_until(sound: bytes) -> float:
    """When the last loud hundredth of a second ends."""
    return noise.spoken_until(np.frombuffer(sound, "<i2"))


class Played:
    """A sound that knows how far it has been heard."""

    def __init__(self, sound: bytes) -> None:
        self.sound = sound
        self.at = 0.0

    async def frames(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.sound), FRAME_BYTES):
            self.at = (start + FRAME_BYTES) / 2 / RATE
            yield self.sound[start : start + FRAME_BYTES]


async def heard(recognizer: Recognizer, sound: bytes) -> list[Segment]:
    found = [it async for it in listen(lambda: recognizer, Played(sound).frames(), Gate())]
    return [it for it in found if isinstance(it, Segment)]


def texts(segments: Sequence[Segment]) -> list[str]:
    return [squash(segment.text) for segment in segments if segment.refused is None]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.file)
@pytest.mark.parametrize("level", [3, 60])
async def test_a_whole_command_is_told_soon_after_its_end(recognizer: Recognizer, sample: Sample, level: float) -> None:
    sound = await sound_of(sample)
    end = spoken_until(sound)
    played = Played(sound[: int(end * RATE) * 2] + quiet(3, level))
    async for it in listen(lambda: recognizer, played.frames(), Gate()):
        if isinstance(it, Segment):
            assert (squash(it.text), it.refused) == (squash(sample.sentence), None)
            assert played.at - end < 0.95  # 0.45 where the command cannot go on
            assert it.start < it.end < played.at
            break
    else:
        pytest.fail("nothing was heard")


async def test_commands_that_cannot_go_on_are_told_after_half_a_second_at_most(recognizer: Recognizer) -> None:
    late = []
    for sample in SAMPLES:
        sound = await sound_of(sample)
        end = spoken_until(sound)
        played = Played(sound[: int(end * RATE) * 2] + quiet(3))
        async for it in listen(lambda: recognizer, played.frames(), Gate()):
            if isinstance(it, Segment):
                late.append(played.at - end)
                break
    assert sorted(late)[len(late) * 3 // 4] <= 0.5


async def test_two_commands_are_told_one_after_the_other_with_their_times(recognizer: Recognizer) -> None:
    first, second = SAMPLES[0], SAMPLES[6]
    sounds = [await sound_of(first), await sound_of(second)]
    before = len(sounds[0]) / 2 / RATE + 3
    segments = await heard(recognizer, quiet(1) + sounds[0] + quiet(2) + sounds[1] + quiet(2))
    assert texts(segments) == [squash(first.sentence), squash(second.sentence)]
    assert 1 < segments[0].start < segments[0].end < before - 1
    assert before < segments[1].start < segments[1].end


async def test_what_is_heard_is_told_while_somebody_speaks(recognizer: Recognizer) -> None:
    sound = await sound_of(SAMPLES[1])
    found = [it async for it in listen(lambda: recognizer, Played(sound + quiet(2)).frames(), Gate())]
    partials = [it.text for it in found if isinstance(it, Partial)]
    assert len(partials) >= 3
    assert partials[-1].startswith("거실 에어컨")
    assert isinstance(found[-1], Segment)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.file)
@pytest.mark.parametrize("part", [0.2, 0.25, 0.3])
async def test_who_stops_before_the_verb_is_refused(recognizer: Recognizer, sample: Sample, part: float) -> None:
    # A graph of whole commands alone would make 에어컨 꺼 of 에어컨, and be sure of it.
    sound = await sound_of(sample)
    segments = await heard(recognizer, sound[: int(len(sound) / 2 * part) * 2] + quiet(3))
    assert all(segment.refused for segment in segments)


async def test_a_device_alone_is_no_command(recognizer: Recognizer) -> None:
    # 에어컨 | 제습 모드로 바꿔줘
    sound = await sound_of(SAMPLES[2])
    segments = await heard(recognizer, sound[: int(0.62 * RATE) * 2] + quiet(3))
    assert [segment.refused for segment in segments] in ([Refused.INCOMPLETE], [Refused.TOO_SHORT], [])


@pytest.mark.parametrize("pause", [0.4, 0.6])
async def test_who_hesitates_is_not_cut(recognizer: Recognizer, pause: float) -> None:
    # 에어컨 … 제습 모드로 바꿔줘; 로봇청소기 … 돌려줘
    for number, at in ((2, 0.62), (8, 0.95)):
        sound = await sound_of(SAMPLES[number])
        cut = int(at * RATE) * 2
        segments = await heard(recognizer, sound[:cut] + quiet(pause) + sound[cut:] + quiet(2))
        assert len(segments) == 1
        assert squash(segments[0].text).startswith(squash(SAMPLES[number].sentence.split()[0]))


async def test_a_sound_that_ends_in_the_middle_is_told_as_far_as_it_goes(recognizer: Recognizer) -> None:
    sound = await sound_of(SAMPLES[0])
    assert texts(await heard(recognizer, sound[: int(spoken_until(sound) * RATE) * 2])) == [squash(SAMPLES[0].sentence)]
    assert await heard(recognizer, quiet(END_OF_SPEECH)) == []
    assert await heard(recognizer, b"") == []
