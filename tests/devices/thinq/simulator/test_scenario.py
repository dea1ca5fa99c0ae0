"""What goes wrong by a timetable, and the calls of LG's SDK that the cloud serves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from thinqconnect import ThinQApi, ThinQAPIException

from devices.thinq.simulator.cloud import TOKEN, Simulator
from devices.thinq.simulator.household import showroom
from devices.thinq.simulator.scenario import ScenarioError, load_scenario, play

APPLIANCES = {one.id for one in showroom()}


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_of_the_module_can_be_played(tmp_path: Path) -> None:
    from devices.thinq.simulator import scenario

    example = "\n".join(line for line in (scenario.__doc__ or "").splitlines() if line.startswith("- "))
    steps = load_scenario(written(tmp_path / "s.yaml", example), APPLIANCES | {"living_ac"})
    assert [step.at for step in steps] == [10, 20, 30, 40, 50, 60, 70]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {at: -1, latency: 1}", "step 0.at"),
        ("- {at: 1, latenzy: 1}", "step 0.latenzy"),
        ("- {at: 1, push: dead}", "step 0.push"),
        ("- {at: 1, offline: toaster}", "step 0: there is no appliance 'toaster'"),
        ("- {at: 1", "s.yaml"),
        ("nothing", "s.yaml"),
    ],
)
def test_a_scenario_that_cannot_be_played_is_told(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=told):
        load_scenario(written(tmp_path / "s.yaml", text), APPLIANCES)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="No such file"):
        load_scenario(tmp_path / "nowhere.yaml", APPLIANCES)


async def test_everything_happens_in_its_order(tmp_path: Path) -> None:
    text = """
    - {at: 0.02, token: expired}
    - {at: 0, offline: washer, latency: 0.25, status: 503}
    - {at: 0.01, online: washer, latency: 0, status: 200, fail: ["1306"]}
    - {at: 0.03, control: {air_conditioner: {operation: {airConOperationMode: POWER_OFF}}, hood: {lamp: {}}}}
    """
    simulator = Simulator(showroom())
    steps = load_scenario(written(tmp_path / "s.yaml", text), APPLIANCES)
    await play(steps[:1], simulator)
    assert (simulator.appliances["washer"].online, simulator.latency, simulator.status) == (False, 0.25, 503)
    await play(steps, simulator)
    assert (simulator.appliances["washer"].online, simulator.latency, simulator.status) == (True, 0, 200)
    assert simulator.expired
    assert simulator.appliances["air_conditioner"].state["operation"]["airConOperationMode"] == "POWER_OFF"


@pytest.fixture
async def api(clock: Any) -> Any:
    simulator = Simulator(showroom(), clock=clock)
    async with simulator.serving(push=True) as url, aiohttp.ClientSession() as session:
        found = ThinQApi(session, TOKEN, "KR", "client")
        found._get_url_from_endpoint = lambda endpoint: f"{url}/{endpoint}"
        found.simulator = simulator
        yield found


REGISTER = {"type": "MQTT", "service-code": "SVC202", "device-type": "607", "allowExist": True}

CALLS: dict[str, Callable[[Any], Any]] = {
    # every call of the SDK, in an order in which each can succeed
    "async_get_device_list": lambda api: api.async_get_device_list(),
    "async_get_device_profile": lambda api: api.async_get_device_profile("washer"),
    "async_get_device_status": lambda api: api.async_get_device_status("washer"),
    "async_post_device_control": lambda api: api.async_post_device_control(
        "air_conditioner", {"operation": {"airConOperationMode": "POWER_OFF"}}
    ),
    "async_get_device_energy_profile": lambda api: api.async_get_device_energy_profile("washer"),
    "async_get_device_energy_usage": lambda api: api.async_get_device_energy_usage(
        "washer", "energyUsage", "DAILY", "20240101", "20240103"
    ),
    "async_get_route": lambda api: api.async_get_route(),
    "async_post_client_register": lambda api: api.async_post_client_register(REGISTER),
    "async_get_push_list": lambda api: api.async_get_push_list(),
    "async_post_push_subscribe": lambda api: api.async_post_push_subscribe("washer"),
    "async_delete_push_subscribe": lambda api: api.async_delete_push_subscribe("washer"),
    "async_get_event_list": lambda api: api.async_get_event_list(),
    "async_post_event_subscribe": lambda api: api.async_post_event_subscribe("washer"),
    "async_delete_event_subscribe": lambda api: api.async_delete_event_subscribe("washer"),
    "async_get_push_devices_list": lambda api: api.async_get_push_devices_list(),
    "async_post_push_devices_subscribe": lambda api: api.async_post_push_devices_subscribe(),
    "async_delete_push_devices_subscribe": lambda api: api.async_delete_push_devices_subscribe(),
    "async_delete_client_register": lambda api: api.async_delete_client_register(REGISTER),
}

ELSEWHERE = {"async_init", "async_request", "async_post_client_certificate"}
"""No calls of their own; and the certificate, which test_push.py has issued and uses."""


async def test_every_call_of_the_sdk_is_served(api: Any) -> None:
    known = {name for name in vars(ThinQApi) if name.startswith("async_")}
    assert known == CALLS.keys() | ELSEWHERE
    for name, call in CALLS.items():
        assert await call(api) is not None, name


async def test_a_token_that_expires_and_a_cloud_that_is_down(api: Any) -> None:
    api.simulator.expired = True
    with pytest.raises(ThinQAPIException) as refusal:
        await api.async_get_device_list()
    assert refusal.value.code == "1218"
    api.simulator.expired, api.simulator.status = False, 503
    with pytest.raises(aiohttp.ContentTypeError):
        await api.async_get_device_list()
    api.simulator.status = 200
    assert len(await api.async_get_device_list()) == 30
