"""What a real Home Assistant exposes, as devices of the hub: Korean sentences on them, and what changes meanwhile."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from inwards import EXPOSED, Hub, device, expose, hub_with_home

import devices.homeassistant.inward
from hub.bus import Bus
from hub.messages import About, ErrorCode, Intent, Property, Reply, Topic

pytestmark = [pytest.mark.xdist_group("homeassistant"), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(hass_command: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    """Home Assistant, broker, bridge and butler; shared, so every test begins by making things as it needs them."""
    async with hub_with_home(hass_command, tmp_path_factory.mktemp("inward")) as running:
        await running.knows(*EXPOSED, "media_player.walkman", "climate.hvac", "vacuum.0_ground_floor")
        yield running


LAMP, CURTAIN = "input_number.lamp", "input_number.curtain"
SET = "input_number.set_value"

SENTENCES: list[tuple[str, dict[str, Any], str, str, str, dict[str, Any]]] = [
    # service and its data before, what is said, what is answered; entity, its state after
    ("input_boolean.turn_off", {"entity_id": "input_boolean.onsumaeteu"}, "온수매트 켜줘",
     "온수매트를 켰어요.", "input_boolean.onsumaeteu", {"state": "on"}),
    (SET, {"entity_id": LAMP, "value": 0}, "독서등 켜줘",
     "독서등을 켰어요.", "light.lamp", {"state": "on"}),
    (SET, {"entity_id": LAMP, "value": 255}, "독서등 켜줘",
     "독서등은 이미 켜져 있어요.", "light.lamp", {"state": "on"}),
    (SET, {"entity_id": LAMP, "value": 255}, "독서등 30퍼센트로 맞춰줘",
     "독서등 밝기를 30%로 맞췄어요.", LAMP, {"state": "76.0"}),
    (SET, {"entity_id": LAMP, "value": 77}, "독서등 더 밝게 해줘",
     "독서등 밝기를 50%로 높였어요.", LAMP, {"state": "128.0"}),
    (SET, {"entity_id": LAMP, "value": 255}, "독서등 꺼줘",
     "독서등을 껐어요.", "light.lamp", {"state": "off"}),
    (SET, {"entity_id": LAMP, "value": 35}, "거실 온도 알려줘",
     "거실은 지금 23.5도예요.", LAMP, {}),
    (SET, {"entity_id": LAMP, "value": 50}, "현관문 센서 열려 있어?",
     "현관문 센서는 열려 있어요.", LAMP, {}),
    (SET, {"entity_id": LAMP, "value": 0}, "파티 준비 실행해줘",
     "파티 준비를 시작했어요.", LAMP, {"state": "255.0"}),
    (SET, {"entity_id": LAMP, "value": 99}, "잘 준비 켜줘",
     "잘 준비를 켰어요.", LAMP, {"state": "0.0"}),
    (SET, {"entity_id": CURTAIN, "value": 0}, "암막 커튼 열어줘",
     "암막 커튼을 열었어요.", CURTAIN, {"state": "100.0"}),
    (SET, {"entity_id": CURTAIN, "value": 0}, "암막 커튼 절반만 열어줘",
     "암막 커튼을 50%로 맞췄어요.", CURTAIN, {"state": "50.0"}),
    (SET, {"entity_id": CURTAIN, "value": 80}, "암막 커튼 닫아줘",
     "암막 커튼을 닫았어요.", CURTAIN, {"state": "0.0"}),
    ("lock.unlock", {"entity_id": "lock.kitchen_door"}, "뒷문 도어락 잠가줘",
     "뒷문 도어락을 잠갔어요.", "lock.kitchen_door", {"state": "locked"}),
    ("climate.set_hvac_mode", {"entity_id": "climate.hvac", "hvac_mode": "cool"}, "안방 에어컨 26도로 맞춰줘",
     "안방 에어컨을 26도로 맞췄어요.", "climate.hvac", {"temperature": 26}),
    ("climate.set_hvac_mode", {"entity_id": "climate.hvac", "hvac_mode": "cool"}, "안방 에어컨 난방 모드로 해줘",
     "안방 에어컨을 난방 모드로 바꿨어요.", "climate.hvac", {"state": "heat"}),
    ("climate.turn_off", {"entity_id": "climate.heatpump"}, "보일러 켜줘",
     "거실 보일러를 켰어요.", "climate.heatpump", {"state": "heat"}),
    ("fan.turn_off", {"entity_id": "fan.percentage_full_fan"}, "선풍기 2단으로 틀어줘",
     "선풍기 바람을 2단으로 맞췄어요.", "fan.percentage_full_fan", {"state": "on", "percentage": 66}),
    ("fan.oscillate", {"entity_id": "fan.percentage_full_fan", "oscillating": False}, "선풍기 회전 켜줘",
     "선풍기 회전을 켰어요.", "fan.percentage_full_fan", {"oscillating": True}),
    ("humidifier.set_humidity", {"entity_id": "humidifier.humidifier", "humidity": 40}, "가습기 습도 55퍼센트로 맞춰줘",
     "가습기 습도를 55%로 맞췄어요.", "humidifier.humidifier", {"humidity": 55}),
    ("vacuum.return_to_base", {"entity_id": "vacuum.0_ground_floor"}, "로봇청소기 돌려줘",
     "로봇청소기가 청소를 시작했어요.", "vacuum.0_ground_floor", {"state": "cleaning"}),
    ("vacuum.start", {"entity_id": "vacuum.0_ground_floor"}, "로봇청소기 충전하러 가",
     "로봇청소기가 충전하러 가요.", "vacuum.0_ground_floor", {"state": "returning"}),
    ("switch.turn_off", {"entity_id": "switch.ac"}, "충전기 켜줘",
     "충전기를 켰어요.", "switch.ac", {"state": "on"}),
    ("media_player.volume_set", {"entity_id": "media_player.walkman", "volume_level": 0.2}, "거실 스피커 볼륨 올려줘",
     "거실 스피커 소리를 30으로 키웠어요.", "media_player.walkman", {"volume_level": 0.3}),
    ("media_player.media_play", {"entity_id": "media_player.walkman"}, "거실 스피커 음악 멈춰줘",
     "거실 스피커를 잠시 멈췄어요.", "media_player.walkman", {"state": "paused"}),
    ("media_player.media_pause", {"entity_id": "media_player.walkman"}, "거실 스피커 다시 재생해줘",
     "거실 스피커를 다시 틀었어요.", "media_player.walkman", {"state": "playing"}),
    ("media_player.media_play", {"entity_id": "media_player.walkman"}, "거실 스피커 다음 곡 틀어줘",
     "거실 스피커를 다음으로 넘겼어요.", "media_player.walkman", {"state": "playing"}),
    ("media_player.turn_on", {"entity_id": "media_player.lounge_room"}, "티비 꺼줘",
     "거실 티비를 껐어요.", "media_player.lounge_room", {"state": "off"}),
    # What cannot be done, and why.
    (SET, {"entity_id": LAMP, "value": 0}, "고장등 켜줘",
     "Home Assistant가 고장등을 움직이지 못했어요. jipsa 로그를 봐 주세요.", "light.broken", {"state": "off"}),
    (SET, {"entity_id": LAMP, "value": 0}, "먹통등 켜줘",
     "먹통등은 명령을 받았지만 그대로예요. 기기를 확인해 주세요.", "light.deaf", {"state": "off"}),
]  # fmt: skip


@pytest.mark.parametrize(("before", "data", "sentence", "answer", "entity", "after"), SENTENCES)
async def test_a_sentence(
    hub: Hub, before: str, data: dict[str, Any], sentence: str, answer: str, entity: str, after: dict[str, Any]
) -> None:
    await hub.prepare(before, **data)
    assert await hub.say(sentence) == answer
    await hub.shows(entity, **after)


@pytest.mark.parametrize(
    ("close", "entity", "opened", "sentence", "question"),
    [
        ("lock.lock", "lock.kitchen_door", "unlocked", "뒷문 도어락 열어줘", "Kitchen Door를 정말 열까요?"),
        ("cover.close_cover", "cover.garage_door", "open", "차고 셔터 열어줘", "Garage Door를 정말 열까요?"),
        ("valve.close_valve", "valve.orchard", "open", "가스 밸브 열어줘", "Orchard를 정말 열까요?"),
    ],
)
async def test_what_opens_the_home_is_asked_about(
    hub: Hub, close: str, entity: str, opened: str, sentence: str, question: str
) -> None:
    await hub.prepare(close, entity_id=entity)
    before = (await hub.hass.states())[entity]["state"]
    assert await hub.say(sentence) == question
    assert await hub.say("아니") == "알겠어요. 하지 않을게요."
    assert (await hub.hass.states())[entity]["state"] == before
    assert await hub.say(sentence) == question
    assert "열었어요" in await hub.say("네")
    await hub.shows(entity, state=opened)


async def test_a_lock_is_opened_by_a_program_after_a_yes(hub: Hub) -> None:
    lock = device("lock.kitchen_door")
    await hub.prepare("lock.lock", entity_id="lock.kitchen_door")
    replies = []
    for confirmed in (False, True):
        asked = Intent(intent="JipsaSet", targets=[lock], slots={"locked": False}, confirmed=confirmed)
        hub.bus.publish(Topic.intent("homeassistant"), asked)
        topic = Topic.reply(asked.id)
        await hub.until(lambda topic=topic: topic in hub.heard)  # type: ignore[misc]
        replies.append(Reply.from_payload(topic, hub.heard[topic]))
    assert replies[0].error is not None
    assert replies[0].error.code == ErrorCode.CONFIRM
    assert replies[1].changed == {lock: {"locked": False}}
    assert (await hub.hass.states())["lock.kitchen_door"]["state"] == "unlocked"


async def test_every_state_arrives(hub: Hub) -> None:
    async with hub.hass.socket() as socket:
        await socket.service("input_number.set_value", LAMP, value=0)
        await hub.until(lambda: hub.state("light.lamp").get("power") is False)
        for value in (255, 0) * 10:
            await socket.service("input_number.set_value", LAMP, value=value)
            await hub.until(lambda on=value > 0: hub.state("light.lamp").get("power") is on)  # type: ignore[misc]


async def test_names_rooms_and_exposure_follow(hub: Hub) -> None:
    entity = "light.lamp"
    async with hub.hass.socket() as socket:
        area = await socket.call("config/area_registry/create", name="Study", aliases=["서재"])
        await socket.call(
            "config/entity_registry/update",
            entity_id=entity,
            name="Reading light 💡",
            aliases=["책상등", "🌶️", "\u202e"],
            area_id=area["area_id"],
        )
        await hub.until(lambda: hub.about(entity).get("room") == "서재")
        about = hub.about(entity)
        assert (about["name"], about["aliases"]) == ("책상등", ["Reading light"])
        await hub.prepare(SET, entity_id=LAMP, value=0)
        assert await hub.say("서재 책상등 켜줘") == "책상등을 켰어요."
        await socket.call("config/area_registry/update", area_id=area["area_id"], name="작업실", aliases=[])
        await hub.until(lambda: hub.about(entity)["room"] == "작업실")
        await expose(hub.hass, entity, exposed=False)
        gone = {Topic.device(device(entity), what) for what in ("about", "state", "available")}
        await hub.until(lambda: not any(hub.heard[topic] for topic in gone))
        assert "찾지 못했어요" in await hub.say("책상등 꺼줘")
        await socket.call("config/entity_registry/update", entity_id=entity, name=None, aliases=[], area_id=None)
        await expose(hub.hass, entity)
    await hub.knows(entity)
    await hub.until(lambda: hub.about(entity)["name"] == "독서등")


async def test_a_renamed_entity_is_another_device(hub: Hub) -> None:
    async with hub.hass.socket() as socket:
        await socket.call("config/entity_registry/update", entity_id="light.deaf", new_entity_id="light.still")
        await hub.until(lambda: not hub.about("light.deaf") and bool(hub.about("light.still")))
        await socket.call("config/entity_registry/update", entity_id="light.still", new_entity_id="light.deaf")
        await hub.until(lambda: not hub.about("light.still") and bool(hub.about("light.deaf")))


async def test_what_has_no_unique_id_is_noticed_later(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices.homeassistant.inward, "LIST_SECONDS", 0.2)
    await hub.stop_bridge()
    hub.start_bridge()
    await hub.knows("lock.kitchen_door")
    await expose(hub.hass, "lock.kitchen_door", exposed=False)
    await hub.until(lambda: not hub.about("lock.kitchen_door"))
    await expose(hub.hass, "lock.kitchen_door")
    await hub.knows("lock.kitchen_door")


async def test_what_is_unavailable_is_offline(hub: Hub) -> None:
    before = hub.about("switch.ac")
    await hub.hass.rest("POST", "states/switch.ac", {"state": "unavailable", "attributes": {"friendly_name": "AC"}})
    await hub.until(lambda: not hub.online("switch.ac"))
    assert hub.about("switch.ac") == before
    for sentence in ("충전기 켜줘", "충전기 켜져 있어?"):
        assert await hub.say(sentence) == "Home Assistant에서 AC를 지금 쓸 수 없어요. 전원과 연결을 확인해 주세요."
    await hub.hass.rest("POST", "states/switch.ac", {"state": "off", "attributes": {"friendly_name": "AC"}})
    await hub.knows("switch.ac")
    assert await hub.say("충전기 켜져 있어?") == "충전기는 꺼져 있어요."


async def test_nothing_of_ours_comes_back(hub: Hub) -> None:
    discovery = {
        "device": {"identifiers": ["jipsa_x"], "name": "거실 조명"},
        "origin": {"name": "jipsa"},
        "components": {
            "power": {"platform": "light", "unique_id": "jipsa_x_power", "command_topic": "x/set", "state_topic": "x"},
            "other": {"platform": "light", "unique_id": "other", "command_topic": "y/set", "state_topic": "y",
                      "name": "남의 등"},
        },
    }  # fmt: skip
    async with hub.hass.mqtt(hub.broker.address), Bus(hub.broker.address, "discovery").running() as bus:
        bus.publish("homeassistant/device/jipsa_x/config", json.dumps(discovery), retain=True)
        async with hub.hass.socket() as socket:

            async def discovered() -> bool:
                return {"jipsa_x_power", "other"} <= (await socket.entities()).keys()

            await hub.hass.until(discovered)
            entities = await socket.entities()
        ours, other = (entities[unique]["entity_id"] for unique in ("jipsa_x_power", "other"))
        await expose(hub.hass, ours, other)
        await hub.knows(other)
        assert not hub.about(ours)
        bus.forget("homeassistant/device/jipsa_x/config")
        await bus.flush()
        await hub.until(lambda: not hub.about(other))


async def test_home_assistant_restarts(hub: Hub) -> None:
    await hub.hass.stop()
    await hub.until(lambda: not any(map(hub.online, EXPOSED)))
    away = "Home Assistant에 연결할 수 없어요. 켜져 있는지, 설정의 homeassistant.url이 맞는지 확인해 주세요."
    assert await hub.say("독서등 켜줘") == away
    assert await hub.say("독서등 켜져 있어?") == away
    assert all(map(hub.about, EXPOSED))  # away is not gone
    await hub.hass.restart()
    await hub.knows(*EXPOSED)
    await hub.prepare(SET, entity_id=LAMP, value=0)
    assert await hub.say("독서등 켜줘") == "독서등을 켰어요."


async def test_the_broker_restarts_without_its_memory(hub: Hub) -> None:
    await hub.prepare(SET, entity_id=LAMP, value=0)
    await hub.broker.stop()
    hub.heard.clear()
    await hub.broker.start()
    await hub.knows(*EXPOSED)
    assert await hub.say("독서등 켜줘") == "독서등을 켰어요."


async def test_what_is_gone_when_the_bridge_comes_back_is_cleared(hub: Hub) -> None:
    power = {"power": Property(type="boolean", writable=True)}
    stray = About(id="ha_light_stray", bridge="homeassistant", type="light", name="옛날 등", properties=power)
    strangers = About(id="lamp", bridge="another", type="light", name="남의 등")
    await hub.stop_bridge()
    for about in (stray, strangers):
        hub.bus.publish(Topic.device(about.id, "about"), about, retain=True)
    await expose(hub.hass, "light.deaf", exposed=False)
    await hub.hass.stop()
    hub.start_bridge()
    # While Home Assistant is away nobody knows whether it is gone.
    await hub.until(lambda: hub.heard.get(Topic.device(stray.id, "available")) == b"offline")
    assert "연결할 수 없어요" in await hub.say("옛날 등 켜줘")
    await hub.hass.restart()
    await hub.until(lambda: not hub.heard[Topic.device(stray.id, "about")] and not hub.about("light.deaf"))
    await hub.knows("light.lamp")
    assert hub.heard[Topic.device(strangers.id, "about")]
    hub.bus.forget(Topic.device(strangers.id, "about"))
    await expose(hub.hass, "light.deaf")
    await hub.knows("light.deaf")


async def test_a_token_that_is_not_accepted(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    guest = await hub.hass.token_of_another()
    for token, sentence in (("wrong", "Home Assistant가 토큰을 받지 않아요"), (guest, "관리자의 것이 아니에요")):
        await hub.stop_bridge()
        caplog.clear()
        hub.start_bridge(token)
        await hub.until(lambda said=sentence: said.encode() in hub.heard.get("jipsa/bridge/homeassistant/log", b""))  # type: ignore[misc]
        async with asyncio.timeout(30):
            while sentence not in await hub.say("독서등 켜줘"):
                pass  # the bridge has not listed yet what it knows from before
        assert caplog.text.count(sentence) == 1
        assert token not in caplog.text
    await hub.stop_bridge()
    hub.start_bridge()
    await hub.knows("light.lamp")


async def test_home_assistant_found_no_fault_with_us(hub: Hub) -> None:
    ours = ("Invalid value for input_number.lamp", "guest from 127.0.0.1")  # 고장등, and the token of the test above
    assert [fault for fault in hub.hass.faults() if not any(map(fault.__contains__, ours))] == []
