"""Accounts on the page: connected, refused, changed; no token ever comes back out; and bridges that start again."""

from __future__ import annotations

import json
import logging
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import thinqconnect
from brokers import TestBroker
from conftest import Listener
from playwright.async_api import expect
from web.pages import PHONE, WIDE, Chromium, needs_chromium

from devices import bridge as bridges
from devices.thinq.simulator.cloud import TOKEN, Simulator
from devices.thinq.simulator.household import showroom
from hub.bridges import Keeper
from hub.bus import Bus
from hub.config import Settings, load_settings
from hub.home import load_home
from hub.messages import Topic
from hub.together import together
from hub.web.accounts import Accounts
from hub.web.calls import CallError
from hub.web.socket import OpenPage

SETTINGS = """# 우리 집
language: ko
state_dir: state
home: home.yaml
broker: {{embedded: false, url: "{url}"}}
thinq:                # LG
  simulate: true      # 가상 가전
  push: false
homeassistant:
  url: null           # 어디
"""

HOME = """rooms:
  - {id: utility, name: 다용도실}   # 베란다
devices:
  - {id: washer, name: 빨래, type: washer, room: 다용도실}
"""


class Place:
    """A broker, settings and a home, the bridges that a test wants, and a page that calls."""

    def __init__(self, broker: TestBroker, folder: Path) -> None:
        self.config, self.home = folder / "jipsa.yaml", folder / "home.yaml"
        self.config.write_text(SETTINGS.format(url=broker.url))
        self.home.write_text(HOME)
        self.state = folder / "state"
        self.listener = Listener(Bus(broker.address, "listener"))
        self.bus = Bus(broker.address, "jipsa-web")
        self.accounts = Accounts(self.settings, self.bus, self.config)
        self.told: list[str] = []

    @property
    def settings(self) -> Settings:
        return load_settings(self.config)

    async def call(self, name: str, **arguments: Any) -> Any:
        """What the page gets."""
        page = OpenPage("web-00000000", "ko", self.accounts.calls)
        try:
            data = await self.accounts.calls[name](page, arguments)
        except CallError as error:
            self.told.append(str(error))
            raise
        self.told.append(json.dumps(data, ensure_ascii=False))
        return data

    @asynccontextmanager
    async def serving(self, *names: str) -> AsyncIterator[None]:
        """Bridges, once they are there, while the block lasts."""
        settings = self.settings
        keepers = [Keeper(name, settings, load_home(settings.home), self.config) for name in names]
        async with together([keeper.run() for keeper in keepers]):
            for name in names:
                await self.listener.object(Topic.bridge(name, "state"), state="online")
            yield


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    monkeypatch.setattr(bridges, "RESTART_PAUSE", 0.0)
    broker = TestBroker("amqtt", tmp_path)
    await broker.start()
    found = Place(broker, tmp_path)
    async with found.listener.bus.running(), found.bus.running():
        await found.listener.bus.connected.wait()
        await found.bus.connected.wait()
        yield found
    await broker.stop()


@pytest.fixture
async def cloud(place: Place, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Simulator]:
    """A cloud in the place of LG's, for the page and for the bridge."""
    simulator = Simulator([one for one in showroom() if one.id in {"washer", "dryer", "styler"}])
    async with simulator.serving() as url:
        monkeypatch.setattr(thinqconnect.ThinQApi, "_get_url_from_endpoint", lambda api, path: f"{url}/{path}")
        yield simulator


