"""Questions that Jipsa does not know the answer to: somebody else is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from devices.genie.agents.agent import Agent, AgentError
from devices.genie.agents.spoken import spoken
from devices.genie.skill import Desk, Handler, Skill
from hub.messages import About, ErrorCode, Intent
from hub.payloads import new_id
from hub.recent import Recent

DEVICE: Final = "agent"
"""Id of the device that says that there is an agent."""

PATIENCE = 6.0
"""Seconds that an answer may take."""

LONGEST_QUERY = 500
"""Characters."""

CONVERSATION = 300.0
"""Seconds of silence after which what is asked is no longer about what was asked before."""

CODES: Final = {
    "refused": ErrorCode.NOT_ALLOWED,
    "unreachable": ErrorCode.VENDOR_UNREACHABLE,
    "failed": ErrorCode.DEVICE_ERROR,
}
"""Why an agent did not answer, as replies say it; `genie.agent_<why>` is the sentence."""


class AgentSkill(Skill):
    """Asks the agent; each satellite has a conversation of its own with it."""

    def __init__(self, desk: Desk, agent: Agent) -> None:
        super().__init__(desk)
        self._agent = agent
        self._name = self.text(f"agent-{agent.kind}")
        self._conversations: Recent[str, tuple[str, float]] = Recent()
        """Satellite: its conversation, and when something was asked there last."""

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return {"JipsaAsk": self.ask}

    def abouts(self) -> list[About]:
        """The agent as a device."""
        return [About(id=DEVICE, bridge="genie", type="conversation", name=self._name)]

    async def ask(self, intent: Intent) -> str:
        """What the agent answers to the slot `query`, as it is said aloud."""
        query = intent.slots.get("query")
        if not isinstance(query, str) or not 0 < len(query.strip()) <= LONGEST_QUERY:
            raise self.error(ErrorCode.BAD_PAYLOAD, "agent_no_query")
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._agent.ask(query.strip(), self.desk.language, self._conversation(intent.satellite))
        except TimeoutError:
            raise self.error(ErrorCode.NO_ANSWER, "agent_slow", agent=self._name) from None
        except AgentError as error:
            self.desk.log("warning", str(error))
            raise self.error(CODES[error.why], f"agent_{error.why}", agent=self._name) from None
        said = spoken(answer or "")
        if not said:
            raise self.error(ErrorCode.NOT_FOUND, "agent_none", agent=self._name)
        return said

    def _conversation(self, satellite: str | None) -> str:
        moment, known = self.desk.clock.monotonic(), self._conversations.get(satellite or "")
        conversation = known[0] if known is not None and moment - known[1] < CONVERSATION else new_id()
        self._conversations.put(satellite or "", (conversation, moment))
        return conversation
