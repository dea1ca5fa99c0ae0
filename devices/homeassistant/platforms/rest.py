"""All that no entity of a device stands for yet becomes an entity of its own: no property is lost."""

from __future__ import annotations

from typing import Any, Final

from devices.homeassistant import jinja
from devices.homeassistant.looks import BINARY_CLASSES, OPERATION_ICONS, class_of, look_of
from devices.homeassistant.showing import Showing
from devices.values import NO_TIME, step_of
from hub.messages import Property
from hub.texts import text

CLOCK: Final = r"^(([01]\d|2[0-3]):[0-5]\d)?$"
"""A time of day, or nothing for none."""

_OPEN: Final = {"open": "true", "closed": "false"}

MANY: Final = 1_000_000.0
"""A bound where a device says none: Home Assistant's own would be 1 and 100."""


def scene(showing: Showing, name: str | None) -> None:
    """A routine or scene that can only be started."""
    operation = showing.choice("operation")
    if operation is None or operation.values != ["start"]:
        return
    platform = "scene" if showing.about.type == "scene" else "button"
    if platform == "scene":
        showing.add("scene", "scene", name, command_topic=showing.set, payload_on='{"operation": "start"}')
    else:
        showing.add("button", "operation-start", name, command_topic=showing.set,
                    payload_press='{"operation": "start"}', icon=OPERATION_ICONS["start"])  # fmt: skip
    showing.take("operation")


def switch(showing: Showing, name: str | None) -> None:
    """A switch of whatever can only be switched."""
    prop = showing.has("power", "boolean")
    if prop is None:
        return
    outlet = showing.about.device_class
    device_class = outlet if outlet in {"outlet", "switch"} else None
    showing.add("switch", "switch", name, device_class=device_class, **_switching(showing, "power"))
    showing.take("power")


def rest(showing: Showing) -> None:
    """Entities for every property that is left."""
    for name, prop in list(showing.left.items()):
        _show(showing, name, prop)
        showing.take(name)


def _show(showing: Showing, name: str, prop: Property) -> None:
    values = prop.values or []
    if name == "ringing" and prop.writable:
        _silence(showing, name)
    if name == "operation":
        if prop.writable:
            _buttons(showing, name, prop)
    elif prop.type == "boolean":
        _boolean(showing, name, prop)
    elif prop.type == "enum" and not prop.writable and set(values) == _OPEN.keys():
        fields = {"value_template": jinja.picked(name, _OPEN)}
        _binary(showing, name, prop, **fields)
    elif prop.type in {"enum", "color"} and values:
        _choice(showing, name, prop)
    elif prop.type in {"number", "integer"}:
        _number(showing, name, prop)
    elif prop.writable:
        _text(showing, name, prop)
    else:
        _words(showing, name, prop)


def _add(showing: Showing, platform: str, name: str, prop: Property, **fields: Any) -> None:
    look = look_of(name)
    category = look.category
    if category == "config" and not prop.writable:
        category = "diagnostic"
    icon = None if fields.get("device_class") not in {None, "enum", "timestamp"} else look.icon
    fields = {"entity_category": category, "icon": icon} | fields
    showing.add(platform, name, showing.noun(name, prop), **fields)


def _switching(showing: Showing, name: str) -> dict[str, Any]:
    return {
        "payload_on": "true",
        "payload_off": "false",
        "state_topic": showing.state,
        "value_template": jinja.flag(name),
        **showing.sends(name),
    }


def _boolean(showing: Showing, name: str, prop: Property) -> None:
    if prop.writable and name != "ringing":
        _add(showing, "switch", name, prop, **_switching(showing, name))
    elif name == "locked":  # on means open there
        fields = {"value_template": jinja.picked(name, {"True": "false", "False": "true"})}
        _binary(showing, name, prop, device_class="lock", **fields)
    else:
        _binary(showing, name, prop, value_template=jinja.flag(name))


def _binary(showing: Showing, name: str, prop: Property, **fields: Any) -> None:
    """A binary sensor; a sensor for one thing is of the class that its bridge says."""
    announced = showing.about.device_class
    alone = sum(other.type == "boolean" for other in showing.about.properties.values()) == 1
    own = announced if alone and announced in BINARY_CLASSES else look_of(name).device_class
    own = own if own in BINARY_CLASSES else None
    payloads = {"payload_on": "true", "payload_off": "false", "state_topic": showing.state}
    _add(showing, "binary_sensor", name, prop, **{"device_class": own, **payloads, **fields})


