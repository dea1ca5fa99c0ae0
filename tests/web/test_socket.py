"""A page's connection: it is told everything, calls are answered, nonsense is not, and nothing grows without end."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from conftest import Listener
from web.sites import Site, Visitor, serving

from hub.address import BrokerAddress
from hub.home import Home, Room
from hub.messages import About, Intent, Property, Reply, Response, SatelliteState, Say, ServiceState, Topic, Understood
from hub.web.service import MOST_PAGES
from hub.web.socket import CALLS, LARGEST, MOST_UNSENT, OpenPage, key_of

LIGHT = About(
    id="lamp", bridge="gpio", type="light", name="등", properties={"power": Property(type="boolean", writable=True)}
)


@pytest.fixture
async def site(broker: BrokerAddress, listener: Listener, tmp_path: Path) -> AsyncIterator[Site]:
    async with serving(broker, listener, tmp_path) as running:
        yield running


async def announced(site: Site, visitor: Visitor) -> None:
    site.bus.publish(Topic.bridge("gpio", "state"), ServiceState(state="online"), retain=True)
    site.bus.publish(Topic.device("lamp", "about"), LIGHT, retain=True)
    site.bus.publish(Topic.device("lamp", "state"), '{"power": false}', retain=True)
    site.bus.publish(Topic.device("lamp", "available"), "online", retain=True)
    await visitor.told("device", id="lamp", available="online")


async def test_who_comes_is_told_all_and_then_what_changes(site: Site) -> None:
    async with site.visit() as first:
        hello = await first.told("hello")
        assert (hello["satellite"], hello["devices"], hello["sentences"]) == ("web-00000001", {}, [])
        await announced(site, first)
        site.bus.publish(Topic.HOME, Home(rooms=[Room(id="living", name="거실")]).to_json(), retain=True)
        await first.told("home")
        site.bus.publish(Topic.satellite("living"), SatelliteState(state="listening", room="거실"), retain=True)
        await first.told("satellite", id="living", state="listening")
    async with site.visit() as second:
        hello = await second.told("hello")
        assert hello["devices"]["lamp"]["about"]["name"] == "등"
        assert hello["devices"]["lamp"]["state"] == {"power": False}
        assert hello["devices"]["lamp"]["available"] == "online"
        assert hello["home"]["rooms"] == [{"id": "living", "name": "거실"}]
        assert hello["satellites"] == {"living": {"state": "listening", "room": "거실"}}
        assert hello["bridges"] == {"gpio": {"state": "online"}}
        site.bus.publish(Topic.device("lamp", "state"), '{"power": true}', retain=True)
        await second.told("device", id="lamp", state={"power": True})
        for what in ("about", "state", "available"):
            site.bus.forget(Topic.device("lamp", what))
        while "available" not in await second.told("device", id="lamp"):
            pass
        site.bus.forget(Topic.satellite("living"))
        await second.told("satellite", id="living", state=None)
    async with site.visit() as third:
        hello = await third.told("hello")
        assert (hello["devices"], hello["satellites"]) == ({}, {})


@pytest.mark.parametrize("given", ["", "living", "web-1", "web-0000000g", "../../x", "web-00000001/x"])
async def test_nobody_becomes_another_satellite(site: Site, given: str) -> None:
    async with site.visit(given) as visitor:
        own = (await visitor.told("hello"))["satellite"]
        assert own != given
        assert own.startswith("web-")


async def test_a_set_is_an_intent_whose_reply_comes_back(site: Site) -> None:
    async with site.visit() as visitor:
        await announced(site, visitor)
        asked = asyncio.create_task(visitor.call("set", device="lamp", values={"power": True}))
        intent = Intent.model_validate(await site.listener.object(Topic.intent("gpio"), intent="JipsaSet"))
        assert (intent.targets, intent.slots, intent.satellite) == (["lamp"], {"power": True}, "web-00000001")
        site.bus.publish(
            Topic.reply(intent.id), Reply(id=intent.id, bridge="gpio", ok=True, changed={"lamp": {"power": True}})
        )
        assert await asked == {"n": 1, "ok": True, "data": {"changed": {"lamp": {"power": True}}, "state": {}}}


async def test_a_bridge_that_is_gone_is_not_waited_for(site: Site) -> None:
    async with site.visit() as visitor:
        await announced(site, visitor)
        site.bus.publish(Topic.bridge("gpio", "state"), ServiceState(state="offline"), retain=True)
        await visitor.told("bridge", id="gpio", state="offline")
        answer = await visitor.call("set", device="lamp", values={"power": True})
        assert answer["error"]["code"] == "device_offline"
        unknown = await visitor.call("set", device="nobody", values={"power": True})
        assert unknown["error"]["code"] == "unknown_device"
    assert not site.listener.all(Topic.intent("gpio"))


async def test_a_request_comes_back_with_what_the_bridge_says(site: Site) -> None:
    def answer(topic: str, payload: bytes) -> None:
        asked = json.loads(payload)
        told = Response(
            status="ok" if asked["ok"] else "error",
            data={"n": 1},
            error=None if asked["ok"] else "nein",
            transaction=asked["transaction"],
        )
        site.listener.bus.publish(topic.replace("request", "response"), told)

    site.listener.bus._handlers.append(("", re.compile("jipsa/bridge/gpio/request/agenda"), answer))
    async with site.visit() as visitor:
        good = await visitor.call("request", bridge="gpio", verb="agenda", arguments={"ok": True})
        assert good["data"] == {"n": 1}
        bad = await visitor.call("request", bridge="gpio", verb="agenda", arguments={"ok": False})
        assert bad["error"] == {"code": "failed", "message": "nein"}


async def test_a_sentence_is_said_and_its_way_told(site: Site) -> None:
    async with site.visit() as visitor:
        assert (await visitor.call("room", room="거실"))["ok"]
        asked = asyncio.create_task(visitor.call("say", text="불 켜줘"))
        heard = await site.listener.object(Topic.UTTERANCE, text="불 켜줘")
        assert (heard["satellite"], heard["room"], heard["source"]) == ("web-00000001", "거실", "web")
        site.bus.publish(Topic.UNDERSTOOD, Understood(utterance_id=heard["id"], text="불 켜줘", refused="which_device"))
        assert (await asked)["data"] == {"id": heard["id"]}
        site.bus.publish(Topic.say("web-00000001"), Say(text="어느 불이요?", utterance_id=heard["id"], asks=True))
        said = await visitor.told("say")
        assert (said["text"], said["asks"]) == ("어느 불이요?", True)


async def test_nonsense_is_refused_and_does_nothing(site: Site) -> None:
    async with site.visit() as visitor:
        for arguments in (
            {"call": "set", "device": "lamp", "values": {}},
            {"call": "set", "device": "a/b", "values": {"power": True}},
            {"call": "set", "device": "lamp", "values": {"power": True}, "sudo": True},
            {"call": "say", "text": ""}, {"call": "say", "text": "가" * 1_001}, {"call": "say"},
            {"call": "say", "text": 3},
            {"call": "listen", "satellite": "+"}, {"call": "request", "bridge": "#", "verb": "x"},
            {"call": "intent", "bridge": "gpio", "intent": "X", "targets": ["../.."]},
            {"call": "room", "room": "x" * 300},
            {"call": "nothing"}, {"call": None}, {},
        ):  # fmt: skip
            name = arguments.pop("call", "")
            answer = await visitor.call(str(name), **arguments)
            assert not answer["ok"], arguments
            assert answer["error"]["code"] in {"bad_call", "unknown_call", "unknown_device"}
        for text in ("", "[", "[]", "3", "null", "{" * 500, '{"n": "x", "call": "say"}', '{"n": 1e999, "call": "say"}'):
            await visitor.socket.send_str(text)
        await visitor.socket.send_bytes(b"\x00" * 640)  # nobody listens
        assert (await visitor.call("hear.end"))["error"]["code"] == "not_listening"
        assert (await visitor.call("room", room="거실"))["ok"]
    assert not [
        topic for topic, _ in site.listener.heard if "/set" in topic or "intent" in topic or "utterance" in topic
    ]


async def test_calls_without_end_are_refused(site: Site) -> None:
    async with site.visit() as visitor:
        answers = [await visitor.call("room", room="거실") for _ in range(CALLS[1] + 60)]
        assert answers[0]["ok"]
        assert answers[-1]["error"]["code"] == "too_many"


async def test_what_is_too_large_ends_the_connection(site: Site) -> None:
    async with site.visit() as visitor:
        await visitor.told("hello")
        await visitor.socket.send_str("x" * (LARGEST + 1))
        async with asyncio.timeout(20):
            while (message := await visitor.socket.receive()).type is not aiohttp.WSMsgType.CLOSE:
                assert message.type is not aiohttp.WSMsgType.CLOSED
    async with site.visit() as visitor:
        await visitor.told("hello")


async def test_no_more_pages_than_are_served(site: Site) -> None:
    visits = [site.visit() for _ in range(MOST_PAGES)]
    visitors = [await visit.__aenter__() for visit in visits]
    for visitor in visitors:
        await visitor.told("hello")
    async with site.visit() as late:
        assert (await late.socket.receive()).type is aiohttp.WSMsgType.CLOSE
    for visit in visits:
        await visit.__aexit__(None, None, None)


def test_what_waits_for_a_page_does_not_grow_with_what_changes_often() -> None:
    page = OpenPage("web-00000001", "ko", {})
    for number in range(10 * MOST_UNSENT):
        page.tell({"event": "device", "id": f"d{number % 10}", "state": {"n": number}})
        page.tell({"event": "partial", "satellite": "living", "text": str(number)})
        page.tell({"event": "sentence", "sentence": {"id": "s", "n": number}})
    assert len(page._unsent) == 12


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"event": "device", "id": "a", "state": {}}, {"event": "device", "id": "a", "state": {"x": 1}}, True),
        ({"event": "device", "id": "a", "state": {}}, {"event": "device", "id": "a", "about": {}}, False),
        ({"event": "device", "id": "a", "state": {}}, {"event": "device", "id": "b", "state": {}}, False),
        ({"event": "bridge", "id": "a", "state": ""}, {"event": "satellite", "id": "a", "state": ""}, False),
        ({"event": "say", "id": "a"}, {"event": "say", "id": "a"}, False),
    ],
)
def test_only_what_is_void_is_left_out(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    assert (key_of(one) is not None and key_of(one) == key_of(other)) == same


async def test_a_page_is_told_that_the_hub_goes(site: Site) -> None:
    async with site.visit() as visitor:
        await visitor.told("hello")
        await site.web._server.stop()
        async with asyncio.timeout(20):
            closed = await visitor.socket.receive()
        assert (closed.type, closed.data) == (aiohttp.WSMsgType.CLOSE, aiohttp.WSCloseCode.GOING_AWAY)


async def test_a_page_may_ask_for_a_sign_of_life(site: Site) -> None:
    async with site.visit() as visitor:
        assert (await visitor.call("alive"))["ok"] is True
