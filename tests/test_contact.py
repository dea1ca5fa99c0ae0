"""A contact on a pin: bouncing, humming, short, missed; with a clock that the test turns."""

import itertools
import threading
from collections.abc import Iterator

import pytest
from clocks import ManualClock
from gpiozero.pins.mock import MockFactory
from hypothesis import given
from hypothesis import strategies as st

from hub.contact import MOST_EDGES, PAUSE, STEADY, Contact, Handover


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    factory = MockFactory()
    yield factory
    factory.close()


def contact(pins: MockFactory, clock: ManualClock, seen: list[bool], **options: object) -> Contact:
    return Contact(17, pins, clock, lambda active, at: seen.append(active), **options)  # type: ignore[arg-type]


def test_a_contact_counts_once_it_is_steady(pins: MockFactory) -> None:
    clock, seen = ManualClock(), list[bool]()
    key = contact(pins, clock, seen)
    pins.pin(17).drive_low()
    clock.advance(STEADY * 0.9)
    assert (seen, key.active) == ([], False)
    clock.advance(STEADY * 0.2)
    assert (seen, key.active) == ([True], True)
    pins.pin(17).drive_high()
    clock.advance(STEADY * 1.1)
    assert (seen, key.active) == ([True, False], False)


def test_bouncing_is_one_change(pins: MockFactory) -> None:
    clock, seen = ManualClock(), list[bool]()
    contact(pins, clock, seen)
    for _ in range(40):
        pins.pin(17).drive_low()
        clock.advance(STEADY / 10)
        pins.pin(17).drive_high()
        clock.advance(STEADY / 10)
    assert not seen
    pins.pin(17).drive_low()
    clock.advance(1)
    assert seen == [True]


def test_what_happened_while_the_loop_was_busy_is_told_in_order(pins: MockFactory) -> None:
    clock, seen = ManualClock(), list[bool]()
    contact(pins, clock, seen)
    for _ in range(5):
        pins.pin(17).drive_low()
        clock.stall(STEADY * 2)
        pins.pin(17).drive_high()
        clock.stall(STEADY * 2)
    assert not seen
    clock.advance()
    assert seen == [True, False] * 5


