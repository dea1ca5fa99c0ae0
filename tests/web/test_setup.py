"""Set-up in a browser: names are checked while they are typed, saved into the home file, and can be said afterwards."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.async_api import Page, expect
from web.pages import Chromium, TestHub, needs_chromium

from hub.home import Home, load_home
from hub.messages import SatelliteGraph, SatelliteHeard, SatellitePartial, SatelliteState, Topic

pytestmark = needs_chromium

CHECKED = 60_000
"""Milliseconds in which names are checked for the first time: the process that does it has to start."""


def home_file(hub: TestHub) -> Path:
    path = hub.settings.home
    assert path is not None
    return path


async def opened(hub: TestHub, browser: Chromium) -> Page:
    page = await browser.open(f"{hub.url}/#/setup")
    await expect(page.get_by_role("heading", name="거실", exact=True)).to_be_visible()
    return page


async def edited(page: Page, name: str) -> None:
    await page.get_by_role("button", name=f"{name} 고치기").click()
    await expect(page.get_by_label("이름", exact=True)).to_have_value(name)


async def save(page: Page) -> None:
    await page.get_by_role("button", name="저장").click()


async def told_home(hub: TestHub, device: str, name: str) -> None:
    """Return once the butler knows the device by this name."""

    def knows(topic: str, payload: bytes) -> bool:
        found = Home.from_json(payload).device(device) if topic == Topic.HOME else None
        return found is not None and found.name == name

    await hub.listener.until(knows)


async def test_a_device_is_renamed_and_called_by_its_new_name(hub: TestHub, browser: Chromium) -> None:
    before = home_file(hub).read_text()
    page = await opened(hub, browser)
    await edited(page, "거실등")
    await page.get_by_label("이름", exact=True).fill("무드등")
    await page.get_by_label("다르게 부르는 이름").fill("분위기 등")
    await page.get_by_label("다르게 부르는 이름").press("Enter")
    await expect(page.get_by_text("이 이름으로 부를 수 있어요")).to_be_visible(timeout=CHECKED)
    await save(page)
    await expect(page.locator("#sheet")).to_be_hidden()
    assert home_file(hub).read_text() == before.replace("name: 거실등", "name: 무드등").replace(
        "[거실 불, 거실 조명]", "[거실 불, 거실 조명, 분위기 등]"
    )
    await told_home(hub, "living_light", "무드등")
    await page.locator("#talk input").first.fill("무드등 켜줘")
    await page.locator("#talk input").first.press("Enter")
    await hub.state("living_light", power=True)


async def test_a_name_that_means_something_else_is_told_while_it_is_typed(hub: TestHub, browser: Chromium) -> None:
    page = await opened(hub, browser)
    await edited(page, "주방 콘센트")
    await page.get_by_label("이름", exact=True).fill("불")
    told = page.locator("#setup-name-told")
    await expect(told).to_contain_text("'불' 이름은 다른 종류(light) 기기를 부르는 말이에요", timeout=CHECKED)
    await page.get_by_label("이름", exact=True).fill("안방")
    await expect(told).to_contain_text("'안방' 이름은 방 이름이기도 해요", timeout=CHECKED)
    await page.get_by_label("이름", exact=True).fill("")
    await expect(told).to_contain_text("이름이 비어 있어요", timeout=CHECKED)
    await expect(page.get_by_role("button", name="저장")).to_be_disabled()
    await page.get_by_label("이름", exact=True).fill("주방 콘센트")
    await expect(told).to_be_empty(timeout=CHECKED)


async def test_what_an_edit_makes_of_others_is_told_too(hub: TestHub, browser: Chromium) -> None:
    page = await opened(hub, browser)
    await page.get_by_role("button", name="거실 방 고치기").click()
    await page.get_by_label("이름", exact=True).fill("주방")
    told = page.locator("#setup-others")
    await expect(told).to_contain_text("'주방' 이름의 방이", timeout=CHECKED)
    await expect(page.get_by_role("button", name="저장")).to_be_disabled()


async def test_a_room_comes_moves_and_goes(hub: TestHub, browser: Chromium) -> None:
    page = await opened(hub, browser)
    await page.get_by_role("button", name="방 추가").click()
    await page.get_by_label("이름", exact=True).fill("서재")
    await page.get_by_label("층").select_option("2층")
    await save(page)
    await expect(page.get_by_role("heading", name="서재", exact=True)).to_be_visible()
    await edited(page, "공기청정기")
    await page.get_by_label("방", exact=True).select_option("서재")
    await save(page)
    await expect(page.get_by_role("region", name="서재")).to_contain_text("공기청정기")
    await page.get_by_role("button", name="서재 방 고치기").click()
    await page.get_by_role("button", name="위로").click()
    await expect(page.locator("#sheet")).to_be_hidden()
    home = load_home(home_file(hub))
    assert [room.id for room in home.rooms][-2:] == ["seojae", "utility"]
    assert home.room("seojae").floor == 2  # type: ignore[union-attr]
    await page.get_by_role("button", name="서재 방 고치기").click()
    await page.get_by_role("button", name="방 지우기").click()
    await page.get_by_label("어디로 옮길까요").select_option("아이방")
    await page.get_by_role("button", name="방 지우기").click()
    await expect(page.get_by_role("heading", name="서재", exact=True)).to_be_hidden()
    home = load_home(home_file(hub))
    assert home.room("seojae") is None
    assert home.device("air_purifier").room == "kids"  # type: ignore[union-attr]


async def test_two_who_edit_at_once_lose_nothing(hub: TestHub, browser: Chromium) -> None:
    page = await opened(hub, browser)
    await edited(page, "세탁기")
    await page.get_by_label("이름", exact=True).fill("빨래기")
    theirs = home_file(hub).read_text().replace("name: 로봇청소기", "name: 청소로봇")
    home_file(hub).write_text(theirs)
    await save(page)
    await expect(page.get_by_role("alert")).to_contain_text("그사이 다른 사람이 집 파일을 바꿨어요")
    assert home_file(hub).read_text() == theirs
    await expect(page.get_by_label("이름", exact=True)).to_have_value("빨래기")
    await save(page)
    await expect(page.locator("#sheet")).to_be_hidden()
    assert home_file(hub).read_text() == theirs.replace("name: 세탁기", "name: 빨래기")


async def test_a_broken_home_file_is_told_and_not_written(hub: TestHub, browser: Chromium) -> None:
    page = await opened(hub, browser)
    await edited(page, "세탁기")
    await page.get_by_label("이름", exact=True).fill("빨래기")
    broken = home_file(hub).read_text().replace("type: washer", "type: wahser")
    home_file(hub).write_text(broken)
    await save(page)
    await expect(page.get_by_role("alert").first).to_contain_text("혹시 'washer'인가요?")
    assert home_file(hub).read_text() == broken
    await page.reload()
    await expect(page.get_by_text("집 파일에 고칠 곳이 있어서")).to_be_visible()
    await expect(page.get_by_role("button", name="방 추가")).to_be_hidden()
    home_file(hub).write_text(broken.replace("wahser", "washer"))
    await page.get_by_role("button", name="다시 읽기").click()
    await expect(page.get_by_role("heading", name="거실", exact=True)).to_be_visible()


async def test_a_sentence_is_explained_and_nothing_is_done(hub: TestHub, browser: Chromium) -> None:
    page = await opened(hub, browser)
    await page.get_by_label("어떻게 알아듣는지 보기").fill("안방 불 밝기 40으로 해줘")
    await expect(page.locator(".part.value")).to_contain_text("40")
    await expect(page.get_by_text("이렇게 할 거예요")).to_be_visible()
    await page.get_by_label("어떻게 알아듣는지 보기").fill("아무 말 대잔치")
    await expect(page.get_by_text("이렇게 할 거예요")).to_be_hidden()
    assert not [topic for topic, _ in hub.listener.heard if topic.startswith("jipsa/intent/")]


async def test_a_satellite_is_tried_and_tells_how_far_it_is(hub: TestHub, browser: Chromium) -> None:
    page = await opened(hub, browser)
    bus = hub.listener.bus
    bus.publish(Topic.satellite("kitchen"), SatelliteState(state="idle", room="주방").to_payload(), retain=True)
    building = SatelliteGraph(state="building", done=3, of=12)
    bus.publish(Topic.satellite("kitchen", "graph"), building.to_payload(), retain=True)
    await expect(page.get_by_role("progressbar")).to_have_js_property("position", 0.25)
    ready = SatelliteGraph(state="ready", phrases=4538, unsayable=["뷁뷁"])
    bus.publish(Topic.satellite("kitchen", "graph"), ready.to_payload(), retain=True)
    await expect(page.get_by_text("4,538가지를 알아들어요")).to_be_visible()
    await page.get_by_text("들을 수 없는 말 1가지").click()
    await expect(page.get_by_text("뷁뷁")).to_be_visible()
    await page.get_by_role("button", name="주방 (kitchen)에서 듣기").click()
    await hub.listener.until(lambda topic, _: topic == Topic.satellite("kitchen", "listen"))
    bus.publish(Topic.satellite("kitchen", "partial"), SatellitePartial(text="거실 불").to_payload())
    await expect(page.locator(".setup-partial")).to_have_text("거실 불…")
    bus.publish(Topic.satellite("kitchen", "partial"), SatellitePartial(text="").to_payload())
    heard = SatelliteHeard(text="거실 불", refused="low_confidence", confidence=0.42, loudness=-23.0)
    bus.publish(Topic.satellite("kitchen", "heard"), heard.to_payload())
    await expect(page.get_by_text("“거실 불”")).to_be_visible()
    await expect(page.get_by_text("42%")).to_be_visible()


async def test_bridges_tell_how_they_fare(hub: TestHub, browser: Chromium) -> None:
    page = await opened(hub, browser)
    bridge = page.locator("details", has_text="LG ThinQ")
    await expect(bridge).to_contain_text("연결됨")
    await bridge.locator("summary").click()
    await expect(bridge.get_by_text("메모리")).to_be_visible()
    line = {"level": "warning", "message": "구름이 멀어요", "logged_at": "2026-11-28T12:00:00Z"}
    hub.listener.bus.publish(Topic.bridge("thinq", "log"), json.dumps(line).encode())
    await expect(bridge.get_by_text("구름이 멀어요")).to_be_visible()
