"""The broker: whether it is there, lets in who should be and nobody else, and what its logins may say."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final

import aiomqtt

from hub.address import BrokerAddress, client_to
from hub.doctor.certificate import SOON, shown
from hub.doctor.findings import Case, Findings, FirstError
from hub.payloads import new_id
from hub.reach import tls_context

PATIENCE: Final = 4.0
"""Seconds that the broker may take for one thing."""

HERE: Final = frozenset({"127.0.0.1", "::1", "localhost"})

CREDENTIALS: Final = "etc/credstore"
PREFIX: Final = "jipsa.mqtt-"
"""Where script/install keeps the passwords of the services, and how the files begin."""

HOUSEHOLD: Final = "jipsa/bridge/{id}/request/echo"
SAYS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("thinq", "genie", "gpio", "homeassistant", "discovered", "hub"), "jipsa/reply/{id}"),
    "butler": "jipsa/say/{id}",
    "voice": "jipsa/satellite/{id}/partial",
    "outside": "homeassistant/doctor/{id}",
}
"""What each service may say (config/mosquitto/jipsa.acl), here to nobody; all others may ask a bridge, as HOUSEHOLD."""

HEARS_ALL: Final = frozenset({"hub", "butler"})
"""Services that hear what others say, as all others but services do."""

NEVER: Final = "jipsa/doctor/{id}"
"""What nobody but `hub` may say."""


async def broker(case: Case, found: Findings) -> None:
    """Whether the login of the settings gets in, and is heard; whether others are. Raises BusError."""
    settings = case.settings.broker
    address = settings.address()
    try:
        async with client_of(address) as client:
            if case.outside:  # where the page may say only what is signed
                found.ok("broker", host=address.host, port=address.port, login=address.username or "-")
            else:
                await _spoken(client, address, found)
            if not settings.embedded:
                await _logins(case, client, address, found)
    except aiomqtt.MqttError as error:
        unreached = address.unreached(error)
        if unreached.key == "unreachable" and settings.embedded:
            found.warning("no_hub", host=address.host, port=address.port)
        else:
            found.error(unreached.told(case.settings.language), f"broker_{unreached.key}")
        return
    if not settings.embedded:
        await _strangers(address, found)
    if address.tls:
        await _certificate(address, found)


def client_of(address: BrokerAddress) -> aiomqtt.Client:
    """A connection under a name of its own, so that nobody else's is cut."""
    return client_to(address, f"jipsa-doctor-{new_id()[:8]}", timeout=PATIENCE)


def hears_all(address: BrokerAddress) -> bool:
    """Whether this login hears what the services say."""
    return address.username in HEARS_ALL or address.username not in SAYS


def saying(login: str | None) -> str:
    """A topic that this login may publish to, and on which nobody is."""
    return SAYS.get(login or "", HOUSEHOLD).format(id=f"doctor-{new_id()[:8]}")


async def _spoken(client: aiomqtt.Client, address: BrokerAddress, found: Findings) -> None:
    """Whether what this login says comes back, where it hears it at all; and what it should not be able to say."""
    login = address.username or "-"
    for heard in ("jipsa/#", "homeassistant/doctor/+"):
        await client.subscribe(heard, qos=1)
    topic = saying(address.username)
    if hears_all(address) and not await _heard(client, client, topic):
        found.failure("broker_mute", login=login, topic=topic)
        return
    found.ok("broker", host=address.host, port=address.port, login=login)
    never = NEVER.format(id=new_id()[:8])
    if address.username not in {None, "hub"} and await _heard(client, client, never, saying(address.username)):
        found.warning("broker_no_acl", login=login)


async def _heard(speaker: aiomqtt.Client, listener: aiomqtt.Client, *topics: str) -> bool:
    """Whether the first of these topics, on which the speaker publishes, reaches the listener before the others do."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            for topic in topics:
                await speaker.publish(topic, "{}", qos=1)
            async for message in listener.messages:
                if message.topic.value in topics:
                    return message.topic.value == topics[0]
    return False


async def _logins(case: Case, listener: aiomqtt.Client, address: BrokerAddress, found: Findings) -> None:
    """Whether every service gets in whose password this user can read, and is heard."""
    fine = []
    for file in sorted((case.root / CREDENTIALS).glob(f"{PREFIX}*")):
        name = file.name.removeprefix(PREFIX)
        try:
            password = file.read_text().strip()
        except OSError:
            continue  # root's
        try:
            async with client_of(replace(address, username=name, password=password)) as speaker:
                if hears_all(address) and not await _heard(speaker, listener, saying(name)):
                    found.failure("login_mute", name=name)
                else:
                    fine.append(name)
        except aiomqtt.MqttError as error:
            found.failure("login_refused", name=name, reason=error)
    if fine:
        found.ok("logins", names=", ".join(fine))


async def _strangers(address: BrokerAddress, found: Findings) -> None:
    """Whether everybody gets in, and everybody in the network can read the password."""
    if address.username is not None or address.host not in HERE:
        with suppress(aiomqtt.MqttError):
            async with client_of(replace(address, username=None, password=None)):
                found.warning("broker_open", host=address.host, port=address.port)
    if address.password and not address.tls and address.host not in HERE:
        found.warning("broker_plain", host=address.host)


async def _certificate(address: BrokerAddress, found: Findings) -> None:
    """How long the certificate of the broker is still good."""
    days = (await shown(address.host, address.port, tls_context(address.ca_file))).days
    if days < SOON:
        found.warning("broker_expires", days=days)
    else:
        found.ok("broker_tls", days=days)


async def retained(case: Case, *filters: str) -> dict[str, bytes]:
    """Topic → payload of what the broker keeps on these; raises FirstError where it cannot be asked."""
    kept: dict[str, bytes] = {}
    address = case.settings.broker.address()
    last = saying(address.username)
    try:
        async with client_of(address) as client, asyncio.timeout(PATIENCE):
            for wanted in (*filters, last):
                await client.subscribe(wanted, qos=1)
            await client.publish(last, "{}", qos=1)
            async for message in client.messages:  # what is kept comes before what is said after that
                if message.topic.value == last:
                    break
                if message.retain and isinstance(message.payload, bytes):
                    kept[message.topic.value] = message.payload
    except (aiomqtt.MqttError, TimeoutError):
        raise FirstError("broker") from None
    return kept
