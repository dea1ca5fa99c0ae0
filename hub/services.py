"""The services that run as processes of their own, each with only what it needs in memory; the voice: satellite.py."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hub.config import Settings, load_again, settings_file
from hub.home import load_home
from hub.notify import tell_systemd
from hub.together import together
from hub.watch import changes, home_changes

if TYPE_CHECKING:
    from hub.butler.service import Butler


SWITCHED_OFF = 3
"""Exit code of a bridge that the settings switch off; systemd then leaves it off."""


async def watch_home(butler: Butler, settings: Settings) -> None:
    """Tell the butler what the home file says, each time that it is changed."""
    async for home in home_changes(settings.home, settings.language):
        butler.change_home(home)


async def watch_rules(butler: Butler, settings: Settings, config: Path | None) -> None:
    """Tell the butler what may be done from outside, each time that the settings are changed (`config`: their file)."""
    async for changed in changes(settings_file(config), lambda file: load_again(settings, file)):
        butler.change_rules(changed.remote.rules)


async def run_butler(settings: Settings, config: Path | None = None) -> int:
    """The butler alone, until stopped; `config` is the file of the settings, if one was named."""
    from hub.butler.service import Butler
    from hub.household import household_lexicon
    from hub.logs.chronicle import Chronicle

    home, known = load_home(settings.home, settings.language), household_lexicon(settings)
    butler = Butler(settings.broker.address(), home, settings.language, known, rules=settings.remote.rules)
    Chronicle(butler.bus)
    follows = [watch_home(butler, settings), watch_rules(butler, settings, config)]
    async with together([*follows, tell_systemd(butler.condition)]):
        await butler.run()
    return 0


async def run_bridge(settings: Settings, name: str, config: Path | None) -> int:
    """One bridge alone, until stopped or switched off in the settings (`config` is their file). Raises BridgeError."""
    from hub.bridges import BridgeError, Keeper, known

    if name not in known():
        raise BridgeError(f"there is no bridge {name!r}; there are {', '.join(known())}")
    keeper = Keeper(name, settings, load_home(settings.home, settings.language), config)
    async with together([tell_systemd(keeper.condition)]):
        await keeper.run()
    return SWITCHED_OFF
