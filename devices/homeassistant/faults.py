"""What goes wrong when Home Assistant is asked, and which sentence tells a person of it."""

from __future__ import annotations


class HomeAssistantError(Exception):
    """Home Assistant cannot be asked, or says no; the text is for a log."""


class MissingError(HomeAssistantError):
    """The package homeassistant-api is not installed."""


class AwayError(HomeAssistantError):
    """Home Assistant cannot be reached, or the connection to it is lost."""


class TokenError(HomeAssistantError):
    """Home Assistant does not accept the token."""


class SlowError(HomeAssistantError):
    """No answer came in time."""


class RefusedError(HomeAssistantError):
    """A command was answered with an error: its code and its text."""

    def __init__(self, kind: str, code: str, message: str) -> None:
        super().__init__(f"{kind}: {code}: {message}")
        self.code = code


FAULTS = (HomeAssistantError, ValueError, LookupError, TypeError, AttributeError)
"""What asking Home Assistant raises; the last four where an answer has another shape than is known here."""


def reason(error: Exception) -> str:
    """Which sentence (`homeassistant.<reason>`) tells a person of an error that ended, or prevented, a connection."""
    match error:
        case MissingError():
            return "missing"
        case TokenError():
            return "token"
        case RefusedError(code="unauthorized"):
            return "no_admin"
        case AwayError() | SlowError():
            return "away"
    return "strange"
