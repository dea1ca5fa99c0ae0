"""The gpio bridge over a real broker, on gpiozero's mock pins: lights and relays, and pins that are out of reach."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from conftest import Listener
from gpios import Board, available, device, do
from gpiozero.pins.mock import MockFactory, MockPin

from devices.gpio import bridge as gpio_module
from devices.gpio.bridge import GpioBridge
from devices.gpio.lights import COLORS
from hub.messages import ErrorCode, Topic
from hub.pins import PinsError

DEVICES = [
    device("lamp", "light", kind="rgb_light", red=17, green=27, blue=22),
    device("anode", "light", kind="rgb_light", red=5, green=6, blue=13, active_high=False),
    device("plug", "switch", kind="relay", pin=23),
    device("board", "switch", kind="relay", pin=24, active_high=False),
    device("strip", "light", kind="pwm_light", pin=12),
    device("led", "light", kind="led", pin=16),
    device("fan", "fan", kind="relay", pin="J8:37"),
    device("bell", "button", kind="button", pin="BOARD40"),
]


@pytest.fixture
async def gpio(board: Board) -> AsyncIterator[GpioBridge]:
    async with board.bridge(DEVICES) as bridge:
        yield bridge


async def test_devices_are_announced_with_what_they_can_do(gpio: GpioBridge, listener: Listener) -> None:
    about = await listener.object(Topic.device("lamp", "about"))
    assert (about["bridge"], about["type"], about["name"], about["room"]) == ("gpio", "light", "lamp", "living")
    assert about["properties"]["brightness"]["max"] == 100
    assert about["properties"]["color"]["values"] == list(COLORS)
    assert await available(listener, "lamp") == "online"
    await listener.object(Topic.device("lamp", "state"), power=False, brightness=100, color="white")
    await listener.object(Topic.device("plug", "state"), power=False)
    await listener.object(Topic.device("bell", "state"), pressed=False)


async def test_a_light_comes_on_white(gpio: GpioBridge, board: Board, listener: Listener) -> None:
    reply = await do(listener, "HassTurnOn", "lamp")
    assert reply.ok
    assert reply.changed == {"lamp": {"power": True}}
    assert board.rgb(17, 27, 22) == (1, 1, 1)
    await listener.object(Topic.device("lamp", "state"), power=True, color="white")


async def test_a_light_turns_blue(gpio: GpioBridge, board: Board, listener: Listener) -> None:
    reply = await do(listener, "HassLightSet", "lamp", color="blue")
    assert reply.changed == {"lamp": {"power": True, "color": "blue"}}
    assert board.rgb(17, 27, 22) == (0, 0, 1)
    await listener.object(Topic.device("lamp", "state"), power=True, color="blue")


async def test_brightness_scales_the_colour(gpio: GpioBridge, board: Board, listener: Listener) -> None:
    await do(listener, "HassLightSet", "lamp", color="orange", brightness=50)
    assert board.rgb(17, 27, 22) == (0.5, 0.175, 0)


async def test_off_keeps_colour_and_brightness_for_the_next_time(
    gpio: GpioBridge, board: Board, listener: Listener
) -> None:
    await do(listener, "HassLightSet", "lamp", color="red", brightness=40)
    reply = await do(listener, "HassTurnOff", "lamp")
    assert reply.changed == {"lamp": {"power": False}}
    assert board.rgb(17, 27, 22) == (0, 0, 0)
    await do(listener, "HassTurnOn", "lamp")
    assert board.rgb(17, 27, 22) == (0.4, 0, 0)


async def test_brightness_zero_is_off_and_no_new_brightness(gpio: GpioBridge, board: Board, listener: Listener) -> None:
    await do(listener, "HassLightSet", "lamp", brightness=40)
    reply = await do(listener, "HassLightSet", "lamp", brightness=0)
    assert reply.changed == {"lamp": {"power": False}}
    assert board.rgb(17, 27, 22) == (0, 0, 0)
    assert gpio.states["lamp"]["brightness"] == 40


async def test_a_common_anode_light_is_driven_the_other_way_round(
    gpio: GpioBridge, board: Board, listener: Listener
) -> None:
    await do(listener, "HassLightSet", "anode", color="blue")
    assert board.rgb(5, 6, 13) == (1, 1, 0)


@pytest.mark.parametrize("slots", [{"color": "plaid"}, {"brightness": 101}, {"brightness": "bright"}])
async def test_what_a_light_cannot_be_is_refused_and_changes_nothing(
    slots: dict[str, Any], gpio: GpioBridge, board: Board, listener: Listener
) -> None:
    reply = await do(listener, "HassLightSet", "lamp", **slots)
    assert not reply.ok
    assert reply.error is not None
    assert reply.error.code == ErrorCode.OUT_OF_RANGE
    assert board.rgb(17, 27, 22) == (0, 0, 0)


async def test_a_relay_switches(gpio: GpioBridge, board: Board, listener: Listener) -> None:
    assert (await do(listener, "HassTurnOn", "plug", "board")).ok
    assert (board.pins.pin(23).state, board.pins.pin(24).state) == (1, 0)
    assert (await do(listener, "HassTurnOff", "plug", "board")).ok
    assert (board.pins.pin(23).state, board.pins.pin(24).state) == (0, 1)
    await listener.object(Topic.device("plug", "state"), power=True)


async def test_a_set_topic_drives_the_pins(gpio: GpioBridge, board: Board, listener: Listener) -> None:
    await available(listener, "lamp")
    listener.bus.publish(Topic.device("lamp", "set"), '{"color": "green", "brightness": 20}')
    await listener.object(Topic.device("lamp", "state"), power=True, color="green", brightness=20)
    assert board.rgb(17, 27, 22) == (0, 0.2, 0)
    listener.bus.publish(Topic.device("plug", "set/power"), "on")
    await listener.object(Topic.device("plug", "state"), power=True)


async def test_a_button_cannot_be_set(gpio: GpioBridge, listener: Listener) -> None:
    reply = await do(listener, "HassTurnOn", "bell")
    assert reply.error is not None
    assert reply.error.code == ErrorCode.NOT_SUPPORTED


async def test_a_light_on_one_pin_dims(gpio: GpioBridge, board: Board, listener: Listener) -> None:
    assert (await do(listener, "HassTurnOn", "strip")).ok
    assert board.rgb(12) == (1,)
    reply = await do(listener, "HassLightSet", "strip", brightness=30)
    assert reply.changed == {"strip": {"brightness": 30}}
    assert board.rgb(12) == (0.3,)
    reply = await do(listener, "JipsaAdjust", "strip", property="brightness", direction="up")
    assert reply.changed == {"strip": {"brightness": 50}}
    assert board.rgb(12) == (0.5,)
    assert (await do(listener, "HassLightSet", "strip", color="red")).error is not None
    await do(listener, "HassTurnOff", "strip")
    assert board.rgb(12) == (0,)


async def test_an_led_and_a_fan_are_on_or_off(gpio: GpioBridge, board: Board, listener: Listener) -> None:
    assert (await do(listener, "HassTurnOn", "led", "fan")).changed == {"led": {"power": True}, "fan": {"power": True}}
    assert (board.pins.pin(16).state, board.pins.pin(26).state) == (1, 1)
    reply = await do(listener, "HassLightSet", "led", brightness=30)
    assert reply.error is not None
    assert reply.error.code == ErrorCode.NOT_SUPPORTED


@pytest.mark.parametrize(("active_high", "off"), [(True, 0), (False, 1)])
async def test_a_relay_does_not_move_when_the_bridge_starts(active_high: bool, off: int, board: Board) -> None:
    pin = board.pins.pin(23)
    writes: list[float] = []
    keep = pin._change_state

    def seen(value: float) -> bool:
        if pin.function == "output":
            writes.append(value)
        return bool(keep(value))

    pin._change_state = seen
    async with board.bridge([device("plug", "switch", kind="relay", pin=23, active_high=active_high)]):
        assert set(writes) == {off}


async def test_leaving_turns_everything_off_and_frees_the_pins(board: Board, listener: Listener) -> None:
    async with board.bridge(DEVICES):
        assert (await do(listener, "HassTurnOn", "lamp", "plug", "board", "strip")).ok
        pins = [board.pins.pin(number) for number in (17, 27, 22, 23, 12)]
        low_relay = board.pins.pin(24)
        assert [pin.state for pin in pins] == [1, 1, 1, 1, 1]
    assert [pin.state for pin in pins] == [0, 0, 0, 0, 0]
    assert low_relay.states[-2].state == 1  # off for an active-low relay; the mock pin then falls to 0 as it is freed
    assert all(pin.function == "input" for pin in (*pins, low_relay))
    board.pins.pin(21).drive_low()  # nobody listens any more


async def test_pins_that_cannot_dim_leave_the_light_offline_and_the_rest_at_work(
    board: Board, listener: Listener
) -> None:
    board.pins.pin_class = MockPin
    async with board.bridge(DEVICES):
        assert await available(listener, "lamp") == "offline"
        assert await available(listener, "plug") == "online"
        reply = await do(listener, "HassTurnOn", "lamp")
        assert reply.error is not None
        assert reply.error.code == ErrorCode.DEVICE_OFFLINE
        assert (await do(listener, "HassTurnOn", "plug")).ok
        await listener.object(Topic.bridge("gpio", "log"), level="error")


async def test_without_reach_to_the_pins_every_device_is_offline_and_the_reason_is_said(
    board: Board, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> MockFactory:
        raise PinsError("the pins cannot be opened")

    monkeypatch.setattr(gpio_module, "open_pins", refuse)
    async with board.bridge(DEVICES):
        assert await available(listener, "plug") == "offline"
        await listener.object(Topic.bridge("gpio", "log"), message="the pins cannot be opened")
