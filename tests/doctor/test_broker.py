"""The broker, as script/install sets it up, and as others do."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from brokers import MOSQUITTO, TestBroker, free_port
from doctors import QUIET, case, outcomes, put, results
from secured import SecuredBroker, make_certificates, passwords_of

from hub.bus import Bus
from hub.config import load_settings
from hub.doctor.broker import SAYS, retained
from hub.doctor.findings import Case, FirstError

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # paho leaves the socket open where a handshake failed.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed (apt install mosquitto)"),
]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def secured(tmp_path_factory: pytest.TempPathFactory, certificates: Path) -> AsyncIterator[SecuredBroker]:
    broker = SecuredBroker(
        tmp_path_factory.mktemp("broker"), certificates, passwords_of([*SAYS, "household", "devices"])
    )
    await broker.start()
    yield broker
    await broker.stop()


def logged_in(folder: Path, url: str, password: str = "", more: str = "", root: Path = Path("/nowhere")) -> Case:
    (folder / "password").write_text(password)
    broker = f"broker: {{embedded: false, url: '{url}', password_file: password{more}}}\n"
    return case(folder, QUIET + broker, root=root)


async def test_who_installs_it_so_has_nothing_to_mend(tmp_path: Path, secured: SecuredBroker) -> None:
    root = put(tmp_path, **{f"etc__credstore__jipsa.mqtt-{name}": f"{secured.passwords[name]}\n" for name in SAYS})
    url = f"mqtt://household@127.0.0.1:{secured.plain.port}"
    found = await results(logged_in(tmp_path, url, secured.passwords["household"], root=root), "broker")
    assert [(result.finding, result.outcome) for result in found] == [("broker", "ok"), ("logins", "ok")]
    assert all(name in found[1].message for name in SAYS)


@pytest.mark.parametrize("login", [*SAYS, "household"])
async def test_every_login_may_look(tmp_path: Path, secured: SecuredBroker, login: str) -> None:
    url = f"mqtt://{login}@127.0.0.1:{secured.plain.port}"
    assert await outcomes(logged_in(tmp_path, url, secured.passwords[login]), "broker") == {"broker": "ok"}


async def test_at_a_broker_outside_only_what_is_signed_may_be_said(tmp_path: Path, secured: SecuredBroker) -> None:
    """`devices` may say as little there as the page's login."""
    examined = logged_in(tmp_path, f"mqtt://devices@127.0.0.1:{secured.plain.port}", secured.passwords["devices"])
    assert await outcomes(examined, "broker") == {"broker_mute": "failure"}
    assert examined.file is not None
    examined.file.write_text(examined.file.read_text() + "remote: {key_file: page.key}\n")
    outside = replace(examined, settings=load_settings(examined.file))
    assert await outcomes(outside, "broker", "services") == {"broker": "ok", "services_unheard": "ok"}


@pytest.mark.parametrize("login", ["household", "stranger"])
async def test_a_wrong_password(tmp_path: Path, secured: SecuredBroker, login: str) -> None:
    examined = logged_in(tmp_path, f"mqtt://{login}@127.0.0.1:{secured.plain.port}", "wrong")
    (result,) = await results(examined, "broker")
    assert (result.finding, result.outcome) == ("broker_refused", "failure")
    assert login in result.message
    assert "broker.password_file" in result.message


async def test_the_wrong_password_of_a_service(tmp_path: Path, secured: SecuredBroker) -> None:
    wrong = {"etc__credstore__jipsa.mqtt-genie": "wrong", "etc__credstore__jipsa.mqtt-gpio": secured.passwords["gpio"]}
    url = f"mqtt://household@127.0.0.1:{secured.plain.port}"
    examined = logged_in(tmp_path, url, secured.passwords["household"], root=put(tmp_path, **wrong))
    found = await results(examined, "broker")
    told = [(result.finding, result.outcome) for result in found]
    assert told == [("broker", "ok"), ("login_refused", "failure"), ("logins", "ok")]
    assert "genie" in found[1].message
    assert "gpio" in found[2].message


