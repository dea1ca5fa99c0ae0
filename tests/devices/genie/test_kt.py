"""KT's AI Makers Kit: a real gRPC server that checks who calls is asked."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from agents import asking
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from genies import ask, reply_to

from devices.genie.agents import skill
from devices.genie.agents.kt import KtAgent
from devices.genie.agents.kt_simulator import CLIENT_ID, KEY, SECRET, KtSimulator
from devices.genie.agents.spoken import LONGEST
from hub.address import BrokerAddress
from hub.kt import MESSAGES, SERVICE, Kt, KtError, signature, time_stamp
from hub.messages import Topic
from hub.settings.voice import KtAccess

REFUSED = "not_allowed: 기가지니가 키를 받아 주지 않아요. 설정에서 키를 다시 확인해 주세요."
AWAY = "vendor_unreachable: 기가지니와 연결이 안 돼요. 인터넷이나 공유기를 확인해 주세요."
FAILED = "device_error: 기가지니가 제대로 답하지 못했어요. 한 번 더 물어봐 주세요."


def kt_at(port: int, **changes: Any) -> Kt:
    fields = {"client_id": CLIENT_ID, "key": KEY, "secret": SECRET, "host": "127.0.0.1", "port": port, "tls": False}
    return Kt(**{**fields, **changes})


async def answer(kt: Kt, broker: BrokerAddress, folder: Path, listener: Any) -> str:
    async with asking(KtAgent(kt), broker, folder):
        return await ask(listener, "JipsaAsk", query="너는 누구야?")


@pytest.fixture
def simulator() -> KtSimulator:
    return KtSimulator()


@pytest.fixture
async def port(simulator: KtSimulator) -> AsyncIterator[int]:
    async with simulator.serving() as port:
        yield port


async def test_kt_answers_and_tells_the_rooms_apart(
    port: int, simulator: KtSimulator, broker: BrokerAddress, tmp_path: Path, listener: Any
) -> None:
    simulator.answer = "저는 <b>기가지니</b>예요! 😀 https://kt.com"
    async with asking(KtAgent(kt_at(port)), broker, tmp_path):
        assert (await listener.object(Topic.device("agent", "about")))["name"] == "기가지니"
        for satellite in ("living", "kitchen", "living"):
            reply = await reply_to(
                listener, "JipsaAsk", slots={"query": "너는 누구야?"}, satellite=satellite, targets=["agent"]
            )
            assert reply.say == "저는 기가지니예요!"
    living, kitchen, again = simulator.asked
    assert living == again
    assert (living.text, living.device) == ("너는 누구야?", "jipsa")
    assert len({living.session, kitchen.session}) == 2


async def test_in_english(port: int, broker: BrokerAddress, tmp_path: Path, listener: Any) -> None:
    async with asking(KtAgent(kt_at(port, key="wrong")), broker, tmp_path, language="en"):
        told = "not_allowed: GiGA Genie does not take our key; please check it in the settings."
        assert await ask(listener, "JipsaAsk", query="너는 누구야?") == told


@pytest.mark.parametrize("wrong", [{"key": "wrong-key"}, {"secret": "wrong-secret"}, {"client_id": "wrong-client"}])
async def test_a_wrong_key_is_refused_and_shown_nowhere(
    wrong: dict[str, str],
    port: int,
    simulator: KtSimulator,
    broker: BrokerAddress,
    tmp_path: Path,
    listener: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert await answer(kt_at(port, **wrong), broker, tmp_path, listener) == REFUSED
    assert simulator.asked == []
    line = await listener.object(Topic.bridge("genie", "log"))
    assert line["message"] == f"KT at 127.0.0.1:{port}: UNAUTHENTICATED"
    shown = caplog.text + repr(kt_at(port, **wrong)) + str([body for _, body in listener.heard])
    assert not [secret for secret in ("wrong-key", "wrong-secret", KEY, SECRET) if secret in shown]


@pytest.mark.parametrize(("minutes", "told"), [(4, "저는 기가지니예요."), (6, REFUSED), (-6, REFUSED)])
async def test_a_stamp_that_is_late_is_refused(
    minutes: int, told: str, broker: BrokerAddress, tmp_path: Path, listener: Any
) -> None:
    simulator = KtSimulator(lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    async with simulator.serving() as port:
        assert await answer(kt_at(port), broker, tmp_path, listener) == told


async def test_the_stamp_is_korean_time_wherever_the_machine_is(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert time_stamp(datetime(2026, 11, 24, 15, 4, 5, 678_912, UTC)) == "20261125000405678"
        assert await kt_at(port).query("안녕", "one") is not None
    finally:
        monkeypatch.undo()
        time.tzset()


def test_what_is_on_the_wire() -> None:
    # openssl dgst -sha256 -hmac "very secret"
    signed = "479c0b3449cefc52bc76ed7bb7384afe675f85b2d8be4e930a9e050356f21b90"
    assert signature("jipsa-test", "very secret", "20261124120000123") == signed
    question = MESSAGES["reqQueryText"](queryText="hi", userSession="s", deviceId="d")
    assert question.SerializeToString() == b"\x0a\x02hi\x12\x01s\x1a\x01d"
    assert MESSAGES["reqText"](lang=0, text="hi").SerializeToString() == b"\x1a\x02hi"
    full = b"\x08\xc8\x01\x12\x01u\x1a\x01s\x20\x01\x32\x07\x0a\x02hi\x12\x01f"  # with what is not read here
    assert MESSAGES["resQueryText"].FromString(full).action[0].mesg == "hi"
    assert MESSAGES["resVoice"].FromString(b"\x0a\x03\x08\xc8\x01").resOptions.resultCd == 200
    assert MESSAGES["resVoice"].FromString(b"\x12\x02RI").audioContent == b"RI"


@pytest.mark.parametrize(("code", "told"), [(500, FAILED), (0, FAILED), (401, REFUSED), (403, REFUSED)])
async def test_another_result_is_said(
    code: int, told: str, port: int, simulator: KtSimulator, broker: BrokerAddress, tmp_path: Path, listener: Any
) -> None:
    simulator.code = code
    assert await answer(kt_at(port), broker, tmp_path, listener) == told


@pytest.mark.parametrize("empty", ["", " ", "😀"])
async def test_an_empty_answer_is_said(
    empty: str, port: int, simulator: KtSimulator, broker: BrokerAddress, tmp_path: Path, listener: Any
) -> None:
    simulator.answer = empty
    told = "not_found: 기가지니는 답을 몰라요. 다르게 물어봐 주세요."
    assert await answer(kt_at(port), broker, tmp_path, listener) == told


async def test_a_huge_answer_is_cut_or_refused(
    port: int, simulator: KtSimulator, broker: BrokerAddress, tmp_path: Path, listener: Any
) -> None:
    simulator.answer = "오늘은 맑아요. " * 50_000
    said = await answer(kt_at(port), broker, tmp_path, listener)
    assert said.endswith("맑아요.")
    assert LONGEST - 10 < len(said) <= LONGEST
    simulator.answer *= 5
    assert await answer(kt_at(port), broker, tmp_path, listener) == FAILED


async def test_a_server_that_is_down_is_said(
    broker: BrokerAddress, tmp_path: Path, listener: Any, unused_tcp_port: int
) -> None:
    assert await answer(kt_at(unused_tcp_port), broker, tmp_path, listener) == AWAY


async def test_who_takes_too_long_is_not_waited_for(
    port: int,
    simulator: KtSimulator,
    broker: BrokerAddress,
    tmp_path: Path,
    listener: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(skill, "PATIENCE", 0.3)
    simulator.latency = 60
    told = "no_answer: 기가지니가 바로 답하지 못하네요. 잠시 뒤에 다시 물어봐 주세요."
    assert await answer(kt_at(port), broker, tmp_path, listener) == told


async def test_a_server_that_speaks_no_grpc_is_not_reached(
    broker: BrokerAddress, tmp_path: Path, listener: Any
) -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n<html>" * 100)
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await answer(kt_at(port), broker, tmp_path, listener) == AWAY


@pytest.mark.parametrize("garbage", [b"\xff\xff\xff", b"\x32\x05\x0a\x03\xff\xfe\xfd", b"\x08", b""])
async def test_garbage_is_no_answer(garbage: bytes, broker: BrokerAddress, tmp_path: Path, listener: Any) -> None:
    async def reply(request: bytes, context: Any) -> bytes:
        return garbage

    server = grpc.aio.server()
    handlers = {"queryByText": grpc.unary_unary_rpc_method_handler(reply)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        assert await answer(kt_at(port), broker, tmp_path, listener) == FAILED
    finally:
        await server.stop(None)


def certificate() -> tuple[bytes, bytes]:
    """A key and a certificate of 127.0.0.1 that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kt")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(hours=1))
        .not_valid_after(datetime.now(UTC) + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        made.public_bytes(Encoding.PEM),
    )


async def test_only_whom_the_machine_trusts_is_told_the_key(
    simulator: KtSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert KtAccess(client_id="me").tls
    key, chain = certificate()
    (tmp_path / "roots.pem").write_bytes(chain)
    async with simulator.serving(grpc.ssl_server_credentials([(key, chain)])) as port:
        with pytest.raises(KtError) as caught:
            await kt_at(port, tls=True).query("안녕", "one")
        assert caught.value.why == "unreachable"
        assert simulator.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "roots.pem"))
        assert "기가지니" in str(await kt_at(port, tls=True).query("안녕", "one"))
