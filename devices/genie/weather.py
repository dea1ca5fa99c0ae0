"""The weather. No source of weather is connected, and this says so."""

from __future__ import annotations

from devices.commands import CommandError
from hub.messages import ErrorCode
from hub.texts import Language, text


def no_weather(language: Language) -> CommandError:
    """The answer to every question about the weather."""
    return CommandError(ErrorCode.NOT_SUPPORTED, text("genie.no_weather", language))
