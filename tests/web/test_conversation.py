"""The conversation and the bar: sentences and their way, what is heard now, and what is said to the page."""

from __future__ import annotations

import re
from typing import Any

from playwright.async_api import Locator, Page, expect
from web.pages import PHONE, Chromium, TestHub, needs_chromium

from hub.messages import (
    About,
    BridgeInfo,
    Error,
    ErrorCode,
    Intent,
    Property,
    Reply,
    SatelliteHeard,
    SatellitePartial,
    Say,
    Topic,
    Utterance,
)

pytestmark = needs_chromium


async def talking(hub: TestHub, browser: Chromium, **options: Any) -> Page:
    page: Page = await browser.open(f"{hub.url}/#/conversation", PHONE, **options)
    return page


async def write(page: Page, sentence: str) -> None:
    field = page.get_by_label("처럼 말해 보세요")
    await field.fill(sentence)
    await field.press("Enter")


async def say(page: Page, sentence: str) -> Locator:
    """Type a sentence; its place in the conversation, once it was answered."""
    await write(page, sentence)
    exchange = page.locator(".exchange").filter(has=page.get_by_role("button", name=sentence)).last
    await expect(exchange.locator(".reply")).to_be_visible()
    return exchange


async def with_heater(hub: TestHub) -> None:
    """A switch of a bridge that this test is."""
    bus = hub.listener.bus
    bus.publish("jipsa/bridge/careful/state", b'{"state": "online"}', retain=True)
    bus.publish(
        Topic.bridge("careful", "info"), BridgeInfo(version="1", contract="1.1", devices=["heater"]), retain=True
    )
    power = {"power": Property(type="boolean", writable=True)}
    heater = About(id="heater", bridge="careful", type="switch", name="온열기", properties=power)
    bus.publish(Topic.device("heater", "about"), heater, retain=True)
    await hub.listener.until(lambda topic, payload: topic == Topic.HOME and b"heater" in payload)


async def refuse(hub: TestHub, code: ErrorCode, message: str) -> None:
    """The reply to what it is asked to do."""
    intent = Intent.from_payload(*await hub.listener.until(lambda topic, _: topic == Topic.intent("careful")))
    error = Error(code=code, message=message)
    hub.listener.bus.publish(Topic.reply(intent.id), Reply(id=intent.id, bridge="careful", ok=False, error=error))


async def scrolled(page: Page) -> dict[str, float]:
    found: dict[str, float] = await page.eval_on_selector(
        "#view", "view => ({ top: view.scrollTop, left: view.scrollHeight - view.clientHeight - view.scrollTop })"
    )
    return found


async def test_a_sentence_opens_into_its_way(hub: TestHub, browser: Chromium) -> None:
    page = await talking(hub, browser)
    exchange = await say(page, "거실 불을 파란색으로 바꿔줘")
    await hub.state("living_light", power=True, color="blue")
    opener = exchange.get_by_role("button", name="거실 불을")
    await expect(opener).to_have_attribute("aria-expanded", "false")
    await opener.click()
    await expect(opener).to_have_attribute("aria-expanded", "true")
    way = exchange.locator(".way")
    assert await way.locator(".parts").inner_text() == "거실 불을\n기기\n파란색으로\n색\n바꿔줘\n동작"
    await expect(way.locator("code")).to_have_text("HassLightSet")
    await expect(way).to_contain_text("gpio")
    await expect(way).to_contain_text("거실등")
    await expect(way.locator(".outcome.good")).to_be_visible()
    await expect(way.locator(".changes")).to_contain_text("색: 파란색")
    steps = await way.locator(".meter").all_inner_texts()
    names = [step.split("\n")[0] for step in steps]
    assert names == ["이해", "명령", "gpio 실행", "대답"]
    times = [float(re.search(r"([\d.,]+) ms", step)[1].replace(",", "")) for step in steps]  # type: ignore[index]
    total = re.search(r"([\d.,]+) ms", await way.locator(".total").inner_text())
    assert total is not None
    assert sum(times) > 0
    assert abs(sum(times) - float(total[1].replace(",", ""))) < len(steps)
    await opener.click()
    await expect(way).to_have_count(0)


