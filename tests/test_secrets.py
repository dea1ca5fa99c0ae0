"""Secrets stay where they are: real processes are given known ones and made to fail in every way, at debug."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib
import json
import logging
import os
import pkgutil
import re
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest
from aiohttp import web
from brokers import MOSQUITTO, free_port
from pydantic import BaseModel

import devices
import hub
from devices.genie.calendars import HomeCalendar
from devices.thinq.client import ThinqCloud, ThinqError
from hub.address import BrokerAddress
from hub.bus import Bus
from hub.config import Settings, load_settings
from hub.messages import Intent, Topic
from hub.payloads import new_id
from hub.web.accounts import Accounts
from hub.web.calls import CallError
from hub.web.socket import OpenPage

REPOSITORY = Path(__file__).parents[1]

SECRETS = {
    "token": "eyJ0eXAiOiJKV1Qi-homeassistant",
    "pat": "thinqpat_1234567890abcdef",
    "key": "kt-key-98765",
    "secret": "kt-secret-43210",
    "good": "right-password-1",
    "bad": "wrong-password-2",
    "calendar": "private-0123456789abcdef",
}


def leaks(text: str) -> list[str]:
    return [name for name, value in SECRETS.items() if value in text]


# Objects.


def modules() -> Iterator[Any]:
    for package in (hub, devices):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


SECRET = re.compile(r"(^|_)(password|token|secret|key|credential|source)$")
"""What fields are called that hold one; `source` may be the secret address of a calendar."""

HARMLESS = {
    ("Utterance", "source"),  # where it was said: cli, microphone
    ("Unreached", "key"),  # of a sentence
    ("Flaw", "key"),  # of an entry in the home file
    *((kind, "key") for kind in ("Envelope", "Answer", "Sender", "Visit")),  # the name of the key that signs
}


def shown_fields() -> Iterator[tuple[str, str]]:
    """Class and name of every field of text that is called like a secret and stands in the repr of its object."""
    seen: set[type] = set()
    for module in modules():
        for kind in vars(module).values():
            if not isinstance(kind, type) or kind in seen or not kind.__module__.startswith(("hub", "devices")):
                continue
            seen.add(kind)
            fields: list[tuple[str, Any, bool]] = []
            if dataclasses.is_dataclass(kind):
                fields = [(one.name, str(one.type), one.repr) for one in dataclasses.fields(kind)]
            elif issubclass(kind, BaseModel):
                fields = [(name, str(one.annotation), one.repr) for name, one in kind.model_fields.items()]
            elif issubclass(kind, tuple) and hasattr(kind, "_fields"):
                fields = [(name, str(kind.__annotations__.get(name)), True) for name in kind._fields]
            yield from (
                (kind.__name__, name) for name, of, repr_ in fields if repr_ and "str" in of and SECRET.search(name)
            )


def test_no_object_shows_a_secret() -> None:
    assert set(shown_fields()) - HARMLESS == set()


def test_settings_and_addresses_do_not_show_what_is_secret(tmp_path: Path) -> None:
    file = tmp_path / "jipsa.yaml"
    file.write_text(
        f"broker: {{url: 'mqtt://jipsa:{SECRETS['good']}@hub.local'}}\n"
        f"genie: {{calendars: [{{name: 가족, source: 'https://ical.org/{SECRETS['calendar']}/basic.ics'}}]}}\n"
    )
    settings = load_settings(file)
    address = settings.broker.address()
    assert address.password == SECRETS["good"]
    shown = [settings, settings.broker, settings.genie.calendars, address]
    shown += [HomeCalendar(one.name, one.source) for one in settings.genie.calendars]
    assert not leaks(repr(shown) + str(shown) + f"{settings}")
    with pytest.raises(AssertionError):  # the test would see it
        assert not leaks(settings.broker.url)


# Processes.


class Ended(NamedTuple):
    """A process that is over."""

    code: int
    output: str


class Watched:
    """Starts `jipsa …` at debug, and keeps all that any of them has shown anywhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shown: list[str] = []
        own = {"JIPSA_LOG_LEVEL": "debug", "XDG_STATE_HOME": str(folder / "state"), "COLUMNS": "500"}
        self.env = {**os.environ, **own}
        for name, value in SECRETS.items():
            (folder / name).write_text(value + "\n")

    def settings(self, broker: str, password_file: Path | None = None, **sections: Any) -> Path:
        path = self.folder / f"settings-{len(list(self.folder.iterdir()))}.yaml"
        given = {"password_file": str(password_file)} if password_file else {}
        path.write_text(json.dumps({"broker": {"embedded": False, "url": broker, **given}, **sections}))
        return path

    async def run(self, *arguments: str | Path) -> Ended:
        """Run a command to its end; what it shows is kept."""
        process = await self._start(arguments, asyncio.subprocess.PIPE)
        try:
            async with asyncio.timeout(60):
                out, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode is not None
        self.shown.append(out.decode())
        return Ended(process.returncode, out.decode())

    @asynccontextmanager
    async def serving(self, *arguments: str | Path) -> AsyncIterator[Path]:
        """A service while the block lasts; its output is in the file."""
        output = self.folder / f"output-{len(list(self.folder.iterdir()))}"
        with output.open("wb") as file:
            process = await self._start(arguments, file)
        try:
            yield output
            self.shown += [seen(process.pid)]
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await process.wait()
            self.shown.append(output.read_text())

    async def _start(self, arguments: tuple[str | Path, ...], output: Any) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "hub.cli", *map(str, arguments)), cwd=REPOSITORY, env=self.env,
            stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip


def seen(pid: int) -> str:
    """What everybody on the machine sees of a process and its children: command lines and environment."""
    children = (Path(f"/proc/{pid}/task/{pid}/children").read_text()).split()
    own = "".join(Path(f"/proc/{pid}/{name}").read_bytes().decode(errors="replace") for name in ("cmdline", "environ"))
    return own + "".join(seen(int(child)) for child in children)


async def until(output: Path, *wanted: str) -> None:
    """Wait until all of these stand in the file."""
    async with asyncio.timeout(60):
        while not all(one in output.read_text() for one in wanted):
            await asyncio.sleep(0.02)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    found = Watched(tmp_path)
    yield found
    assert found.shown
    assert [leaks(shown) for shown in found.shown] == [[]] * len(found.shown)


@pytest.fixture
async def guarded(tmp_path: Path) -> AsyncIterator[int]:
    """The port of a Mosquitto that lets in only the user `jipsa` with the right password."""
    if MOSQUITTO is None:
        pytest.skip("Mosquitto is not installed (apt install mosquitto)")
    port, passwords = free_port(), tmp_path / "passwords"
    make = ("mosquitto_passwd", "-b", "-c", str(passwords), "jipsa", SECRETS["good"])
    made = await asyncio.create_subprocess_exec(*make, stderr=asyncio.subprocess.DEVNULL)
    assert await made.wait() == 0
    passwords.chmod(0o644)
    config = tmp_path / "mosquitto.conf"
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\nlog_type error\nuser root\n"
    )
    process = await asyncio.create_subprocess_exec(MOSQUITTO, "-c", str(config))
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.01)
                continue
            writer.close()
            break
    yield port
    process.kill()
    await process.wait()


