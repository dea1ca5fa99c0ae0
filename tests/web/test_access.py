"""Who is let in: this machine, whoever knows the password, and nobody else; and what a browser may be made to send."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from brokers import free_port
from clocks import ManualClock

from hub.settings.web import WebSettings
from hub.web.access import COOKIE, FORWARDED, LASTS, PASSWORD, SESSIONS, TRIES, Access, set_password
from hub.web.server import HEADERS, Server

SECRET = "우리집 비밀번호 2026"

ELSEWHERE = {"X-Forwarded-For": "192.168.0.7"}
"""Makes a request of this machine's one of somebody else's."""


class Door:
    """A server with nothing behind its WebSocket but an echo, and a client that keeps no cookies of its own."""

    def __init__(self, url: str, folder: Path, clock: ManualClock, client: aiohttp.ClientSession) -> None:
        self.url = url
        self.folder = folder
        self.clock = clock
        self._client = client

    async def get(self, path: str, headers: Mapping[str, str] = ELSEWHERE) -> aiohttp.ClientResponse:
        return await self._client.get(self.url + path, headers=headers, allow_redirects=False)

    async def post(self, path: str, headers: Mapping[str, str], **form: str) -> aiohttp.ClientResponse:
        return await self._client.post(self.url + path, headers=headers, data=form, allow_redirects=False)

    async def enter(self, password: str, headers: Mapping[str, str] = ELSEWHERE) -> aiohttp.ClientResponse:
        return await self.post("/login", {"Origin": self.url, **headers}, password=password)

    async def token(self) -> dict[str, str]:
        """Headers of somebody elsewhere who has given the password."""
        response = await self.enter(SECRET)
        assert response.status == 200, await response.text()
        return {**ELSEWHERE, "Cookie": f"{COOKIE}={response.cookies[COOKIE].value}"}

    async def socket(self, headers: Mapping[str, str], origin: str | None) -> int:
        """The status of a WebSocket that is asked for; 101 when it is there."""
        try:
            async with self._client.ws_connect(self.url + "/ws", headers=headers, origin=origin) as socket:
                await socket.send_str("?")
                assert await socket.receive_str() == "?"
                return 101
        except aiohttp.WSServerHandshakeError as refused:
            return refused.status


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    clock = ManualClock()
    settings = WebSettings(port=free_port())

    async def echo(socket: web.WebSocketResponse, satellite: str) -> None:
        async for message in socket:
            await socket.send_str(message.data)

    async def silence(say_id: str) -> bytes | None:
        return b"RIFF" if say_id == "known" else None

    server = Server(
        settings, "ko", Access(tmp_path, trust_localhost=True, clock=clock.time, monotonic=clock.time), echo, silence
    )
    await server.start()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
        yield Door(server.url, tmp_path, clock, client)
    await server.stop()


# This machine.


async def test_who_sits_at_this_machine_is_let_in(door: Door) -> None:
    assert (await door.get("/", {})).status == 200
    assert await door.socket({}, door.url) == 101
    assert await (await door.get("/session", {})).json() == {"asked": False}


@pytest.mark.parametrize("header", FORWARDED)
async def test_behind_a_proxy_nobody_sits_at_this_machine(door: Door, header: str) -> None:
    response = await door.get("/", {header: "whatever"})
    assert (response.status, response.headers["Location"]) == (302, "login")


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "[", ""]
)
async def test_another_name_of_this_machine_is_not_trusted(door: Door, host: str) -> None:
    """A page elsewhere may have its name lead here: what its script then asks for is not let in."""
    assert (await door.get("/session", {"Host": host})).status in {400, 401}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "127.0.0.53"])
async def test_names_that_only_this_machine_has_are_trusted(door: Door, host: str) -> None:
    assert (await door.get("/session", {"Host": host})).status == 200


# The password.


async def test_nobody_else_is_let_in_without_a_password(door: Door) -> None:
    assert (await door.get("/")).status == 302
    for path in ("/session", "/speech/known.wav"):
        assert (await door.get(path)).status == 401, path
    assert await door.socket(ELSEWHERE, door.url) == 401
    refused = await door.enter(SECRET)
    assert refused.status == 403
    assert "jipsa web password" in (await refused.json())["error"]


async def test_the_password_opens_everything(door: Door) -> None:
    set_password(door.folder, SECRET)
    known = await door.token()
    assert (await door.get("/", known)).status == 200
    assert await (await door.get("/session", known)).json() == {"asked": True}
    assert await (await door.get("/speech/known.wav", known)).read() == b"RIFF"
    assert await door.socket(known, door.url) == 101
    assert (await door.get("/login", known)).headers["Location"] == "./"


@pytest.mark.parametrize("wrong", ["", "우리집 비밀번호 202", SECRET + " ", SECRET.upper() + "!", "x" * 9_000])
async def test_a_wrong_password_opens_nothing(door: Door, wrong: str) -> None:
    set_password(door.folder, SECRET)
    response = await door.enter(wrong)
    assert response.status == 403
    assert COOKIE not in response.cookies


async def test_a_form_that_is_none_opens_nothing(door: Door) -> None:
    set_password(door.folder, SECRET)
    own = {"Origin": door.url, **ELSEWHERE}
    assert (await door.post("/login", own)).status == 403
    assert (await door.post("/login", own, password="x" * 20_000)).status == 413


async def test_passwords_are_not_tried_without_end(door: Door) -> None:
    set_password(door.folder, SECRET)
    for _ in range(TRIES[1]):
        assert (await door.enter("wrong")).status == 403
    assert (await door.enter(SECRET)).status == 403
    door.clock.now += 1 / TRIES[0] + 0.1
    assert (await door.enter(SECRET)).status == 200


async def test_the_cookie_is_nothing_for_scripts_and_other_pages(door: Door) -> None:
    set_password(door.folder, SECRET)
    response = await door.enter(SECRET)
    cookie = response.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/"
    assert len(cookie.value) > 40


@pytest.mark.parametrize(("scheme", "secure"), [("https", True), ("http", False), ("https, http", False), ("", False)])
async def test_behind_a_proxy_with_tls_the_cookie_is_for_tls_only(door: Door, scheme: str, secure: bool) -> None:
    set_password(door.folder, SECRET)
    response = await door.enter(SECRET, {**ELSEWHERE, "X-Forwarded-Proto": scheme})
    assert bool(response.cookies[COOKIE]["secure"]) is secure


async def test_behind_a_proxy_each_address_has_its_own_tries(door: Door) -> None:
    """What somebody elsewhere claims stands before what the proxy adds."""
    set_password(door.folder, SECRET)
    for number in range(TRIES[1]):
        claimed = {"X-Forwarded-For": f"10.0.0.{number}, 203.0.113.7"}
        assert (await door.enter("wrong", claimed)).status == 403
    assert (await door.enter(SECRET, {"X-Forwarded-For": "203.0.113.7"})).status == 403
    assert (await door.enter(SECRET, {"X-Forwarded-For": "203.0.113.8"})).status == 200


async def test_what_is_kept_lets_nobody_in(door: Door) -> None:
    set_password(door.folder, SECRET)
    known = await door.token()
    kept = (door.folder / SESSIONS).read_text() + (door.folder / PASSWORD).read_text()
    assert SECRET not in kept
    assert known["Cookie"].partition("=")[2] not in kept
    for name in (SESSIONS, PASSWORD):
        assert (door.folder / name).stat().st_mode & 0o777 == 0o600
    (digest,) = json.loads((door.folder / SESSIONS).read_text())["ends"]
    assert (await door.get("/session", {**ELSEWHERE, "Cookie": f"{COOKIE}={digest}"})).status == 401


# Sessions.


async def test_a_session_outlives_a_restart_and_ends_in_time(door: Door) -> None:
    set_password(door.folder, SECRET)
    known = await door.token()
    assert (await door.get("/session", known)).status == 200
    door.clock.now += LASTS - 1
    assert (await door.get("/session", known)).status == 200
    door.clock.now += 2
    assert (await door.get("/session", known)).status == 401


async def test_a_new_password_ends_every_session(door: Door) -> None:
    set_password(door.folder, SECRET)
    known = await door.token()
    set_password(door.folder, SECRET)
    assert (await door.get("/session", known)).status == 401


async def test_who_leaves_is_asked_again_and_others_are_not(door: Door) -> None:
    set_password(door.folder, SECRET)
    one, other = await door.token(), await door.token()
    assert (await door.post("/logout", {**one, "Origin": door.url})).status == 200
    assert (await door.get("/session", one)).status == 401
    assert (await door.get("/session", other)).status == 200


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"password": 1}', '{"password": "x", "ends": {"a": "b"}}', "null"])
async def test_damaged_sessions_let_nobody_in_and_stop_nobody(door: Door, kept: str) -> None:
    set_password(door.folder, SECRET)
    known = await door.token()
    (door.folder / SESSIONS).write_text(kept)
    assert (await door.get("/session", known)).status == 401
    assert (await door.enter(SECRET)).status == 200


@pytest.mark.parametrize("damaged", [b"$argon2id$nonsense", b"\xff\xfe"])
async def test_a_damaged_password_lets_nobody_in(door: Door, damaged: bytes) -> None:
    (door.folder / PASSWORD).write_bytes(damaged)
    assert (await door.enter("$argon2id$nonsense")).status == 403


# Other pages in the same browser.


@pytest.mark.parametrize(
    "origin", [None, "http://evil.example", "null", "http://127.0.0.1", "https://127.0.0.1.evil.example"]
)
async def test_other_pages_change_nothing(door: Door, origin: str | None) -> None:
    set_password(door.folder, SECRET)
    known = await door.token()
    for trusted in ({}, known):
        headers = {**trusted, **({"Origin": origin} if origin else {})}
        assert (await door.post("/logout", headers)).status == 403
        assert (await door.post("/login", headers, password=SECRET)).status == 403
        assert await door.socket(trusted, origin) == 403
    assert (await door.get("/session", known)).status == 200


async def test_every_answer_protects_the_browser(door: Door) -> None:
    for path in ("/", "/login", "/static/app.js", "/texts/ko/page.json", "/session", "/nothing", "/speech/unknown.wav"):
        for headers in ({}, ELSEWHERE):
            response = await door.get(path, headers)
            for name, value in HEADERS.items():
                assert response.headers.get(name) == value, (path, name)
            assert "Server" not in response.headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/../server.py",
        "/static/%2e%2e/server.py",
        "/static/..%2fserver.py",
        "/static/",
        "/static/views/..%2f..%2f..%2faccess.py",
    ],
)
async def test_nothing_but_the_page_is_served(door: Door, path: str) -> None:
    response = await door.get(path, {})
    assert response.status in {403, 404}
    assert b"import" not in await response.read()


async def test_texts_are_not_sent_twice(door: Door) -> None:
    first = await door.get("/texts/ko/page.json", {})
    assert (await first.json())["web.home"] == "우리 집"
    again = await door.get("/texts/ko/page.json", {"If-None-Match": first.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")
    assert (await door.get("/texts/en/page.json", {})).headers["ETag"] != first.headers["ETag"]
    assert (await (await door.get("/texts/en/charts.json", {})).json())["web_charts.power"] == "Power"
    for path in ("/texts/fr/page.json", "/texts/ko/butler.json", "/texts/ko.json"):
        assert (await door.get(path, {})).status == 404
