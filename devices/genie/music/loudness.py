"""How loud the music shall be, and what mpd is told, which is less while somebody speaks or is listened to."""

from __future__ import annotations

from dataclasses import dataclass

from devices.attention import LOWERED

SLACK = 2
"""Steps by which a sound card may round a volume."""


@dataclass(slots=True)
class Loudness:
    """`level` is the volume that people know of (0 to 100; None: unknown), and `lowered` whether it is lower now."""

    level: int | None = None
    muted: bool = False
    lowered: bool = False
    told: int | None = None
    """What mpd was told last."""
    seen: int | None = None
    """What it said right afterwards: a sound card may round, or be slow."""

    def wanted(self) -> int | None:
        """The volume for mpd; None when nothing is known yet."""
        if self.level is None:
            return None
        if self.muted:
            return 0
        return round(self.level * LOWERED) if self.lowered else self.level

    def hear(self, volume: int | None) -> bool:
        """Take what mpd says of its volume; returns whether somebody else has changed it: that is the volume now."""
        if volume == self.told:
            self.seen = None
        if volume is None or volume in {self.told, self.seen}:
            return False
        if self.told is None and self.level is not None:
            return False  # mpd was away: it is told, not asked
        if self.told is not None and self.told != self.level and abs(volume - self.told) <= SLACK:
            return False
        self.level, self.told, self.muted = volume, volume, False
        return True
