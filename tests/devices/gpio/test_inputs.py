"""Buttons, contacts, motion, knobs and sensors over a real broker, on mock pins, with a clock that the test turns."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from conftest import Listener
from gpios import Board, available, device, do
from gpiozero.pins.mock import MockPin, MockTriggerPin
from hypothesis import given
from hypothesis import strategies as st

from devices.gpio import sensors
from devices.gpio.contacts import DOUBLE, LONG, Presses
from devices.gpio.controls import TURNING
from hub.messages import About, ErrorCode, Property, Topic

BELL = device("bell", "button", kind="button", pin="BOARD40")
ALL = ["press", "long_press", "double_press"]


def events(listener: Listener, name: str) -> list[str]:
    return [json.loads(payload)["event_type"] for payload in listener.all(Topic.device(name, "event"))]


async def heard_so_far(listener: Listener, name: str) -> list[str]:
    """The events of a device, when all that was published before has come."""
    await do(listener, "HassGetState", name)
    return events(listener, name)


# Buttons.


async def test_a_press_in_another_thread_is_state_and_event(board: Board, listener: Listener) -> None:
    async with board.bridge([BELL]) as bridge:
        about = await listener.object(Topic.device("bell", "about"))
        assert about["events"] == ALL
        pin = board.pins.pin("BOARD40")
        threads: list[str] = []

        def press() -> None:
            threads.append(threading.current_thread().name)
            pin.drive_low()

        await asyncio.to_thread(press)
        assert threads != [threading.main_thread().name]
        board.clock.advance(0.1)
        await listener.object(Topic.device("bell", "state"), pressed=True)
        await asyncio.to_thread(pin.drive_high)
        board.clock.advance(DOUBLE + 0.1)
        event = await listener.object(Topic.device("bell", "event"), event_type="press")
        assert "occurred_at" in event
        assert bridge.states["bell"] == {"pressed": False}
        assert await heard_so_far(listener, "bell") == ["press"]


@pytest.mark.parametrize(
    ("presses", "told"),
    [
        # seconds down, seconds up, …
        ([0.1, 1], ["press"]),
        ([LONG - 0.05, 1], ["press"]),
        ([LONG + 0.05, 1], ["long_press"]),
        ([5, 1], ["long_press"]),
        ([0.1, 0.2, 0.1, 1], ["double_press"]),
        ([0.1, 0.2, 3, 1], ["double_press"]),
        ([0.1, DOUBLE + 0.1, 0.1, 1], ["press", "press"]),
        ([0.1, 0.2, 0.1, 0.2, 0.1, 1], ["double_press", "press"]),
        ([2, 0.1, 0.1, 1], ["long_press", "press"]),
        ([0.01, 1], []),
    ],
)
async def test_short_long_and_double_presses_are_told_apart(
    presses: list[float], told: list[str], board: Board, listener: Listener
) -> None:
    async with board.bridge([BELL]):
        for down, up in zip(presses[::2], presses[1::2], strict=True):
            board.press("BOARD40", down, up)
        assert await heard_so_far(listener, "bell") == told


async def test_a_long_press_is_told_while_it_lasts(board: Board, listener: Listener) -> None:
    async with board.bridge([BELL]):
        board.pins.pin("BOARD40").drive_low()
        board.clock.advance(LONG + 0.01)
        assert await heard_so_far(listener, "bell") == ["long_press"]


async def test_who_wants_short_presses_only_has_them_at_once(board: Board, listener: Listener) -> None:
    async with board.bridge([device("bell", "button", kind="button", pin=21, presses=["press"])]):
        for _ in range(3):
            board.pins.pin(21).drive_low()
            board.clock.advance(0.05)
            assert (await heard_so_far(listener, "bell"))[-1:] == ["press"]
            board.pins.pin(21).drive_high()
            board.clock.advance(0.05)
        assert events(listener, "bell") == ["press"] * 3


async def test_a_bouncing_button_is_pressed_once(board: Board, listener: Listener) -> None:
    async with board.bridge([BELL]):
        pin = board.pins.pin(21)
        for bounces in (7, 9):  # down, and up again
            for _ in range(bounces):
                (pin.drive_low if pin.state else pin.drive_high)()
                board.clock.advance(0.003)
            board.clock.advance(0.2)
        board.clock.advance(1)
        assert await heard_so_far(listener, "bell") == ["press"]
        assert len(listener.all(Topic.device("bell", "state"))) <= 3  # at the start, down, up


async def test_no_press_is_lost_while_the_machine_is_busy(board: Board, listener: Listener) -> None:
    async with board.bridge([BELL]):
        pin = board.pins.pin(21)
        for _ in range(5):
            pin.drive_low()
            board.clock.stall(0.1)
            pin.drive_high()
            board.clock.stall(DOUBLE + 0.1)
        board.clock.advance(1)
        told = await heard_so_far(listener, "bell")
        assert told.count("press") + 2 * told.count("double_press") == 5


async def test_a_storm_of_edges_is_bounded_and_the_bridge_still_answers(board: Board, listener: Listener) -> None:
    async with board.bridge([BELL, device("plug", "switch", kind="relay", pin=23)]) as bridge:
        pin = board.pins.pin(21)
        before = board.clock.handed_over

        def storm() -> None:
            for _ in range(5_000):
                pin.drive_low()
                pin.drive_high()

        await asyncio.to_thread(storm)
        assert board.clock.handed_over - before <= 1
        board.clock.advance(1)
        assert await heard_so_far(listener, "bell") == []
        assert bridge.bus.queued == 0
        assert (await do(listener, "HassTurnOn", "plug")).ok


@given(st.lists(st.tuples(st.floats(0.04, 2), st.floats(0.04, 2)), max_size=12), st.sets(st.sampled_from(ALL)))
def test_each_press_is_told_as_one_of_those_that_are_known(steps: list[tuple[float, float]], known: set[str]) -> None:
    presses, now, told = Presses(known), 0.0, []

    def until(then: float) -> None:
        if presses.due is not None and presses.due <= then:
            told.append(presses.late())

    for down, up in steps:
        told.append(presses.change(True, now))
        until(now + down)
        told.append(presses.change(False, now + down))
        until(now + down + up)
        now += down + up
    until(now + 10)
    found = [event for event in told if event is not None]
    assert set(found) <= known
    if known == set(ALL):
        assert len(found) + found.count("double_press") == len(steps)
    if known == {"press"}:
        assert len(found) == len(steps)


async def test_a_button_turns_another_device_on_and_off(board: Board, listener: Listener) -> None:
    devices = [
        device("lamp", "light", kind="led", pin=16),
        device("key", "button", kind="button", pin=21, presses=["press"], controls={"device": "lamp"}),
    ]
    async with board.bridge(devices) as bridge:
        key, lamp = bridge._controlled["key"], board.pins.pin(16)
        await until(lambda: key._about is not None)
        for _ in range(3):
            await until(lambda: key._state.get("power") is bool(lamp.state))
            before = lamp.state
            board.press(21, 0.1, 0.1)
            await until(lambda before=before: lamp.state != before)
        assert lamp.state == 1


async def until(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0)


# Doors and people.


async def test_a_door_is_open_while_its_magnet_is_away(board: Board, listener: Listener) -> None:
    devices = [
        device("door", "binary_sensor", kind="contact", pin=4),
        device("window", "binary_sensor", "window", kind="contact", pin=16, active_high=False),
    ]
    async with board.bridge(devices) as bridge:
        assert (await listener.object(Topic.device("door", "about")))["device_class"] == "door"
        assert (await listener.object(Topic.device("window", "about")))["device_class"] == "window"
        assert bridge.states == {"door": {"open": True}, "window": {"open": False}}
        board.pins.pin(4).drive_low()
        board.pins.pin(16).drive_low()
        board.clock.advance(0.1)
        await listener.object(Topic.device("door", "state"), open=False)
        await listener.object(Topic.device("window", "state"), open=True)
        reply = await do(listener, "HassTurnOn", "door")
        assert reply.error is not None
        assert reply.error.code == ErrorCode.NOT_SUPPORTED


async def test_somebody_is_there_for_a_while_after_the_last_motion(board: Board, listener: Listener) -> None:
    async with board.bridge([device("pir", "binary_sensor", kind="motion", pin=4, off_delay=60)]) as bridge:
        about = await listener.object(Topic.device("pir", "about"))
        assert about["device_class"] == "motion"
        assert about["properties"]["motion"]["name"] == "움직임"
        pin = board.pins.pin(4)
        for _ in range(3):
            pin.drive_high()
            board.clock.advance(3)
            pin.drive_low()
            board.clock.advance(50)
        assert bridge.states["pir"] == {"motion": True}
        board.clock.advance(11)
        await listener.object(Topic.device("pir", "state"), motion=False)
        assert len(listener.all(Topic.device("pir", "state"))) <= 3  # at the start, motion, none


# Knobs.


def turn(board: Board, steps: int, a: int = 20, b: int = 26) -> None:
    """Turn a knob that is pulled up: one contact closes before the other."""
    first, second = (a, b) if steps > 0 else (b, a)
    for _ in range(abs(steps)):
        for pin in (first, second):
            board.pins.pin(pin).drive_low()
        for pin in (first, second):
            board.pins.pin(pin).drive_high()


async def test_a_knob_tells_its_turns(board: Board, listener: Listener) -> None:
    async with board.bridge([device("knob", "button", kind="knob", a=20, b=26)]):
        about = await listener.object(Topic.device("knob", "about"))
        assert about["events"] == ["turn_left", "turn_right"]
        turn(board, 3)
        board.clock.advance(1)
        turn(board, -2)
        board.clock.advance(1)
        await heard_so_far(listener, "knob")
        told = [json.loads(payload) for payload in listener.all(Topic.device("knob", "event"))]
        assert [(event["event_type"], event["steps"]) for event in told] == [("turn_right", 3), ("turn_left", 2)]


async def test_a_knob_that_spins_is_told_fifty_times_a_second_and_no_step_is_lost(
    board: Board, listener: Listener
) -> None:
    async with board.bridge([device("knob", "button", kind="knob", a=20, b=26)]):
        for _ in range(100):  # a second
            await asyncio.to_thread(turn, board, 10)
            board.clock.advance(0.01)
        board.clock.advance(1)
        await heard_so_far(listener, "knob")
        told = [json.loads(payload) for payload in listener.all(Topic.device("knob", "event"))]
        assert sum(event["steps"] for event in told) == 1_000
        assert len(told) <= 52


async def test_a_knob_dims_a_light_from_how_it_is(board: Board, listener: Listener) -> None:
    devices = [
        device("lamp", "light", kind="pwm_light", pin=12),
        device("knob", "button", kind="knob", a=20, b=26, controls={"device": "lamp", "property": "brightness"}),
    ]
    async with board.bridge(devices) as bridge:
        controlled = bridge._controlled["knob"]
        await until(lambda: controlled._about is not None and "power" in controlled._state)
        turn(board, 2)  # it was off: up from the dark
        board.clock.advance(0.1)
        await listener.until(lambda *_: bridge.states["lamp"] == {"power": True, "brightness": 10})
        await do(listener, "HassLightSet", "lamp", brightness=95)
        await until(lambda: controlled._state["brightness"] == 95)
        board.clock.advance(TURNING + 0.1)
        turn(board, 4)
        board.clock.advance(0.1)
        await listener.until(lambda *_: bridge.states["lamp"]["brightness"] == 100)
        for _ in range(30):  # faster than states come back
            turn(board, -1)
            board.clock.advance(0.03)
        await listener.until(lambda *_: bridge.states["lamp"]["power"] is False)
        assert board.rgb(12) == (0,)


async def test_a_knob_turns_the_volume_of_a_device_of_another_bridge(board: Board, listener: Listener) -> None:
    volume = Property(type="integer", writable=True, min=0, max=40)
    about = About(id="tv", bridge="thinq", type="television", name="티비", properties={"volume": volume})
    knob = device("knob", "button", kind="knob", a=20, b=26, controls={"device": "tv", "property": "volume", "step": 2})
    async with board.bridge([knob]) as bridge:
        controlled = bridge._controlled["knob"]
        turn(board, 1)
        board.clock.advance(0.1)  # nobody has said yet that there is a television
        listener.bus.publish(Topic.device("tv", "about"), about, retain=True)
        listener.bus.publish(Topic.device("tv", "state"), '{"volume": 35}', retain=True)
        await until(lambda: controlled._state.get("volume") == 35)
        turn(board, 2)
        board.clock.advance(0.1)
        await listener.object(Topic.device("tv", "set"), volume=39)
        turn(board, 5)
        board.clock.advance(0.1)
        await listener.object(Topic.device("tv", "set"), volume=40)
        turn(board, 5)
        board.clock.advance(0.1)
        await heard_so_far(listener, "knob")
        assert len(listener.all(Topic.device("tv", "set"))) == 2
        listener.bus.publish(Topic.device("tv", "state"), '{"volume": "loud"}', retain=True)
        await until(lambda: controlled._state.get("volume") == "loud")
        board.clock.advance(TURNING)
        turn(board, 1)
        board.clock.advance(0.1)
        await heard_so_far(listener, "knob")
        assert len(listener.all(Topic.device("tv", "set"))) == 2


# What is measured.


async def test_the_distance_is_measured_and_who_is_near_is_told(board: Board, listener: Listener) -> None:
    board.pins.pin_class = MockPin
    echo = board.pins.pin(24)
    trigger = board.pins.pin(23, pin_class=MockTriggerPin, echo_pin=echo, echo_time=0.02)  # 3.4 m
    sonar = device("sonar", "sensor", kind="distance", trigger=23, echo=24, reach=200, near=100)
    async with board.bridge([sonar]) as bridge:
        about = await listener.object(Topic.device("sonar", "about"))
        assert (about["device_class"], about["properties"]["distance"]["unit"]) == ("distance", "cm")
        await measured_until(board, lambda: bridge.states["sonar"] == {"distance": 200, "occupancy": False})
        trigger.echo_time = 0.001  # 17 cm, and some more on a machine that is busy
        await measured_until(board, lambda: bridge.states["sonar"]["occupancy"] is True)
        assert 10 <= bridge.states["sonar"]["distance"] <= 100  # type: ignore[operator]
        await listener.object(Topic.device("sonar", "state"), occupancy=True)
        trigger.echo_pin = board.pins.pin(25)  # the wire has come off
        await measured_until(board, lambda: bridge.states["sonar"] == {"distance": None, "occupancy": None})


async def measured_until(board: Board, condition: Any) -> None:
    async with asyncio.timeout(30):
        while not condition():
            board.clock.advance(sensors.Distance.EVERY)
            await asyncio.sleep(0.01)  # the sensor measures in a thread of gpiozero's


async def test_the_processor_tells_how_hot_it_is(
    board: Board, listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thermometer = tmp_path / "temp"
    thermometer.write_text("48312\n")
    monkeypatch.setattr(sensors, "THERMOMETER", thermometer)
    async with board.bridge([device("pi", "sensor", kind="cpu_temperature")]):
        about = await listener.object(Topic.device("pi", "about"))
        assert about["properties"]["temperature"]["unit"] == "°C"
        assert "device_class" not in about
        await listener.object(Topic.device("pi", "state"), temperature=48)
        thermometer.write_text("71900\n")
        board.clock.advance(sensors.CpuTemperature.EVERY)
        await listener.object(Topic.device("pi", "state"), temperature=72)
        thermometer.unlink()
        await next_measurement(board)
        await listener.object(Topic.device("pi", "state"), temperature=None)


async def next_measurement(board: Board) -> None:
    """The one before may not have ended yet."""
    await until(lambda: board.clock._later)
    board.clock.advance(sensors.CpuTemperature.EVERY)


async def test_a_machine_without_a_thermometer_leaves_it_offline(
    board: Board, listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sensors, "THERMOMETER", tmp_path / "nothing")
    async with board.bridge([device("pi", "sensor", kind="cpu_temperature"), BELL]):
        assert await available(listener, "pi") == "offline"
        assert await available(listener, "bell") == "online"
