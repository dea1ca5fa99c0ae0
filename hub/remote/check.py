"""What `jipsa remote check` looks at: each check is one sentence that has to hold, and says what it saw where not."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from secrets import token_urlsafe
from typing import Final

import aiomqtt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.address import BrokerAddress, client_to
from hub.bus import PATIENCE as BROKER_PATIENCE
from hub.conformance.verdict import BrokenError, UnseenError
from hub.messages import Intent, Topic, Utterance
from hub.payloads import new_id
from hub.remote.envelope import ANSWER, COMMAND, LINK, Answer
from hub.remote.visit import SEEN, Visit, shown, topic_matches_any

NOBODY: Final = "jipsa-check-nobody"
"""A device, a bridge, a satellite and a key that no home has."""

OLD: Final = 600.0
"""Seconds by which a command is too old, or too new."""

NEAR: Final = 10.0
"""Seconds by which two clocks may differ; 30 and nothing is let in."""

CLOCKS: Final = (*(sign * step * 50.0 for step in range(1, 13) for sign in (1, -1)), *(
    sign * hours * 3_600.0 for hours in (1, 9) for sign in (1, -1)
))  # fmt: skip
"""Seconds by which the home's clock may be ahead, as they are tried: ten minutes, an hour, the zone of Korea."""


async def logins(visit: Visit) -> None:
    """Whether the broker outside lets in who has no password, or a wrong one."""
    if await _gets_in(replace(visit.address, username=None, password=None)):
        raise BrokenError("anonymous")
    if await _gets_in(replace(visit.address, password=token_urlsafe(24))):
        raise BrokenError("any_password", user=visit.address.username)


async def private(visit: Visit) -> None:
    """Whether more can be read outside than what the home shows and answers."""
    await visit.eyes.settle()
    if others := {message.topic for message in visit.eyes.heard if not topic_matches_any(message.topic, SEEN)}:
        raise BrokenError("readable", topics=_some(others))


async def states(visit: Visit) -> None:
    """Whether the login of the page may say what only the home may."""
    state = Topic.device(NOBODY, "state")
    await visit.out.say(state, '{"jipsa_check": true}', retain=True)
    await visit.out.say(ANSWER, Answer(key=NOBODY, topic=state, payload="").to_payload())
    await visit.out.settle()
    heard = {
        message.topic for message in visit.eyes.heard if NOBODY in message.topic or NOBODY.encode() in message.payload
    }
    written = heard & {state, ANSWER}
    if state in written:
        await visit.out.say(state, b"", retain=True)
    if written:
        raise BrokenError("writable", user=visit.address.username, topics=_some(written))


async def known(visit: Visit) -> None:
    """Whether the settings let commands in, and know this key."""
    own = visit.settings.remote
    if own.key_file is not None:
        raise UnseenError("not_at_home")
    if not own.enabled:
        raise BrokenError("not_enabled")
    if visit.key not in own.keys:
        raise BrokenError("revoked", name=visit.key)
    if own.keys[visit.key] != b64encode(visit.private.public_key().public_bytes_raw()).decode():
        raise BrokenError("other_key", name=visit.key)


async def link(visit: Visit) -> None:
    """Whether the home is connected to the broker outside."""
    told = visit.out.on(LINK)
    if not told:
        raise BrokenError("never_linked")
    if told[-1].payload != b"1":
        raise BrokenError("unlinked")


async def same(visit: Visit) -> None:
    """Whether outside there is what the home shows, all of it and nothing else."""
    home, out = visit.home, visit.out
    if home is None:
        raise UnseenError("not_at_home")
    if await out.until(lambda: shown(out) == shown(home)):
        return
    here, there = shown(home), shown(out)
    if missing := here.keys() - there.keys():
        raise BrokenError("missing", topics=_some(missing))
    if ghosts := there.keys() - here.keys():
        raise BrokenError("ghosts", topics=_some(ghosts))
    raise BrokenError("stale", topics=_some({topic for topic in here if here[topic] != there[topic]}))


async def question(visit: Visit) -> None:
    """Whether a question that is signed is answered."""
    asked, since = visit.question(carry_out=True), 0 if visit.home is None else len(visit.home.heard)
    if await visit.ask(asked):
        visit.asked = asked
        if not await visit.out.until(lambda: visit.said(asked.id) is not None):
            raise BrokenError("unanswered")
        return
    if reason := visit.said(asked.id):  # the gate's own sentence
        visit.clock = await _ahead(visit)
        raise BrokenError("refused", reason=reason)
    if visit.home is None:
        raise BrokenError("silent")
    raise BrokenError("no_gate" if visit.home.on(COMMAND, since) else "not_arrived", user=visit.address.username)


