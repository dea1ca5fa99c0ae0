"""The bridges of this installation: made as the settings say, and made anew when a restart is asked for."""

from __future__ import annotations

import asyncio
import gc
import logging
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from devices.bridge import Bridge
from hub import packaged
from hub.access import OUTSIDE, as_service
from hub.config import Settings, load_again
from hub.credentials import HOMEASSISTANT_TOKEN, THINQ_TOKEN, credential, homeassistant_access, kept_file
from hub.faults import OutsideError
from hub.files import write_file
from hub.home import Home, load_home
from hub.notify import Condition
from hub.texts import text

log = logging.getLogger(__name__)

AGAIN = 5.0
"""Seconds between two attempts to make a bridge that cannot even be made as it was before."""


class BridgeError(OutsideError):
    """A bridge cannot be made from these settings; the text says what is missing."""


Maker = Callable[[Settings, Home], AbstractAsyncContextManager[Bridge]]


@asynccontextmanager
async def _thinq(settings: Settings, home: Home) -> AsyncIterator[Bridge]:
    from devices.thinq.bridge import ThinqBridge
    from devices.thinq.simulator.cloud import TOKEN, Simulator

    address, own = settings.broker.address(), settings.thinq
    manner: dict[str, Any] = {
        "poll_seconds": own.poll_seconds, "push": own.push, "heating": own.heating, "announce": own.announce,
    }  # fmt: skip
    if own.simulate:
        simulator = Simulator()
        async with simulator.serving(push=own.push) as url:
            yield ThinqBridge(
                address, settings.language, access_token=TOKEN, client_id="jipsa-simulated", base_url=url,
                root_ca=simulator.root_ca, **manner,
            )  # fmt: skip
        return
    client_id, token = own.client_id or thinq_client_id(settings), _token(settings)
    try:
        bridge = ThinqBridge(
            address, settings.language, access_token=token, country=own.country, client_id=client_id, **manner
        )
    except ValueError as error:
        raise BridgeError(str(error)) from None
    yield bridge


@asynccontextmanager
async def _genie(settings: Settings, home: Home) -> AsyncIterator[Bridge]:
    from devices.genie.bridge import GenieBridge
    from hub.assistant import skills

    settings.state_dir.mkdir(parents=True, exist_ok=True)
    more = skills(settings)
    yield GenieBridge(settings.broker.address(), settings.language, state_dir=settings.state_dir, more=more)


@asynccontextmanager
async def _gpio(settings: Settings, home: Home) -> AsyncIterator[Bridge]:
    from devices.gpio.bridge import GpioBridge

    voice = settings.voice.pins if settings.voice.microphone != "off" else {}
    yield GpioBridge(
        settings.broker.address(), settings.language, devices=home.devices, pins=settings.gpio.pins, voice=voice,
        state_dir=settings.state_dir,
    )  # fmt: skip


@asynccontextmanager
async def _homeassistant(settings: Settings, home: Home) -> AsyncIterator[Bridge]:
    from devices.homeassistant.bridge import HomeAssistantBridge
    from devices.homeassistant.inward import Access

    own, access = settings.homeassistant, None
    if own.url is not None:
        url, token_file = homeassistant_access(settings, own, "homeassistant")
        token = credential(token_file, HOMEASSISTANT_TOKEN, "homeassistant.token_file")
        names = {room.id: room.name for room in home.rooms}
        rooms = {device.id: names[device.room] for device in home.devices if device.room is not None}
        access = Access(url, token, settings.state_dir, rooms)
    yield HomeAssistantBridge(settings.broker.address(), settings.language, prefix=own.discovery_prefix, access=access)


@asynccontextmanager
async def _discovered(settings: Settings, home: Home) -> AsyncIterator[Bridge]:
    from devices.discovered.bridge import DiscoveredBridge

    outside = as_service(settings, "outside", OUTSIDE).broker.address()
    yield DiscoveredBridge(
        settings.broker.address(), settings.language, prefix=settings.discovered.prefix, home=home, outside=outside
    )


MAKERS: dict[str, Maker] = {
    "thinq": _thinq, "genie": _genie, "gpio": _gpio, "homeassistant": _homeassistant, "discovered": _discovered,
}  # fmt: skip
"""Every bridge that comes with Jipsa, by its name in topics and in the settings."""


