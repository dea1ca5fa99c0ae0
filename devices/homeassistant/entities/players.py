"""What plays: speakers, receivers and televisions.

Facts: https://developers.home-assistant.io/docs/core/entity/media-player
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from devices.homeassistant.entities.descriptor import (
    SET_SHARE,
    SWITCH,
    Call,
    Entity,
    Kind,
    Row,
    always,
    featured,
    operations,
    percent,
    selected,
)
from devices.values import Changes
from hub.messages import Property
from hub.payloads import Value

SEARCH: Final = 1 << 22
PLAY_MEDIA: Final = 512

_PLAYBACK: Final[Mapping[str, Value]] = {
    "playing": "playing", "buffering": "playing", "paused": "paused",
    "idle": "stopped", "on": "stopped", "standby": "stopped", "off": "stopped",
}  # fmt: skip

_KINDS: Final = ("track", "album", "artist", "playlist", "podcast", "movie", "tv_show")
"""What the slot `media_class` may hold, in Home Assistant's words."""

_SHOWN: Final = {"title": "media_title", "artist": "media_artist", "album": "media_album_name"}

TEXT: Final = Property(type="string")


def _power(entity: Entity, changes: Changes) -> Call | None:
    if not entity.has(128 if changes["power"] else 256):
        return None
    return Call(f"media_player.turn_{'on' if changes['power'] else 'off'}")


def _search(entity: Entity, changes: Changes) -> Call | None:
    """Search where the player can, and play what is found first; others are given what was said."""
    query, kind = str(changes["search_query"]), changes.get("media_class")
    if entity.has(SEARCH):
        wanted = {"media_filter_classes": [kind]} if kind is not None else {}
        return Call("media_player.search_media", {"search_query": query, **wanted}, _first)
    return _play(query, str(kind or "music"))


def _play(content: str, kind: str) -> Call:
    return Call("media_player.play_media", {"media_content_id": content, "media_content_type": kind})


def _first(answer: Any) -> Call | None:
    """Play the first that can be; `answer` is by entity, with a list `result`."""
    found = next(iter(answer.values()), None) if isinstance(answer, dict) else None
    results = found.get("result") if isinstance(found, dict) else None
    for one in results if isinstance(results, list) else ():
        if isinstance(one, dict) and one.get("can_play", True):
            content, kind = one.get("media_content_id"), one.get("media_content_type")
            if isinstance(content, str) and isinstance(kind, str):
                return _play(content, kind)
    return None


def _muted(entity: Entity) -> Value:
    muted = entity.attributes.get("is_volume_muted")
    return muted if isinstance(muted, bool) else None


def _shuffle(entity: Entity) -> Value:
    shuffled = entity.attributes.get("shuffle")
    return shuffled if isinstance(shuffled, bool) else None


def _set_volume(entity: Entity, changes: Changes) -> Call:
    volume = changes["volume"]
    return Call("media_player.volume_set", {"volume_level": volume / 100 if isinstance(volume, int | float) else 0})


def _told(name: str, attribute: str) -> Row:
    return Row(name, always(TEXT), lambda entity: entity.text(attribute))


PLAYER: Final = Kind(
    lambda entity: "television" if entity.text("device_class") == "tv" else "media_player",
    (
        Row("power", featured(SWITCH, 128, 256),
            lambda entity: None if entity.state == "unknown" else entity.state not in {"off", "standby"}, _power),
        Row("playback", always(Property(type="enum", values=["playing", "paused", "stopped"])),
            lambda entity: _PLAYBACK.get(entity.state)),
        selected("source", "source_list", "source", {}, "media_player.select_source", "source", 2048),
        Row("volume", featured(SET_SHARE, 4), lambda entity: percent(entity.number("volume_level"), 1), _set_volume),
        Row("muted", featured(SWITCH, 8), _muted,
            lambda entity, changes: Call("media_player.volume_mute", {"is_volume_muted": changes["muted"]})),
        Row("shuffle", featured(SWITCH, 32768), _shuffle,
            lambda entity, changes: Call("media_player.shuffle_set", {"shuffle": changes["shuffle"]})),
        Row("repeat", featured(SWITCH, 262144), lambda entity: entity.text("repeat") in {"all", "one"},
            lambda entity, changes: Call("media_player.repeat_set", {"repeat": "all" if changes["repeat"] else "off"})),
        Row("search_query", featured(TEXT.model_copy(update={"writable": True}), PLAY_MEDIA, SEARCH), call=_search),
        Row("media_class", featured(Property(type="enum", writable=True, values=list(_KINDS)), PLAY_MEDIA, SEARCH)),
        # What cannot pause is stopped: 음악 멈춰줘 means that it shall be quiet.
        operations(
            ("play", 16384, "media_player.media_play"), ("pause", 1, "media_player.media_pause"),
            ("pause", 4096, "media_player.media_stop"), ("stop", 4096, "media_player.media_stop"),
            ("next", 32, "media_player.media_next_track"), ("previous", 16, "media_player.media_previous_track"),
            # For a remote control that does not know how loud it is.
            ("volume_up", 1024, "media_player.volume_up"), ("volume_down", 1024, "media_player.volume_down"),
        ),
        *(_told(name, attribute) for name, attribute in _SHOWN.items()),
    ),
)  # fmt: skip
