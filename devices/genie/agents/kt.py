"""KT answers, as GiGA Genie does."""

from __future__ import annotations

from devices.genie.agents.agent import AgentError
from hub.kt import Kt, KtError
from hub.texts import Language


class KtAgent:
    """The AI Makers Kit's dialogue; it speaks Korean, whatever the language."""

    kind = "kt"

    def __init__(self, kt: Kt) -> None:
        self._kt = kt

    async def ask(self, text: str, language: Language, conversation_id: str) -> str | None:
        """What KT answers; raises AgentError."""
        try:
            return await self._kt.query(text, conversation_id)
        except KtError as error:
            raise AgentError(error.why, str(error)) from None
