"""The view of the assistant: what is pressed is done, what is done elsewhere is seen, and the right one is hit."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.async_api import Locator, Page, expect
from web.pages import Chromium, TestHub, needs_chromium

from hub.messages import About, Intent, Property, SatelliteState, Topic

pytestmark = needs_chromium


async def view(hub: TestHub, browser: Chromium, **options: Any) -> Page:
    """The view, once it knows what there is."""
    page = await browser.open(f"{hub.url}/#/assistant", **options)
    await page.wait_for_selector(".assistant")
    return page


async def done(hub: TestHub, intent: str, **slots: Any) -> str:
    """What the assistant answers to an intent that came from elsewhere."""
    sent = Intent(intent=intent, slots=slots)
    hub.listener.bus.publish(Topic.intent("genie"), sent)
    return str((await hub.listener.object(Topic.reply(sent.id), ok=True))["say"])


def part(page: Page, name: str) -> Locator:
    """The card with this heading."""
    return page.get_by_role("region", name=name, exact=True)


def sentences(hub: TestHub) -> list[str]:
    """All that was said to the butler."""
    return [json.loads(payload)["text"] for payload in hub.listener.all(Topic.UTTERANCE)]


async def test_a_timer_is_started_and_counts_down(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    await part(page, "타이머").get_by_role("button", name="3분 타이머 시작").click()
    state = await hub.state("timers", count=1)
    assert state["next_name"] == "3분 타이머"
    left = part(page, "타이머").get_by_role("timer")
    await expect(left).to_have_text(re.compile("2:5[0-8]"))
    shown = await left.text_content()
    await expect(left).not_to_have_text(shown or "")


async def test_a_timer_counts_by_the_clock_of_the_hub(hub: TestHub, browser: Chromium) -> None:
    """The clock of the browser is two days late."""
    await done(hub, "HassStartTimer", minutes=3)
    page = await (await browser.context()).new_page()
    browser.watch(page)
    await page.add_init_script("const now = Date.now; Date.now = () => now() - 2 * 24 * 3600 * 1000;")
    await page.goto(f"{hub.url}/#/assistant")
    await expect(part(page, "타이머").get_by_role("timer")).to_have_text(re.compile("2:[45]."))


async def test_a_timer_with_a_name_is_described_in_a_sheet(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    await page.get_by_role("button", name="새 타이머").click()
    await page.get_by_label("분", exact=True).fill("4")
    await page.get_by_label("이름").fill("라면")
    await page.get_by_role("button", name="저장").click()
    assert (await hub.state("timers", count=1))["next_name"] == "라면 타이머"
    await expect(page.locator("#sheet")).to_be_hidden()
    await page.get_by_role("button", name="새 타이머").click()
    await expect(page.get_by_label("이름")).to_have_value("")


async def test_of_two_timers_that_are_alike_the_one_that_was_meant_is_hit(hub: TestHub, browser: Chromium) -> None:
    await done(hub, "HassStartTimer", minutes=10)
    page = await view(hub, browser)
    rows = part(page, "타이머").get_by_role("listitem")
    await expect(rows.nth(0).get_by_role("timer")).to_have_text(re.compile("9:5."))
    await done(hub, "HassStartTimer", minutes=10)
    await expect(rows).to_have_count(2)
    await rows.nth(1).get_by_role("button", name="10분 타이머 잠시 멈춤").click()
    await expect(rows.nth(1).get_by_role("button", name="10분 타이머 계속하기")).to_be_visible()
    await rows.nth(0).get_by_role("button", name="10분 타이머 취소").click()
    await expect(rows).to_have_count(1)
    await expect(rows.get_by_role("button", name="10분 타이머 계속하기")).to_be_visible()
    await rows.get_by_role("button", name="1분 늘리기").click()
    await expect(rows.get_by_role("timer")).to_have_text(re.compile("10:5.|11:00"))
    state = await hub.state("timers", count=1, next_name=None)  # the one that stands still has no end
    assert state["next_ends_at"] is None


async def test_what_is_done_elsewhere_is_seen(hub: TestHub, browser: Chromium) -> None:
    """Also what no property of the assistant's devices shows: that the second of two timers stands still."""
    await done(hub, "HassStartTimer", minutes=5)
    await done(hub, "HassStartTimer", minutes=20, name="빨래")
    page = await view(hub, browser)
    await expect(part(page, "타이머").get_by_role("listitem")).to_have_count(2)
    await done(hub, "HassPauseTimer", name="빨래")
    await expect(page.get_by_role("button", name="빨래 타이머 계속하기")).to_be_visible()


