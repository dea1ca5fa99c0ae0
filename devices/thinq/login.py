"""Joining an LG account: its appliances are listed, and written into the home file for the user to edit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import aiohttp

from devices.thinq.appliance import Appliance
from devices.thinq.client import ThinqCloud
from devices.thinq.profile import ApplianceProfile, ProfileError
from devices.thinq.types import TYPES
from hub.home import Home
from hub.messages import About
from hub.texts import Language
from hub.yamledit import edit_yaml


async def appliances(
    token: str, country: str, client_id: str, base_url: str | None, language: Language
) -> tuple[list[About], list[str]]:
    """The devices of the account, and the names of appliances that Jipsa cannot use. Raises ThinqError."""
    found: list[About] = []
    unusable: list[str] = []
    async with aiohttp.ClientSession() as session:
        cloud = ThinqCloud(
            session, access_token=token, country=country, client_id=client_id, base_url=base_url, language=language
        )
        for listed in await cloud.devices():
            kind = TYPES.get(listed.info.device_type)
            try:
                if kind is None:
                    raise ProfileError(listed.info.device_type)
                profile = ApplianceProfile.read(kind, await cloud.profile(listed))
            except ProfileError:
                unusable.append(listed.name)
            else:
                found += Appliance(listed, profile, language).abouts("thinq")
    return found, unusable


def entries(abouts: Iterable[About], home: Home) -> list[dict[str, str]]:
    """Entries for devices that the home file has not; one whose name begins with a room's stands in that room."""
    new = [about for about in abouts if home.device(about.id) is None]
    return [
        {"id": about.id, "name": about.name, "type": about.type, **({"room": room} if room else {})}
        for about, room in ((about, _room(about.name, home)) for about in new)
    ]


def _room(name: str, home: Home) -> str | None:
    said = name.replace(" ", "")
    names = [(spoken.replace(" ", ""), room.name) for room in home.rooms for spoken in room.names]
    longest = max((pair for pair in names if said.startswith(pair[0])), key=lambda pair: len(pair[0]), default=None)
    return longest[1] if longest else None


def add_to_home(path: Path, found: Sequence[dict[str, str]]) -> None:
    """Add devices to the home file; what stands there, comments too, stays. Raises SettingsError, OSError."""

    def change(home: Any) -> None:
        if home.get("devices") is None:
            home["devices"] = []
        home["devices"] += [dict(entry) for entry in found]

    edit_yaml(path, change)
