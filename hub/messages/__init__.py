"""What travels over MQTT: one pydantic model per message of the contract (docs/contract.md).

Payloads are UTF-8 JSON, one object each. Unknown keys are kept out of the way (ignored), so that a newer sender can
talk to an older receiver; a wrong type, a missing key, and what is longer or more than anybody needs, is an error that
names the topic and the key.
"""

from hub.messages.bridges import BridgeHealth, BridgeInfo, LogLine, Response, ServiceState
from hub.messages.devices import About, Property, PropertyType
from hub.messages.satellites import (
    MOST_UNSAYABLE,
    Activity,
    SatelliteButton,
    SatelliteGraph,
    SatelliteHeard,
    SatellitePartial,
    SatelliteState,
    SatelliteWake,
)
from hub.messages.sentences import (
    ALL_SATELLITES,
    INTENT_LIFETIME,
    LONGEST_UTTERANCE,
    Error,
    ErrorCode,
    Intent,
    Part,
    Priority,
    Reply,
    Say,
    SentIntent,
    Understood,
    Utterance,
)
from hub.messages.topics import CONTRACT_VERSION, ROOT, Topic, is_command

__all__ = [
    "ALL_SATELLITES", "CONTRACT_VERSION", "INTENT_LIFETIME", "LONGEST_UTTERANCE", "MOST_UNSAYABLE", "ROOT", "About",
    "Activity", "BridgeHealth", "BridgeInfo", "Error", "ErrorCode", "Intent", "LogLine", "Part", "Priority",
    "Property", "PropertyType", "Reply", "Response", "SatelliteButton", "SatelliteGraph", "SatelliteHeard",
    "SatellitePartial", "SatelliteState", "SatelliteWake", "Say", "SentIntent", "ServiceState", "Topic", "Understood",
    "Utterance", "is_command",
]  # fmt: skip
