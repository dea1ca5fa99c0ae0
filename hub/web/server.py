"""The page over HTTP: its files, its texts, who is let in, and the WebSocket; with headers that let nothing else in."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import get_args

from aiohttp import WSCloseCode, web

from hub.faults import OutsideError
from hub.payloads import new_id
from hub.settings.web import WebSettings
from hub.texts import Language, sentences, text
from hub.web.access import COOKIE, LASTS, Access, from_own_page, is_encrypted, is_loopback

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"

CONTENT_SECURITY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
        "media-src 'self' blob:", "manifest-src 'self'", "base-uri 'none'", "form-action 'self'",
        "frame-ancestors 'none'",
    )
)  # fmt: skip

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # What is looked at again each time, so that page and hub are always of one version.
    "Cache-Control": "no-cache",
}

CREDENTIALS = ("web-certificate", "web-key")
"""Names of the credentials of systemd that are certificate and key."""

TEXTS: Mapping[str, tuple[str, ...]] = {
    "page": ("web", "web_talk", "web_home", "web_words"),
    "conversation": ("web_conversation",),
    "assistant": ("web_assistant",),
    "charts": ("web_charts",),
    "setup": ("web_setup", "web_accounts"),
}
"""The groups of sentences that a page loads when it is opened, and those that another view needs."""

LARGEST = 10_000
"""Bytes of a form."""

GOODBYE = 1.0
"""Seconds for open pages to say that they have heard that the hub goes."""

_SATELLITE = re.compile(r"web-[0-9a-f]{8}")

Serve = Callable[[web.WebSocketResponse, str], Awaitable[None]]
"""Serves one page, whose satellite has this name, until it has gone."""

Speech = Callable[[str], Awaitable[bytes | None]]
"""What was said under an id, as a WAV file."""


class WebError(OutsideError):
    """The page cannot be served; the text says why."""


class Server:
    """Serves the page at the address of the settings."""

    def __init__(
        self,
        settings: WebSettings,
        language: Language,
        access: Access,
        serve: Serve,
        speech: Speech,
        *,
        outside: bool = False,
    ) -> None:
        """`outside`: not in the home, which pages are to know. Raises WebError for a certificate that is none."""
        self._settings = settings
        self._language = language
        self._outside = outside
        self._access = access
        self._serve = serve
        self._speech = speech
        self._tls = _tls(settings)
        self._sockets: set[web.WebSocketResponse] = set()
        app = web.Application(client_max_size=LARGEST, middlewares=[self._guard])
        app.on_response_prepare.append(_protect)
        app.on_shutdown.append(self._say_goodbye)
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/login", self._login),
                web.post("/login", self._enter),
                web.post("/logout", self._leave),
                web.get("/session", self._session),
                web.get("/ws", self._socket),
                web.get("/texts/{language}/{part}.json", self._texts),
                web.get("/speech/{id}.wav", self._said),
                web.static("/static", STATIC),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=2)

    @property
    def url(self) -> str:
        """Where the page is."""
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        return f"{'https' if self._tls else 'http'}://{host}:{self._settings.port}"

    async def start(self) -> None:
        """Listen. Raises WebError where that is not possible."""
        await self._runner.setup()
        try:
            await web.TCPSite(
                self._runner, self._settings.host, self._settings.port, ssl_context=self._tls, reuse_address=True
            ).start()
        except OSError as error:
            await self._runner.cleanup()
            reason = error.strerror or str(error)
            raise WebError(text("page.not_served", self._language, url=self.url, reason=reason)) from None

    async def stop(self) -> None:
        """Close every page."""
        await self._runner.cleanup()

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Let in who may come in; what changes anything has to come from this page."""
        changes = request.method not in {"GET", "HEAD"} or request.path == "/ws"
        if changes and not from_own_page(request):
            log.warning("%s: a request of another page was refused: %s", request.remote, request.path)
            raise web.HTTPForbidden(text="not from this page")
        open_to_all = request.path == "/login" or request.path.startswith(("/static/", "/texts/"))
        if open_to_all or self._access.admits(request):
            return await handler(request)
        if request.path == "/":
            raise web.HTTPFound("login")
        raise web.HTTPUnauthorized(text="log in first")

    async def _page(self, request: web.Request) -> web.StreamResponse:
        body = _written("index.html", self._language, outside=self._outside)
        return web.Response(text=body, content_type="text/html")

    async def _login(self, request: web.Request) -> web.StreamResponse:
        if self._access.admits(request):
            raise web.HTTPFound("./")
        return web.Response(text=_written("login.html", self._language), content_type="text/html")

    async def _enter(self, request: web.Request) -> web.StreamResponse:
        if not self._access.has_password():
            return web.json_response({"error": text("page.no_password", self._language)}, status=403)
        given = (await request.post()).get("password")
        token = await self._access.enter(request, given) if isinstance(given, str) else None
        if token is None:
            return web.json_response({"error": text("page.wrong_password", self._language)}, status=403)
        response = web.json_response({})
        response.set_cookie(
            COOKIE, token, max_age=int(LASTS), httponly=True, samesite="Strict", secure=is_encrypted(request)
        )
        return response

    async def _leave(self, request: web.Request) -> web.StreamResponse:
        await self._access.leave(request)
        response = web.json_response({})
        response.del_cookie(COOKIE)
        return response

    async def _session(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"asked": not self._access.trusts(request)})

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        from hub.web.socket import HEARTBEAT, LARGEST

        given = request.query.get("satellite", "")
        satellite = given if _SATELLITE.fullmatch(given) else f"web-{new_id()[:8]}"
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=LARGEST)
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            await self._serve(socket, satellite)
        finally:
            self._sockets.discard(socket)
        return socket

    async def _say_goodbye(self, app: web.Application) -> None:
        """Pages learn at once that the hub goes; it does not wait for those that are not there any more."""
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await asyncio.gather(*(socket.close(code=WSCloseCode.GOING_AWAY) for socket in self._sockets))

    async def _texts(self, request: web.Request) -> web.StreamResponse:
        language = next((known for known in get_args(Language) if known == request.match_info["language"]), None)
        part = request.match_info["part"]
        if language is None or part not in TEXTS:
            raise web.HTTPNotFound
        body, digest = _page_texts(language, part)
        if request.if_none_match and any(tag.value == digest for tag in request.if_none_match):
            raise web.HTTPNotModified
        return web.Response(body=body, content_type="application/json", headers={"ETag": f'"{digest}"'})

    async def _said(self, request: web.Request) -> web.StreamResponse:
        try:
            sound = await self._speech(request.match_info["id"])
        except OutsideError as error:
            raise web.HTTPServiceUnavailable(text=str(error)) from None
        if sound is None:
            raise web.HTTPNotFound
        return web.Response(body=sound, content_type="audio/wav")


