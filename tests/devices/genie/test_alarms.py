"""Alarms: set, told, cancelled, ringing until somebody is awake, and right whatever the clock does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from genies import NOON, ManualClock, Start, alarm, ask

from devices.genie.bridge import GenieBridge
from hub.messages import Activity, SatelliteButton, SatelliteState, Topic

SET, CANCEL, GET, STOP, SNOOZE = "JipsaSetAlarm", "JipsaCancelAlarm", "JipsaGetAlarms", "JipsaStopAlarm", "JipsaSnooze"

NEW_YORK = ZoneInfo("America/New_York")


def ids(listener: Any, satellite: str = "all") -> list[str]:
    """The ids of all that a satellite was told to speak."""
    return [say["id"] for say in map(listener.read, listener.all(Topic.say(satellite)))]


async def rings(listener: Any, number: int, satellite: str = "all") -> None:
    """Wait until the only alarm there has rung so many times after the first."""
    first = (await listener.object(Topic.say(satellite), priority="alarm"))["id"]
    await listener.object(Topic.say(satellite), id=f"{first}-{number}" if number else first)


async def silent(listener: Any, ringing: bool = False) -> None:
    await listener.object(Topic.device("alarms", "state"), ringing=ringing)
