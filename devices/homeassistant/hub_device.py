"""The hub itself in Home Assistant: what is said to it and becomes of it as events and triggers, and its satellites.

What travels are the topics of the contract (docs/contract.md); nothing is published a second time.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any, Final, get_args

from devices.homeassistant import ids
from devices.homeassistant.discovery import Payload, payload
from devices.homeassistant.jinja import LONGEST, literal
from devices.homeassistant.showing import Component, component
from hub.messages import ALL_SATELLITES, Activity, SatelliteState, Topic
from hub.texts import Language, text

# What is only to be explained was not said; nor was what is said once more for its answer (docs/contract.md).
_HEARD: Final = """{% set said = value_json if value_json is mapping else {'text': value} %}
{% if said.get('carry_out', true) %}
{{ dict({'event_type': 'heard', 'text': said.get('text'), 'satellite': said.get('satellite'), 'room': said.get('room'),
 'source': said.get('source'), 'utterance_id': said.get('id')}) | to_json }}{% endif %}"""

_UNDERSTOOD: Final = """{% set refused = value_json.get('refused') %}{% set intents = value_json.get('intents', []) %}
{{ {'event_type': 'refused' if refused else 'understood', 'text': value_json.get('text'), 'refused': refused,
 'intent': (intents | first).intent if intents else none, 'intents': intents, 'satellite': value_json.get('satellite'),
 'room': value_json.get('room'), 'utterance_id': value_json.get('utterance_id')} | to_json }}"""

# An intent is sent again until somebody answers: the second time it is no news.
_INTENT: Final = """{% if value_json.get('id') != this.attributes.get('intent_id') %}
{{ {'event_type': 'intent', 'intent': value_json.get('intent'), 'slots': value_json.get('slots', {}),
 'targets': value_json.get('targets', []), 'satellite': value_json.get('satellite'), 'room': value_json.get('room'),
 'intent_id': value_json.get('id'), 'utterance_id': value_json.get('utterance_id')} | to_json }}{% endif %}"""

_REPLY: Final = """{% if value_json.get('id') != this.attributes.get('intent_id') %}
{{ {'event_type': 'done' if value_json.get('ok') else 'failed', 'bridge': value_json.get('bridge'),
 'say': value_json.get('say'), 'error': value_json.get('error'), 'changed': value_json.get('changed', {}),
 'state': value_json.get('state', {}), 'intent_id': value_json.get('id')} | to_json }}{% endif %}"""

_SAID: Final = """{{ {'event_type': 'said', 'text': value_json.get('text'), 'priority': value_json.get('priority'),
 'utterance_id': value_json.get('utterance_id')} | to_json }}"""

EVENTS: Final[tuple[tuple[str, str, str, tuple[str, ...], str], ...]] = (
    # key, topic, template, event types, icon
    ("heard", Topic.UTTERANCE, _HEARD, ("heard",), "mdi:account-voice"),
    ("understood", Topic.UNDERSTOOD, _UNDERSTOOD, ("understood", "refused"), "mdi:head-check"),
    ("intent", Topic.intent("+"), _INTENT, ("intent",), "mdi:arrow-decision"),
    ("reply", Topic.reply("+"), _REPLY, ("done", "failed"), "mdi:message-reply"),
    ("said", Topic.say("+"), _SAID, ("said",), "mdi:bullhorn"),
)

TRIGGERS: Final[tuple[tuple[str, str, str, str], ...]] = (
    # type, subtype, topic, and the template that gives `yes`; what was said is in trigger.payload_json
    ("utterance", "heard", Topic.UTTERANCE,
     "{{ 'no' if value_json is mapping and not value_json.get('carry_out', true) else 'yes' }}"),
    ("utterance", "understood", Topic.UNDERSTOOD, "{{ 'no' if value_json.get('refused') else 'yes' }}"),
    ("utterance", "refused", Topic.UNDERSTOOD, "{{ 'yes' if value_json.get('refused') else 'no' }}"),
    ("reply", "done", Topic.reply("+"), "{{ 'yes' if value_json.get('ok') else 'no' }}"),
    ("reply", "failed", Topic.reply("+"), "{{ 'no' if value_json.get('ok') else 'yes' }}"),
)  # fmt: skip
"""Triggers for automations of the hub's device. Their names are for good: automations refer to them."""


