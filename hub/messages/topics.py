"""The names of the topics of the contract, and its version."""

from __future__ import annotations

ROOT = "jipsa"
"""First level of every topic."""


CONTRACT_VERSION = "1.1"
"""Version of the MQTT contract that these models are."""


class Topic:
    """Names of the topics of the contract."""

    UTTERANCE = f"{ROOT}/utterance"
    UNDERSTOOD = f"{ROOT}/understood"
    HOME = f"{ROOT}/home"

    @staticmethod
    def intent(bridge: str) -> str:
        """Where a bridge takes its intents."""
        return f"{ROOT}/intent/{bridge}"

    @staticmethod
    def reply(intent_id: str) -> str:
        """Where the reply to an intent goes."""
        return f"{ROOT}/reply/{intent_id}"

    @staticmethod
    def say(satellite: str) -> str:
        """Where a satellite takes what it shall speak."""
        return f"{ROOT}/say/{satellite}"

    @staticmethod
    def device(device: str, what: str) -> str:
        """A device's `about`, `state`, `available`, `set` or `set/<property>`."""
        return f"{ROOT}/device/{device}/{what}"

    @staticmethod
    def bridge(bridge: str, what: str) -> str:
        """A bridge's `state`, `info`, `health`, `log`, `request/<verb>` or `response/<verb>`."""
        return f"{ROOT}/bridge/{bridge}/{what}"

    @staticmethod
    def satellite(satellite: str, what: str = "state") -> str:
        """A satellite's `state`, `partial`, `heard`, `graph`, `wake`, `button` or `listen`."""
        return f"{ROOT}/satellite/{satellite}/{what}"


def is_command(topic: str) -> bool:
    """Whether a topic carries a command, which must never be retained."""
    levels = topic.split("/")
    if levels[0] != ROOT or len(levels) < 2:
        return False
    match levels[1:]:
        case ["utterance"] | ["intent" | "say", _] | ["device", _, "set"] | ["device", _, "set", _]:
            return True
        case ["bridge", _, "request", *_] | ["satellite", _, "listen" | "button"] | ["remote", "command"]:
            return True
        case _:
            return False
