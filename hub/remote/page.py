"""Whether a page that is reached from outside lets in nobody without a password, and is served over https."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import aiohttp
from yarl import URL

from hub.conformance.verdict import BrokenError, UnseenError
from hub.web.server import HEADERS

PATIENCE: Final = 10.0
"""Seconds that an answer may take, by way of the internet."""


async def https(url: str) -> None:
    """Whether it is served over https, with a certificate that is trusted."""
    if URL(url).scheme != "https":
        raise BrokenError("page_plain")
    await _asked(url, "")


async def password(url: str) -> None:
    """Whether who comes without a password sees nothing of the home."""
    for path in ("", "session", "ws"):
        status, ours = await _asked(url, path, {"Origin": str(URL(url).origin())})
        if status not in _KEPT_OUT:
            raise BrokenError("page_open" if ours else "not_the_page", url=url, status=status)


_KEPT_OUT: Final = frozenset({302, 401})
"""How the page answers who has not logged in: it leads to the login, or says so."""


async def _asked(url: str, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bool]:
    """How it is answered, and whether it is our page that does. Raises BrokenError, UnseenError."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE)) as session,
            session.get(URL(url) / path if path else URL(url), headers=headers, allow_redirects=False) as response,
        ):
            return response.status, all(name in response.headers for name in HEADERS)
    except aiohttp.ClientConnectorCertificateError as error:
        cause = error.certificate_error
        raise BrokenError("page_certificate", url=url, reason=getattr(cause, "verify_message", cause)) from None
    except (aiohttp.ClientError, ssl.SSLError, TimeoutError, ValueError) as error:
        raise UnseenError("page_away", url=url, reason=str(error) or type(error).__name__) from None


PAGE_CHECKS: Final[Mapping[str, Callable[[str], Awaitable[None]]]] = {"https": https, "password": password}
"""What is looked at of a page, by name."""
