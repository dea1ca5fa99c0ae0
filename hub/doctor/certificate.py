"""A certificate that is shown over TLS: how long it is good, for which names, and which of those lead here."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Final

PATIENCE: Final = 4.0
"""Seconds that whoever shows one may take."""

SOON: Final = 30
"""Days before its end in which a certificate is spoken of."""

NO_CHECK_TIME: Final = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL (x509_vfy.h), for which Python has no name."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is in it: when it begins and ends, in seconds since 1970, and the names and addresses that it is for."""

    begins: float
    ends: float
    names: tuple[str, ...]

    @property
    def days(self) -> int:
        """Whole days that are left, less than 0 when it has ended."""
        return int((self.ends - time.time()) // 86_400)


async def shown(host: str, port: int, context: ssl.SSLContext) -> Certificate:
    """What is shown there, to whom this context trusts. Raises OSError, and TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        _, writer = await asyncio.open_connection(host, port, ssl=context)
    told = writer.get_extra_info("peercert")
    writer.close()
    begins, ends = (ssl.cert_time_to_seconds(told[key]) for key in ("notBefore", "notAfter"))
    return Certificate(begins, ends, tuple(_written(kind, name) for kind, name in told.get("subjectAltName", ())))


def _written(kind: str, name: str) -> str:
    """A name as people write it; OpenSSL writes all of an IPv6 address."""
    return str(ipaddress.ip_address(name.strip())) if kind == "IP Address" else name


async def shown_to_anybody(host: str, port: int) -> Certificate:
    """The same of one that nobody here has to trust, and that may have ended.

    Python tells only what is in a certificate that it trusts: so this one is fetched, and trusted for itself.
    """
    pem = await asyncio.to_thread(ssl.get_server_certificate, (host, port), timeout=PATIENCE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | NO_CHECK_TIME
    context.load_verify_locations(cadata=pem)
    return await shown(host, port, context)


async def leads_here(name: str) -> bool:
    """Whether others come to this machine by a name or an address, as far as it can know.

    It does not know its address in the internet, nor what stands for a `*`.
    """
    host = socket.gethostname().partition(".")[0]
    if name.startswith("*.") or name in {host, f"{host}.local", socket.gethostname()}:
        return True
    found = await addresses(name)
    return any(address.is_global or (not address.is_loopback and is_ours(address)) for address in found)


async def addresses(name: str) -> set[Address]:
    """Where a name leads; nowhere, if nobody knows it."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return set()
    return {ipaddress.ip_address(place[4][0]) for place in found}


def is_ours(address: Address) -> bool:
    """Whether this machine has that address: only then can anything be bound to it."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as unused:
            unused.bind((str(address), 0))
    except OSError:
        return False
    return True
