"""What the cloud says about the energy of an appliance: made-up figures, always the same for the same day or month."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from devices.thinq.simulator.appliance import BAD_PARAMETER, RefusedError, SimulatedAppliance

DAILY_WH: Mapping[str, int] = {
    "DEVICE_AIR_CONDITIONER": 4200,
    "DEVICE_REFRIGERATOR": 1150,
    "DEVICE_DEHUMIDIFIER": 1900,
    "DEVICE_DRYER": 1400,
    "DEVICE_WASHTOWER_DRYER": 1400,
    "DEVICE_DISH_WASHER": 800,
}
"""Watt-hours of a middling day."""

OTHERS_WH = 450

FORMATS = {"DAILY": "%Y%m%d", "MONTHLY": "%Y%m"}


def energy_profile(appliance: SimulatedAppliance) -> dict[str, Any]:
    """The energy properties that there are figures of."""
    return _result({"property": appliance.energy} if appliance.energy else {})


def energy_usage(appliance: SimulatedAppliance, query: Mapping[str, str]) -> dict[str, Any]:
    """The figures of each day or month from `startDate` to `endDate`; raises RefusedError for dates that make no sense
    or lie in the future.
    """
    period = query.get("period", "")
    today = datetime.now().astimezone().date()
    start, end = (_day(query.get(name, ""), period) for name in ("startDate", "endDate"))
    if not start <= end <= today:
        raise RefusedError(BAD_PARAMETER, "Unacceptable parameters: dates")
    if query.get("property") not in appliance.energy:
        return _result({})
    used: dict[str, int] = {}
    for day in _days(start, end if period == "DAILY" else today):
        name = day.strftime(FORMATS[period])
        if name > end.strftime(FORMATS[period]):
            break
        used[name] = used.get(name, 0) + _watt_hours(appliance.type, day)
    data = [{"energyUsage": watt_hours, "usedDate": name} for name, watt_hours in used.items()]
    return _result({"dataList": data, "property": appliance.energy})


def _day(text: str, period: str) -> date:
    """The day that a date says, or the first of its month."""
    day: date | None = None
    with suppress(ValueError):
        day = date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:] or '01'}")
    if day is None or day.strftime(FORMATS.get(period, "")) != text:
        raise RefusedError(BAD_PARAMETER, f"Unacceptable parameters: {text}")
    return day


def _days(start: date, end: date) -> Iterator[date]:
    for number in range((end - start).days + 1):
        yield start + timedelta(days=number)


def _watt_hours(device_type: str, day: date) -> int:
    """More in summer than in winter, and not the same every day."""
    season = 1 - 0.4 * math.cos(2 * math.pi * day.timetuple().tm_yday / 365)
    return round(DAILY_WH.get(device_type, OTHERS_WH) * season * (0.8 + day.toordinal() * 7 % 41 / 100))


def _result(content: dict[str, Any]) -> dict[str, Any]:
    return {"resultCode": "0000", "result": content}
