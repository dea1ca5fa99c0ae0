"""No player: a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from devices.genie.skill import Handler, Skill
from hub.messages import ErrorCode, Intent

INTENTS: Final = ("JipsaPlayMusic", "JipsaPlayRadio", "JipsaGetPlaying")


class NoMusicSkill(Skill):
    """The intents about music where the settings name no mpd."""

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return dict.fromkeys(INTENTS, self.refuse)

    async def refuse(self, intent: Intent) -> str:
        """Say that there is no player."""
        raise self.error(ErrorCode.NOT_SUPPORTED, "music_none")
