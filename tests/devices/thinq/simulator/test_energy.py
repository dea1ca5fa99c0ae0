"""The energy figures of the simulated cloud, as the SDK asks for them and as others might."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from thinqconnect import ThinQApi, ThinQAPIException

TODAY = datetime.now().astimezone().date()
FUTURE = (TODAY + timedelta(days=3)).strftime("%Y%m%d")

MEASURED = {
    "air_conditioner",
    "dehumidifier",
    "dish_washer",
    "dryer",
    "refrigerator",
    "washer",
    "washtower",
    "washtower_dryer",
    "washtower_washer",
}


async def test_some_appliances_have_figures(api: ThinQApi) -> None:
    for entry in await api.async_get_device_list():
        profile = await api.async_get_device_energy_profile(entry["deviceId"])
        expected = {"property": ["energyUsage"]} if entry["deviceId"] in MEASURED else {}
        assert profile == {"resultCode": "0000", "result": expected}


async def test_the_sdk_reads_days_and_months(sdk_device) -> None:
    conditioner = await sdk_device("air_conditioner")
    days = (await conditioner.get_daily_energy_usage("energyUsage", "20240228", "20240302"))["result"]
    assert [day["usedDate"] for day in days["dataList"]] == ["20240228", "20240229", "20240301", "20240302"]
    assert all(0 < day["energyUsage"] < 20_000 for day in days["dataList"])
    months = (await conditioner.get_monthly_energy_usage("energyUsage", "202401", "202403"))["result"]["dataList"]
    assert [month["usedDate"] for month in months] == ["202401", "202402", "202403"]
    february = await conditioner.get_daily_energy_usage("energyUsage", "20240201", "20240229")
    assert months[1]["energyUsage"] == sum(day["energyUsage"] for day in february["result"]["dataList"])


async def test_the_day_that_is_not_over_has_figures(sdk_device) -> None:
    text = TODAY.strftime("%Y%m%d")
    refrigerator = await sdk_device("refrigerator")
    days = await refrigerator.get_daily_energy_usage("energyUsage", text, text)
    assert [day["usedDate"] for day in days["result"]["dataList"]] == [text]
    months = await refrigerator.get_monthly_energy_usage("energyUsage", text[:6], text[:6])
    assert [month["usedDate"] for month in months["result"]["dataList"]] == [text[:6]]


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("DAILY", "20240101", FUTURE),
        ("DAILY", "20240105", "20240101"),
        ("DAILY", "202401", "202402"),
        ("DAILY", "2024-01-01", "2024-01-02"),
        ("DAILY", "20240230", "20240301"),
        ("DAILY", "", ""),
        ("MONTHLY", "20240101", "20240201"),
        ("MONTHLY", "202413", "202414"),
        ("HOURLY", "20240101", "20240101"),
    ],
)
async def test_dates_that_make_no_sense_are_refused(period: str, start: str, end: str, api: ThinQApi) -> None:
    with pytest.raises(ThinQAPIException, match="1102"):
        await api.async_get_device_energy_usage("washer", "energyUsage", period, start, end)


@pytest.mark.parametrize(("device", "name"), [("hood", "energyUsage"), ("washer", "waterUsage")])
async def test_what_is_not_measured_has_no_figures(device: str, name: str, api: ThinQApi) -> None:
    answer: Any = await api.async_get_device_energy_usage(device, name, "DAILY", "20240101", "20240102")
    assert answer == {"resultCode": "0000", "result": {}}


async def test_nobody_has_no_energy(api: ThinQApi) -> None:
    with pytest.raises(ThinQAPIException, match="1205"):
        await api.async_get_device_energy_profile("nobody")
