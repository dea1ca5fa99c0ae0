"""The gpio bridge over a real broker, on gpiozero's mock pins."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory, MockPin, MockPWMPin

from devices.gpio import bridge as gpio_module
from devices.gpio.bridge import GpioBridge
from devices.gpio.parts import COLORS
from hub.bus import BrokerAddress
from hub.home import Device
from hub.messages import ErrorCode, Intent, Reply, Topic
from hub.pins import PinsError


def device(name: str, device_type: str, **gpio: object) -> Device:
    return Device.model_validate({"id": name, "name": name, "type": device_type, "room": "living", "gpio": gpio})


DEVICES = [
    device("lamp", "light", kind="rgb_light", red=17, green=27, blue=22),
    device("anode", "light", kind="rgb_light", red=5, green=6, blue=13, active_high=False),
    device("plug", "switch", kind="relay", pin=23),
    device("board", "switch", kind="relay", pin=24, active_high=False),
    device("bell", "button", kind="button", pin="BOARD40"),
]


@pytest.fixture
def factory(monkeypatch: pytest.MonkeyPatch) -> MockFactory:
    pins = MockFactory(pin_class=MockPWMPin)
    monkeypatch.setattr(gpio_module, "open_pins", lambda _: pins)
    return pins


@pytest.fixture
async def gpio(broker: BrokerAddress, factory: MockFactory) -> AsyncIterator[GpioBridge]:
    bridge = GpioBridge(broker, devices=DEVICES)
    serving = asyncio.create_task(bridge.run())
    await bridge.bus.connected.wait()
    yield bridge
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving


async def do(listener: Any, intent: str, *targets: str, **slots: Any) -> Reply:
    sent = Intent(intent=intent, targets=list(targets), slots=slots)
    listener.bus.publish(Topic.intent("gpio"), sent)
    return Reply.model_validate(await listener.object(Topic.reply(sent.id)))


def rgb(factory: MockFactory, *pins: int) -> tuple[float, ...]:
    return tuple(round(factory.pin(pin).state, 4) for pin in pins)


async def available(listener: Any, name: str) -> str:
    _, payload = await listener.until(lambda topic, _: topic == Topic.device(name, "available"))
    return str(payload.decode())


async def test_devices_are_announced_with_what_they_can_do(gpio: GpioBridge, listener: Any) -> None:
    about = await listener.object(Topic.device("lamp", "about"))
    assert (about["bridge"], about["type"], about["name"], about["room"]) == ("gpio", "light", "lamp", "living")
    assert about["properties"]["brightness"]["max"] == 100
    assert about["properties"]["color"]["values"] == list(COLORS)
    assert await available(listener, "lamp") == "online"
    await listener.object(Topic.device("lamp", "state"), power=False, brightness=100, color="white")
    await listener.object(Topic.device("plug", "state"), power=False)
    await listener.object(Topic.device("bell", "state"), pressed=False)


async def test_a_light_comes_on_white(gpio: GpioBridge, factory: MockFactory, listener: Any) -> None:
    reply = await do(listener, "HassTurnOn", "lamp")
    assert reply.ok
    assert reply.changed == {"lamp": {"power": True}}
    assert rgb(factory, 17, 27, 22) == (1, 1, 1)
    await listener.object(Topic.device("lamp", "state"), power=True, color="white")


async def test_a_light_turns_blue(gpio: GpioBridge, factory: MockFactory, listener: Any) -> None:
    reply = await do(listener, "HassLightSet", "lamp", color="blue")
    assert reply.changed == {"lamp": {"power": True, "color": "blue"}}
    assert rgb(factory, 17, 27, 22) == (0, 0, 1)
    await listener.object(Topic.device("lamp", "state"), power=True, color="blue")


async def test_brightness_scales_the_colour(gpio: GpioBridge, factory: MockFactory, listener: Any) -> None:
    await do(listener, "HassLightSet", "lamp", color="orange", brightness=50)
    assert rgb(factory, 17, 27, 22) == (0.5, 0.175, 0)


async def test_off_keeps_colour_and_brightness_for_the_next_time(
    gpio: GpioBridge, factory: MockFactory, listener: Any
) -> None:
    await do(listener, "HassLightSet", "lamp", color="red", brightness=40)
    reply = await do(listener, "HassTurnOff", "lamp")
    assert reply.changed == {"lamp": {"power": False}}
    assert rgb(factory, 17, 27, 22) == (0, 0, 0)
    await do(listener, "HassTurnOn", "lamp")
    assert rgb(factory, 17, 27, 22) == (0.4, 0, 0)


async def test_brightness_zero_is_off_and_no_new_brightness(
    gpio: GpioBridge, factory: MockFactory, listener: Any
) -> None:
    await do(listener, "HassLightSet", "lamp", brightness=40)
    reply = await do(listener, "HassLightSet", "lamp", brightness=0)
    assert reply.changed == {"lamp": {"power": False}}
    assert rgb(factory, 17, 27, 22) == (0, 0, 0)
    assert gpio.states["lamp"]["brightness"] == 40


async def test_a_common_anode_light_is_driven_the_other_way_round(
    gpio: GpioBridge, factory: MockFactory, listener: Any
) -> None:
    await do(listener, "HassLightSet", "anode", color="blue")
    assert rgb(factory, 5, 6, 13) == (1, 1, 0)


@pytest.mark.parametrize("slots", [{"color": "plaid"}, {"brightness": 101}, {"brightness": "bright"}])
async def test_what_a_light_cannot_be_is_refused_and_changes_nothing(
    slots: dict[str, Any], gpio: GpioBridge, factory: MockFactory, listener: Any
) -> None:
    reply = await do(listener, "HassLightSet", "lamp", **slots)
    assert not reply.ok
    assert reply.error is not None
    assert reply.error.code == ErrorCode.OUT_OF_RANGE
    assert rgb(factory, 17, 27, 22) == (0, 0, 0)


async def test_a_relay_switches(gpio: GpioBridge, factory: MockFactory, listener: Any) -> None:
    assert (await do(listener, "HassTurnOn", "plug", "board")).ok
    assert (factory.pin(23).state, factory.pin(24).state) == (1, 0)
    assert (await do(listener, "HassTurnOff", "plug", "board")).ok
    assert (factory.pin(23).state, factory.pin(24).state) == (0, 1)
    await listener.object(Topic.device("plug", "state"), power=True)


async def test_a_set_topic_drives_the_pins(gpio: GpioBridge, factory: MockFactory, listener: Any) -> None:
    await available(listener, "lamp")
    listener.bus.publish(Topic.device("lamp", "set"), '{"color": "green", "brightness": 20}')
    await listener.object(Topic.device("lamp", "state"), power=True, color="green", brightness=20)
    assert rgb(factory, 17, 27, 22) == (0, 0.2, 0)
    listener.bus.publish(Topic.device("plug", "set/power"), "on")
    await listener.object(Topic.device("plug", "state"), power=True)


async def test_a_press_in_another_thread_is_state_and_event(
    gpio: GpioBridge, factory: MockFactory, listener: Any
) -> None:
    await available(listener, "bell")
    pin = factory.pin("BOARD40")
    threads: list[str] = []

    def press() -> None:
        threads.append(threading.current_thread().name)
        pin.drive_low()

    await asyncio.to_thread(press)
    assert threads != [threading.main_thread().name]
    await listener.object(Topic.device("bell", "state"), pressed=True)
    event = await listener.object(Topic.device("bell", "event"), event_type="press")
    assert "occurred_at" in event
    await asyncio.to_thread(pin.drive_high)
    await listener.until(
        lambda topic, payload: (
            topic.endswith("bell/state") and payload != b"" and gpio.states["bell"] == {"pressed": False}
        )
    )
    assert len(listener.all(Topic.device("bell", "event"))) == 1


async def test_no_press_is_lost_however_short(gpio: GpioBridge, factory: MockFactory, listener: Any) -> None:
    await available(listener, "bell")
    pin = factory.pin("BOARD40")
    for _ in range(5):
        pin.drive_low()
        pin.drive_high()
    await do(listener, "HassGetState", "bell")
    assert len(listener.all(Topic.device("bell", "event"))) == 5


async def test_a_button_cannot_be_set(gpio: GpioBridge, listener: Any) -> None:
    reply = await do(listener, "HassTurnOn", "bell")
    assert reply.error is not None
    assert reply.error.code == ErrorCode.NOT_SUPPORTED


async def test_leaving_turns_everything_off_and_frees_the_pins(
    broker: BrokerAddress, factory: MockFactory, listener: Any
) -> None:
    bridge = GpioBridge(broker, devices=DEVICES)
    serving = asyncio.create_task(bridge.run())
    await do_when_online(listener)
    pins = [factory.pin(number) for number in (17, 27, 22, 23)]
    low_relay = factory.pin(24)
    assert [pin.state for pin in pins] == [1, 1, 1, 1]
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving
    assert [pin.state for pin in pins] == [0, 0, 0, 0]
    assert low_relay.states[-2].state == 1  # off for an active-low relay; the mock pin then falls to 0 as it is freed
    assert all(pin.function == "input" for pin in (*pins, low_relay))
    factory.pin(21).drive_low()  # nobody listens any more


async def do_when_online(listener: Any) -> None:
    await available(listener, "bell")
    assert (await do(listener, "HassTurnOn", "lamp", "plug", "board")).ok


async def test_pins_that_cannot_dim_leave_the_light_offline_and_the_rest_at_work(
    broker: BrokerAddress, factory: MockFactory, listener: Any
) -> None:
    factory.pin_class = MockPin
    bridge = GpioBridge(broker, devices=DEVICES)
    serving = asyncio.create_task(bridge.run())
    assert await available(listener, "lamp") == "offline"
    assert await available(listener, "plug") == "online"
    reply = await do(listener, "HassTurnOn", "lamp")
    assert reply.error is not None
    assert reply.error.code == ErrorCode.DEVICE_OFFLINE
    assert (await do(listener, "HassTurnOn", "plug")).ok
    await listener.object(Topic.bridge("gpio", "log"), level="error")
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving


async def test_without_reach_to_the_pins_every_device_is_offline_and_the_reason_is_said(
    broker: BrokerAddress, listener: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> MockFactory:
        raise PinsError("the pins cannot be opened")

    monkeypatch.setattr(gpio_module, "open_pins", refuse)
    bridge = GpioBridge(broker, devices=DEVICES)
    serving = asyncio.create_task(bridge.run())
    assert await available(listener, "plug") == "offline"
    await listener.object(Topic.bridge("gpio", "log"), message="the pins cannot be opened")
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving
