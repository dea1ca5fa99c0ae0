"""What is said in a home goes all the way: butler, broker, bridge, LG's SDK, and the simulated appliance's state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from devices.thinq.sections import flatten
from devices.thinq.simulator.cloud import Simulator
from devices.thinq.simulator.household import showroom
from hub.address import BrokerAddress
from hub.butler.service import Butler
from hub.home import Home
from hub.messages import Topic, Utterance
from hub.together import together
from tests.conftest import Listener
from tests.devices.thinq.test_types import COMMANDS

SENTENCES: dict[str, list[dict[str, Any]]] = YAML(typ="safe").load(Path(__file__).with_name("sentences.yaml"))


@pytest.mark.parametrize("name", SENTENCES)
async def test_what_is_said_is_done(
    name: str, broker: BrokerAddress, listener: Listener, open_house: Any, clock: Any
) -> None:
    (appliance,) = (one for one in showroom() if one.id == name)
    butler = Butler(broker, Home())
    async with (
        Simulator([appliance], clock=clock).serving() as url,
        together([butler.run()]),
        open_house(url) as house,
    ):
        await listener.until(lambda topic, payload: topic.endswith("/available") and payload == b"online")
        await butler.ready(house.bridge.abouts)
        for case in SENTENCES[name]:
            told = await said(listener, case["say"])
            if case.get("confirm"):
                assert told.endswith("정말 할까요?")
                told = await said(listener, "응")
            assert case.get("says", "") in told
            halves = {"washer", "dryer"} if name == "washtower" else ()
            state = flatten(appliance.state, halves)
            wanted = case.get("state", {})
            assert {path: state.get(path) for path in wanted} == wanted, told


async def test_a_doubtful_sentence_that_heats_is_asked_about_twice(
    broker: BrokerAddress, listener: Listener, open_house: Any, clock: Any
) -> None:
    (oven,) = (one for one in showroom() if one.id == "oven")
    butler = Butler(broker, Home())
    async with Simulator([oven], clock=clock).serving() as url, together([butler.run()]), open_house(url) as house:
        await listener.until(lambda topic, payload: topic.endswith("/available") and payload == b"online")
        await butler.ready(house.bridge.abouts)
        assert (await said(listener, "오븐 위칸 180도로 예열해줘", unsure=True)).endswith("하셨나요?")
        assert (await said(listener, "응")).endswith("정말 할까요?")
        assert oven.part("UPPER")["runState"]["currentState"] == "INITIAL"
        assert not (await said(listener, "응")).endswith("?")
        assert oven.part("UPPER")["runState"]["currentState"] == "PREHEATING"


async def said(listener: Listener, sentence: str, *, unsure: bool = False) -> str:
    """What the butler answers to a sentence."""
    utterance = Utterance(text=sentence, satellite="living", unsure=unsure)
    listener.bus.publish(Topic.UTTERANCE, utterance)
    told = await listener.object(Topic.say("living"), utterance_id=utterance.id)
    return str(told["text"])


def test_every_controllable_type_is_spoken_to() -> None:
    assert SENTENCES.keys() == COMMANDS.keys()
    assert all(len(cases) >= 3 for cases in SENTENCES.values())
