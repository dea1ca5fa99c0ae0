"""What an appliance has used today, where LG counts it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from devices.thinq.client import ListedDevice, ThinqCloud, ThinqError
from hub.messages import ErrorCode


async def used_today(cloud: ThinqCloud, device: ListedDevice) -> float | None:
    """Kilowatt hours since midnight here; None where they are not told. Raises ThinqError when the cloud fails."""
    today = datetime.now().astimezone().strftime("%Y%m%d")
    try:
        answer = await cloud.energy(device, today)
    except ThinqError as error:
        if error.code == ErrorCode.VENDOR_UNREACHABLE:
            raise
        return None
    return _watt_hours(answer, today)


def _watt_hours(answer: Any, day: str) -> float | None:
    result = answer.get("result") if isinstance(answer, dict) else None
    days = result.get("dataList") if isinstance(result, dict) else None
    for entry in days if isinstance(days, list) else []:
        if isinstance(entry, dict) and str(entry.get("usedDate")) == day:
            used = entry.get("energyUsage")
            return round(used / 1000, 3) if isinstance(used, int | float) and not isinstance(used, bool) else None
    return None
