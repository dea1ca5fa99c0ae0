"""Payloads for every topic: valid ones made from the models of the contract, and what becomes of them in bad hands."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import strategies as st
from pydantic import BaseModel

from hub import messages
from hub.home import Home
from hub.limits import COMMON, LARGEST
from hub.messages import ROOT
from hub.payloads import LONGEST_TEXT, now
from hub.remote.envelope import COMMAND, Envelope

KEY = "mother"
OUTSIDE, STRANGER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
"""With the first, of that name, a message from outside is signed; nobody knows the other."""


class Sent(NamedTuple):
    """A message on its way."""

    topic: str
    payload: bytes
    retained: bool = False
    ours: bool = False
    """Whether a service sent it."""

    def __str__(self) -> str:
        return f"{self.topic!r}: {self.payload[:200]!r}{' (retained)' * self.retained}"


class Words(NamedTuple):
    """What a household knows: so that not everything is refused for its name."""

    devices: Mapping[str, Mapping[str, Any]]
    """Device: its properties, each with values to try."""
    bridges: Mapping[str, tuple[str, ...]]
    """Bridge: its devices."""
    satellites: tuple[str, ...]
    sentences: tuple[str, ...]
    intents: tuple[str, ...]
    slots: Mapping[str, Any]


STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 3.5, 1e308, -1e308, 10**30, 10**400, float("nan"), float("inf"), "", " ", "\x00",
    "\ud800", "\u202e거꾸로", "\x1b[31m\x1b]0;x\x07", "가" * 300, "가" * 12_000, "a\nb\r\nINFO fake: line", "+", "#",
    "../../etc/passwd", "$(reboot)", "{{ 7 * 7 }}", "'; DROP TABLE items; --", "NaN", "1_000", "٣", "1e999", [], {},
    [None], {"a": {"b": {}}}, ["x"] * 3_000, {f"k{number}": number for number in range(300)}, "1970-01-01T00:00:00Z",
    "all", "none", "💡" * 20,
)  # fmt: skip
"""Values that somebody may put where others belong."""

DEEP = ("[", '{"a":')
IDS = tuple(f"x{number}" for number in range(30))
"""Ids of what the household does not have: few, so that some come again."""


def messages_on(topic_filter: str, words: Words) -> st.SearchStrategy[Sent]:
    """Messages that a subscription to `topic_filter` gets; KeyError for a kind of topic that nobody has thought of."""
    levels = topic_filter.split("/")
    kind = next((kind for kind in _KINDS if _is(kind.split("/"), levels)), None)
    if kind is None:
        raise KeyError(f"{topic_filter}: tests/fuzz/payloads.py has no payloads for this topic")
    return _topic(levels, words).flatmap(lambda found: _bodies(kind, found, words).map(partial(_sent, "/".join(found))))


def _bodies(kind: str, levels: list[str], words: Words) -> st.SearchStrategy[Any]:
    valid = _valid(kind, levels, words)
    return st.one_of(valid, valid.flatmap(_spoiled), _RUBBISH, valid.map(lambda body: Retained(_raw(body))))


@st.composite
def _topic(draw: st.DrawFn, wanted: list[str], words: Words) -> list[str]:
    levels: list[str] = []
    for level in wanted:
        levels.append(level if level != "+" else draw(_level(levels, words)))
    return levels


def _is(kind: list[str], levels: list[str]) -> bool:
    return len(kind) == len(levels) and all(one in ("+", level) for one, level in zip(kind, levels, strict=True))


def _sent(topic: str, body: Any) -> Sent:
    """With the id of the topic, where the body has one of its own."""
    levels = topic.split("/")
    if isinstance(body, dict) and body.get("id") == OF_TOPIC:
        body = {**body, "id": levels[2]}
    retained = isinstance(body, Retained)
    return Sent(topic, body if isinstance(body, bytes) else encoded(body), retained)


def _raw(body: Any) -> bytes:
    return body if isinstance(body, bytes) else encoded(body)


class Retained(bytes):
    """A payload that comes from the broker's memory."""


