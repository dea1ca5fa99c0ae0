"""The `gpio:` mapping of home.yaml: pins, and faults that name their line."""

from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory
from hypothesis import given
from hypothesis import strategies as st

from devices.gpio.kinds import KINDS
from devices.gpio.models import ButtonWiring, RgbLightWiring, SwitchWiring
from devices.gpio.wiring import read_wiring
from hub.config import Settings
from hub.home import DEVICE_TYPES, Device, load_home
from hub.pins import BOARD, PULLED_UP, USES
from hub.settings.voice import VoiceSettings
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
    assert wirings["kitchen_plug"] == SwitchWiring(kind="relay", pin=23)
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


@pytest.mark.parametrize("pin", [5, "BOARD29", "board29", " GPIO5", "BCM5", "J8:29"])
def test_a_pin_may_be_given_by_number_or_by_place(pin: object) -> None:
    assert read_wiring([device("b", "button", kind="button", pin=pin)])["b"] == ButtonWiring(kind="button", pin=5)


@pytest.mark.parametrize(
    "pin", [28, -1, 17.5, True, None, "BOARD1", "BOARD41", "17번", "", [5], "GPIO28", "GPIO٥", "J8:1"]
)
def test_a_pin_that_is_none_is_refused(pin: object) -> None:
    with pytest.raises(SettingsError, match=r"home\.yaml: devices\.b\.gpio\.pin: there is no pin"):
        read_wiring([device("b", "button", kind="button", pin=pin)])


