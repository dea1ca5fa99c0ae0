import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.address import BrokerAddress
from hub.bus import Bus
from hub.butler.service import MANNERS
from hub.follow import MOST_CHANGES, Follower
from hub.limits import COMMON, DEEPEST, LARGEST, LIMITS, MOST_SATELLITES, Complaints, Throttle, too_deep
from hub.messages import SatelliteWake, SentIntent, Topic, Understood
from hub.payloads import MOST_DEVICES
from hub.speech.rooms import Rooms

log = logging.getLogger("limits")


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def test_a_source_may_do_some_at_once_and_then_some_a_second() -> None:
    clock = Clock()
    throttle = Throttle(rate=2, burst=5, clock=clock)
    assert [throttle.admits("a") for _ in range(7)] == [True] * 5 + [False] * 2
    assert throttle.admits("b")
    clock.seconds += 1
    assert [throttle.admits("a") for _ in range(3)] == [True, True, False]
    clock.seconds += 60
    assert [throttle.admits("a") for _ in range(7)] == [True] * 5 + [False] * 2


@given(st.lists(st.floats(0, 3), max_size=60), st.floats(0.1, 50), st.integers(1, 20))
def test_in_no_stretch_of_time_more_is_admitted_than_the_rate_and_a_burst(
    waits: list[float], rate: float, burst: int
) -> None:
    clock = Clock()
    throttle, begun, admitted = Throttle(rate, burst, clock=clock), clock.seconds, 0
    for wait in waits:
        clock.seconds += wait
        admitted += throttle.admits("a")
        assert admitted <= burst + (clock.seconds - begun) * rate + 0.01


def test_sources_without_number_take_no_memory_and_gain_nothing() -> None:
    clock = Clock()
    throttle = Throttle(rate=1, burst=1, most=100, clock=clock)
    admitted = 0
    for number in range(10_000):
        clock.seconds += 0.001
        admitted += throttle.admits(f"liar {number}")
    assert len(throttle) <= 101
    assert admitted <= 100 + 10 * (100 + 1)
    clock.seconds += 60
    assert throttle.admits("who was quiet")


def test_a_dial_that_is_turned_is_never_too_fast(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    limit = LIMITS["device", "set"]
    assert limit.rate is not None
    throttle = Throttle(limit.rate, limit.burst, clock=clock)
    for _ in range(30 * 60):
        clock.seconds += 1 / 30
        assert throttle.admits("lamp")


def test_a_house_full_of_satellites_may_say_as_much_as_each_of_them_may() -> None:
    clock = Clock()
    for kind in (("utterance", ""), ("understood", ""), ("intent", "")):
        limit = LIMITS[kind]
        assert limit.rate is not None
        throttle = Throttle(limit.rate, limit.burst, clock=clock)
        for _ in range(int(60 * MANNERS[0])):
            clock.seconds += 1 / MANNERS[0]
            assert all(throttle.admits() for _ in range(MOST_SATELLITES))


def test_of_a_flood_of_faults_some_are_told_and_the_others_counted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    complaints, clock = Complaints(log, rate=1, burst=3), Clock()
    monkeypatch.setattr(complaints._throttle, "_clock", clock)
    told = [complaints.tell("kind", f"fault {number}") for number in range(100)]
    assert told == ["fault 0", "fault 1", "fault 2", *[None] * 97]
    clock.seconds += 10
    assert complaints.tell("kind", "again") == "again (and 97 more of this kind)"
    assert len(caplog.records) == 4


NESTED = st.recursive(
    st.none() | st.text('[]{}"\\x\n'), lambda inner: st.lists(inner) | st.dictionaries(st.text('[{"\\'), inner)
)


def depth(value: object) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(depth, inside), default=0)


@given(NESTED, st.integers(DEEPEST - 4, DEEPEST + 2), st.booleans())
def test_depth_is_measured_whatever_stands_in_strings(value: object, more: int, escapes: bool) -> None:
    for _ in range(more):
        value = [value, "[" * DEEPEST, '\\"]']
    assert too_deep(json.dumps(value, ensure_ascii=escapes).encode()) is (depth(value) > DEEPEST)


@pytest.mark.parametrize("payload", [b"[" * 99, b'{"a":' * 99, b"[" * 99 + b'"' + b"]" * 99], ids=repr)
def test_what_is_never_closed_is_deep(payload: bytes) -> None:
    assert too_deep(payload)


