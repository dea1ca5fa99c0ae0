"""Firefox and WebKit (the engine of Safari), by the protocols that they speak themselves.

Firefox: WebDriver BiDi, https://www.w3.org/TR/webdriver-bidi. WebKit: WebDriver, https://www.w3.org/TR/webdriver2, in
GTK's MiniBrowser on a screen that nobody sees. What a finger and keys do is told to both in the same way.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from asyncio.subprocess import DEVNULL, STDOUT, Process, create_subprocess_exec
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import pytest
from brokers import free_port

SIZE = (390, 844)
"""Pixels of a telephone."""

PATIENCE = 30.0
"""Seconds for what a browser does."""

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
PULSE, PLAYER = shutil.which("pulseaudio"), shutil.which("paplay")
WEBKIT_DRIVER, XVFB = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
MINI_BROWSER = next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), None)

PREFERENCES: Mapping[str, object] = {
    "intl.accept_languages": "ko-KR, ko",
    "media.navigator.permission.disabled": True,
    "app.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
}
"""Of Firefox, which asks no other host for anything."""

NOTE_FAULTS = """(() => {
    window.faults = [];
    const note = ({ message, reason, blockedURI, target }) =>
        faults.push(String(message ?? reason ?? blockedURI ?? target.outerHTML));
    for (const kind of ["error", "unhandledrejection", "securitypolicyviolation"]) addEventListener(kind, note, true);
})()"""


class Engine(Protocol):
    """A browser with one page."""

    async def faults(self) -> list[str]:
        """The errors that its page made since the last time."""

    async def open(self, url: str) -> None:
        """Open a page."""

    async def value(self, expression: str) -> Any:
        """What an expression of JavaScript is in the page."""

    async def act(self, device: str, *actions: Mapping[str, Any]) -> None:
        """What a "pointer" or a "key" does, as "actions" of WebDriver."""


class Window:
    """A page as its user sees it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def open(self, url: str) -> None:
        """Open a page, until it has drawn itself."""
        await self._engine.open(url)
        await self.until("document.querySelector('#tabs .tab')")

    async def value(self, expression: str) -> Any:
        """What an expression of JavaScript is in the page."""
        return await self._engine.value(expression)

    async def until(self, expression: str) -> None:
        """Wait until it is true."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not await self.value(f"Boolean({expression})"):
                    await asyncio.sleep(0.05)
        except TimeoutError:
            shown = await self.value("document.body.innerText")
            raise AssertionError(f"never: {expression}\n{shown}") from None

    async def see(self, selector: str, text: str = "") -> None:
        """Wait until an element is there that has this text."""
        await self.until(_found(selector, text))

    async def press(self, selector: str, text: str = "", at: tuple[float, float] = (0.5, 0.5)) -> None:
        """Press a finger (of the mouse) onto an element, once it is there; `at` says where, in shares of its size."""
        await self.see(selector, text)
        await self.until(f"(({_found(selector, text)}).scrollIntoView({{block: 'center'}}), true)")
        box = await self.value(f"(({_found(selector, text)}).getBoundingClientRect()).toJSON()")
        place = {"x": round(box["x"] + box["width"] * at[0]), "y": round(box["y"] + box["height"] * at[1])}
        await self._engine.act(
            "pointer", {"type": "pointerMove", "duration": 0, **place}, {"type": "pointerDown", "button": 0}
        )

    async def release(self) -> None:
        """Let it go."""
        await self._engine.act("pointer", {"type": "pointerUp", "button": 0})

    async def click(self, selector: str, text: str = "") -> None:
        """Press an element and let it go."""
        await self.press(selector, text)
        await self.release()

    async def type(self, *keys: str) -> None:
        """Press and let go keys, by what they write, or by the code of WebDriver."""
        for key in keys:
            await self._engine.act("key", {"type": "keyDown", "value": key}, {"type": "keyUp", "value": key})


def _found(selector: str, text: str) -> str:
    """The expression for the first such element that has this text."""
    has = f"(one) => one.textContent.includes({json.dumps(text)})"
    return f"[...document.querySelectorAll({json.dumps(selector)})].find({has})"


class Firefox:
    """Firefox, over WebDriver BiDi."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._faults: list[str] = []
        self._socket = socket
        self._numbers = count(1)
        self._context = ""

    async def begin(self) -> None:
        """Take the window that is there."""
        await self._call("session.new", capabilities={})
        await self._call("session.subscribe", events=["log.entryAdded"])
        self._context = (await self._call("browsingContext.getTree"))["contexts"][0]["context"]
        width, height = SIZE
        await self._call(
            "browsingContext.setViewport", context=self._context, viewport={"width": width, "height": height}
        )

    async def faults(self) -> list[str]:
        await self.value("0")  # what its console told so far has come
        found, self._faults = self._faults, []
        return found

    async def open(self, url: str) -> None:
        await self._call("browsingContext.navigate", context=self._context, url=url, wait="complete")

    async def value(self, expression: str) -> Any:
        told = await self._call(
            "script.evaluate", expression=f"JSON.stringify({expression}) ?? 'null'", awaitPromise=False,
            target={"context": self._context},
        )  # fmt: skip
        if told["type"] == "exception":
            raise AssertionError(told["exceptionDetails"]["text"])
        return json.loads(told["result"]["value"])

    async def act(self, device: str, *actions: Mapping[str, Any]) -> None:
        await self._call("input.performActions", context=self._context, actions=[_source(device, actions)])

    async def _call(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        await self._socket.send_str(json.dumps({"id": number, "method": method, "params": params}))
        async with asyncio.timeout(PATIENCE):
            while True:
                told = json.loads(await self._socket.receive_str())
                if told.get("method") == "log.entryAdded" and told["params"]["level"] == "error":
                    self._faults.append(told["params"]["text"])
                if told.get("id") == number:
                    assert told["type"] == "success", told
                    return told["result"]


class WebKit:
    """WebKit, over WebDriver, which tells nothing of its console: the page itself notes its errors."""

    def __init__(self, client: aiohttp.ClientSession, url: str) -> None:
        self._client = client
        self._url = url

    async def begin(self) -> None:
        """Open a window, once the driver is there."""
        async with asyncio.timeout(PATIENCE):
            while not await self._is_there():
                await asyncio.sleep(0.05)
        options = {"binary": str(MINI_BROWSER), "args": ["--automation"]}
        capabilities = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self._url += "/" + (await self._call("POST", "", capabilities=capabilities))["sessionId"]
        width, height = SIZE
        await self._call("POST", "/window/rect", width=width, height=height)

    async def faults(self) -> list[str]:
        found: list[str] = await self.value("faults.splice(0)")
        return found

    async def _is_there(self) -> bool:
        try:
            async with self._client.get(self._url.replace("/session", "/status")) as answer:
                return answer.ok
        except aiohttp.ClientError:
            return False

    async def open(self, url: str) -> None:
        await self._call("POST", "/url", url=url)
        await self.value(NOTE_FAULTS)

    async def value(self, expression: str) -> Any:
        return await self._call("POST", "/execute/sync", script=f"return {expression}", args=[])

    async def act(self, device: str, *actions: Mapping[str, Any]) -> None:
        await self._call("POST", "/actions", actions=[_source(device, actions)])

    async def end(self) -> None:
        """Close the window."""
        await self._call("DELETE", "")

    async def _call(self, method: str, path: str, **body: Any) -> Any:
        given = body if method == "POST" else None
        async with asyncio.timeout(PATIENCE), self._client.request(method, self._url + path, json=given) as answer:
            told = (await answer.json())["value"]
            assert answer.ok, told
            return told


def _source(device: str, actions: tuple[Mapping[str, Any], ...]) -> dict[str, Any]:
    parameters = {"parameters": {"pointerType": "mouse"}} if device == "pointer" else {}
    return {"type": device, "id": device, **parameters, "actions": list(actions)}


@asynccontextmanager
async def firefox(folder: Path, environment: Mapping[str, str]) -> AsyncIterator[Firefox]:
    """Firefox with a new profile in this folder."""
    profile = folder / "firefox"
    profile.mkdir()
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("".join(lines))
    address = profile / "WebDriverBiDiServer.json"
    arguments = ["--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    async with running(str(FIREFOX), *arguments, env=environment), aiohttp.ClientSession() as client:
        await until(lambda: address.exists() and address.stat().st_size > 0)
        served = json.loads(address.read_text())
        url = f"ws://{served['ws_host']}:{served['ws_port']}/session"
        async with client.ws_connect(url, max_msg_size=0) as socket:
            engine = Firefox(socket)
            await engine.begin()
            yield engine


@asynccontextmanager
async def webkit(folder: Path, environment: Mapping[str, str]) -> AsyncIterator[WebKit]:
    """WebKit without anything that is kept, on a screen of its own."""
    port = free_port()
    driver = [str(WEBKIT_DRIVER), f"--port={port}"]
    async with screen() as display, aiohttp.ClientSession() as client:
        graphics = {"DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"}
        async with running(*driver, env={**environment, **graphics}):
            engine = WebKit(client, f"http://127.0.0.1:{port}/session")
            await engine.begin()
            yield engine
            await engine.end()


@asynccontextmanager
async def screen() -> AsyncIterator[str]:
    """A screen that nobody sees, by the name that X has for it."""
    reader, writer = os.pipe()
    arguments = ["-displayfd", str(writer), "-noreset", "-nolisten", "tcp", "-screen", "0", "1280x1024x24"]
    async with running(str(XVFB), *arguments, pass_fds=[writer]):
        os.close(writer)
        with os.fdopen(reader) as told:
            number = (await asyncio.to_thread(told.readline)).strip()
        yield f":{number}"


class Room:
    """A loudspeaker that nobody hears, and a microphone that hears what is played to it: PulseAudio alone."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "sound"
        self.environment = {**os.environ, "PULSE_SERVER": f"unix:{self._socket}", "XDG_RUNTIME_DIR": str(folder)}
        """Of the browsers that are in it."""

    @asynccontextmanager
    async def furnished(self) -> AsyncIterator[None]:
        """While the block lasts, the room is there."""
        modules = (
            f"module-native-protocol-unix socket={self._socket} auth-anonymous=1",
            "module-null-sink sink_name=loudspeaker",
            "module-null-sink sink_name=voice",
            "module-remap-source source_name=microphone master=voice.monitor",
        )
        loaded = [argument for module in modules for argument in ("-L", module)]
        options = ["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit"]
        async with running(str(PULSE), *options, *loaded, env=self.environment):
            await until(self._socket.is_socket)
            yield

    async def play(self, sound: Path) -> None:
        """Say what is in a WAV file, to its end."""
        async with running(str(PLAYER), "--device=voice", str(sound), env=self.environment) as process:
            assert await process.wait() == 0


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.05)


@asynccontextmanager
async def running(program: str, *arguments: str, **options: Any) -> AsyncIterator[Process]:
    """A program, until the block has ended."""
    process = await create_subprocess_exec(program, *arguments, stdout=DEVNULL, stderr=STDOUT, **options)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _needing(packages: str, *programs: object) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        None in (PULSE, PLAYER, *programs), reason=f"apt install pulseaudio pulseaudio-utils {packages}"
    )


ENGINES = [
    pytest.param(firefox, id="firefox", marks=_needing("firefox-esr", FIREFOX)),
    pytest.param(webkit, id="webkit", marks=_needing("webkit2gtk-driver xvfb", WEBKIT_DRIVER, XVFB, MINI_BROWSER)),
]
"""Those that are there; the others are skipped."""