def _silence(showing: Showing, name: str) -> None:
    """What rings can only be silenced."""
    showing.add(
        "button", f"{name}-silence", text("discovery.silence", showing.language), icon="mdi:bell-off",
        payload_press="false", **showing.sends(name),
    )  # fmt: skip


def _buttons(showing: Showing, name: str, prop: Property) -> None:
    """One button for each thing that the device can be told to do."""
    for value, label in showing.labels(name, prop).items():
        showing.add(
            "button", f"{name}-{value}", label, icon=OPERATION_ICONS.get(value),
            payload_press=value, **showing.sends(name, "value"),
        )  # fmt: skip


def _choice(showing: Showing, name: str, prop: Property) -> None:
    if prop.writable:
        words = showing.words(name, prop)
        ours = {word: value for value, word in words.items()}
        _add(
            showing, "select", name, prop, options=list(words.values()), state_topic=showing.state,
            value_template=jinja.picked(name, words), **showing.sends(name, jinja.pick("value", ours, "value")),
        )  # fmt: skip
        return
    labels = showing.labels(name, prop)
    _add(
        showing, "sensor", name, prop, device_class="enum", options=list(dict.fromkeys(labels.values())),
        state_topic=showing.state, value_template=jinja.picked(name, labels),
    )  # fmt: skip


def _number(showing: Showing, name: str, prop: Property) -> None:
    unit = prop.unit or None
    fields: dict[str, Any] = {
        "device_class": class_of(name, unit),
        "unit_of_measurement": unit,
        "state_topic": showing.state,
    }
    if not prop.writable:
        statistics = "total_increasing" if look_of(name).total else "measurement"
        _add(showing, "sensor", name, prop, **fields, state_class=statistics, value_template=jinja.number(name))
        return
    low = prop.min if prop.min is not None else 0.0 if unit == "%" else min(-MANY, prop.max or 0)
    high = prop.max if prop.max is not None else 100.0 if unit == "%" else max(MANY, prop.min or 0)
    high = max(high, low)
    step = step_of(prop)
    fields |= {
        "min": low,
        "max": high,
        "step": max(step, 0.001) if step else 0.1,
        "mode": "box" if high - low > 1_000 else None,
        "value_template": jinja.number(name, low, high),
    }
    _add(showing, "number", name, prop, **fields, **showing.sends(name))


def _text(showing: Showing, name: str, prop: Property) -> None:
    """Text that can be set, and times of day, for which Home Assistant has no MQTT platform before 2026."""
    if prop.type == "time":
        time = f"{{% set v = {jinja.read(name)} %}}{{{{ v if v is string and v != '{NO_TIME}' else '' }}}}"
        fields = {"pattern": CLOCK, "value_template": time} | showing.sends(name, f"(value or '{NO_TIME}')")
    else:
        shown = f"{{% set v = {jinja.read(name)} %}}{{{{ '' if v is none else (v | string)[:{jinja.LONGEST}] }}}}"
        fields = {"value_template": shown} | showing.sends(name, "value")
    _add(showing, "text", name, prop, state_topic=showing.state, max=jinja.LONGEST, **fields)


def _words(showing: Showing, name: str, prop: Property) -> None:
    """Text that can only be read, and choices of which nobody says all."""
    if look_of(name).at:
        template, device_class = jinja.moment(name), "timestamp"
    elif prop.labels:
        template, device_class = jinja.shown(jinja.pick(jinja.read(name), prop.labels, jinja.read(name))), None
    else:
        template, device_class = jinja.words(name), None
    fields: dict[str, Any] = {"state_topic": showing.state, "value_template": template, "device_class": device_class}
    if name == "items":  # a list is longer than a state can be
        items = f"{{'items': (({jinja.read(name)} or '') | string).split(', ') | reject('eq', '') | list}}"
        fields |= {"json_attributes_topic": showing.state, "json_attributes_template": jinja.sent(items)}
    _add(showing, "sensor", name, prop, **fields)
