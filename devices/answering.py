"""The intents that come to a bridge: each is carried out at most once, and answered each time that it comes."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from devices.commands import CommandError
from devices.manners import Manners
from hub import logs
from hub.limits import LONGEST_TOLD
from hub.messages import Error, ErrorCode, Intent, Reply, Topic
from hub.payloads import PayloadError, is_id, now, read_object
from hub.printable import line
from hub.recent import Recent
from hub.texts import Language, text

if TYPE_CHECKING:
    from devices.bridge import Bridge

log = logging.getLogger(__name__)

MOST_REPLIES = 100
"""Replies that are kept for who asks again; each may tell of the whole home."""

NOT_TWICE: Final = frozenset(
    {
        *("JipsaAdjust", "HassSetVolumeRelative", "HassMediaNext", "HassMediaPrevious"),
        *("HassIncreaseTimer", "HassDecreaseTimer", "JipsaSnooze", "JipsaRoutine"),
    }
)
"""Intents that do more when they are carried out once more; with all others, all is then as it was."""


class Answering:
    """Takes the intents of one bridge."""

    def __init__(self, bridge: Bridge, manners: Manners) -> None:
        self._bridge = bridge
        self._manners = manners
        self._seen: Recent[str, None] = Recent()
        self._replies: Recent[str, Reply] = Recent(MOST_REPLIES)
        self._since = now()
        bridge.bus.subscribe(Topic.intent(bridge.name), self._on_intent)

    def succeed(self, former: Answering) -> None:
        """Know what the bridge before this one was asked, and what it answered."""
        self._seen, self._replies, self._since = former._seen, former._replies, former._since

    def _on_intent(self, topic: str, payload: bytes) -> None:
        try:
            intent = Intent.from_payload(topic, payload)
        except PayloadError as error:
            self._refuse_payload(topic, payload, str(error))
            return
        if self._bridge.leaves:
            return
        if intent.id in self._seen:
            # Sent again because nobody heard the answer: answer again, but act only once.
            known = self._replies.get(intent.id)
            if known is not None:
                self._bridge.bus.publish(Topic.reply(intent.id), known)
        elif self._manners.takes(intent):
            self._seen.put(intent.id, None)
            self._manners.unanswered += 1
            self._bridge.carry(self._answer(intent))
        else:
            self._refuse(intent.id, self._bridge.error(ErrorCode.NOT_NOW, "bridge.too_many"))

    async def _answer(self, intent: Intent) -> None:
        logs.about(utterance=intent.utterance_id, intent=intent.id)
        bridge = self._bridge
        try:
            await self._settled(intent)
            check_time(intent, bridge.language)
            if intent.intent in NOT_TWICE and intent.issued_at < self._since:
                # A bridge that was killed may have carried it out.
                raise bridge.error(ErrorCode.NOT_NOW, "bridge.perhaps_done")
            reply = await bridge.carry_out(intent)
        except CommandError as error:
            reply = self._failure(intent.id, error)
        except Exception:
            log.exception("%s: %s failed", Topic.intent(bridge.name), intent.intent)
            device = ", ".join(intent.targets) or bridge.name
            reply = self._failure(intent.id, bridge.error(ErrorCode.DEVICE_ERROR, "bridge.failed", device=device))
        finally:
            self._manners.unanswered -= 1
        self._replies.put(intent.id, reply)
        bridge.bus.publish(Topic.reply(intent.id), reply)

    async def _settled(self, intent: Intent) -> None:
        """Wait until the bridge, which may just have started, knows its devices, or it is too late."""
        with suppress(TimeoutError):
            async with asyncio.timeout((intent.expires_at - now()).total_seconds()):
                await self._bridge.announced.wait()

    def _refuse_payload(self, topic: str, payload: bytes, reason: str) -> None:
        self._manners.complain("intent", reason)
        try:
            intent_id = read_object(topic, payload).get("id")
        except PayloadError:
            return
        if isinstance(intent_id, str) and is_id(intent_id):
            reason = line(reason, LONGEST_TOLD)
            self._refuse(intent_id, self._bridge.error(ErrorCode.BAD_PAYLOAD, "bridge.bad_payload", reason=reason))

    def _refuse(self, intent_id: str, error: CommandError) -> None:
        """Answer what is not carried out; of a flood, only some."""
        if self._manners.answers():
            self._bridge.bus.publish(Topic.reply(intent_id), self._failure(intent_id, error))

    def _failure(self, intent_id: str, error: CommandError) -> Reply:
        code, told = error.code, str(error)
        return Reply(id=intent_id, bridge=self._bridge.name, ok=False, error=Error(code=code, message=told))


def check_time(intent: Intent, language: Language) -> None:
    """Raise CommandError where the intent has come too late to be carried out."""
    if intent.expired(now()):
        raise CommandError(ErrorCode.EXPIRED, text("bridge.expired", language))
