"""The weather and the fine dust: who knows it, and how it is told."""

from devices.genie.weather.skill import WeatherSkill

__all__ = ["WeatherSkill"]