def encoded(body: Any) -> bytes:
    """As other programs send it: NaN is written as NaN, and what cannot be said in UTF-8 with escapes."""
    return (body if isinstance(body, str) else json.dumps(body, ensure_ascii=_broken(body))).encode(errors="replace")


def _broken(body: Any) -> bool:
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


OF_TOPIC = "of-topic"


ENDS_OF_TIME = ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00")


def _from_now(seconds: int) -> str:
    return (now() + timedelta(seconds=seconds)).isoformat()


STRANGE_LEVELS = (*IDS[:5], "a" * 65, "거실", "\x1b[2J", "-", "all")


def _level(before: list[str], words: Words) -> st.SearchStrategy[str]:
    """What comes after these levels of a topic: mostly something that is there."""
    match before:
        case ["jipsa", "device", device, "set"]:
            known = tuple(words.devices.get(device, ("power",)))
        case ["jipsa", "device"]:
            known = tuple(words.devices)
        case [_, "device"]:
            known = tuple(f"jipsa_{device}" for device in words.devices)
        case ["jipsa", "bridge" | "intent"]:
            known = tuple(words.bridges)
        case ["jipsa", "satellite" | "say"]:
            known = words.satellites
        case [*_, "request"]:
            known = ("health_check", "dance")  # nobody is there who would make a bridge anew after a restart
        case _:
            known = IDS
    return st.integers(0, 4).flatmap(lambda chance: st.sampled_from(STRANGE_LEVELS if chance == 4 else known))


# Valid ones.


def _model(name: str) -> type[BaseModel]:
    found: type[BaseModel] = getattr(messages, name)
    return found


_KINDS: Mapping[str, str] = {
    f"{ROOT}/utterance": "Utterance",
    f"{ROOT}/understood": "Understood",
    f"{ROOT}/home": "home",
    f"{ROOT}/intent/+": "Intent",
    f"{ROOT}/reply/+": "Reply",
    f"{ROOT}/say/+": "Say",
    f"{ROOT}/device/+/about": "About",
    f"{ROOT}/device/+/state": "state",
    f"{ROOT}/device/+/set": "state",
    f"{ROOT}/device/+/set/+": "value",
    f"{ROOT}/bridge/+/state": "ServiceState",
    f"{ROOT}/bridge/+/info": "BridgeInfo",
    f"{ROOT}/bridge/+/request/+": "request",
    f"{ROOT}/satellite/+/state": "SatelliteState",
    f"{ROOT}/satellite/+/partial": "SatellitePartial",
    f"{ROOT}/satellite/+/heard": "SatelliteHeard",
    f"{ROOT}/satellite/+/graph": "SatelliteGraph",
    f"{ROOT}/satellite/+/wake": "SatelliteWake",
    f"{ROOT}/satellite/+/button": "SatelliteButton",
    f"{ROOT}/satellite/+/listen": "request",
    COMMAND: "envelope",
    "+/device/+/config": "discovery",
    "+/status": "birth",
}
"""What is said on each kind of topic: a model, or one of the shapes of `_valid`."""


