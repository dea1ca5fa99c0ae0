"""The clock and the time zone."""

from __future__ import annotations

from pathlib import Path

import pytest
from doctors import case, outcomes, results

from hub.doctor import clock


@pytest.fixture
def set_by_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "synchronised", lambda: True)  # the kernel of the test machine may say either


@pytest.mark.usefixtures("set_by_somebody")
@pytest.mark.parametrize(
    ("zone", "settings", "found"),
    [
        ("Asia/Seoul", "", {"clock": "ok"}),
        (":Asia/Seoul", "", {"clock": "ok"}),
        ("Etc/UTC", "", {"zone": "warning"}),
        ("Europe/London", "", {"zone": "warning"}),  # what Raspberry Pi OS has at first
        ("Europe/London", "language: en", {"clock": "ok"}),
        ("Europe/Berlin", "thinq: {country: DE}", {"clock": "ok"}),
    ],
)
async def test_the_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str, settings: str, found: dict[str, str]
) -> None:
    monkeypatch.setenv("TZ", zone)
    assert await outcomes(case(tmp_path, settings), "clock") == found


async def test_a_clock_that_nobody_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Seoul")
    monkeypatch.setattr(clock, "synchronised", lambda: False)
    (result,) = await results(case(tmp_path), "clock")
    assert (result.finding, result.outcome) == ("clock_unset", "warning")
    assert "set-ntp" in str(result.remedy)


async def test_this_machine_has_a_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Seoul")
    found = {"clock": "ok"} if clock.synchronised() else {"clock_unset": "warning"}
    assert await outcomes(case(tmp_path), "clock") == found
