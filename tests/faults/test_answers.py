"""An answer that got lost on its way to the satellite is asked for, and said again; nothing is done again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from faults.houses import House, timers
from faults.processes import until

from hub.bus import Bus
from hub.butler.service import MANNERS
from hub.follow import Follower
from hub.messages import Topic, Utterance
from hub.payloads import new_id

ASKED = "몇 분으로 맞출까요?"


class Losing(Bus):
    """A connection that loses the first message on a kind of topic, as one does that comes back too late."""

    loses: str | None = None

    def take(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        if self.loses is not None and topic.startswith(self.loses):
            self.loses = None
        else:
            super().take(topic, payload, retained=retained)


@asynccontextmanager
async def kitchen(house: House) -> AsyncIterator[tuple[Losing, Follower]]:
    bus = Losing(house.address, "kitchen")
    follower = Follower(bus, "kitchen")
    async with bus.running():
        await bus.connected.wait()
        yield bus, follower


def said(text: str, **more: Any) -> Utterance:
    return Utterance(text=text, satellite="kitchen", **more)


@pytest.mark.parametrize("lost", ["jipsa/say/", "jipsa/understood"])
async def test_an_answer_that_got_lost_is_said_again(house: House, lost: str) -> None:
    async with house.running(house.genie(), "timers"), kitchen(house) as (bus, follower):
        bus.loses = lost
        exchange = await follower.ask(said("1분 타이머 맞춰줘"))
        assert bus.loses is None, "it was lost"
        assert (exchange.ok, exchange.answered) == (True, "1분 타이머를 시작했어요.")
        assert timers(house.folder / "genie/state") == {60: 1}
        await until(lambda: len(house.heard("say")) > 1)
        assert len(set(house.heard("say"))) == 1, "the same answer with the same id, which a mouth says once"
        print(f"without the first {lost}: answered after {exchange.answered_at - exchange.begun_at:.1f} s")


async def test_an_answer_that_is_asked_for_again_takes_no_part_in_the_conversation(house: House) -> None:
    async with house.running(house.genie(), "timers"), kitchen(house) as (bus, follower):
        asked = await follower.ask(said("타이머 맞춰줘"))
        assert (asked.answered, asked.asks) == (ASKED, True)
        bus.loses = "jipsa/say/"
        assert (await follower.ask(said("7분"))).answered == "7분 타이머를 시작했어요."
        assert bus.loses is None
        assert (await follower.ask(said("다시 말해줘"))).answered == "7분 타이머를 시작했어요."
        assert timers(house.folder / "genie/state") == {7 * 60: 1}


async def test_an_utterance_that_comes_again_and_again_is_one_sentence(house: House) -> None:
    async with house.running(house.genie(), "timers"), kitchen(house) as (bus, follower):
        first = new_id()
        for carry_out in [True] + [True, False] * MANNERS[1]:
            bus.publish(Topic.UTTERANCE, said("1분 타이머 맞춰줘", id=first, carry_out=carry_out))
        assert (await follower.ask(said("2분 타이머 맞춰줘"))).answered == "2분 타이머를 시작했어요."
        assert (await follower.follow(first)).answered == "1분 타이머를 시작했어요."
        assert timers(house.folder / "genie/state") == {60: 1, 120: 1}