async def test_what_failed_says_why_and_is_found(hub: TestHub, browser: Chromium) -> None:
    page = await talking(hub, browser)
    await say(page, "거실 불 켜줘")
    refused = await say(page, "로보트 돌려줘")
    await refused.get_by_role("button", name="로보트").click()
    await expect(refused.locator(".part.unexplained")).to_contain_text("로보트")
    await expect(refused.locator(".outcome.bad")).to_have_text("그런 기기나 방이 없어요")
    await page.get_by_role("button", name="안 된 것", exact=True).click()
    await expect(page.locator(".exchange")).to_have_count(1)
    unheard = SatelliteHeard(text="안방 불", refused="incomplete", confidence=0.42, loudness=-47.5)
    hub.listener.bus.publish(Topic.satellite("bedroom", "heard"), unheard)
    heard = page.locator(".exchange").nth(1)
    await expect(heard.locator(".reply")).to_have_text("말이 끝나지 않은 것 같아요")
    await heard.get_by_role("button").click()
    await expect(heard.locator(".meter")).to_have_text([re.compile("크기.*-47.5 dB"), re.compile("확신.*42%")])
    await expect(heard.locator(".track.fair")).to_have_count(2)
    await page.get_by_role("button", name="이 화면", exact=True).click()
    await expect(page.locator(".exchange")).to_have_count(2)


async def test_an_error_of_a_bridge_is_told(hub: TestHub, browser: Chromium) -> None:
    await with_heater(hub)
    page = await talking(hub, browser)
    await write(page, "온열기 켜줘")
    await refuse(hub, ErrorCode.DEVICE_ERROR, "온열기가 넘어져 있어요.")
    exchange = page.locator(".exchange")
    await expect(exchange.locator(".reply.failed")).to_contain_text("넘어져")
    await exchange.get_by_role("button").click()
    await expect(exchange.locator(".outcome.bad")).to_have_text("온열기가 넘어져 있어요.")
    await page.get_by_role("button", name="안 된 것", exact=True).click()
    await expect(exchange).to_have_count(1)


async def test_the_reader_stays_where_they_are(hub: TestHub, browser: Chromium) -> None:
    page = await talking(hub, browser)
    for number in range(15):
        utterance = Utterance(text=f"{number + 1}번째 말", satellite=f"elsewhere-{number}")
        hub.listener.bus.publish(Topic.UTTERANCE, utterance)
    await expect(page.locator(".reply")).to_have_count(15)
    await page.wait_for_function("() => document.getElementById('view').scrollTop > 500")
    assert (await scrolled(page))["left"] < 2
    await expect(page.get_by_label("최근 대화로")).to_have_count(0)
    await page.hover(".chat")
    await page.mouse.wheel(0, -600)
    await expect(page.get_by_label("최근 대화로")).to_be_visible()
    before = await scrolled(page)
    await say(page, "지금 몇 시야")
    assert (await scrolled(page))["top"] == before["top"]
    await page.get_by_label("최근 대화로").click()
    await expect(page.get_by_label("최근 대화로")).to_have_count(0)
    assert (await scrolled(page))["left"] < 2
    await say(page, "오늘 며칠이야")
    await page.wait_for_function("""() => {
        const { scrollHeight, clientHeight, scrollTop } = document.getElementById("view");
        return scrollHeight - clientHeight - scrollTop < 2;
    }""")


async def test_words_show_while_they_are_said_elsewhere(hub: TestHub, browser: Chromium) -> None:
    page = await talking(hub, browser)
    topic = Topic.satellite("kitchen", "partial")
    hub.listener.bus.publish(topic, SatellitePartial(text="주방 콘센트"))
    await expect(page.locator(".said.now")).to_contain_text("주방 콘센트")
    await expect(page.get_by_text("kitchen에서 듣는 중")).to_be_visible()
    hub.listener.bus.publish(topic, SatellitePartial(text=""))
    await expect(page.locator(".said.now")).to_have_count(0)


async def test_sentences_come_back_into_the_field(hub: TestHub, browser: Chromium) -> None:
    page = await talking(hub, browser)
    for sentence in ("거실 불 켜줘", "안방 불 켜줘", "안방 불 켜줘"):
        await say(page, sentence)
    field = page.get_by_label("처럼 말해 보세요")
    for key, text in (
        ("ArrowUp", "안방 불 켜줘"),
        ("ArrowUp", "거실 불 켜줘"),
        ("ArrowUp", "거실 불 켜줘"),
        ("ArrowDown", "안방 불 켜줘"),
        ("ArrowDown", ""),
    ):
        await field.press(key)
        await expect(field).to_have_value(text)


