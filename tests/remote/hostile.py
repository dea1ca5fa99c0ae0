"""A broker outside that somebody has taken over: it lets everybody in, and says to them what nobody asked for.

`python hostile.py HOST PORT CERTIFICATE KEY FILE`; a line of the file is topic and payload, with a tab between.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from pathlib import Path


def packet(kind: int, body: bytes) -> bytes:
    """A packet of MQTT 3.1.1, with its length as that has it."""
    length, left = bytearray(), len(body)
    while True:
        left, low = divmod(left, 128)
        length.append(low | (128 if left else 0))
        if not left:
            return bytes([kind]) + bytes(length) + body


async def taken(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The next packet that comes: its first byte, and its body."""
    kind = (await reader.readexactly(1))[0]
    length, shift = 0, 0
    while True:
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return kind, await reader.readexactly(length)


def said(line: str) -> bytes:
    topic, payload = (part.encode() for part in line.split("\t"))
    return packet(0x30, len(topic).to_bytes(2) + topic + payload)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            kind, body = await taken(reader)
            match kind >> 4:
                case 1:  # CONNECT
                    writer.write(packet(0x20, b"\0\0"))
                case 3 if kind & 6:  # PUBLISH with an acknowledgement
                    at = 2 + int.from_bytes(body[:2])
                    writer.write(packet(0x40, body[at : at + 2]))
                case 8:  # SUBSCRIBE
                    writer.write(packet(0x90, body[:2] + b"\1"))
                    for line in Path(sys.argv[5]).read_text().splitlines():
                        writer.write(said(line))
                case 10:  # UNSUBSCRIBE
                    writer.write(packet(0xB0, body[:2]))
                case 12:  # PINGREQ
                    writer.write(packet(0xD0, b""))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main() -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    async with await asyncio.start_server(serve, sys.argv[1], int(sys.argv[2]), ssl=context) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
