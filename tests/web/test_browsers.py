"""The page in Firefox and in WebKit: all that differs between browsers, and that no console tells of an error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from brokers import free_port
from speech.conftest import graph, recognizer  # noqa: F401
from web.engines import ENGINES, Engine, Room, Window
from web.pages import TestHub
from web.test_hold_to_talk import said_in_a_room

from hub.messages import SatelliteHeard
from hub.speech.recognizer import Recognizer
from hub.web.service import Web

ESCAPE, ENTER = "\ue00c", "\ue007"
"""Keys, as WebDriver calls them."""

VIEWS = {
    "conversation": ".empty", "charts": ".charts", "assistant": ".assistant h2", "setup": ".setup-row",
    "home": "article.device",
}  # fmt: skip
"""What each view has, so that it was drawn."""

DIAL = "article[data-type='climate'] .dial"

Start = Callable[[Path, Mapping[str, str]], AbstractAsyncContextManager[Engine]]


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """Where a browser hears and is heard."""
    own = Room(tmp_path)
    async with own.furnished():
        yield own


@pytest.fixture(params=ENGINES)
async def engine(request: pytest.FixtureRequest, tmp_path: Path, room: Room) -> AsyncIterator[Engine]:
    """A browser, whose console is empty at the end."""
    start: Start = request.param
    async with start(tmp_path, room.environment) as running:
        yield running
        assert not await running.faults()


async def test_the_page_does_all_that_it_does_elsewhere(
    engine: Engine,
    room: Room,
    hub: TestHub,
    recognizer: Recognizer,  # noqa: F811
    tmp_path: Path,
) -> None:
    own = {"web": hub.settings.web.model_copy(update={"port": free_port()}), "state_dir": hub.folder / "own"}
    settings = hub.settings.model_copy(update=own)
    page = Window(engine)
    async with Web(settings, hub.config, lambda: recognizer).serving():
        await page.open(f"http://127.0.0.1:{settings.web.port}")
        await look_around(page, hub)
        await steer(page, hub)
        await speak(page, hub, room, tmp_path)
    assert not await engine.faults()
    await notices_faults(engine)
    await page.see("#away", "연결이 끊겼어요")
    await page.until("document.querySelector('article .name.touch').disabled")
    async with Web(settings, hub.config).serving():
        await page.until("!document.querySelector('.away')")
        await page.click("article .name.touch", "안방등")
        await hub.state("bedroom_light", power=False)
    for fault in await engine.faults():  # of connections that were refused
        assert "/ws?satellite" in fault or "/session" in fault, fault


async def look_around(page: Window, hub: TestHub) -> None:
    """Every view shows what is in it."""
    for view, what in VIEWS.items():
        await page.click(f"#tabs a[href='#/{view}']")
        await page.see(f"#view {what}")
        assert await page.value("document.documentElement.scrollWidth <= innerWidth"), view


async def steer(page: Window, hub: TestHub) -> None:
    """A touch, a sentence, a dial that is dragged, and a sheet that Esc closes."""
    await page.click("article .name.touch", "거실등")
    await hub.state("living_light", power=True)
    await page.see("article .name[aria-checked='true']", "거실등")
    await page.click(".talkbar input")
    await page.type(*"거실 불 초록색으로 켜줘", ENTER)
    await hub.state("living_light", power=True, color="green")
    await page.see(".bubble .answer", "거실등을 초록색으로")
    await page.click("article[data-type='climate'] .switch")
    await hub.state("living_ac", power=True)
    await page.click(f"{DIAL} .ends .round:last-child")
    await hub.state("living_ac", target_temperature=26.5)
    await page.press(f"{DIAL} svg", at=(0.5, 0.11))  # in the middle of the arc
    await page.release()
    await hub.state("living_ac", target_temperature=24)
    await page.click("article .more[aria-label^='거실 에어컨']")
    await page.see("dialog[open] h2", "거실 에어컨")
    await page.type(ESCAPE)
    await page.until("!document.querySelector('dialog[open]')")


async def speak(page: Window, hub: TestHub, room: Room, folder: Path) -> None:
    """A command is said while the button is held; who is not understood, as on a busy machine, says it once more."""
    path, _ = await said_in_a_room("lights-blue.wav", folder)
    understood = False
    for tries in range(1, 4):
        await page.press(".mic")
        await page.see(".mic.hearing")
        await room.play(path)
        await page.release()
        heard = await heard_of(hub, tries)
        assert heard.loudness is not None
        assert heard.loudness > -40
        understood = heard.utterance_id is not None
        if understood:
            break
    assert understood
    await hub.state("bedroom_light", power=True, color="blue")
    await page.see(".bubble .answer", "파란색으로 바꿨어요")


async def heard_of(hub: TestHub, number: int) -> SatelliteHeard:
    """The `number`th thing that the hub heard of the page."""
    async with asyncio.timeout(30):
        while len(told := [one for one in hub.listener.heard if one[0].endswith("/heard")]) < number:
            await asyncio.sleep(0.05)
    return SatelliteHeard.from_payload(*told[number - 1])


async def notices_faults(engine: Engine) -> None:
    """An error in the page would have been noticed."""
    await engine.value("void setTimeout(() => { throw new Error('noticed'); })")
    async with asyncio.timeout(20):
        while not any("noticed" in fault for fault in await engine.faults()):
            await asyncio.sleep(0.05)
