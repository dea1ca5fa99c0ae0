"""Questions about the weather, and the weather as a device for others to show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final

from devices.genie.clock import say_duration
from devices.genie.dates import day_of
from devices.genie.skill import Desk, Handler, Skill
from devices.genie.weather.almanac import FRESH, Almanac
from devices.genie.weather.provider import Condition, Forecast, WeatherError, WeatherProvider
from devices.genie.weather.telling import TOLD, Question, Teller
from hub.messages import About, ErrorCode, Intent, Property, PropertyType
from hub.payloads import Value

DEVICE: Final = "weather"
"""Id of the device that shows the weather."""

OFTEN = 30 * 60.0
"""Seconds between two looks at the forecast that nobody asked for."""

AGAIN = 5 * 60.0
"""Seconds until the next look where the provider was away."""

_PROPERTIES: Final[Mapping[str, tuple[PropertyType, str | None]]] = {
    # name: type and unit
    "condition": ("enum", None),
    "temperature": ("number", "°C"),
    "humidity": ("number", "%"),
    "low": ("number", "°C"),
    "high": ("number", "°C"),
    "pm10": ("number", "µg/m³"),
    "pm25": ("number", "µg/m³"),
}


class WeatherSkill(Skill):
    """The weather as `provider` knows it, at `place` (a name); without a provider, what to do about that."""

    def __init__(self, desk: Desk, provider: WeatherProvider | None = None, place: str | None = None) -> None:
        super().__init__(desk)
        self._almanac = None if provider is None else Almanac(provider, desk.clock)
        self._place = place
        self._shown = True  # as the bridge announces every device

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return {"HassGetWeather": self.tell}

    def abouts(self) -> list[About]:
        """The weather as a device, where it is known."""
        if self._almanac is None:
            return []
        conditions = {str(condition): self.text(f"weather_is-{condition}") for condition in Condition}
        properties = {
            name: Property(type=kind, unit=unit, name=self.text(f"weather_property-{name}"))
            for name, (kind, unit) in _PROPERTIES.items()
        }
        shown = {"values": list(conditions), "labels": conditions}
        properties["condition"] = properties["condition"].model_copy(update=shown)
        name = self.text("weather_device") if self._place is None else self.text("weather_place", place=self._place)
        return [About(id=DEVICE, bridge="genie", type="weather", name=name, properties=properties)]

    async def start(self) -> None:
        """Nothing is known before the provider was asked."""
        if self._almanac is not None:
            self.desk.report(DEVICE, dict.fromkeys(_PROPERTIES))
            self._online(False)

    async def run(self) -> None:
        """Keep the device up to date."""
        if self._almanac is None:
            return
        while True:
            try:
                _, age = await self._forecast(self._almanac)
                away = age > FRESH
            except WeatherError:
                away = True
            await self.desk.clock.sleep_until(self.desk.clock.monotonic() + (AGAIN if away else OFTEN))

    async def tell(self, intent: Intent) -> str:
        """How the weather is, was asked: the slots `weather` (rain, …), and `day` or `date`, and `time`."""
        if self._almanac is None:
            raise self.error(ErrorCode.NOT_SUPPORTED, "no_weather")
        question = self._question(intent)
        try:
            forecast, age = await self._forecast(self._almanac)
        except WeatherError:
            raise self.error(ErrorCode.VENDOR_UNREACHABLE, "weather_away") from None
        fresh = age <= FRESH
        said = Teller(forecast, self.desk.clock.now(), self.desk.language, fresh=fresh).tell(question)
        if fresh:
            return said
        return self.text("weather_old", age=say_duration(age // 60 * 60, self.desk.language), said=said)

    async def _forecast(self, almanac: Almanac) -> tuple[Forecast, float]:
        """The forecast and its age; the device shows it."""
        try:
            forecast, age = await almanac.forecast()
        except WeatherError:
            self._online(False)
            raise
        self.desk.report(DEVICE, self._state(forecast))
        self._online(True)
        return forecast, age

    def _online(self, online: bool) -> None:
        if online != self._shown:
            self._shown = online
            self.desk.available(DEVICE, online)

    def _state(self, forecast: Forecast) -> dict[str, Value]:
        today, dust = forecast.daily.get(self.desk.clock.now().date()), forecast.air.now
        return {
            "condition": str(forecast.now.condition),
            "temperature": forecast.now.temperature,
            "humidity": forecast.now.humidity,
            "low": today.low if today else None,
            "high": today.high if today else None,
            "pm10": dust.pm10 if dust else None,
            "pm25": dust.pm25 if dust else None,
        }

    def _question(self, intent: Intent) -> Question:
        slots, now = intent.slots, self.desk.clock.now()
        what = slots.get("weather", "sky")
        if not isinstance(what, str) or what not in TOLD:
            raise self.error(ErrorCode.BAD_PAYLOAD, "no_such_weather")
        try:
            said = slots.get("day") is not None or slots.get("date") is not None
            day = day_of(slots, now.date()) if said else None
            if slots.get("time") is None:
                return Question(what, day)
            clock = time.fromisoformat(str(slots["time"])).replace(tzinfo=now.tzinfo)
            moment = datetime.combine(day or now.date(), clock)
            if day is None and moment < now:
                moment += timedelta(days=1)
        except (ValueError, OverflowError):
            raise self.error(ErrorCode.BAD_PAYLOAD, "no_such_day") from None
        return Question(what, moment.date(), moment)
