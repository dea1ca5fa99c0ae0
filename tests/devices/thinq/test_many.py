"""Thirty appliances, a thousand commands, each sent twice, and a cloud that often refuses: every one is answered, and
what was accepted was accepted once.
"""

from __future__ import annotations

import gc
import random
from collections import Counter
from typing import Any

import pytest

from devices.thinq.simulator.appliance import SimulatedAppliance
from devices.thinq.simulator.cloud import Simulator
from devices.thinq.simulator.household import showroom
from hub.limits import Throttle
from hub.messages import Intent, Topic

WAVES, COMMANDS = 10, 100

ONE_STEP: dict[str, tuple[str, list[dict[str, Any]]]] = {
    # device: an intent that is one control request whatever the state, and its slots
    "air_conditioner": ("HassClimateSetTemperature", [{"temperature": degrees} for degrees in range(20, 29)]),
    "air_purifier": ("HassFanSetSpeed", [{"fan_mode": "low"}, {"fan_mode": "high"}]),
    "air_purifier_fan": ("HassFanSetSpeed", [{"fan_step": step} for step in range(1, 8)]),
    "ceiling_fan": ("HassFanSetSpeed", [{"fan_mode": "low"}, {"fan_mode": "high"}]),
    "dehumidifier": ("HassHumidifierSetpoint", [{"humidity": 40}, {"humidity": 55}]),
    "hood": ("HassFanSetSpeed", [{"fan_step": step} for step in range(5)]),
    "humidifier": ("HassHumidifierSetpoint", [{"humidity": 45}, {"humidity": 50}]),
    "microwave_oven": ("HassFanSetSpeed", [{"fan_step": 1}, {"fan_step": 2}]),
    "refrigerator": ("JipsaSetTemperature", [{"compartment": "fridge", "temperature": degrees} for degrees in (2, 5)]),
    "system_boiler": ("HassClimateSetTemperature", [{"temperature": degrees} for degrees in (20, 24)]),
    "ventilator": ("HassFanSetSpeed", [{"fan_mode": "low"}, {"fan_mode": "high"}]),
    "water_heater": ("HassClimateSetTemperature", [{"temperature": degrees} for degrees in (45, 50)]),
    "wine_cellar": ("JipsaSetTemperature", [{"compartment": "upper", "temperature": degrees} for degrees in (8, 12)]),
}

ANY = ("HassTurnOff", "JipsaStart", "JipsaStop", "HassGetState", "JipsaSetMode")
"""What is asked of all others, whether they can do it or not."""

FAULTS = ("2210", "2212", "2208", "2000", "1222", "2302", "1306", "2209")


async def test_nothing_is_lost_and_nothing_is_done_twice(
    open_house: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    chooser = random.Random(0)
    accepted: Counter[str] = Counter()
    control = SimulatedAppliance.control

    def counted(self: SimulatedAppliance, payload: Any) -> None:
        control(self, payload)
        accepted[self.id] += 1

    monkeypatch.setattr(SimulatedAppliance, "control", counted)
    monkeypatch.setattr(Throttle, "admits", lambda self, source="": True)  # no home asks for so much at once
    simulator = Simulator(showroom(), clock=clock)
    async with simulator.serving(push=True) as url, open_house(url, push=True, root_ca=simulator.root_ca) as house:
        await house.listener.until(lambda topic, body: topic.endswith("wine_cellar/available") and body == b"online")
        devices = sorted(house.bridge.abouts)
        done: Counter[str] = Counter()
        objects: list[int] = []
        for _ in range(WAVES):
            simulator.fail_next(*(chooser.choice(FAULTS) for _ in range(COMMANDS // 5)))
            sent = [_command(devices, chooser) for _ in range(COMMANDS)]
            for intent in sent * 2:
                house.listener.bus.publish(Topic.intent("thinq"), intent)
            for intent in sent:
                reply = await house.listener.object(Topic.reply(intent.id))
                assert reply["ok"] or reply["error"]["message"], intent
                done[intent.targets[0]] += reply["ok"]
            house.listener.heard.clear()
            gc.collect()
            objects.append(len(gc.get_objects()))
        for device in ONE_STEP:
            assert accepted[device] == done[device], device
        assert sum(done[device] for device in ONE_STEP) > WAVES * COMMANDS / 4
        assert objects[-1] < objects[WAVES // 2] * 1.05
        shown = house.bridge.states["hood"]["fan_step"]
        assert shown == simulator.appliances["hood"].state["ventilation"]["fanSpeed"]


def _command(devices: list[str], chooser: random.Random) -> Intent:
    device = chooser.choice(devices)
    if device in ONE_STEP:
        intent, slots = ONE_STEP[device]
        return Intent(intent=intent, slots=chooser.choice(slots), targets=[device])
    return Intent(intent=chooser.choice(ANY), slots={"mode": "auto"}, targets=[device])
