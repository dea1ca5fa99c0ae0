"""The contract as a table: every topic, what travels on it, who sends it, and whether the broker keeps it.

From it come the artefacts in docs/contract (asyncapi.py), and what `jipsa bridge check` looks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter

from hub.messages import (
    About,
    BridgeHealth,
    BridgeInfo,
    Intent,
    LogLine,
    Reply,
    Response,
    SatelliteButton,
    SatelliteGraph,
    SatelliteHeard,
    SatellitePartial,
    SatelliteState,
    SatelliteWake,
    Say,
    ServiceState,
    Understood,
    Utterance,
)
from hub.payloads import Message, Values
from hub.remote.envelope import ANSWER, COMMAND, LINK, Answer, Envelope

Schema = Mapping[str, Any]

Sender = Literal["anyone", "bridge", "butler", "outside", "remote", "satellite"]

_VALUES: Schema = TypeAdapter(Values).json_schema()


def _values(**known: Schema) -> Schema:
    """An object of values, of which some are known."""
    return {**_VALUES, "properties": known}


_MOMENT: Schema = {"type": "string", "format": "date-time"}


@dataclass(frozen=True, slots=True)
class Channel:
    """One kind of topic."""

    name: str
    """What its payload is called in schemas: `device-state`."""
    address: str
    """The topic, with `{…}` for levels that differ."""
    payload: type[Message] | Schema
    """The model, or the JSON schema of what is none."""
    sender: Sender
    retained: bool = False
    text: str = ""
    """What it is for; of a model, its docstring says that."""

    @property
    def parameters(self) -> list[str]:
        """The names of the levels that differ."""
        return [level[1:-1] for level in self.address.split("/") if level.startswith("{")]

    @property
    def filter(self) -> str:
        """What to subscribe to for all of its topics."""
        return "/".join("+" if level.startswith("{") else level for level in self.address.split("/"))


CHANNELS = (
    Channel("utterance", "jipsa/utterance", Utterance, "anyone"),
    Channel("understood", "jipsa/understood", Understood, "butler"),
    Channel("intent", "jipsa/intent/{bridge}", Intent, "butler"),
    Channel("reply", "jipsa/reply/{intent}", Reply, "bridge"),
    Channel("say", "jipsa/say/{satellite}", Say, "anyone"),
    Channel("about", "jipsa/device/{device}/about", About, "bridge", retained=True),
    Channel(
        "state",
        "jipsa/device/{device}/state",
        _values(updated_at=_MOMENT),
        "bridge",
        retained=True,
        text="The values of a device's properties: all of them, each time. null says unknown.",
    ),
    Channel(
        "available",
        "jipsa/device/{device}/available",
        {"type": "string", "enum": ["online", "offline"]},
        "bridge",
        retained=True,
        text="Whether a device can be reached. Plain text, not JSON.",
    ),
    Channel(
        "event",
        "jipsa/device/{device}/event",
        {**_values(event_type={"type": "string"}, occurred_at=_MOMENT), "required": ["event_type"]},
        "bridge",
        text="What a state cannot keep, such as the press of a button.",
    ),
    Channel(
        "set",
        "jipsa/device/{device}/set",
        _VALUES,
        "anyone",
        text="Values to set; what is already so is no error. Not answered: the state shows it.",
    ),
    Channel(
        "set-property",
        "jipsa/device/{device}/set/{property}",
        {},
        "anyone",
        text="The value of one property to set: JSON, or plain text such as ON, cool.",
    ),
    Channel("bridge-state", "jipsa/bridge/{bridge}/state", ServiceState, "bridge", retained=True),
    Channel("bridge-info", "jipsa/bridge/{bridge}/info", BridgeInfo, "bridge", retained=True),
    Channel("bridge-health", "jipsa/bridge/{bridge}/health", BridgeHealth, "bridge", retained=True),
    Channel("bridge-log", "jipsa/bridge/{bridge}/log", LogLine, "bridge"),
    Channel(
        "request",
        "jipsa/bridge/{bridge}/request/{verb}",
        _values(transaction={"type": "string", "maxLength": 64}),
        "anyone",
        text="A wish about the bridge itself, or nothing at all. Every bridge knows health_check and restart.",
    ),
    Channel("response", "jipsa/bridge/{bridge}/response/{verb}", Response, "bridge"),
    Channel("satellite-state", "jipsa/satellite/{satellite}/state", SatelliteState, "satellite", retained=True),
    Channel(
        "listen",
        "jipsa/satellite/{satellite}/listen",
        {},
        "anyone",
        text="Anything, also nothing: the satellite listens without being called.",
    ),
    Channel("button", "jipsa/satellite/{satellite}/button", SatelliteButton, "satellite"),
    Channel("wake", "jipsa/satellite/{satellite}/wake", SatelliteWake, "satellite"),
    Channel("partial", "jipsa/satellite/{satellite}/partial", SatellitePartial, "satellite"),
    Channel("heard", "jipsa/satellite/{satellite}/heard", SatelliteHeard, "satellite"),
    Channel("graph", "jipsa/satellite/{satellite}/graph", SatelliteGraph, "satellite", retained=True),
    Channel(
        "home",
        "jipsa/home",
        {"type": "object"},
        "butler",
        retained=True,
        text="Rooms and devices as the butler knows them, for those who listen for their names.",
    ),
    Channel("remote-command", COMMAND, Envelope, "outside"),
    Channel("remote-answer", ANSWER, Answer, "remote"),
    Channel(
        "remote-link",
        LINK,
        {"type": "integer", "enum": [0, 1]},
        "remote",
        retained=True,
        text="Whether the home's broker is connected to the one outside. The home's Mosquitto sends it by itself.",
    ),
)
