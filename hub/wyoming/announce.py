"""Being found: both addresses are announced by zeroconf, so that Home Assistant offers them by itself."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from itertools import count

import ifaddr
from zeroconf import Error, NonUniqueNameException, RecordUpdate, RecordUpdateListener, Zeroconf
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from hub.together import together

log = logging.getLogger(__name__)

TYPE = "_wyoming._tcp.local."

LOOK = 30.0
"""Seconds between two looks at this machine's addresses, which come late and change."""

FRESH = 2.0
"""Seconds after which an announcement replaces what another one said: more than one, by RFC 6762, 10.2."""

EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104


async def announce(host: str, ports: Mapping[str, int]) -> None:
    """Announce each port under its name, until cancelled, with the addresses that this machine has by then.

    `host` is where they listen. Without a network nothing is announced until there is one.
    """
    fault = ""
    while True:
        addresses = addresses_of(host)
        try:
            async with _announced(addresses, ports):
                fault = ""
                while addresses_of(host) == addresses:  # noqa: ASYNC110 - nobody tells of a change
                    await asyncio.sleep(LOOK)
        except (OSError, Error) as error:
            if str(error) != fault:  # once is enough, until it works again
                log.warning("Wyoming cannot be announced: %s", error)
            fault = str(error)
            await asyncio.sleep(LOOK)


def addresses_of(host: str) -> list[str]:
    """Where this machine can be reached that listens at `host`: IPv4 addresses, the loopback only where that is it."""
    if host not in EVERYWHERE:
        with suppress(OSError):
            return [socket.gethostbyname(host)]
        return []
    found = {str(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4}
    return sorted(address for address in found if not address.startswith("127."))


@asynccontextmanager
async def _announced(addresses: list[str], ports: Mapping[str, int]) -> AsyncIterator[None]:
    if not addresses:
        yield
        return
    zeroconf = AsyncZeroconf(interfaces=addresses)
    try:
        await zeroconf.zeroconf.async_wait_for_start()
        async with together([_named(zeroconf, name, port, addresses) for name, port in ports.items()]):
            yield
    finally:
        await zeroconf.async_unregister_all_services()
        await zeroconf.async_close()


async def _named(zeroconf: AsyncZeroconf, name: str, port: int, addresses: list[str]) -> None:
    """Announce a port, until cancelled, under the first of name, name-2, name-3 and so on that nobody else has."""
    for number in count(1):
        own = name if number == 1 else f"{name}-{number}"
        info = AsyncServiceInfo(TYPE, f"{own}.{TYPE}", port, parsed_addresses=addresses, server=f"{own}.local.")
        with suppress(NonUniqueNameException):
            await _held(zeroconf, info)


async def _held(zeroconf: AsyncZeroconf, info: AsyncServiceInfo) -> None:
    """Announce a service until another that comes before it has its name; raises NonUniqueNameException.

    Two that ask at the same moment whether a name is free, as after a power cut, both hear no objection.
    """
    rivals = _Rivals(info)
    zeroconf.zeroconf.async_add_listener(rivals, None)
    try:
        await (await zeroconf.async_register_service(info))
        log.info("announced: %s at port %d", info.name, info.port)
        while True:
            await rivals.news.wait()
            rivals.news.clear()
            if rivals.before:
                break
            await asyncio.sleep(FRESH)
            await (await zeroconf.async_update_service(info))  # so that it is this one that everybody knows
    finally:
        zeroconf.zeroconf.async_remove_listener(rivals)
    zeroconf.zeroconf.registry.async_remove(info)  # without a farewell, which would be the other one's, too
    log.info("%s is somebody else's, too", info.name)


class _Rivals(RecordUpdateListener):
    """Hears what others announce under the name of a service. Of two, the lower address and port comes first."""

    def __init__(self, info: AsyncServiceInfo) -> None:
        self.news = asyncio.Event()
        """Another one was heard."""
        self.before = False
        """Whether one was heard that comes before this service."""
        self._info = info

    def async_update_records(self, zc: Zeroconf, now: float, records: list[RecordUpdate]) -> None:
        """Hear one message."""
        other = AsyncServiceInfo(TYPE, self._info.name, server=self._info.server)
        other.async_update_records(zc, now, records)
        if other.addresses and other.port and (theirs := _place(other)) != (ours := _place(self._info)):
            self.before = self.before or theirs < ours
            self.news.set()


def _place(info: AsyncServiceInfo) -> tuple[list[bytes], int]:
    return sorted(info.addresses), info.port or 0
