"""The contract for machines: it is what the page says, what the models take, and what really travels."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from brokers import TestBroker
from jsonschema import Draft202012Validator
from paho.mqtt.client import topic_matches_sub
from test_end_to_end import running_hub

from hub.asyncapi import document, files, main, schema
from hub.contract import CHANNELS, Channel
from hub.messages import is_command
from hub.payloads import PayloadError

ROOT = Path(__file__).parents[1]
BY_NAME = {channel.name: channel for channel in CHANNELS}
VALIDATORS = {channel.name: Draft202012Validator(schema(channel)) for channel in CHANNELS}


def test_the_files_are_current() -> None:
    assert main(str(ROOT / "docs/contract"), "--check") == 0


def test_what_is_not_current_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(str(tmp_path)) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(name for name, _ in files())
    (tmp_path / "say.json").write_text("{}")
    assert main(str(tmp_path), "--check") == 1
    assert "say.json" in capsys.readouterr().err


def test_it_has_the_topics_of_the_page() -> None:
    rows = re.findall(r"^\| `(jipsa/[^`]+)` \| (no|yes)", (ROOT / "docs/contract.md").read_text(), re.MULTILINE)
    told = {(re.sub(r"<[^>]+>", "+", topic), kept == "yes") for topic, kept in rows}
    ours = {("jipsa/homeassistant/+/vacuum", True)}  # between the hub and its Home Assistant: nobody else's
    assert {(channel.filter, channel.retained) for channel in CHANNELS} == told - ours


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_a_schema_is_one_and_a_command_is_never_kept(channel: Channel) -> None:
    Draft202012Validator.check_schema(schema(channel))
    assert not (channel.retained and is_command(channel.filter))
    assert document()["channels"][channel.name]["address"] == channel.address


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("utterance", {"text": "불 켜줘"}),
        ("utterance", {"text": "불 켜줘", "satellite": "living", "room": "거실", "confidence": 1, "mood": "good"}),
        ("utterance", {}),
        ("utterance", {"text": ""}),
        ("utterance", {"text": 5}),
        ("utterance", {"text": "가" * 1_001}),
        ("utterance", {"text": "불 켜줘", "satellite": "거실"}),
        ("utterance", {"text": "불 켜줘", "confidence": 7}),
        ("intent", {"intent": "HassTurnOn", "targets": ["lamp"], "slots": {"brightness": 50}}),
        ("intent", {"intent": "HassTurnOn", "targets": ["lamp/1"]}),
        ("intent", {"intent": "Hass\u2028TurnOn"}),
        ("intent", {"intent": "HassTurnOn", "slots": {"a\u0000": 1}}),
        ("intent", {"intent": "HassTurnOn", "slots": {"a" * 65: 1}}),
        ("intent", {"intent": "HassTurnOn", "id": "x" * 65}),
        ("reply", {"id": "a", "bridge": "lamps", "ok": True}),
        ("reply", {"id": "a", "bridge": "lamps", "ok": False, "error": {"message": "…"}}),
        ("about", {"id": "lamp", "bridge": "lamps", "type": "light", "name": "등", "properties": {}}),
        ("about", {"id": "lamp", "bridge": "lamps", "type": "light", "name": "등", "properties": {"power": {}}}),
        ("bridge-state", {"state": "online"}),
        ("bridge-state", {"state": "tired"}),
    ],
)
def test_a_schema_takes_what_the_model_takes(name: str, payload: dict[str, Any]) -> None:
    channel = BY_NAME[name]
    assert isinstance(channel.payload, type)
    topic = re.sub(r"{\w+}", str(payload.get("id")), channel.address)
    try:
        channel.payload.from_payload(topic, json.dumps(payload).encode())
    except PayloadError:
        assert not VALIDATORS[name].is_valid(payload)
    else:
        VALIDATORS[name].validate(payload)


async def test_all_that_travels_is_in_the_contract(any_broker: TestBroker, tmp_path: Path) -> None:
    seen: set[str] = set()
    needed = {"utterance", "understood", "intent", "reply", "say", "about", "state", "available", "response"}
    needed |= {"bridge-state", "bridge-info", "bridge-health"}

    async def watch(client: aiomqtt.Client) -> None:
        async for message in client.messages:
            topic, payload = message.topic.value, bytes(message.payload)  # type: ignore[arg-type]
            channel = next(one for one in CHANNELS if topic_matches_sub(one.filter, topic))
            seen.add(channel.name)
            if payload and channel.name != "home":
                plain = channel.payload == BY_NAME["available"].payload
                VALIDATORS[channel.name].validate(payload.decode() if plain else json.loads(payload))
            if needed <= seen:
                return

    async with (
        running_hub(any_broker, tmp_path) as hub,
        aiomqtt.Client(any_broker.address.host, any_broker.address.port) as client,
        asyncio.timeout(60),
    ):
        await client.subscribe("jipsa/#", qos=1)
        watching = asyncio.create_task(watch(client))
        for sentence in ("거실 에어컨 26도로 맞춰줘", "거실 불 켜줘", "3분 타이머 맞춰줘", "창문 열어줘"):
            await hub.say(sentence)
        await client.publish("jipsa/bridge/genie/request/health_check", "{}", qos=1)
        await watching
