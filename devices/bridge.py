"""What every bridge does, once: announce devices, report states, take commands, answer each of them exactly once.

A new bridge subclasses `Bridge`, calls `announce` for its devices and `report` for what changes, and implements
`set`. Everything else of the contract (docs/contract.md) is here: intents and their replies, `set` topics, expired
and repeated and malformed messages, availability, will, info, health and requests.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar
from weakref import WeakValueDictionary

from devices.answering import Answering, check_time
from devices.commands import COMMANDS, QUERIES, Changes, CommandError, changes_for
from devices.manners import Manners
from devices.setting import Setting
from hub import logs
from hub.address import BrokerAddress
from hub.bus import Bus
from hub.messages import (
    CONTRACT_VERSION,
    INTENT_LIFETIME,
    About,
    BridgeHealth,
    BridgeInfo,
    Error,
    ErrorCode,
    Intent,
    LogLine,
    Reply,
    Response,
    ServiceState,
    Topic,
)
from hub.notify import Condition, condition_of
from hub.payloads import MOST_DEVICES, Value, is_id, now, read_object
from hub.printable import line
from hub.texts import Language, text
from hub.together import end

log = logging.getLogger(__name__)

INFO_PAUSE = 0.25
"""Seconds in which more devices may come before they are listed: of what comes oftener, some is dropped (limits.py)."""

HEALTH_INTERVAL = 60.0
"""Seconds between two health messages."""

RESTART_PAUSE = 5.0
"""Seconds that a bridge is there at least: who asks for a restart before waits, and several who ask get one."""


class Bridge(ABC):
    """The hands of the hub: owns some devices, says what they are, reports their state, carries intents out."""

    name: ClassVar[str]
    """The bridge's name in topics: ASCII."""

    def __init__(self, broker: BrokerAddress, language: Language = "ko") -> None:
        self.language: Language = language
        self.abouts: dict[str, About] = {}
        self.states: dict[str, dict[str, Value]] = {}
        self._online: dict[str, bool] = {}
        offline = (Topic.bridge(self.name, "state"), ServiceState(state="offline"))
        self.bus = Bus(broker, f"jipsa-{self.name}", will=offline)
        self.bus.subscribe(Topic.bridge(self.name, "request/+"), self._on_request)
        manners = Manners(self.name, self.bus)
        self._answering = Answering(self, manners)
        self._setting = Setting(self, manners)
        self._tasks: set[asyncio.Task[None]] = set()
        self._asked: set[asyncio.Task[None]] = set()  # those that do what somebody waits for
        self._restart = asyncio.Event()
        self.leaves = False
        """Whether the bridge takes nothing new any more, as another one will soon be in its place."""
        self._former: set[str] = set()  # devices of the bridge before this one that are not announced yet
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._info_due = False
        self.announced = asyncio.Event()
        """Set when the devices that were there at first are announced; a bridge that must find them first clears it."""
        self.announced.set()
        self.holds = False
        """Whether the connection to the devices was made."""
        self._started = time.monotonic()

    # What a bridge implements.

    @abstractmethod
    async def set(self, device: str, changes: Changes) -> None:
        """Carry out `changes` (already checked) on `device`; new states come by `report`.

        Raises CommandError, or an OSError where the device cannot be reached.
        """

    def permit(self, device: str, changes: Changes, confirmed: bool) -> None:
        """Object to `changes` (already checked) by raising CommandError; `confirmed` when a person has said yes."""
        return

    async def carry_out(self, intent: Intent) -> Reply:
        """Carry one intent out and say what became of it; raises CommandError. Skills override this."""
        if intent.intent not in COMMANDS and intent.intent not in QUERIES:
            raise self.error(ErrorCode.UNKNOWN_INTENT, "bridge.unknown_intent", bridge=self.name, intent=intent.intent)
        if not intent.targets:
            raise self.error(ErrorCode.UNKNOWN_DEVICE, "bridge.no_targets")
        for device in intent.targets:
            if device not in self.abouts:
                raise self.error(ErrorCode.UNKNOWN_DEVICE, "bridge.unknown_device", device=device)
        if intent.intent in QUERIES:
            states = {device: dict(self.states.get(device, {})) for device in intent.targets}
            return Reply(id=intent.id, bridge=self.name, ok=True, state=states)
        outcomes = await asyncio.gather(*(self._apply(device, intent) for device in intent.targets))
        ended = list(zip(intent.targets, outcomes, strict=True))
        changed = {device: outcome for device, outcome in ended if not isinstance(outcome, Error)}
        errors = [outcome for _, outcome in ended if isinstance(outcome, Error)]
        error = next((one for one in errors if one.code == ErrorCode.CONFIRM), errors[0] if errors else None)
        return Reply(id=intent.id, bridge=self.name, ok=error is None, changed=changed, error=error)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Hold the connection to the devices while the block lasts; the bus is already running."""
        yield

    async def request(self, verb: str, arguments: Mapping[str, Value]) -> dict[str, Value]:
        """Answer `bridge/<name>/request/<verb>`; raises CommandError for a verb that is not known."""
        if verb == "health_check":
            return {"healthy": self.bus.connected.is_set()}
        if verb == "restart":
            self._restart.set()
            return {}
        raise self.error(ErrorCode.UNKNOWN_INTENT, "bridge.unknown_intent", bridge=self.name, intent=verb)

    @property
    def healthy(self) -> bool:
        """Whether all that should go on in the background does; a bridge with tasks of its own adds them."""
        return True

    def succeed(self, former: Bridge) -> None:
        """Take the place of the bridge that ran before, which has ended: what it answered is not done again."""
        self._answering.succeed(former._answering)
        self._former = former._former | former.abouts.keys()

    # What a bridge calls.

    def announce(self, about: About) -> None:
        """Publish what a device is; its first state and availability follow by `report` and `available`."""
        if self.abouts.get(about.id) == about:
            return
        self.abouts[about.id] = about
        self.bus.publish(Topic.device(about.id, "about"), about, retain=True)
        self._publish_info()

    def retire(self, device: str) -> None:
        """Take a device that is gone off the broker."""
        self._former.discard(device)
        self.abouts.pop(device, None)
        self.states.pop(device, None)
        self._online.pop(device, None)
        for what in ("about", "state", "available"):
            self.bus.forget(Topic.device(device, what))
        self._publish_info()

    def complete(self) -> None:
        """Say that all devices are announced: what only the bridge before this one had is gone."""
        for device in self._former - self.abouts.keys():
            self.retire(device)
        self._former.clear()

    def report(self, device: str, changes: Mapping[str, Value]) -> Changes:
        """Merge `changes` into the device's state and publish it; returns what really changed."""
        state = self.states.setdefault(device, {})
        fresh = {name: value for name, value in changes.items() if name not in state or state[name] != value}
        if fresh:
            state.update(fresh)
            payload = {**state, "updated_at": now().isoformat()}
            self.bus.publish(Topic.device(device, "state"), _json(payload), retain=True)
        return fresh

    def available(self, device: str, online: bool) -> None:
        """Say whether a device that is announced can be reached."""
        if device in self.abouts and self._online.get(device) is not online:
            self._online[device] = online
            self.bus.publish(Topic.device(device, "available"), "online" if online else "offline", retain=True)

    def log(self, level: str, message: str) -> None:
        """Write a line to this machine's log and to whoever watches the bridge over MQTT."""
        log.log(logging.getLevelNamesMapping()[level.upper()], "%s: %s", self.name, message)
        told = LogLine.model_validate({"level": level, "message": line(message)})
        self.bus.publish(Topic.bridge(self.name, "log"), told)

    def error(self, code: ErrorCode, key: str, **values: object) -> CommandError:
        """A CommandError with the sentence `key` in the bridge's language."""
        return CommandError(code, text(key, self.language, **values))

    def lock(self, key: str) -> asyncio.Lock:
        """What lets one at a time do something to what `key` names; it is there for as long as somebody holds it."""
        return self._locks.setdefault(key, asyncio.Lock())

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run `work` beside everything else; it is ended with the bridge."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def carry(self, work: Coroutine[None, None, None]) -> None:
        """Run what somebody waits for; a bridge that leaves finishes it."""
        task = self.spawn(work)
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)

    async def change(
        self,
        device: str,
        wanted: Callable[[Mapping[str, Value]], Changes],
        confirmed: bool,
        in_time: Callable[[], None] = lambda: None,
    ) -> Changes:
        """Set what is `wanted` in the device's state, one at a time; returns what has changed. Raises CommandError."""
        async with self.lock(device):
            in_time()  # others may have come first, and taken long
            before = dict(self.states.get(device, {}))
            changes = wanted(before)
            self.permit(device, changes, confirmed)
            try:
                await self.set(device, changes)
            except OSError as error:  # of the network or the wire that the device hangs on
                log.warning("%s: %s: %s", device, type(error).__name__, error)
                raise self.error(ErrorCode.DEVICE_OFFLINE, "bridge.offline", device=self.abouts[device].name) from error
            after = self.states.get(device, {})
            return {name: value for name, value in after.items() if name not in before or before[name] != value}

    def condition(self) -> Condition:
        """How the bridge is, for systemd: ready once it was connected, and all that it announces arrived."""
        ready = self.holds and self.announced.is_set() and not self._info_due and self.bus.queued == 0
        status = f"{self.name}: {len(self.abouts)} devices"
        return condition_of(self.bus, status, ready=ready, healthy=self.healthy)

    async def run(self) -> None:
        """Serve until cancelled, or until a restart is asked for: whoever runs it then makes another one."""
        self.bus.publish(Topic.bridge(self.name, "state"), ServiceState(state="online"), retain=True)
        async with self.bus.running(), self.connected():
            self.holds = True
            self._publish_info()  # also where there are no devices
            try:
                while not self._restart.is_set():
                    self._report_health()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(HEALTH_INTERVAL):
                            await self._restart.wait()
                await self._leave()
            finally:
                await end(*self._tasks)

    async def _leave(self) -> None:
        """Finish what was asked for; what is asked for from now on, who asks sends again to the next bridge."""
        await asyncio.sleep(self._started + RESTART_PAUSE - time.monotonic())
        self.leaves = True
        if self._asked:
            await asyncio.wait(self._asked, timeout=INTENT_LIFETIME.total_seconds())

    async def _apply(self, device: str, intent: Intent) -> Changes | Error:
        logs.about(device=device)
        about = self.abouts[device]
        try:
            at = now().astimezone()
            wanted = partial(changes_for, intent.intent, intent.slots, about, now=at, language=self.language)
            return await self.change(device, wanted, intent.confirmed, partial(check_time, intent, self.language))
        except CommandError as error:
            return Error(code=error.code, message=str(error))
        except Exception:
            log.exception("%s: %s failed", device, intent.intent)
            return Error(code=ErrorCode.DEVICE_ERROR, message=text("bridge.failed", self.language, device=about.name))

    def _on_request(self, topic: str, payload: bytes) -> None:
        arguments = read_object(topic, payload) if payload.strip() else {}
        if not self.leaves:
            self.carry(self._respond(topic.rpartition("/")[2], arguments))

    async def _respond(self, verb: str, arguments: Mapping[str, Value]) -> None:
        transaction = arguments.get("transaction")
        key = transaction if isinstance(transaction, str) and is_id(transaction) else None
        try:
            response = Response(status="ok", data=await self.request(verb, arguments), transaction=key)
        except CommandError as error:
            response = Response(status="error", error=str(error), transaction=key)
        except Exception:
            log.exception("%s failed", Topic.bridge(self.name, f"request/{verb}"))
            sentence = text("bridge.failed", self.language, device=self.name)
            response = Response(status="error", error=sentence, transaction=key)
        self.bus.publish(Topic.bridge(self.name, f"response/{verb}"), response)

    def _publish_info(self) -> None:
        """Publish what the bridge has, once for all devices that are announced at a time."""
        if not self._info_due:
            self._info_due = True
            self.spawn(self._list())

    async def _list(self) -> None:
        await asyncio.sleep(INFO_PAUSE)
        await self.announced.wait()  # a list of some would make the others strangers
        self._info_due = False
        self._tell_info()

    def _tell_info(self) -> None:
        info = BridgeInfo(
            version=version("jipsa"), contract=CONTRACT_VERSION, devices=sorted(self.abouts)[:MOST_DEVICES]
        )
        self.bus.publish(Topic.bridge(self.name, "info"), info, retain=True)

    def _report_health(self) -> None:
        resident_pages = int(Path("/proc/self/statm").read_text().split()[1])
        health = BridgeHealth(
            uptime=round(time.monotonic() - self._started, 1),
            memory=resident_pages * os.sysconf("SC_PAGE_SIZE"),
            queue=self.bus.queued,
            received=self.bus.received,
            published=self.bus.published,
        )
        self.bus.publish(Topic.bridge(self.name, "health"), health, retain=True)


def _json(value: Mapping[str, Value]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