class Ears:
    """A bus whose messages are counted, without a broker."""

    def __init__(self, *filters: str) -> None:
        self.bus = Bus(BrokerAddress("nowhere", 1), "ears")
        self.heard: list[str] = []
        for topic_filter in filters:
            self.bus.subscribe(topic_filter, lambda topic, payload: self.heard.append(topic))

    def take(self, topic: str, payload: bytes = b"{}") -> bool:
        before = len(self.heard)
        self.bus.take(topic, payload)
        return len(self.heard) > before


@pytest.mark.parametrize(
    ("topic", "size"),
    [(Topic.UTTERANCE, COMMON), (Topic.device("a", "about"), COMMON), (Topic.HOME, LARGEST), ("x/y", COMMON)],
)
def test_what_is_too_large_is_not_looked_at(topic: str, size: int, caplog: pytest.LogCaptureFixture) -> None:
    ears = Ears(topic)
    assert ears.take(topic, b" " * size)
    assert not ears.take(topic, b" " * (size + 1))
    assert f"{size + 1} bytes" in caplog.text


def test_what_is_too_deep_is_not_looked_at(caplog: pytest.LogCaptureFixture) -> None:
    ears = Ears("jipsa/a")
    assert ears.take("jipsa/a", b"[" * DEEPEST + b"]" * DEEPEST)
    assert not ears.take("jipsa/a", b"[" * 10_000)
    assert "nested" in caplog.text


@pytest.mark.parametrize("level", ["거실", "a b", "\x1b[2J", "-", "a" * 65, ""])
def test_levels_that_are_no_ids_are_not_looked_at(level: str, caplog: pytest.LogCaptureFixture) -> None:
    ears = Ears(Topic.device("+", "state"))
    assert not ears.take(Topic.device(level, "state"))
    assert caplog.text.isprintable() or "\x1b" not in caplog.text


def test_a_flood_on_one_device_is_cut_with_one_warning_and_no_other_device_suffers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ears = Ears(Topic.device("+", "set"), Topic.device("+", "set/+"))
    for _ in range(2_000):
        ears.take(Topic.device("lamp", "set"))
        ears.take(Topic.device("lamp", "set/power"))
    assert 200 <= len(ears.heard) < 1_000
    assert ears.take(Topic.device("fan", "set"))
    assert len(caplog.records) == 1
    assert "more than 60 a second" in caplog.text


def test_no_more_devices_are_taken_notice_of_than_a_home_has(caplog: pytest.LogCaptureFixture) -> None:
    ears = Ears(Topic.device("+", "about"))
    for number in range(MOST_DEVICES + 500):
        ears.take(Topic.device(f"d{number}", "about"))
    assert len(ears.heard) == MOST_DEVICES
    assert len(caplog.records) == 10
    assert ears.take(Topic.device("d0", "about"))
    assert ears.take(Topic.device("d1", "about"), b"")  # it is gone, and makes room
    assert ears.take(Topic.device("new", "about"))
    assert not ears.take(Topic.device("one-too-many", "about"))


def test_twenty_satellites_are_never_too_many_and_a_thousand_are() -> None:
    ears = Ears(Topic.satellite("+"))
    assert all(ears.take(Topic.satellite(f"s{number % 20}")) for number in range(200))
    assert sum(ears.take(Topic.satellite(f"liar{number}")) for number in range(1_000)) == MOST_SATELLITES - 20


async def test_what_is_followed_is_bounded_though_a_meter_changes_for_ever() -> None:
    bus = Bus(BrokerAddress("nowhere", 1), "follower")
    follower = Follower(bus, "+")
    plug = SentIntent(id="i", bridge="x", intent="HassTurnOn", targets=["plug"])
    bus.take(Topic.UNDERSTOOD, Understood(utterance_id="u", text="플러그 켜줘", intents=[plug]).to_payload())
    for number in range(3 * MOST_CHANGES):
        follower._on_state(Topic.device("plug", "state"), json.dumps({"energy": number}).encode())
    assert len(follower._exchange("u").changes) == MOST_CHANGES
    follower._on_state(Topic.device("plug", "state"), b"")
    assert not follower.states


def test_a_claim_of_a_satellite_that_is_not_there_is_none() -> None:
    bus = Bus(BrokerAddress("nowhere", 1), "rooms")
    rooms = Rooms(bus, "living")
    for number in range(500):
        bus.take(Topic.satellite(f"liar{number}", "wake"), SatelliteWake(loudness=0).to_payload())
    assert not rooms._claims
