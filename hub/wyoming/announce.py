"""Being found: both addresses are announced by zeroconf, so that Home Assistant offers them by itself."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import ifaddr
from zeroconf import Error
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

log = logging.getLogger(__name__)

TYPE = "_wyoming._tcp.local."

LOOK = 30.0
"""Seconds between two looks at this machine's addresses, which come late and change."""

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
        for name, port in ports.items():
            info = AsyncServiceInfo(
                TYPE, f"{name}.{TYPE}", port, parsed_addresses=addresses, server=f"{name}.local."
            )  # fmt: skip
            await zeroconf.async_register_service(info, allow_name_change=True)
            log.info("announced: %s at port %d", info.name, port)
        yield
    finally:
        await zeroconf.async_unregister_all_services()
        await zeroconf.async_close()
