"""What the real Home Assistant says of discovery payloads and templates; run by its own Python, a JSON line each way.

{"payload": {…}}                        → {"faults": […]}
{"render": [[template, value], …]}      → {"results": […], "faults": […]}
{"command": [[template, {…}], …]}       → the same, for templates of commands
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import sys
import tempfile
from typing import Any

from homeassistant.components.mqtt import device_trigger, discovery, schemas
from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import Template

ABBREVIATED = discovery._replace_all_abbreviations
SHARED = schemas.SHARED_OPTIONS


class Faults(logging.Handler):
    """Collects what Home Assistant would have logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def check(payload: dict[str, Any]) -> list[str]:
    """Why Home Assistant would refuse a payload or a component of it."""
    try:
        ABBREVIATED(payload)
        schemas.DEVICE_DISCOVERY_SCHEMA(payload)
    except Exception as error:  # what it is does not matter: it is told
        return [f"payload: {error!r}"]
    faults = []
    for name, config in payload["components"].items():
        platform = config.pop("platform")
        if not config:
            continue
        common = {key: payload[key] for key in SHARED if key in payload and key not in config}
        config = {**config, "device": payload["device"], "origin": payload["origin"], **common}
        try:
            schema(platform)(config)
        except Exception as error:
            faults.append(f"{name}: {error!r}")
    return faults


def schema(platform: str) -> Any:
    if platform == "device_automation":
        return device_trigger.TRIGGER_DISCOVERY_SCHEMA
    module = importlib.import_module(f"homeassistant.components.mqtt.{platform}")
    return module.DISCOVERY_SCHEMA


def answer(hass: HomeAssistant, asked: dict[str, Any], heard: Faults) -> dict[str, Any]:
    if "payload" in asked:
        return {"faults": check(asked["payload"])}
    if "render" in asked:
        made = [
            Template(template, hass).async_render_with_possible_json_value(value)
            for template, value in asked["render"]
        ]  # fmt: skip
    else:
        made = [
            Template(template, hass).async_render(variables, parse_result=False)
            for template, variables in asked["command"]
        ]
    return {"results": made, "faults": heard.lines}


async def main() -> None:
    hass = HomeAssistant(tempfile.mkdtemp())
    await hass.config.async_set_time_zone("Asia/Seoul")
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        heard = Faults()
        logging.getLogger().addHandler(heard)
        try:
            result = answer(hass, json.loads(line), heard)
            result["faults"] += heard.lines if "results" not in result else []
        except Exception as error:
            result = {"results": [], "faults": [repr(error), *heard.lines]}
        logging.getLogger().removeHandler(heard)
        print(json.dumps(result), flush=True)
    await hass.async_stop(force=True)


asyncio.run(main())
