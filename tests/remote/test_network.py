"""Two brokers in two networks, a home behind one and somebody outside at the other: what gets in, out, and what not."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from brokers import accepts
from remote.estate import REPOSITORY, Estate, estate_in, until_last

from hub.messages import Intent, Topic
from hub.payloads import new_id
from hub.remote.bus import SHOWN
from hub.remote.envelope import ANSWER, COMMAND, LINK
from hub.remote.visit import listening, shown, topic_matches_any
from tests.faults.processes import Service

pytestmark = pytest.mark.timeout(300)

LIVING, BEDROOM = "living_light", "bedroom_light"

HEARD = ("utterance", "understood", "intent", "reply", "say", "satellite")
"""What is said at home, and what comes of it: the second level of topics."""


@pytest.fixture
async def estate(tmp_path: Path) -> AsyncIterator[Estate]:
    async with estate_in(tmp_path) as found:
        yield found


async def test_what_is_allowed_gets_in_and_nothing_private_gets_out(estate: Estate) -> None:
    await estate.say("거실 불 켜줘")
    await estate.lit(LIVING, power=True)
    said = b"jipsa/say/web-12345678"
    _, answered = await estate.outside.until(lambda topic, payload: topic == ANSWER and said in payload)
    assert json.loads(json.loads(answered)["payload"])["text"] == "거실등을 켰어요."
    assert estate.jipsa("say", "안방 불 켜줘").splitlines()[-1] == "안방등을 켰어요."
    await estate.lit(BEDROOM, power=True)
    assert {topic.split("/")[1] for topic, _ in estate.home.heard} > set(HEARD[:5])
    seen = {topic for topic, _ in estate.outside.heard}
    assert not [topic for topic in seen if not topic_matches_any(topic, (*SHOWN, ANSWER, LINK))]
    assert "안방 불" not in str([payload.decode() for topic, payload in estate.outside.heard if topic == ANSWER])


async def test_the_example_in_javascript_of_the_document_is_let_in(estate: Estate, tmp_path: Path) -> None:
    if shutil.which("node") is None:
        pytest.skip("Node is not installed (apt install nodejs)")
    script = tmp_path / "seal.mjs"
    script.write_text((REPOSITORY / "docs/remote.md").read_text().split("```js\n")[1].split("```")[0])
    command = ["node", str(script), str(estate.written / "outside/page.key"), "거실 불 켜줘"]
    estate.outside.bus.publish(COMMAND, await asyncio.to_thread(subprocess.check_output, command))
    await estate.lit(LIVING, power=True)


async def test_what_is_not_allowed_changes_nothing(estate: Estate) -> None:
    await estate.say("거실 불 켜줘")
    await estate.lit(LIVING, power=True)
    off = "거실 불 꺼줘"
    replayed = await estate.say("안방 불 켜줘")
    await estate.lit(BEDROOM, power=True)
    await estate.say("안방 불 꺼줘")
    await estate.lit(BEDROOM, power=False)
    before = len(estate.home.all(Topic.UTTERANCE))
    estate.outside.bus.publish(COMMAND, replayed)
    await estate.say(off, signature="A" * 86 + "==")
    await estate.say(off, key="nobody")
    await estate.say(off, later=-120)
    await estate.say(off, later=120)
    await estate.send("jipsa/device/living_light/set", '{"power": false}')
    await estate.send("jipsa/bridge/gpio/request/restart", "{}")
    unknown = Intent(intent="HassUnlock", targets=[LIVING], room=new_id())
    await estate.send(Topic.intent("gpio"), unknown.to_payload().decode())
    # Commands are looked at in turn: what is allowed comes last.
    allowed = Intent(intent="HassTurnOn", targets=[BEDROOM])
    await estate.send(Topic.intent("gpio"), allowed.to_payload().decode())
    await estate.lit(BEDROOM, power=True)
    last = json.loads(estate.home.all("jipsa/device/living_light/state")[-1])
    assert last["power"] is True
    assert len(estate.home.all(Topic.UTTERANCE)) == before
    assert not estate.home.all("jipsa/device/living_light/set")
    assert not estate.home.all("jipsa/bridge/gpio/request/restart")
    assert not [
        payload for payload in estate.home.all(Topic.intent("gpio")) if (unknown.room or "").encode() in payload
    ]


async def test_a_link_that_is_cut_loses_no_state(estate: Estate) -> None:
    ghost = Topic.device("ghost", "about")
    await estate.say("거실 불 켜줘")
    await estate.lit(LIVING, power=True)
    async with listening(replace(estate.household, username="gpio", password="of gpio")) as bridge:
        await bridge.say(ghost, b'{"here": true}', retain=True)
        await until_last(estate.outside, ghost, lambda about: about != {})
        estate.network.cut("outside")
        await estate.home.until(lambda topic, payload: (topic, payload) == (LINK, b"0"), 120)
        await bridge.say(ghost, b"", retain=True)
    assert estate.jipsa("say", "거실 불 꺼줘").splitlines()[-1] == "거실등을 껐어요."
    assert estate.jipsa("say", "안방 불 켜줘").splitlines()[-1] == "안방등을 켰어요."
    estate.network.mend("outside")
    await estate.lit(LIVING, power=False)
    await estate.lit(BEDROOM, power=True)
    async with listening(estate.page, *SHOWN) as fresh:
        assert await fresh.until(lambda: shown(fresh) == home_shown(estate), 60)
        assert ghost not in shown(fresh)


async def test_a_broker_outside_that_has_forgotten_all_is_told_all_again(estate: Estate) -> None:
    await estate.there.kill()
    await estate.there.start()  # it keeps nothing on the disk
    await accepts(8883, estate.abroad.address, 60)
    async with listening(estate.page, *SHOWN) as fresh:
        assert await fresh.until(lambda: shown(fresh) == home_shown(estate), 60)
    assert len(home_shown(estate)) > 10


def home_shown(estate: Estate) -> dict[str, bytes]:
    """What the home shows by now."""
    last = {topic: payload for topic, payload in estate.home.heard if topic_matches_any(topic, SHOWN)}
    return {topic: payload for topic, payload in last.items() if payload}


async def test_a_broker_outside_that_was_taken_over_reaches_nothing_at_home(estate: Estate, tmp_path: Path) -> None:
    await estate.say("안방 불 켜줘")
    await estate.lit(BEDROOM, power=True)
    said = {
        "jipsa/intent/gpio": Intent(intent="HassTurnOn", targets=[LIVING], confirmed=True).to_payload().decode(),
        "jipsa/utterance": '{"text": "거실 불 켜줘", "room": "거실"}',
        "jipsa/device/living_light/set": '{"power": true}',
        "jipsa/device/living_light/set/power": "ON",
        "jipsa/device/living_light/state": '{"power": true, "lie": true}',
        "jipsa/bridge/gpio/request/restart": "{}",
        "jipsa/say/all": '{"text": "문이 열렸어요"}',
        ANSWER: '{"key": "page", "topic": "jipsa/say/all", "payload": "{}"}',
        "homeassistant/switch/x/config": '{"name": "x"}',
    }
    # What it may pass on comes last: a command that is signed.
    allowed = Intent(intent="HassTurnOff", targets=[BEDROOM]).to_payload().decode()
    said[COMMAND] = estate.sealed(Topic.intent("gpio"), allowed).to_payload().decode()
    script = tmp_path / "said"
    script.write_text("".join(f"{topic}\t{payload}\n" for topic, payload in said.items()))
    before = len(estate.home.heard)
    await estate.there.kill()
    hostile = Service(
        estate.abroad.inside(
            sys.executable, str(Path(__file__).with_name("hostile.py")), estate.abroad.address, "8883",
            "/etc/mosquitto/jipsa/server.crt", "/etc/mosquitto/jipsa/server.key", str(script),
        ),
        tmp_path / "hostile.log",
    )  # fmt: skip
    await hostile.start()
    try:
        # The command is fresh for half a minute, and the home comes back within that.
        await until_last(estate.home, "jipsa/device/bedroom_light/state", lambda state: state.get("power") is False)
    finally:
        await hostile.kill()
    lies = {topic: payload.encode() for topic, payload in said.items() if topic != COMMAND}
    assert not [topic for topic, payload in estate.home.heard[before:] if lies.get(topic) == payload]
    assert json.loads(estate.home.all("jipsa/device/living_light/state")[-1])["power"] is False


async def test_the_check_finds_nothing_wrong(estate: Estate) -> None:
    printed = estate.jipsa("remote", "check", "--json")
    outcomes = {one["check"]: one["outcome"] for one in map(json.loads, printed.splitlines())}
    assert set(outcomes.values()) == {"holds"}
    assert len(outcomes) == 13
