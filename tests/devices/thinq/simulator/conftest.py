"""The showroom behind HTTP, and LG's own SDK in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from thinqconnect import ThinQApi
from thinqconnect.integration.homeassistant.api import DEVICE_TYPE_API_MAP

from devices.thinq.client import _Api
from devices.thinq.simulator.cloud import TOKEN, Simulator
from devices.thinq.simulator.household import showroom


@pytest.fixture
def simulator(clock: Any) -> Simulator:
    return Simulator(showroom(), clock=clock)


@pytest.fixture
async def api(simulator: Simulator, session: aiohttp.ClientSession) -> AsyncIterator[ThinQApi]:
    async with simulator.serving() as url:
        yield _Api(url, session, TOKEN, "KR", "test")


@pytest.fixture
def sdk_device(api: ThinQApi):
    """One of the SDK's own device objects, with what the cloud says about it."""

    async def make(device_id: str) -> Any:
        listed = {entry["deviceId"]: entry["deviceInfo"] for entry in await api.async_get_device_list()}[device_id]
        group = {"group_id": listed["groupId"]} if "groupId" in listed else {}
        device = DEVICE_TYPE_API_MAP[listed["deviceType"]](
            thinq_api=api,
            device_id=device_id,
            device_type=listed["deviceType"],
            model_name=listed["modelName"],
            alias=listed["alias"],
            reportable=listed["reportable"],
            profile=await api.async_get_device_profile(device_id),
            energy_profile=await api.async_get_device_energy_profile(device_id),
            **group,
        )
        device.set_status(await api.async_get_device_status(device_id))
        return device

    return make