@pytest.fixture
def quiet(place: Place, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing that was logged, published or told to the page may hold the token."""
    caplog.set_level(logging.DEBUG)
    yield
    heard = "".join(f"{topic} {payload.decode()}" for topic, payload in place.listener.heard)
    for token in (TOKEN, "wrong-token-9"):
        assert token not in caplog.text + heard + "".join(place.told)
        assert token not in place.config.read_text() + place.home.read_text()


async def test_nothing_is_connected_at_first(place: Place) -> None:
    assert await place.call("account.state") == {
        "thinq": {"enabled": True, "simulated": True, "country": "KR", "token": False},
        "homeassistant": {"enabled": True, "url": None, "token": False},
    }


@pytest.mark.usefixtures("quiet")
async def test_an_account_of_lg_takes_the_place_of_the_simulated_one(place: Place, cloud: Simulator) -> None:
    async with place.serving("thinq"):
        await place.listener.object("jipsa/device/robot/state")
        joined = await place.call("account.thinq", token=f" {TOKEN}\n")
        assert joined["restarted"] is True
        assert {found["type"] for found in joined["found"]} == {"washer", "dryer", "styler"}
        assert (joined["new"], joined["unusable"]) == (2, [])
        await place.listener.object("jipsa/device/styler/state")
        await place.listener.until(lambda topic, payload: topic == "jipsa/device/robot/about" and not payload)
    kept = place.state / "thinq/token"
    assert kept.read_text() == f"{TOKEN}\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    before = SETTINGS.format(url=place.settings.broker.url)
    assert place.config.read_text() == before.replace("simulate: true ", "simulate: false ")
    home = load_home(place.home)
    assert home.device("washer").name == "빨래"
    assert home.device("styler").type == "styler"
    assert "# 베란다" in place.home.read_text()
    told = (await place.call("account.state"))["thinq"]
    assert told == {"enabled": True, "simulated": False, "country": "KR", "token": True}


async def test_simulated_appliances_and_back(place: Place, cloud: Simulator) -> None:
    with pytest.raises(CallError, match="먼저 계정을 연결") as caught:
        await place.call("account.thinq.simulate", simulate=False)
    assert caught.value.code == "no_token"
    async with place.serving("thinq"):
        await place.call("account.thinq", token=TOKEN)
        await place.listener.object("jipsa/device/styler/state")
        place.listener.heard.clear()
        assert await place.call("account.thinq.simulate") == {"restarted": True}
        await place.listener.object("jipsa/device/robot/state")
        assert place.settings.thinq.simulate
        assert await place.call("account.thinq.simulate", simulate=False) == {"restarted": True}
        place.listener.heard.clear()
        await place.listener.object("jipsa/device/styler/state")


async def test_a_bridge_that_is_off_uses_it_later(
    place: Place, cloud: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.web.accounts.PATIENCE", 0.2)
    assert (await place.call("account.thinq", token=TOKEN))["restarted"] is False
    with pytest.raises(CallError) as caught:
        await place.call("account.restart", bridge="thinq")
    assert caught.value.code == "no_answer"


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    ("name", "given", "code", "sentence"),
    [
        ("account.thinq", {"token": "wrong-token-9"}, "refused", r"connect-pat.lgthinq.com에서 새 토큰.*1103"),
        ("account.thinq", {"token": "wrong-token-9", "country": "ZZ"}, "refused", "'ZZ'"),
        ("account.thinq", {"token": "wrong-token-9", "country": "kr"}, "bad_call", "country"),
        ("account.thinq", {"token": "wrong-token-9 x"}, "bad_token", "입력한 칸에 토큰이 없어요"),
        ("account.thinq", {"token": ""}, "bad_token", "토큰이 없어요"),
        ("account.thinq", {"token": "wrong-token-9" * 400}, "bad_call", "token"),
        ("account.thinq", {"token": ["wrong-token-9"]}, "bad_call", "token"),
        ("account.thinq", {"token": "wrong-token-9", "url": "http://evil"}, "bad_call", "url"),
        ("account.homeassistant", {"url": "homeassistant.local", "token": "wrong-token-9"}, "refused", "웹 주소"),
        ("account.homeassistant", {"url": "file:///etc/passwd", "token": "wrong-token-9"}, "refused", "웹 주소"),
        ("account.homeassistant", {"url": "http://a:wrong-token-9@ha", "token": "x"}, "refused", "웹 주소"),
        ("account.homeassistant", {"url": "http://127.0.0.1:9", "token": "wrong-token-9"}, "refused", "연결할 수 없"),
        ("account.homeassistant", {"url": "http://127.0.0.1:9", "token": "토큰"}, "bad_token", "토큰이 없어요"),
        ("account.restart", {"bridge": "a/b"}, "bad_call", "bridge"),
        ("account.state", {"all": True}, "bad_call", "all"),
    ],
)
async def test_what_cannot_be_done_is_told_and_changes_nothing(
    place: Place, cloud: Simulator, name: str, given: dict[str, Any], code: str, sentence: str
) -> None:
    settings = place.config.read_text()
    with pytest.raises(CallError, match=sentence) as caught:
        await place.call(name, **given)
    assert caught.value.code == code
    assert (place.config.read_text(), place.home.read_text()) == (settings, HOME)
    assert not (place.state / "thinq/token").exists()
    assert not (place.state / "homeassistant/token").exists()


async def test_a_cloud_that_is_away(place: Place, cloud: Simulator) -> None:
    cloud.status = 503
    with pytest.raises(CallError, match="연결할 수 없어요"):
        await place.call("account.thinq", token=TOKEN)
    assert not (place.state / "thinq/token").exists()


@pytest.mark.parametrize("what", ["state", "jipsa.yaml"])
async def test_what_cannot_be_written_is_named(place: Place, cloud: Simulator, what: str) -> None:
    if what == "state":
        place.state.write_text("a file where the folder would be")
    else:
        place.home.unlink()
        place.home.mkdir()
    with pytest.raises(CallError, match="쓸 수 없어요" if what == "state" else "home.yaml"):
        await place.call("account.thinq", token=TOKEN)
    assert place.settings.thinq.simulate


async def test_settings_with_a_fault_are_told(place: Place) -> None:
    place.config.write_text("thinq: {simulate: maybe}")
    with pytest.raises(CallError, match=r"jipsa\.yaml:1: thinq\.simulate"):
        await place.call("account.state")


@pytest.mark.usefixtures("quiet")
@needs_chromium
@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
async def test_an_account_is_connected_in_the_browser(
    hub: Any, browser: Chromium, place: Place, cloud: Simulator, size: dict[str, int]
) -> None:
    bus = Bus(hub.settings.broker.address(), "accounts")
    hub.web._calls |= Accounts(hub.settings, bus, hub.config).calls
    async with bus.running():
        page = await browser.open(f"{hub.url}/#/setup", size)
        card = page.get_by_role("article", name="LG ThinQ")
        await expect(card.get_by_text("지금은 가상 가전이에요")).to_be_visible()
        token = card.get_by_label("개인 액세스 토큰")
        assert await token.get_attribute("type") == "password"
        await token.fill("wrong-token-9")
        await card.get_by_role("button", name="연결하기").click()
        await expect(card.get_by_role("alert")).to_contain_text("새 토큰을 만들어 주세요")
        await expect(token).to_have_value("")
        await token.fill(TOKEN)
        await card.get_by_role("button", name="연결하기").click()
        await expect(card.get_by_text("가전 3개를 찾았어요")).to_be_visible()
        await expect(card.get_by_text("연결됨 · 기기 3개")).to_be_visible(timeout=20_000)
        assert TOKEN not in await page.content()
        switch = card.get_by_role("switch", name="가상 가전 쓰기")
        await switch.click()
        await expect(switch).to_have_attribute("aria-checked", "true")
        await expect(card.get_by_text("지금은 가상 가전이에요")).to_be_visible(timeout=20_000)
        again = page.get_by_role("button", name="비서 다시 시작")
        await again.click()
        await hub.listener.object("jipsa/bridge/genie/response/restart", status="ok")
        await expect(page.get_by_role("button", name="비서 다시 시작")).to_be_enabled(timeout=20_000)
        assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