async def test_an_alarm_is_set_and_its_days_are_turned_on(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    await page.get_by_role("button", name="새 알람").click()
    await page.get_by_label("시각").fill("07:30")
    await page.get_by_label("이름").fill("출근")
    await page.get_by_role("button", name="저장").click()
    await hub.state("alarms", count=1)
    await expect(page.locator("#sheet")).to_be_hidden()
    row = part(page, "알람").get_by_role("listitem")
    await expect(row).to_contain_text("오전 7:30")
    for day in ("토", "일"):
        await row.get_by_role("button", name=day, exact=True).click()
        await expect(row.get_by_role("button", name=day, exact=True)).to_have_attribute("aria-pressed", "true")
    assert await done(hub, "JipsaGetAlarms") == "주말 오전 7시 30분 출근 알람이 있어요."
    await row.get_by_role("button", name="취소").click()
    await hub.state("alarms", count=0)
    await expect(row).to_have_count(0)


async def test_what_rings_is_silenced(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    await done(hub, "HassStartTimer", seconds=1, name="달걀")
    await expect(part(page, "달걀 타이머가 끝났어요.")).to_contain_text("달걀 타이머가 끝났어요.")
    await page.get_by_role("button", name="5분 뒤에 다시").click()
    await expect(part(page, "달걀 타이머가 끝났어요.")).to_have_count(0)
    await expect(part(page, "타이머").get_by_role("timer")).to_contain_text("4:")
    await done(hub, "HassStartTimer", seconds=1, name="국")
    await part(page, "국 타이머가 끝났어요.").get_by_role("button", name="끄기").click()
    await expect(part(page, "국 타이머가 끝났어요.")).to_have_count(0)
    await hub.state("alarms", ringing=False)


async def test_a_reminder_is_taken_and_cancelled(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    await page.get_by_role("button", name="새 알림").click()
    await page.get_by_label("무엇을 알려 드릴까요?").fill("빨래 널기")
    await page.get_by_role("button", name="30분 뒤").click()
    assert (await hub.state("reminders", count=1))["next_name"] == "빨래 널기"
    await page.get_by_role("button", name="빨래 널기 취소").click()
    await expect(part(page, "알림")).to_contain_text("알려 드릴 것이 없어요")


async def test_things_are_written_on_a_list_and_ticked_off(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    shopping = part(page, "쇼핑 목록")
    await shopping.get_by_role("textbox").fill("우유, 딸기 우유")
    await shopping.get_by_role("textbox").press("Enter")
    await hub.state("shopping_list", items="우유, 딸기 우유")
    await expect(shopping.get_by_role("textbox")).to_have_value("")
    await shopping.get_by_role("checkbox", name="우유", exact=True).click()
    await hub.state("shopping_list", items="딸기 우유")
    await expect(shopping.get_by_role("checkbox")).to_have_count(1)
    await shopping.get_by_role("button", name="딸기 우유 지우기").click()
    await hub.state("shopping_list", count=0)
    await expect(shopping.get_by_role("checkbox")).to_have_count(0)


async def test_a_routine_is_a_button(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    hub.listener.bus.publish(Topic.device("living_light", "set/power"), "true")
    await hub.state("living_light", power=True)
    hub.listener.heard.clear()
    await page.get_by_role("button", name="외출").click()
    await hub.state("living_light", power=False)
    await expect(page.get_by_text("잘 다녀오세요")).to_be_visible()
    assert "불 다 꺼줘" in sentences(hub)


async def test_what_waits_for_later_is_shown_and_cancelled(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    await done(hub, "HassStartTimer", hours=2, conversation_command="불 다 꺼줘")
    await page.get_by_role("button", name="“불 다 꺼줘” 취소").click()
    await hub.state("timers", count=0)
    await expect(part(page, "나중에 할 일")).to_have_count(0)


async def test_what_plays_is_shown_and_steered(hub: TestHub, browser: Chromium) -> None:
    """A player of any bridge, while it plays."""
    bus = hub.listener.bus
    string, switch = Property(type="string"), Property(type="boolean", writable=True)
    properties = {
        "playback": Property(type="enum", values=["playing", "paused", "stopped"]), "title": string, "artist": string,
        "operation": Property(type="enum", values=["play", "pause", "next"], writable=True), "muted": switch,
        "volume": Property(type="integer", min=0, max=100, step=1, writable=True),
    }  # fmt: skip
    about = About(id="radio1", bridge="other", type="media_player", name="라디오", properties=properties)
    bus.publish(Topic.bridge("other", "state"), '{"state": "online"}', retain=True)
    bus.publish(Topic.device("radio1", "about"), about, retain=True)
    bus.publish(Topic.device("radio1", "available"), "online", retain=True)
    playing = {"playback": "playing", "title": "밤편지", "artist": "아이유", "volume": 30, "muted": False}
    bus.publish(Topic.device("radio1", "state"), json.dumps(playing), retain=True)
    page = await view(hub, browser)
    player = part(page, "라디오")
    await expect(player).to_contain_text("밤편지")
    await expect(player).to_contain_text("아이유")
    await player.get_by_role("button", name="라디오 잠시 멈춤").click()
    assert (await hub.listener.object(Topic.intent("other"), intent="JipsaSet"))["slots"] == {"operation": "pause"}
    await player.get_by_role("slider").fill("55")
    await hub.listener.object(Topic.intent("other"), slots={"volume": 55})
    bus.publish(Topic.device("radio1", "state"), json.dumps({**playing, "playback": "stopped"}), retain=True)
    await expect(player).to_have_count(0)


async def test_an_announcement_is_said_in_the_room(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    for satellite, room in (("living", "거실"), ("bedroom", "안방")):
        there = SatelliteState(state="idle", room=room)
        hub.listener.bus.publish(Topic.satellite(satellite), there, retain=True)
    await page.get_by_label("어디에 말할까요?").select_option("안방")
    await page.get_by_role("textbox", name="방송").fill("밥 먹으러 와")
    await page.get_by_role("button", name="방송하기").click()
    say = await hub.listener.object(Topic.say("bedroom"))
    assert say["text"] == "밥 먹으러 와"
    await page.get_by_label("어디에 말할까요?").select_option("모든 방")
    await page.get_by_role("textbox", name="방송").fill("택배 왔어요")
    await page.get_by_role("textbox", name="방송").press("Enter")
    assert (await hub.listener.object(Topic.say("all")))["text"] == "택배 왔어요"
    assert not hub.listener.all(Topic.say("living"))


async def test_everything_is_said_in_english(hub: TestHub, browser: Chromium) -> None:
    await done(hub, "JipsaSetAlarm", time="07:00", days="weekdays")
    page = await view(hub, browser)
    await page.get_by_label("Switch to English").click()
    await expect(part(page, "Alarms")).to_contain_text("7:00 AM")
    await expect(part(page, "Alarms")).to_contain_text("Weekdays")


async def test_without_the_assistant_the_view_says_so(hub: TestHub, browser: Chromium) -> None:
    page = await view(hub, browser)
    hub.listener.bus.publish(Topic.bridge("genie", "state"), '{"state": "offline"}', retain=True)
    await expect(page.get_by_text("비서가 지금 없어요")).to_be_visible()
    hub.listener.bus.publish(Topic.bridge("genie", "state"), '{"state": "online"}', retain=True)
    await expect(part(page, "타이머")).to_be_visible()
