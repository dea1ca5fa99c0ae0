"""What plays: from mpd's answers to `status` and `currentsong` to the properties of the device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

from devices.genie.music.stations import Station
from hub.payloads import Value

Answer = Mapping[str, Any]
"""mpd's answer to one command: texts, or lists of them where a tag is given more than once."""

PLAYBACK: Final = {"play": "playing", "pause": "paused", "stop": "stopped"}
"""States by mpd's name."""

LONGEST = 200
"""Characters of a title that are shown: a station may send anything."""


def is_stream(song: Answer) -> bool:
    """Whether it comes from the network, and cannot be stopped and gone on with."""
    return "://" in str(song.get("file", ""))


def volume_of(status: Answer) -> int | None:
    """The volume; None while mpd has no say in it."""
    volume = int(status.get("volume", -1))
    return volume if 0 <= volume <= 100 else None


def shown(status: Answer, song: Answer, stations: Sequence[Station]) -> dict[str, Value]:
    """What plays, and how, as properties."""
    playback = PLAYBACK.get(str(status.get("state")), "stopped")
    stream = is_stream(song)
    source = next((station.name for station in stations if station.url == song.get("file")), None)
    title = _text(song, "title") or (None if stream else PurePosixPath(str(song.get("file", ""))).stem or None)
    return {
        "power": playback != "stopped",
        "playback": playback,
        "title": title,
        "artist": _text(song, "artist"),
        "album": _text(song, "album"),
        "source": source,
        "station": (source or _text(song, "name")) if stream else None,
        "shuffle": status.get("random") == "1",
        "repeat": status.get("repeat") == "1",
    }


def _text(song: Answer, tag: str) -> str | None:
    value = song.get(tag)
    said = ", ".join(value) if isinstance(value, list) else value
    return str(said).strip()[:LONGEST] or None if said else None
