"""A bridge with two lamps as somebody else writes it, with nothing but an MQTT client; with one fault, if it is named.

python broken.py PORT NAME [FAULT]
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from datetime import UTC, datetime
from typing import Any

import aiomqtt

PROPERTIES = {
    "power": {"type": "boolean", "writable": True},
    "brightness": {"type": "integer", "writable": True, "min": 0, "max": 100},
    "hours": {"type": "integer"},
}
PLAIN = {"ON": True, "OFF": False, "true": True, "false": False}


class RefusedError(Exception):
    """What is not done, with its code."""


class Lamps:
    """`fault` is what it does wrong."""

    def __init__(self, name: str, fault: str | None) -> None:
        self.name = name
        self.fault = fault
        self.lamps = (f"{name}-desk", f"{name}-shelf")
        self.states: dict[str, dict[str, Any]] = {
            lamp: {
                "power": False,
                "brightness": 50,
                "hours": 7,
                **({"watts": 5} if fault == "unknown property" else {}),
            }
            for lamp in self.lamps
        }
        self.replies: dict[str, dict[str, Any]] = {}
        self.connections = 0

    async def run(self, port: int) -> None:
        last = aiomqtt.Will(f"jipsa/bridge/{self.name}/state", b'{"state": "offline"}', qos=1, retain=True)
        while True:
            try:
                async with aiomqtt.Client(
                    "127.0.0.1", port, identifier=f"jipsa-{self.name}", will=None if self.fault == "no will" else last
                ) as self.client:
                    self.connections += 1
                    await self.serve()
            except aiomqtt.MqttError:
                await asyncio.sleep(0.1)

    async def serve(self) -> None:
        if self.fault != "deaf after a cut" or self.connections == 1:
            for topic in (f"intent/{self.name}", "device/+/set", "device/+/set/+", f"bridge/{self.name}/request/+"):
                await self.client.subscribe(f"jipsa/{topic}", qos=1)
        if self.fault != "silent after a cut" or self.connections == 1:
            await self.tell()
        async for message in self.client.messages:
            payload = message.payload if isinstance(message.payload, bytes) else b""
            taken = len(payload) <= 64_000 or self.fault == "reads everything"
            if taken and (not message.retain or self.fault == "takes what is retained"):
                await self.take(message.topic.value.split("/")[1:], payload)

    async def tell(self) -> None:
        """All that is retained."""
        listed = self.lamps[:1] if self.fault == "a lamp is not listed" else self.lamps
        at = "2020-01-01T00:00:00Z" if self.fault == "old health" else now()
        health = {"uptime": time.monotonic(), "memory": 0, "queue": 0, "received": 0, "published": 0, "checked_at": at}
        await self.publish(f"bridge/{self.name}/state", {"state": "online"}, retain=True)
        for lamp in self.lamps:
            bridge = "others" if self.fault == "another's about" and lamp == self.lamps[1] else self.name
            about = {"id": lamp, "bridge": bridge, "type": "light", "name": lamp, "properties": PROPERTIES}
            await self.publish(f"device/{lamp}/about", about, retain=self.fault != "abouts are not retained")
            await self.client.publish(f"jipsa/device/{lamp}/available", b"online", qos=1, retain=True)
            await self.show(lamp)
        await self.publish(
            f"bridge/{self.name}/info", {"version": "1", "contract": "1.0", "devices": listed}, retain=True
        )
        await self.publish(f"bridge/{self.name}/health", health, retain=True)

    async def show(self, lamp: str) -> None:
        state = {**self.states[lamp], "updated_at": now()}
        if self.fault == "no moment":
            del state["updated_at"]
        if self.fault == "numbers as text":
            state["brightness"] = str(state["brightness"])
        await self.publish(f"device/{lamp}/state", state, retain=True)

    async def take(self, levels: list[str], payload: bytes) -> None:
        match levels:
            case ["intent", _]:
                await self.intend(payload)
            case ["device", lamp, "set"] if lamp in self.lamps:
                await self.set(lamp, read(payload))
            case ["device", lamp, "set", name] if lamp in self.lamps:
                await self.set(lamp, {name: plain(payload) if self.fault != "no plain text" else str(payload)})
            case ["bridge", _, "request", verb]:
                await self.respond(verb, read(payload))

    async def intend(self, payload: bytes) -> None:
        intent = json.loads(payload) if self.fault == "crashes" else read(payload)
        key = intent.get("id") if isinstance(intent, dict) else None
        if not isinstance(key, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", key):
            return
        if key not in self.replies or self.fault == "does it twice":
            reply: dict[str, Any] = {"id": key, "bridge": self.name, "ok": True}
            try:
                reply |= await self.carry_out(intent)
            except RefusedError as refused:
                code = str(refused)
                if code == self.fault:
                    return
                reply |= {"ok": False, "error": {"code": code, "message": "No."}}
            self.replies[key] = reply
        for _ in range(2 if self.fault == "answers twice" else 1):
            await self.publish(f"reply/{key}", self.replies[key], retain=self.fault == "replies are retained")

    async def carry_out(self, intent: dict[str, Any]) -> dict[str, Any]:
        slots, targets, name = intent.get("slots", {}), intent.get("targets", []), intent.get("intent")
        try:
            late = datetime.fromisoformat(intent["expires_at"]) < datetime.now(UTC)
        except (KeyError, ValueError):
            raise RefusedError("bad_payload") from None
        if not isinstance(name, str) or not isinstance(slots, dict) or not isinstance(targets, list):
            raise RefusedError("bad_payload")
        if self.fault == "new keys are refused" and "jipsa_check" in intent:
            raise RefusedError("bad_payload")
        if late and self.fault != "late ones are done":
            raise RefusedError("expired")
        if name not in {"HassGetState", "JipsaSet"}:
            raise RefusedError("unknown_intent")
        if any(lamp not in self.lamps for lamp in targets):
            raise RefusedError("unknown_device")
        if name == "HassGetState":
            return {"state": {} if self.fault == "no state" else {lamp: self.states[lamp] for lamp in targets}}
        return {"changed": {lamp: await self.change(lamp, slots) for lamp in targets}}

    async def set(self, lamp: str, values: Any) -> None:
        try:
            if not isinstance(values, dict):
                raise RefusedError("bad_payload")
            await self.change(lamp, values)
        except RefusedError as refused:
            if self.fault != "no log":
                level = "warn" if self.fault == "another level" else "warning"
                await self.publish(
                    f"bridge/{self.name}/log", {"level": level, "message": str(refused), "logged_at": now()}
                )

    async def change(self, lamp: str, values: dict[str, Any]) -> dict[str, Any]:
        for name, value in values.items():
            kind = PROPERTIES.get(name, {})
            within = 0 <= value <= 100 if type(value) is int else self.fault == "takes any value" or type(value) is bool
            if not kind.get("writable") or type(value) is not {"boolean": bool, "integer": int}[str(kind["type"])]:
                if self.fault != "takes any value":
                    raise RefusedError("not_supported")
            elif not within and self.fault != "takes what is too large":
                raise RefusedError("out_of_range")
        news = {name: value for name, value in values.items() if self.states[lamp].get(name) != value}
        self.states[lamp] |= news
        await self.show(lamp)
        return {} if self.fault == "changed is empty" else news

    async def respond(self, verb: str, asked: Any) -> None:
        transaction = asked.get("transaction") if isinstance(asked, dict) else None
        known = verb in {"health_check", "restart"} or self.fault == "any request is fine"
        response: dict[str, Any] = {"status": "ok", "data": {}} if known else {"status": "error", "error": "No."}
        if isinstance(transaction, str) and self.fault != "no transaction":
            response["transaction"] = transaction
        await self.publish(f"bridge/{self.name}/response/{verb}", response)
        if verb == "restart":  # all is made anew, but what was answered
            if self.fault == "forgets what it answered":
                self.replies = {key: {**reply, "ok": not reply["ok"]} for key, reply in self.replies.items()}
            if self.fault != "never comes back":
                await self.tell()

    async def publish(self, topic: str, value: dict[str, Any], *, retain: bool = False) -> None:
        qos = 0 if self.fault == "QoS 0" else 1
        await self.client.publish(f"jipsa/{topic}", json.dumps(value), qos=qos, retain=retain)


def now() -> str:
    return datetime.now(UTC).isoformat()


def read(payload: bytes) -> Any:
    """JSON, or None."""
    try:
        return json.loads(payload, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


def plain(payload: bytes) -> Any:
    text = payload.decode(errors="replace")
    return PLAIN.get(text, read(payload))


if __name__ == "__main__":
    asyncio.run(Lamps(sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None).run(int(sys.argv[1])))
