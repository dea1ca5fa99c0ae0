"""What is put on: songs, and radio stations."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from mpd import FailureResponseCode

from devices.genie.music.kept import Kept
from devices.genie.music.library import Addition, search
from devices.genie.music.player import AwayError, Player, PlayerError
from devices.genie.music.playing import Answer, is_stream
from devices.genie.music.sound import Sound
from devices.genie.music.stations import Station, station_like, station_named
from hub.korean.jamo import squash

SLOWEST = 8.0
"""Seconds until a station has to be heard."""

LONGEST_QUERY = 200
"""Characters."""

ANYTHING: Final = frozenset({"음악", "노래", "곡", "아무노래", "아무음악", "아무거", "아무거나", "music", "songs"})
"""Words that name no music in particular."""


UNHEARD: Final = frozenset({FailureResponseCode.UNKNOWN, FailureResponseCode.SYSTEM})
"""Codes of mpd for a song or a stream that cannot be opened or decoded."""


class NothingError(Exception):
    """There is nothing to play; `genie.<key>` is the sentence."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class SilentError(Exception):
    """A station is not heard."""

    def __init__(self, station: str) -> None:
        super().__init__(station)
        self.station = station


class Deck:
    """Puts music on; everything raises PlayerError where the player does not do it."""

    def __init__(self, player: Player, sound: Sound, stations: Sequence[Station], kept: Kept) -> None:
        self._player = player
        self._sound = sound
        self._stations = stations
        self._kept = kept
        self._last = ""
        self._looked = asyncio.Event()

    def remember(self, kept: dict[str, str]) -> None:
        """Take what was kept."""
        self._last = kept.get("station", "")

    async def look(self) -> tuple[Answer, Answer]:
        """How the player is, and what is on."""
        status, song = await self._sound.status(), await self._player.call("currentsong")
        self._looked.set()
        return status, song

    async def music(self) -> None:
        """Go on with the songs that are on, or play all there are, in any order; raises NothingError."""
        status, song = await self.look()
        if is_stream(song) or status["playlistlength"] == "0":
            await self._put_on([("add", "/")])
            await self._player.call("shuffle")
        await self._play()

    async def search(self, said: str) -> None:
        """Play what is called so: a station, music, or what has it as a part of its name; raises NothingError."""
        if len(said) > LONGEST_QUERY or not (wanted := squash(said)):
            raise NothingError("music_no_query")
        if wanted in ANYTHING:
            await self.music()
            return
        station = station_named(said, self._stations)
        additions = [] if station is not None else await asyncio.to_thread(search, self._player, said)
        if additions:
            await self._put_on(additions)
            await self._play()
            return
        station = station or station_like(said, self._stations)
        if station is None:
            raise NothingError("music_not_found", said=said.strip())
        await self._tune_in(station)

    async def radio(self, name: str | None = None) -> Station:
        """Play a station; without a name, that which was on last. Raises SilentError."""
        wanted = self._last if name is None else name
        station = next((one for one in self._stations if one.name == wanted), self._stations[0])
        await self._tune_in(station)
        return station

    async def radio_off(self) -> None:
        """Stop the radio, and nothing else."""
        _, song = await self.look()
        if is_stream(song):
            await self._player.call("stop")

    async def power(self, on: bool) -> None:
        """Play music, or stop whatever plays."""
        await (self.music() if on else self._player.call("stop"))

    async def shuffle(self, on: bool) -> None:
        """Play in any order, or one after the other."""
        await self._player.call("random", int(on))

    async def repeat(self, on: bool) -> None:
        """Begin again at the end, or stop there."""
        await self._player.call("repeat", int(on))

    async def operate(self, operation: str) -> None:
        """Play, pause, stop, next, previous; of the radio, next is the next station. Raises NothingError."""
        status, song = await self.look()
        playing = status["state"] != "stop"
        match operation:
            case "play" if status["playlistlength"] == "0":
                await self.music()
            case "pause" if not is_stream(song):
                await self._player.call("pause", 1)
            case "pause":
                await self._player.call("stop")  # who goes on wants to hear what is on then
            case "stop":
                await self._player.call("stop")
            case "play":
                await self._play()
            case _ if not playing:
                raise NothingError("music_stopped")
            case _ if is_stream(song):
                await self._next_station(str(song["file"]), 1 if operation == "next" else -1)
            case _:
                await self._play(operation)

    async def _next_station(self, url: str, step: int) -> None:
        at = next((at for at, station in enumerate(self._stations) if station.url == url), None)
        if at is None:
            raise NothingError("radio_none")
        await self._tune_in(self._stations[(at + step) % len(self._stations)])

    async def _play(self, command: str = "play") -> None:
        """Begin to play, by `play`, `next` or `previous`.

        That something cannot be heard is an error of the command where mpd finds it before it has answered, and else
        a part of its status; either way it goes on with what comes next. Here it is always a part of the status.
        """
        try:
            await self._player.call(command)
        except PlayerError as error:
            if error.code not in UNHEARD:
                raise

    async def _put_on(self, additions: Sequence[Addition]) -> None:
        """Let these be all there is in the queue; what is gone meanwhile is left out."""
        await self._player.call("clear")
        for addition in additions:
            try:
                await self._player.call(*addition)
            except AwayError:
                raise
            except PlayerError:
                continue
        status: dict[str, Any] = await self._player.call("status")
        if status["playlistlength"] == "0":
            raise NothingError("music_empty")

    async def _tune_in(self, station: Station) -> None:
        """Play a station, and wait until it is heard."""
        await self._player.call("clear")
        await self._player.call("clearerror")
        await self._player.call("add", station.url)
        await self._play()
        with suppress(TimeoutError):
            async with asyncio.timeout(SLOWEST):
                while True:
                    self._looked.clear()
                    status: dict[str, Any] = await self._player.call("status")
                    if "error" in status:
                        break
                    if status["state"] == "play" and "audio" in status:
                        self._last = station.name
                        await self._kept.keep("station", station.name)
                        return
                    await self._looked.wait()
        await self._player.call("stop")
        raise SilentError(station.name)
