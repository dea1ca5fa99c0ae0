"""Music and radio: one player as a device, and the intents that need no device."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Final

from devices.attention import Attention
from devices.commands import Changes
from devices.genie.clock import wait
from devices.genie.music.deck import Deck, NothingError, SilentError
from devices.genie.music.kept import Kept
from devices.genie.music.player import AwayError, Player, PlayerError
from devices.genie.music.playing import is_stream, shown
from devices.genie.music.sound import Sound
from devices.genie.music.stations import Station, station_like
from devices.genie.skill import Desk, Handler, Skill
from hub.messages import About, ErrorCode, Intent, Property, Topic
from hub.payloads import Value
from hub.together import end

MUSIC: Final = "music"
"""Id of the player."""

RADIO: Final = "radio"
"""Id of the scene that turns the radio on: 라디오 틀어줘 means no other player."""

OPERATIONS: Final = ["play", "pause", "stop", "next", "previous"]

SHOWN: Final = {
    "playback": Property(type="enum", values=["playing", "paused", "stopped"]),
    **{name: Property(type="string") for name in ("title", "artist", "album", "station")},
}
"""What plays."""


class MusicSkill(Skill):
    """The player and the radio stations of the settings."""

    def __init__(self, desk: Desk, player: Player, stations: Sequence[Station]) -> None:
        super().__init__(desk)
        self._player = player
        self._stations = tuple(stations)
        self._devices = [MUSIC, RADIO] if stations else [MUSIC]
        self._online: bool | None = None
        self._working = asyncio.Lock()
        self._kept = Kept(desk.store)
        self._sound = Sound(player, self._kept)
        self._deck = Deck(player, self._sound, self._stations, self._kept)
        self._attention = Attention(desk.clock.monotonic)
        desk.bus.subscribe(Topic.satellite("+"), self._attention.hear)
        self._setters: dict[str, Callable[..., Awaitable[object]]] = {
            # in this order, where several are set at once
            "muted": self._mute, "volume": self._set_volume,
            "shuffle": self._deck.shuffle, "repeat": self._deck.repeat,
            "source": self._deck.radio, "search_query": self._deck.search,
            "operation": self._deck.operate, "power": self._deck.power,
        }  # fmt: skip

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return {
            "JipsaPlayMusic": self.play_music,
            "JipsaPlayRadio": self.play_radio,
            "JipsaGetPlaying": self.tell,
        }

    def abouts(self) -> Sequence[About]:
        """The player, and the radio where there are stations."""
        switch = Property(type="boolean", writable=True)
        properties = {
            "power": switch,
            "operation": Property(type="enum", values=OPERATIONS, writable=True),
            "volume": Property(type="integer", min=0, max=100, step=1, unit="%", writable=True),
            "muted": switch, "shuffle": switch, "repeat": switch,
            "search_query": Property(type="string", writable=True),
            **SHOWN,
        }  # fmt: skip
        if not self._stations:
            return [self._about(MUSIC, "media_player", properties)]
        names = [station.name for station in self._stations]
        properties["source"] = Property(type="enum", values=names, writable=True)
        return [self._about(MUSIC, "media_player", properties), self._about(RADIO, "scene", {"power": switch})]

    def _about(self, device: str, kind: str, properties: dict[str, Property]) -> About:
        return About(id=device, bridge="genie", type=kind, name=self.text(f"music-{device}"), properties=properties)

    async def start(self) -> None:
        """Take what was kept; nothing can be reached yet."""
        kept = await self._kept.open()
        self._sound.remember(kept)
        self._deck.remember(kept)
        self._available(False)

    async def run(self) -> None:
        """Follow the player, and be quiet for the satellites."""
        following = asyncio.create_task(self._follow())
        try:
            await self._attend()
        finally:
            await self._lower(False)
            await end(following)

    async def _attend(self) -> None:
        """Lower the music when the first satellite begins to listen or speak, until the last one is done."""
        lowered = False
        while True:
            self._attention.news.clear()
            if bool(self._attention.attended()) != lowered:
                lowered = not lowered
                await self._lower(lowered)
            else:
                await wait(self.desk.clock, self._attention.news, self._attention.until())

    async def _follow(self) -> None:
        async with aclosing(self._player.news()) as news:
            async for changed in news:
                if changed is None:
                    self._sound.lost()
                    self._available(False)
                    continue
                with suppress(PlayerError):
                    await self._show()
                    self._available(True)

    async def set(self, device: str, changes: Changes) -> None:
        """Carry out changes of the player, or turn on the radio."""
        async with self._doing():
            if device == RADIO:
                await (self._deck.radio() if changes["power"] else self._deck.radio_off())
                return
            for name in (name for name in self._setters if name in changes):
                await self._setters[name](changes[name])

    async def play_music(self, intent: Intent) -> str:
        """Play any music."""
        async with self._doing():
            await self._deck.music()
        return self.text("music_playing")

    async def play_radio(self, intent: Intent) -> str:
        """Play the station of the slot `station`; without one, that which was on last."""
        said = intent.slots.get("station")
        async with self._doing():
            if not self._stations:
                raise self.error(ErrorCode.NOT_FOUND, "radio_none")
            station = station_like(str(said), self._stations) if said is not None else None
            if said is not None and station is None:
                names = ", ".join(one.name for one in self._stations)
                raise self.error(ErrorCode.NOT_FOUND, "radio_unknown", stations=names)
            playing = await self._deck.radio(station.name if station else None)
        return self.text("radio_playing", station=playing.name)

    async def tell(self, intent: Intent) -> str:
        """What plays now."""
        async with self._doing():
            state = await self._show()
        known = {name: value for name, value in state.items() if value}
        if state["playback"] != "playing":
            return self.text("music_stopped")
        parts = [name for name in ("station", "artist", "title") if name in known]
        return self.text(f"music_told-{'-'.join(parts)}" if parts else "music_told", **known)

    @asynccontextmanager
    async def _doing(self) -> AsyncIterator[None]:
        """One command at a time; what goes wrong becomes a sentence, and what it led to is shown."""
        try:
            async with self._working:
                await self._player.ready()
                try:
                    yield
                finally:
                    await self._show()
        except NothingError as error:
            raise self.error(ErrorCode.NOT_FOUND, error.key, **error.values) from None
        except SilentError as error:
            raise self.error(ErrorCode.NO_ANSWER, "radio_silent", station=error.station) from None
        except AwayError:
            raise self.error(ErrorCode.DEVICE_OFFLINE, "music_away") from None
        except PlayerError as error:
            self.desk.log("warning", f"mpd: {error}")
            raise self.error(ErrorCode.DEVICE_ERROR, "music_failed") from None

    async def _show(self) -> dict[str, Value]:
        """Report how the player is; returns its state."""
        status, song = await self._deck.look()
        loudness = self._sound.loudness
        state = {**shown(status, song, self._stations), "volume": loudness.level, "muted": loudness.muted}
        if not self._stations:
            del state["source"]
        self.desk.report(MUSIC, state)
        if self._stations:
            self.desk.report(RADIO, {"power": state["power"] and is_stream(song)})
        return state

    def _available(self, online: bool) -> None:
        if online != self._online:
            self._online = online
            for device in self._devices:
                self.desk.available(device, online)

    async def _lower(self, lowered: bool) -> None:
        with suppress(PlayerError):
            await self._sound.lower(lowered)

    async def _set_volume(self, level: int) -> None:
        try:
            await self._sound.set(level)
        except AwayError:
            raise
        except PlayerError:
            raise self.error(ErrorCode.NOT_SUPPORTED, "music_no_volume") from None

    async def _mute(self, muted: bool) -> None:
        if self._sound.loudness.level is None:
            raise self.error(ErrorCode.NOT_SUPPORTED, "music_no_volume")
        await self._sound.mute(muted)