def _valid(kind: str, levels: list[str], words: Words) -> st.SearchStrategy[Any]:
    shape = _KINDS[kind]
    everything = {name: values for device in words.devices.values() for name, values in device.items()}
    own = words.devices.get(levels[2], everything) if len(levels) > 2 else everything
    match shape:
        case "state":
            return _some(own)
        case "value":
            plain = st.sampled_from((b"26", b"on", b"OFF", b"true", b"cool", b"0", b"55", b"", b"stop", b"false"))
            fitting = _value_of(own.get(levels[-1], ("x",))).map(encoded)
            return st.one_of(fitting, fitting, plain, st.sampled_from(STRANGE).map(encoded))
        case "request":
            return st.fixed_dictionaries({}, optional={"transaction": st.sampled_from(IDS)})
        case "home":
            rooms = st.lists(st.builds(lambda i: {"id": i, "name": i}, st.sampled_from(IDS)), max_size=3)
            return st.one_of(rooms.map(lambda found: {"rooms": found}), st.just(json.loads(Home().to_json())))
        case "discovery":
            owner = st.sampled_from(["Jipsa", "zigbee2mqtt", None])
            parts = st.sampled_from([{}, {"a": {"p": "light"}}, {"a": 1}, 7, None, {"vacuum_vacuum": {"p": "vacuum"}}])
            online = st.sampled_from([7, [7], [{}], [{"topic": "jipsa/bridge/gpio/state"}], None, "x"])
            ids = st.sampled_from(["jipsa_lamp", "jipsa_x1", "x1"]).map(lambda one: {"ids": [one]})
            made = st.fixed_dictionaries({"o": owner.map(lambda o: {"name": o}), "dev": ids, "cmps": parts})
            return st.builds(lambda body, there: {**body, "availability": there}, made, online)
        case "envelope":
            inner = st.one_of(
                st.sampled_from(FROM_OUTSIDE).flatmap(partial(_valid_on, words=words)),
                st.sampled_from(FROM_OUTSIDE).flatmap(partial(_valid_on, words=words)),
                st.sampled_from((*FROM_OUTSIDE, f"{ROOT}/device/+/set")).flatmap(partial(messages_on, words=words)),
            )
            seconds = st.sampled_from([0, 0, 0, 0, 5, -5, 40, -(10**9)])
            signers = st.sampled_from([OUTSIDE, OUTSIDE, OUTSIDE, STRANGER])
            # Each is a branch of its own, as many as there are for what is spoiled: much else is refused, too.
            return st.one_of(*(st.builds(sealed, inner, signers, seconds) for _ in range(6)))
        case "birth":
            return st.sampled_from([b"online", b"offline", b"", b"ONLINE"])
        case "Utterance":
            return st.one_of(st.sampled_from(words.sentences).map(str.encode), _made(_model(shape), levels, words))
    return st.one_of(_made(_model(shape), levels, words), _made(_model(shape), levels, words), st.just(b""))


FROM_OUTSIDE = (f"{ROOT}/utterance", f"{ROOT}/intent/+")
"""What may come from outside."""


def _valid_on(kind: str, words: Words) -> st.SearchStrategy[Sent]:
    """The same without faults."""
    found = _topic(kind.split("/"), words)
    return found.flatmap(lambda levels: _valid(kind, levels, words).map(partial(_sent, "/".join(levels))))


def sealed(sent: Sent, private: Ed25519PrivateKey, seconds: int) -> dict[str, Any]:
    """A message in an envelope that was sealed so many seconds ago."""
    at, payload = int((now().timestamp() - seconds) * 1_000), sent.payload.decode(errors="replace")[:LONGEST_TEXT]
    return Envelope.seal(KEY, private, sent.topic, payload, at).model_dump()


def _some(known: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """One to three of the names, with values to try."""
    if not known:
        return st.just({})
    names = st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=3, unique=True)
    return names.flatmap(lambda some: st.fixed_dictionaries({name: _value_of(known[name]) for name in some}))


def _value_of(property_type: Any) -> st.SearchStrategy[Any]:
    known = st.sampled_from(property_type)
    return st.one_of(known, known, known, st.sampled_from(STRANGE))


def _made(model: type[BaseModel], levels: list[str], words: Words) -> st.SearchStrategy[dict[str, Any]]:
    """An object that is as the model wants it; keys with a default are there or not."""
    needed, optional = {}, {}
    for name, field in model.model_fields.items():
        special = _field(model, name, levels, words)
        made = special if special is not None else _of_type(field.annotation, levels, words)
        (needed if field.is_required() else optional)[name] = made
    return st.fixed_dictionaries(needed, optional=optional)


