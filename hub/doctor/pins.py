"""The pins: what is wired in the home file and the settings, against what this machine has."""

from __future__ import annotations

import json
import sys

from devices.gpio.wiring import read_wiring
from hub.doctor.findings import Case, Findings
from hub.doctor.processes import running
from hub.doctor.programs import ProgramError, output


async def pins(case: Case, found: Findings) -> None:
    """Whether nothing is wired twice, and whether this user can have the pins. Raises SettingsError, FirstError."""
    settings = case.settings
    voice = settings.voice.pins if settings.voice.microphone != "off" else {}
    wired = read_wiring(case.home().devices, voice) if settings.gpio.enabled else {}
    numbers = sorted({*voice.values(), *(pin for wiring in wired.values() for pin in wiring.pins.values())})
    if not numbers:
        found.ok("pins_none")
        return
    if settings.gpio.pins == "mock":
        found.ok("pins_mock", n=len(numbers))
        return
    try:
        wanted = ",".join(map(str, numbers))
        probed = json.loads(await output(sys.executable, "-m", "hub.doctor.probe", "pins", wanted))
    except (ProgramError, ValueError) as error:
        probed = {"fault": str(error)}
    if "mock" in probed:
        found.ok("pins_no_pi", n=len(numbers))
        return
    if "fault" in probed:
        found.failure("pins_denied", reason=probed["fault"], python=sys.executable)
        return
    if (
        probed["taken"] and running(case.root, "bridge", "run", "voice") is None
    ):  # it is Jipsa that has them while it runs
        taken = ", ".join(f"{pin} ({user})" for pin, user in probed["taken"].items())
        found.warning("pins_taken", pins=taken)
    else:
        found.ok("pins", n=len(numbers), library=probed["library"])
