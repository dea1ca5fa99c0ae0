"""An assistant with an agent, and a Home Assistant that answers: a real server in the shape of its API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web
from genies import ManualClock

from devices.bridge import Bridge
from devices.genie.agents.agent import Agent
from devices.genie.agents.skill import AgentSkill
from devices.genie.bridge import GenieBridge
from hub.address import BrokerAddress
from hub.texts import Language

TOKEN = "a-long-lived-token"


@asynccontextmanager
async def asking(
    agent: Agent, broker: BrokerAddress, folder: Path, clock: ManualClock | None = None, language: Language = "ko"
) -> AsyncIterator[GenieBridge]:
    """An assistant that asks this agent."""
    more = [partial(AgentSkill, agent=agent)]
    bridge = GenieBridge(broker, language, state_dir=folder, clock=clock or ManualClock(), more=more)
    async with serving(bridge):
        yield bridge


@asynccontextmanager
async def serving(bridge: Bridge) -> AsyncIterator[None]:
    """The bridge serves while the block lasts."""
    task = asyncio.create_task(bridge.run())
    try:
        await bridge.bus.connected.wait()
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class HomeAssistant:
    """Answers `answer`; or `body` as it is, with `status`; or never, when `silent`."""

    def __init__(self) -> None:
        self.answer = "거실은 23도예요."
        self.error: str | None = None
        self.body: bytes | None = None
        self.status = 200
        self.silent = False
        self.asked: list[dict[str, Any]] = []

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve while the block lasts; gives the URL."""
        application = web.Application()
        application.router.add_post("/api/conversation/process", self._process)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            host, port = runner.addresses[0][:2]
            yield f"http://{host}:{port}"
        finally:
            await runner.cleanup()

    async def _process(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=401, text="401: Unauthorized")
        asked = await request.json()
        self.asked.append(asked)
        if self.silent:
            await asyncio.Event().wait()
        if self.body is not None:
            return web.Response(body=self.body, status=self.status, headers={"Location": str(request.url)})
        data = {"code": self.error} if self.error else {"targets": [], "success": [], "failed": []}
        return web.json_response(
            {
                "continue_conversation": False,
                "conversation_id": asked.get("conversation_id", f"conversation-{len(self.asked)}"),
                "response": {
                    "response_type": "error" if self.error else "action_done",
                    "language": asked["language"],
                    "data": data,
                    "card": {},
                    "speech": {"plain": {"speech": self.answer, "extra_data": None}},
                },
            }
        )
