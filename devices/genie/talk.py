"""Small talk and announcements."""

from __future__ import annotations

from collections.abc import Mapping

from devices.genie.skill import Handler, Skill
from hub.messages import ErrorCode, Intent


class TalkSkill(Skill):
    """Greetings, and what somebody has to say to everybody."""

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return {"HassRespond": self.respond, "HassNevermind": self.nevermind, "HassBroadcast": self.broadcast}

    async def respond(self, intent: Intent) -> str:
        """Answer small talk."""
        return self.text("respond")

    async def nevermind(self, intent: Intent) -> str:
        """Do nothing, politely."""
        return self.text("nevermind")

    async def broadcast(self, intent: Intent) -> str:
        """Tell everybody."""
        message = intent.slots.get("message")
        if not isinstance(message, str) or not message.strip():
            raise self.error(ErrorCode.BAD_PAYLOAD, "no_message")
        self.desk.say(None, message.strip())
        return self.text("broadcast")
