"""The work of understanding in homes of many devices, counted in calls of functions: it never grows faster than they.

What a process takes is measured by script/bench growth; calls are the same on every machine.
"""

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType

import pytest

from bench.grown import SENTENCES, home
from hub.butler.understanding import Understander
from hub.home import Home


def work(of: Callable[[], object]) -> int:
    """How many functions are called meanwhile, those of C included."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        of()
    finally:
        sys.setprofile(before)
    return calls


def test_a_home_is_made_ready_in_proportion_to_its_devices() -> None:
    Understander(Home())  # what all homes share
    small, middle, large = (work(partial(Understander, made)) for made in map(home, (300, 600, 1200)))
    assert 0 < large - middle < 2.2 * (middle - small)


@pytest.fixture(scope="module")
def understanders() -> list[Understander]:
    return [Understander(home(devices)) for devices in (100, 1000)]


@pytest.mark.parametrize("sentence", [*SENTENCES["one device"], *SENTENCES["a timer"], "거실 불 다 꺼줘"])
def test_what_is_about_few_takes_as_much_in_a_large_home(sentence: str, understanders: list[Understander]) -> None:
    small, large = (_work_of(sentence, understander) for understander in understanders)
    assert 100 < large < 2 * small


@pytest.mark.parametrize("sentence", [*SENTENCES["everything"], *SENTENCES["refused"], "거실 다 꺼줘"])
def test_ten_times_the_devices_are_at_most_ten_times_the_work(sentence: str, understanders: list[Understander]) -> None:
    small, large = (_work_of(sentence, understander) for understander in understanders)
    assert 100 < large < 10 * small


def _work_of(sentence: str, understander: Understander) -> int:
    understander.understand(sentence, "room_0")  # what is looked up once stays known
    understander.understand("", "room_0")
    return work(lambda: understander.understand(sentence, "room_0"))
