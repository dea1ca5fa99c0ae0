"""The `gpio:` mapping of home.yaml: pins, and faults that name their line."""

from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory
from hypothesis import given
from hypothesis import strategies as st

from devices.gpio.wiring import BOARD, ButtonWiring, RelayWiring, RgbLightWiring, read_wiring
from hub.home import Device, load_home
from hub.yamlfile import SettingsError

SHIPPED = Path(__file__).parents[3] / "config" / "home.yaml"


def faults_of(devices: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "home.yaml"
    path.write_text(f"devices:\n{devices}\n")
    with pytest.raises(SettingsError) as caught:
        read_wiring(load_home(path).devices)
    return [line.removeprefix("home.yaml:") for line in str(caught.value).splitlines()]


def device(name: str, device_type: str, **gpio: object) -> Device:
    return Device.model_validate({"id": name, "name": name, "type": device_type, "gpio": gpio})


def test_the_shipped_home_is_wired() -> None:
    wirings = read_wiring(load_home(SHIPPED).devices)
    assert wirings["living_light"] == RgbLightWiring(kind="rgb_light", red=17, green=27, blue=22)
    assert wirings["kitchen_plug"] == RelayWiring(kind="relay", pin=23)
    assert wirings["living_button"] == ButtonWiring(kind="button", pin=24)


def test_devices_without_pins_are_left_out() -> None:
    assert read_wiring([Device(id="a", name="a", type="light")]) == {}


def test_header_places_are_those_of_the_board() -> None:
    board = MockFactory().board_info
    places = {
        place: int(pin.name.removeprefix("GPIO"))
        for place in range(1, 41)
        for _, pin in board.find_pin(f"BOARD{place}")
        if pin.name.startswith("GPIO")
    }
    assert places == BOARD


@pytest.mark.parametrize("pin", [5, "BOARD29", "board29", " GPIO5", "BCM5"])
def test_a_pin_may_be_given_by_number_or_by_place(pin: object) -> None:
    assert read_wiring([device("b", "button", kind="button", pin=pin)])["b"] == ButtonWiring(kind="button", pin=5)


@pytest.mark.parametrize("pin", [28, -1, 17.5, True, None, "BOARD1", "BOARD41", "17번", "", [5], "GPIO28"])
def test_a_pin_that_is_none_is_refused(pin: object) -> None:
    with pytest.raises(SettingsError, match=r"home\.yaml: devices\.b\.gpio\.pin: there is no pin"):
        read_wiring([device("b", "button", kind="button", pin=pin)])


TANGLED = """\
  - id: a
    name: 등
    type: light
    gpio:
      kind: rgb_light
      red: 1
      blue: 99
      grene: 3"""

SHARED = """\
  - {id: a, name: 등, type: light, gpio: {kind: relay, pin: 5}}
  - {id: b, name: 불, type: switch, gpio: {kind: relay, pin: BOARD29}}"""


@pytest.mark.parametrize(
    ("devices", "faults"),
    [
        (
            "  - {id: a, name: 등, type: light,\n     gpio: {kind: rgb_ligth, red: 1}}",
            ["3: devices[0].gpio.kind: 'rgb_ligth' is none of rgb_light, relay, button; did you mean 'rgb_light'?"],
        ),
        ("  - {id: a, name: 등, type: light, gpio: {}}", ["2: devices[0].gpio: 'kind' is missing"]),
        (
            "  - {id: a, name: 등, type: light, gpio: {kind: [relay]}}",
            ["2: devices[0].gpio.kind: ['relay'] is none of rgb_light, relay, button; did you mean 'relay'?"],
        ),
        (
            TANGLED,
            [
                "5: devices[0].gpio: 'green' is missing",
                (
                    "8: devices[0].gpio.blue: there is no pin 99; give a BCM number (0 to 27) or a place on the header "
                    "such as BOARD29"
                ),
                (
                    "9: devices[0].gpio.grene: unknown key; known are kind, red, green, blue, active_high; "
                    "did you mean 'green'?"
                ),
            ],
        ),
        (SHARED, ["3: devices[1].gpio.pin: GPIO5 is used by the device 'a' already"]),
        (
            "  - {id: a, name: 등, type: light, gpio: {kind: rgb_light, red: 5, green: 5, blue: 6}}",
            ["2: devices[0].gpio.green: GPIO5 is used by the device 'a' already"],
        ),
        (
            "  - {id: a, name: 문, type: lock, gpio: {kind: relay, pin: 5}}",
            ["2: devices[0].gpio.kind: a device of type 'lock' cannot be wired as relay"],
        ),
    ],
)
def test_a_fault_names_its_line(
    devices: str, faults: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert faults_of(devices, tmp_path, monkeypatch) == faults


json_values = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=3)


@given(st.dictionaries(st.sampled_from(["kind", "pin", "red", "active_high", "x"]) | st.text(max_size=3), json_values))
def test_no_mapping_is_too_strange_to_be_refused_in_words(gpio: dict[str, object]) -> None:
    lamp = Device.model_validate({"id": "a", "name": "a", "type": "light", "gpio": gpio})
    with pytest.raises(SettingsError) as caught:
        read_wiring([lamp])
    assert all(fault.what for fault in caught.value.faults)