def enabled(settings: Settings) -> list[str]:
    """The names of the bridges that the settings switch on; those of packages come last."""
    return [*(name for name in MAKERS if getattr(settings, name).enabled), *packaged.wanted(settings)]


def known() -> list[str]:
    """The names of all bridges that are installed."""
    return [*MAKERS, *(name for name in sorted(packaged.installed()) if name not in MAKERS)]


def _maker(name: str) -> Maker:
    return MAKERS.get(name) or partial(packaged.make, name)


class Given(NamedTuple):
    """What a bridge is made of."""

    settings: Settings
    home: Home


class Keeper:
    """Runs one bridge. Whenever a restart of it is asked for, one is made of what settings and home say by then.

    Where they are faulty, or no bridge can be made of them, it goes on with those before, and its log says why.
    `config` is the file of the settings, if one was named; broker and folders stay those of this process.
    """

    def __init__(self, name: str, settings: Settings, home: Home, config: Path | None) -> None:
        self.name = name
        self._given = Given(settings, home)
        self._config = config
        self._bridge: Bridge | None = None
        self._former: Bridge | None = None
        self._off = False

    def condition(self) -> Condition:
        """How the bridge is that runs now, for systemd."""
        if self._bridge is not None:
            return self._bridge.condition()
        return Condition(ready=self._off, healthy=True, status=f"{self.name}: {'off' if self._off else 'starting'}.")

    async def run(self) -> None:
        """Run it until cancelled, or until the settings switch it off.

        Raises what prevents the first start, and what ends a bridge that was running.
        """
        given, ran, fault = self._given, None, ""
        while self.name in enabled(given.settings):
            failure = await self._serve(given, fault)
            if failure is None:
                ran, fault = given, ""
            elif ran is None:
                raise failure
            else:
                fault = self._fault(failure)
                if given is not ran:
                    given = ran
                    continue
                log.error("%s", fault)
                await asyncio.sleep(AGAIN)
            try:
                given = await asyncio.to_thread(self._read)
            except OutsideError as error:
                given, fault = ran, self._fault(error)
        self._off = True
        log.warning("%s", text("restart.off", given.settings.language, bridge=self.name))

    async def _serve(self, given: Given, fault: str) -> Exception | None:
        """Make a bridge, which tells the `fault` if there is one, and run it until a restart is asked for.

        Returns what prevented its start; raises what ended it later.
        """
        bridge: Bridge | None = None
        try:
            async with _maker(self.name)(given.settings, given.home) as bridge:
                if self._former is not None:
                    bridge.succeed(self._former)
                    self._former = None
                    gc.collect()  # a bridge and its bus refer to each other: it would stay for long, some 2 MB of it
                if fault:
                    bridge.log("error", fault)
                self._bridge = bridge
                await bridge.run()
        except Exception as error:
            if bridge is not None and bridge.holds:
                raise
            return error
        finally:
            self._bridge, self._former = None, bridge or self._former
        return None

    def _read(self) -> Given:
        """What the files say now. Raises SettingsError."""
        settings = load_again(self._given.settings, self._config)
        return Given(settings, load_home(settings.home, settings.language))

    def _fault(self, error: Exception) -> str:
        """A sentence about why the bridge is not as the settings want it."""
        if not isinstance(error, OutsideError):
            log.error("%s did not start", self.name, exc_info=error)
        reason = " · ".join(error.lines) if isinstance(error, OutsideError) else type(error).__name__
        return text("restart.failed", self._given.settings.language, bridge=self.name, reason=reason)


def thinq_token_file(settings: Settings) -> Path:
    """Where the personal access token is: as the settings say, as a credential of systemd, or where login put it."""
    return kept_file(settings.thinq.token_file, THINQ_TOKEN, settings.state_dir)


def _token(settings: Settings) -> str:
    path = thinq_token_file(settings)
    if settings.thinq.token_file is None and not path.is_file():
        raise BridgeError(text("cli.no_token", settings.language))
    try:
        return path.read_text().strip()
    except OSError as error:
        raise BridgeError(f"thinq.token_file: {path}: {error.strerror}") from None


def thinq_client_id(settings: Settings) -> str:
    """An id that stays the same for good: LG may block who comes with a new one each time."""
    path = settings.state_dir / "thinq-client-id"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        write_file(path, f"jipsa-{uuid.uuid4()}\n")
        return path.read_text().strip()
