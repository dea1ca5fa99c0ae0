"""`jipsa simulate`: the simulated cloud by itself, for whoever writes another client."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from hub.bridges import BridgeError
from hub.terminal import Terminal
from hub.texts import Language, text
from hub.together import together

if TYPE_CHECKING:
    from devices.thinq.simulator.cloud import Simulator

TICK_SECONDS = 5.0
"""Seconds between two moments in which the appliances live on although nobody asks."""


async def simulate_thinq(port: int, host: str, speed: float, scenario: Path | None, language: Language) -> int:
    """Serve one appliance of every type until cancelled; raises BridgeError for a scenario that cannot be played."""
    from devices.thinq.simulator.cloud import TOKEN, Simulator
    from devices.thinq.simulator.household import showroom
    from devices.thinq.simulator.scenario import ScenarioError, load_scenario, play

    simulator = Simulator(showroom(), speed=speed)
    try:
        steps = load_scenario(scenario, simulator.appliances) if scenario is not None else []
    except ScenarioError as error:
        raise BridgeError(str(error)) from None
    async with simulator.serving(port, host, push=True) as url:
        count = len(simulator.appliances)
        said = text("cli.simulating", language, url=url, token=TOKEN, n=count, ca=simulator.root_ca)
        Terminal().print(said)
        async with together([_tick(simulator), play(steps, simulator)]):
            await asyncio.Event().wait()
    return 0


async def _tick(simulator: Simulator) -> None:
    while True:
        await asyncio.sleep(TICK_SECONDS)
        await simulator.tick()