async def test_what_was_done_can_be_undone_with_a_button(hub: TestHub, browser: Chromium) -> None:
    page = await browser.open(f"{hub.url}/#/assistant")
    await write(page, "안방 불 켜줘")
    await hub.state("bedroom_light", power=True)
    bubble = page.locator(".bubble")
    await expect(bubble.locator(".answer")).to_have_text("안방등을 켰어요.")
    hub.listener.heard.clear()
    await bubble.get_by_role("button", name="되돌리기").click()
    await hub.state("bedroom_light", power=False)
    await expect(bubble).to_contain_text("“되돌려줘”")


async def test_a_question_is_answered_with_a_button(hub: TestHub, browser: Chromium) -> None:
    """A bridge wants a yes before it acts."""
    await with_heater(hub)
    page = await talking(hub, browser)
    await write(page, "온열기 켜줘")
    await refuse(hub, ErrorCode.CONFIRM, "온열기는 뜨거워요. 켤까요?")
    await expect(page.locator(".reply.asks")).to_contain_text("켤까요?")
    await page.get_by_role("button", name="네", exact=True).click()
    await hub.listener.until(lambda topic, payload: topic == Topic.intent("careful") and b'"confirmed":true' in payload)


async def test_the_room_where_the_page_stands_is_meant_and_remembered(hub: TestHub, browser: Chromium) -> None:
    page = await talking(hub, browser)
    await page.get_by_label("이 화면이 있는 방").select_option("안방")
    await say(page, "불 켜줘")
    await hub.state("bedroom_light", power=True)
    await page.reload()
    await expect(page.get_by_label("이 화면이 있는 방")).to_have_value("bedroom")
    hub.listener.heard.clear()
    await say(page, "불 꺼줘")
    await hub.state("bedroom_light", power=False)


async def test_an_announcement_is_shown_on_every_view_and_spoken_where_wanted(hub: TestHub, browser: Chromium) -> None:
    page = await browser.open(hub.url)
    hub.listener.bus.publish(Topic.say("all"), Say(text="저녁 드세요"))
    await expect(page.locator(".bubble")).to_contain_text("저녁 드세요")
    await page.locator(".bubble").get_by_label("닫기").click()
    await expect(page.locator(".bubble")).to_have_count(0)
    hub.listener.bus.publish(Topic.say("elsewhere"), Say(text="다른 방에만 하는 말"))
    toggle = page.get_by_role("button", name="대답을 소리로도 듣기")
    await toggle.click()
    await expect(toggle).to_have_attribute("aria-pressed", "true")
    spoken = Say(text="비가 와요")
    async with page.expect_request(f"**/speech/{spoken.id}.wav"):
        hub.listener.bus.publish(Topic.say("all"), spoken)
    await expect(page.locator(".bubble")).to_have_text(["비가 와요"])
    await page.reload()
    await expect(toggle).to_have_attribute("aria-pressed", "true")
    browser.faults.clear()  # where there is no voice to speak with, the browser tells of it


async def test_what_rings_is_prominent_and_stopped_with_a_button(hub: TestHub, browser: Chromium) -> None:
    page = await browser.open(hub.url)
    await write(page, "일 초 타이머 맞춰줘")
    await hub.state("alarms", ringing=True)
    await expect(page.get_by_role("alert")).to_contain_text("타이머")
    hub.listener.heard.clear()
    await page.get_by_role("button", name="알람 끄기").click()
    await hub.state("alarms", ringing=False)
    await expect(page.get_by_role("alert")).to_have_count(0)


async def test_what_rang_and_was_stopped_elsewhere_is_gone(hub: TestHub, browser: Chromium) -> None:
    page = await browser.open(hub.url)
    await write(page, "일 초 타이머 맞춰줘")
    await expect(page.get_by_role("button", name="알람 끄기")).to_be_visible()
    hub.listener.bus.publish(Topic.UTTERANCE, Utterance(text="알람 꺼줘", satellite="kitchen"))
    await expect(page.get_by_role("alert")).to_have_count(0)