async def clock(visit: Visit) -> None:
    """Whether the clocks of the home and of this machine are alike."""
    if visit.clock:
        raise BrokenError("clock_off", seconds=f"{visit.clock:+.0f}")
    asked = _let_in(visit)
    for message in visit.at_home(asked):
        heard = Utterance.from_payload(message.topic, message.payload)
        ahead = (heard.heard_at - asked.heard_at).total_seconds()
        if abs(ahead) > NEAR:
            raise BrokenError("clock_off", seconds=f"{ahead:+.0f}")


async def unsigned(visit: Visit) -> None:
    """Whether a command is let in that has no signature, or that of another key, or one of another command."""
    _let_in(visit)
    bare, foreign, changed = (visit.question() for _ in range(3))
    without = json.loads(visit.sealed(Topic.UTTERANCE, _text(bare)).to_payload())
    del without["signature"]
    other = replace(visit, private=Ed25519PrivateKey.generate())
    whole = visit.sealed(Topic.UTTERANCE, _text(visit.question()))
    await visit.send(
        json.dumps(without).encode(),
        other.sealed(Topic.UTTERANCE, _text(foreign)),
        whole.model_copy(update={"payload": _text(changed)}),
    )
    for key, sent in (("took_unsigned", bare), ("took_foreign", foreign), ("took_changed", changed)):
        await _refused(visit, key, sent)


async def late(visit: Visit) -> None:
    """Whether a command is let in that was signed long ago, or will be."""
    _let_in(visit)
    old, new = visit.question(), visit.question()
    await visit.send(
        visit.sealed(Topic.UTTERANCE, _text(old), later=-OLD), visit.sealed(Topic.UTTERANCE, _text(new), later=OLD)
    )
    await _refused(visit, "took_late", old)
    await _refused(visit, "took_early", new)


async def replayed(visit: Visit) -> None:
    """Whether a command that was let in is let in once more."""
    _let_in(visit)
    utterance = visit.question()
    once = visit.sealed(Topic.UTTERANCE, _text(utterance))
    await visit.send(once)
    if not await visit.out.until(lambda: visit.understood(utterance.id) > 0):
        raise BrokenError("unanswered")
    await visit.send(once, once)
    await _refused(visit, "took_replay", utterance, times=1)


async def forbidden(visit: Visit) -> None:
    """Whether a signed command is let in that nobody may give from outside."""
    _let_in(visit)
    if visit.home is None:
        raise UnseenError("not_at_home")
    topics = (Topic.device(NOBODY, "set"), Topic.say(NOBODY), Topic.bridge(NOBODY, "request/restart"))
    asks = Intent(intent="JipsaAsk", room=f"check-{new_id()}")
    commands = [visit.sealed(topic, "{}") for topic in topics]
    await visit.send(*commands, visit.sealed(Topic.intent(NOBODY), asks.to_payload().decode()))
    await _refused(visit, "took_forbidden", asks)
    if taken := [topic for topic in topics if visit.home.on(topic)]:
        raise BrokenError("took_topic", topics=_some(set(taken)))


async def _refused(visit: Visit, key: str, sent: Utterance | Intent, times: int = 0) -> None:
    """Raise BrokenError where it was let in more often than so; what is asked now comes after it."""
    await visit.ask(visit.question())
    if visit.let_in(sent) > times:
        raise BrokenError(key)


async def _ahead(visit: Visit) -> float:
    """By how many seconds the home's clock is ahead of this one's, roughly; 0 where nothing is let in at any time."""
    tried = {ahead: visit.question() for ahead in CLOCKS}
    for ahead, utterance in tried.items():
        await visit.send(visit.sealed(Topic.UTTERANCE, _text(utterance), later=ahead))
    await visit.out.until(lambda: any(visit.understood(utterance.id) for utterance in tried.values()))
    return next((ahead for ahead, utterance in tried.items() if visit.understood(utterance.id)), 0.0)


async def _gets_in(address: BrokerAddress) -> bool:
    try:
        async with client_to(address, f"jipsa-check-{new_id()[:8]}", timeout=BROKER_PATIENCE):
            return True
    except aiomqtt.MqttError:
        return False


def _let_in(visit: Visit) -> Utterance:
    """The question that was let in. Raises UnseenError where none was: then nothing that is refused says anything."""
    if visit.asked is None:
        raise UnseenError("question_first")
    return visit.asked


def _text(utterance: Utterance) -> str:
    return utterance.to_payload().decode()


def _some(topics: set[str]) -> str:
    first = sorted(topics)
    return ", ".join(first[:3]) + (" …" if len(first) > 3 else "")


GROUPS: Final[Mapping[str, Mapping[str, Callable[[Visit], Awaitable[None]]]]] = {
    "outside": {"logins": logins, "states": states},
    "home": {"known": known, "link": link, "question": question, "clock": clock},
    "refused": {"unsigned": unsigned, "late": late, "replayed": replayed, "forbidden": forbidden},
    "shown": {"same": same, "private": private},
}
"""Group → check → what looks, in the order in which it is done. The names stay the same (docs/remote.md)."""
