"""The push side of the simulated cloud: certificates that it issues itself, and a broker behind mutual TLS.

Clients register, have a certificate signed, connect, and get what they subscribed to: changed states and events. The
broker is the embedded one; in front of it stands a TLS server that lets nobody in without a certificate of this cloud.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import json
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from devices.thinq.simulator.appliance import BAD_PARAMETER, RefusedError
from hub.address import BrokerAddress
from hub.broker import embedded_broker
from hub.bus import Bus

HOST = "127.0.0.1"
VALID = timedelta(days=30)


@dataclass(slots=True)
class Client:
    """A registered client: where its messages go, and what it wants to be told."""

    topic: str
    pushes: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)
    account: bool = False


class Authority:
    """Signs certificates under a root of its own, made in memory."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("Jipsa simulated root")
        self._root = (
            self._unsigned(self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def root(self) -> bytes:
        """The root certificate, PEM."""
        return self._root.public_bytes(Encoding.PEM)

    def sign(self, request: str) -> str:
        """A client's certificate (PEM) for its request: base64 without the lines around it. Raises RefusedError."""
        try:
            csr = x509.load_der_x509_csr(base64.b64decode(request, validate=True))
        except (ValueError, binascii.Error):
            raise RefusedError(BAD_PARAMETER, "Unacceptable parameters: csr") from None
        certificate = self._unsigned(csr.subject, csr.public_key()).sign(self._key, hashes.SHA256())
        return certificate.public_bytes(Encoding.PEM).decode()

    def server(self, folder: Path) -> ssl.SSLContext:
        """For a server on this machine that takes clients with a certificate of this authority and no others."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address(HOST))])
        certificate = (
            self._unsigned(_named("localhost"), key.public_key())
            .add_extension(names, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        chain = folder / "server.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        chain.write_bytes(private + certificate.public_bytes(Encoding.PEM))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cadata=self.root.decode())
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_cert_chain(chain)
        return context

    def _unsigned(self, subject: x509.Name, key: Any) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + VALID)
        )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


class PushService:
    """Broker, certificates and clients. `silent` delivers nothing, though everything else looks well; `drop` cuts."""

    def __init__(self) -> None:
        self.clients: dict[str, Client] = {}
        self.silent = False
        self._authority = Authority()
        self._pipes: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve while the block lasts; `address` and `root_ca` are there then."""
        with tempfile.TemporaryDirectory() as folder, _free_port() as found:
            self.root_ca = Path(folder, "root.pem")
            self.root_ca.write_bytes(self._authority.root)
            context = self._authority.server(Path(folder))
            self._port = found
            async with embedded_broker(self._port):
                self._bus = Bus(BrokerAddress(HOST, self._port), "simulated-thinq")
                server = await asyncio.start_server(self._let_in, HOST, 0, ssl=context)
                self.address = f"mqtts://{HOST}:{server.sockets[0].getsockname()[1]}"
                try:
                    async with self._bus.running():
                        yield
                finally:
                    server.close()
                    self.drop()

    def register(self, client: str) -> None:
        """A client that may have a certificate and subscribe."""
        self.clients.setdefault(client, Client(f"app/clients/{client}/push"))

    def issue(self, client: str, request: str) -> dict[str, Any]:
        """A certificate for the client, and where to listen."""
        return {"certificatePem": self._authority.sign(request), "subscriptions": [self.clients[client].topic]}

    def publish(self, client: Client, message: dict[str, Any]) -> None:
        """Tell a client something."""
        if not self.silent:
            self._bus.publish(client.topic, json.dumps(message, ensure_ascii=False))

    def drop(self) -> None:
        """Cut every connection."""
        for pipe in list(self._pipes):
            pipe.transport.abort()

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes between a client, whose certificate is good, and the broker."""
        self._pipes.add(writer)
        try:
            inner_reader, inner_writer = await asyncio.open_connection(HOST, self._port)
            await asyncio.gather(_carry(reader, inner_writer), _carry(inner_reader, writer))
        except OSError:
            pass  # the broker has gone before its clients
        finally:
            self._pipes.discard(writer)
            writer.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry bytes one way; the end of this way is the end of the other."""
    try:
        with suppress(OSError):
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
    finally:
        writer.close()


@contextlib.contextmanager
def _free_port() -> Any:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    yield port
