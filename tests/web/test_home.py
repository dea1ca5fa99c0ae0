"""The view of the home: what is touched is sent, shown at once, and corrected by what the device tells."""

from __future__ import annotations

import asyncio
import json
import math
import re
from typing import Any

from playwright.async_api import Locator, Page, expect
from web.pages import WIDE, Chromium, TestHub, needs_chromium

from hub.messages import About, Error, ErrorCode, Property, Reply, ServiceState, Topic

pytestmark = needs_chromium

SWITCH = Property(type="boolean", writable=True)
SHARE = Property(type="integer", writable=True, min=0, max=100, step=1, unit="%")


async def view(hub: TestHub, browser: Chromium, **options: Any) -> Page:
    """The view, once it shows the devices."""
    page = await browser.open(f"{hub.url}/#/home", **options)
    await card(page, "거실등").wait_for()
    return page


def card(page: Page, name: str) -> Locator:
    """The card of the device that is called so."""
    return page.locator("article.device").filter(has=page.get_by_text(name, exact=True))


def sets(hub: TestHub, bridge: str) -> list[dict[str, Any]]:
    """The values that a bridge was to set so far, in order."""
    asked = [json.loads(payload) for payload in hub.listener.all(Topic.intent(bridge))]
    return [intent["slots"] for intent in asked if intent["intent"] == "JipsaSet"]


def announce(hub: TestHub, device: str, name: str, kind: str, properties: dict[str, Property], **state: Any) -> None:
    """A device of a bridge that the test itself plays, called `unruly`."""
    bus = hub.listener.bus
    bus.publish(Topic.bridge("unruly", "state"), ServiceState(state="online"), retain=True)
    about = About(id=device, bridge="unruly", type=kind, name=name, room="거실", properties=properties)
    bus.publish(Topic.device(device, "about"), about, retain=True)
    bus.publish(Topic.device(device, "available"), b"online", retain=True)
    tell(hub, device, **state)


def tell(hub: TestHub, device: str, **state: Any) -> None:
    """The state of such a device."""
    hub.listener.bus.publish(Topic.device(device, "state"), json.dumps(state).encode(), retain=True)


async def asked(hub: TestHub, **slots: Any) -> str:
    """The id of the intent with which the page asks `unruly` for this."""
    intent = await hub.listener.object(Topic.intent("unruly"), slots=slots)
    return str(intent["id"])


def refuse(hub: TestHub, intent: str, code: ErrorCode, message: str) -> None:
    """Answer an intent with an error."""
    reply = Reply(id=intent, bridge="unruly", ok=False, error=Error(code=code, message=message))
    hub.listener.bus.publish(Topic.reply(intent), reply)


