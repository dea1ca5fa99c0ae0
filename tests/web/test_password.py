"""`jipsa web password`, and the certificate with which the page is served."""

from __future__ import annotations

import io
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from brokers import free_port
from secured import REPOSITORY

from hub.config import Settings
from hub.settings.web import WebSettings
from hub.web.access import PASSWORD, Access
from hub.web.password import PasswordError, choose_password
from hub.web.server import CREDENTIALS, Server, WebError

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="apt install openssl")


@pytest.mark.parametrize("password", ["여덟 글자입니다", "x" * 200, "   spaces   "])
def test_a_password_is_kept_as_a_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(password + "\n"))
    assert choose_password(Settings(state_dir=tmp_path), None) == 0
    kept = (tmp_path / PASSWORD).read_text()
    assert kept.startswith("$argon2id$")
    assert password not in kept
    assert (tmp_path / PASSWORD).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("password", ["", "\n", "1234567", "x" * 201])
def test_what_is_no_password_changes_nothing(tmp_path: Path, password: str) -> None:
    (tmp_path / PASSWORD).write_text("before")
    file = tmp_path / "given"
    file.write_text(password)
    with pytest.raises(PasswordError, match="8"):
        choose_password(Settings(state_dir=tmp_path), file)
    assert (tmp_path / PASSWORD).read_text() == "before"


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(PasswordError, match="nowhere"):
        choose_password(Settings(state_dir=tmp_path), tmp_path / "nowhere")


def test_two_that_differ_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["여덟 글자입니다", "여덟 글자입니까"])
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    with pytest.raises(PasswordError, match="다릅니다"):
        choose_password(Settings(state_dir=tmp_path), None)
    assert not (tmp_path / PASSWORD).exists()


# The certificate.


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    subprocess.run(
        [REPOSITORY / "script/make-certificates", "--in", folder, "localhost"], check=True, capture_output=True
    )
    return folder


def served(folder: Path, settings: WebSettings) -> Server:
    async def nobody(socket: web.WebSocketResponse, satellite: str) -> None:
        return

    async def nothing(say_id: str) -> bytes | None:
        return None

    return Server(settings, "ko", Access(folder, trust_localhost=True), nobody, nothing)


async def answers(server: Server, folder: Path) -> bool:
    """Whether somebody who trusts this CA alone is answered."""
    await server.start()
    try:
        trusted = ssl.create_default_context(cafile=folder / "ca.crt")
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted)) as client:
            return (await client.get(f"{server.url}/session")).status == 200
    finally:
        await server.stop()


@needs_openssl
async def test_the_page_is_served_with_the_certificate_of_the_settings(tmp_path: Path, certificates: Path) -> None:
    settings = WebSettings(
        host="localhost", port=free_port(), certificate=certificates / "server.crt", key=certificates / "server.key"
    )
    server = served(tmp_path, settings)
    assert server.url.startswith("https://localhost:")
    assert await answers(server, certificates)


@needs_openssl
@pytest.mark.parametrize(("host", "scheme"), [("0.0.0.0", "https"), ("127.0.0.1", "http"), ("localhost", "http")])
def test_the_certificate_of_systemd_is_for_those_from_elsewhere(
    tmp_path: Path, certificates: Path, monkeypatch: pytest.MonkeyPatch, host: str, scheme: str
) -> None:
    for name, file in zip(CREDENTIALS, ("server.crt", "server.key"), strict=True):
        shutil.copy(certificates / file, tmp_path / name)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert served(tmp_path, WebSettings(host=host)).url.startswith(f"{scheme}://")


@needs_openssl
@pytest.mark.parametrize(("certificate", "key"), [("server.crt", "ca.key"), ("names", "server.key"), ("nowhere", "x")])
def test_a_certificate_that_is_none_is_told(tmp_path: Path, certificates: Path, certificate: str, key: str) -> None:
    settings = WebSettings(certificate=certificates / certificate, key=certificates / key)
    with pytest.raises(WebError, match=r"web\.certificate: .*" + certificate):
        served(tmp_path, settings)


async def test_an_address_that_is_taken_is_told(tmp_path: Path) -> None:
    port = free_port()
    first, second = (served(tmp_path, WebSettings(port=port)) for _ in range(2))
    await first.start()
    with pytest.raises(WebError, match=rf"127\.0\.0\.1:{port}"):
        await second.start()
    await first.stop()