# TLS.


async def test_tls(tmp_path: Path, secured: SecuredBroker, certificates: Path) -> None:
    url, password = f"mqtts://household@localhost:{secured.tls.port}", secured.passwords["household"]
    examined = logged_in(tmp_path, url, password, f", ca_file: {certificates}/ca.crt")
    found = await results(examined, "broker")
    assert [(result.finding, result.outcome) for result in found] == [("broker", "ok"), ("broker_tls", "ok")]
    assert "824" in found[1].message or "825" in found[1].message


async def test_another_ca(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, secured: SecuredBroker) -> None:
    url, password = f"mqtts://household@localhost:{secured.tls.port}", secured.passwords["household"]
    other = make_certificates(tmp_path_factory.mktemp("others"))
    assert await outcomes(logged_in(tmp_path, url, password, f", ca_file: {other}/ca.crt"), "broker") == {
        "broker_other_ca": "failure"
    }
    assert await outcomes(logged_in(tmp_path, url, password), "broker") == {"broker_unknown_ca": "failure"}


async def test_a_port_without_tls(tmp_path: Path, secured: SecuredBroker, certificates: Path) -> None:
    url, password = f"mqtts://household@localhost:{secured.plain.port}", secured.passwords["household"]
    examined = logged_in(tmp_path, url, password, f", ca_file: {certificates}/ca.crt")
    assert await outcomes(examined, "broker") == {"broker_no_tls": "failure"}


