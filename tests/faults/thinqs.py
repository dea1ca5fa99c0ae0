"""The ThinQ bridge as a process that a test kills, and a cloud that outlives it and can hold a command back."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from aiohttp import web
from faults.processes import Service

from devices.thinq.simulator.cloud import TOKEN, Simulator

LOOKS = (1.0, 1.0, 1.0)
"""Seconds between the looks at an appliance after a command, which find out a cloud that lies: sooner than in a home,
where LG gets a minute."""

BRIDGE = f"""
import asyncio, sys
from devices.thinq import account
from devices.thinq.bridge import ThinqBridge
from hub.address import BrokerAddress

account.CONFIRM_SECONDS = {LOOKS}
broker = BrokerAddress("127.0.0.1", int(sys.argv[1]))
bridge = ThinqBridge(broker, access_token="{TOKEN}", client_id="test", base_url=sys.argv[2], poll_seconds=1, push=False)
asyncio.run(bridge.run())
"""


class Cloud(Simulator):
    """Counts what it carried out, and holds commands back before or after that, where it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        """The commands that were carried out, as JSON, in order."""
        self.holds: str | None = None
        """`before` or `after` commands are carried out, each waits for `free`."""
        self.held = asyncio.Event()
        self.free = asyncio.Event()
        self.lies = False
        """Whether it says yes to commands, and does nothing."""

    async def _control(self, request: web.Request) -> web.Response:
        if self.lies:
            return web.json_response({"response": {}})
        await self._hold("before")
        answer = await super()._control(request)
        self.done.append(json.dumps(await request.json()))
        await self._hold("after")
        return answer

    async def _hold(self, where: str) -> None:
        if self.holds == where:
            self.held.set()
            await self.free.wait()

    def hold(self, where: str | None) -> None:
        self.holds = where
        self.held.clear()
        self.free.clear()

    def target(self, device: str) -> object:
        """To what an air conditioner is set, as the cloud has it, in degrees."""
        state = self.appliances[device].state
        assert isinstance(state, dict)
        return state["temperatureInUnits"][0]["targetTemperature"]


def thinq(folder: Path, port: int, url: str) -> Service:
    """The bridge alone, with the cloud at `url`."""
    return Service([sys.executable, "-c", BRIDGE, str(port), url], folder / "thinq.log")
