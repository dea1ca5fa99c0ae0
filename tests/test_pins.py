"""Which pins are opened where."""

import logging
from pathlib import Path

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hub import pins
from hub.pins import PinsError, open_pins


@pytest.fixture
def on_a_pi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tmp_path / "model"
    model.write_bytes(b"Raspberry Pi 5 Model B Rev 1.0\0")
    monkeypatch.setattr(pins, "MODEL", model)


@pytest.fixture
def off_a_pi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "MODEL", tmp_path / "nothing")


@pytest.mark.usefixtures("off_a_pi")
def test_without_a_pi_the_pins_are_mock_and_one_line_says_so(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        factory = open_pins("auto")
    assert isinstance(factory, MockFactory)
    assert factory.pin_class is MockPWMPin
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert gpiozero.Device.pin_factory is None


@pytest.mark.usefixtures("on_a_pi")
def test_mock_pins_can_be_asked_for_on_a_pi() -> None:
    assert isinstance(open_pins("mock"), MockFactory)


@pytest.mark.usefixtures("on_a_pi")
def test_on_a_pi_the_factory_is_gpiozeros_own_and_no_global_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")  # what gpiozero would find, chosen by its own variable
    factory = open_pins("auto")
    assert isinstance(factory, gpiozero.Factory)
    assert gpiozero.Device.pin_factory is None


@pytest.mark.usefixtures("on_a_pi")
def test_a_pi_whose_pins_are_out_of_reach_gets_no_mock_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "no-such-library")
    with pytest.raises(PinsError, match="install lgpio"):
        open_pins("auto")
