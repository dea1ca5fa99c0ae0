"""What music there is, and which of it somebody means.

mpd compares letter by letter, and people say names without their spaces: all names are fetched and compared here.
Nothing that was said is ever sent to mpd. This blocks; it is for a thread of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

import mpd

from devices.genie.music.player import PATIENCE, Player, faults
from hub.korean.jamo import squash
from hub.korean.reading import readings

Addition = tuple[str, ...]
"""A command of mpd that puts something at the end of the queue, and its arguments."""

Names = Mapping[str, Mapping[str, list[str]]]
"""For each tag, the names without their spaces, and how mpd writes them."""

TAGS: Final = ("artist", "albumartist", "title", "album", "genre", "playlist", "file")
"""Where a name is looked for, in this order."""

MOST = 500
"""Additions that one search leads to."""

GENRES: Final = {
    "재즈": "jazz", "클래식": "classic", "발라드": "ballad", "힙합": "hiphop", "팝송": "pop", "팝": "pop",
    "트로트": "trot", "케이팝": "kpop", "록": "rock", "락": "rock", "국악": "gugak", "캐럴": "christmas",
    "캐롤": "christmas", "동요": "children", "피아노": "piano", "뉴스": "news",
}  # fmt: skip
"""Genres as people say them, and as tags write them."""


def search(player: Player, said: str) -> list[Addition]:
    """What adds the music that is meant: empty where there is none. Raises PlayerError."""
    wanted = squash(said)
    if not wanted:
        return []
    client = mpd.MPDClient()
    client.timeout = PATIENCE
    with faults():
        client.connect(player.host, player.port)
        try:
            if player.password is not None:
                client.password(player.password)
            names = _names(client)
            return list(_whole(names, wanted) or _of_artist(client, names, wanted) or _part(names, wanted))[:MOST]
        finally:
            client.disconnect()


def _names(client: mpd.MPDClient) -> Names:
    found: dict[str, dict[str, list[str]]] = {}
    for tag in TAGS:
        rows = client.listplaylists() if tag == "playlist" else client.list(tag)
        names: defaultdict[str, list[str]] = defaultdict(list)
        for value in (row[tag] for row in rows if row.get(tag)):
            for name in _called(tag, value):
                names[name].append(value)
        names.pop("", None)
        found[tag] = names
    return found


def _called(tag: str, value: str) -> set[str]:
    if tag == "file":
        return {squash(PurePosixPath(value).stem)}
    return {squash(value), *(map(squash, readings(value)) if tag.endswith("artist") else ())}


def _whole(names: Names, wanted: str) -> list[Addition]:
    """What has the name itself."""
    for tag in TAGS:
        if values := names[tag].get(wanted):
            return _additions(tag, values)
    return []


def _of_artist(client: mpd.MPDClient, names: Names, wanted: str) -> list[Addition]:
    """What an artist who was named, too, has of that name: 아이유 밤편지, 아이유의 밤편지, 밤편지 아이유."""
    for artist in sorted((name for name in names["artist"] if len(name) > 1), key=len, reverse=True):
        if wanted.startswith(artist):
            rest = {wanted.removeprefix(artist), wanted.removeprefix(artist).removeprefix("의")}
        elif wanted.endswith(artist):
            rest = {wanted.removesuffix(artist)}
        else:
            continue
        songs = (song for value in names["artist"][artist] for song in client.find("artist", value))
        found = [song for song in songs if any(part in name for part in rest - {""} for name in _names_of(song))]
        if found:
            return [("add", song["file"]) for song in found]
    return []


def _names_of(song: Mapping[str, Any]) -> Iterator[str]:
    for tag in ("title", "album"):
        values = song.get(tag, [])
        yield from map(squash, [values] if isinstance(values, str) else values)


def _part(names: Names, wanted: str) -> list[Addition]:
    """What has it as a part of its name, or is of that genre."""
    genre = GENRES.get(wanted)
    if genre is not None and (of_genre := _having(names["genre"], genre)):
        return _additions("genre", of_genre)
    if len(wanted) > 1:
        for tag in TAGS:
            if values := _having(names[tag], wanted):
                return _additions(tag, values)
    return []


def _having(names: Mapping[str, list[str]], part: str) -> list[str]:
    return [value for name, values in names.items() if part in name for value in values]


def _additions(tag: str, values: list[str]) -> list[Addition]:
    command = {"playlist": ("load",), "file": ("add",)}.get(tag, ("findadd", tag))
    return [(*command, value) for value in dict.fromkeys(values)]
