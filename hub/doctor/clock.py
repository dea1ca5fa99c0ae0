"""The clock: whether something sets it, and whether it shows the time of this place."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from devices.genie.clock import local_zone, synchronised
from hub.doctor.findings import Case, Findings

KOREA: Final = timedelta(hours=9)
"""How far Korean clocks are ahead of UTC, all year."""


async def clock(case: Case, found: Findings) -> None:
    """Alarms and timers go by it, and so do the certificates of others."""
    zone = local_zone()
    here = datetime.now(zone)
    name = getattr(zone, "key", None) or here.tzname() or "?"
    away = here.utcoffset() != KOREA
    if not synchronised():
        found.warning("clock_unset", time=f"{here:%Y-%m-%d %H:%M}")
    if away and case.settings.language == "ko" and case.settings.thinq.country == "KR":
        found.warning("zone", zone=name, time=f"{here:%H:%M}")
    elif synchronised():
        found.ok("clock", zone=name, time=f"{here:%H:%M}")
