"""Where the broker is, how to get in, and a connection to it."""

from __future__ import annotations

import logging
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import aiomqtt

from hub.faults import OutsideError
from hub.printable import public
from hub.reach import Unreached, reason, tls_context

PAHO = logging.getLogger(f"{__name__}.paho")
"""What paho says of a lost connection as an error is told here, once, as a warning."""
PAHO.setLevel(logging.CRITICAL)


class BusError(OutsideError):
    """The broker's address cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker is and how to get in."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    ca_file: Path | None = None
    """Who must have signed the broker's certificate; without it, somebody whom this machine trusts."""
    qos: Literal[0, 1] = 1
    """How surely messages are asked for: 0 where a subscription that outlives a fault is dear (docs/scale.md)."""

    @classmethod
    def from_url(cls, url: str, password_file: Path | None = None, ca_file: Path | None = None) -> BrokerAddress:
        """Read `mqtt://[user[:password]@]host[:port]` or `mqtts://…`, and look into the files; raises BusError."""
        parts = urlsplit(url)
        if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
            raise BusError(
                f"broker.url: {public(url)!r} is no broker address; it looks like mqtt://host:1883 or mqtts://host:8883"
            )
        try:
            port = parts.port
        except ValueError:
            raise BusError(f"broker.url: the port of {public(url)!r} is not between 1 and 65535") from None
        password = unquote(parts.password) if parts.password else None
        if password_file is not None:
            try:
                password = password_file.read_text().strip()
            except OSError as error:
                raise BusError(f"broker.password_file: {password_file}: {error.strerror}") from None
        tls = parts.scheme == "mqtts"
        if ca_file is not None:
            if not tls:
                raise BusError(f"broker.ca_file: {ca_file} is for TLS, but broker.url does not begin with mqtts://")
            try:
                tls_context(ca_file)
            except ssl.SSLError:
                raise BusError(f"broker.ca_file: {ca_file} holds no certificate (PEM)") from None
            except OSError as error:
                raise BusError(f"broker.ca_file: {ca_file}: {error.strerror}") from None
        username = unquote(parts.username) if parts.username else None
        return cls(parts.hostname, port or (8883 if tls else 1883), username, password, tls, ca_file)

    def unreached(self, error: BaseException) -> Unreached:
        """Why an attempt to connect failed."""
        key = reason(error, tls=self.tls, ca_file=self.ca_file)
        return Unreached(key, self.host, self.port, self.username, self.ca_file, str(error))


def client_to(address: BrokerAddress, identifier: str, **manner: Any) -> aiomqtt.Client:
    """A connection to the broker, under this name and with this login; `manner` is aiomqtt's."""
    return aiomqtt.Client(
        address.host,
        address.port,
        username=address.username,
        password=address.password,
        identifier=identifier,
        tls_context=tls_context(address.ca_file) if address.tls else None,
        logger=PAHO,
        **manner,
    )


def payload_of(message: aiomqtt.Message) -> bytes:
    """The payload of a message that has come; aiomqtt's type has more than MQTT has."""
    return message.payload if isinstance(message.payload, bytes) else str(message.payload or "").encode()