def test_ten_thousand_edges_a_second_are_bounded_work_and_no_change(pins: MockFactory) -> None:
    clock, seen = ManualClock(), list[bool]()
    contact(pins, clock, seen)
    pin = pins.pin(17)

    def hum(count: int) -> None:
        for _ in range(count // 2):
            pin.drive_low()
            pin.drive_high()

    for _ in range(100):  # a second, in hundredths
        thread = threading.Thread(target=hum, args=(100,))
        thread.start()
        thread.join()
        clock.advance(0.01)
    assert not seen
    assert clock.handed_over == 1  # and from then on by its own timer
    clock.advance(1)
    assert clock.handed_over == 1
    pin.drive_low()
    clock.advance(STEADY * 2)
    assert seen == [True]
    assert clock.handed_over == 2


def test_what_was_lost_in_a_flood_counts_for_nothing(pins: MockFactory) -> None:
    clock, seen = ManualClock(), list[bool]()
    contact(pins, clock, seen)
    pin = pins.pin(17)
    pin.drive_low()
    clock.advance()
    for pause in (0.1, 1.5):  # the first half of the flood shows that it was not steady, and is lost
        clock.stall(STEADY * pause)
        for _ in range(MOST_EDGES // 2):
            pin.drive_high()
            pin.drive_low()
    pin.drive_high()
    clock.advance(1)
    assert not seen


def test_an_edge_that_nobody_told_of_is_found(pins: MockFactory) -> None:
    clock, seen = ManualClock(), list[bool]()
    key = contact(pins, clock, seen)
    pin = pins.pin(17)
    pin.drive_low()
    clock.advance(STEADY / 2)
    handler, pin.when_changed = pin.when_changed, None
    pin.drive_high()  # the kernel's queue was full
    pin.when_changed = handler
    clock.advance(1)
    assert not seen
    assert not key.active


@pytest.mark.parametrize(
    ("pull_up", "active_high", "rest"),
    [(True, False, True), (True, True, True), (False, True, False), (False, False, False), (None, True, False)],
)
def test_either_level_may_count_whatever_the_resistor(
    pull_up: bool | None, active_high: bool, rest: bool, pins: MockFactory
) -> None:
    clock, seen = ManualClock(), list[bool]()
    key = contact(pins, clock, seen, pull_up=pull_up, active_high=active_high)
    assert key.active is (rest is active_high)
    pin = pins.pin(17)
    (pin.drive_low if rest else pin.drive_high)()
    clock.advance(1)
    assert seen == [rest is not active_high]


def test_release_may_take_longer(pins: MockFactory) -> None:
    clock, seen = ManualClock(), list[bool]()
    contact(pins, clock, seen, release=30.0)
    pin = pins.pin(17)
    pin.drive_low()
    clock.advance(1)
    for _ in range(5):
        pin.drive_high()
        clock.advance(29)
        pin.drive_low()
        clock.advance(1)
    assert seen == [True]
    pin.drive_high()
    clock.advance(30.1)
    assert seen == [True, False]


def test_a_closed_contact_says_nothing_more(pins: MockFactory) -> None:
    clock, seen = ManualClock(), list[bool]()
    key = contact(pins, clock, seen)
    pins.pin(17).drive_low()
    key.close()
    clock.advance(1)
    pins.pin(17).drive_high()
    clock.advance(1)
    assert not seen


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.23, 0.61, 1.5, 4.0])), max_size=40))
def test_whatever_the_contact_does_what_was_steady_is_told(steps: list[tuple[bool, float]]) -> None:
    pins, clock, seen = MockFactory(), ManualClock(), list[bool]()
    key = contact(pins, clock, seen)
    lasted: list[tuple[bool, float]] = [(False, 0.0)]  # how long it was active or not, one after another
    for down, times in (*steps, (False, 40.0)):
        (pins.pin(17).drive_low if down else pins.pin(17).drive_high)()
        clock.advance(STEADY * times)
        if down is lasted[-1][0]:
            lasted[-1] = (down, lasted[-1][1] + times)
        else:
            lasted.append((down, times))
    steady = [False, *(down for down, times in lasted if times > 1)]
    assert seen == [now for before, now in itertools.pairwise(steady) if now is not before]
    assert not key.active
    key.close()
    pins.close()


def test_news_in_a_row_are_looked_at_now_and_then() -> None:
    clock = ManualClock()
    looks: list[float] = []
    handover = Handover(clock, lambda: looks.append(clock.now))
    for _ in range(1000):
        handover.tell()
        clock.advance(0.001)
    assert len(looks) == pytest.approx(1 / PAUSE, abs=2)
    clock.advance(1)
    handover.tell()
    clock.advance()
    assert looks[-1] == clock.now


def test_news_that_come_just_as_nobody_looks_any_more_are_not_lost() -> None:
    """Another thread has news between the last question for news and the moment when nobody looks any more."""
    looks: list[int] = []

    class Raced(Handover):
        armed = False

        def __setattr__(self, name: str, value: object) -> None:
            if name == "_looking" and value is False and self.armed:
                self.armed = False
                self.tell()  # somebody still looks, so nobody is called
            super().__setattr__(name, value)

    clock = ManualClock()
    handover = Raced(clock, lambda: looks.append(1))
    handover.tell()
    clock.advance()
    handover.armed = True
    clock.advance(1)
    assert (len(looks), handover.armed) == (2, False)


def test_no_news_are_lost_between_threads() -> None:
    """Counted by a thread, looked at by another, as fast as they can."""
    clock = ManualClock()
    told, seen = [0], [0]

    def look() -> None:
        seen[0] = told[0]

    handover = Handover(clock, look)

    def tell() -> None:
        for _ in range(20_000):
            told[0] += 1
            handover.tell()

    thread = threading.Thread(target=tell)
    thread.start()
    while thread.is_alive():
        clock.advance(PAUSE)
    clock.advance(PAUSE * 3)
    assert seen == told == [20_000]
