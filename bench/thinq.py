"""ThinQ: from an intent on MQTT to the appliance that has accepted it, beside LG's SDK called directly.

    script/bench thinq

Broker, bridge and the simulated cloud (its latency is 0) run in this process; commands go to nine appliances in
turn, one at a time. Each figure is of the same run.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections import defaultdict
from typing import Any

import aiohttp
from rich.console import Console
from rich.table import Table
from thinqconnect import ThinQApi

from bench.processes import resident
from devices.thinq import bridge as pace
from devices.thinq.bridge import ThinqBridge
from devices.thinq.simulator.appliance import SimulatedAppliance
from devices.thinq.simulator.cloud import TOKEN, Simulator
from devices.thinq.simulator.household import showroom
from hub.address import BrokerAddress
from hub.broker import embedded_broker
from hub.bus import Bus
from hub.messages import Intent, Reply, Topic
from hub.together import together

PORT = 18_833
ROUNDS = 40

COMMANDS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    # appliance: intent, slots, and the same as a control request
    "air_conditioner": ("HassClimateSetTemperature", {"temperature": 24},
                        {"temperatureInUnits": {"coolTargetTemperature": 24, "unit": "C"}}),
    "air_purifier": ("HassFanSetSpeed", {"fan_mode": "low"}, {"airFlow": {"windStrength": "LOW"}}),
    "ceiling_fan": ("HassFanSetSpeed", {"fan_mode": "high"}, {"airFlow": {"windStrength": "HIGH"}}),
    "dehumidifier": ("HassHumidifierSetpoint", {"humidity": 45}, {"humidity": {"targetHumidity": 45}}),
    "hood": ("HassFanSetSpeed", {"fan_step": 2}, {"ventilation": {"fanSpeed": 2}, "lamp": {"lampBrightness": 1}}),
    "humidifier": ("HassHumidifierSetpoint", {"humidity": 50}, {"humidity": {"targetHumidity": 50}}),
    "refrigerator": ("JipsaSetTemperature", {"compartment": "fridge", "temperature": 2},
                     {"temperatureInUnits": {"locationName": "FRIDGE", "targetTemperatureC": 2}}),
    "ventilator": ("HassFanSetSpeed", {"fan_mode": "low"}, {"airFlow": {"windStrength": "LOW"}}),
    "water_heater": ("HassClimateSetTemperature", {"temperature": 50},
                     {"temperatureInUnits": {"targetTemperature": 50, "unit": "C"}}),
}  # fmt: skip


class Accepted:
    """When the simulated appliances accepted something."""

    def __init__(self) -> None:
        self.at = 0.0
        control = SimulatedAppliance.control

        def noted(appliance: SimulatedAppliance, payload: Any) -> None:
            control(appliance, payload)
            self.at = time.perf_counter()

        SimulatedAppliance.control = noted  # type: ignore[method-assign]


async def main() -> None:
    """Measure and print."""
    accepted, took = Accepted(), defaultdict[str, list[float]](list)
    pace.BREATH_SECONDS = 0.0  # what is measured is the way, not the pause between two commands
    simulator = Simulator(showroom())
    replies: asyncio.Queue[Reply] = asyncio.Queue()
    bus = Bus(BrokerAddress("127.0.0.1", PORT), "bench")
    news = asyncio.Event()
    bus.subscribe(Topic.device("+", "state"), lambda topic, payload: news.set())
    bus.subscribe(Topic.reply("+"), lambda topic, payload: replies.put_nowait(Reply.from_payload(topic, payload)))
    async with (
        embedded_broker(PORT),
        simulator.serving(push=True) as url,
        aiohttp.ClientSession() as session,
        bus.running(),
    ):
        api = ThinQApi(session, TOKEN, "KR", "bench-sdk")
        api._get_url_from_endpoint = lambda endpoint: f"{url}/{endpoint}"
        bridge = ThinqBridge(
            BrokerAddress("127.0.0.1", PORT), access_token=TOKEN, client_id="bench", base_url=url,
            root_ca=simulator.root_ca,
        )  # fmt: skip
        before = resident()
        async with together([bridge.run()]):
            while not all(bridge.states.get(device) for device in COMMANDS):
                news.clear()
                await news.wait()
            for _ in range(ROUNDS):
                for device, (intent, slots, payload) in COMMANDS.items():
                    began = time.perf_counter()
                    bus.publish(Topic.intent("thinq"), Intent(intent=intent, slots=slots, targets=[device]))
                    reply = await replies.get()
                    if not reply.ok:
                        raise SystemExit(f"{device}: {reply.error}")
                    took["accepted"].append(accepted.at - began)
                    took["answered"].append(time.perf_counter() - began)
                    began = time.perf_counter()
                    await api.async_post_device_control(device, payload)
                    took["sdk"].append(accepted.at - began)
            memory = resident() - before
    _show(took, memory)


def _show(took: dict[str, list[float]], memory: float) -> None:
    table = Table("", "median", "95th percentile")
    names = {
        "accepted": "intent on MQTT → accepted by the appliance",
        "answered": "intent on MQTT → reply on MQTT",
        "sdk": "LG's SDK alone, control → accepted",
    }
    for key, name in names.items():
        times = sorted(took[key])
        median, late = statistics.median(times) * 1000, times[int(len(times) * 0.95)] * 1000
        table.add_row(f"{name} ({len(times)})", f"{median:.1f} ms", f"{late:.1f} ms")
    console = Console(width=110)
    console.print(table)
    ratio = statistics.median(took["accepted"]) / statistics.median(took["sdk"])
    console.print(f"×{ratio:.1f} of the SDK alone; 30 appliances with push take {memory:.0f} MB more in this process")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
