"""The simulated LG account of a household as a process, and the ThinQ bridge as another one that it is LG to.

    python -m bench.simulated_account cloud SPEED
    python -m bench.simulated_account bridge SETTINGS URL ROOT_CA

The cloud prints its address and the root certificate of its push as JSON, and its appliances live SPEED times as fast.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from devices.bridge import Bridge
from devices.thinq.appliance import Appliance
from devices.thinq.bridge import ThinqBridge
from devices.thinq.client import ThinqCloud
from devices.thinq.profile import ApplianceProfile
from devices.thinq.simulator.appliance import SimulatedAppliance
from devices.thinq.simulator.cloud import TOKEN, Simulator
from devices.thinq.simulator.household import sample_home, showroom
from devices.thinq.state import translate
from devices.thinq.types import TYPES
from hub import logs
from hub.bridges import MAKERS
from hub.config import Settings, load_settings
from hub.home import Home
from hub.payloads import Value
from hub.services import run_bridge
from hub.simulate import TICK_SECONDS

CLIENT = "soak"


def appliances() -> list[SimulatedAppliance]:
    """Those of the sample home, and one of every other type."""
    ours = sample_home()
    types = {appliance.type for appliance in ours}
    return [*ours, *(appliance for appliance in showroom() if appliance.type not in types)]


async def serve_cloud(speed: float) -> None:
    """Serve the account until cancelled."""
    simulator = Simulator(appliances(), speed=speed)
    async with simulator.serving(push=True) as url:
        print(json.dumps({"url": url, "root_ca": str(simulator.root_ca)}), flush=True)
        while True:
            await asyncio.sleep(TICK_SECONDS)
            await simulator.tick()


async def serve_bridge(config: Path, url: str, root_ca: Path) -> int:
    """Do what `jipsa bridge thinq` does, with that cloud in LG's place."""

    @asynccontextmanager
    async def made(settings: Settings, home: Home) -> AsyncIterator[Bridge]:
        address = settings.broker.address()
        yield ThinqBridge(address, access_token=TOKEN, client_id=CLIENT, base_url=url, root_ca=root_ca)

    MAKERS["thinq"] = made
    return await run_bridge(load_settings(config), "thinq", config)


async def truth(url: str) -> Mapping[str, Mapping[str, Value]]:
    """The appliances as the cloud has them, in our properties, by device."""
    async with aiohttp.ClientSession() as session:
        cloud = ThinqCloud(
            session, access_token=TOKEN, country="KR", client_id=f"{CLIENT}-truth", base_url=url, language="ko"
        )
        found: dict[str, Mapping[str, Value]] = {}
        for device in await cloud.devices():
            profile = ApplianceProfile.read(TYPES[device.info.device_type], await cloud.profile(device))
            appliance = Appliance(device, profile, "ko")
            appliance.learn(await cloud.state(device), whole=True)
            found |= {unit.id: translate(unit.profile, appliance.raw) for unit in appliance.units}
        return found


def main() -> int:
    """Be one of both."""
    verb, *given = sys.argv[1:]
    logs.set_up(logs.Level.INFO, logs.Form.JSON)
    if verb == "cloud":
        asyncio.run(serve_cloud(float(given[0])))
        return 0
    logs.serve_as("thinq")
    return asyncio.run(serve_bridge(Path(given[0]), given[1], Path(given[2])))


if __name__ == "__main__":
    sys.exit(main())