KNOWN = ", ".join(KINDS)

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
            [f"3: devices[0].gpio.kind: 'rgb_ligth' is none of {KNOWN}; did you mean 'rgb_light'?"],
        ),
        ("  - {id: a, name: 등, type: light, gpio: {}}", ["2: devices[0].gpio: 'kind' is missing"]),
        (
            "  - {id: a, name: 등, type: light, gpio: {kind: [relay]}}",
            [f"2: devices[0].gpio.kind: ['relay'] is none of {KNOWN}; did you mean 'relay'?"],
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
                    "9: devices[0].gpio.grene: unknown key; known are kind, red, green, blue, active_high, initial; "
                    "did you mean 'green'?"
                ),
            ],
        ),
        (SHARED, ["3: devices[1].gpio.pin: GPIO5 is used by 'a' already"]),
        (
            "  - {id: a, name: 등, type: light, gpio: {kind: rgb_light, red: 5, green: 5, blue: 6}}",
            ["2: devices[0].gpio.green: GPIO5 is used by 'a' already"],
        ),
        (
            "  - {id: a, name: 문, type: lock, gpio: {kind: relay, pin: 5}}",
            ["2: devices[0].gpio.kind: a device of type 'lock' cannot be wired as relay"],
        ),
        (
            "  - {id: a, name: 버튼, type: button,\n     gpio: {kind: button, pin: 4,\n  presses: [press, tripel]}}",
            ["4: devices[0].gpio.presses[1]: 'tripel' is none of press, long_press, double_press"],
        ),
        (
            "  - {id: a, name: 버튼, type: button, gpio: {kind: button, pin: 4, debounce: 3}}",
            ["2: devices[0].gpio.debounce: 1.0 or less expected, got 3"],
        ),
        (
            "  - {id: a, name: 가스, type: valve, gpio: {kind: gas_valve, pin: 4, closed: GPIO4, seconds: 60}}",
            ["2: devices[0].gpio.seconds: 8.0 or less expected, got 60"],
        ),
        (
            "  - {id: a, name: 가스, type: valve, gpio: {kind: gas_valve, pin: 4, closed: BOARD7}}",
            ["2: devices[0].gpio.closed: GPIO4 is used by 'a' already"],
        ),
        (
            "  - {id: a, name: 거리, type: sensor, gpio: {kind: distance, trigger: 5, echo: BCM5}}",
            ["2: devices[0].gpio.echo: GPIO5 is used by 'a' already"],
        ),
        (
            "  - {id: a, name: 손잡이, type: button, gpio: {kind: knob, a: 5, b: J8:29, controls: {device: 등}}}",
            [
                (
                    "2: devices[0].gpio.controls.device: '등' is no id; use ASCII letters, digits, '_' and '-', "
                    "64 at most"
                ),
                "2: devices[0].gpio.controls: 'property' is missing",
            ],
        ),
        (
            "  - {id: a, name: 움직임, type: binary_sensor, gpio: {kind: motion, pin: 2}}",
            [
                (
                    "2: devices[0].gpio.pin: GPIO2 has a resistor to 3.3 V of its own; use it with pull_up: true, "
                    "or take another pin"
                ),
            ],
        ),
    ],
)
def test_a_fault_names_its_line(
    devices: str, faults: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert faults_of(devices, tmp_path, monkeypatch) == faults


def test_a_pin_of_the_voice_is_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "home.yaml"
    path.write_text("devices:\n  - {id: a, name: 등, type: light, gpio: {kind: led, pin: GPIO5}}\n")
    with pytest.raises(SettingsError) as caught:
        read_wiring(load_home(path).devices, Settings().voice.pins)
    assert str(caught.value) == (
        "home.yaml:2: devices[0].gpio.pin: GPIO5 is used by voice.button in jipsa.yaml already; take another pin, or "
        "set that key to null"
    )
    quiet = VoiceSettings.model_validate({"button": None})
    assert read_wiring(load_home(path).devices, quiet.pins)["a"].pins == {"pin": 5}


def test_faults_of_pins_are_told_in_korean_too(tmp_path: Path) -> None:
    path = tmp_path / "home.yaml"
    path.write_text("devices:\n  - {id: a, name: 등, type: light, gpio: {kind: led, pin: 6}}\n")
    with pytest.raises(SettingsError, match=r"GPIO6은 jipsa\.yaml의 voice\.light에서 이미 쓰고 있어요"):
        read_wiring(load_home(path, "ko").devices, {"voice.light": 6})


def test_a_pin_that_may_be_for_something_else_is_only_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "home.yaml"
    path.write_text("devices:\n  - {id: a, name: 버튼, type: button, gpio: {kind: button, pin: 3}}\n")
    assert read_wiring(load_home(path).devices)["a"].pins == {"pin": 3}
    assert [record.getMessage() for record in caplog.records] == [
        (
            "home.yaml:2: devices[0].gpio.pin: GPIO3 is a pin of I2C, too; where that is in use, take another pin or "
            "switch it off in raspi-config"
        ),
    ]


def test_uses_and_resistors_of_pins_are_those_of_the_board() -> None:
    """As gpiozero knows them, which has them from the makers' tables."""
    board = MockFactory().board_info
    uses = {"i2c": "I2C", "spi": "SPI", "uart": "UART", "pcm": "I2S"}
    for pin in BOARD.values():
        ((_, info),) = board.find_pin(f"GPIO{pin}")
        assert (pin in PULLED_UP) == (info.pull == "up"), pin
        if pin in USES and pin not in {0, 1}:
            assert USES[pin] in {uses.get(kind) for kind in info.interfaces}, (pin, info.interfaces)


def test_every_kind_can_be_wired_as_some_type_of_device() -> None:
    for name, kind in KINDS.items():
        assert kind.types, name
        assert kind.types <= DEVICE_TYPES
        assert set(kind.never) <= set(kind.properties)
        assert set(kind.wiring.PINS) <= set(kind.wiring.model_fields)


json_values = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=3)


@given(
    st.dictionaries(
        st.sampled_from(["kind", "pin", "red", "active_high", "presses", "controls", "x"]) | st.text(max_size=3),
        json_values,
    )
)
def test_no_mapping_is_too_strange_to_be_refused_in_words(gpio: dict[str, object]) -> None:
    lamp = Device.model_validate({"id": "a", "name": "a", "type": "light", "gpio": gpio})
    with pytest.raises(SettingsError) as caught:
        read_wiring([lamp])
    assert all(fault.what for fault in caught.value.faults)
