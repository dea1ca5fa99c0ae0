"""The page: served or not, by whom; its password; real certificates of openssl and script/make-certificates."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from brokers import free_port
from doctors import case, nobody, outcomes, put, results
from secured import make_certificates

from hub.doctor.certificate import leads_here
from hub.doctor.findings import Case
from hub.web.access import PASSWORD, SESSIONS, Access, set_password
from hub.web.server import CREDENTIALS, Server, WebError

OPEN = "0.0.0.0"

SET = {"web": "ok", "web_password": "ok"}

EC = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")

Make = Callable[..., Path]
"""Makes a folder with cert.pem and key.pem: days that are left, names, options of openssl, and the kind of the key."""


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    def made(days: int = 90, names: str = "DNS:localhost", *options: str, kind: Sequence[str] = EC) -> Path:
        folder = tmp_path_factory.mktemp("certificate")
        command = [
            "openssl", "req", "-x509", "-newkey", *kind, "-days", str(days), "-keyout", "key.pem", "-out", "cert.pem",
            "-subj", "/CN=jipsa", "-addext", f"subjectAltName={names}",
        ]  # fmt: skip
        subprocess.run([*command, *(options or ("-nodes",))], cwd=folder, check=True, capture_output=True)
        return folder

    return made


def examined(folder: Path, port: int, host: str = "127.0.0.1", more: str = "", root: Path = Path("/nowhere")) -> Case:
    return case(folder, f"web: {{host: '{host}', port: {port}{more}}}", root=root)


def named(folder: Path, certificate: str = "cert.pem", key: str = "key.pem") -> str:
    return f", certificate: {folder}/{certificate}, key: {folder}/{key}"


@asynccontextmanager
async def served(examined: Case) -> AsyncIterator[None]:
    """The page of these settings, with nothing behind it, while the block lasts."""

    async def nothing(socket: web.WebSocketResponse, satellite: str) -> None:
        raise NotImplementedError

    async def silence(say_id: str) -> bytes | None:
        raise NotImplementedError

    own = examined.settings
    access = Access(own.state_dir, trust_localhost=own.web.trust_localhost)
    server = Server(own.web, own.language, access, nothing, silence)
    await server.start()
    try:
        yield
    finally:
        await server.stop()


# Where it is.


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
async def test_it_is_there(tmp_path: Path, port: int, host: str) -> None:
    there = examined(tmp_path, port, host)
    async with served(there):
        (result,) = await results(there, "web")
    assert (result.finding, result.outcome) == ("web", "ok")
    assert str(port) in result.message


async def test_it_is_not_wanted(tmp_path: Path, port: int) -> None:
    assert await outcomes(examined(tmp_path, port, more=", enabled: false"), "web") == {"web_off": "ok"}


async def test_nobody_started_it(tmp_path: Path, port: int) -> None:
    assert await outcomes(examined(tmp_path, port, root=tmp_path), "web") == {"web_stopped": "warning"}


@pytest.mark.parametrize("command", ["run", "web", "butler"])
async def test_it_is_missing_where_jipsa_runs(tmp_path: Path, port: int, command: str) -> None:
    put(tmp_path, proc__77__cmdline=f"/opt/jipsa/bin/python\0/opt/jipsa/bin/jipsa\0{command}\0")
    (result,) = await results(examined(tmp_path, port, root=tmp_path), "web")
    assert (result.finding, result.outcome) == ("web_away", "failure")
    assert f"127.0.0.1:{port}" in result.message


async def test_another_web_server_has_its_port(tmp_path: Path, port: int) -> None:
    async def anything(request: web.Request) -> web.Response:
        return web.json_response({"asked": False})

    app = web.Application()
    app.add_routes([web.get("/session", anything)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        (result,) = await results(examined(tmp_path, port), "web")
    finally:
        await runner.cleanup()
    assert (result.finding, result.outcome) == ("web_taken", "failure")
    assert f"sport = :{port}" in str(result.remedy)


async def test_somebody_who_says_nothing_has_its_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.doctor.web.PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert await outcomes(examined(tmp_path, port), "web") == {"web_taken": "failure"}
        set_password(tmp_path / "state", "우리집 2026")
        assert (await outcomes(examined(tmp_path, port, OPEN), "web"))["web_taken"] == "failure"


async def test_it_runs_with_settings_of_before(tmp_path: Path, port: int, make: Make) -> None:
    async with served(examined(tmp_path, port)):
        found = await outcomes(examined(tmp_path, port, more=named(make())), "web")
    assert found == {"web_taken": "failure", "web_tls": "ok"}


@pytest.mark.parametrize("host", ["198.51.100.7", "2001:db8::7", "nowhere.invalid", "a" * 64])
async def test_an_address_of_somebody_else(tmp_path: Path, port: int, host: str) -> None:
    set_password(tmp_path / "state", "우리집 2026")
    found = await results(examined(tmp_path, port, host), "web")
    assert [(result.finding, result.outcome) for result in found] == [
        ("web_no_host", "failure"), ("web_password", "ok"),
    ]  # fmt: skip
    assert host in found[0].message


# The password.


async def test_others_need_a_password_and_tls(tmp_path: Path, port: int) -> None:
    there = examined(tmp_path, port, OPEN)
    async with served(there):
        found = await outcomes(there, "web")
        assert found == {"web": "ok", "web_no_password": "warning", "web_plain": "warning"}
        set_password(tmp_path / "state", "우리집 2026")
        assert await outcomes(there, "web") == {**SET, "web_plain": "warning"}


async def test_nobody_is_trusted(tmp_path: Path, port: int) -> None:
    there = examined(tmp_path, port, more=", trust_localhost: false")
    async with served(there):
        assert await outcomes(there, "web") == {"web": "ok", "web_no_password": "warning"}
        set_password(tmp_path / "state", "우리집 2026")
        assert await outcomes(there, "web") == SET


@pytest.mark.parametrize("kept", [b"password", b"$argon2id$v=19$m=19456,t=2,p=1$x", b"\xff\xfe"])
async def test_a_password_that_is_damaged(tmp_path: Path, port: int, kept: bytes) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / PASSWORD).write_bytes(kept)
    found = await results(examined(tmp_path, port, OPEN), "web")
    assert [(result.finding, result.outcome) for result in found[1:]] == [("web_password_bad", "failure")]
    assert str(tmp_path / "state" / PASSWORD) in found[1].message


async def test_a_password_that_is_empty_is_none(tmp_path: Path, port: int) -> None:
    put(tmp_path, **{f"state__{PASSWORD}": "\n"})
    assert (await outcomes(examined(tmp_path, port, OPEN), "web"))["web_no_password"] == "warning"


async def test_a_password_of_another_user(open_folder: Path, port: int) -> None:
    """As when root has set it by hand; and a state folder into which nobody else looks."""
    set_password(open_folder / "state", "우리집 2026")
    there = examined(open_folder, port, OPEN)
    (open_folder / "state" / PASSWORD).chmod(0)
    for mode in (0o755, 0):
        (open_folder / "state").chmod(mode)
        with nobody():
            found = await results(there, "web", "secrets")
        told = {result.finding: result.outcome for result in found}
        assert (told["web_password_unread"], told["secrets"]) == ("failure", "ok")
        assert any(f"{open_folder}/state/{PASSWORD}" in str(result.remedy) for result in found)
    (open_folder / "state").chmod(0o755)


async def test_what_everybody_can_read(tmp_path: Path, port: int, make: Make) -> None:
    folder = make()
    there = examined(tmp_path, port, more=named(folder))
    set_password(tmp_path / "state", "우리집 2026")
    (tmp_path / "state" / SESSIONS).touch(mode=0o644)
    (folder / "key.pem").chmod(0o600)
    assert await outcomes(there, "secrets") == {"secrets": "ok"}
    for path in (tmp_path / "state" / PASSWORD, folder / "key.pem"):
        path.chmod(0o644)
        (result,) = await results(there, "secrets")
        assert (result.finding, result.remedy) == ("secret_open", f"`chmod 600 {path}`")
        path.chmod(0o600)


# Certificates.


@pytest.fixture(scope="module")
def made_here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What script/install --tls makes: server.crt and server.key."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


async def test_as_it_is_installed(tmp_path: Path, port: int, made_here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the certificate that systemd gives to the service alone."""
    given = tmp_path / "given"
    given.mkdir()
    for name, file in zip(CREDENTIALS, ("server.crt", "server.key"), strict=True):
        (given / name).write_bytes((made_here / file).read_bytes())
    set_password(tmp_path / "state", "우리집 2026")
    there = examined(tmp_path, port, OPEN)
    with monkeypatch.context() as service:
        service.setenv("CREDENTIALS_DIRECTORY", str(given))
        running = served(there)
        await running.__aenter__()
    try:
        found = await results(there, "web")
    finally:
        await running.__aexit__(None, None, None)
    assert {result.finding: result.outcome for result in found} == {**SET, "web_tls": "ok", "web_names": "ok"}
    assert f"https://127.0.0.1:{port}" in found[0].message
    host = socket.gethostname().partition(".")[0]
    assert f"{host}.local" in found[-1].message
    assert "localhost" not in found[-1].message  # that is another machine to others


