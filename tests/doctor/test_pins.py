"""Pins: their wiring, and whether they can be had. No Pi is at hand: its library is one that the test brings along."""

from __future__ import annotations

from pathlib import Path

import pytest
from doctors import case, outcomes, put, results

HOME = "rooms: [{id: living, name: 거실}]\ndevices:\n"
LAMP = "- {id: lamp, name: 등, type: light, room: 거실, gpio: {kind: led, pin: 17}}\n"
RELAY = "- {id: fan, name: 팬, type: switch, room: 거실, gpio: {kind: relay, pin: 17}}\n"
UNHEARD = "voice: {microphone: 'off', button: null, light: null}\n"

PI = """
import pathlib
import hub.pins
hub.pins.MODEL = pathlib.Path(__file__).with_name("model")
"""
"""What Python runs first, in the process that tries the pins: it takes this machine for a Raspberry Pi."""

LGPIO = """
RISING_EDGE, FALLING_EDGE, BOTH_EDGES = 1, 2, 3
SET_PULL_NONE, SET_PULL_UP, SET_PULL_DOWN = 128, 32, 64

def gpiochip_open(chip):
    return 0

def gpiochip_close(handle):
    return 0

def gpio_get_line_info(handle, gpio):
    # Status, number, flags, name, user; the first flag: somebody has it.
    return [0, gpio, int(gpio == 17), f"GPIO{gpio}", "w1-gpio" if gpio == 17 else ""]
"""


def a_pi(folder: Path, monkeypatch: pytest.MonkeyPatch, **libraries: str) -> None:
    put(folder, model="Raspberry Pi 4 Model B Rev 1.5", **{"sitecustomize.py": PI})
    put(folder, **{f"{name}.py": source for name, source in libraries.items()})
    monkeypatch.setenv("PYTHONPATH", str(folder))


async def test_nothing_is_wired(tmp_path: Path) -> None:
    assert await outcomes(case(tmp_path, UNHEARD), "pins") == {"pins_none": "ok"}


async def test_elsewhere_than_on_a_pi(tmp_path: Path) -> None:
    (tmp_path / "home.yaml").write_text(HOME + LAMP)
    (result,) = await results(case(tmp_path), "pins")  # button and light of the voice, too
    assert (result.finding, result.outcome) == ("pins_no_pi", "ok")
    assert "3개" in result.message
    assert await outcomes(case(tmp_path, "gpio: {pins: mock}"), "pins") == {"pins_mock": "ok"}
    assert await outcomes(case(tmp_path, UNHEARD + "gpio: {enabled: false}"), "pins") == {"pins_none": "ok"}


async def test_a_pin_that_is_wired_twice(tmp_path: Path) -> None:
    (tmp_path / "home.yaml").write_text(HOME + LAMP + RELAY)
    (result,) = await results(case(tmp_path), "pins")
    assert (result.finding, result.outcome) == ("other", "failure")
    assert f"{tmp_path / 'home.yaml'}:4" in result.message
    assert "17" in result.message


async def test_a_pi_without_its_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_pi(tmp_path, monkeypatch)
    (result,) = await results(case(tmp_path), "pins")
    assert (result.finding, result.outcome) == ("pins_denied", "failure")
    assert "lgpio" in str(result.remedy)
    assert "-aG gpio" in str(result.remedy)


async def test_a_pin_that_somebody_else_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    revision = "from gpiozero.pins.local import LocalPiFactory\nLocalPiFactory._get_revision = lambda self: 0xC03115\n"
    a_pi(tmp_path, monkeypatch, lgpio=LGPIO)
    put(tmp_path, **{"sitecustomize.py": PI + revision})
    (tmp_path / "home.yaml").write_text(HOME + LAMP)
    examined = case(tmp_path, root=tmp_path)
    (result,) = await results(examined, "pins")
    assert (result.finding, result.outcome) == ("pins_taken", "warning")
    assert "17 (w1-gpio)" in result.message
    put(tmp_path, proc__77__cmdline="python3\0jipsa\0bridge\0gpio\0")
    assert await outcomes(examined, "pins") == {"pins": "ok"}  # Jipsa has them itself
