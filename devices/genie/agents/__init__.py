"""Who is asked what the hub does not know."""

from __future__ import annotations

from devices.genie.agents.agent import Agent
from hub.credentials import HOMEASSISTANT_TOKEN, credential
from hub.faults import OutsideError
from hub.settings.genie import AgentSettings, HomeAssistantAgentSettings
from hub.texts import Language, text


def agent_of(settings: AgentSettings, language: Language) -> Agent:
    """The agent of the settings, with its keys read. Raises OutsideError, in `language`."""
    if isinstance(settings, HomeAssistantAgentSettings):
        from devices.genie.agents.homeassistant import HomeAssistantAgent

        token = credential(settings.token_file, HOMEASSISTANT_TOKEN, "genie.agent.token_file")
        return HomeAssistantAgent(settings, token)
    try:
        from devices.genie.agents.kt import KtAgent
        from hub.kt import Kt
    except ImportError:
        raise OutsideError(text("genie.agent_no_grpc", language)) from None
    return KtAgent(Kt.of(settings, "genie.agent"))
