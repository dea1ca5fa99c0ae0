"""Announcements: what somebody has to say to everybody or to one room, and what is answered from there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from devices.genie.skill import Desk, Handler, Skill
from hub.korean.jamo import squash
from hub.limits import MOST_SATELLITES
from hub.messages import ALL_SATELLITES, ErrorCode, Intent, Say, Topic
from hub.recent import Recent
from hub.remote.rules import is_remote

LONGEST: Final = 200
"""Characters of one announcement."""

ANSWERED_WITHIN: Final = 60.0
"""Seconds that an answer to what was asked everywhere may take."""

_QUOTED: Final = ("자", "라", "다", "냐")
"""How a sentence ends that is told with -고: 밥 먹자고, 손 씻으라고, 택배 왔다고."""


class BroadcastSkill(Skill):
    """Announcements over the loudspeakers of the satellites, which say in which room they stand."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._callers: Recent[str, str] = Recent(MOST_SATELLITES)
        """Who announced something last where: satellite → satellite."""
        self._answer_until = 0.0
        """Until when somebody at home may answer what was asked everywhere, by the clock that never jumps."""
        desk.bus.subscribe(Topic.say(ALL_SATELLITES), self._on_said)

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return {"HassBroadcast": self.announce, "JipsaAnswerBroadcast": self.answer}

    async def announce(self, intent: Intent) -> str:
        """Tell everybody the slot `message`, or those in the room `area`."""
        said = self._told(intent, "broadcast_from")
        area = intent.slots.get("area")
        if not isinstance(area, str):
            self._remember(intent, self._rooms)
            self.desk.say(None, said)
            return self.text("broadcast")
        there = [satellite for satellite, room in self._rooms.items() if squash(room) == squash(area)]
        if not there:
            raise self.error(ErrorCode.NOT_FOUND, "no_loudspeaker", room=area)
        self._remember(intent, there)
        for satellite in there:
            self.desk.say(satellite, said)
        return self.text("broadcast_to", room=area)

    async def answer(self, intent: Intent) -> str:
        """Tell it where the last announcement here came from."""
        said = self._told(intent, "broadcast_answer")
        caller = self._callers.get(intent.satellite or "")
        if caller is None:
            raise self.error(ErrorCode.NOT_FOUND, "no_broadcast")
        if is_remote(caller):
            self.desk.bus.publish(Topic.say(caller), Say(text=said))  # who is outside is no satellite that is there
        else:
            self.desk.say(caller, said)
        return self.text("broadcast_answered")

    @property
    def _rooms(self) -> dict[str, str]:
        """In which room each satellite stands that says it."""
        return {satellite: told.room for satellite, told in self.desk.satellites.items() if told.room is not None}

    def _told(self, intent: Intent, key: str) -> str:
        message = intent.slots.get("message")
        if not isinstance(message, str) or not message.strip() or len(message) > LONGEST:
            raise self.error(ErrorCode.BAD_PAYLOAD, "no_message")
        if is_remote(intent.satellite) and self.desk.clock.monotonic() < self._answer_until:
            # Else who is outside could have one loudspeaker say yes to what another microphone asks.
            raise self.error(ErrorCode.NOT_NOW, "broadcast_not_now")
        message = message.strip()
        if self.desk.language == "ko" and message.endswith(_QUOTED) and not message.endswith("니다"):
            message = f"{message}고 해요."
        room = self.text("outside") if is_remote(intent.satellite) else self._rooms.get(intent.satellite or "")
        return self.text(key, room=room, message=message) if room else message

    def _on_said(self, topic: str, payload: bytes) -> None:
        if Say.from_payload(topic, payload).asks:
            self._answer_until = self.desk.clock.monotonic() + ANSWERED_WITHIN

    def _remember(self, intent: Intent, there: Mapping[str, str] | list[str]) -> None:
        if intent.satellite is not None:
            for satellite in there:
                if satellite != intent.satellite:
                    self._callers.put(satellite, intent.satellite)
