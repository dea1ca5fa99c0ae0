"""`jipsa remote check` finds nothing wrong where nothing is, and what is wrong where something is, in a sentence."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from brokers import MOSQUITTO
from remote.ways import Ways, stopped
from secured import make_certificates
from security.test_tls import ending

from hub.address import BrokerAddress
from hub.bus import Bus
from hub.config import load_settings
from hub.conformance.verdict import Verdict
from hub.remote.envelope import COMMAND, Envelope
from hub.remote.gate import Gate
from hub.remote.nonces import Nonces, Stale
from hub.remote.report import _examined
from hub.remote.visit import listening

pytestmark = [
    pytest.mark.skipif(MOSQUITTO is None or shutil.which("openssl") is None, reason="apt install mosquitto openssl"),
    # paho leaves the socket of a handshake that failed to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificates(tmp_path_factory.mktemp("tls") / "ours")


@pytest.fixture
def ways(tmp_path: Path, certificates: Path) -> Ways:
    return Ways(tmp_path, certificates)


async def looked(ways: Ways) -> dict[str, Verdict]:
    """What is found, by check."""
    return {verdict.check: verdict async for _, verdict in _examined(ways.settings, None, None, None)}


async def found(ways: Ways) -> dict[str, Verdict]:
    """What is found once all of it runs and what the home shows is outside."""
    async with ways.up():
        return await looked(ways)


def broken(verdicts: dict[str, Verdict]) -> dict[str, str]:
    return {name: verdict.seen or "" for name, verdict in verdicts.items() if verdict.outcome == "broken"}


async def test_nothing_is_wrong_where_all_is_as_it_was_written(ways: Ways) -> None:
    verdicts = await found(ways)
    assert {name: verdict.seen for name, verdict in verdicts.items() if verdict.outcome != "holds"} == {}
    assert len(verdicts) == 13


async def test_from_outside_alone_the_same_is_found_as_far_as_it_is_seen_there(ways: Ways) -> None:
    async with ways.up():
        page = load_settings(ways.written / "outside/jipsa.yaml")
        verdicts = {verdict.check: verdict async for _, verdict in _examined(page, None, None, None)}
    assert broken(verdicts) == {}
    assert {name for name, one in verdicts.items() if one.outcome == "unseen"} == {"known", "forbidden", "same"}


async def test_a_connection_without_tls_is_told(ways: Ways) -> None:
    ways.changes = {
        "outside/jipsa-remote.conf": lambda text: re.sub("^(cert|key)file.*\n", "", text, flags=re.MULTILINE),
        "outside/jipsa.yaml": lambda text: re.sub("  ca_file.*\n", "", text).replace("mqtts://", "mqtt://"),
        "home/jipsa-remote.conf": lambda text: re.sub("^bridge_cafile.*\n", "", text, flags=re.MULTILINE),
    }
    told = broken(await found(ways))
    assert told.keys() == {"tls"}
    assert "mqtts://" in told["tls"]


async def test_a_port_that_speaks_no_tls_is_told(ways: Ways) -> None:
    ways.changes = {
        "outside/jipsa-remote.conf": lambda text: re.sub("^(cert|key)file.*\n", "", text, flags=re.MULTILINE)
    }
    told = broken(await found(ways))
    assert told.keys() == {"tls"}
    assert "does not answer with TLS" in told["tls"]


async def test_a_certificate_of_another_ca_is_told(ways: Ways, tmp_path: Path) -> None:
    ways.ca_file = make_certificates(tmp_path / "theirs") / "ca.crt"
    told = broken(await found(ways))
    assert told.keys() == {"tls"}
    assert "is not by the CA in" in told["tls"]


async def test_a_certificate_that_has_ended_is_told(ways: Ways, certificates: Path, tmp_path: Path) -> None:
    ways.certificates = ending(certificates, tmp_path / "expired", -1)
    told = broken(await found(ways))
    assert told.keys() == {"tls"}
    assert "expired" in told["tls"]


async def test_a_wrong_password_is_told(ways: Ways) -> None:
    ways.changes = {"outside/page.password": lambda _: "another one"}
    told = broken(await found(ways))
    assert told.keys() == {"tls"}
    assert "does not let page in" in told["tls"]


async def test_a_broker_that_asks_for_no_password_is_told(ways: Ways) -> None:
    ways.changes = {
        "outside/jipsa-remote.conf": lambda text: text.replace("allow_anonymous false", "allow_anonymous true")
    }
    told = broken(await found(ways))
    assert told.keys() == {"logins"}
    assert "allow_anonymous false" in told["logins"]


async def test_a_page_that_may_write_states_is_told(ways: Ways) -> None:
    ways.changes = {
        "outside/jipsa-remote.acl": lambda text: text.replace("topic read jipsa/device", "topic jipsa/device")
    }
    told = broken(await found(ways))
    assert "jipsa/device/jipsa-check-nobody/state" in told["states"]
    assert told.keys() == {"states"}


async def test_what_is_said_at_home_and_can_be_read_outside_is_told(ways: Ways) -> None:
    def everything(text: str) -> str:
        return re.sub(r"^topic jipsa/home (in|out) 1$", r"topic jipsa/# \1 1", text, flags=re.MULTILINE)

    ways.changes = {
        "home/jipsa-remote.conf": everything,
        "outside/jipsa-remote.acl": lambda text: text + "topic read jipsa/#\nuser home\ntopic readwrite jipsa/#\n",
    }
    told = broken(await found(ways))
    assert told.keys() == {"private"}
    assert "jipsa/utterance" in told["private"] or "jipsa/say" in told["private"] or " …" in told["private"]


async def test_a_gate_that_does_not_run_is_told(ways: Ways) -> None:
    ways.gate = None
    verdicts = await found(ways)
    told = broken(verdicts)
    assert told.keys() == {"question"}
    assert "jipsa-remote" in told["question"]
    assert verdicts["replayed"].outcome == "unseen"


@pytest.mark.parametrize("ahead", [100, -100])
async def test_a_clock_that_is_wrong_is_told(ways: Ways, ahead: int) -> None:
    ways.clock = lambda: time.time() + ahead
    told = broken(await found(ways))
    assert told.keys() == {"question", "clock"}
    assert f"{ahead:+d} s" in told["clock"]


async def test_a_key_that_was_revoked_is_told(ways: Ways) -> None:
    ways.known = False
    told = broken(await found(ways))
    assert told.keys() == {"known", "question"}
    assert "remote.keys has no key 'page'" in told["known"]


async def test_a_home_that_is_not_connected_is_told(ways: Ways) -> None:
    ways.linked = False
    told = broken(await found(ways))
    assert told.keys() == {"link", "question", "same"}
    assert "put-in-place" in told["link"]
    assert "did not come to the home" in told["question"]


async def test_a_gate_that_takes_replays_is_told(ways: Ways) -> None:
    class Forgetful(Nonces):
        def stale(self, envelope: Envelope) -> Stale | None:
            found = super().stale(envelope)
            return None if found == "again" else found

    def forgetful(address: BrokerAddress, remote: object, nonces: Nonces, clock: Callable[[], float]) -> Gate:
        nonces.__class__ = Forgetful
        return Gate(address, remote, nonces, "ko", clock)  # type: ignore[arg-type]

    ways.gate = forgetful
    told = broken(await found(ways))
    assert told.keys() == {"replayed"}
    assert "let in twice" in told["replayed"]


async def test_something_beside_the_gate_that_lets_all_in_is_told(ways: Ways) -> None:
    async with ways.up():
        bus = Bus(ways.home, "careless")

        def pass_on(_: str, payload: bytes) -> None:
            envelope = json.loads(payload)
            bus.publish(envelope["topic"], envelope["payload"])

        bus.subscribe(COMMAND, pass_on)
        async with bus.running():
            async with asyncio.timeout(20):
                await bus.connected.wait()
            told = broken(await looked(ways))
    assert {"unsigned", "late", "replayed", "forbidden"} <= told.keys()
    assert "without a signature" in told["unsigned"]
    assert "ten minutes ago" in told["late"]
    assert "JipsaAsk" in told["forbidden"]


async def test_what_is_left_outside_of_a_device_that_is_gone_is_told(ways: Ways) -> None:
    async with ways.up():
        home = replace(load_settings(ways.written / "outside/jipsa.yaml").broker.address(), username="home")
        secret = re.findall("^remote_password (.*)$", (ways.written / "home/jipsa-remote.conf").read_text(), re.M)[1]
        async with listening(replace(home, password=secret)) as wire:
            await wire.say("jipsa/device/ghost/about", b"{}", retain=True)
        told = broken(await looked(ways))
    assert told.keys() == {"same"}
    assert "jipsa/device/ghost/about" in told["same"]


async def test_a_broker_between_that_was_ended_leaves_word_that_it_is_gone(ways: Ways) -> None:
    async with ways.up():
        assert broken(await looked(ways)) == {}
        await stopped(ways.link)
        told = broken(await looked(ways))
    assert "connection is cut" in told["link"]