def _field(model: type[BaseModel], name: str, levels: list[str], words: Words) -> st.SearchStrategy[Any] | None:
    """What stands in keys whose meaning their type does not tell."""
    own = model.__name__ in {"About", "Reply"}
    match name:
        case "id":
            return st.just(OF_TOPIC) if own else st.uuids().map(lambda one: one.hex)
        case "text":
            return st.sampled_from(words.sentences)
        case "room":
            return st.sampled_from(["거실", "안방", "없는 방", "kitchen"])
        case "satellite":
            return st.sampled_from((*words.satellites, *IDS))
        case "bridge":
            return st.sampled_from((*words.bridges, "foreign"))
        case "intent":
            return st.sampled_from(words.intents)
        case "targets" | "devices":
            own = words.bridges.get(levels[2], ()) if len(levels) > 2 else ()
            return st.lists(st.sampled_from(own or tuple(words.devices)), max_size=4) | st.just(["x1", *words.devices])
        case "slots":
            return _some(words.slots)
        case "expires_at" | "issued_at" | "heard_at":
            return st.sampled_from([15, 3600, 10**9, -20, -(10**9)]).map(_from_now) | st.sampled_from(ENDS_OF_TIME)
        case "name":
            return st.sampled_from(["거실 스탠드", "외부 등", "x", "불", "에어컨"])
    return None


def _of_type(annotation: Any, levels: list[str], words: Words) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _of_type(arguments[0], levels, words)
    if origin in (Union, types.UnionType):
        return st.one_of(*(_of_type(one, levels, words) for one in arguments))
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is list:
        return st.lists(_of_type(arguments[0], levels, words), max_size=3)
    if origin is dict:
        return st.dictionaries(
            st.sampled_from(("power", "물 온도", "mode")), _of_type(arguments[1], levels, words), max_size=3
        )
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _made(annotation, levels, words)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return st.sampled_from([str(one) for one in annotation])
    plain: Mapping[Any, st.SearchStrategy[Any]] = {
        bool: st.booleans(), int: st.integers(-5, 300), float: st.sampled_from([0.0, 0.5, 1.0, 18.0, 30.0, -20.0]),
        str: st.sampled_from(["x", "cool", "거실 불", "power", "%", "on"]), type(None): st.none(),
        datetime: st.just("2026-11-26T19:00:00+09:00"),
    }  # fmt: skip
    return plain.get(annotation, st.sampled_from(STRANGE))


# Spoiled ones.


def _spoiled(body: Any) -> st.SearchStrategy[Any]:
    """The same, but for one fault."""
    raw = st.builds(_in_bytes, st.just(_raw(body)), _DAMAGE, st.integers(0, 200))
    if not isinstance(body, dict) or not body:
        return raw
    key, strange = st.sampled_from(sorted(body)), st.sampled_from(STRANGE)
    return st.one_of(
        key.map(lambda name: {other: value for other, value in body.items() if other != name}),
        st.builds(lambda name, value: {**body, name: value}, key, strange),
        st.builds(lambda name, value: {**body, name: value}, key, strange),
        strange.map(lambda value: {**body, "newer": value}),
        raw,
    )


_DAMAGE = st.sampled_from(["cut", "not_utf8", "utf16", "bom", "twice", "long_number", "deep", "nul", "wide"])


def _in_bytes(payload: bytes, damage: str, at: int) -> bytes:
    at = min(at, len(payload))
    match damage:
        case "cut":
            return payload[:at]
        case "not_utf8":
            return payload[:at] + b"\xff\xc0\x80" + payload[at:]
        case "utf16":
            return payload.decode(errors="replace").encode("utf-16")
        case "bom":
            return b"\xef\xbb\xbf" + payload
        case "twice":
            return payload[:-1] + b"," + payload[1:] if payload.startswith(b"{") else payload * 2
        case "long_number":
            return b'{"power": ' + b"9" * 5_000 + b"}"
        case "deep":
            return payload[:-1] + b',"deep":' + b"[" * 5_000 + b"]" * 5_000 + b"}"
        case "nul":
            return payload.replace(b":", b"\x00", 1)
    return payload + b" " * COMMON


_RUBBISH = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(STRANGE),
    st.sampled_from(DEEP).map(lambda one: one.encode() * 3_000),
    st.sampled_from(
        [b"", b"{}", b"[]", b"null", b"{" * 50, b'"' * 999, b"\\" * 999, b"a" * (LARGEST + 1), b"[" + b"{}," * 9_000]
    ),
)
