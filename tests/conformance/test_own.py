"""Every bridge of this repository keeps the contract, as `jipsa bridge check` looks at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from brokers import TestBroker

from hub.bridges import Keeper
from hub.config import BrokerSettings, Settings
from hub.conformance.checks import examine
from hub.conformance.subject import Wishes
from hub.conformance.wire import kept
from hub.home import load_home
from hub.messages import Topic
from hub.texts import text
from hub.together import end

HOME = Path(__file__).parents[2] / "config/home.yaml"

DEVICES = {"thinq": "living_ac", "genie": None, "gpio": "living_light", "homeassistant": None, "discovered": None}
"""Each bridge, and a device of it that may be switched."""

NO_LIGHT = dict.fromkeys(("unchanged", "refused", "set_refused", "set_malformed"), "nothing_harmless")
NOT_NAMED = dict.fromkeys(("changed", "set_object", "set_plain"), "no_device_named")
NO_DEVICES = {
    **dict.fromkeys(("abouts", "states", "available", "question"), "no_devices"),
    **NO_LIGHT,
    **NOT_NAMED,
}

UNSEEN = {
    "thinq": {},
    "genie": {**NO_LIGHT, **NOT_NAMED},
    "gpio": {},
    **dict.fromkeys(("homeassistant", "discovered"), NO_DEVICES),
}
"""What cannot be looked at of each, and why; two have devices only where there are some."""

NOT_CUT = {"will": "no_wills", "again": "no_cut", "retained": "no_cut"}
"""The same of any on a broker that cuts off nobody."""


@asynccontextmanager
async def running(name: str, broker: TestBroker, folder: Path) -> AsyncIterator[None]:
    """The bridge as `jipsa bridge NAME` runs it, with all its devices announced."""
    settings = Settings(
        broker=BrokerSettings(url=broker.url, embedded=False), home=HOME, state_dir=folder / "state",
        cache_dir=folder / "cache", gpio={"pins": "mock"},
    )  # fmt: skip
    keeper = Keeper(name, settings, load_home(HOME), None)
    serving = asyncio.create_task(keeper.run())
    try:
        async with asyncio.timeout(40):
            while not keeper.condition().ready:
                await asyncio.sleep(0.02)
            told = {Topic.bridge(name, "info"), Topic.bridge(name, "health")}  # after all else
            while not told <= set(await kept(broker.address, name)):
                pass
        yield
    finally:
        await end(serving)


async def keeps(name: str, broker: TestBroker, folder: Path, unseen: dict[str, str]) -> None:
    """The bridge breaks no sentence of the contract, and these cannot be looked at."""
    wishes = Wishes(device=DEVICES[name], reconnect=True, restart=True)
    async with running(name, broker, folder):
        found = [verdict async for _, verdict in examine(name, broker.address, wishes, "en")]
    assert [verdict for verdict in found if verdict.outcome == "broken"] == []
    told = {check: text(f"conformance.{key}", "en") for check, key in unseen.items()}
    assert {verdict.check: verdict.seen for verdict in found if verdict.outcome == "unseen"} == told


@pytest.mark.parametrize("name", DEVICES)
async def test_it_keeps_the_contract(name: str, mosquitto: TestBroker, tmp_path: Path) -> None:
    await keeps(name, mosquitto, tmp_path, UNSEEN[name])


@pytest.mark.parametrize("home_broker", ["amqtt"], indirect=True)
async def test_on_a_broker_that_cuts_off_nobody_it_is_told_what_cannot_be_seen(
    home_broker: TestBroker, tmp_path: Path
) -> None:
    await keeps("gpio", home_broker, tmp_path, UNSEEN["gpio"] | NOT_CUT)
