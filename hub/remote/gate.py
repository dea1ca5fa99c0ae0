"""The gate: of what comes from outside it lets in what is signed, fresh, new and allowed, and sends the answers back.

What a sentence may do is judged by the butler, who knows what it means; an intent is judged here.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Final

from hub.address import BrokerAddress
from hub.bus import Bus
from hub.home import Home
from hub.limits import COMMON, ONCE_A_MINUTE, Complaints, Throttle
from hub.messages import ALL_SATELLITES, About, Error, ErrorCode, Intent, Reply, Say, Topic, Understood, Utterance
from hub.notify import Condition, condition_of
from hub.payloads import PayloadError, is_id
from hub.printable import line
from hub.remote.envelope import ANSWER, COMMAND, Answer, Envelope, SignatureError
from hub.remote.keys import public
from hub.remote.nonces import Nonces
from hub.remote.rules import REMOTE, judged, may_confirm
from hub.remote.senders import NOT_LET_IN, Senders, answer
from hub.settings.remote import RemoteSettings
from hub.texts import Language, text
from hub.together import together

log = logging.getLogger(__name__)

MANNERS: Final = (5.0, 30)
"""Commands a second that are taken of one key in the long run, and at once: what the butler takes of a satellite."""

REFUSALS: Final = (0.1, 5)
"""Refusals a second that one key is told where nothing was taken: anybody may send again what they saw passing."""

MOST_WAITING: Final = 100
"""Envelopes that wait to be looked at; each takes as long as the disk does."""

CODES: Final[Mapping[str, ErrorCode]] = {
    # a key of the texts `remote`: what the reply to an intent says that is refused for this
    "late": ErrorCode.EXPIRED,
    "early": ErrorCode.NOT_NOW,
    "lost": ErrorCode.NOT_NOW,
    "unkept": ErrorCode.NOT_NOW,
    "forbidden": ErrorCode.NOT_ALLOWED,
    "unreadable": ErrorCode.BAD_PAYLOAD,
    "unknown_device": ErrorCode.UNKNOWN_DEVICE,
    "ask": ErrorCode.NOT_ALLOWED,
    "refuse": ErrorCode.NOT_ALLOWED,
}


class Gate:
    """The gate of one home."""

    def __init__(
        self,
        broker: BrokerAddress,
        remote: RemoteSettings,
        nonces: Nonces,
        language: Language = "ko",
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock` tells the seconds since 1970, as that of the nonces does."""
        self.bus = Bus(broker, "jipsa-remote")
        self._nonces = nonces
        self._language: Language = language
        self._clock = clock
        self._abouts: dict[str, About] = {}
        self._home = Home()
        self._senders = Senders()
        self._waiting: asyncio.Queue[Envelope] = asyncio.Queue(MOST_WAITING)
        self._throttle = Throttle(*MANNERS)
        self._refusals = Throttle(*REFUSALS)
        self._faults = Complaints(log)
        self._floods = Complaints(log, *ONCE_A_MINUTE)
        self.change(remote)
        # What commands are judged by is there before the first of them comes.
        self.bus.subscribe(Topic.device("+", "about"), self._on_about)
        self.bus.subscribe(Topic.HOME, self._on_home)
        self.bus.subscribe(Topic.UNDERSTOOD, self._on_understood)
        self.bus.subscribe(Topic.say("+"), self._on_say)
        self.bus.subscribe(Topic.reply("+"), self._on_reply)
        self.bus.subscribe(COMMAND, self._on_command)

    def change(self, remote: RemoteSettings) -> None:
        """From now on the settings say this: a key that is gone opens nothing any more, and is told nothing."""
        self._keys = {name: public(key) for name, key in remote.keys.items()}
        self._rules = remote.rules

    def condition(self) -> Condition:
        """How it is, for systemd."""
        return condition_of(self.bus, f"remote: {len(self._keys)} keys", ready=True)

    async def run(self) -> None:
        """Serve until cancelled."""
        async with self.bus.running(), together([self._work()]):
            await asyncio.Event().wait()

    # What comes from outside.

    def _on_command(self, topic: str, payload: bytes) -> None:
        if len(payload) > COMMON:
            raise PayloadError(f"{topic}: {len(payload)} bytes; more than {COMMON} are not read")
        envelope = Envelope.from_payload(topic, payload)
        try:
            envelope.verify(self._keys)
        except SignatureError as error:
            self._faults.tell("signature", f"{COMMAND}: {error}")
            return
        try:
            self._waiting.put_nowait(envelope)
        except asyncio.QueueFull:
            self._floods.tell("waiting", f"{COMMAND}: {MOST_WAITING} commands wait already; what is above is dropped")

    async def _work(self) -> None:
        while True:
            envelope = await self._waiting.get()
            try:
                await self._take(envelope)
            except Exception:
                log.exception("%s: an envelope of the key %s failed", COMMAND, envelope.key)
            self._waiting.task_done()

    async def _take(self, envelope: Envelope) -> None:
        """Let in what is in an envelope of a known key, or refuse it."""
        if stale := self._nonces.stale(envelope):
            self._leave(envelope, stale)
        elif not self._throttle.admits(envelope.key):
            flood = f"more than {MANNERS[0]:g} a second came of the key {envelope.key}; what is above that is dropped"
            self._floods.tell(envelope.key, f"{COMMAND}: {flood}")
        else:
            try:
                await asyncio.to_thread(self._nonces.take, envelope)
            except OSError as error:
                self._leave(envelope, "unkept", f": it cannot be noted: {error}")
            else:
                self._open(envelope)

    def _leave(self, envelope: Envelope, why: str, more: str = "") -> None:
        """Do nothing about an envelope. A replay is answered with silence, and others not too often."""
        passed = round(self._clock() - envelope.at / 1_000)
        fault = f"{why}: nothing is done that was sealed {passed} s ago by the key {envelope.key}{more}"
        self._faults.tell(why, f"{COMMAND}: {fault}")
        if why != "again" and self._refusals.admits(envelope.key):
            self._tell_why(envelope, why, seconds=abs(passed))

    def _open(self, envelope: Envelope) -> None:
        """Do what an envelope says, which is taken from now on."""
        try:
            command = _command(envelope)
        except PayloadError as error:
            self._refuse(envelope, "unreadable", reason=line(str(error), 300))
            return
        if command is None:
            self._refuse(envelope, "forbidden", topic=line(envelope.topic, 100))
        elif isinstance(command, Utterance):
            self._let_in(envelope, self._senders.utterance(envelope.key, command))
        elif why := self._judged(envelope.topic.split("/")[2], command):
            named = [self._name(target) for target in command.targets]
            self._refuse(envelope, why, device=line(", ".join(named) or command.intent, 200))
        else:
            self._let_in(envelope, self._senders.intent(envelope.key, command))

    def _let_in(self, envelope: Envelope, command: Utterance | Intent) -> None:
        # What waits for a broker that has gone would come late; who sent it sends it again.
        if self.bus.connected.is_set():
            log.info("%s: %s of the key %s, here %s", COMMAND, envelope.topic, envelope.key, command.id)
            self.bus.publish(envelope.topic, command)

    def _judged(self, bridge: str, intent: Intent) -> str | None:
        """Why an intent for a bridge is refused, a key of CODES; None where it is not."""
        abouts = [self._abouts.get(target) for target in intent.targets]
        if any(about is None or about.bridge != bridge for about in abouts):
            return "unknown_device"
        known = intent.targets, self._abouts, self._home, self._rules
        if intent.confirmed and not may_confirm(*known):
            return "ask"  # what a bridge wants confirmed is for a person who is there to say
        rule = judged(intent.intent, intent.slots, *known)
        return None if rule == "allow" else rule

    def _name(self, target: str) -> str:
        device, about = self._home.device(target), self._abouts.get(target)
        return device.name if device else about.name if about else target

    # What goes out.

    def _refuse(self, envelope: Envelope, why: str, **values: object) -> None:
        self._faults.tell(why, f"{COMMAND}: {envelope.key}: {text(f'remote.{why}', 'en', **values)}")
        self._tell_why(envelope, why, **values)

    def _tell_why(self, envelope: Envelope, why: str, **values: object) -> None:
        """Tell the sender why: as the reply to its intent, as the answer to its utterance, or to all of that key."""
        message = text(f"remote.{why}", self._language, **values)
        try:
            command = _command(envelope)
        except PayloadError:
            command = None
        if isinstance(command, Intent):
            bridge = envelope.topic.split("/")[2]
            error = Error(code=CODES[why], message=message)
            reply = Reply(id=command.id, bridge=bridge, ok=False, error=error)
            told = answer(envelope.key, Topic.reply(reply.id), reply)
        else:
            if command is not None:  # who said it need not say it again
                known = command.model_dump(include={"text", "satellite", "room"})
                refused = Understood(utterance_id=command.id, refused=NOT_LET_IN, **known)
                self._send(answer(envelope.key, Topic.UNDERSTOOD, refused))
            satellite, utterance = (command.satellite, command.id) if command else (None, None)
            say = Say(text=message, priority="answer", utterance_id=utterance)
            told = answer(envelope.key, Topic.say(satellite or ALL_SATELLITES), say)
        self._send(told)

    def _send(self, told: Answer | None) -> None:
        """Send an answer to whom it is for, while their key is known."""
        if told is not None and told.key in self._keys:
            self.bus.publish(ANSWER, told)

    def _on_understood(self, topic: str, payload: bytes) -> None:
        self._send(self._senders.understood(Understood.from_payload(topic, payload)))

    def _on_say(self, topic: str, payload: bytes) -> None:
        satellite = topic.split("/")[2]
        key = satellite.removeprefix(REMOTE)
        if key != satellite:
            self._send(self._senders.said(key, Say.from_payload(topic, payload)))

    def _on_reply(self, topic: str, payload: bytes) -> None:
        if self._senders.waits_for(topic.split("/")[2]):
            self._send(self._senders.replied(Reply.from_payload(topic, payload)))

    # What is known of the home.

    def _on_about(self, topic: str, payload: bytes) -> None:
        if payload:
            about = About.from_payload(topic, payload)
            self._abouts[about.id] = about
        else:
            self._abouts.pop(topic.split("/")[2], None)

    def _on_home(self, topic: str, payload: bytes) -> None:
        try:
            self._home = Home.from_json(payload or b"{}")
        except ValueError as error:
            raise PayloadError(f"{topic}: {error}") from None


def _command(envelope: Envelope) -> Utterance | Intent | None:
    """What is in an envelope; None where its topic is none of those that may come in. Raises PayloadError."""
    match envelope.topic.split("/"):
        case ["jipsa", "utterance"]:
            return Utterance.from_payload(envelope.topic, envelope.payload.encode())
        case ["jipsa", "intent", bridge] if is_id(bridge):
            return Intent.from_payload(envelope.topic, envelope.payload.encode())
    return None