async def test_a_touch_switches_a_light_and_what_happens_elsewhere_is_seen(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    light = page.get_by_role("switch", name=re.compile("^거실등"))
    await expect(light).to_have_attribute("aria-checked", "false")
    await light.click()
    intent = await hub.listener.object(Topic.intent("gpio"), intent="JipsaSet")
    assert (intent["slots"], intent["targets"]) == ({"power": True}, ["living_light"])
    await hub.state("living_light", power=True)
    await expect(light).to_have_attribute("aria-checked", "true")
    blue = card(page, "거실등").get_by_role("button", name=re.compile("^(파란색|blue)$"))
    await blue.click()
    await hub.state("living_light", color="blue")
    await expect(blue).to_have_attribute("aria-pressed", "true")
    hub.listener.bus.publish(Topic.device("living_light", "set"), b'{"power": false}')
    await expect(light).to_have_attribute("aria-checked", "false")
    await expect(blue).to_have_count(0)  # what is off shows no controls


async def test_all_lights_of_a_room_are_turned_off(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    room = page.get_by_role("region", name="거실", exact=True)
    off = room.get_by_role("button", name="불 모두 끄기")
    await expect(off).to_have_count(0)
    hub.listener.bus.publish(Topic.device("living_light", "set"), b'{"power": true}')
    hub.listener.bus.publish(Topic.device("bedroom_light", "set"), b'{"power": true}')
    await off.click()
    await hub.state("living_light", power=False)
    await expect(off).to_have_count(0)
    assert sets(hub, "gpio") == [{"power": False}]


async def test_a_dial_is_dragged_and_never_jumps_back(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    await card(page, "거실 에어컨").get_by_role("switch").click()
    await hub.state("living_ac", power=True)
    dial = card(page, "거실 에어컨").get_by_role("slider", name="희망 온도")
    await expect(dial).to_have_attribute("aria-valuenow", "26")
    await dial.scroll_into_view_if_needed()
    box = await dial.bounding_box()
    assert box is not None
    radius = box["width"] * 0.4

    async def touch(degrees: float) -> float:
        """Move to this place on the arc, clockwise from the right; the temperature that is shown then."""
        turn = math.radians(degrees)
        middle = box["x"] + box["width"] / 2, box["y"] + box["width"] / 2
        await page.mouse.move(middle[0] + radius * math.cos(turn), middle[1] + radius * math.sin(turn))
        await page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        return float(await dial.get_attribute("aria-valuenow") or "nan")

    await touch(315)
    await page.mouse.down()
    shown = [await touch(degrees) for degrees in range(315, 180, -5)]
    # The appliance takes a second for each change: while the finger rests, it tells of those on the way.
    await hub.state("living_ac", target_temperature=shown[-1])
    shown.append(await touch(180))
    await page.mouse.up()
    assert shown == sorted(shown, reverse=True)
    assert shown[0] == 26
    assert shown[-1] == 20
    sent = [values["target_temperature"] for values in sets(hub, "thinq") if "target_temperature" in values]
    assert sent[-1] == 20
    assert len(sent) < len(set(shown))  # of what was turned on the way, the last counts
    await dial.press("ArrowUp")
    await dial.press("PageUp")
    await hub.state("living_ac", target_temperature=23)
    await expect(dial).to_have_attribute("aria-valuetext", re.compile("^23"))
    await dial.press("End")
    await hub.state("living_ac", target_temperature=30)


async def test_what_is_refused_goes_back_and_is_told(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    announce(hub, "lamp", "말썽등", "light", {"power": SWITCH, "brightness": SHARE}, power=True, brightness=40)
    slider = card(page, "말썽등").get_by_role("slider")
    await expect(slider).to_have_value("40")
    await slider.press("ArrowRight")
    await expect(slider).to_have_value("41")
    intent = await asked(hub, brightness=41)
    refuse(hub, intent, ErrorCode.NOT_NOW, "지금은 41%로 할 수 없어요.")
    await expect(page.get_by_text("지금은 41%로 할 수 없어요.")).to_be_visible()
    await expect(slider).to_have_value("40")


async def test_what_nobody_answers_is_not_shown_for_ever(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    announce(hub, "lamp", "말썽등", "light", {"power": SWITCH}, power=False)
    light = page.get_by_role("switch", name="말썽등")
    await light.click()
    await expect(light).to_have_attribute("aria-checked", "true")
    await asked(hub, power=True)
    await expect(light).to_have_attribute("aria-checked", "false", timeout=10_000)
    assert len(sets(hub, "unruly")) == 1 or sets(hub, "unruly")[1:] == sets(hub, "unruly")[:-1]


async def test_what_lets_somebody_in_is_asked_about(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    announce(hub, "door", "뒷문", "lock", {"locked": SWITCH}, locked=True)
    lock = page.get_by_role("switch", name="뒷문")
    for answer, confirmed in (("아니요", False), ("네", True)):
        hub.listener.heard.clear()
        await lock.click()
        refuse(hub, await asked(hub, locked=False), ErrorCode.CONFIRM, "뒷문을 정말 열까요?")
        await expect(page.get_by_role("dialog")).to_contain_text("뒷문을 정말 열까요?")
        await expect(lock).to_have_attribute("aria-checked", "true")  # until somebody said yes
        await page.get_by_role("button", name=answer, exact=True).click()
        if confirmed:
            again = await hub.listener.object(Topic.intent("unruly"), confirmed=True)
            assert again["slots"] == {"locked": False}
            tell(hub, "door", locked=False)
            await expect(lock).to_have_attribute("aria-checked", "false")
        else:
            await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_what_is_away_can_be_seen_and_not_be_set(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    announce(hub, "lamp", "말썽등", "light", {"power": SWITCH}, power=True)
    light = page.get_by_role("switch", name="말썽등")
    await expect(light).to_be_enabled()
    for topic, gone, back in (
        (Topic.device("lamp", "available"), b"offline", b"online"),
        (Topic.bridge("unruly", "state"), b'{"state": "offline"}', b'{"state": "online"}'),
    ):
        hub.listener.bus.publish(topic, gone, retain=True)
        await expect(light).to_be_disabled()
        await expect(card(page, "말썽등")).to_contain_text("연결 안 됨")
        await expect(page.get_by_role("button", name=re.compile("^확인 1"))).to_be_visible()
        hub.listener.bus.publish(topic, back, retain=True)
        await expect(light).to_be_enabled()


async def test_a_device_is_found_by_its_first_consonants_and_while_it_is_typed(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser, size=WIDE)
    await page.keyboard.press("/")
    field = page.get_by_role("searchbox")
    await expect(field).to_be_focused()
    names = page.locator("article.device .name b")
    for typed, found in (
        ("ㄱㅅㄷ", ["거실등"]),  # its first consonants
        ("안ㅂㄷ", ["안방등"]),
        ("마루", ["거실등", "거실 에어컨", "로봇청소기"]),  # another name of the room
        ("콘센ㅌ", ["주방 콘센트"]),
        ("침실 ㅈㅁ", ["안방등"]),  # another name of the room, and what it is
        ("거실 세탁기", []),
        ("세탃", []),
        ("세탁", ["세탁기"]),
        ("셑", ["세탁기"]),  # on the way to 탁
        ("센", ["주방 콘센트"]),
        ("섿", []),
    ):
        await field.fill(typed)
        async with asyncio.timeout(30):
            while sorted(await names.all_inner_texts()) != sorted(found):
                await asyncio.sleep(0.02)
    await field.fill("공기처")  # on the way to 청
    await expect(names).to_have_text(["공기청정기"])
    await field.fill("콘섽")  # nothing is called so
    await expect(page.get_by_text("그런 기기가 없어요.")).to_be_visible()
    await field.press("Escape")
    await expect(field).to_have_value("")


async def test_all_that_a_device_has_is_in_its_sheet(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    hub.listener.bus.publish(Topic.device("living_ac", "set"), b'{"power": true}')
    await hub.state("living_ac", power=True)
    await page.get_by_role("button", name="거실 에어컨 자세히").click()
    sheet = page.get_by_role("dialog")
    await sheet.get_by_role("switch", name="상하 바람").click()
    await hub.state("living_ac", swing_vertical=True)
    await expect(sheet.get_by_role("switch", name="상하 바람")).to_have_attribute("aria-checked", "true")
    await expect(sheet.get_by_role("row", name=re.compile("^초미세먼지"))).to_contain_text("14")
    await page.keyboard.press("Escape")
    await expect(sheet).to_have_count(0)


async def test_a_machine_tells_what_it_does_and_when_it_ends(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    washer = card(page, "세탁기")
    await washer.get_by_role("button", name=re.compile("시작")).click()
    await hub.state("washer", status="running")
    await expect(washer).to_contain_text("50분")
    await expect(washer).to_contain_text(re.compile(r"(오전|오후) \d+:\d\d에 끝나요"))
    await expect(washer.get_by_role("button", name=re.compile("정지"))).to_be_enabled()
