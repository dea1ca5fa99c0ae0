"""What comes from the web, up to a size."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiohttp


class TooLargeError(Exception):
    """There is more than anybody reads."""


async def body_of(response: aiohttp.ClientResponse, largest: int) -> bytes:
    """The body of an answer; raises TooLargeError where it is more than `largest` bytes."""
    body = bytearray()
    async for part in response.content.iter_any():
        body += part
        if len(body) > largest:
            raise TooLargeError(f"more than {largest} bytes")
    return bytes(body)
