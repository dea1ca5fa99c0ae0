"""The weather. No source of weather is connected, and this says so."""

from __future__ import annotations

from collections.abc import Mapping

from devices.genie.skill import Handler, Skill
from hub.messages import ErrorCode, Intent


class WeatherSkill(Skill):
    """Questions about the weather."""

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return {"HassGetWeather": self.tell}

    async def tell(self, intent: Intent) -> str:
        """How the weather is."""
        raise self.error(ErrorCode.NOT_SUPPORTED, "no_weather")
