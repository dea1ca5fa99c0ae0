"""The way of each sentence through the hub, as data for the page: heard, understood, sent, replied, answered.

docs/contract.md says which messages these are. The times are milliseconds since the sentence was heard.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

from hub.messages import Reply, SatelliteHeard, Say, Understood, Utterance
from hub.payloads import Message, new_id, now
from hub.recent import Recent

MOST = 50
"""Sentences that are kept for pages that come later."""

Sentence = dict[str, Any]
"""What is known of a sentence, as JSON; its keys are those of the messages that tell it."""


class Sentences:
    """The last sentences of the home, in the order in which they were said."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: OrderedDict[str, Sentence] = OrderedDict()
        self._begun: dict[str, float] = {}
        self._heard: Recent[str, dict[str, Any]] = Recent(MOST)
        self._intents: Recent[str, str] = Recent()
        self._says: Recent[str, None] = Recent()

    def __iter__(self) -> Iterator[Sentence]:
        return iter(self._known.values())

    def said(self, utterance: Utterance) -> Sentence | None:
        """An utterance was published; None where it only was to be explained, or was said again."""
        if not utterance.carry_out or utterance.id in self._known:
            return None
        sentence = self._begin(utterance.id, told(utterance, "text", "satellite", "room", "source", "confidence"))
        sentence |= {"unsure": utterance.unsure, **(self._heard.get(utterance.id) or {})}
        self._step(sentence, "said")
        return sentence

    def heard(self, satellite: str, heard: SatelliteHeard) -> Sentence | None:
        """Ears have heard something that was meant for them; None where it belongs to an utterance to come."""
        if heard.utterance_id is None:
            told_of = told(heard, "text", "confidence", "loudness", "refused")
            return self._begin(new_id(), {"satellite": satellite, "source": "microphone", **told_of})
        loudness = told(heard, "loudness")
        sentence = self._known.get(heard.utterance_id)
        if sentence is None:
            self._heard.put(heard.utterance_id, loudness)
            return None
        sentence |= loudness
        return sentence

    def understood(self, understood: Understood) -> Sentence | None:
        """The butler has understood it, or refused it; None where it only was to be explained, or was told already."""
        sentence = self._known.get(understood.utterance_id)
        if sentence is None or "parts" in sentence:
            return None
        sentence |= told(understood, "refused", "parts")
        sentence["intents"] = [intent.model_dump(mode="json") for intent in understood.intents]
        for intent in understood.intents:
            self._intents.put(intent.id, understood.utterance_id)
        self._step(sentence, "understood")
        if understood.intents:
            self._step(sentence, "sent")
        return sentence

    def replied(self, reply: Reply) -> Sentence | None:
        """A bridge has replied to an intent; None where it is of no sentence, or was told already."""
        sentence = self._known.get(self._intents.get(reply.id) or "")
        if sentence is None:
            return None
        for intent in sentence["intents"]:
            if intent["id"] == reply.id and "ok" not in intent:
                intent |= {"ok": reply.ok, **told(reply, "say", "error", "changed", "state"), "at": self._ms(sentence)}
                self._step(sentence, "replied", bridge=reply.bridge)
                return sentence
        return None

    def answered(self, say: Say) -> Sentence | None:
        """It was answered, or was told later what became of it (`later`); None where that was told already."""
        sentence = self._known.get(say.utterance_id or "")
        if sentence is None or say.id in self._says:
            return None
        self._says.put(say.id, None)
        sentence["asks"] = say.asks
        if "answered" in sentence:
            sentence["later"] = [*sentence.get("later", ()), say.text]
        else:
            sentence["answered"] = say.text
            self._step(sentence, "answered")
        return sentence

    def _begin(self, sentence_id: str, known: dict[str, Any]) -> Sentence:
        sentence = {
            "id": sentence_id,
            "at": now().isoformat(timespec="milliseconds"),
            **known,
            "intents": [],
            "steps": [],
        }
        self._known[sentence_id] = sentence
        self._begun[sentence_id] = self._clock()
        if len(self._known) > MOST:
            oldest, _ = self._known.popitem(last=False)
            del self._begun[oldest]
        return sentence

    def _ms(self, sentence: Sentence) -> float:
        return round((self._clock() - self._begun[sentence["id"]]) * 1000, 1)

    def _step(self, sentence: Sentence, step: str, **more: str) -> None:
        sentence["steps"].append({"step": step, "ms": self._ms(sentence), **more})


def told(message: Message, *names: str) -> dict[str, Any]:
    """These values of a message as JSON, without those that it does not have."""
    return message.model_dump(mode="json", include=set(names), exclude_none=True)
