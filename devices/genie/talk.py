"""Small talk and announcements, and honest answers where there is no skill yet."""

from __future__ import annotations

from typing import Final

from devices.values import CommandError
from hub.messages import ErrorCode, Intent
from hub.texts import Language, text

TALK: Final = {"HassRespond": "respond", "HassNevermind": "nevermind"}
"""Intent → the sentence that answers it."""

NOT_YET: Final = dict.fromkeys(
    (
        "HassShoppingListAddItem", "HassShoppingListCompleteItem", "HassListAddItem", "HassListCompleteItem",
        "HassListRemoveItem", "JipsaGetList",
    ),
    "no_lists",
)  # fmt: skip
"""Intents that the assistant understands and cannot carry out yet, and the sentence that says so."""


def not_yet(intent: str, language: Language) -> CommandError:
    """The answer to an intent of `NOT_YET`."""
    return CommandError(ErrorCode.NOT_SUPPORTED, text(f"genie.{NOT_YET[intent]}", language))


def message_of(intent: Intent, language: Language) -> str:
    """What a HassBroadcast is to tell everybody; raises CommandError where there is nothing."""
    message = intent.slots.get("message")
    if not isinstance(message, str) or not message.strip():
        raise CommandError(ErrorCode.BAD_PAYLOAD, text("genie.no_message", language))
    return message.strip()
