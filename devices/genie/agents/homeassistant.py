"""Home Assistant answers, with the conversation agent that is set up there.

Facts: https://developers.home-assistant.io/docs/intent_conversation_api
"""

from __future__ import annotations

from typing import Final

import aiohttp
from pydantic import BaseModel, ValidationError

from devices.genie.agents.agent import AgentError, Why
from devices.genie.web import TooLargeError, body_of
from hub.recent import Recent
from hub.settings.genie import HomeAssistantAgentSettings
from hub.texts import Language

LARGEST_ANSWER: Final = 1_000_000
"""Bytes."""

NOT_UNDERSTOOD: Final = "no_intent_match"
"""The code with which Home Assistant says that it did not understand."""


class _Speech(BaseModel):
    speech: str


class _Data(BaseModel):
    code: str | None = None


class _Response(BaseModel):
    response_type: str
    speech: dict[str, _Speech] = {}
    data: _Data = _Data()


class _Answer(BaseModel):
    response: _Response
    conversation_id: str | None = None


class HomeAssistantAgent:
    """The conversation of a Home Assistant."""

    kind = "homeassistant"

    def __init__(self, settings: HomeAssistantAgentSettings, token: str) -> None:
        """The settings must say where Home Assistant is."""
        assert settings.url is not None
        self._url = settings.url.rstrip("/") + "/api/conversation/process"
        self._settings = settings
        self._headers = {"Authorization": f"Bearer {token}"}
        self._conversations: Recent[str, str] = Recent()
        """Our conversations: what Home Assistant calls them."""

    async def ask(self, text: str, language: Language, conversation_id: str) -> str | None:
        """What Home Assistant answers; raises AgentError."""
        asked = {
            "text": text,
            "language": self._settings.language or language,
            "agent_id": self._settings.agent_id,
            "conversation_id": self._conversations.get(conversation_id),
        }
        body = await self._post({name: value for name, value in asked.items() if value is not None})
        try:
            answer = _Answer.model_validate_json(body)
        except ValidationError as error:
            fault = f"{self._url}: {error.error_count()} faults in the answer"
            raise AgentError("failed", fault) from None
        if answer.conversation_id is not None:
            self._conversations.put(conversation_id, answer.conversation_id)
        response = answer.response
        if response.response_type == "error" and response.data.code == NOT_UNDERSTOOD:
            return None
        return next((kind.speech for kind in response.speech.values()), None)

    async def _post(self, asked: dict[str, str]) -> bytes:
        try:
            async with (
                aiohttp.ClientSession(headers=self._headers) as session,
                session.post(self._url, json=asked, allow_redirects=False) as response,
            ):
                if response.status != 200:
                    why: Why = "refused" if response.status in {401, 403} else "failed"
                    raise AgentError(why, f"{self._url}: HTTP {response.status}")
                return await body_of(response, LARGEST_ANSWER)
        except TooLargeError as error:
            raise AgentError("failed", f"{self._url}: {error}") from None
        except (aiohttp.ClientConnectionError, OSError) as error:
            raise AgentError("unreachable", f"{self._url}: {error}") from None
        except aiohttp.ClientError as error:
            raise AgentError("failed", f"{self._url}: {type(error).__name__}") from None
