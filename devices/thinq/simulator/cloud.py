"""A ThinQ Connect cloud with a household of appliances: an HTTP server that LG's own SDK talks to.

It speaks the personal API: device list, profile, state, control, energy, and push where that is wanted; the SDK reads
nothing of an error but that the HTTP status is not 2xx and LG's `{"error": {"code", "message"}}`, so the statuses here
are ours. Time is a clock of monotonic seconds that the caller may hand in, times `speed`.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from thinqconnect.const import API_KEY
from thinqconnect.country import get_region_from_country

from devices.thinq.simulator.appliance import RefusedError, SimulatedAppliance
from devices.thinq.simulator.energy import energy_profile, energy_usage
from devices.thinq.simulator.household import sample_home
from devices.thinq.simulator.push import PushService
from devices.thinq.simulator.subscriptions import Subscriptions

log = logging.getLogger(__name__)

TOKEN = "simulated-token"  # noqa: S105  # opens nothing but the simulator
"""The access token that the simulated account has."""

LONGEST_ABSENCE = 24 * 60.0
"""Minutes of the appliances' lives that are caught up on at most, after nobody asked for long."""

REMEMBERED = 1_000
"""How many of the latest requests are kept."""

STATUSES = {"1103": 401, "1218": 401, "1302": 401, "1205": 404, "1306": 429, "1307": 403, "2000": 500}
"""HTTP status of an error code; 400 for all others."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request that was served: for whoever wants to know what the SDK really sent."""

    method: str
    path: str
    body: Any


