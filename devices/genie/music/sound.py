"""How loud it is: the volume that is wanted is kept, so that it comes back whoever was killed while it was lower."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from devices.genie.music.kept import Kept
from devices.genie.music.loudness import Loudness
from devices.genie.music.player import Player, PlayerError
from devices.genie.music.playing import Answer, volume_of


class Sound:
    """The volume of a player."""

    def __init__(self, player: Player, kept: Kept) -> None:
        self.loudness = Loudness()
        self._player = player
        self._kept = kept
        self._lock = asyncio.Lock()

    def remember(self, kept: dict[str, str]) -> None:
        """Take what was kept."""
        level = kept.get("level", "")
        self.loudness.level = min(int(level), 100) if level.isdecimal() else None
        self.loudness.muted = kept.get("muted") == "1"

    def lost(self) -> None:
        """The player was away: what it was told is told again."""
        self.loudness.told = self.loudness.seen = None

    async def status(self) -> Answer:
        """mpd's status; a volume that somebody else has set is the volume from now on."""
        async with self._lock:
            status: dict[str, Any] = await self._player.call("status")
            if self.loudness.hear(volume_of(status)):
                await self._keep()
            with suppress(PlayerError):
                await self._tell()
            return status

    async def set(self, level: int) -> None:
        """Make it so loud; it is no longer muted. Raises PlayerError, and then it is as it was."""
        await self._change(level, muted=False)

    async def mute(self, muted: bool) -> None:
        """Make it silent, or as loud as it was. Raises PlayerError, and then it is as it was."""
        await self._change(self.loudness.level, muted=muted)

    async def lower(self, lowered: bool) -> None:
        """Make it lower for a while, or as loud as it shall be. Raises PlayerError."""
        async with self._lock:
            self.loudness.lowered = lowered
            await self._tell()

    async def _change(self, level: int | None, muted: bool) -> None:
        async with self._lock:
            before = self.loudness.level, self.loudness.muted
            self.loudness.level, self.loudness.muted = level, muted
            try:
                await self._tell()
            except PlayerError:
                self.loudness.level, self.loudness.muted = before
                raise
            await self._keep()

    async def _tell(self) -> None:
        wanted = self.loudness.wanted()
        if wanted is None or wanted == self.loudness.told:
            return
        await self._player.call("setvol", wanted)
        self.loudness.told = wanted
        self.loudness.seen = volume_of(await self._player.call("status"))

    async def _keep(self) -> None:
        if self.loudness.level is not None:
            await self._kept.keep("level", self.loudness.level)
            await self._kept.keep("muted", int(self.loudness.muted))
