"""Small talk and announcements."""

from __future__ import annotations

from typing import Final

from devices.values import CommandError
from hub.messages import ErrorCode, Intent
from hub.texts import Language, text

TALK: Final = {"HassRespond": "respond", "HassNevermind": "nevermind"}
"""Intent → the sentence that answers it."""


def message_of(intent: Intent, language: Language) -> str:
    """What a HassBroadcast is to tell everybody; raises CommandError where there is nothing."""
    message = intent.slots.get("message")
    if not isinstance(message, str) or not message.strip():
        raise CommandError(ErrorCode.BAD_PAYLOAD, text("genie.no_message", language))
    return message.strip()
