"""The appliances that the simulated cloud can have: a sample home of four, and a showroom with one of each type.

What each one is (profile, first state) lies in `home/<device id>.json` and `showroom/<device id>.json`, in the shape
of LG's own JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from devices.thinq.simulator import air, cleaning, heat, kitchen, laundry
from devices.thinq.simulator.appliance import SimulatedAppliance

HOME = Path(__file__).with_name("home")
SHOWROOM = Path(__file__).with_name("showroom")

TYPES: Mapping[str, type[SimulatedAppliance]] = {
    **air.TYPES,
    **cleaning.TYPES,
    **heat.TYPES,
    **kitchen.TYPES,
    **laundry.TYPES,
    "DEVICE_PLANT_CULTIVATOR": kitchen.Keeper,
}


def sample_home() -> list[SimulatedAppliance]:
    """The appliances of the sample home, in their first state."""
    return _household(HOME)


def showroom() -> list[SimulatedAppliance]:
    """One appliance of each type, in its first state."""
    return _household(SHOWROOM)


def _household(folder: Path) -> list[SimulatedAppliance]:
    records = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
    return [TYPES[record["deviceType"]](device_id, record) for device_id, record in records.items()]
