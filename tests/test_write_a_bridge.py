"""The bridge that docs/write-a-bridge.md builds: its texts are installed and run as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import yaml
from aiohttp import web
from brokers import TestBroker, free_port
from faults.processes import Service

from hub.bus import Bus
from hub.butler.service import Butler
from hub.config import Settings, load_settings
from hub.follow import Follower
from hub.home import load_home
from hub.messages import Utterance
from hub.packaged import PackageError, load, options
from hub.together import together

DOC = Path(__file__).parents[1] / "docs/write-a-bridge.md"


def texts() -> dict[str, str]:
    """What the page has of each file."""
    found = re.findall(r"`([\w/.]+)`(?:[^`]*)\n\n```\w+\n(.*?)```", DOC.read_text(), re.DOTALL)
    return dict(found)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package, installed as pip does it."""
    source, site = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("site")
    for name in ("jipsa_shelly.py", "pyproject.toml"):
        (source / name).write_text(texts()[name])
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site, source]
    subprocess.run(pip, check=True, capture_output=True)
    return site


class Plug:
    """A plug that talks as those do; it may be pulled out."""

    def __init__(self) -> None:
        self.on = False
        self.port = free_port()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        for method, answer in (("Shelly.GetDeviceInfo", self._info), ("Switch.GetStatus", self._status)):
            app.router.add_get(f"/rpc/{method}", answer)
        app.router.add_get("/rpc/Switch.Set", self._set)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def pull_out(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _info(self, request: web.Request) -> web.Response:
        return web.json_response({"name": "히터", "id": "shellyplus1pm-a8032abe54dc", "gen": 2})

    async def _status(self, request: web.Request) -> web.Response:
        return web.json_response({"id": int(request.query["id"]), "output": self.on, "apower": 8.9})

    async def _set(self, request: web.Request) -> web.Response:
        was, self.on = self.on, {"true": True, "false": False}[request.query["on"]]
        return web.json_response({"was_on": was})


def written(folder: Path, broker: TestBroker, plug: Plug) -> Path:
    """Settings and home as the page has them; returns the file of the settings."""
    own = yaml.safe_load(texts()["config/jipsa.yaml"])
    own["bridges"]["shelly"]["plugs"] = {"heater": f"127.0.0.1:{plug.port}"}
    own |= {"home": "home.yaml", "broker": {"embedded": False, "url": broker.url, "qos": broker.address.qos}}
    rooms = "rooms:\n  - {id: bedroom, name: 안방}\n"
    (folder / "home.yaml").write_text(rooms + texts()["config/home.yaml"])
    (folder / "jipsa.yaml").write_text(yaml.safe_dump(own, allow_unicode=True))
    return folder / "jipsa.yaml"


@asynccontextmanager
async def running(folder: Path, broker: TestBroker, settings: Path, site: Path) -> AsyncIterator[Follower]:
    """A butler, the bridge as `jipsa bridge shelly`, and somebody to whom answers go."""
    jipsa = [sys.executable, "-m", "hub.cli", "bridge", "shelly", "--config", str(settings)]
    bridge = Service(jipsa, folder / "log", PYTHONPATH=str(site), XDG_STATE_HOME=str(folder))
    butler = Butler(broker.address, load_home(folder / "home.yaml"))
    bus = Bus(broker.address, "follower")
    follower = Follower(bus, "living")
    async with bus.running(), together([butler.run()]):
        await bridge.start()
        try:
            await butler.ready(["heater"])
            assert await follower.until(lambda: "power" in follower.states.get("heater", {}), 20)
            yield follower
        finally:
            await bridge.kill()


async def test_it_obeys_and_tells_what_is_wrong(any_broker: TestBroker, site: Path, tmp_path: Path) -> None:
    plug = Plug()
    await plug.start()
    settings = written(tmp_path, any_broker, plug)
    async with running(tmp_path, any_broker, settings, site) as follower:
        exchange = await follower.ask(Utterance(text="안방 히터 켜줘", satellite="living"))
        assert exchange.answered == "히터를 켰어요."
        assert plug.on
        plug.on = False  # by hand
        assert await follower.until(lambda: follower.states["heater"]["power"] is False, 20)
        await plug.pull_out()
        exchange = await follower.ask(Utterance(text="히터 켜줘", satellite="living"))
        assert exchange.answered == "히터가 연결되어 있지 않아요. 전원과 와이파이를 확인해 주세요."


def test_the_bridge_has_some_thirty_lines() -> None:
    lines = [line for line in texts()["jipsa_shelly.py"].splitlines() if line.strip()]
    assert len(lines) < 40


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({}, "bridges.shelly.plugs: Field required"),
        ({"plugs": "192.168.0.31"}, "bridges.shelly.plugs: Input should be a valid dictionary"),
        ({"plugs": {"heater": 5}}, "bridges.shelly.plugs.heater: Input should be a valid string"),
        ({"plugs": {}, "plug": {}}, "bridges.shelly.plug: Extra inputs are not permitted"),
    ],
)
def test_settings_that_do_not_fit_are_told(
    given: dict[str, object], fault: str, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(site)
    with pytest.raises(PackageError, match=re.escape(fault)):
        options(load("shelly", "en"), given, "en")


def test_a_package_that_is_missing_or_broken_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PackageError, match="no installed package has a bridge of that name"):
        load("nobody", "en")
    (tmp_path / "sick.py").write_text("class Plain: ...\nclass Bad:\n    name = 'bad'\n")
    (tmp_path / "sick-1.dist-info").mkdir()
    points = "[jipsa.bridges]\nplain = sick:Plain\ngone = sick:Gone\nlost = lost:Bridge\n"
    (tmp_path / "sick-1.dist-info/entry_points.txt").write_text(points)
    (tmp_path / "sick-1.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: sick\nVersion: 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name, told in (("plain", "is no subclass"), ("gone", "AttributeError"), ("lost", "ModuleNotFoundError")):
        with pytest.raises(PackageError, match=told):
            load(name, "en")


def test_the_settings_of_this_repository_name_no_package() -> None:
    assert load_settings(DOC.parents[1] / "config/jipsa.yaml").bridges == Settings().bridges == {}
