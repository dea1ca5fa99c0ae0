"""Right after a start: what is due at once goes to its own satellite, though the broker has yet to say who is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from brokers import TestBroker
from genies import NOON, ManualClock, Start, ask, said, there

from devices.genie.skill import Skill
from hub.address import BrokerAddress
from hub.messages import Topic

ROOMS = [f"room-{number}" for number in range(60)]
"""More than Mosquitto sends before the first of them are acknowledged."""


@pytest.fixture
def broker(any_broker: TestBroker) -> BrokerAddress:
    """Each kind of broker tells what it retains in its own way."""
    return any_broker.address


class Passing(Skill):
    """Another second passes before the broker is there."""

    async def run(self) -> None:
        clock = self.desk.clock
        assert isinstance(clock, ManualClock)
        clock.advance(1)


@pytest.fixture
async def due_at_one_minute_past(started: Start, listener: Any) -> None:
    """In each room a satellite and something that is due: in turn a timer, an alarm, and a reminder."""
    there(listener, *ROOMS)
    async with started():
        for timer, alarm, reminder in zip(ROOMS[::3], ROOMS[1::3], ROOMS[2::3], strict=True):
            await ask(listener, "HassStartTimer", timer, minutes=1)
            await ask(listener, "JipsaSetAlarm", alarm, time="12:01")
            await ask(listener, "JipsaRemind", reminder, minutes=1, message="약")


@pytest.mark.usefixtures("due_at_one_minute_past")
async def test_what_came_due_while_off_goes_to_its_own_satellite(started: Start, listener: Any) -> None:
    async with started(clock=ManualClock(NOON + timedelta(seconds=61))):
        for room in ROOMS:
            await listener.object(Topic.say(room), priority="alarm")
    assert Topic.say("all") not in said(listener)


@pytest.mark.usefixtures("due_at_one_minute_past")
async def test_what_comes_due_while_it_connects_goes_to_its_own_satellite(started: Start, listener: Any) -> None:
    async with started(clock=ManualClock(NOON + timedelta(seconds=59)), more=[Passing]):
        for room in ROOMS:
            await listener.object(Topic.say(room), priority="alarm")
    assert Topic.say("all") not in said(listener)
