"""Home Assistant: whether it lets the hub in, exposes something, and sees the hub's devices."""

from __future__ import annotations

from typing import Any

from devices.homeassistant.connection import Connection, connect
from devices.homeassistant.faults import FAULTS, reason
from devices.homeassistant.inward_exposed import OURS, exposed, exposed_ids
from hub.config import Settings
from hub.credentials import HOMEASSISTANT_TOKEN, credential, homeassistant_access
from hub.doctor.findings import Case, Findings, FirstError
from hub.doctor.machine import lacks
from hub.texts import text


async def homeassistant(case: Case, found: Findings) -> None:
    """Whether Home Assistant can be reached with the token that there is."""
    settings = case.settings
    own = settings.homeassistant
    if not own.enabled:
        found.ok("homeassistant_off")
        return
    if own.url is None:
        found.ok("homeassistant_no_url")
        return
    if lacks("homeassistant"):
        raise FirstError("packages")
    url, token_file = homeassistant_access(settings, own, "homeassistant")
    token = credential(token_file, HOMEASSISTANT_TOKEN, "homeassistant.token_file")
    try:
        async with connect(url, token) as connection:
            await _look_into(connection, url, settings, found)
    except FAULTS as error:
        why = reason(error)
        found.error(text(f"homeassistant.{why}", settings.language) + (f" ({error})" if why == "strange" else ""))


async def _look_into(connection: Connection, url: str, settings: Settings, found: Findings) -> None:
    config: dict[str, Any] = await connection.call("get_config")
    found.ok("homeassistant", url=url, name=config["location_name"], version=config["version"])
    known = await exposed(connection, await exposed_ids(connection), settings.language)
    if known:
        found.ok("exposed", n=len(known))
    else:
        found.warning("none_exposed", url=url)
    if settings.homeassistant.discovery_prefix is None:
        return
    if "mqtt" not in config["components"]:
        found.warning("no_mqtt", broker=settings.broker.url)
        return
    entries = await connection.call("config/entity_registry/list")
    shown = [entry for entry in entries if entry["platform"] == "mqtt" and str(entry["unique_id"]).startswith(OURS)]
    if shown:
        found.ok("shown", n=len(shown))
    else:
        found.warning("not_shown", broker=settings.broker.url)
