"""TLS to the broker: with the right certificate one gets in; with any other, one is told why, and nothing is sent."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
import ssl
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from brokers import MOSQUITTO, free_port
from conftest import Listener
from secured import NAME, SecuredBroker, make_certificates

from hub.address import BrokerAddress, BusError
from hub.bus import Bus
from hub.config import load_settings
from hub.messages import Say, Topic, Understood, Utterance
from hub.reach import Unreached
from hub.texts import table

OPENSSL = shutil.which("openssl")

pytestmark = [
    pytest.mark.skipif(MOSQUITTO is None or OPENSSL is None, reason="apt install mosquitto openssl"),
    # paho leaves the socket of a handshake that failed to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PASSWORD = "correct, horse"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificates of this home."""
    return make_certificates(tmp_path_factory.mktemp("tls") / "ours")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Those of another one."""
    return make_certificates(tmp_path_factory.mktemp("tls") / "theirs")


@pytest.fixture
async def secured(tmp_path: Path, ours: Path) -> AsyncIterator[SecuredBroker]:
    """A broker as it is installed."""
    broker = SecuredBroker(tmp_path, ours, {"household": PASSWORD, "hub": PASSWORD})
    await broker.start()
    yield broker
    await broker.stop()


async def outcome(address: BrokerAddress) -> Unreached | None:
    """Why nobody gets in there; None where one does."""
    bus = Bus(address, "tried")
    async with bus.running(), asyncio.timeout(20):
        while bus.unreached is None and not bus.connected.is_set():
            await asyncio.sleep(0.01)
        return bus.unreached


def openssl(*arguments: str | Path) -> str:
    assert OPENSSL is not None
    return subprocess.run([OPENSSL, *arguments], check=True, capture_output=True, text=True).stdout


def ending(certificates: Path, folder: Path, days: int, ca: Path | None = None, name: str = NAME) -> Path:
    """A copy of the certificates in which that of the broker ends in so many days, and is by this CA, if not theirs."""
    shutil.copytree(certificates, folder)
    ca = ca or folder
    request = folder / "request"
    request.write_text(openssl("req", "-new", "-key", folder / "server.key", "-subj", "/CN=hub",
                               "-addext", f"subjectAltName=DNS:{name}"))  # fmt: skip
    (folder / "server.crt").write_text(
        openssl("x509", "-req", "-in", request, "-days", str(days), "-copy_extensions", "copy", "-set_serial", "7",
                "-CA", ca / "ca.crt", "-CAkey", ca / "ca.key")
    )  # fmt: skip
    return folder


async def test_what_is_said_with_tls_arrives(secured: SecuredBroker) -> None:
    listener = Listener(Bus(secured.login("household"), "listener"))
    speaker = Bus(secured.login("household", tls=True), "speaker")
    async with listener.bus.running(), speaker.running():
        await listener.bus.connected.wait()
        speaker.publish("jipsa/utterance", '{"text": "불 켜줘"}')
        await listener.object("jipsa/utterance", text="불 켜줘")


async def test_a_wrong_password_is_told(secured: SecuredBroker) -> None:
    found = await outcome(replace(secured.login("household", tls=True), password="wrong"))
    assert found is not None
    assert found.key == "refused"
    assert "household" in found.told("ko")


async def test_a_certificate_by_nobody_known_is_told(secured: SecuredBroker) -> None:
    found = await outcome(replace(secured.login("household", tls=True), ca_file=None))
    assert found is not None
    assert found.key == "unknown_ca"
    assert "broker.ca_file" in found.told("en")


async def test_a_certificate_by_another_ca_is_told(secured: SecuredBroker, theirs: Path) -> None:
    found = await outcome(replace(secured.login("household", tls=True), ca_file=theirs / "ca.crt"))
    assert found is not None
    assert found.key == "other_ca"
    assert str(theirs / "ca.crt") in found.told("en")


async def test_a_certificate_for_another_name_is_told(secured: SecuredBroker) -> None:
    found = await outcome(replace(secured.login("household", tls=True), host="127.0.0.2"))
    assert found is not None
    assert found.key == "wrong_name"
    assert "make-certificates 127.0.0.2" in found.told("en")


async def test_an_expired_certificate_is_told(tmp_path: Path, ours: Path) -> None:
    broker = SecuredBroker(tmp_path, ending(ours, tmp_path / "expired", -1), {"household": PASSWORD})
    await broker.start()
    found = await outcome(broker.login("household", tls=True))
    await broker.stop()
    assert found is not None
    assert found.key == "expired"
    assert "script/make-certificates" in found.told("en")


async def test_a_port_without_tls_is_told_and_gets_no_password(secured: SecuredBroker, ours: Path) -> None:
    """Not even where the other side is not Mosquitto, but somebody who waits for passwords."""
    wanted = replace(secured.login("household", tls=True), port=secured.plain.port)
    found = await outcome(wanted)
    assert found is not None
    assert found.key == "no_tls"
    got = bytearray()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            got.extend(await reader.read(10_000))
            writer.write(b"\x20\x02\x00\x00\xd0\x00")  # CONNACK: do come in; PINGRESP
            got.extend(await reader.read(10_000))
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        found = await outcome(replace(wanted, host="127.0.0.1", port=server.sockets[0].getsockname()[1]))
    assert found is not None
    assert found.key == "no_tls"
    assert got
    assert PASSWORD.encode() not in got


async def test_a_port_with_tls_is_told_to_who_comes_without(secured: SecuredBroker) -> None:
    found = await outcome(replace(secured.login("household"), port=secured.tls.port))
    assert found is not None
    assert found.key == "silent"
    assert "mqtts://" in found.told("ko")


async def test_a_broker_that_is_not_there_is_told_once(caplog: pytest.LogCaptureFixture, ours: Path) -> None:
    bus = Bus(BrokerAddress(NAME, free_port(), tls=True, ca_file=ours / "ca.crt"), "early")
    with caplog.at_level(logging.WARNING):
        async with bus.running(), asyncio.timeout(20):
            while bus.unreached is None:
                await asyncio.sleep(0.01)
            first = bus.unreached
            while bus.unreached is first:  # the next attempt
                await asyncio.sleep(0.01)
    assert first.key == "unreachable"
    assert [record.message for record in caplog.records] == [f"early: {first.told('en')}"]


async def test_the_command_line_says_what_is_wrong(secured: SecuredBroker, theirs: Path, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD + "\n")

    def settings(ca_file: Path) -> Path:
        path = tmp_path / f"{ca_file.parent.name}.yaml"
        path.write_text(
            f"language: en\nbroker: {{embedded: false, url: 'mqtts://household@{NAME}:{secured.tls.port}', "
            f"password_file: password, ca_file: {ca_file}}}\n"
        )
        return path

    async def say(ca_file: Path) -> tuple[int | None, str]:
        jipsa = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "hub.cli", "say", "--config", settings(ca_file), "불 켜줘",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env={**os.environ, "COLUMNS": "500"},
        )  # fmt: skip
        told, _ = await jipsa.communicate()
        return jipsa.returncode, told.decode()

    code, told = await say(theirs / "ca.crt")
    assert code == 2
    assert "is not by the CA in" in told
    assert secured.tls.ca_file is not None
    butler = Bus(secured.login("hub"), "butler")

    def answer(topic: str, payload: bytes) -> None:
        utterance = Utterance.from_payload(topic, payload)
        assert utterance.satellite is not None
        butler.publish(Topic.UNDERSTOOD, Understood(utterance_id=utterance.id, text=utterance.text))
        butler.publish(Topic.say(utterance.satellite), Say(text="here I am", utterance_id=utterance.id))

    butler.subscribe(Topic.UTTERANCE, answer)
    async with butler.running():
        await butler.connected.wait()
        code, told = await say(secured.tls.ca_file)
    assert (code, told.splitlines()[-1]) == (0, "here I am")


@pytest.mark.parametrize(
    ("url", "content", "fault"),
    [
        ("mqtts://hub.lan", None, "broker.ca_file: {ca}: No such file or directory"),
        ("mqtts://hub.lan", "no certificate\n", "broker.ca_file: {ca} holds no certificate (PEM)"),
        ("mqtt://hub.lan", "whatever", "broker.ca_file: {ca} is for TLS, but broker.url does not begin with mqtts://"),
    ],
)
def test_a_ca_file_that_cannot_be_used_is_told(url: str, content: str | None, fault: str, tmp_path: Path) -> None:
    ca = tmp_path / "ca.crt"
    if content is not None:
        ca.write_text(content)
    (tmp_path / "jipsa.yaml").write_text(f"broker: {{url: '{url}', ca_file: ca.crt}}\n")
    with pytest.raises(BusError, match=re.escape(fault.format(ca=ca))):
        load_settings(tmp_path / "jipsa.yaml").broker.address()


def test_every_reason_has_its_sentence() -> None:
    found = Unreached("unreachable", "hub.lan", 8883, None, None, "why")
    for key in table()["broker"]:
        for language in ("ko", "en"):
            assert "hub.lan:8883" in replace(found, key=key).told(language)


# The script.


def test_certificates_are_renewed_by_the_same_ca_with_the_names_that_were_given(tmp_path: Path) -> None:
    folder = make_certificates(tmp_path / "tls", "hub.example", "192.0.2.77")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    make_certificates(folder)
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"server.crt", "server.key"}
    assert "OK" in openssl("verify", "-x509_strict", "-CAfile", folder / "ca.crt", folder / "server.crt")
    names = openssl("x509", "-noout", "-ext", "subjectAltName", "-in", folder / "server.crt")
    for name in ("DNS:hub.example", "IP Address:192.0.2.77", "DNS:localhost", "IP Address:127.0.0.1"):
        assert name in names


async def test_a_renewed_certificate_is_served_after_a_reload_and_clients_notice_nothing(tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path / "tls")
    broker = SecuredBroker(tmp_path, certificates, {"household": PASSWORD})
    await broker.start()
    bus = Bus(broker.login("household", tls=True), "client")

    async def served() -> str:
        return await asyncio.to_thread(ssl.get_server_certificate, (NAME, broker.tls.port))

    async with bus.running(), asyncio.timeout(20):
        await bus.connected.wait()
        before = await served()
        assert before == (certificates / "server.crt").read_text()
        make_certificates(certificates)
        broker.reload()
        while await served() == before:
            await asyncio.sleep(0.01)
        assert await served() == (certificates / "server.crt").read_text()
        assert bus.connected.is_set()
        assert await outcome(broker.login("household", tls=True)) is None
    await broker.stop()


@pytest.mark.parametrize(("days", "renewed"), [(59, True), (-1, True), (61, False)])
def test_what_is_due_is_renewed_with_the_names_that_it_has(
    days: int, renewed: bool, ours: Path, tmp_path: Path
) -> None:
    before = ending(ours, tmp_path / "tls", days, name="hub.gone")
    kept = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in before.iterdir()}
    make_certificates(before, "--due")
    if not renewed:
        assert kept == {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in before.iterdir()}
        return
    assert "OK" in openssl("verify", "-CAfile", ours / "ca.crt", before / "server.crt")
    assert "will not expire" in openssl("x509", "-noout", "-checkend", str(800 * 86_400), "-in", before / "server.crt")
    names = openssl("x509", "-noout", "-ext", "subjectAltName", "-in", before / "server.crt")
    assert "DNS:hub.gone" in names
    assert "DNS:localhost" in names


def test_a_certificate_by_somebody_else_is_left_to_them(ours: Path, theirs: Path, tmp_path: Path) -> None:
    folder = ending(ours, tmp_path / "tls", 1, theirs)
    before = (folder / "server.crt").read_bytes()
    make_certificates(folder, "--due")
    assert (folder / "server.crt").read_bytes() == before


@pytest.mark.parametrize("lost", [None, b"", b"half of it"])
def test_where_there_is_none_one_is_due(lost: bytes | None, tmp_path: Path) -> None:
    folder = make_certificates(tmp_path / "tls", "--due")
    authority = (folder / "ca.crt").read_bytes()
    (folder / "server.crt").unlink()
    if lost is not None:
        (folder / "server.crt").write_bytes(lost)
    make_certificates(folder, "--due")
    assert (folder / "ca.crt").read_bytes() == authority
    assert "OK" in openssl("verify", "-CAfile", folder / "ca.crt", folder / "server.crt")


def test_nobody_else_reads_the_keys(ours: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in ours.iterdir()}
    assert modes["ca.key"] == 0o600
    assert modes["server.key"] in {0o600, 0o640}
    assert modes["ca.crt"] == modes["server.crt"] == 0o644


@pytest.mark.parametrize("name", ["a name", "hub;id", "-x", "x,DNS:evil", "x\ny"])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as told:
        make_certificates(tmp_path / "tls", name)
    assert told.value.returncode == 2
    assert not (tmp_path / "tls").exists()