@pytest.fixture
def brief(tmp_path: Path) -> Path:
    """A certificate for nine days: cert.pem and key.pem."""
    certificate = [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9",
        "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
    ]  # fmt: skip
    subprocess.run(certificate, cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


async def test_a_certificate_that_ends_soon(brief: Path) -> None:
    port = free_port()
    settings = f"user root\nlistener {port} 127.0.0.1\nallow_anonymous true\n"
    async with mosquitto(brief, port, f"{settings}certfile {brief}/cert.pem\nkeyfile {brief}/key.pem"):
        url = f"mqtts://localhost:{port}"
        examined = case(brief, f"broker: {{embedded: false, url: '{url}', ca_file: cert.pem}}")
        found = await results(examined, "broker")
    assert [(result.finding, result.outcome) for result in found] == [("broker", "ok"), ("broker_expires", "warning")]
    assert "8일" in found[1].message


# Brokers that are not as they should be.


@contextlib.asynccontextmanager
async def mosquitto(folder: Path, port: int, settings: str) -> AsyncIterator[None]:
    """A Mosquitto with these settings while the block lasts."""
    assert MOSQUITTO is not None
    (folder / "mosquitto.conf").write_text(f"persistence false\nlog_type error\n{settings}\n")
    process = await asyncio.create_subprocess_exec(MOSQUITTO, "-c", folder / "mosquitto.conf")
    try:
        async with asyncio.timeout(30):
            while True:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                await asyncio.sleep(0.01)
        yield
    finally:
        process.kill()
        await process.wait()


async def test_everybody_may_do_everything(tmp_path: Path) -> None:
    port = free_port()
    async with mosquitto(tmp_path, port, f"listener {port} 127.0.0.1\nallow_anonymous true"):
        assert await outcomes(
            case(tmp_path, f"broker: {{embedded: false, url: 'mqtt://127.0.0.1:{port}'}}"), "broker"
        ) == {
            "broker": "ok"  # nobody wanted a password, and nobody else can reach it
        }
        found = await outcomes(logged_in(tmp_path, f"mqtt://household@127.0.0.1:{port}", "any"), "broker")
        assert found == {"broker": "ok", "broker_no_acl": "warning", "broker_open": "warning"}
        found = await outcomes(logged_in(tmp_path, f"mqtt://hub@127.0.0.1:{port}", "any"), "broker")
        assert found == {"broker": "ok", "broker_open": "warning"}


async def test_rights_that_forbid_what_is_needed(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "acl").write_text("user household\ntopic read jipsa/#\n\nuser genie\ntopic read jipsa/#\n")
    rights = f"user root\nlistener {port} 127.0.0.1\nallow_anonymous true\nacl_file {tmp_path}/acl"
    put(tmp_path, **{"etc__credstore__jipsa.mqtt-genie": "any"})
    async with mosquitto(tmp_path, port, rights):
        found = await results(logged_in(tmp_path, f"mqtt://household@127.0.0.1:{port}", "any", root=tmp_path), "broker")
        assert [(result.finding, result.outcome) for result in found] == [
            ("broker_mute", "failure"), ("login_mute", "failure"), ("broker_open", "warning"),
        ]  # fmt: skip
    assert "'household'" in found[0].message
    assert "genie" in found[1].message


async def test_a_password_that_everybody_can_read_on_its_way(tmp_path: Path, own_address: str) -> None:
    port = free_port()
    async with mosquitto(tmp_path, port, f"listener {port}\nallow_anonymous true"):
        found = await outcomes(logged_in(tmp_path, f"mqtt://hub@{own_address}:{port}", "any"), "broker")
    assert found == {"broker": "ok", "broker_open": "warning", "broker_plain": "warning"}


async def test_no_broker(tmp_path: Path) -> None:
    port = free_port()
    embedded = case(tmp_path, f"broker: {{url: 'mqtt://127.0.0.1:{port}'}}")
    assert await outcomes(embedded, "broker") == {"no_hub": "warning"}  # nobody said that it runs
    assert await outcomes(embedded, "services") == {"first": "warning"}
    other = case(tmp_path, f"broker: {{embedded: false, url: 'mqtt://127.0.0.1:{port}'}}")
    assert await outcomes(other, "broker") == {"broker_unreachable": "failure"}
    nowhere = case(tmp_path, "broker: {embedded: false, url: 'mqtt://nowhere.invalid'}")
    assert await outcomes(nowhere, "broker") == {"broker_unreachable": "failure"}


async def test_somebody_who_does_not_speak_mqtt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.doctor.broker.PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"mqtt://127.0.0.1:{silent.getsockname()[1]}"
        examined = case(tmp_path, f"broker: {{embedded: false, url: '{url}'}}")
        (result,) = await results(examined, "broker")
    assert (result.check, result.outcome) == ("broker", "failure")
    assert result.finding in {"broker_silent", "broker_unreachable"}


async def test_a_password_file_that_is_gone(tmp_path: Path) -> None:
    examined = case(tmp_path, "broker: {embedded: false, url: 'mqtt://me@127.0.0.1', password_file: gone}")
    (result,) = await results(examined, "broker")
    assert (result.outcome, result.finding) == ("failure", "other")
    assert "broker.password_file" in result.message


# What the broker keeps.


@pytest.mark.parametrize("kind", ["amqtt", "mosquitto"])
async def test_what_is_kept_is_had(tmp_path: Path, kind: str) -> None:
    broker = TestBroker(kind, tmp_path)  # type: ignore[arg-type]
    await broker.start()
    try:
        async with Bus(broker.address, "keeper").running() as bus:
            for number in range(30):
                bus.publish(f"jipsa/bridge/b{number}/state", '{"state": "online"}', retain=True)
            bus.publish("jipsa/bridge/now/state", '{"state": "online"}')
            await bus.flush()
            kept = await retained(case(tmp_path, f"broker: {{url: '{broker.url}'}}"), "jipsa/bridge/+/state")
            assert sorted(kept) == sorted(f"jipsa/bridge/b{number}/state" for number in range(30))
    finally:
        await broker.stop()
    with pytest.raises(FirstError):
        await retained(case(tmp_path, f"broker: {{url: '{broker.url}'}}"), "jipsa/bridge/+/state")
