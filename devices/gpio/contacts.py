"""What closes a contact: a button with its short, long and double presses, a door or window, somebody who moves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from devices.gpio.models import ButtonWiring, Input, MotionWiring, OpeningWiring
from devices.gpio.part import Part, Wires
from hub.contact import Contact, Timer
from hub.messages import Property
from hub.payloads import Value

LONG: Final = 0.8
"""Seconds after which a press is a long one."""

DOUBLE: Final = 0.4
"""Seconds from the end of a press in which a second one makes it a double one."""


class Presses:
    """Makes presses out of down and up; times are in seconds, by any clock."""

    def __init__(self, known: Collection[str]) -> None:
        """`known` are the events that are wanted: what is no long or double press is a short one."""
        self._known = known
        self._once = False  # one press is over, and a second may come
        self._told = False  # what this press is has been told already
        self.due: float | None = None
        """When `late` is to be called, if nothing happens before."""

    def change(self, down: bool, at: float) -> str | None:
        """The button went down or up; returns what that makes it, if anything yet."""
        self.due = None
        if not down:
            return self._up(at)
        self._told = self._once or set(self._known) == {"press"}
        if self._once:
            self._once = False
            return "double_press"
        if self._told:
            return "press"
        self.due = at + LONG if "long_press" in self._known else None
        return None

    def late(self) -> str | None:
        """Nothing has happened until `due`."""
        self.due = None
        if self._once:
            self._once = False
            return self._short()
        self._told = True
        return "long_press"

    def _up(self, at: float) -> str | None:
        if self._told:
            return None
        if "double_press" in self._known:
            self._once, self.due = True, at + DOUBLE
            return None
        return self._short()

    def _short(self) -> str | None:
        return "press" if "press" in self._known else None


class _Sensed(Part):
    """One contact, seen as one property that is true or false."""

    def __init__(self, name: str, wiring: Input, wires: Wires, release: float | None = None) -> None:
        self._name = name
        self._wires = wires
        self._contact = Contact(
            wiring.pin, wires.pins, wires.clock, self._changed, pull_up=wiring.pull_up, active_high=wiring.high_counts,
            steady=wiring.debounce, release=release,
        )  # fmt: skip
        self.state = {name: self._contact.active}

    def _changed(self, active: bool, at: float) -> None:
        self.state = {self._name: active}
        self._wires.report(self.state)

    def close(self) -> None:
        """Listen no more, and free the pin."""
        self._contact.close()


class PushButton(_Sensed):
    """A button: whether it is down, and its presses."""

    PROPERTIES: Final = {"pressed": Property(type="boolean", platform="binary_sensor")}

    def __init__(self, wiring: ButtonWiring, wires: Wires, begin: Mapping[str, Value]) -> None:
        self._presses = Presses(wiring.presses)
        self._timer: Timer | None = None
        super().__init__("pressed", wiring, wires)

    def _changed(self, active: bool, at: float) -> None:
        super()._changed(active, at)
        self._settle()
        self._tell(self._presses.change(active, at))

    def _late(self) -> None:
        self._tell(self._presses.late())

    def _tell(self, event: str | None) -> None:
        self._settle()
        if self._presses.due is not None:
            self._timer = self._wires.clock.call_at(self._presses.due, self._late)
        if event is None:
            return
        self._wires.tell(event, {})
        if event == "press" and self._wires.controlled is not None:
            self._wires.controlled.toggle()

    def _settle(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """Listen no more, and free the pin."""
        self._settle()
        super().close()


class Opening(_Sensed):
    """A door or a window."""

    PROPERTIES: Final = {"open": Property(type="boolean", platform="binary_sensor")}

    def __init__(self, wiring: OpeningWiring, wires: Wires, begin: Mapping[str, Value]) -> None:
        super().__init__("open", wiring, wires)


class Motion(_Sensed):
    """Whether somebody moves, or did a moment ago."""

    PROPERTIES: Final = {"motion": Property(type="boolean", platform="binary_sensor")}

    def __init__(self, wiring: MotionWiring, wires: Wires, begin: Mapping[str, Value]) -> None:
        super().__init__("motion", wiring, wires, max(wiring.off_delay, wiring.debounce))
