"""KT's AI Makers Kit as far as Jipsa uses it: a real gRPC server, where there are no keys of KT API Link.

What KT does about bad keys is not written down; here the call ends as UNAUTHENTICATED.
"""

from __future__ import annotations

import asyncio
import hmac
import io
import math
import struct
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import grpc

from hub.kt import KOREA, MESSAGES, OK, SERVICE, signature

CLIENT_ID, KEY, SECRET = "simulated", "simulated-key", "simulated-secret"

LATEST = timedelta(minutes=5)
"""How far a time stamp may be from this clock."""

PIECE = 4096
"""Bytes of sound in one message."""


class Asked(NamedTuple):
    """A question that came in."""

    text: str
    session: str
    device: str


class KtSimulator:
    """Answers `answer` to everything; `latency` and `code` make it slow and make it fail."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.answer = "저는 기가지니예요."
        self.code = OK
        self.latency = 0.0
        self.asked: list[Asked] = []
        self.spoken: list[str] = []
        self._now = now

    @asynccontextmanager
    async def serving(self, credentials: grpc.ServerCredentials | None = None) -> AsyncIterator[int]:
        """Serve on this machine while the block lasts, with TLS where there are credentials; gives the port."""
        server = grpc.aio.server()
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, self._handlers()),))
        if credentials is None:
            port = server.add_insecure_port("127.0.0.1:0")
        else:
            port = server.add_secure_port("127.0.0.1:0", credentials)
        await server.start()
        try:
            yield port
        finally:
            await server.stop(None)

    def _handlers(self) -> dict[str, Any]:
        def manner(request: str) -> dict[str, Any]:
            return {
                "request_deserializer": MESSAGES[request].FromString,
                "response_serializer": lambda answer: answer.SerializeToString(),
            }

        return {
            "queryByText": grpc.unary_unary_rpc_method_handler(self._query, **manner("reqQueryText")),
            "getText2VoiceStream": grpc.unary_stream_rpc_method_handler(self._speak, **manner("reqText")),
        }

    async def _query(self, request: Any, context: Any) -> Any:
        await self._check(context)
        self.asked.append(Asked(request.queryText, request.userSession, request.deviceId))
        if self.code != OK:
            return MESSAGES["resQueryText"](resultCd=self.code)
        action = MESSAGES["dssAction"](mesg=f"<![CDATA[{self.answer}]]>" if self.answer else "")
        return MESSAGES["resQueryText"](resultCd=OK, action=[action])

    async def _speak(self, request: Any, context: Any) -> AsyncIterator[Any]:
        await self._check(context)
        self.spoken.append(request.text)
        yield MESSAGES["resVoice"](resOptions=MESSAGES["resOptions"](resultCd=self.code))
        if self.code == OK:
            sound = await spoken_wav(request.text)
            for start in range(0, len(sound), PIECE):
                yield MESSAGES["resVoice"](audioContent=sound[start : start + PIECE])

    async def _check(self, context: Any) -> None:
        await asyncio.sleep(self.latency)
        given = dict(context.invocation_metadata())
        stamp = given.get("x-auth-timestamp", "")
        right = signature(CLIENT_ID, SECRET, stamp)
        signed = hmac.compare_digest(given.get("x-auth-signature", ""), right)
        if not (given.get("x-auth-clientkey") == KEY and signed and self._is_fresh(stamp)):
            await context.abort(grpc.StatusCode.UNAUTHENTICATED, "bad key, stamp or signature")

    def _is_fresh(self, stamp: str) -> bool:
        if len(stamp) != 17:
            return False
        try:
            moment = datetime.strptime(f"{stamp}000", "%Y%m%d%H%M%S%f").replace(tzinfo=KOREA)
        except ValueError:
            return False
        return abs(self._now() - moment) <= LATEST


async def spoken_wav(text: str) -> bytes:
    """The text as a WAV file, by espeak-ng; where that is not installed, a tone as long as the text."""
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            "espeak-ng", "-v", "ko", "--stdin", "--stdout", stdin=pipe, stdout=pipe
        )
    except FileNotFoundError:
        return tone(len(text) / 8)
    sound, _ = await process.communicate(text.encode())
    return sound


def tone(seconds: float, rate: int = 16_000) -> bytes:
    """A WAV file with a tone of 440 Hz."""
    waves = (int(8_000 * math.sin(2 * math.pi * 440 * sample / rate)) for sample in range(int(seconds * rate)))
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes(b"".join(struct.pack("<h", value) for value in waves))
    return file.getvalue()
