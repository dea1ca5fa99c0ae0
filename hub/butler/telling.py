"""What is published about utterances, kept for a while for who has not heard it."""

from __future__ import annotations

from hub.bus import Bus
from hub.messages import ALL_SATELLITES, Say, Topic, Utterance
from hub.payloads import Message
from hub.recent import Recent

MOST_TOLD = 200
"""Utterances of which is kept what was said to them: a speaker asks for an answer within 20 seconds, or never."""


class Telling:
    """Publishes on a bus."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._told: Recent[str, list[tuple[str, bytes]]] = Recent(MOST_TOLD)
        """By the id of an utterance, what was published about it: topics and payloads."""

    def begin(self, utterance: Utterance) -> None:
        """Keep from now on what is told of an utterance."""
        self._told.put(utterance.id, [])

    def tell(self, utterance: Utterance, topic: str, message: Message) -> None:
        """Publish something about an utterance, and keep it for who has not heard it."""
        payload = message.to_payload()
        self._bus.publish(topic, payload)
        if (told := self._told.get(utterance.id)) is not None:
            told.append((topic, payload))

    def answer(self, utterance: Utterance, said: str, *, asks: bool = False) -> None:
        """Have it said where the utterance came from."""
        if utterance.satellite is not None:
            say = Say(text=said, priority="answer", utterance_id=utterance.id, asks=asks)
            self.tell(utterance, Topic.say(utterance.satellite), say)

    def everywhere(self, said: str, *, asks: bool) -> None:
        """Have it said at every satellite; it is about no utterance that was said there."""
        self._bus.publish(Topic.say(ALL_SATELLITES), Say(text=said, asks=asks))

    def again(self, utterance: Utterance) -> None:
        """Publish once more what was published about it."""
        for topic, payload in self._told.get(utterance.id) or ():
            self._bus.publish(topic, payload)
