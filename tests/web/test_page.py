"""The page around its views: it opens, speaks two languages, comes back when it was lost, and keeps others out."""

from __future__ import annotations

from pathlib import Path

import pytest
from brokers import TestBroker, free_port
from playwright.async_api import Page, Request, expect
from web.pages import PHONE, WIDE, Chromium, TestHub, needs_chromium, running_hub, serious

from hub.web.access import set_password
from hub.web.server import STATIC
from hub.web.service import Web

pytestmark = needs_chromium

VIEWS = ("home", "conversation", "assistant", "charts", "setup")

WEIGHT, WHOLE = 140_000, 260_000
"""Bytes of the page when it is opened, and with all its views."""


async def show(page: Page, view: str) -> None:
    await page.click(f'#tabs a[href="#/{view}"]')
    await page.wait_for_selector(f'#tabs a[href="#/{view}"][aria-current="page"]')
    await page.locator("#view > *").first.wait_for(state="attached")


async def say(page: Page, sentence: str) -> None:
    field = page.locator("#talk input").first
    await field.fill(sentence)
    await field.press("Enter")


async def test_a_sentence_that_is_typed_switches_a_light(hub: TestHub, browser: Chromium) -> None:
    page = await browser.open(hub.url)
    await say(page, "거실 불 파란색으로 켜줘")
    await hub.state("living_light", power=True, color="blue")
    await expect(page.get_by_text("거실등을 파란색으로").first).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_in_any_view_hinders_anybody(
    hub: TestHub, browser: Chromium, size: dict[str, int], scheme: str
) -> None:
    """axe-core finds nothing that is serious or critical."""
    page = await browser.open(hub.url, size, color_scheme=scheme)
    await say(page, "거실 불 파란색으로 켜줘")
    await say(page, "5분 타이머 맞춰줘")
    await hub.state("timers", count=1)
    found = []
    for view in VIEWS:
        await show(page, view)
        found += [
            (view, violation["id"], violation["impact"], node["html"][:200], node["failureSummary"][:300])
            for violation in await serious(page)
            for node in violation["nodes"]
        ]
    browser.faults.clear()  # axe tries styles that the page does not let it have
    assert not found, "\n".join(map(str, found))


async def test_the_page_is_light_and_asks_nobody_else(hub: TestHub, browser: Chromium) -> None:
    page = await (await browser.context()).new_page()
    browser.watch(page)
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    weights: dict[str, int] = {}

    async def weigh(request: Request) -> None:
        response = await request.response()
        print(request.url, response.status if response else None)
        if response is not None and response.ok:
            weights[request.url] = len(await response.body())

    page.on("requestfinished", weigh)
    await page.goto(hub.url)
    await page.wait_for_selector("#view .card")
    await page.wait_for_load_state("networkidle")
    assert 50_000 < sum(weights.values()) < WEIGHT, sorted(weights.items(), key=lambda one: -one[1])
    for view in VIEWS:
        await show(page, view)
    await page.wait_for_load_state("networkidle")
    assert hosts == {hub.url.removeprefix("http://")}
    assert sum(weights.values()) < WHOLE, sorted(weights.items(), key=lambda one: -one[1])


async def test_every_file_of_the_page_is_wanted() -> None:
    """Nothing is served that no other file names."""
    texts = {path: path.read_text() for path in STATIC.rglob("*") if path.is_file()}
    for path in texts:
        named = [other for other, text in texts.items() if other != path and path.name in text]
        view = path.parent.name == "views" and path.stem in VIEWS
        assert named or view or path.name in {"index.html", "login.html"}, path


async def test_the_language_is_chosen_here_and_remembered(hub: TestHub, browser: Chromium) -> None:
    page = await browser.open(hub.url)
    await expect(page.locator("h1")).to_have_text("우리 집")
    await page.get_by_label("Switch to English").click()
    await expect(page.locator("h1")).to_have_text("Home")
    await page.reload()
    await expect(page.locator("h1")).to_have_text("Home")
    assert await page.evaluate("document.documentElement.lang") == "en"


async def test_a_page_that_lost_its_hub_comes_back_and_knows_what_happened(hub: TestHub, browser: Chromium) -> None:
    page_settings = hub.settings.web.model_copy(update={"port": free_port()})
    settings = hub.settings.model_copy(update={"web": page_settings})
    served = Web(settings, hub.config)
    async with served.serving():
        page = await browser.open(served.url)
        await say(page, "거실 불 꺼줘")
        await hub.state("living_light", power=False)
        await expect(page.get_by_text("연결이 끊겼어요")).to_have_count(0)
    await expect(page.get_by_text("연결이 끊겼어요")).to_be_visible()
    await say(page, "거실 불 켜줘")  # nobody hears it, and it is said so
    await expect(page.get_by_text("연결되어 있지 않아요").first).to_be_visible()
    browser.faults.clear()  # the browser tells of connections that were refused
    async with Web(settings, hub.config).serving():
        await expect(page.get_by_text("연결이 끊겼어요")).to_have_count(0, timeout=15_000)
        await say(page, "안방 불 초록색으로 켜줘")
        await hub.state("bedroom_light", power=True, color="green")
        browser.faults.clear()


async def test_everybody_else_gives_the_password(tmp_path: Path, browser: Chromium) -> None:
    broker = TestBroker("amqtt", tmp_path)
    await broker.start()
    async with running_hub(broker, tmp_path, trust_localhost=False) as hub:
        page = await (await browser.context()).new_page()
        browser.watch(page)
        await page.goto(hub.url)
        assert page.url.endswith("/login")
        await page.fill("input[name=password]", "아무거나 눌러 봄")
        await page.click("button")
        await expect(page.get_by_role("alert")).to_contain_text("jipsa web password")
        set_password(hub.settings.state_dir, "우리집 2026!")
        await page.click("button")
        await expect(page.get_by_role("alert")).to_contain_text("다르거나")
        assert not [violation["id"] for violation in await serious(page)]
        browser.faults.clear()  # the browser tells of the two refusals
        await page.fill("input[name=password]", "우리집 2026!")
        await page.click("button")
        await page.wait_for_selector("#tabs .tab")
        await say(page, "거실 불 켜줘")
        await hub.state("living_light", power=True)
        await page.get_by_role("button", name="나가기").click()
        await expect(page.get_by_label("비밀번호")).to_be_visible()
        await page.goto(hub.url)
        assert page.url.endswith("/login")
    await broker.stop()
    browser.faults.clear()