async def test_what_systemd_will_give_is_looked_at_before(tmp_path: Path, port: int, make: Make) -> None:
    """By whoever may: it is root's."""
    set_password(tmp_path / "state", "우리집 2026")
    folder, other = make(9, "IP:198.51.100.7"), make()
    names = [f"etc__credstore__jipsa.{name}" for name in CREDENTIALS]
    for key, told in (
        (folder, {"web_expires": "warning", "web_other_names": "warning"}),
        (other, {"web_other_key": "failure"}),
    ):
        put(
            tmp_path,
            **dict(zip(names, ((folder / "cert.pem").read_text(), (key / "key.pem").read_text()), strict=True)),
        )
        found = await outcomes(examined(tmp_path, port, OPEN, root=tmp_path), "web")
        assert found == {"web_stopped": "warning", "web_password": "ok", **told}
    assert await outcomes(examined(tmp_path, port, root=tmp_path), "web") == {"web_stopped": "warning"}  # not used


@pytest.mark.parametrize("runs", [True, False])
@pytest.mark.parametrize(
    ("days", "finding", "outcome", "left"),
    [(90, "web_tls", "ok", "89"), (9, "web_expires", "warning", "8"), (-1, "web_ended", "failure", "")],
)
async def test_how_long_it_is_good(
    tmp_path: Path, port: int, make: Make, runs: bool, days: int, finding: str, outcome: str, left: str
) -> None:
    there = examined(tmp_path, port, more=named(ended(make()) if days < 0 else make(days)))
    if runs:
        async with served(there):
            first, result = await results(there, "web")
    else:
        first, result = await results(there, "web")
    assert first.finding == ("web" if runs else "web_stopped")
    assert (result.finding, result.outcome) == (finding, outcome)
    assert left in result.message


