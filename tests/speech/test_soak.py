"""A few minutes of what script/bench hours does for hours."""

from itertools import islice

from bench.hours import PLACES, Course, minutes, soak, understood
from bench.noise import pink
from hub.address import BrokerAddress
from hub.samples import load_samples
from hub.speech.recognizer import Recognizer
from hub.speech.sound import RATE


async def test_commands_among_minutes_of_noise_are_found_and_none_is_invented(
    broker: BrokerAddress, recognizer: Recognizer
) -> None:
    commands = await understood(recognizer, load_samples()[:4])
    assert commands
    noise = [(pink(60, seed=1) * 32767).round().astype("<i2").tobytes()]
    assert len(noise[0]) == 60 * RATE * 2
    course = Course()
    await soak(recognizer, broker, islice(minutes(commands, noise, course), 3), course, speed=100)
    assert len(course.said) == 2 * len(PLACES)
    assert (course.missed(), course.invented()) == ([], [])
