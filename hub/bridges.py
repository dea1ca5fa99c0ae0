"""The bridges of this installation, made as the settings say."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from devices.bridge import Bridge
from hub.config import Settings
from hub.credentials import HOMEASSISTANT_TOKEN, credential, homeassistant_access, kept_file
from hub.faults import OutsideError
from hub.files import write_file
from hub.home import Home
from hub.texts import text


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
    client_id = own.client_id or thinq_client_id(settings)
    yield ThinqBridge(
        address, settings.language, access_token=_token(settings), country=own.country, client_id=client_id, **manner
    )


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


MAKERS: dict[str, Maker] = {"thinq": _thinq, "genie": _genie, "gpio": _gpio, "homeassistant": _homeassistant}
"""Every bridge that comes with Jipsa, by its name in topics and in the settings."""


def enabled(settings: Settings) -> list[str]:
    """The names of the bridges that the settings switch on."""
    return [name for name in MAKERS if getattr(settings, name).enabled]


def thinq_token_file(settings: Settings) -> Path:
    """Where the personal access token is: as the settings say, as a credential of systemd, or where login put it."""
    return kept_file(settings.thinq.token_file, "thinq-token", settings.state_dir)


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
