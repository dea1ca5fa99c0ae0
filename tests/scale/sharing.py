"""One of several instances of a bridge that share its work: `python sharing.py PORT INSTANCE JOURNAL GATE`.

It is a bridge by somebody else, in nothing but a plain MQTT client, and owns one lamp, which switches as soon as there
is a file GATE, and writes what it did into the JOURNAL. What it does beyond docs/contract.md is in docs/scale.md.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import aiomqtt

NAME = "shared"
ABOUT = {
    "id": "lamp", "bridge": NAME, "type": "light", "name": "스탠드",
    "properties": {"power": {"type": "boolean", "writable": True}},
}  # fmt: skip
STATE = f"jipsa/bridge/{NAME}/state"
TAKEN = f"jipsa/bridge/{NAME}/taken"


class Instance:
    """Takes its share of the intents, and knows which of the others has taken what."""

    def __init__(self, client: aiomqtt.Client, instance: str, journal: Path, gate: Path) -> None:
        self.client, self.instance, self.journal, self.gate = client, instance, journal, gate
        self.taken: dict[str, str] = {}
        self.replies: dict[str, str] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    async def tell(self, topic: str, message: dict[str, Any], *, retain: bool = False) -> None:
        await self.client.publish(topic, json.dumps(message), qos=1, retain=retain)

    async def serve(self) -> None:
        for topic in (f"$share/{NAME}/jipsa/intent/{NAME}", TAKEN, f"{TAKEN}/+", "jipsa/reply/+", STATE):
            await self.client.subscribe(topic, qos=1)
        await self.tell(f"{TAKEN}/{self.instance}", {"state": "online"}, retain=True)
        await self.tell("jipsa/device/lamp/about", ABOUT, retain=True)
        await self.tell(STATE, {"state": "online"}, retain=True)
        async for message in self.client.messages:
            assert isinstance(message.payload, bytes)
            await self.hear(message.topic.value, json.loads(message.payload))

    async def hear(self, topic: str, message: dict[str, Any]) -> None:
        if topic == TAKEN:
            self.taken[message["id"]] = message["instance"]
        elif topic.startswith(TAKEN):
            if message["state"] == "offline":  # what the dead one took and did not reply to, it has not done
                dead = topic.rpartition("/")[2]
                self.taken = {i: by for i, by in self.taken.items() if by != dead or i in self.replies}
                await self.tell(STATE, {"state": "online"}, retain=True)
        elif topic.startswith("jipsa/reply/"):
            self.replies[message["id"]] = json.dumps(message)
        elif topic.startswith("jipsa/intent/"):
            if message["id"] in self.replies:
                await self.client.publish(f"jipsa/reply/{message['id']}", self.replies[message["id"]], qos=1)
            elif message["id"] not in self.taken:
                self.taken[message["id"]] = self.instance
                task = asyncio.create_task(self.carry_out(message))
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)

    async def carry_out(self, intent: dict[str, Any]) -> None:
        await self.tell(TAKEN, {"id": intent["id"], "instance": self.instance})
        while not self.gate.exists():
            await asyncio.sleep(0.01)
        power = intent["intent"] == "HassTurnOn"
        with self.journal.open("a") as journal:
            journal.write(f"{intent['id']} {self.instance}\n")
        await self.tell("jipsa/device/lamp/state", {"power": power}, retain=True)
        changed = {"lamp": {"power": power}}
        await self.tell(
            f"jipsa/reply/{intent['id']}", {"id": intent["id"], "bridge": NAME, "ok": True, "changed": changed}
        )


async def main(port: str, instance: str, journal: str, gate: str) -> None:
    will = aiomqtt.Will(f"{TAKEN}/{instance}", '{"state": "offline"}', qos=1, retain=True)
    async with aiomqtt.Client("127.0.0.1", int(port), identifier=f"{NAME}-{instance}", will=will) as client:
        await Instance(client, instance, Path(journal), Path(gate)).serve()


asyncio.run(main(*sys.argv[1:]))
