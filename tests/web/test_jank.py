"""The view of the home with 200 devices: one state draws one card, and many states draw no more than they change."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import Page, expect
from web.pages import PHONE, WIDE, Chromium, TestHub, needs_chromium

from hub.messages import About, Property, ServiceState, Topic

pytestmark = needs_chromium

DEVICES = 200
STATES = 250

MOST_CHANGES = 6
"""Of the document for one state, on the average: values, words and places of the card that is drawn."""

SWITCH = Property(type="boolean", writable=True)
SHARE = Property(type="integer", writable=True, min=0, max=100, step=1, unit="%")
DEGREES = Property(type="number", writable=True, min=16, max=30, step=0.5, unit="°C")
MODES = Property(type="enum", writable=True, values=["cool", "dry", "fan_only", "auto"])

KINDS: tuple[tuple[str, dict[str, Property], dict[str, Any]], ...] = (
    ("light", {"power": SWITCH, "brightness": SHARE}, {"power": True, "brightness": 50}),
    ("switch", {"power": SWITCH}, {"power": False}),
    ("sensor", {"current_temperature": Property(type="number", unit="°C")}, {"current_temperature": 21.0}),
    (
        "climate",
        {"power": SWITCH, "mode": MODES, "target_temperature": DEGREES, "fan_mode": MODES},
        {"power": True, "mode": "cool", "target_temperature": 26, "fan_mode": "auto"},
    ),
    ("cover", {"open": SWITCH, "position": SHARE}, {"open": True, "position": 40}),
)


def publish(hub: TestHub, number: int, round_: int) -> None:
    """The state of a device in this round, which is another than in the last."""
    _, _, state = KINDS[number % len(KINDS)]
    numbers = {name: value + round_ % 3 for name, value in state.items() if not isinstance(value, bool | str)}
    told = {**state, **numbers} if numbers else {"power": bool(round_ % 2)}
    hub.listener.bus.publish(Topic.device(f"many_{number}", "state"), json.dumps(told).encode(), retain=True)


async def large_home(hub: TestHub, browser: Chromium, size: dict[str, int]) -> Page:
    """The view of a home with so many devices, in sixteen rooms, once it shows all of them."""
    bus = hub.listener.bus
    bus.publish(Topic.bridge("many", "state"), ServiceState(state="online"), retain=True)
    for number in range(DEVICES):
        kind, properties, _ = KINDS[number % len(KINDS)]
        about = About(
            id=f"many_{number}", bridge="many", type=kind, name=f"기기 {number}", room=f"{number % 16}번 방",
            properties=properties,
        )  # fmt: skip
        bus.publish(Topic.device(about.id, "about"), about, retain=True)
        bus.publish(Topic.device(about.id, "available"), b"online", retain=True)
        publish(hub, number, 0)
    page = await browser.open(f"{hub.url}/#/home", size)
    await expect(page.locator("article.device").filter(has_text="기기 ")).to_have_count(DEVICES, timeout=30_000)
    await expect(page.get_by_role("region", name="15번 방", exact=True)).to_be_attached(timeout=30_000)
    return page


async def test_a_state_draws_the_card_of_its_device_and_no_other(hub: TestHub, browser: Chromium) -> None:
    page = await large_home(hub, browser, PHONE)
    await page.evaluate("""() => {
        window.touched = new Set();
        const note = (records) => records.forEach(({ target }) => {
            const card = (target.closest ? target : target.parentElement).closest("article.device");
            window.touched.add(card ? card.querySelector("b").textContent : target.className || target.nodeName);
        });
        const everything = { subtree: true, childList: true, attributes: true, characterData: true };
        new MutationObserver(note).observe(document.getElementById("view"), everything);
    }""")
    publish(hub, 3, 1)
    card = page.locator("article.device").filter(has=page.get_by_text("기기 3", exact=True))
    await expect(card.get_by_role("slider").first).to_have_attribute("aria-valuenow", "27")
    assert await page.evaluate("[...window.touched]") == ["기기 3"]


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
async def test_many_states_change_little_of_the_document(hub: TestHub, browser: Chromium, size: dict[str, int]) -> None:
    page = await large_home(hub, browser, size)
    await page.evaluate("""() => {
        window.changes = 0;
        window.drawn = [...document.querySelectorAll("article.device")];
        const everything = { subtree: true, childList: true, attributes: true, characterData: true };
        new MutationObserver((records) => { window.changes += records.length; })
            .observe(document.getElementById("view"), everything);
    }""")
    for sent in range(STATES):
        publish(hub, (sent * 7) % DEVICES, 1 + sent // DEVICES)
    publish(hub, 1, 3)
    await expect(page.get_by_role("switch", name="기기 1", exact=False).first).to_have_attribute("aria-checked", "true")
    assert 0 < await page.evaluate("window.changes") < STATES * MOST_CHANGES
    assert await page.evaluate("window.drawn.every((card) => card.isConnected)"), "cards were made anew"
