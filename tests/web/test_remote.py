"""The page outside: over two real brokers the home is seen and asked, and nothing else of it is there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from brokers import MOSQUITTO
from playwright.async_api import Page, expect
from web.outsides import Away, Mosquitto, served_outside, settings_outside
from web.pages import PHONE, WIDE, Chromium, needs_chromium, serious
from web.sites import Visitor
from web.test_page import WEIGHT, say, show

from hub.remote.keys import make
from hub.web.outside import ASKING, OWN
from hub.web.service import Web

pytestmark = [
    needs_chromium,
    pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed (apt install mosquitto)"),
]

VIEWS = ("home", "conversation", "charts")


@pytest.fixture
async def away(tmp_path: Path) -> AsyncIterator[Away]:
    async with served_outside(tmp_path) as running:
        yield running


async def opened(browser: Chromium, away: Away, size: dict[str, int] = PHONE, **options: Any) -> Page:
    """The page outside, once it knows that the home is there, and what is in it."""
    page = await browser.open(away.url, size, **options)
    await expect(page.get_by_text("집과 연결이 끊어졌어요")).to_have_count(0, timeout=30_000)
    await expect(card(page, "거실등")).to_be_visible(timeout=30_000)
    return page


def card(page: Page, name: str) -> Any:
    """The card of a device."""
    return page.locator("#view article", has_text=name).first


@asynccontextmanager
async def visiting(away: Away) -> AsyncIterator[Visitor]:
    """A page without a browser, outside."""
    url = f"{away.url}/ws?satellite=web-00000001"
    async with aiohttp.ClientSession() as client, client.ws_connect(url, origin=away.url, max_msg_size=0) as socket:
        yield Visitor(socket)


def was_on(away: Away, device: str) -> bool:
    """Whether a device in the home has been on at any time."""
    return any(json.loads(state)["power"] for state in away.hub.listener.all(f"jipsa/device/{device}/state"))


async def test_a_light_is_switched_from_outside(away: Away, browser: Chromium) -> None:
    page = await opened(browser, away)
    await expect(page.get_by_text("밖에서 보고 있어요")).to_be_visible()
    switch = page.get_by_role("switch", name="거실등").first
    await switch.click()
    await away.hub.state("living_light", power=True)
    await expect(switch).to_have_attribute("aria-checked", "true")


async def test_a_sentence_is_answered_outside(away: Away, browser: Chromium) -> None:
    page = await opened(browser, away)
    await say(page, "거실 불 파란색으로 켜줘")
    await away.hub.state("living_light", power=True, color="blue")
    await expect(page.locator("#talk").get_by_text("거실등을 파란색으로")).to_be_visible(timeout=20_000)
    said = await away.hub.listener.object("jipsa/utterance", text="거실 불 파란색으로 켜줘")
    assert (said["satellite"], said["source"]) == ("remote-mother", "remote")
    await show(page, "conversation")
    await page.locator("#view [aria-expanded]").first.click()
    await expect(page.locator(".way .outcome.good")).to_be_visible()


async def test_what_is_refused_is_told_in_the_words_of_the_home(away: Away, browser: Chromium) -> None:
    page = await opened(browser, away)
    switch = page.get_by_role("switch", name="안방등").first
    await switch.click()
    await expect(page.locator("#toasts").get_by_text("안방등: 이것은 밖에서 할 수 없어요.")).to_be_visible(
        timeout=20_000
    )
    await expect(switch).to_have_attribute("aria-checked", "false")
    assert not was_on(away, "bedroom_light")


@pytest.mark.parametrize(("answer", "done"), [("네", True), ("아니요", False)])
async def test_somebody_in_the_home_is_asked_and_outside_it_is_told(
    away: Away, browser: Chromium, answer: str, done: bool
) -> None:
    page = await opened(browser, away)
    inside = await browser.open(away.hub.url)
    await say(page, "주방 콘센트 켜줘")
    await expect(page.locator("#talk").get_by_text("집에 있는 사람의 대답을 기다리고 있어요")).to_be_visible(
        timeout=20_000
    )
    question = inside.locator("#talk .bubble", has_text="밖에서")
    await expect(question).to_be_visible(timeout=20_000)
    assert not was_on(away, "kitchen_plug")
    await question.get_by_role("button", name=answer, exact=True).click()
    await expect(page.locator("#talk").get_by_text("기다리고 있어요")).to_have_count(0, timeout=20_000)
    if done:
        await away.hub.state("kitchen_plug", power=True)
    await show(page, "conversation")
    await expect(page.locator("#view .exchange .reply")).to_have_count(2, timeout=20_000)
    assert was_on(away, "kitchen_plug") is done


async def test_a_home_that_was_cut_off_is_said_to_be_and_comes_back(away: Away, browser: Chromium) -> None:
    page = await opened(browser, away)
    away.line.cut()
    await expect(page.locator("#away").get_by_text("집과 연결이 끊어졌어요")).to_be_visible(timeout=30_000)
    await expect(card(page, "거실등")).to_be_visible()  # as it was last known
    await say(page, "거실 불 켜줘")
    await expect(page.locator("#toasts").get_by_text("집과 연결이 끊어졌어요")).to_be_visible(timeout=5_000)
    await page.get_by_role("switch", name="거실등").first.click()
    await expect(page.locator("#toasts").get_by_text("집과 연결이 끊어졌어요")).to_have_count(2, timeout=5_000)
    await away.line.mend()
    await expect(page.locator("#away").get_by_text("집과 연결이 끊어졌어요")).to_have_count(0, timeout=60_000)
    # What failed while it was cut off is not done when it is back.
    assert not was_on(away, "living_light")
    await say(page, "거실 불 초록색으로 켜줘")
    await away.hub.state("living_light", power=True, color="green")


async def test_a_page_whose_broker_is_gone_says_so(tmp_path: Path, browser: Chromium) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(make("mother").secret)
    nowhere = Mosquitto(tmp_path / "never")
    page = Web(settings_outside(nowhere, tmp_path, key_file), None)
    async with page.serving():
        seen = await browser.open(page.url)
        await expect(seen.locator("#away").get_by_text("집과 연결이 끊어졌어요")).to_be_visible()


async def test_nothing_of_the_homes_own_is_offered_outside(away: Away, browser: Chromium) -> None:
    page = await opened(browser, away)
    assert await page.locator("#tabs .tab").all_inner_texts() == ["우리 집", "대화", "기록"]
    await page.goto(f"{away.url}/#/setup")
    await expect(page.locator("h1")).to_have_text("우리 집")
    await expect(page.get_by_label("이 화면이 있는 방")).to_have_count(0)
    async with visiting(away) as visitor:
        hello = await visitor.told("hello")
        assert (hello["linked"], hello["satellites"], hello["sentences"]) == (True, {}, [])
        inside = set(away.hub.web._calls)
        assert set(ASKING) | set(OWN) < inside
        for call in sorted(inside - set(ASKING) - set(OWN)):
            assert (await visitor.call(call))["error"]["code"] == "unknown_call", call


async def test_what_is_said_in_the_home_is_not_seen_outside(away: Away, browser: Chromium) -> None:
    page = await opened(browser, away)
    inside = await browser.open(away.hub.url)
    await say(inside, "거실 불 초록색으로 켜줘")
    await away.hub.state("living_light", power=True, color="green")
    await expect(page.get_by_role("switch", name="거실등").first).to_have_attribute(
        "aria-checked", "true", timeout=20_000
    )
    await show(page, "conversation")
    await expect(page.locator("#view .empty")).to_be_visible()
    # And in the home it is seen who spoke from outside.
    await say(page, "거실 불 꺼줘")
    await show(inside, "conversation")
    await expect(inside.locator("#view").get_by_text("mother · 밖에서")).to_be_visible(timeout=20_000)


async def test_charts_are_kept_of_what_is_seen_outside(away: Away) -> None:
    async with visiting(away) as visitor, asyncio.timeout(30):
        series: list[str] = []
        while "living_ac/current_temperature" not in series:
            await away.page.history.flush(whole=False)
            told = await visitor.call("history", kind="temperature", hours=24)
            series = told["data"]["series"]
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_outside_hinders_anybody(
    away: Away, browser: Chromium, size: dict[str, int], scheme: str
) -> None:
    page = await opened(browser, away, size, color_scheme=scheme)
    await say(page, "거실 불 파란색으로 켜줘")
    await away.hub.state("living_light", power=True, color="blue")
    found = []
    for linked in (True, False):
        if not linked:
            away.line.cut()
            await expect(page.locator("#away").get_by_text("집과 연결이 끊어졌어요")).to_be_visible(timeout=30_000)
        for view in VIEWS:
            await show(page, view)
            found += [
                (view, linked, violation["id"], node["html"][:200])
                for violation in await serious(page)
                for node in violation["nodes"]
            ]
    browser.faults.clear()  # axe tries styles that the page does not let it have
    assert not found, "\n".join(map(str, found))


async def test_the_page_outside_is_as_light(away: Away, browser: Chromium) -> None:
    page = await (await browser.context()).new_page()
    weights: dict[str, int] = {}

    async def weigh(response: Any) -> None:
        if response.ok:
            weights[response.url] = len(await response.body())

    page.on("response", weigh)
    await page.goto(away.url)
    await page.wait_for_selector("#view .card")
    await page.wait_for_load_state("networkidle")
    assert 50_000 < sum(weights.values()) < WEIGHT, sorted(weights.items(), key=lambda one: -one[1])
