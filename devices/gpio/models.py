"""How each kind of thing is wired: the `gpio:` mapping of a device in home.yaml, one model for each."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from hub.contact import STEADY
from hub.home import Id
from hub.pins import Pin

Initial = Literal["off", "on", "restore"]
"""What something is when the bridge starts; `restore` is what it was before."""


class Wiring(BaseModel):
    """What every wiring has: its kind, and its pins under the names in `PINS`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    PINS: ClassVar[tuple[str, ...]] = ("pin",)

    kind: str

    @property
    def pins(self) -> dict[str, int]:
        """Its pins, by the keys that they stand under."""
        return {name: pin for name in self.PINS if (pin := getattr(self, name)) is not None}

    @property
    def events(self) -> tuple[str, ...]:
        """The events that it may tell of."""
        return ()


class Output(Wiring):
    """One output; `active_high` is false where low is on, as on most relay boards."""

    pin: Pin
    active_high: bool = True


class SwitchWiring(Output):
    """On and off."""

    kind: Literal["relay", "led"]
    initial: Initial = "off"


class DimmerWiring(Output):
    """A light on a pin that can dim."""

    kind: Literal["pwm_light"]
    initial: Initial = "off"


class RgbLightWiring(Wiring):
    """Three pins that can dim; `active_high` is false for a common anode."""

    PINS = ("red", "green", "blue")

    kind: Literal["rgb_light"]
    red: Pin
    green: Pin
    blue: Pin
    active_high: bool = True
    initial: Initial = "off"


class GasValveWiring(Output):
    """An output that is on for some `seconds` to close a valve.

    `closed` is a pin that a contact connects to ground while the valve is closed; without it nobody knows.
    """

    PINS = ("pin", "closed")

    kind: Literal["gas_valve"]
    seconds: float = Field(default=5, ge=0.1, le=8)  # the butler waits for ten
    closed: Pin | None = None


class BuzzerWiring(Output):
    """`buzzer` sounds by itself when it has power, `tonal_buzzer` is made to sound, in notes."""

    kind: Literal["buzzer", "tonal_buzzer"]


class Input(Wiring):
    """One input; `pull_up` is false for a resistor to ground, null for none.

    `active_high` says which level counts: where it is not given, the one that is against the resistor.
    """

    pin: Pin
    pull_up: bool | None = True
    active_high: bool | None = None
    debounce: float = Field(default=STEADY, ge=0, le=1)

    @property
    def high_counts(self) -> bool:
        """Whether it is active while the pin is high."""
        return self.pull_up is not True if self.active_high is None else self.active_high


class Toggle(BaseModel):
    """A property, true or false, of any device of the home, which a button turns round."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    device: Id
    property: str = "power"


class ButtonWiring(Input):
    """A push button: the `presses` that it knows, and what a short one turns round.

    Who wants no double presses gets short ones sooner, since nobody has to wait for a second one.
    """

    kind: Literal["button"]
    presses: Annotated[tuple[Literal["press", "long_press", "double_press"], ...], Field(min_length=1)] = (
        "press", "long_press", "double_press",
    )  # fmt: skip
    controls: Toggle | None = None

    @property
    def events(self) -> tuple[str, ...]:
        """The presses."""
        return self.presses


class MotionWiring(Input):
    """A motion sensor (PIR). `off_delay` is for how many seconds after the last motion there still is somebody."""

    kind: Literal["motion"]
    pull_up: bool | None = False
    off_delay: float = Field(default=30, ge=0, le=3600)


class OpeningWiring(Input):
    """A magnet contact of a door or window, which connects the pin to ground while it is closed."""

    kind: Literal["contact"]
    active_high: bool | None = True


class DistanceWiring(Wiring):
    """An ultrasonic sensor (HC-SR04): how far it reaches, and how `near` somebody is there, in cm."""

    PINS = ("trigger", "echo")

    kind: Literal["distance"]
    trigger: Pin
    echo: Pin
    reach: int = Field(default=400, ge=10, le=600)
    near: int = Field(default=100, ge=2, le=600)


class Turned(BaseModel):
    """A number among the properties of any device of the home, and how far one `step` of a knob moves it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    device: Id
    property: str
    step: float = Field(default=5, gt=0, allow_inf_nan=False)


class KnobWiring(Wiring):
    """A knob that turns for ever (KY-040); with `a` and `b` changed over it turns the other way."""

    PINS = ("a", "b")

    kind: Literal["knob"]
    a: Pin
    b: Pin
    controls: Turned | None = None

    @property
    def events(self) -> tuple[str, ...]:
        """The two ways."""
        return ("turn_left", "turn_right")


class CpuTemperatureWiring(Wiring):
    """The thermometer in the processor; it has no pin."""

    PINS = ()

    kind: Literal["cpu_temperature"]
