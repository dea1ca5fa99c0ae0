"""The page: whether it is where the settings say, who is let in, and whether its certificate is good."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import aiohttp
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from yarl import URL

from hub.doctor.broker import CREDENTIALS
from hub.doctor.certificate import SOON, Certificate, addresses, is_ours, leads_here, shown_to_anybody
from hub.doctor.findings import Case, Findings
from hub.doctor.processes import running
from hub.doctor.storage import user_name
from hub.settings.web import WebSettings
from hub.web.access import HASHER, PASSWORD, is_loopback
from hub.web.server import CREDENTIALS as NAMES
from hub.web.server import HEADERS

PATIENCE: Final = 4.0
"""Seconds that an answer may take."""

ANYWHERE: Final[Mapping[str, str]] = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not bound to, asked at
"""Hosts that stand for every address of this machine, and one of those."""

OTHER_KEY: Final = frozenset({"KEY_VALUES_MISMATCH", "NO_CERTIFICATE_ASSIGNED"})
"""How OpenSSL says that a key is another certificate's, of the same kind or of another."""


async def web(case: Case, found: Findings) -> None:
    """Whether the page is served, asks others for a password, and speaks TLS with them."""
    own = case.settings.web
    if not own.enabled:
        found.ok("web_off")
        return
    others = not is_loopback(own.host)
    url = await _served(case, found)
    if others or not own.trust_localhost:
        await asyncio.to_thread(_password, case.settings.state_dir / PASSWORD, found)
    if others and url is not None and url.scheme == "http":
        found.warning("web_plain")
    context = _loaded(_files(case), found)
    if url is not None and url.scheme == "https":
        await _certificate(url.host or "", url.port or 443, found, others=others)
    elif context is not None:
        async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context) as server:
            await _certificate("127.0.0.1", server.sockets[0].getsockname()[1], found, others=others)


async def _served(case: Case, found: Findings) -> URL | None:
    """Where the page answers; None where it does not, which is told."""
    own = case.settings.web
    if not any(map(is_ours, await addresses(own.host))):
        found.failure("web_no_host", host=own.host)
        return None
    urls = [
        URL.build(scheme=scheme, host=ANYWHERE.get(own.host, own.host), port=own.port) for scheme in _schemes(own)
    ]  # fmt: skip
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE)) as session:
        for url in urls:
            try:
                if await _is_page(session, url):
                    found.ok("web", url=url)
                    return url
            except aiohttp.ClientConnectorError as error:
                if isinstance(error.os_error, ConnectionRefusedError):
                    _unserved(case, url, found)
                    return None
            except (aiohttp.ClientError, TimeoutError):
                pass  # whoever is there speaks something else
    found.failure("web_taken", address=urls[0].authority, port=own.port)
    return None


def _schemes(own: WebSettings) -> tuple[str, ...]:
    """What the page may speak; what systemd gave it, only the service knows."""
    if own.certificate is not None:
        return ("https",)
    return ("http",) if is_loopback(own.host) else ("https", "http")


async def _is_page(session: aiohttp.ClientSession, url: URL) -> bool:
    """Whether it is the page that answers: it says whether a password was asked for, or asks for it."""
    async with session.get(url / "session", ssl=False, allow_redirects=False) as response:
        return response.status in {200, 401} and all(name in response.headers for name in HEADERS)


def _unserved(case: Case, url: URL, found: Findings) -> None:
    if running(case.root, "run", "web", "butler", "voice", "bridge") is None:
        found.warning("web_stopped", address=url.authority)
    else:
        found.failure("web_away", address=url.authority)


def _password(path: Path, found: Findings) -> None:
    """Whether there is a password, and what is kept of it can be compared with one."""
    try:
        kept = path.read_text().strip()
        if kept:
            HASHER.verify(kept, "")
    except VerifyMismatchError:
        found.ok("web_password")
    except (VerificationError, InvalidHashError, UnicodeDecodeError):
        found.failure("web_password_bad", path=path)
    except FileNotFoundError:
        found.warning("web_no_password")
    except OSError as error:
        found.failure("web_password_unread", path=path, user=user_name(), reason=error.strerror)
    else:
        found.warning("web_no_password")


def _files(case: Case) -> Mapping[str, Path]:
    """Certificate and key, by what names them: the settings, or systemd, whose files are root's; none elsewhere."""
    own = case.settings.web
    if own.certificate is not None and own.key is not None:
        return {"web.certificate": own.certificate, "web.key": own.key}
    kept = {name: case.root / CREDENTIALS / f"jipsa.{name}" for name in NAMES}
    with suppress(PermissionError):
        if not is_loopback(own.host) and all(path.is_file() for path in kept.values()):
            return kept
    return {}


def _loaded(files: Mapping[str, Path], found: Findings) -> ssl.SSLContext | None:
    """TLS with certificate and key; None where there are none, or where they cannot be used, which is told."""
    if not files:
        return None
    for setting, path in files.items():
        try:
            path.read_bytes()
        except OSError as error:
            found.failure("web_unread", setting=setting, path=path, reason=error.strerror, user=user_name())
            return None
    certificate, key = files.values()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key, password=lambda: "")  # OpenSSL would ask on the terminal
    except ssl.SSLError as error:
        if error.reason in OTHER_KEY:
            found.failure("web_other_key", certificate=certificate, path=key)
        else:
            found.failure("web_bad_certificate", certificate=certificate, path=key, reason=error.reason or error)
        return None
    return context


async def _certificate(host: str, port: int, found: Findings, *, others: bool) -> None:
    """How long the certificate that is shown there is good, and whether it is for this machine."""
    try:
        shown = await shown_to_anybody(host, port)
    except OSError as error:
        found.failure("web_unusable", reason=getattr(error, "verify_message", None) or error)
        return
    if shown.begins > time.time():
        found.failure("web_early")
    elif shown.ends < time.time():
        found.failure("web_ended")
    elif shown.days < SOON:
        found.warning("web_expires", days=shown.days)
    else:
        found.ok("web_tls", days=shown.days)
    if others:
        await _names(shown, found)


async def _names(shown: Certificate, found: Findings) -> None:
    """Whether others find the page by a name that its certificate has."""
    here = [name for name in shown.names if await leads_here(name)]
    if here:
        found.ok("web_names", names=", ".join(here))
    else:
        found.warning("web_other_names", names=", ".join(shown.names) or "-")
