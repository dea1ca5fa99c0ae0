"""Accounts on the page: LG ThinQ and Home Assistant are connected, and bridges start again to use them.

A token goes to the file of its own that only this user reads, and never back to the page, into a log or the settings.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import Field

from hub.asking import Requester
from hub.bus import Bus
from hub.config import Settings, load_again
from hub.credentials import (
    HOMEASSISTANT_TOKEN,
    LONGEST_TOKEN,
    THINQ_TOKEN,
    kept_file,
    tidy_token,
    write_settings,
)
from hub.faults import OutsideError
from hub.messages import ErrorCode
from hub.payloads import TopicId, Value
from hub.settings.values import Country
from hub.texts import text
from hub.web.calls import Arguments, Call, CallError, Page, read

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds in which a bridge answers that it starts again."""

TRYING = 20.0
"""Seconds in which an account has told what it has: the page gives up soon after."""


class _Nothing(Arguments):
    pass


class _Thinq(Arguments):
    token: str = Field(repr=False, max_length=LONGEST_TOKEN)
    country: Country | None = None


class _Simulate(Arguments):
    simulate: bool = True


class _HomeAssistant(Arguments):
    url: str = Field(max_length=1_000)
    token: str = Field(repr=False, max_length=LONGEST_TOKEN)


class _Restart(Arguments):
    bridge: TopicId


class Accounts:
    """Calls about accounts. Make it before the bus runs.

    `config` is the settings file, where one was named; `thinq_url` is another cloud than LG's.
    """

    def __init__(self, settings: Settings, bus: Bus, config: Path | None = None, thinq_url: str | None = None) -> None:
        self._settings = settings
        self._config = config
        self._thinq_url = thinq_url
        self._requester = Requester(bus)
        self._one = asyncio.Lock()
        self.calls: Mapping[str, Call] = {
            "account.state": self._state,
            "account.thinq": self._thinq,
            "account.thinq.simulate": self._simulate,
            "account.homeassistant": self._homeassistant,
            "account.restart": self._restart,
        }

    async def _state(self, page: Page, given: Mapping[str, Value]) -> Value:
        """What the settings say, and whether tokens are kept."""
        read(_Nothing, given)
        async with self._alone(page) as settings:
            thinq, homeassistant = settings.thinq, settings.homeassistant
            return {
                "thinq": {
                    "enabled": thinq.enabled,
                    "simulated": thinq.simulate,
                    "country": thinq.country,
                    "token": self._kept(settings, thinq.token_file, THINQ_TOKEN),
                },
                "homeassistant": {
                    "enabled": homeassistant.enabled,
                    "url": homeassistant.url,
                    "token": self._kept(settings, homeassistant.token_file, HOMEASSISTANT_TOKEN),
                },
            }

    async def _thinq(self, page: Page, given: Mapping[str, Value]) -> Value:
        """Join an LG account: its appliances take the place of the simulated ones."""
        from hub.login import join  # the SDK of LG takes memory that the page else has no use for

        asked = read(_Thinq, given)
        token = _tidy(page, asked.token, "cli.bad_token")
        async with self._alone(page) as settings:
            country = asked.country or settings.thinq.country
            own = settings.thinq.model_copy(update={"country": country})
            joined = await join(settings.model_copy(update={"thinq": own}), self._config, token, self._thinq_url)
            changed: dict[str, Any] = {"country": country} if country != settings.thinq.country else {}
            await asyncio.to_thread(write_settings, self._config, "thinq", simulate=False, **changed)
            log.info("LG ThinQ: an account with %d devices was connected on the page", len(joined.found))
            return {
                "found": [{"name": about.name, "type": about.type} for about in joined.found],
                "unusable": [*joined.unusable],
                "new": joined.new,
                "restarted": await self._restarted("thinq"),
            }

    async def _simulate(self, page: Page, given: Mapping[str, Value]) -> Value:
        """Go back to simulated appliances, or to those of the account, whose token has to be there."""
        asked = read(_Simulate, given)
        async with self._alone(page) as settings:
            if not asked.simulate and not self._kept(settings, settings.thinq.token_file, THINQ_TOKEN):
                raise CallError("no_token", text("web_accounts.thinq_no_token", page.language))
            await asyncio.to_thread(write_settings, self._config, "thinq", simulate=asked.simulate)
            return {"restarted": await self._restarted("thinq")}

    async def _homeassistant(self, page: Page, given: Mapping[str, Value]) -> Value:
        """Log in to Home Assistant: what it exposes to voice assistants comes into the home."""
        from hub.homeassistant import enter

        asked = read(_HomeAssistant, given)
        token = _tidy(page, asked.token, "homeassistant.bad_token")
        async with self._alone(page) as settings:
            found = await enter(settings, asked.url.strip(), token)
            await asyncio.to_thread(write_settings, self._config, "homeassistant", url=found.url)
            log.info("Home Assistant %s was connected on the page", found.version)
            users = ["homeassistant", *(["genie"] if _assistant_asks(settings) else [])]
            restarted = await asyncio.gather(*map(self._restarted, users))
            return {
                "url": found.url,
                "name": found.name,
                "version": found.version,
                "devices": found.devices,
                "restarted": all(restarted),
            }

    async def _restart(self, page: Page, given: Mapping[str, Value]) -> Value:
        """Have a bridge start again."""
        if not await self._restarted(read(_Restart, given).bridge):
            raise CallError(ErrorCode.NO_ANSWER, text("web.no_answer", page.language))
        return None

    async def _restarted(self, bridge: str) -> bool:
        """Whether a bridge says that it starts again; one that is off does not."""
        response = await self._requester.request(bridge, "restart", {}, PATIENCE)
        return response is not None and response.status == "ok"

    @asynccontextmanager
    async def _alone(self, page: Page) -> AsyncIterator[Settings]:
        """The settings as they are now, which nobody else here changes meanwhile; what fails outside is a CallError."""
        async with self._one:
            try:
                async with asyncio.timeout(TRYING):
                    yield await asyncio.to_thread(load_again, self._settings, self._config)
            except TimeoutError:
                raise CallError(ErrorCode.NO_ANSWER, text("web.no_answer", page.language)) from None
            except OutsideError as error:
                raise CallError("refused", " · ".join(error.lines)) from None
            except OSError as error:
                sentence = text("cli.not_written", page.language, path=error.filename, reason=error.strerror)
                raise CallError("not_written", sentence) from None

    def _kept(self, settings: Settings, given: Path | None, name: str) -> bool:
        return kept_file(given, name, settings.state_dir).is_file()


def _tidy(page: Page, typed: str, fault: str) -> str:
    """The token that was typed; raises CallError for anything else."""
    try:
        return tidy_token(typed)
    except ValueError:
        source = text("web_accounts.typed", page.language)
        raise CallError("bad_token", text(fault, page.language, source=source)) from None


def _assistant_asks(settings: Settings) -> bool:
    """Whether the assistant, too, asks Home Assistant."""
    parts = (settings.genie.agent, settings.genie.weather)
    return any(part is not None and part.kind == "homeassistant" for part in parts)
