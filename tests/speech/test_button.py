"""The pins of a satellite: its button, its mute switch, and a light that shows what it does."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any, get_args

import pytest
from gpiozero.pins.mock import MockFactory, MockPin, MockPWMPin
from gpiozero.threads import GPIOThread

from hub.messages import Activity
from hub.settings.voice import VoiceSettings
from hub.speech.button import GLOWS, push_to_talk
from hub.speech.mute import MuteSwitch

COLORS = {"red": 12, "green": 13, "blue": 16}


@pytest.fixture
async def pins() -> AsyncIterator[MockFactory]:
    factory = MockFactory(pin_class=MockPWMPin)
    yield factory
    factory.close()


def settings(**keys: Any) -> VoiceSettings:
    return VoiceSettings.model_validate({"button": None, "light": None, **keys})


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


def flickers() -> bool:
    """Whether a thread of gpiozero's changes a light."""
    return any(isinstance(thread, GPIOThread) for thread in threading.enumerate())


async def test_a_bouncing_button_calls_once(pins: MockFactory) -> None:
    presses: list[int] = []
    with push_to_talk(settings(button=17), pins, lambda: presses.append(1)):
        for _ in range(3):
            pins.pin(17).drive_low()
            pins.pin(17).drive_high()
        pins.pin(17).drive_low()
        await until(lambda: bool(presses))
        pins.pin(17).drive_high()
        await asyncio.sleep(0)
    assert presses == [1]


@pytest.mark.parametrize("held", [True, False])
async def test_the_mute_switch_is_told_before_anything_else_and_whenever_it_moves(
    held: bool, pins: MockFactory
) -> None:
    pin = pins.pin(17)
    if held:
        pin._set_pull = lambda value: None  # somebody holds it to ground
        pin.drive_low()
    told: list[bool] = []
    with push_to_talk(settings(mute=17), pins, lambda: None, told.append):
        assert told == [held]
        (pin.drive_high if held else pin.drive_low)()
        await until(lambda: told == [held, not held])
        (pin.drive_low if held else pin.drive_high)()
        await until(lambda: told == [held, not held, held])


async def test_a_satellite_that_starts_muted_shows_it(pins: MockFactory) -> None:
    pin = pins.pin(17)
    pin._set_pull = lambda value: None
    pin.drive_low()
    with push_to_talk(settings(mute=17, light=COLORS), pins, lambda: None, lambda closed: None):
        await until(lambda: [pins.pin(pin).state for pin in COLORS.values()] == [1, 0, 0])


async def test_where_the_pin_of_the_mute_switch_fails_nobody_hears(
    pins: MockFactory, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[bool] = []
    with push_to_talk(settings(mute=17).model_copy(update={"button": 17}), pins, lambda: None, told.append):
        assert told == [True]
    assert "voice.mute: pin 17 cannot be used" in caplog.text


async def test_a_light_of_any_colour_shows_each_activity_by_its_colour(pins: MockFactory) -> None:
    shown = [pins.pin(pin) for pin in COLORS.values()]
    with push_to_talk(settings(light=COLORS), pins, lambda: None) as show:
        for activity in get_args(Activity):
            show(activity)
            color = GLOWS[activity].color
            await until(lambda color=color: tuple(pin.state for pin in shown) == pytest.approx(color, abs=0.05))
            if not GLOWS[activity].on and not GLOWS[activity].fade:
                assert not flickers()
    assert all(pin.function == "input" for pin in shown)


def test_activities_are_told_apart_with_one_colour_too() -> None:
    rhythms = {(any(glow.color), glow.on, glow.off, glow.fade) for name, glow in GLOWS.items() if name != "offline"}
    assert len(rhythms) == len(get_args(Activity)) - 1


@pytest.mark.parametrize("kind", [MockPWMPin, MockPin])
async def test_a_light_of_one_colour_shows_the_rhythm_whether_its_pin_dims_or_not(kind: type[MockPin]) -> None:
    pins = MockFactory(pin_class=kind)
    light = pins.pin(6)
    with push_to_talk(settings(light="BOARD31"), pins, lambda: None) as show:
        show("listening")
        assert light.state == 1
        show("idle")
        assert light.state == 0
        for activity in ("thinking", "speaking", "muted"):
            light.clear_states()
            show(activity)
            await until(lambda: {0, 1} <= {round(state.state, 2) for state in light.states})
        show("speaking")
        light.clear_states()
        await until(lambda: len(light.states) > 4)
        between = [state.state for state in light.states if 0.01 < state.state < 0.99]
        assert bool(between) is (kind is MockPWMPin)
        assert flickers()
        show("idle")
        assert not flickers()
    pins.close()


async def test_a_common_anode_shines_the_other_way_round(pins: MockFactory) -> None:
    shown = [pins.pin(pin) for pin in COLORS.values()]
    with push_to_talk(settings(light={**COLORS, "active_high": False}), pins, lambda: None) as show:
        show("listening")
        assert [pin.state for pin in shown] == pytest.approx([1, 0.8, 0])


async def test_who_waits_for_the_switch_goes_on_when_it_is_let_go() -> None:
    switch = MuteSwitch()
    await switch.opened()
    switch.set(True)
    assert switch.closed
    waiting = asyncio.create_task(switch.opened())
    await asyncio.sleep(0)
    assert not waiting.done()
    switch.set(False)
    await waiting
    assert not switch.closed