def ended(folder: Path) -> Path:
    """The same certificate, of last year; openssl ca(1) takes dates."""
    return dated(folder, "20200101000000Z", "20210101000000Z")


def dated(folder: Path, begins: str, ends: str) -> Path:
    put(folder, index="", serial="01", conf=(
        f"[ca]\ndefault_ca=own\n[own]\ndatabase={folder}/index\nserial={folder}/serial\nnew_certs_dir={folder}\n"
        "default_md=sha256\npolicy=any\nx509_extensions=ext\n[any]\ncommonName=supplied\n"
        "[ext]\nsubjectAltName=DNS:localhost\n"
    ))  # fmt: skip
    for command in (
        ["req", "-new", "-key", "key.pem", "-subj", "/CN=jipsa", "-out", "request.pem"],
        ["ca", "-batch", "-notext", "-selfsign", "-config", "conf", "-keyfile", "key.pem", "-in", "request.pem",
         "-startdate", begins, "-enddate", ends, "-out", "cert.pem"],
    ):  # fmt: skip
        subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True)
    return folder


async def test_it_is_not_good_yet(tmp_path: Path, port: int, make: Make) -> None:
    folder = dated(make(), "20900101000000Z", "20910101000000Z")
    found = await outcomes(examined(tmp_path, port, more=named(folder), root=tmp_path), "web")
    assert found == {"web_stopped": "warning", "web_early": "failure"}


