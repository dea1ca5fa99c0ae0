"""What an agent is: somebody else who answers, when the hub does not know."""

from __future__ import annotations

from typing import Literal, Protocol

from hub.texts import Language

Why = Literal["refused", "unreachable", "failed"]
"""It does not take our keys; nobody is there; or it did not do its work."""


class AgentError(Exception):
    """The agent cannot answer; the text is for the log, and holds no secret."""

    def __init__(self, why: Why, detail: str) -> None:
        super().__init__(detail)
        self.why = why


class Agent(Protocol):
    """Answers what is asked."""

    kind: str
    """Its kind in the settings; the sentence `genie.agent-<kind>` is its name."""

    async def ask(self, text: str, language: Language, conversation_id: str) -> str | None:
        """The answer as the agent wrote it; None where it has none. Raises AgentError.

        What is asked with the same `conversation_id` belongs together. How long it may take is up to the caller.
        """
        ...