class Simulator:
    """The cloud. Failures can be asked for: `latency`, `status`, `expired`, `fail_next`, those of the appliances
    (`online`, `shown`) and of `push`; scenario.py does it by a timetable.
    """

    def __init__(
        self,
        appliances: Iterable[SimulatedAppliance] | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        speed: float = 1.0,
    ) -> None:
        household = sample_home() if appliances is None else appliances
        self.appliances: dict[str, SimulatedAppliance] = {appliance.id: appliance for appliance in household}
        self.requests: deque[Request] = deque(maxlen=REMEMBERED)
        self.latency = 0.0
        """Seconds that every answer takes."""
        self.status = 200
        """Another one is all that anybody gets: the page of a proxy, while the cloud is down."""
        self.expired = False
        """Whether the account's token is good no more."""
        self._failures: deque[str] = deque()
        self._clock = clock
        self._speed = speed
        self._lived = clock()
        self.push: PushService | None = None
        """The push side, while it is served."""
        self.subscriptions: Subscriptions | None = None

    def fail_next(self, *codes: str) -> None:
        """Answer the next control requests with these error codes, one each."""
        self._failures.extend(codes)

    @asynccontextmanager
    async def serving(self, port: int = 0, host: str = "127.0.0.1", *, push: bool = False) -> AsyncIterator[str]:
        """Serve while the block lasts (port 0: any free one), with push or without; gives the base URL for the SDK."""
        application = web.Application(middlewares=[self._answer])
        application.router.add_get("/devices", self._devices)
        application.router.add_get("/devices/{id}/profile", self._profile)
        application.router.add_get("/devices/{id}/state", self._state)
        application.router.add_post("/devices/{id}/control", self._control)
        application.router.add_get("/devices/energy/{id}/profile", self._energy_profile)
        application.router.add_get("/devices/energy/{id}/usage", self._energy_usage)
        application.router.add_route("*", "/{kind:client|route|push|event}{rest:.*}", self._subscription)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        async with AsyncExitStack() as stack:
            if push:
                self.push = PushService()
                await stack.enter_async_context(self.push.serving())
                self.subscriptions = Subscriptions(self.appliances, self.push)
            stack.push_async_callback(runner.cleanup)
            await runner.setup()
            await web.TCPSite(runner, host, port).start()
            yield f"http://{host}:{runner.addresses[0][1]}"

    @property
    def root_ca(self) -> Path | None:
        """The root certificate of the push side."""
        return self.push.root_ca if self.push is not None else None

    async def tick(self) -> None:
        """Let the appliances live on although nobody asks, and tell those who listen."""
        self._catch_up()
        self._tell()

    @web.middleware
    async def _answer(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if self.latency:
            await asyncio.sleep(self.latency)
        if self.status != 200:
            return web.Response(text="<html>out of order</html>", content_type="text/html", status=self.status)
        self._catch_up()
        try:
            self.requests.append(Request(request.method, request.path, await _body(request)))
            _check_headers(request)
            if self.expired:
                raise RefusedError("1218", "Invalid token")
            return await handler(request)
        except RefusedError as refusal:
            error = {"code": refusal.code, "message": str(refusal)}
            return _reply(request, {"error": error}, STATUSES.get(refusal.code, 400))
        finally:
            self._tell()

    def _tell(self) -> None:
        if self.subscriptions is not None:
            self.subscriptions.tell()

    def _catch_up(self) -> None:
        """Let the appliances live through the time since the last request, a minute at a time."""
        now = self._clock()
        left = min((now - self._lived) * self._speed / 60, LONGEST_ABSENCE)
        self._lived = now
        while left > 0:
            for appliance in self.appliances.values():
                appliance.live(min(left, 1.0))
            left -= 1.0

    def _appliance(self, request: web.Request) -> SimulatedAppliance:
        try:
            return self.appliances[request.match_info["id"]]
        except KeyError:
            raise RefusedError("1205", "Not exist device") from None

    async def _devices(self, request: web.Request) -> web.Response:
        return _reply(request, {"response": [appliance.listed for appliance in self.appliances.values()]})

    async def _profile(self, request: web.Request) -> web.Response:
        return _reply(request, {"response": self._appliance(request).profile})

    async def _state(self, request: web.Request) -> web.Response:
        appliance = self._appliance(request)
        if not appliance.online:
            raise RefusedError("1222", "Not connected device")
        return _reply(request, {"response": appliance.state if appliance.shown is None else appliance.shown})

    async def _control(self, request: web.Request) -> web.Response:
        if self._failures:
            raise RefusedError(self._failures.popleft(), "as asked for")
        appliance = self._appliance(request)
        appliance.control(await _body(request))
        return _reply(request, {"response": {}})

    async def _subscription(self, request: web.Request) -> web.Response:
        if self.subscriptions is None:
            raise RefusedError("1305", "Not allowed API")
        return _reply(request, {"response": await self.subscriptions.serve(request, await _body(request))})

    async def _energy_profile(self, request: web.Request) -> web.Response:
        return _reply(request, {"response": energy_profile(self._appliance(request))})

    async def _energy_usage(self, request: web.Request) -> web.Response:
        return _reply(request, {"response": energy_usage(self._appliance(request), request.query)})


async def _body(request: web.Request) -> Any:
    text = await request.text()
    try:
        return json.loads(text) if text else None
    except ValueError:
        raise RefusedError("1311", "Bad request format") from None


def _check_headers(request: web.Request) -> None:
    """Refuse a request that the real cloud would not serve."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not token:
        raise RefusedError("1302", "Not found token")
    if token != TOKEN:
        raise RefusedError("1103", "Invalid token")
    if request.headers.get("x-api-key") != API_KEY or request.headers.get("x-service-phase") != "OP":
        raise RefusedError("1216", "Incorrect header")
    if not request.headers.get("x-client-id"):
        raise RefusedError("1216", "Incorrect header: x-client-id")
    try:
        if len(base64.urlsafe_b64decode(request.headers.get("x-message-id", "") + "==")) != 16:
            raise RefusedError("1104", "Invalid message id")
    except binascii.Error:
        raise RefusedError("1104", "Invalid message id") from None
    try:
        get_region_from_country(request.headers.get("x-country", ""))
    except RuntimeError:
        raise RefusedError("1307", "Not supported country") from None


def _reply(request: web.Request, content: dict[str, Any], status: int = 200) -> web.Response:
    envelope = {
        "messageId": request.headers.get("x-message-id", ""),
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        **content,
    }
    return web.json_response(envelope, status=status, dumps=lambda value: json.dumps(value, ensure_ascii=False))
