"""The kinds of things that can hang on the pins: a table of how each is wired, what it is, and what it can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from devices.gpio.buzzer import Sounder
from devices.gpio.contacts import Motion, Opening, PushButton
from devices.gpio.knob import Knob
from devices.gpio.lights import Dimmer, RgbLight, Switch
from devices.gpio.models import (
    ButtonWiring,
    BuzzerWiring,
    CpuTemperatureWiring,
    DimmerWiring,
    DistanceWiring,
    GasValveWiring,
    KnobWiring,
    MotionWiring,
    OpeningWiring,
    RgbLightWiring,
    SwitchWiring,
    Wiring,
)
from devices.gpio.part import Part, Wires
from devices.gpio.sensors import CpuTemperature, Distance
from devices.gpio.valve import GasValve
from hub.messages import Property
from hub.payloads import Value


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its wiring, the device types that can be wired so, what it can do, and what makes it."""

    wiring: type[Wiring]
    types: frozenset[str]
    properties: Mapping[str, Property]
    part: Callable[[Any, Wires, Mapping[str, Value]], Part]
    """Takes the wiring, the wires, and the properties that are to begin with something else than usual."""
    device_class: str | None = None
    """Of what sort it is where home.yaml does not say."""
    never: Mapping[str, Value] = field(default_factory=dict)
    """Values that nobody may set."""


_LIGHT: Final = frozenset({"light"})
_BUTTON: Final = frozenset({"button"})
_BINARY: Final = frozenset({"binary_sensor"})
_SENSOR: Final = frozenset({"sensor"})
_SIREN: Final = frozenset({"siren"})

KINDS: Final[Mapping[str, Kind]] = {
    "led": Kind(SwitchWiring, _LIGHT, Switch.PROPERTIES, Switch),
    "pwm_light": Kind(DimmerWiring, _LIGHT, Dimmer.PROPERTIES, Dimmer),
    "rgb_light": Kind(RgbLightWiring, _LIGHT, RgbLight.PROPERTIES, RgbLight),
    "relay": Kind(SwitchWiring, frozenset({"switch", "light", "fan", "ventilator"}), Switch.PROPERTIES, Switch),
    "gas_valve": Kind(
        GasValveWiring, frozenset({"valve"}), GasValve.PROPERTIES, GasValve, device_class="gas", never={"open": True}
    ),
    "buzzer": Kind(BuzzerWiring, _SIREN, Sounder.PROPERTIES, Sounder),
    "tonal_buzzer": Kind(BuzzerWiring, _SIREN, Sounder.PROPERTIES, Sounder),
    "button": Kind(ButtonWiring, _BUTTON, PushButton.PROPERTIES, PushButton),
    "knob": Kind(KnobWiring, _BUTTON, Knob.PROPERTIES, Knob),
    "motion": Kind(MotionWiring, _BINARY, Motion.PROPERTIES, Motion, device_class="motion"),
    "contact": Kind(OpeningWiring, _BINARY, Opening.PROPERTIES, Opening, device_class="door"),
    "distance": Kind(DistanceWiring, _SENSOR, Distance.PROPERTIES, Distance, device_class="distance"),
    # Without a device class: "how warm is it" is not about the processor.
    "cpu_temperature": Kind(CpuTemperatureWiring, _SENSOR, CpuTemperature.PROPERTIES, CpuTemperature),
}
