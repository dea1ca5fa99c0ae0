"""Set-up on the page: the rooms and devices of the home file, checked while somebody types, and saved."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hub.config import Settings
from hub.home import DEVICE_TYPES, Device, Home, merge
from hub.homefile import Changes, ConflictError, Flaw, FlawedError, HomeFile, home_place
from hub.messages import About
from hub.naming import Checker, NamingError
from hub.payloads import Value
from hub.texts import text
from hub.web.calls import Arguments, Call, CallError, Page, read
from hub.web.mirror import Mirror
from hub.yamlfile import SettingsError


class _Home(Arguments):
    pass


class _Check(Arguments):
    changes: Changes


class _Save(Arguments):
    changes: Changes
    based_on: str


class Setup:
    """Calls that read and change the home file. `close` ends what they have started."""

    def __init__(self, settings: Settings, mirror: Mirror, config: Path | None = None) -> None:
        """`config` is the settings file, where one was named."""
        self._settings = settings
        self._mirror = mirror
        self._path = home_place(settings, config)
        self._checker = Checker(settings)
        self._saving = asyncio.Lock()
        self.calls: Mapping[str, Call] = {
            "setup.home": self._home,
            "setup.check": self._check,
            "setup.save": self._save,
        }

    async def close(self) -> None:
        """End the process that checks names."""
        await self._checker.close()

    async def _home(self, page: Page, given: Mapping[str, Value]) -> Value:
        """The home of the file with what bridges say; of a file with faults, these alone."""
        read(_Home, given)
        try:
            return self._told(await self._file())
        except SettingsError as error:
            return {"path": str(self._path), "faults": list(error.lines)}
        except OSError as error:
            return {"path": str(self._path), "faults": [f"{self._path}: {error.strerror}"]}

    async def _check(self, page: Page, given: Mapping[str, Value]) -> Value:
        """What there would be to look at after the changes."""
        changes = read(_Check, given).changes
        try:
            file, abouts = await self._file(), self._abouts()
            after = await asyncio.to_thread(file.changed, changes, abouts)
            home = merge(after.home, abouts.values())
            lost = self._lost_satellites(merge(file.home, abouts.values()), home)
            fixed = {f"devices.{device.id}" for device in home.devices if _is_fixed(device, after.home)}
            flaws = [*lost, *(flaw for flaw in await self._checker.check(home) if flaw.place not in fixed)]
        except FlawedError as error:
            flaws = error.flaws
        except (SettingsError, NamingError) as error:
            raise CallError("not_checked", str(error)) from None
        return {"flaws": [flaw.model_dump(exclude_none=True) for flaw in flaws]}

    async def _save(self, page: Page, given: Mapping[str, Value]) -> Value:
        """Change the file: the home as it is then, or what keeps it from being saved."""
        asked = read(_Save, given)
        try:
            async with self._saving:
                file = await self._file()
                after = await asyncio.to_thread(file.save, asked.changes, self._abouts(), asked.based_on)
        except FlawedError as error:
            return {"saved": False, "flaws": [flaw.model_dump(exclude_none=True) for flaw in error.flaws]}
        except ConflictError:
            raise CallError("conflict", text("web_setup.conflict", page.language)) from None
        except SettingsError as error:
            raise CallError("broken", str(error)) from None
        except OSError as error:
            raise self._unwritten(page, error) from None
        return {"saved": True, "made": not file.content, "home": self._told(after)}

    async def _file(self) -> HomeFile:
        return await asyncio.to_thread(HomeFile.read, self._path, self._settings.language)

    def _unwritten(self, page: Page, error: OSError) -> CallError:
        sentence = text("web_setup.not_written", page.language, path=self._path, reason=error.strerror)
        return CallError("not_written", sentence)

    def _abouts(self) -> dict[str, About]:
        known = ((device, told.get("about")) for device, told in self._mirror.devices.items())
        return {device: About.model_validate(about) for device, about in known if about}

    def _told(self, file: HomeFile) -> dict[str, Any]:
        abouts = self._abouts()
        home = merge(file.home, abouts.values())
        return {
            "path": str(file.path),
            "digest": file.digest,
            "faults": [],
            "rooms": [room.model_dump(exclude_none=True) for room in home.rooms],
            "devices": [_device(device, file.home, abouts.get(device.id)) for device in home.devices],
        }

    def _lost_satellites(self, before: Home, after: Home) -> Iterator[Flaw]:
        """Rooms in which satellites say that they are, by a name that they will not have any more."""
        for satellite, told in self._mirror.satellites.items():
            name = str(told.get("room") or "")
            room = before.resolve_room(name)
            if room is not None and after.room(room.id) is not None and after.resolve_room(name) is None:
                values = {"satellite": satellite, "room": name}
                reason = text("web_setup.satellite_lost", self._settings.language, **values)
                yield Flaw(place=f"rooms.{room.id}", key="name", reason=reason)


def _is_fixed(device: Device, home: Home) -> bool:
    """Whether nothing can be changed about a device: an entry in the file could not say of which type it is."""
    return home.device(device.id) is None and device.type not in DEVICE_TYPES


def _device(device: Device, home: Home, about: About | None) -> dict[str, Any]:
    """A device as set-up shows it, with what its bridge calls it; `home` is what the file says."""
    told = device.model_dump(include={"id", "name", "aliases", "room", "hidden"}, exclude_none=True)
    told["fixed"] = _is_fixed(device, home)
    return told | ({"announced": about.name} if about else {})
