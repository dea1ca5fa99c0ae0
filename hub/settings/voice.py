"""The settings of ears and mouth: `voice`, `speaker`, and how KT's voice is reached."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, ValidationInfo, model_validator

from hub.home import Id
from hub.pins import Pin
from hub.settings.values import CLOCK, FilePath, Section, WakeName
from hub.yamlfile import fault_in


class RgbPins(Section):
    """The pins of a light of any colour; `active_high` is false for a common anode."""

    red: Pin
    green: Pin
    blue: Pin
    active_high: bool = True


def _own_pins(value: int | RgbPins | None, info: ValidationInfo) -> int | RgbPins | None:
    """The pins of one key of the voice, none of which another key before it has, nor it twice."""
    taken = {pin: key for name in _PINS if name in info.data for key, pin in pins_of(name, info.data[name]).items()}
    for key, pin in pins_of(str(info.field_name), value).items():
        if pin in taken:
            raise fault_in("pin_taken", pin=pin, other=taken[pin])
        taken[pin] = key
    return value


_PINS = ("button", "mute", "light")


def pins_of(name: str, value: int | RgbPins | None) -> dict[str, int]:
    """The pins of one key of the voice, each by its whole key: voice.button, voice.light.red."""
    if isinstance(value, RgbPins):
        return {f"voice.{name}.{color}": getattr(value, color) for color in ("red", "green", "blue")}
    return {} if value is None else {f"voice.{name}": value}


def _light_form(light: Any) -> str:
    return "colors" if isinstance(light, dict | RgbPins) else "pin"


LightPins = Annotated[Annotated[Pin, Tag("pin")] | Annotated[RgbPins, Tag("colors")], Discriminator(_light_form)]


class VoiceSettings(Section):
    """The ears of this machine: `microphone` is auto, off, or part of a sound device's name.

    `wake` are the names that it is called by; without any, whatever is a command is obeyed. With `barge_in` it can be
    called while it speaks. `button`, `mute` and `light` are pins: for push-to-talk, for a switch that closes the
    microphone, and for a light, of one colour or of any, that shows what it does.
    """

    satellite: Id = "living"
    room: str | None = None
    microphone: str = "auto"
    wake: tuple[WakeName, ...] = ("지니야",)
    barge_in: bool = True
    button: Annotated[Pin | None, AfterValidator(_own_pins)] = 5
    mute: Annotated[Pin | None, AfterValidator(_own_pins)] = None
    light: Annotated[LightPins | None, AfterValidator(_own_pins)] = Field(default=6, validate_default=True)

    @property
    def pins(self) -> dict[str, int]:
        """The pins that it has, by their keys."""
        return {key: pin for name in _PINS for key, pin in pins_of(name, getattr(self, name)).items()}


class KtAccess(Section):
    """KT's AI Makers Kit: what KT API Link gave. Without files, the systemd credentials kt-key and kt-secret."""

    client_id: str = Field(min_length=1)
    key_file: FilePath | None = None
    secret_file: FilePath | None = None
    host: str = Field(default="gate.gigagenie.ai", min_length=1)
    port: int = Field(default=4080, ge=1, le=65535)
    tls: bool = True


class QuietHours(Section):
    """When the family sleeps: announcements wait for the morning, and answers have this volume at most."""

    start: str = Field(pattern=CLOCK)
    end: str = Field(pattern=CLOCK)
    volume: int = Field(default=20, ge=0, le=100)


class SpeakerSettings(Section):
    """The mouth of this machine: `device` is auto, off, or part of a sound device's name.

    `voice` is espeak, kokoro, kt, or the address of a Wyoming server (tcp://host:port); `kt` is how KT is reached.
    """

    device: str = "auto"
    voice: Annotated[str, Field(pattern=r"^(espeak|kokoro|kt|tcp://[^/:]+:\d+)$")] = "espeak"
    kt: KtAccess | None = None
    volume: int = Field(default=70, ge=0, le=100)
    quiet: QuietHours | None = None

    @model_validator(mode="after")
    def _knows_kt(self) -> Self:
        if self.voice == "kt" and self.kt is None:
            raise fault_in("missing_key", name="kt")
        return self
