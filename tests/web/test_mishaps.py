"""What goes wrong around a page: its hub goes, its connection falls silent, a bridge sends what would be script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from brokers import free_port
from conftest import Listener
from playwright.async_api import Locator, Page, WebSocketRoute, expect
from web.pages import PHONE, Chromium, needs_chromium
from web.sites import Site, serving

from hub.address import BrokerAddress
from hub.home import Home, Room
from hub.messages import (
    About,
    Error,
    ErrorCode,
    LogLine,
    Property,
    Reply,
    SatelliteGraph,
    SatelliteState,
    Say,
    ServiceState,
    Topic,
    Understood,
    Utterance,
)

pytestmark = needs_chromium

SWITCH = Property(type="boolean", writable=True)
DEGREES = Property(type="number", writable=True, min=16, max=30, step=0.5, unit="°C")
SHARE = Property(type="integer", writable=True, min=0, max=100, step=1, unit="%")

SCRIPT = '<img src=x onerror="pwned=1"><svg onload="pwned=1">'
AWAY = "연결이 끊겼어요"
VIEWS = ("home", "conversation", "assistant", "charts", "setup")


@pytest.fixture
async def site(broker: BrokerAddress, listener: Listener, tmp_path: Path) -> AsyncIterator[Site]:
    async with serving(broker, listener, tmp_path) as running:
        yield running


def announce(site: Site, about: About, **state: Any) -> None:
    """A device with its state, of a bridge that runs."""
    site.bus.publish(Topic.bridge(about.bridge, "state"), ServiceState(state="online"), retain=True)
    site.bus.publish(Topic.device(about.id, "about"), about, retain=True)
    site.bus.publish(Topic.device(about.id, "available"), b"online", retain=True)
    site.bus.publish(Topic.device(about.id, "state"), json.dumps(state).encode(), retain=True)


def card(page: Page, name: str) -> Locator:
    return page.locator("article.device").filter(has=page.get_by_text(name, exact=True))


def climate(site: Site) -> None:
    about = About(
        id="ac",
        bridge="other",
        type="climate",
        name="에어컨",
        properties={"power": SWITCH, "target_temperature": DEGREES},
    )
    announce(site, about, power=True, target_temperature=26)


async def test_what_a_bridge_says_is_never_script(site: Site, browser: Chromium) -> None:
    text = Property(type="string", name=SCRIPT)
    choice = Property(type="enum", writable=True, values=[SCRIPT, "b"], labels={"b": SCRIPT}, name=SCRIPT)
    about = About(
        id="evil", bridge="evil", type="light", name=SCRIPT, aliases=[SCRIPT], room=SCRIPT,
        properties={"power": SWITCH, "value": text, "option": choice, "color": choice},
    )  # fmt: skip
    announce(site, about, power=True, value=SCRIPT, option=SCRIPT, color=f"red;background:url({SCRIPT})", error=SCRIPT)
    site.bus.publish(Topic.HOME, Home(rooms=[Room(id="living", name=SCRIPT)]).to_json(), retain=True)
    site.bus.publish(Topic.satellite("kitchen"), SatelliteState(state="idle", room=SCRIPT), retain=True)
    graph = SatelliteGraph(state="ready", phrases=1, unsayable=[SCRIPT])
    site.bus.publish(Topic.satellite("kitchen", "graph"), graph, retain=True)
    page = await browser.open(site.web.url)
    await card(page, SCRIPT).wait_for()
    said = Utterance(text=SCRIPT, satellite="kitchen", source=SCRIPT)
    site.bus.publish(Topic.UTTERANCE, said)
    site.bus.publish(Topic.UNDERSTOOD, Understood(utterance_id=said.id, text=SCRIPT, refused="not_a_command"))
    site.bus.publish(Topic.say("kitchen"), Say(utterance_id=said.id, text=SCRIPT))
    site.bus.publish(Topic.say("all"), Say(text=SCRIPT, priority="alarm"))
    site.bus.publish(Topic.bridge("evil", "log"), LogLine(level="error", message=SCRIPT))
    await expect(page.locator(".bubble.alarm")).to_contain_text(SCRIPT)
    await card(page, SCRIPT).get_by_role("button", name="자세히").click()
    await expect(page.get_by_role("dialog")).to_contain_text(SCRIPT)
    await page.keyboard.press("Escape")
    for view in VIEWS:
        await page.click(f'#tabs a[href="#/{view}"]')
        await expect(page.locator(f'#tabs a[href="#/{view}"]')).to_have_attribute("aria-current", "page")
        await expect(page.locator("#view > *").first).to_be_attached()
        if view == "conversation":
            await page.locator(".said").click()
            await expect(page.locator(".reply")).to_contain_text(SCRIPT)
    await expect(page.locator("#view")).to_contain_text(SCRIPT)  # what cannot be heard, in the set-up
    assert await page.evaluate("typeof pwned") == "undefined"
    assert await page.locator("#view script, #view img, #sheet script, #talk img").count() == 0


async def test_a_view_that_is_wanted_while_the_hub_is_away_comes_with_it(
    broker: BrokerAddress, listener: Listener, tmp_path: Path, browser: Chromium
) -> None:
    port = free_port()
    async with serving(broker, listener, tmp_path, port=port) as site:
        page = await browser.open(site.web.url)
    await expect(page.get_by_text(AWAY)).to_be_visible()
    await page.click('#tabs a[href="#/charts"]')
    await expect(page.locator("#toasts")).to_contain_text("연결되어 있지 않아요")
    async with serving(broker, listener, tmp_path, port=port):
        await page.evaluate("dispatchEvent(new Event('online'))")  # it does not wait any longer
        await expect(page.locator("#view .charts")).to_be_visible()
        await expect(page.get_by_text(AWAY)).to_have_count(0)
    browser.faults.clear()  # the browser tells of connections that were refused


async def test_a_page_of_an_older_version_is_loaded_anew(site: Site, browser: Chromium) -> None:
    opened = await (await browser.context()).new_page()
    browser.watch(opened)
    versions = iter(["1.0", "1.0", "2.0", "2.0"])
    sockets: list[WebSocketRoute] = []

    def older(route: WebSocketRoute) -> None:
        sockets.append(route)
        version = next(versions)
        server = route.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            read = json.loads(message)
            route.send(json.dumps({**read, "version": version} if read.get("event") == "hello" else read))

        server.on_message(pass_on)

    await opened.route_web_socket("**/ws?*", older)
    await opened.goto(site.web.url)
    await opened.wait_for_selector("#tabs .tab")
    await opened.evaluate("window.same = true")
    for connections, same in ((2, True), (4, False)):  # the last is that of the new page
        await sockets[-1].close()
        async with asyncio.timeout(20):
            while len(sockets) < connections:
                await opened.wait_for_timeout(20)
        await expect(opened.get_by_text(AWAY)).to_have_count(0)
        assert await opened.evaluate("window.same === true") is same


async def test_a_connection_that_fell_silent_is_made_anew(site: Site, browser: Chromium) -> None:
    """As after a power cut of the hub, or where a telephone comes back from another network: nobody closes it."""
    page = await (await browser.context()).new_page()
    browser.watch(page)
    sockets: list[WebSocketRoute] = []
    silent = {"is": False}

    def behind(route: WebSocketRoute) -> None:
        sockets.append(route)
        number = len(sockets)
        server = route.connect_to_server()
        route.on_message(lambda message: None if silent["is"] and number == 1 else server.send(message))

    await page.clock.install()
    await page.route_web_socket("**/ws?*", behind)
    await page.goto(site.web.url)
    await page.wait_for_selector("#tabs .tab")
    silent["is"] = True
    async with asyncio.timeout(20):
        while len(sockets) < 2:
            await page.clock.fast_forward(5_000)
    climate(site)
    await card(page, "에어컨").wait_for()
    await expect(page.get_by_text(AWAY)).to_have_count(0)


async def test_what_is_held_while_the_hub_goes_shows_the_truth_again(
    broker: BrokerAddress, listener: Listener, tmp_path: Path, browser: Chromium
) -> None:
    port = free_port()
    async with serving(broker, listener, tmp_path, port=port) as site:
        climate(site)
        page = await browser.open(site.web.url)
        dial = card(page, "에어컨").get_by_role("slider")
        await expect(dial).to_have_attribute("aria-valuenow", "26")
        box = await dial.bounding_box()
        assert box is not None
        await page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["width"] * 0.24)
        await page.mouse.down()
        await page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["width"] * 0.1)
        await expect(dial).to_have_attribute("aria-valuenow", "23")
    await expect(page.get_by_text(AWAY)).to_be_visible()
    await expect(dial).to_have_attribute("aria-valuenow", "26")
    await page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["width"] * 0.1)
    await page.mouse.up()
    await expect(dial).to_have_attribute("aria-valuenow", "26")
    async with serving(broker, listener, tmp_path, port=port) as site:
        await page.evaluate("dispatchEvent(new Event('online'))")
        await expect(page.get_by_text(AWAY)).to_have_count(0)
        await dial.press("ArrowUp")
        await expect(dial).to_have_attribute("aria-valuenow", "26.5")
        await listener.object(Topic.intent("other"), slots={"target_temperature": 26.5})
    browser.faults.clear()  # the browser tells of connections that were refused


async def test_what_is_told_is_seen_above_a_sheet_which_the_way_back_closes(site: Site, browser: Chromium) -> None:
    about = About(
        id="lamp", bridge="other", type="light", name="등", properties={"power": SWITCH, "brightness": SHARE}
    )  # fmt: skip
    announce(site, about, power=False)
    page = await browser.open(f"{site.web.url}/#/conversation", PHONE)
    await page.click('#tabs a[href="#/home"]')
    await card(page, "등").get_by_role("button", name="등 자세히").click()
    sheet = page.get_by_role("dialog")
    await sheet.get_by_role("switch").click()
    intent = await site.listener.object(Topic.intent("other"))
    refused = Error(code=ErrorCode.NOT_NOW, message="지금은 켤 수 없어요.")
    site.bus.publish(Topic.reply(intent["id"]), Reply(id=intent["id"], bridge="other", ok=False, error=refused))
    await expect(sheet.get_by_text("지금은 켤 수 없어요.")).to_be_visible()  # and not below it
    await page.go_back()
    await expect(sheet).to_have_count(0)
    await expect(page.locator("h1")).to_have_text("대화")


async def test_what_keeps_no_contract_is_shown_as_well_as_can_be(site: Site, browser: Chromium) -> None:
    announce(
        site,
        About(id="odd", bridge="other", type="switch", name="이상한 것", properties={"power": SWITCH}),
        power="OFF",
    )
    endless = About(id="long", bridge="other", type="switch", name="길고 긴 " * 15 + "끝", properties={"power": SWITCH})
    announce(site, endless, power=True)
    page = await browser.open(site.web.url)
    await expect(page.get_by_role("switch", name="이상한 것")).to_have_attribute("aria-checked", "false")
    box = await page.locator("article.device").filter(has_text="길고 긴").bounding_box()
    assert box is not None
    assert box["height"] < 140
    await page.set_viewport_size({"width": 844, "height": 390})  # a telephone that lies on its side
    view = await page.locator("#view").bounding_box()
    assert view is not None
    assert view["height"] > 200


async def test_of_two_windows_one_speaks(site: Site, browser: Chromium) -> None:
    page = await browser.open(site.web.url)
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url) if "/speech/" in request.url else None)
    await page.get_by_role("button", name="대답을 소리로도 듣기").click()
    async with page.expect_popup() as opening:
        await page.evaluate("void window.open(location.href)")
    other = await opening.value
    await other.get_by_role("button", name="대답을 소리로도 듣기", pressed=True).wait_for()
    for text in ("밥 먹으러 오세요", "불 끄고 오세요"):
        site.bus.publish(Topic.say("all"), Say(text=text))
        for window in (page, other):
            await expect(window.get_by_text(text)).to_be_visible()
            await window.evaluate("new Promise((over) => setTimeout(over, 500))")  # the other may be slower
    spoken = [url.rpartition("/")[2] for url in asked]
    assert len(spoken) == len(set(spoken)) > 0
    browser.faults.clear()  # there is no voice here
