"""Writes the contract for machines: a JSON Schema of every payload, and an AsyncAPI 3 document of all topics.

    python -m hub.asyncapi docs/contract            writes them
    python -m hub.asyncapi docs/contract --check    says which are not current, and fails

The document is that of a bridge: what it sends, and what it may receive (https://www.asyncapi.com, version 3.0.0).
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from hub.contract import CHANNELS, Channel
from hub.messages import CONTRACT_VERSION

DIALECT = "https://json-schema.org/draft/2020-12/schema"

LEVELS = {
    "bridge": "The bridge's name.",
    "device": "The id of a device.",
    "intent": "The id of the intent.",
    "property": "One of the properties in the device's about.",
    "satellite": "The id of a satellite; all is every one.",
    "verb": "What is wished for.",
}
"""What stands for the levels of a topic that differ."""

ABOUT = """\
What travels between the services of Jipsa, a butler for the home. Whoever speaks this joins, in any language:
docs/write-a-bridge.md builds a bridge, docs/contract.md has the rules that no schema can say.
"""


def schema(channel: Channel) -> dict[str, Any]:
    """What a payload of this channel must be for a receiver to take it."""
    made = channel.payload.model_json_schema() if isinstance(channel.payload, type) else dict(channel.payload)
    return {
        "$schema": DIALECT,
        "$id": f"urn:jipsa:contract:{CONTRACT_VERSION}:{channel.name}",
        **_plain(made),
        "description": _described(channel),
    }


def document() -> dict[str, Any]:
    """The AsyncAPI document; payloads are in the files beside it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Jipsa",
            "version": CONTRACT_VERSION,
            "description": ABOUT,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "home": {"host": "localhost:1883", "protocol": "mqtt", "description": "The home's broker, MQTT 3.1.1 or 5."}
        },
        "channels": {channel.name: _channel(channel) for channel in CHANNELS},
        "operations": {_operation_name(channel): _operation(channel) for channel in CHANNELS},
    }


def files() -> Iterator[tuple[str, str]]:
    """The names of all files and what stands in them."""
    for channel in CHANNELS:
        yield f"{channel.name}.json", json.dumps(schema(channel), ensure_ascii=False, indent=2) + "\n"
    stream, yaml = io.StringIO(), YAML()
    yaml.width = 120
    yaml.dump(document(), stream)
    yield "asyncapi.yaml", stream.getvalue()


def _channel(channel: Channel) -> dict[str, Any]:
    made: dict[str, Any] = {
        "address": channel.address,
        "messages": {
            channel.name: {
                "summary": _described(channel),
                "payload": {
                    "schemaFormat": "application/schema+json;version=draft-2020-12",
                    "schema": {"$ref": f"./{channel.name}.json"},
                },
            }
        },
        "bindings": {"mqtt": {"bindingVersion": "0.2.0"}},
    }
    if channel.parameters:
        made["parameters"] = {level: {"description": LEVELS[level]} for level in channel.parameters}
    return made


def _operation_name(channel: Channel) -> str:
    return f"{_action(channel)}-{channel.name}"


def _action(channel: Channel) -> str:
    """What a bridge does there: it sends what bridges send, and what anybody may say."""
    takes = channel.name in {"set", "set-property", "request"}
    return "send" if channel.sender in {"bridge", "anyone"} and not takes else "receive"


def _operation(channel: Channel) -> dict[str, Any]:
    return {
        "action": _action(channel),
        "channel": {"$ref": f"#/channels/{channel.name}"},
        "bindings": {"mqtt": {"qos": 1, "retain": channel.retained, "bindingVersion": "0.2.0"}},
    }


def _described(channel: Channel) -> str:
    """Its text, or the first lines of its model's docstring."""
    if isinstance(channel.payload, type):
        return " ".join((channel.payload.__doc__ or "").replace("`", "").split())
    return channel.text


def _plain(made: Any) -> Any:
    """The schema without titles that only repeat a key; and where keys have a pattern, no others are taken."""
    if isinstance(made, list):
        return [_plain(one) for one in made]
    if not isinstance(made, dict):
        return made
    plain = {key: _plain(value) for key, value in made.items() if key != "title" or not isinstance(value, str)}
    for pattern, values in plain.pop("patternProperties", {}).items():
        plain["propertyNames"] = {**plain.get("propertyNames", {}), "pattern": pattern}
        plain["additionalProperties"] = values
    return plain


def main(folder: str, *options: str) -> int:
    """Write the files into `folder`; or, with `--check`, tell which of them are not current."""
    stale = 0
    for name, content in files():
        path = Path(folder) / name
        if path.is_file() and path.read_text() == content:
            continue
        if "--check" in options:
            sys.stderr.write(f"{path} is not what hub/messages/ says: run script/contract\n")
            stale = 1
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
    return stale


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