@asynccontextmanager
async def web_server(port: int = 0) -> AsyncIterator[str]:
    """A Home Assistant that knows no token, and a ThinQ cloud behind a proxy that shows its own page."""

    async def socket(request: web.Request) -> web.WebSocketResponse:
        answer = web.WebSocketResponse()
        await answer.prepare(request)
        await answer.send_json({"type": "auth_required", "ha_version": "2026.11.1"})
        await answer.receive_json()
        await answer.send_json({"type": "auth_invalid", "message": "Invalid access token or password"})
        await answer.close()
        return answer

    async def unwelcome(request: web.Request) -> web.Response:
        return web.Response(status=401, text="401: Unauthorized")

    async def proxy(request: web.Request) -> web.Response:
        return web.Response(text="<html>log in first</html>", content_type="text/html")

    application = web.Application()
    application.router.add_get("/api/websocket", socket)
    application.router.add_post("/api/conversation/process", unwelcome)
    application.router.add_route("*", "/{rest:.*}", proxy)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_services_that_are_refused_everywhere(watched: Watched, guarded: int) -> None:
    good = f"mqtt://jipsa:{SECRETS['good']}@127.0.0.1:{guarded}"
    async with web_server() as url:
        token = {"url": url, "token_file": str(watched.folder / "token")}
        homeassistant = watched.settings(good, homeassistant=token)
        asked = watched.settings(good, genie={
            "agent": {"kind": "homeassistant", **token},
            "weather": {"kind": "homeassistant", **token, "entity": "weather.home"},
            "calendars": [{"name": "가족", "source": f"{url}/{SECRETS['calendar']}/basic.ics"}],
        })  # fmt: skip
        kt = watched.settings(good, genie={"agent": {
            "kind": "kt", "client_id": "jipsa", "host": "127.0.0.1", "port": free_port(), "tls": False,
            "key_file": str(watched.folder / "key"), "secret_file": str(watched.folder / "secret"),
        }})  # fmt: skip
        bus = Bus(BrokerAddress("127.0.0.1", guarded, "jipsa", SECRETS["good"]), "listener")
        intents = [
            Intent(intent="JipsaAsk", slots={"query": "달은 몇 살이야"}),
            Intent(intent="HassGetWeather"),
            Intent(intent="JipsaGetSchedule"),
        ]
        expected = 0
        heard: list[str] = []
        bus.subscribe("#", lambda topic, payload: heard.append(f"{topic} {payload.decode()}"))
        async with bus.running(), watched.serving("bridge", "homeassistant", "--config", homeassistant) as inward:
            for settings in (asked, kt):
                async with watched.serving("bridge", "genie", "--config", settings) as output:
                    await until(output, "jipsa-genie: connected")
                    for intent in intents:
                        bus.publish(Topic.intent("genie"), intent.model_copy(update={"id": new_id()}))
                    await until(output, "WARNING")
                    expected += len(intents)
                    async with asyncio.timeout(30):
                        while len([one for one in heard if one.startswith("jipsa/reply/")]) < expected:
                            await asyncio.sleep(0.01)
            await until(inward, "ERROR")
        async with asyncio.timeout(30):
            retained: list[str] = []
            again = Bus(bus.address, "again")  # whoever comes later
            again.subscribe("jipsa/#", lambda topic, payload: retained.append(f"{topic} {payload.decode()}"))
            async with again.running():
                while not any(one.startswith("jipsa/device/timers/about") for one in retained):
                    await asyncio.sleep(0.01)
    watched.shown += ["\n".join(heard), "\n".join(retained)]


async def test_a_broker_that_refuses_or_is_away(watched: Watched, guarded: int) -> None:
    inside = f"mqtt://jipsa:{SECRETS['bad']}@127.0.0.1:{guarded}"
    outside = f"mqtt://jipsa@127.0.0.1:{guarded}"
    away = f"mqtt://jipsa:{SECRETS['bad']}@127.0.0.1:{free_port()}"
    file = watched.folder / "bad"
    for settings in (watched.settings(inside), watched.settings(outside, file), watched.settings(away)):
        async with watched.serving("bridge", "genie", "--config", settings) as output:
            await until(output, "WARNING hub.bus: jipsa-genie")
        said = await watched.run("say", "불 켜줘", "--config", settings)
        assert said.code == 2


