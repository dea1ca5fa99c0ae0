"""Who outside has sent what, and what of all that is said at home is for them.

At home, nobody outside has a name of their own: their satellite is called after their key, and the ids of their
utterances and intents are made anew of it, always the same for the same. So what comes from outside can neither be
taken for something of the home's, nor for that of another key; and only what has such an id or satellite goes out.
"""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple, TypeVar

from hub.limits import LARGEST
from hub.messages import ALL_SATELLITES, INTENT_LIFETIME, Intent, Reply, Say, Topic, Understood, Utterance
from hub.payloads import Message, PayloadError, now
from hub.recent import Recent
from hub.remote.envelope import Answer
from hub.remote.rules import REMOTE

SOURCE: Final = "remote"
"""Source of utterances from outside."""

NOT_LET_IN: Final = "not_let_in"
"""Why an utterance is refused of which the butler never hears."""

LARGEST_ANSWER: Final = LARGEST // 2 - 1_000
"""Bytes of what is sent out: in an answer, each of them takes two at most."""

M = TypeVar("M", bound=Message)


class Sender(NamedTuple):
    """Who sent something: the key, the satellite as which it was sent, and the id that it had there."""

    key: str
    satellite: str | None
    id: str


class Senders:
    """Remembers what was let in, for as long as it can be answered."""

    def __init__(self) -> None:
        self._utterances: Recent[str, Sender] = Recent()
        self._intents: Recent[str, Sender] = Recent()

    def utterance(self, key: str, said: Utterance) -> Utterance:
        """An utterance as it is said at home."""
        inside = said.model_copy(
            update={"id": _inside(key, said.id), "satellite": REMOTE + key, "source": SOURCE, "heard_at": now()}
        )
        self._utterances.put(inside.id, Sender(key, said.satellite, said.id))
        return inside

    def intent(self, key: str, sent: Intent) -> Intent:
        """An intent as it is sent at home."""
        moment = now()
        inside = sent.model_copy(
            update={
                "id": _inside(key, sent.id), "satellite": REMOTE + key, "utterance_id": None,
                "issued_at": moment, "expires_at": moment + INTENT_LIFETIME,
            }
        )  # fmt: skip
        self._intents.put(inside.id, Sender(key, sent.satellite, sent.id))
        return inside

    def understood(self, heard: Understood) -> Answer | None:
        """For whom this is, and as they know it; None: for nobody outside. Replies to its intents are theirs, too."""
        sender = self._utterances.get(heard.utterance_id)
        if sender is None:
            return None
        for intent in heard.intents:
            self._intents.put(intent.id, Sender(sender.key, sender.satellite, intent.id))
        return answer(sender.key, Topic.UNDERSTOOD, _as(heard, utterance_id=sender.id, satellite=sender.satellite))

    def said(self, key: str, heard: Say) -> Answer:
        """What was said to the satellite of a key: to who asked for it, or else to all who have that key."""
        sender = self._utterances.get(heard.utterance_id or "")
        if sender is None or sender.key != key:
            return answer(key, Topic.say(ALL_SATELLITES), _as(heard, utterance_id=None))
        return answer(key, Topic.say(sender.satellite or ALL_SATELLITES), _as(heard, utterance_id=sender.id))

    def waits_for(self, intent: str) -> bool:
        """Whether the reply to an intent is for somebody outside."""
        return intent in self._intents

    def replied(self, heard: Reply) -> Answer | None:
        """The same for the reply to an intent."""
        sender = self._intents.get(heard.id)
        return None if sender is None else answer(sender.key, Topic.reply(sender.id), _as(heard, id=sender.id))


def answer(key: str, topic: str, message: Message) -> Answer:
    """A message for who has this key, on the topic on which it would be heard at home. Raises PayloadError."""
    payload = message.to_payload()
    if len(payload) > LARGEST_ANSWER:
        raise PayloadError(f"{topic}: {len(payload)} bytes are too many for an answer to the key {key}")
    return Answer(key=key, topic=topic, payload=payload.decode())


def _as(message: M, **known: str | None) -> M:
    return message.model_copy(update=known)


def _inside(key: str, outside: str) -> str:
    """The id at home of what has this one outside."""
    return hashlib.sha256(f"{key}/{outside}".encode()).hexdigest()[:32]
