"""What opens and closes: covers, valves, locks."""

from __future__ import annotations

import json
from typing import Any, Final

from devices.homeassistant import jinja
from devices.homeassistant.showing import Showing

COVER_CLASSES: Final = frozenset({
    "awning", "blind", "curtain", "damper", "door", "garage", "gate", "shade", "shutter", "window",
})  # fmt: skip
VALVE_CLASSES: Final = frozenset({"gas", "water"})


def cover(showing: Showing, name: str | None) -> None:
    """A cover: moved to a position, or opened and closed; stopped where it can be."""
    position, opened = showing.number("position"), showing.has("open", "boolean")
    if position is None and opened is None:
        return
    fields: dict[str, Any] = {"device_class": _class(showing, COVER_CLASSES), "command_topic": showing.set}
    if opened is not None:
        fields |= {"payload_open": _payload(open=True), "payload_close": _payload(open=False)}
    else:
        fields |= {"payload_open": _payload(position=100), "payload_close": _payload(position=0)}
    if position is not None:
        fields |= {
            "position_topic": showing.state,
            "position_template": jinja.number("position", otherwise="''"),
            "set_position_topic": showing.sends("position")["command_topic"],
        }
    else:
        fields |= {"state_topic": showing.state, "value_template": _opened()}
    operation = showing.choice("operation")
    stops = operation is not None and "stop" in (operation.values or ())
    showing.add("cover", "cover", name, **fields)
    # A cover without this key would be taken for one that can be stopped.
    showing.components["cover_cover"]["payload_stop"] = _payload(operation="stop") if stops else None
    if stops and operation is not None:
        showing.left["operation"] = operation.model_copy(
            update={"values": [value for value in operation.values or () if value != "stop"]}
        )
    showing.take("position", "open")


def valve(showing: Showing, name: str | None) -> None:
    """A valve: moved to a position, or opened and closed."""
    position, opened = showing.number("position"), showing.has("open", "boolean")
    fields: dict[str, Any] = {"device_class": _class(showing, VALVE_CLASSES), "state_topic": showing.state}
    if position is not None:
        fields |= {"reports_position": True, "value_template": jinja.number("position"), **showing.sends("position")}
        showing.take("position")
    elif opened is not None:
        fields |= {
            "command_topic": showing.set,
            "payload_open": _payload(open=True),
            "payload_close": _payload(open=False),
            "value_template": _opened(),
        }
        showing.take("open")
    else:
        return
    showing.add("valve", "valve", name, **fields)
    if opened is not None and opened.values == ["false"]:
        showing.components["valve_valve"]["payload_open"] = None  # it may only be closed


def lock(showing: Showing, name: str | None) -> None:
    """A lock."""
    if showing.has("locked", "boolean") is None:
        return
    showing.add(
        "lock",
        "lock",
        name,
        command_topic=showing.set,
        payload_lock=_payload(locked=True),
        payload_unlock=_payload(locked=False),
        state_topic=showing.state,
        value_template=jinja.picked("locked", {"True": "LOCKED", "False": "UNLOCKED"}),
    )
    showing.take("locked")


def _opened() -> str:
    return jinja.picked("open", {"True": "open", "False": "closed"})


def _payload(**changes: object) -> str:
    return json.dumps(changes)


def _class(showing: Showing, known: frozenset[str]) -> str | None:
    return showing.about.device_class if showing.about.device_class in known else None