async def _protect(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.pop("Server", None)


def _tls(settings: WebSettings) -> ssl.SSLContext | None:
    """TLS with the certificate of the settings, or with that which systemd gave where others than this machine come."""
    certificate, key = settings.certificate, settings.key
    if certificate is None or key is None:
        certificate, key = (Path(os.environ.get("CREDENTIALS_DIRECTORY", ""), name) for name in CREDENTIALS)
        if is_loopback(settings.host) or not (certificate.is_absolute() and certificate.is_file() and key.is_file()):
            return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key, password=lambda: "")  # asks nobody for a passphrase
    except ssl.SSLError as error:
        raise WebError(f"web.certificate: {certificate}, {key}: {error.reason or error}") from None
    except OSError as error:
        raise WebError(f"web.certificate: {certificate}, {key}: {error.strerror}") from None
    return context


@cache
def _written(name: str, language: Language, *, outside: bool = False) -> str:
    """A page of ours, which says in which language it begins, and whether it is served outside."""
    root = f'<html lang="{language}"{" data-outside" if outside else ""}>'
    return (STATIC / name).read_text(encoding="utf-8").replace('<html lang="ko">', root)


@cache
def _page_texts(language: Language, part: str) -> tuple[bytes, str]:
    """What a part of the page says, as JSON, and a digest of it."""
    found = {f"{group}.{key}": forms[language] for group in TEXTS[part] for key, forms in sentences(group).items()}
    if part == "page":  # what bridges call properties and values
        found |= {
            f"web_words.{key}": forms[language]
            for key, forms in sentences("discovery").items()
            if key.startswith(("property-", "value-", "type-"))
        }
    body = json.dumps(found, ensure_ascii=False).encode()
    return body, hashlib.blake2s(body, digest_size=8).hexdigest()