async def test_a_new_certificate_that_is_not_served_yet(tmp_path: Path, port: int, make: Make) -> None:
    """What counts is what browsers see."""
    folder = make(9)
    there = examined(tmp_path, port, more=named(folder))
    async with served(there):
        for file in make(90).iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        assert await outcomes(there, "web") == {"web": "ok", "web_expires": "warning"}
    async with served(there):
        assert await outcomes(there, "web") == {"web": "ok", "web_tls": "ok"}


async def test_files_that_cannot_be_used(tmp_path: Path, port: int, make: Make) -> None:
    good, other, locked = make(), make(), make(90, "DNS:localhost", "-passout", "pass:secret")
    rsa = make(kind=["rsa:2048"])
    (good / "text.pem").write_text("a certificate")
    put(other, **{"own.pem": (good / "cert.pem").read_text()})
    for files, finding, file in (
        (named(good, "gone.pem"), "web_unread", "gone.pem"),
        (named(good, key="."), "web_unread", str(good)),
        (named(good, "text.pem"), "web_bad_certificate", "text.pem"),
        (named(locked), "web_bad_certificate", str(locked)),
        (f", certificate: {good}/cert.pem, key: {rsa}/key.pem", "web_other_key", str(rsa)),
        (named(other, "own.pem"), "web_other_key", "own.pem"),
    ):
        there = examined(tmp_path, port, more=files, root=tmp_path)
        stopped, result = await results(there, "web")
        assert (stopped.finding, result.finding, result.outcome) == ("web_stopped", finding, "failure")
        assert file in result.message
        if finding != "web_unread" and files != named(locked):
            with pytest.raises(WebError):  # nor does the page take it
                async with served(there):
                    pass


async def test_a_certificate_that_is_for_no_server(tmp_path: Path, port: int, make: Make) -> None:
    folder = make(90, "DNS:localhost", "-nodes", "-addext", "extendedKeyUsage=clientAuth")
    there = examined(tmp_path, port, more=named(folder))
    async with served(there):
        found = await results(there, "web")
    assert [(result.finding, result.outcome) for result in found] == [("web", "ok"), ("web_unusable", "failure")]
    assert "purpose" in found[1].message


async def test_names(tmp_path: Path, port: int, make: Make, own_address: str) -> None:
    set_password(tmp_path / "state", "우리집 2026")
    for names, finding, told in (
        (f"IP:198.51.100.7,IP:{own_address}", "web_names", own_address),
        ("DNS:*.home.example", "web_names", "*.home.example"),
        ("DNS:localhost,IP:127.0.0.1", "web_other_names", "localhost, 127.0.0.1"),
        ("IP:2001:db8::7,DNS:nowhere.invalid", "web_other_names", "2001:db8::7, nowhere.invalid"),
    ):
        there = examined(tmp_path, port, OPEN, named(make(90, names)))
        async with served(there):
            found = await results(there, "web")
        assert [result.finding for result in found] == ["web", "web_password", "web_tls", finding]
        assert found[-1].message.endswith(f": {told}")


async def test_what_leads_here(own_address: str) -> None:
    host = socket.gethostname().partition(".")[0]
    for name in (own_address, host, f"{host}.local", "8.8.8.8"):  # that of a router, as far as is known
        assert await leads_here(name)
    for name in ("127.0.0.1", "localhost", "198.51.100.7", "nowhere.invalid", "a..b", ""):
        assert not await leads_here(name)