@pytest.mark.parametrize(
    "told",
    [
        "broker: {url: 'mqtt://jipsa:BAD@hub:99999'}",
        "broker: {url: 'mqtt://jipsa:BAD/x@hub:99999'}",
        "broker: {url: 'http://jipsa:BAD@hub'}",
        "broker: {url: 'jipsa:BAD@hub'}",
        "broker: {password: BAD}",
        "broker: {url: {password: BAD}}",
        "broker: [BAD]",
        "homeassistant: {url: 'http://jipsa:BAD@ha:8123'}",
        "homeassistant: {url: 'http://ha:8123/?token=BAD', token: BAD}",
        "genie: {calendars: [{name: a, source: 'webcal://ical.org/BAD/basic.ics'}]}",
        "genie: {agent: {kind: kt, client_id: a, key: BAD}}",
        "genie: {music: {mpd: 'BAD@localhost:6600'}}",
    ],
)
async def test_settings_that_are_wrong(watched: Watched, told: str) -> None:
    path = watched.folder / "jipsa.yaml"
    path.write_text(told.replace("BAD", SECRETS["bad"]))
    ended = await watched.run("butler", "--config", path)
    assert ended.code == 2
    assert "jipsa.yaml:1" in ended.output


async def test_logins_that_fail(watched: Watched) -> None:
    settings = watched.settings("mqtt://127.0.0.1:1883", state_dir=str(watched.folder / "state"))
    async with web_server() as url:
        joined = await watched.run(
            "thinq", "login", "--token-file", watched.folder / "pat", "--url", url, "--config", settings
        )
        assert joined.code == 2
        assert "text/html" in joined.output  # what the log says of it at debug
        entered = await watched.run(
            "homeassistant", "login", "--token-file", watched.folder / "token", "--url", url, "--config", settings
        )
        assert entered.code == 2
    kept = [path.read_text() for path in (watched.folder / "state").rglob("*") if path.is_file()]
    assert not leaks("".join(kept))  # what was refused


async def test_accounts_that_the_page_tries(
    broker: BrokerAddress, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    config = tmp_path / "jipsa.yaml"
    config.write_text("state_dir: state\n")
    bus, told = Bus(broker, "page"), []
    bus.subscribe("#", lambda topic, payload: told.append(f"{topic} {payload.decode()}"))
    async with web_server() as url, bus.running():
        accounts = Accounts(load_settings(config), bus, config, url)
        page = OpenPage("web-00000000", "en", accounts.calls)
        tried = {
            "account.thinq": {"token": SECRETS["pat"]},
            "account.thinq.simulate": {"simulate": SECRETS["pat"]},
            "account.homeassistant": {"url": url, "token": SECRETS["token"]},
            "account.restart": {"bridge": SECRETS["secret"] + "/"},
        }
        for call, given in tried.items():
            with pytest.raises(CallError) as caught:
                await accounts.calls[call](page, given)
            told += [str(caught.value), repr(caught.value), caught.value.code]
        with pytest.raises(CallError) as caught:
            await accounts.calls["account.homeassistant"](page, {"url": f"http://{SECRETS['bad']}@ha", "token": "x"})
        told.append(str(caught.value))
    assert "text/html" in caplog.text
    assert not leaks("\n".join([*told, caplog.text, config.read_text()]))
    kept = [path.read_text() for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert not leaks("".join(kept))


async def test_a_page_of_a_proxy_does_not_bring_the_token_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with web_server() as url, aiohttp.ClientSession() as session:
        cloud = ThinqCloud(
            session, access_token=SECRETS["pat"], country="KR", client_id="c", base_url=url, language="en"
        )
        with pytest.raises(ThinqError):
            await cloud.devices()
    assert "text/html" in caplog.text
    assert not leaks(caplog.text)


def test_settings_have_no_place_for_a_secret_but_the_address_of_the_broker() -> None:
    """A file may be shown to somebody who helps; secrets have files of their own."""

    def names(model: type[BaseModel]) -> Iterator[str]:
        for name, field in model.model_fields.items():
            if "Path" not in str(field.annotation):  # a file of its own
                yield name
            for kind in (field.annotation, *getattr(field.annotation, "__args__", ())):
                if isinstance(kind, type) and issubclass(kind, BaseModel):
                    yield from names(kind)

    assert not [name for name in names(Settings) if re.search(r"(password|token|secret|key)$", name)]
