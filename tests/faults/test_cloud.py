"""A cloud that is slow, refuses, is away for a while, and lies, while somebody goes on to speak."""

from __future__ import annotations

import json

from faults.houses import House
from faults.processes import until
from faults.thinqs import Cloud, thinq

from devices.thinq.simulator.scenario import Step, happen
from hub.follow import Exchange

PHASES = (
    # what happens to the cloud, and how many sentences are said then
    (Step(at=0, latency=1.5), 2),
    (Step(at=0, latency=0.1, fail=["2000", "1306", "2210", "2209", "1222"]), 5),
    (Step(at=0, status=503), 2),
    (Step(at=0, status=200), 2),
)

RIGHT = 20.0
"""Seconds after which states and cloud agree at the latest: a bridge that was refused looks again after 5."""

AC = "living_ac"

KEPT_ALIVE = 4
"""Connections to the cloud that a bridge keeps."""

NOT_DONE = "거실 에어컨은 명령을 받았지만 그대로 되지 않았어요. 기기를 확인해 주세요."


async def test_every_command_to_a_failing_cloud_is_done_once_or_its_fault_is_said(house: House) -> None:
    cloud = Cloud()
    async with cloud.serving() as url, house.running(thinq(house.folder, house.address.port, url), AC) as bridge:
        assert (await house.say("거실 에어컨 18도로 맞춰줘")).ok
        descriptors = bridge.descriptors
        cloud.done.clear()
        exchanges: list[Exchange] = []
        for step, sentences in PHASES:
            happen(step, cloud)
            for _ in range(sentences):
                exchanges.append(await house.say(f"거실 에어컨 {19 + len(exchanges)}도로 맞춰줘"))
        done = [exchange for exchange in exchanges if exchange.ok]
        faults = {exchange.answered for exchange in exchanges if not exchange.ok}
        print(f"{len(exchanges)} sentences, {len(done)} done, the others answered with: {faults}")
        assert None not in faults
        assert len(faults) >= 3, "the faults came"
        assert len(done) == len(cloud.done)
        late = await until(lambda: house.follower.states[AC].get("target_temperature") == cloud.target(AC), RIGHT)
        print(f"states right {late:.1f} s after the last answer")
        assert (await house.say("거실 에어컨 18도로 맞춰줘")).ok
        await until(lambda: house.follower.states[AC]["target_temperature"] == cloud.target(AC) == 18, RIGHT)
        await until(lambda: bridge.descriptors <= descriptors + KEPT_ALIVE, RIGHT)


async def test_a_cloud_that_lies_is_found_out_and_it_is_said(house: House) -> None:
    cloud = Cloud()
    async with cloud.serving() as url, house.running(thinq(house.folder, house.address.port, url), AC):
        assert (await house.say("거실 에어컨 18도로 맞춰줘")).ok
        await until(lambda: house.follower.states[AC]["target_temperature"] == cloud.target(AC) == 18, RIGHT)
        cloud.lies = True
        await house.say("거실 에어컨 25도로 맞춰줘")
        assert cloud.target(AC) == 18
        late = await until(lambda: house.follower.states[AC]["target_temperature"] == 18, RIGHT)
        print(f"found out {late:.1f} s after the answer")
        await until(lambda: NOT_DONE in {json.loads(payload)["text"] for payload in house.heard("say")})
