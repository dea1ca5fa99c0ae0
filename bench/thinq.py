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
from itertools import count
from typing import Any

import aiohttp
from thinqconnect import ThinQApi

from bench.processes import resident
from bench.results import US, Report, percentile, split
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


REPETITIONS = 5
"""Parts of the run, each with a median of its own."""

WAYS = (
    ("until the appliance has accepted it", US, "accepted"),
    ("until the appliance has accepted it", "LG's SDK alone", "sdk"),
    ("until the reply is on MQTT", US, "answered"),
)


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
    rooms = count()  # nobody says so much in one: a satellite is held to a few commands a second
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
                    command = Intent(intent=intent, slots=slots, targets=[device], satellite=f"room{next(rooms)}")
                    bus.publish(Topic.intent("thinq"), command)
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
    report = Report("thinq", "ThinQ: from an intent on MQTT to the appliance, beside LG's SDK alone")
    for what, who, key in WAYS:
        rounds = split(took[key], REPETITIONS)
        report.add(f"{what}, median", who, "ms", [statistics.median(times) * 1000 for times in rounds])
        report.add(f"{what}, 95th percentile", who, "ms", [percentile(times, 95) * 1000 for times in rounds])
    report.add("memory of the bridge with 30 appliances and push", US, "MB", [memory])
    report.finish()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
