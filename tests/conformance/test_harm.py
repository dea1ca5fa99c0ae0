"""Nothing is done to a home that its people would mind, and what is set is set back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest

from devices.bridge import Bridge
from devices.commands import Changes
from hub.address import BrokerAddress
from hub.conformance.checks import examine
from hub.conformance.subject import Wishes
from hub.conformance.verdict import Verdict
from hub.messages import About, Property
from hub.payloads import Value
from hub.texts import text
from hub.together import end

POWER = Property(type="boolean", writable=True)

HOUSE: dict[str, tuple[str, dict[str, Property], dict[str, Value]]] = {
    # device: its type, its properties, its state
    "door": ("lock", {"locked": POWER, "power": POWER}, {"locked": True, "power": True}),
    "oven": ("oven", {"power": POWER}, {"power": False}),
    "lamp": ("light", {"power": POWER}, {"power": True}),
    "plug": ("switch", {"power": POWER}, {"power": False}),
}


class House(Bridge):
    name: ClassVar[str] = "house"

    def __init__(self, broker: BrokerAddress) -> None:
        super().__init__(broker)
        self.done: list[tuple[str, Changes]] = []

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        for device, (kind, properties, state) in HOUSE.items():
            self.announce(About(id=device, bridge=self.name, type=kind, name=device, properties=properties))
            self.report(device, state)
            self.available(device, True)
        yield

    async def set(self, device: str, changes: Changes) -> None:
        self.done.append((device, changes))
        self.report(device, changes)


async def look(broker: BrokerAddress, wishes: Wishes) -> tuple[House, dict[str, Verdict]]:
    """What was found of the house, and what was done in it."""
    house = House(broker)
    serving = asyncio.create_task(house.run())
    try:
        async with asyncio.timeout(20):
            while not house.condition().ready:
                await asyncio.sleep(0.01)
        found = {verdict.check: verdict async for _, verdict in examine("house", broker, wishes, "en")}
        return house, found
    finally:
        await end(serving)


async def test_by_itself_it_only_sets_a_light_to_what_it_is(broker: BrokerAddress) -> None:
    house, found = await look(broker, Wishes())
    assert house.done == [("lamp", {"power": True})]
    assert {verdict.outcome for verdict in found.values()} == {"holds", "unseen"}
    for check in ("changed", "set_object", "set_plain"):
        assert found[check].seen == text("conformance.no_device_named", "en")
    for check in ("will", "again", "retained"):
        assert found[check].seen == text("conformance.ask_reconnect", "en")
    assert found["restart"].seen == text("conformance.ask_restart", "en")


async def test_a_device_that_is_named_is_set_and_set_back(broker: BrokerAddress) -> None:
    house, found = await look(broker, Wishes(device="plug"))
    assert {device for device, _ in house.done} == {"plug"}
    assert {"power": True} in [changes for _, changes in house.done]
    assert house.states["plug"] == {"power": False}
    assert {check for check, verdict in found.items() if verdict.outcome == "unseen"} == {
        "will", "again", "retained", "restart",
    }  # fmt: skip


@pytest.mark.parametrize("device", ["door", "oven"])
async def test_doors_and_ovens_are_left_alone_though_they_are_named(device: str, broker: BrokerAddress) -> None:
    house, found = await look(broker, Wishes(device=device))
    assert house.done == []
    never = text("conformance.never", "en", device=device, type=HOUSE[device][0])
    assert {found[check].seen for check in ("unchanged", "refused", "changed", "set_plain")} == {never}


async def test_a_device_of_another_bridge_is_left_alone(broker: BrokerAddress) -> None:
    house, found = await look(broker, Wishes(device="toaster"))
    assert house.done == []
    assert found["changed"].seen == text("conformance.not_its", "en", device="toaster", bridge="house")
