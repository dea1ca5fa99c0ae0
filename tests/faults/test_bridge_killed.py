"""A bridge that is killed at every step of a command, and frozen: what the cloud carried out is counted there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from faults.houses import GROWTH, House
from faults.processes import Service, until
from faults.thinqs import Cloud, thinq

from hub.asking import Asker
from hub.messages import Intent
from hub.payloads import now

RIGHT = 20.0
"""Seconds after which state and appliance agree at the latest, once it was answered."""

LATENCY = 0.2
"""Seconds that the cloud takes for each answer while the bridge starts again, so that its devices come one by one."""

AC = "living_ac"

STEPS = {
    # when it is killed: how often the cloud may have carried the command out by the end
    "before it takes the command": 1,
    "before the cloud acts": 2,
    "before the cloud answers": 2,
    "after it replied": 1,
}


pytestmark = pytest.mark.usefixtures("patience")


@asynccontextmanager
async def cooling(house: House) -> AsyncIterator[tuple[Cloud, Service]]:
    """An air conditioner that runs, at 20 degrees."""
    cloud = Cloud()
    async with cloud.serving() as url, house.running(thinq(house.folder, house.address.port, url), AC) as bridge:
        assert (await house.say("거실 에어컨 20도로 맞춰줘")).ok
        cloud.done.clear()
        yield cloud, bridge


async def test_killed_at_every_step_of_a_command_it_is_done_and_answered(house: House) -> None:
    async with cooling(house) as (cloud, bridge):
        for degrees, (step, most) in enumerate(STEPS.items(), 24):
            cloud.done.clear()
            cloud.hold({"before the cloud acts": "before", "before the cloud answers": "after"}.get(step))
            if step == "before it takes the command":
                await bridge.kill()
            saying = asyncio.create_task(house.say(f"거실 에어컨 {degrees}도로 맞춰줘"))
            if cloud.holds is not None:
                await cloud.held.wait()
            elif step == "after it replied":
                await saying
            await bridge.kill()
            cloud.hold(None)
            cloud.free.set()
            cloud.latency = LATENCY
            await bridge.start()
            exchange = await saying
            cloud.latency = 0.0
            assert exchange.answered == f"거실 에어컨을 {degrees}도로 맞췄어요.", step
            late = await until(lambda d=degrees: house.follower.states[AC]["target_temperature"] == d, RIGHT)
            assert cloud.target(AC) == degrees
            assert 1 <= len(cloud.done) <= most, (step, cloud.done)
            assert len(set(cloud.done)) == 1, "again, but nothing else"
            print(f"killed {step}: carried out {len(cloud.done)}×, right {late:.2f} s after the answer")


async def test_more_is_not_done_twice_by_a_bridge_that_has_forgotten_whether_it_was_done(house: House) -> None:
    async with cooling(house) as (cloud, bridge):
        cloud.hold("after")
        saying = asyncio.create_task(house.say("거실 에어컨 온도 올려줘"))
        await cloud.held.wait()
        await bridge.kill()
        cloud.hold(None)
        cloud.free.set()
        await bridge.start()
        exchange = await saying
        assert exchange.answered == "방금 다시 시작해서 그 명령을 했는지 알 수 없어요. 확인하고 다시 말씀해 주세요."
        assert len(cloud.done) == 1
        await until(lambda: house.follower.states[AC]["target_temperature"] == 21, RIGHT)
        assert (await house.say("거실 에어컨 온도 올려줘")).answered == "거실 에어컨 온도를 22도로 높였어요."


async def test_a_frozen_bridge_does_nothing_of_which_it_was_said_that_nobody_answered(house: House) -> None:
    asker = Asker(house.bus)
    async with cooling(house) as (cloud, bridge):
        memory, descriptors = bridge.memory, bridge.descriptors
        bridge.freeze()
        until_then = now() + timedelta(seconds=3)
        intents = [
            Intent(intent="HassClimateSetTemperature", slots={"temperature": d}, targets=[AC], expires_at=until_then)
            for d in range(25, 30)
        ]
        assert {await one for one in asyncio.as_completed([asker.ask("thinq", i, until_then) for i in intents])} == {
            None
        }
        refused = asyncio.create_task(asker.ask("thinq", intents[0], now() + timedelta(seconds=20)))
        bridge.thaw()
        reply = await refused
        assert reply is not None
        assert (reply.ok, reply.error.code if reply.error else None) == (False, "expired")
        assert (await house.say("거실 에어컨 21도로 맞춰줘")).ok
        assert len(cloud.done) == 1
        assert bridge.memory < memory + GROWTH
        await until(lambda: bridge.descriptors <= descriptors, RIGHT)
