"""A real Home Assistant: the `homeassistant` package in an environment of its own (script/homeassistant).

It runs in a folder of its own, is set up through its REST API as a person would (a user, a token, integrations), and is
spoken to over its WebSocket.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
from brokers import free_port

from hub.address import BrokerAddress

STARTS_WITHIN = 120.0
"""Seconds: a small machine that is busy with other tests is slow."""

PASSWORD = "jipsa-jipsa"

CONFIGURATION = """
homeassistant:
  name: 우리 집
  latitude: 37.57
  longitude: 126.98
  elevation: 38
  unit_system: metric
  time_zone: Asia/Seoul
  country: KR
  language: ko
http:
  server_host: 127.0.0.1
  server_port: {port}
frontend:
config:
onboarding:
conversation:
assist_pipeline:
media_source:
input_boolean:
automation: []
logger:
  default: warning
  logs:
    homeassistant.components.mqtt: info
"""

ONBOARDING = '{"version": 4, "key": "onboarding", "data": {"done": ["core_config", "analytics", "integration"]}}'
"""These steps would add integrations that reach for the Internet; only the user is still to be made."""

_ENTRY = re.compile(r"^\d{4}-\d\d-\d\d [\d:.]+ [A-Z]+ \(")

_FAULT = re.compile(r"^\S+ \S+ (?:WARNING|ERROR|CRITICAL) \([^)]*\) \[(?P<logger>[^]]+)\] (?P<text>.*)")

_OF_THE_MACHINE = re.compile(
    r"aiohttp_fast_zlib|Skipping pip|libturbojpeg|haffmpeg|invalid authentication|slow|Setup of|over 10 seconds"
    r"|Satellite has been disconnected"
)
"""What a Home Assistant says of the machine that it runs on (it hangs up on a satellite whose answer to a ping takes 5
seconds, and comes back), or of the test that asks before it is up."""


class HomeAssistantError(Exception):
    """Home Assistant answered a command with an error; the text is its own."""


class TestHomeAssistant:
    """One Home Assistant on a port of its own; its folder outlives it, so it can be stopped and started again.

    `more` is further configuration (YAML), such as template lights.
    """

    __test__ = False

    def __init__(self, hass: Path, folder: Path, more: str = "") -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.token = ""
        self._hass = hass
        self.folder = folder
        self._log = folder / "home-assistant.log"
        self._earlier = ""
        self._process: asyncio.subprocess.Process | None = None
        (folder / ".storage").mkdir(parents=True, exist_ok=True)
        (folder / ".storage/onboarding").write_text(ONBOARDING)
        (folder / "configuration.yaml").write_text(CONFIGURATION.format(port=self.port) + more)

    async def start(self) -> None:
        """Run until it answers; the first time also make the user and the token."""
        command = ("--skip-pip", "--config", str(self.folder), "--log-file", str(self._log))
        out = (self.folder / "out.txt").open("ab")
        self._process = await asyncio.create_subprocess_exec(self._hass, *command, stdout=out, stderr=out)
        out.close()
        async with asyncio.timeout(STARTS_WITHIN), aiohttp.ClientSession() as session:
            await self._until_running(session)
            if not self.token:
                await self._onboard(session)
        await self.until(self._has_started, STARTS_WITHIN)

    async def stop(self) -> None:
        """End it as systemd would; what it logged is kept."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(30):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        self._process = None
        self._earlier += self._log.read_text() if self._log.exists() else ""

    async def restart(self) -> None:
        """Stop and start again, with all that it knows."""
        await self.stop()
        self._log.unlink(missing_ok=True)
        await self.start()

    def faults(self) -> list[str]:
        """The warnings and errors that it logged, without those about the machine: `logger: text`, in order.

        Where a traceback follows, its last line does, too.
        """
        log = self._earlier + (self._log.read_text() if self._process is not None and self._log.exists() else "")
        found: list[list[str]] = []
        for line in log.splitlines():
            if _ENTRY.match(line):
                found.append([line])
            elif found and line.strip():
                found[-1][1:] = [line]  # of what follows, the last
        told = [(match, rest) for first, *rest in found if (match := _FAULT.match(first))]
        return [
            " ".join([f"{fault['logger']}: {fault['text']}", *rest])
            for fault, rest in told
            if not _OF_THE_MACHINE.search(fault[0])
        ]

    async def rest(self, method: str, path: str, json: object = None) -> Any:
        """What the REST API answers at `/api/<path>`."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, f"{self.url}/api/{path}", json=json) as response,
        ):
            if not response.ok:
                raise HomeAssistantError(f"{path}: HTTP {response.status}: {await response.text()}")
            return await response.json()

    async def configure(self, domain: str, *answers: Mapping[str, Any]) -> str:
        """Set an integration up as a person would, with an answer for each page; returns the id of its entry."""
        page = await self.rest("POST", "config/config_entries/flow", {"handler": domain, "show_advanced_options": True})
        for answer in answers:
            page = await self.rest("POST", f"config/config_entries/flow/{page['flow_id']}", answer)
        if page["type"] != "create_entry":
            raise HomeAssistantError(f"{domain}: {page}")
        entry: str = page["result"]["entry_id"]
        return entry

    @asynccontextmanager
    async def mqtt(self, broker: BrokerAddress) -> AsyncIterator[None]:
        """Its MQTT integration, on this broker, while the block lasts; all that it discovered is then forgotten."""
        entry = await self.configure("mqtt", {"broker": broker.host, "port": broker.port})
        try:
            yield
        finally:
            await self.rest("DELETE", f"config/config_entries/entry/{entry}")

    @asynccontextmanager
    async def socket(self) -> AsyncIterator[Socket]:
        """A connection to its WebSocket API."""
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{self.url}/api/websocket", max_msg_size=0) as connection,
        ):
            await connection.receive_json()
            await connection.send_json({"type": "auth", "access_token": self.token})
            answer = await connection.receive_json()
            if answer["type"] != "auth_ok":
                raise HomeAssistantError(str(answer))
            socket = Socket(connection)
            reading = asyncio.create_task(socket.read())
            try:
                yield socket
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    async def states(self) -> dict[str, dict[str, Any]]:
        """Every state that it has, by entity id."""
        return {state["entity_id"]: state for state in await self.rest("GET", "states")}

    async def token_of_another(self) -> str:
        """The token of a user who is no administrator."""
        client, name = f"{self.url}/", "guest"
        async with self.socket() as socket:
            user = await socket.call("config/auth/create", name=name, group_ids=["system-users"])
            await socket.call(
                "config/auth_provider/homeassistant/create",
                user_id=user["user"]["id"],
                username=name,
                password=PASSWORD,
            )
        async with aiohttp.ClientSession() as session:
            flow = {"client_id": client, "handler": ["homeassistant", None], "redirect_uri": client}
            async with session.post(f"{self.url}/auth/login_flow", json=flow) as response:
                page = await response.json()
            answer = {"client_id": client, "username": name, "password": PASSWORD}
            async with session.post(f"{self.url}/auth/login_flow/{page['flow_id']}", json=answer) as response:
                code = (await response.json())["result"]
            grant = {"grant_type": "authorization_code", "code": code, "client_id": client}
            async with session.post(f"{self.url}/auth/token", data=grant) as response:
                return str((await response.json())["access_token"])

    async def until(self, condition: Callable[[], Awaitable[bool]], within: float = 30) -> None:
        """Ask again and again until `condition` holds; TimeoutError after `within` seconds."""
        async with asyncio.timeout(within):
            while not await condition():
                await asyncio.sleep(0.05)

    async def _has_started(self) -> bool:
        with suppress(HomeAssistantError, aiohttp.ClientError):
            return bool((await self.rest("GET", "config"))["state"] == "RUNNING")
        return False

    async def _until_running(self, session: aiohttp.ClientSession) -> None:
        while True:
            assert self._process is not None
            if self._process.returncode is not None:
                raise HomeAssistantError((self.folder / "out.txt").read_text()[-3000:])
            with suppress(aiohttp.ClientError):
                async with session.get(f"{self.url}/api/onboarding") as response:
                    if response.status == 200 or self.token:
                        return
            await asyncio.sleep(0.1)

    async def _onboard(self, session: aiohttp.ClientSession) -> None:
        """The first user, and a long-lived token."""
        client = f"{self.url}/"
        user = {
            "client_id": client, "name": "집사", "username": "jipsa", "password": PASSWORD, "language": "ko",
        }  # fmt: skip
        async with session.post(f"{self.url}/api/onboarding/users", json=user) as response:
            code = (await response.json())["auth_code"]
        grant = {"grant_type": "authorization_code", "code": code, "client_id": client}
        async with session.post(f"{self.url}/auth/token", data=grant) as response:
            self.token = (await response.json())["access_token"]
        async with self.socket() as socket:
            self.token = await socket.call("auth/long_lived_access_token", client_name="tests", lifespan=10)


class Socket:
    """Commands and subscriptions on one WebSocket connection."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        self._connection = connection
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._events: dict[int, asyncio.Queue[dict[str, Any]]] = {}

    async def call(self, kind: str, **arguments: Any) -> Any:
        """The result of one command; raises HomeAssistantError."""
        return await self._answer(await self._send(kind, arguments))

    async def subscribe(self, kind: str, **arguments: Any) -> tuple[int, asyncio.Queue[dict[str, Any]]]:
        """A command whose events come into the queue; returns its number too."""
        number = await self._send(kind, arguments)
        await self._answer(number)
        return number, self._events[number]

    async def service(self, name: str, entity_id: str | list[str] | None = None, **data: Any) -> None:
        """Call a service (`light.turn_on`) and wait until it is done."""
        domain, _, service = name.partition(".")
        target = {"entity_id": entity_id} if entity_id else {}
        await self.call("call_service", domain=domain, service=service, service_data=data, target=target)

    async def entities(self) -> dict[str, dict[str, Any]]:
        """The entity registry, by unique id."""
        return {entry["unique_id"]: entry for entry in await self.call("config/entity_registry/list")}

    async def send_bytes(self, payload: bytes) -> None:
        """Audio for a pipeline; begins with the number of its handler."""
        await self._connection.send_bytes(payload)

    async def read(self) -> None:
        """Hand answers and events to who waits for them, until cancelled."""
        async for message in self._connection:
            heard = message.json()
            number = heard["id"]
            if heard["type"] == "event":
                self._events[number].put_nowait(heard["event"])
            elif (waiting := self._answers.get(number)) is not None and not waiting.done():
                waiting.set_result(heard)

    async def _send(self, kind: str, arguments: Mapping[str, Any]) -> int:
        number = next(self._ids)
        self._answers[number] = asyncio.get_running_loop().create_future()
        self._events[number] = asyncio.Queue()
        await self._connection.send_json({"id": number, "type": kind, **arguments})
        return number

    async def _answer(self, number: int) -> Any:
        async with asyncio.timeout(30):
            heard = await self._answers[number]
        del self._answers[number]
        if not heard["success"]:
            raise HomeAssistantError(str(heard["error"]))
        return heard["result"]
