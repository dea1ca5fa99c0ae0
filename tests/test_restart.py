"""A bridge that is asked to restart: nothing is lost or done twice meanwhile, and it is as the settings say by then."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
import thinqconnect
from brokers import TestBroker
from conftest import Listener
from test_notify import Systemd

from devices import bridge as bridges
from devices.bridge import Bridge
from devices.commands import Changes
from devices.thinq.simulator.cloud import TOKEN, Simulator
from devices.thinq.simulator.household import showroom
from hub import bridges as keeping
from hub.address import BrokerAddress
from hub.bridges import MAKERS, BridgeError, Keeper
from hub.bus import Bus
from hub.butler.service import Butler
from hub.config import Settings, load_settings
from hub.credentials import keep_token
from hub.follow import Follower
from hub.home import Device, Home, load_home
from hub.messages import About, Intent, Property, Reply, Topic, Utterance
from hub.services import SWITCHED_OFF
from hub.together import end, together

REPOSITORY = Path(__file__).parents[1]
LAMPS = {"lamp": "스탠드", "ceiling": "천장등"}


class LampBridge(Bridge):
    """Two lamps that take a moment to do what they are told; what was done is kept over restarts."""

    name: ClassVar[str] = "genie"
    done: ClassVar[list[str]] = []
    made: ClassVar[list[LampBridge]] = []
    taken = asyncio.Event()

    def __init__(self, broker: BrokerAddress) -> None:
        super().__init__(broker)
        self.slow = 0.05
        self.made.append(self)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        for device, name in LAMPS.items():
            properties = {"power": Property(type="boolean", writable=True)}
            self.announce(About(id=device, bridge=self.name, type="light", name=name, properties=properties))
            self.report(device, {"power": False})
            self.available(device, True)
        self.complete()
        yield

    async def carry_out(self, intent: Intent) -> Reply:
        self.done.append(intent.id)
        self.taken.set()
        return await super().carry_out(intent)

    async def set(self, device: str, changes: Changes) -> None:
        await asyncio.sleep(self.slow)
        self.report(device, changes)


@asynccontextmanager
async def _lamps(settings: Settings, home: Home) -> AsyncIterator[Bridge]:
    yield LampBridge(settings.broker.address())


@pytest.fixture
def lamps(monkeypatch: pytest.MonkeyPatch) -> list[LampBridge]:
    """Bridges of lamps in the place of the assistant, in the order in which they were made."""
    monkeypatch.setitem(MAKERS, "genie", _lamps)
    monkeypatch.setattr(LampBridge, "done", [])
    monkeypatch.setattr(LampBridge, "made", [])
    monkeypatch.setattr(LampBridge, "taken", asyncio.Event())
    return LampBridge.made


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridges, "RESTART_PAUSE", 0.0)
    monkeypatch.setattr(keeping, "AGAIN", 0.05)


class Place:
    """A broker, somebody who listens to all of it, and a file of settings."""

    def __init__(self, broker: TestBroker, folder: Path) -> None:
        self.broker = broker
        self.listener = Listener(Bus(broker.address, "listener"))
        self.config = folder / "jipsa.yaml"
        self.write()

    def write(self, **sections: Any) -> None:
        """Write the settings anew."""
        broker = {"embedded": False, "url": self.broker.url, "qos": self.broker.address.qos}
        own = {"broker": broker, "state_dir": "state"}
        self.config.write_text(json.dumps(own | sections))

    def keeper(self, name: str) -> Keeper:
        settings = load_settings(self.config)
        return Keeper(name, settings, load_home(settings.home), self.config)

    async def restart(self, name: str) -> None:
        """Ask for a restart, and wait until a bridge is there again."""
        before = len(self.online(name))
        assert (await self.ask(name, "restart"))["status"] == "ok"
        await self.until(lambda: len(self.online(name)) > before)

    async def ask(self, name: str, verb: str) -> dict[str, Any]:
        transaction = f"t{os.urandom(4).hex()}"
        self.listener.bus.publish(Topic.bridge(name, f"request/{verb}"), json.dumps({"transaction": transaction}))
        return await self.listener.object(Topic.bridge(name, f"response/{verb}"), transaction=transaction)

    async def until(self, condition: Any) -> None:
        async with asyncio.timeout(20):
            while not condition():
                await asyncio.sleep(0.01)

    def online(self, name: str) -> list[bytes]:
        return [state for state in self.listener.all(Topic.bridge(name, "state")) if b"online" in state]

    async def log(self, name: str) -> dict[str, Any]:
        """The first error that the bridge told of."""
        return await self.listener.object(Topic.bridge(name, "log"), level="error")

    def retained(self, what: str) -> dict[str, bytes]:
        """What stands on `jipsa/device/+/<what>`: the latest of each device, without those that were cleared."""
        heard = [(topic.split("/"), body) for topic, body in self.listener.heard]
        latest = {levels[2]: body for levels, body in heard if levels[1] == "device" and levels[3] == what}
        return {device: body for device, body in latest.items() if body}


@asynccontextmanager
async def listening(broker: TestBroker, folder: Path) -> AsyncIterator[Place]:
    found = Place(broker, folder)
    async with found.listener.bus.running():
        await found.listener.bus.connected.wait()
        yield found


@pytest.fixture
async def place(mosquitto: TestBroker, tmp_path: Path) -> AsyncIterator[Place]:
    async with listening(mosquitto, tmp_path) as found:
        yield found


@pytest.fixture
async def any_place(any_broker: TestBroker, tmp_path: Path) -> AsyncIterator[Place]:
    """A place on each kind of broker, for what goes through it while a bridge restarts."""
    async with listening(any_broker, tmp_path) as found:
        yield found


@asynccontextmanager
async def serving(keeper: Keeper) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(keeper.run())
    try:
        yield task
    finally:
        await end(task)
        if not task.cancelled():
            task.result()


async def test_a_restart_is_answered_and_the_next_bridge_shows_the_same(
    any_place: Place, lamps: list[LampBridge]
) -> None:
    place = any_place
    keeper = place.keeper("genie")
    async with serving(keeper):
        await place.until(lambda: keeper.condition().ready and place.online("genie"))
        await place.restart("genie")
        await place.until(lambda: keeper.condition().ready)
        assert len(lamps) == 2
        states = [json.loads(body)["state"] for body in place.listener.all("jipsa/bridge/genie/state")]
        assert states == ["online", "offline", "online"]
        assert place.retained("about").keys() == place.retained("state").keys() == LAMPS.keys()
        assert b"" not in [body for topic, body in place.listener.heard if topic.startswith("jipsa/device/")]
        assert (await place.ask("genie", "health_check"))["data"] == {"healthy": True}
    assert keeper.condition().healthy


async def test_what_is_on_its_way_is_answered_before_and_what_comes_then_is_left_to_the_next(
    any_place: Place, lamps: list[LampBridge]
) -> None:
    place = any_place
    async with serving(place.keeper("genie")):
        await place.listener.object("jipsa/device/ceiling/state")
        lamps[0].slow = 0.5
        first, second = (Intent(intent="HassTurnOn", targets=[device]) for device in LAMPS)
        place.listener.bus.publish(Topic.intent("genie"), first)
        await LampBridge.taken.wait()
        await place.ask("genie", "restart")
        place.listener.bus.publish(Topic.intent("genie"), second)
        assert (await place.listener.object(Topic.reply(first.id)))["ok"]
        await place.until(lambda: len(place.online("genie")) == 2)
        assert LampBridge.done == [first.id]
        for sent in (first, second):  # as whoever heard nothing does
            place.listener.bus.publish(Topic.intent("genie"), sent)
        assert (await place.listener.object(Topic.reply(second.id)))["changed"] == {"ceiling": {"power": True}}
        assert len(place.listener.all(Topic.reply(first.id))) == 2, "answered again"
        assert LampBridge.done == [first.id, second.id], "but not done again"


async def test_sentences_go_on_through_restarts_each_done_and_answered_once(
    any_place: Place, lamps: list[LampBridge], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = any_place
    monkeypatch.setattr("hub.asking.RESEND", 0.1)  # so that intents come again and again, also as bridges change
    home = Home((), tuple(Device(id=device, name=name, type="light") for device, name in LAMPS.items()))
    butler, follower = Butler(place.broker.address, home), Follower(Bus(place.broker.address, "follower"), "+")
    keeper = place.keeper("genie")

    async def speak(room: int) -> list[Any]:
        """Say one thing after another until all restarts are over."""
        said = []
        while len(lamps) < 5:
            sentence = f"{LAMPS['ceiling' if room % 2 else 'lamp']} {'꺼줘' if len(said) % 2 else '켜줘'}"
            said.append(await follower.ask(Utterance(text=sentence, satellite=f"room{room}")))
        return said

    async with follower._utterer._bus.running(), together([butler.run()]), serving(keeper):
        async with asyncio.timeout(20):
            await butler.ready(LAMPS)
        rooms = [asyncio.create_task(speak(room)) for room in range(6)]
        for _ in range(4):
            done = len(LampBridge.done)
            await place.until(lambda done=done: len(LampBridge.done) > done + 5)
            await place.restart("genie")
        exchanges = [exchange for said in await asyncio.gather(*rooms) for exchange in said]
    assert [exchange for exchange in exchanges if not (exchange.answered and exchange.replies[0].ok)] == []
    sent = [intent.id for exchange in exchanges for intent in exchange.understood.intents]
    assert len(set(sent)) == len(exchanges) > 24
    assert Counter(LampBridge.done) == Counter(sent)
    answers = [json.loads(body) for topic, body in place.listener.heard if "/say/" in topic]
    told = Counter(utterance for utterance, _ in {(answer["utterance_id"], answer["id"]) for answer in answers})
    assert set(told.values()) == {1}, "what comes again, for who may not have heard it, is the same answer"


async def test_several_who_ask_get_one_restart_and_not_at_once(
    place: Place, lamps: list[LampBridge], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridges, "RESTART_PAUSE", 0.7)
    clock = asyncio.get_running_loop().time
    async with serving(place.keeper("genie")):
        began = clock()
        await place.listener.object("jipsa/device/ceiling/state")
        for _ in range(5):
            assert (await place.ask("genie", "restart"))["status"] == "ok"
        await place.until(lambda: len(lamps) == 2)
        assert clock() - began > 0.65
        await place.until(lambda: len(place.online("genie")) == 2)
        await place.ask("genie", "health_check")
        assert len(lamps) == 2


async def test_settings_are_read_again_and_faulty_ones_are_told_and_left_aside(place: Place, tmp_path: Path) -> None:
    keeper = place.keeper("genie")
    async with serving(keeper):
        assert (await place.listener.object("jipsa/device/timers/about"))["name"] == "타이머"
        place.config.write_text("genie: {weather: rainy}")
        await place.restart("genie")
        told = await place.log("genie")
        assert "jipsa.yaml:1: genie.weather" in told["message"]
        assert "앞의 설정" in told["message"]
        place.write(home="nowhere.yaml")
        place.listener.heard.clear()
        await place.restart("genie")
        assert "nowhere.yaml" in (await place.log("genie"))["message"]
        place.write(language="en", broker={"url": "mqtt://nowhere:1"})  # where the broker is, is the process's
        await place.restart("genie")
        assert (await place.listener.object("jipsa/device/timers/about", name="Timers"))["bridge"] == "genie"


async def test_a_bridge_that_cannot_be_made_is_made_as_before(place: Place) -> None:
    async with serving(place.keeper("thinq")):
        await place.listener.object("jipsa/device/washer/state")
        place.write(thinq={"simulate": False})
        await place.restart("thinq")
        assert "jipsa thinq login" in (await place.log("thinq"))["message"]
        await place.until(lambda: len(place.listener.all("jipsa/device/washer/about")) == 2)
        place.write(thinq={"simulate": False, "country": "ZZ", "token_file": str(place.config)})
        place.listener.heard.clear()
        await place.restart("thinq")
        assert "'ZZ'" in (await place.log("thinq"))["message"]


async def test_where_even_that_fails_it_is_tried_until_it_works(
    place: Place, lamps: list[LampBridge], monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    @asynccontextmanager
    async def broken(settings: Settings, home: Home) -> AsyncIterator[Bridge]:
        nonlocal tries
        tries += 1
        raise BridgeError("no driver") if tries % 2 else RuntimeError("a fault of ours")
        yield

    keeper = place.keeper("genie")
    async with serving(keeper) as running:
        await place.until(lambda: keeper.condition().ready)
        monkeypatch.setitem(MAKERS, "genie", broken)
        await place.ask("genie", "restart")
        await place.until(lambda: tries >= 6)
        condition = keeper.condition()
        assert (condition.ready, condition.healthy, condition.status) == (False, True, "genie: starting.")
        monkeypatch.setitem(MAKERS, "genie", _lamps)
        await place.until(lambda: keeper.condition().ready)
        assert (await place.log("genie"))["message"]
        assert not running.done()


async def test_one_that_never_ran_ends_with_its_error(place: Place) -> None:
    place.write(thinq={"simulate": False})
    with pytest.raises(BridgeError, match="jipsa thinq login"):
        await place.keeper("thinq").run()


async def test_one_that_breaks_while_it_runs_ends_with_its_error(
    place: Place, lamps: list[LampBridge], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridges, "HEALTH_INTERVAL", 0.02)

    def broken(bridge: Bridge) -> None:
        raise OSError("no /proc")

    running = asyncio.create_task(place.keeper("genie").run())
    await place.listener.object("jipsa/device/ceiling/state")
    await place.restart("genie")
    await place.until(lambda: lamps[1].holds)
    monkeypatch.setattr(LampBridge, "_report_health", broken)
    with pytest.raises(OSError, match="no /proc"):
        async with asyncio.timeout(20):
            await running
    assert len(lamps) == 2


async def test_one_that_is_switched_off_ends_and_says_good_bye(place: Place) -> None:
    keeper, other = place.keeper("thinq"), place.keeper("genie")
    async with serving(keeper) as running, serving(other):
        await place.listener.object("jipsa/device/washer/state")
        await place.until(lambda: other.condition().ready)
        place.write(thinq={"enabled": False})
        await place.ask("thinq", "restart")
        async with asyncio.timeout(20):
            await running
        assert json.loads(place.listener.all("jipsa/bridge/thinq/state")[-1]) == {"state": "offline"}
        condition = keeper.condition()
        assert (condition.ready, condition.healthy, condition.status) == (True, True, "thinq: off.")
        assert other.condition().ready


async def test_the_appliances_of_another_account_take_the_place_of_those_before(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = Simulator([one for one in showroom() if one.id in {"washer", "dryer", "styler"}])
    async with cloud.serving() as url, serving(place.keeper("thinq")):
        await place.listener.object("jipsa/device/robot/state")
        await place.listener.object("jipsa/device/washer/state")
        # The bridge asks LG; only where that is differs.
        monkeypatch.setattr(thinqconnect.ThinQApi, "_get_url_from_endpoint", lambda api, path: f"{url}/{path}")
        keep_token(TOKEN, tmp_path / "state/thinq/token")
        place.write(thinq={"simulate": False, "push": False})
        place.listener.heard.clear()
        await place.restart("thinq")
        await place.until(lambda: place.retained("state").keys() == {"washer", "dryer", "styler"})
        cleared = {topic for topic, body in place.listener.heard if topic.endswith("/about") and not body}
        assert cleared == {f"jipsa/device/{gone}/about" for gone in ("living_ac", "robot", "air_purifier")}
        info = await place.listener.object("jipsa/bridge/thinq/info", devices=["dryer", "styler", "washer"])
        assert info["contract"]


async def test_a_service_of_systemd_stays_the_same_process_until_it_is_switched_off(
    mosquitto: TestBroker, tmp_path: Path
) -> None:
    place, systemd = Place(mosquitto, tmp_path), Systemd(str(tmp_path / "notify"))
    told = {"NOTIFY_SOCKET": systemd.address, "WATCHDOG_USEC": "400000", "XDG_STATE_HOME": str(tmp_path)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hub.cli", "bridge", "genie", "--config", str(place.config)),
        cwd=REPOSITORY, env={**os.environ, **told}, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with place.listener.bus.running():
            await systemd.until("READY=1", within=60)
            hearing = asyncio.create_task(systemd.until("STOPPING=1"))
            place.write(language="en")
            await place.restart("genie")
            assert (await place.listener.object("jipsa/device/timers/about", name="Timers"))["bridge"] == "genie"
            seen = systemd.heard.count("WATCHDOG=1")
            await place.until(lambda: systemd.heard.count("WATCHDOG=1") > seen + 2)
            assert systemd.heard.count("READY=1") == 1
            assert process.returncode is None
            place.write(genie={"enabled": False})
            await place.ask("genie", "restart")
            async with asyncio.timeout(20):
                assert await process.wait() == SWITCHED_OFF
            await end(hearing)
    finally:
        systemd.socket.close()
        if process.returncode is None:
            process.kill()
            await process.wait()
