"""The page outside: which of its calls there are, and why they fail while the home is away.

Whatever reads or writes files of the home, or asks a bridge for more than an intent, stays in the home.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from hub.payloads import Value
from hub.texts import text
from hub.web.calls import Call, CallError, Calls, Page

OWN: Final = ("alive", "room", "history", "history.latency")
"""Calls that the process of the page answers by itself."""

ASKING: Final = ("set", "intent", "say", "hear.begin", "hear.end")
"""Calls that end in a command to the home."""


def offered(calls: Calls, linked: Callable[[], bool]) -> Calls:
    """Those of the calls that there are outside; `linked` is whether the home is there."""
    return {name: calls[name] for name in OWN} | {name: _to_home(calls[name], linked) for name in ASKING}


def _to_home(call: Call, linked: Callable[[], bool]) -> Call:
    async def asked(page: Page, given: Mapping[str, Value]) -> Value:
        if not linked():
            raise CallError("home_away", text("web.home_away", page.language))
        return await call(page, given)

    return asked
