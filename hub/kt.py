"""KT's AI Makers Kit over gRPC: one answers a sentence, the other speaks it. Needs the extra `kt` to be imported.

Facts: the service, its metadata and its messages are those of KT's examples (github.com/gigagenie/ai-makers-kit, MIT).
The numbers of the fields are counted in the order in which those list them; what is not read here is left out.
"""

from __future__ import annotations

import hashlib
import hmac
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final, Literal, NamedTuple

import grpc
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.message import DecodeError

from hub.credentials import credential
from hub.faults import OutsideError
from hub.settings.voice import KtAccess

PACKAGE: Final = "kt.gigagenie.ai.speech"
SERVICE: Final = f"{PACKAGE}.Gigagenie"

OK: Final = 200
"""The result code of what went well."""

KOREAN: Final = 0
"""The only language that KT names."""

KOREA: Final = timezone(timedelta(hours=9))
"""KT reads time stamps as Korean clocks show them, wherever the caller is."""

LARGEST_SOUND = 10_000_000
"""Bytes of one spoken text; minutes of speech."""

_TEXT, _NUMBER, _BYTES, _MESSAGE = (
    FieldDescriptorProto.TYPE_STRING,
    FieldDescriptorProto.TYPE_INT32,
    FieldDescriptorProto.TYPE_BYTES,
    FieldDescriptorProto.TYPE_MESSAGE,
)


class _Field(NamedTuple):
    name: str
    number: int
    type: int
    message: str = ""
    """Of which message it is made."""
    many: bool = False


_MESSAGES: Final[dict[str, tuple[_Field, ...]]] = {
    "reqQueryText": (_Field("queryText", 1, _TEXT), _Field("userSession", 2, _TEXT), _Field("deviceId", 3, _TEXT)),
    "resQueryText": (_Field("resultCd", 1, _NUMBER), _Field("action", 6, _MESSAGE, "dssAction", many=True)),
    "dssAction": (_Field("mesg", 1, _TEXT),),
    "reqText": (_Field("lang", 1, _NUMBER), _Field("mode", 2, _NUMBER), _Field("text", 3, _TEXT)),
    "resVoice": (_Field("resOptions", 1, _MESSAGE, "resOptions"), _Field("audioContent", 2, _BYTES)),
    "resOptions": (_Field("resultCd", 1, _NUMBER),),
}


def _classes() -> dict[str, Any]:
    file = FileDescriptorProto(name="gigagenie.proto", package=PACKAGE, syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for entry in fields:
            label = FieldDescriptorProto.LABEL_REPEATED if entry.many else FieldDescriptorProto.LABEL_OPTIONAL
            made = message.field.add(name=entry.name, number=entry.number, type=entry.type, label=label)
            if entry.message:
                made.type_name = f".{PACKAGE}.{entry.message}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{name}")) for name in _MESSAGES
    }


MESSAGES: Final = _classes()
"""The classes of the messages, by their names."""

Why = Literal["refused", "unreachable", "failed"]

_WHY: Final[dict[grpc.StatusCode, Why]] = {
    grpc.StatusCode.UNAUTHENTICATED: "refused",
    grpc.StatusCode.PERMISSION_DENIED: "refused",
    grpc.StatusCode.UNAVAILABLE: "unreachable",
    grpc.StatusCode.DEADLINE_EXCEEDED: "unreachable",
}


class KtError(OutsideError):
    """KT did not do it: it refused the keys, could not be reached, or failed. The text is for the log."""

    def __init__(self, why: Why, detail: str) -> None:
        super().__init__(detail)
        self.why = why


def signature(client_id: str, secret: str, stamp: str) -> str:
    """What proves that the caller has the secret: HMAC-SHA256 over `client id:stamp`, hexadecimal."""
    return hmac.new(secret.encode(), f"{client_id}:{stamp}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Kt:
    """KT's service at an address, with the keys that its customer has from KT API Link."""

    client_id: str
    key: str = field(repr=False)
    secret: str = field(repr=False)
    host: str
    port: int
    tls: bool

    @classmethod
    def of(cls, access: KtAccess, setting: str) -> Kt:
        """Read the key files of `setting`; raises OutsideError."""
        key = credential(access.key_file, "kt-key", f"{setting}.key_file")
        secret = credential(access.secret_file, "kt-secret", f"{setting}.secret_file")
        return cls(access.client_id, key, secret, access.host, access.port, access.tls)

    async def query(self, text: str, session: str) -> str | None:
        """What KT answers in the conversation `session`, with its marks; None where it has no answer.

        Raises KtError.
        """
        request = MESSAGES["reqQueryText"](queryText=text, userSession=session, deviceId="jipsa")
        async with self._channel() as channel:
            call = channel.unary_unary(f"/{SERVICE}/queryByText")
            answer = _read("resQueryText", await call(request.SerializeToString(), metadata=self._metadata()))
        _check(answer.resultCd)
        return next((action.mesg for action in answer.action if action.mesg), None)

    async def speak(self, text: str) -> bytes:
        """The text in KT's voice: a WAV file. Raises KtError."""
        request = MESSAGES["reqText"](lang=KOREAN, text=text)
        sound = bytearray()
        async with self._channel() as channel:
            call = channel.unary_stream(f"/{SERVICE}/getText2VoiceStream")
            async for message in call(request.SerializeToString(), metadata=self._metadata()):
                part = _read("resVoice", message)
                if part.HasField("resOptions"):
                    _check(part.resOptions.resultCd)
                sound += part.audioContent
                if len(sound) > LARGEST_SOUND:
                    raise KtError("failed", f"KT spoke more than {LARGEST_SOUND} bytes")
        return bytes(sound)

    @asynccontextmanager
    async def _channel(self) -> AsyncIterator[Any]:
        """A connection for one call; what goes wrong in it is a KtError."""
        address = f"{self.host}:{self.port}"
        if self.tls:
            channel = grpc.aio.secure_channel(address, grpc.ssl_channel_credentials(_system_roots()))
        else:
            channel = grpc.aio.insecure_channel(address)
        try:
            async with channel:
                yield channel
        except grpc.aio.AioRpcError as error:
            code = error.code()
            raise KtError(_WHY.get(code, "failed"), f"KT at {address}: {code.name}") from None

    def _metadata(self) -> tuple[tuple[str, str], ...]:
        stamp = time_stamp(datetime.now(UTC))
        return (
            ("x-auth-clientkey", self.key),
            ("x-auth-timestamp", stamp),
            ("x-auth-signature", signature(self.client_id, self.secret, stamp)),
        )


def time_stamp(moment: datetime) -> str:
    """A moment as KT writes it: 17 digits, from the year to the millisecond, by Korean clocks."""
    return moment.astimezone(KOREA).strftime("%Y%m%d%H%M%S%f")[:17]


def _read(name: str, message: bytes) -> Any:
    try:
        return MESSAGES[name].FromString(message)
    except DecodeError:
        raise KtError("failed", f"KT sent no {name}") from None


def _check(code: int) -> None:
    if code != OK:
        raise KtError("refused" if code in {401, 403} else "failed", f"KT answered with result code {code}")


def _system_roots() -> bytes:
    """The certificates that this machine trusts; gRPC would take its own."""
    trusted = ssl.create_default_context().get_ca_certs(binary_form=True)
    return "".join(map(ssl.DER_cert_to_PEM_cert, trusted)).encode()