def hub(bridges: Iterable[str], language: Language) -> Payload:
    """The discovery of the hub, with the bridges that were seen."""
    components: dict[str, Component] = {}

    def add(platform: str, key: str, **fields: Any) -> None:
        name = text(f"discovery.hub-{key}", language)
        components[f"{platform}_{key}"] = component(platform, f"{ids.HUB}_{key}", f"jipsa_{key}", name, **fields)

    for key, topic, template, types, icon in EVENTS:
        add("event", key, state_topic=topic, value_template=template, event_types=list(types), icon=icon)
    add(
        "text", "say_to", icon="mdi:chat-processing", command_topic=Topic.UTTERANCE, min=1,
        command_template="{{ {'text': value, 'source': 'homeassistant'} | to_json }}", state_topic=Topic.UTTERANCE,
        value_template=f"{{{{ ((value_json.get('text') if value_json is mapping else value) | string)[:{LONGEST}] }}}}",
    )  # fmt: skip
    add("notify", "say", **_speaks(ALL_SATELLITES))
    for kind, subtype, topic, template in TRIGGERS:
        components[f"device_automation_{kind}_{subtype}"] = {
            "p": "device_automation", "automation_type": "trigger", "type": kind, "subtype": subtype, "topic": topic,
            "value_template": template, "payload": "yes",
        }  # fmt: skip
    for bridge in sorted(bridges):
        components[f"binary_sensor_{bridge}"] = component(
            "binary_sensor", f"{ids.HUB}_bridge_{bridge}", f"jipsa_bridge_{ids.slug(bridge)}",
            text("discovery.hub-bridge", language, bridge=bridge), state_topic=Topic.bridge(bridge, "state"),
            value_template="{{ value_json.state }}", payload_on="online", payload_off="offline",
            device_class="connectivity", entity_category="diagnostic",
        )  # fmt: skip
    device = {"ids": [ids.HUB], "name": text("discovery.hub", language), "mf": "Jipsa", "mdl": "Jipsa",
              "sw": version("jipsa")}  # fmt: skip
    return payload(device, components, {})


def satellite(satellite_id: str, state: SatelliteState, language: Language) -> Payload:
    """The discovery of a satellite: what it does, having it speak, having it listen."""
    identifier, base = ids.satellite_identifier(satellite_id), f"jipsa_{ids.slug(satellite_id)}"
    topic = Topic.satellite(satellite_id)
    words = {activity: text(f"discovery.activity-{activity}", language) for activity in get_args(Activity)}
    components: dict[str, Component] = {}

    def add(platform: str, key: str, **fields: Any) -> None:
        name = text(f"discovery.satellite-{key}", language)
        components[f"{platform}_{key}"] = component(platform, f"{identifier}_{key}", f"{base}_{key}", name, **fields)

    add(
        "sensor", "activity", device_class="enum", options=list(words.values()), state_topic=topic,
        value_template=f"{{{{ {literal(words)}.get(value_json.state) }}}}",
    )  # fmt: skip
    add("notify", "say", **_speaks(satellite_id))
    add("button", "listen", icon="mdi:microphone", command_topic=Topic.satellite(satellite_id, "listen"))
    add(
        "event", "button", device_class="button", event_types=["press"],
        state_topic=Topic.satellite(satellite_id, "button"),
        value_template="{{ {'event_type': 'press', 'pressed_at': value_json.get('pressed_at')} | to_json }}",
    )  # fmt: skip
    device = {
        "ids": [identifier], "name": text("discovery.satellite", language, satellite=state.room or satellite_id),
        "mf": "Jipsa", "mdl": text("discovery.type-satellite", language), "via_device": ids.HUB,
        **({"sa": state.room} if state.room else {}),
    }  # fmt: skip
    return payload(device, components, {})


def _speaks(satellite_id: str) -> dict[str, str]:
    return {
        "icon": "mdi:bullhorn",
        "command_topic": Topic.say(satellite_id),
        "command_template": "{{ {'text': value} | to_json }}",
    }
