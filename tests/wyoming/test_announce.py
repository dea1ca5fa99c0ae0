"""Being found by zeroconf, on the loopback interface and where there is no network."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from zeroconf import ServiceInfo, ServiceStateChange, Zeroconf, current_time_millis
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from hub.together import end
from hub.wyoming import announce
from hub.wyoming.announce import TYPE, addresses_of

pytestmark = pytest.mark.xdist_group("zeroconf")  # all of them hear each other

SRV = 33
"""The type of a record that says where a service is: RFC 2782."""

NAME = f"jipsa-test{os.getpid()}"
"""Of this process alone: others may test on the same machine."""

PORTS = {NAME: 10300, f"{NAME}-satellite": 10700}


class Looker:
    """Knows who is announced now, of those whose names begin so."""

    def __init__(self, zeroconf: AsyncZeroconf, prefix: str) -> None:
        self.zeroconf = zeroconf
        self._prefix = prefix
        self.found: set[str] = set()
        self._news = asyncio.Event()

    def tell(self, zeroconf: object, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if name.startswith(self._prefix):
            (self.found.discard if state_change is ServiceStateChange.Removed else self.found.add)(name)
            self._news.set()

    async def until(self, *names: str) -> None:
        async with asyncio.timeout(20):
            while self.found != {f"{name}.{TYPE}" for name in names}:
                self._news.clear()
                await self._news.wait()

    async def leads(self, name: str, port: int) -> None:
        """Wait until the name is known to be at this port, and nowhere else."""
        async with asyncio.timeout(20):
            while self._ports(name) != {port}:
                await asyncio.sleep(0.01)

    def _ports(self, name: str) -> set[int | None]:
        now = current_time_millis()
        told = self.zeroconf.zeroconf.cache.async_entries_with_name(f"{name}.{TYPE}")
        return {getattr(one, "port", None) for one in told if one.type == SRV and not one.is_expired(now)}


@asynccontextmanager
async def looking(prefix: str = NAME) -> AsyncIterator[Looker]:
    zeroconf = AsyncZeroconf(interfaces=["127.0.0.1"])
    looker = Looker(zeroconf, prefix)
    browser = AsyncServiceBrowser(zeroconf.zeroconf, TYPE, handlers=[looker.tell])
    try:
        yield looker
    finally:
        await browser.async_cancel()
        await zeroconf.async_close()


async def test_both_addresses_are_found_and_forgotten() -> None:
    async with looking() as looker:
        announcing = asyncio.create_task(announce.announce("127.0.0.1", PORTS))
        await looker.until(*PORTS)
        info = AsyncServiceInfo(TYPE, f"{NAME}-satellite.{TYPE}")
        assert await info.async_request(looker.zeroconf.zeroconf, 3_000)
        assert (info.port, info.parsed_addresses()) == (10700, ["127.0.0.1"])
        await end(announcing)
        await looker.until()


async def test_two_hubs_of_one_name_are_told_apart() -> None:
    """The one that comes later takes another name."""
    async with looking() as looker:
        tasks = [asyncio.create_task(announce.announce("127.0.0.1", {NAME: 2}))]
        await looker.until(NAME)
        tasks.append(asyncio.create_task(announce.announce("127.0.0.1", {NAME: 1})))
        await looker.until(NAME, f"{NAME}-2")
        await looker.leads(NAME, 2)
        await looker.leads(f"{NAME}-2", 1)
        await end(*tasks)


async def test_two_hubs_that_start_at_once_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has heard of nobody else when it begins to announce."""
    meeting, really = asyncio.Barrier(2), Zeroconf.async_check_service

    async def check(zeroconf: Zeroconf, info: ServiceInfo, *how: bool) -> None:
        await (meeting.wait() if info.name == f"{NAME}.{TYPE}" else really(zeroconf, info, *how))

    monkeypatch.setattr(Zeroconf, "async_check_service", check)
    async with looking() as looker:
        tasks = [asyncio.create_task(announce.announce("127.0.0.1", {NAME: port})) for port in (2, 1)]
        await looker.until(NAME, f"{NAME}-2")
        await looker.leads(NAME, 1)
        await looker.leads(f"{NAME}-2", 2)
        await end(*tasks)


def unreachable(interfaces: list[str]) -> AsyncZeroconf:
    raise OSError("Network is unreachable")


async def test_without_a_network_it_waits_for_one(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    addresses: list[str] = []
    ports = {"jipsa-lonely": 10300}  # what others said may still be in the air
    monkeypatch.setattr(announce, "LOOK", 0.01)
    monkeypatch.setattr(announce, "addresses_of", lambda host: [*addresses])
    async with looking("jipsa-lonely") as looker:
        announcing = asyncio.create_task(announce.announce("0.0.0.0", ports))
        await asyncio.sleep(0.05)
        assert not looker.found
        with monkeypatch.context() as patch:
            patch.setattr(announce, "AsyncZeroconf", unreachable)  # zeroconf leaves a socket open where it fails
            addresses.append("127.0.0.1")
            async with asyncio.timeout(30):
                while "cannot be announced" not in caplog.text:
                    await asyncio.sleep(0.01)
        await looker.until(*ports)
        assert caplog.text.count("cannot be announced") == 1
        await end(announcing)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_the_loopback_is_no_address_for_others() -> None:
    assert addresses_of("127.0.0.1") == ["127.0.0.1"]
    assert not any(address.startswith("127.") for address in addresses_of("0.0.0.0"))
    assert addresses_of("no-such-host.invalid") == []
