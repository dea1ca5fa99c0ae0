"""The butler as a service: utterances in, intents out to the bridges that own the devices, answers back in Korean."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

from hub import logs
from hub.address import BrokerAddress
from hub.asking import Asker
from hub.bus import Bus
from hub.butler.addressing import act, addressed, trace
from hub.butler.dialogue import Dialogue, Turn
from hub.butler.known import KnownHome
from hub.butler.owners import Owners
from hub.butler.permission import ASKS_INSIDE, NOT_OUTSIDE, Permission, Request
from hub.butler.replies import answer, refusal, unconfirmed, wants_confirmed
from hub.butler.resolve import Refusal, Resolved
from hub.butler.telling import Telling
from hub.butler.understanding import Understanding, local_time
from hub.grammar.lexicon import Lexicon
from hub.home import Home
from hub.limits import ONCE_A_MINUTE, Complaints, Throttle
from hub.messages import (
    INTENT_LIFETIME,
    About,
    BridgeInfo,
    Error,
    ErrorCode,
    Intent,
    Reply,
    ServiceState,
    Topic,
    Utterance,
)
from hub.notify import Condition, condition_of
from hub.recent import Recent
from hub.settings.remote import Rule
from hub.texts import Language, text

log = logging.getLogger(__name__)

AGENT = "conversation"
"""Type of a device that is asked what nobody here understands."""

OFFLINE_PATIENCE = timedelta(seconds=4)
"""How long a bridge that said good-bye, or died, gets to come back and answer."""

ASKING = frozenset({Refusal.UNSURE, Refusal.WHICH_DEVICE, Refusal.WHICH_ROOM, Refusal.AMBIGUOUS})
"""Refusals that ask for an answer."""

MANNERS = (5.0, 30)
"""Sentences a second that are taken of one satellite in the long run, and at once."""


class Butler:
    """Understands utterances in the home of the file and of what bridges announce."""

    def __init__(
        self,
        broker: BrokerAddress,
        home: Home,
        language: Language = "ko",
        known: Lexicon | None = None,
        clock: Callable[[], datetime] = local_time,
        *,
        rules: Mapping[str, Rule] | None = None,
        sleep: Callable[[float], Coroutine[None, None, None]] = asyncio.sleep,
    ) -> None:
        """`known` is the lexicon, with the household's own sentences where there are any.

        `rules` are those of the settings for what comes from outside.
        """
        self.language: Language = language
        self.bus = Bus(broker, "jipsa-butler")
        self.bus.subscribe(Topic.UTTERANCE, self._on_utterance)
        self.bus.subscribe(Topic.device("+", "about"), self._on_about)
        self.bus.subscribe(Topic.bridge("+", "state"), self._on_bridge)
        self.bus.subscribe(Topic.bridge("+", "info"), self._on_info)
        self.house = KnownHome(home, clock, known)
        self._announced = asyncio.Event()
        self._home_made = False
        self._bridges: dict[str, str] = {}
        self._owners = Owners()
        self._dialogue = Dialogue(self.house.understand)
        self._telling = Telling(self.bus)
        self._permission = Permission(self.house, rules or {}, self._telling, language, clock, sleep)
        self._seen: Recent[str, None] = Recent()
        self._working: set[str] = set()
        self._throttle = Throttle(*MANNERS)
        self._floods = Complaints(log, *ONCE_A_MINUTE)
        self._asker = Asker(self.bus)
        self._tasks: set[asyncio.Task[None]] = set()

    def condition(self) -> Condition:
        """How the butler is, for systemd: ready once it was connected, and a home was made ready."""
        return condition_of(self.bus, f"butler: {len(self.house.home.devices)} devices", ready=self._home_made)

    async def run(self) -> None:
        """Serve until cancelled."""
        async with self.bus.running():
            try:
                async for home in self.house.settled():
                    self._home_made = True
                    self.bus.publish(Topic.HOME, home.to_json(), retain=True)
            finally:
                self._permission.end()
                for task in list(self._tasks):
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    async def ready(self, devices: Iterable[str]) -> None:
        """Wait until a bridge has announced each of these devices."""
        wanted = set(devices)
        while not wanted <= self.house.abouts.keys():
            self._announced.clear()
            await self._announced.wait()

    def change_home(self, home: Home) -> None:
        """From now on the home file says this."""
        self.house.change(home)

    def change_rules(self, rules: Mapping[str, Rule]) -> None:
        """From now on the settings say this of what comes from outside."""
        self._permission.rules = rules

    def _on_about(self, topic: str, payload: bytes) -> None:
        device = topic.split("/")[2]
        self._owners.announce(device, About.from_payload(topic, payload) if payload else None)
        self._believe({device})

    def _on_info(self, topic: str, payload: bytes) -> None:
        devices = BridgeInfo.from_payload(topic, payload).devices if payload else ()
        self._believe(self._owners.list(topic.split("/")[2], devices))

    def _believe(self, devices: Iterable[str]) -> None:
        for device in devices:
            self.house.announce(device, self._owners.about(device))
        self._announced.set()

    def _on_bridge(self, topic: str, payload: bytes) -> None:
        bridge = topic.split("/")[2]
        if payload:
            self._bridges[bridge] = ServiceState.from_payload(topic, payload).state
        else:
            self._bridges.pop(bridge, None)
        self._believe(self._owners.there(bridge, online=self._bridges.get(bridge) != "offline"))

    def _on_utterance(self, topic: str, payload: bytes) -> None:
        utterance = Utterance.from_payload(topic, payload)
        if utterance.id in self._seen:
            self._tell_again(utterance)
            return
        if not self._throttle.admits(utterance.satellite or ""):
            speaker = utterance.satellite or "no satellite"
            flood = f"more than {MANNERS[0]:g} sentences a second came from {speaker}; what is above that is dropped"
            self._floods.tell("", f"{topic}: {flood}")
            return
        self._seen.put(utterance.id, None)
        self._telling.begin(utterance)
        self._spawn(self._serve(utterance) if utterance.carry_out else self._explain(utterance))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _tell_again(self, utterance: Utterance) -> None:
        """Publish what was published about it once more; where only the answer is missing, when there is one."""
        if utterance.carry_out or utterance.id not in self._working:
            self._telling.again(utterance)

    async def _serve(self, utterance: Utterance) -> None:
        logs.about(utterance=utterance.id)
        asks = False
        self._working.add(utterance.id)
        try:
            said, asks = await self._reply(utterance)
        except Exception:
            log.exception("%s: %r failed", Topic.UTTERANCE, utterance.text)
            said = text("butler.failed", self.language)
        finally:
            self._working.remove(utterance.id)
        self._dialogue.answered(utterance, said)
        self._telling.answer(utterance, said, asks=asks)

    async def _explain(self, utterance: Utterance) -> None:
        """Tell what an utterance means by itself, and do nothing."""
        await self.house.caught_up()
        understood = self.house.understand(utterance.text, utterance.room)
        sent = addressed(utterance, understood.intents, self.house.abouts, confirmed=False)
        self._telling.tell(utterance, Topic.UNDERSTOOD, trace(utterance, understood, sent))

    async def _reply(self, utterance: Utterance) -> tuple[str, bool]:
        """What is said to an utterance, and whether that is a question."""
        await self.house.caught_up()
        if (request := self._permission.request) is not None and not self._dialogue.asks(utterance):
            understood = self.house.understand(utterance.text, utterance.room)
            if (allowed := self._permission.answer(utterance, understood)) is not None:
                self._permission.end()
                return await self._decided(utterance, understood, request, allowed=allowed)
        turn = self._dialogue.turn(utterance, self.house.home)
        if turn.says is not None or turn.repeats:
            self._telling.tell(utterance, Topic.UNDERSTOOD, trace(utterance, turn.understood, []))
            said = text(turn.says, self.language) if turn.says else self._dialogue.session(utterance).answer
            return said, turn.asks
        return await self._carry_out(utterance, turn)

    async def _carry_out(self, utterance: Utterance, turn: Turn) -> tuple[str, bool]:
        understood = turn.understood
        if understood.refused is not None:
            ask = self._to_agent(utterance)
            if ask is None or understood.refused is not Refusal.NOT_A_COMMAND:
                self._telling.tell(utterance, Topic.UNDERSTOOD, trace(utterance, understood, []))
                asks = understood.refused in ASKING
                if asks:
                    self._dialogue.carried_out(utterance, understood, (), self.house.home, asked=True)
                return refusal(understood, self.house.home, self.language), asks
            understood = replace(understood, refused=None, intents=(ask,), words=())
        before, now = (self._permission.judge(utterance, acts) for acts in (turn.undone, understood.intents))
        asked, refused = [*before.ask, *now.ask], [*before.refuse, *now.refuse]
        asks = bool(asked) and self._permission.request is None  # only one is asked about at a time
        held = ASKS_INSIDE if asks else NOT_OUTSIDE if asked or refused else None
        sentences, open_acts, done, missing = [], [], [], False
        # 거실 불이랑 주방 불 꺼줘 is one act on two targets: done at once, told in one sentence.
        allowed = replace(understood, intents=(*before.allow, *now.allow))
        for acts, shares, replies in await self._send(utterance, allowed, held, confirmed=turn.confirmed):
            if acts[0] in before.allow:
                continue
            waits = unconfirmed(acts[0], list(zip(shares, replies, strict=True)))
            if waits and not self._permission.may_confirm(utterance, waits):
                asked, waits = [*asked, *waits], []
                replies = [reply for reply in replies if not wants_confirmed(reply)]
            open_acts += waits
            sentences += [answer(acts[0], replies, self.house.home, self.language)] if replies else []
            missing = missing or any(reply.error and reply.error.code == ErrorCode.MISSING for reply in replies)
            changed = frozenset(device for reply in replies for device, what in reply.changed.items() if what)
            done += [(act, changed) for act in acts if replies and all(reply.ok for reply in replies)]
        sentences += [self._permission.refusal(refused)] if refused else []
        sentences += [self._permission.ask(utterance, asked)] if asked else []
        if open_acts:
            self._dialogue.waits(utterance, open_acts)
        self._dialogue.carried_out(utterance, understood, done, self.house.home, asked=missing)
        return " ".join(sentences), bool(open_acts) or missing

    def _to_agent(self, utterance: Utterance) -> Resolved | None:
        """What asks an agent, where there is one that may be asked."""
        agent = next((about.id for about in self.house.abouts.values() if about.type == AGENT), None)
        ask = None if agent is None else Resolved("JipsaAsk", {"query": utterance.text}, (agent,))
        return ask if ask is not None and self._permission.judge(utterance, [ask]).allow else None

    async def _decided(
        self, utterance: Utterance, understood: Understanding, request: Request, *, allowed: bool
    ) -> tuple[str, bool]:
        """Do what somebody inside allows, or leave it; returns what is said to who decided."""
        if allowed:
            turn = Turn(replace(understood, intents=request.acts), confirmed=True)
            said, asks = await self._carry_out(utterance, turn)
            self._permission.tell_outside(request, text("permission.allowed", self.language, done=said))
            return said, asks
        left = replace(understood, intents=(), refused=None)
        self._telling.tell(utterance, Topic.UNDERSTOOD, trace(utterance, left, []))
        if utterance.satellite != request.utterance.satellite:
            self._permission.tell_outside(request, text("permission.denied", self.language))
        return text("butler.left", self.language), False

    async def _send(
        self, utterance: Utterance, understood: Understanding, held: str | None, *, confirmed: bool
    ) -> list[tuple[list[Resolved], list[list[str]], list[Reply]]]:
        """Send all intents; returns the acts that are one, the devices of each intent, and the reply to each."""
        sent = addressed(utterance, understood.intents, self.house.abouts, confirmed=confirmed)
        self._telling.tell(utterance, Topic.UNDERSTOOD, trace(utterance, understood, sent, held))
        told = []
        for _, same in groupby(sent, key=lambda pair: act(pair[0])):
            acts = list(same)
            intents = [pair for _, shares in acts for pair in shares]
            replies = await asyncio.gather(*(self._ask(bridge, intent) for bridge, intent in intents))
            told.append(([act for act, _ in acts], [intent.targets for _, intent in intents], list(replies)))
        return told

    async def _ask(self, bridge: str, intent: Intent) -> Reply:
        """Send the intent until its bridge replies or it expires."""
        if not bridge:
            return self._no_reply(intent, bridge, ErrorCode.DEVICE_OFFLINE, "butler.no_bridge")
        # A bridge that left may be on its way back, but nobody waits long for one that is known to be gone.
        patience = INTENT_LIFETIME if self._bridges.get(bridge) != "offline" else OFFLINE_PATIENCE
        reply = await self._asker.ask(bridge, intent, min(intent.expires_at, intent.issued_at + patience))
        if reply is not None:
            return reply
        log.warning("%s: %s was not answered", Topic.intent(bridge), intent.intent)
        return self._no_reply(intent, bridge, ErrorCode.NO_ANSWER, "butler.no_answer")

    def _no_reply(self, intent: Intent, bridge: str, code: ErrorCode, key: str) -> Reply:
        named = [device.name for i in intent.targets if (device := self.house.home.device(i))]
        message = text(key, self.language, device=", ".join(named) or bridge, bridge=bridge)
        return Reply(id=intent.id, bridge=bridge or "none", ok=False, error=Error(code=code, message=message))
