"""`jipsa simulate`: the simulated cloud by itself, for whoever writes another client."""

from __future__ import annotations

import asyncio

from rich.console import Console

from hub.texts import Language, text

TICK_SECONDS = 5.0
"""Seconds between two moments in which the appliances live on although nobody asks."""


async def simulate_thinq(port: int, host: str, speed: float, language: Language) -> int:
    """Serve one appliance of every type until cancelled."""
    from devices.thinq.simulator.cloud import TOKEN, Simulator
    from devices.thinq.simulator.household import showroom

    simulator = Simulator(showroom(), speed=speed)
    async with simulator.serving(port, host, push=True) as url:
        count = len(simulator.appliances)
        said = text("cli.simulating", language, url=url, token=TOKEN, n=count, ca=simulator.root_ca)
        Console(highlight=False, soft_wrap=True, markup=False).print(said)
        while True:
            await asyncio.sleep(TICK_SECONDS)
            await simulator.tick()
