"""Understanding as a Wyoming service, for who carries intents out himself: a sentence in, its intents out."""

from __future__ import annotations

from wyoming.event import Event
from wyoming.intent import Entity, Intent, IntentsStart, IntentsStop, NotRecognized

from hub.follow import Follower
from hub.messages import Understood, Utterance
from hub.texts import Language, text
from hub.wyoming.handle import LONGEST
from hub.wyoming.server import Connection


async def recognize(connection: Connection, asked: Event, follower: Follower, language: Language) -> None:
    """Answer what a sentence means; nothing is done. Several acts come between a start and a stop. Raises Gone."""
    sentence, context = str(asked.data.get("text", "")).strip(), asked.data.get("context")
    if not 0 < len(sentence) <= LONGEST:
        await connection.write(NotRecognized(text("wyoming.no_sentence", language), context))
        return
    understood = await follower.meaning(Utterance(text=sentence, source="wyoming", carry_out=False))
    if understood is None:
        await connection.write(NotRecognized(text("wyoming.no_butler", language), context))
        return
    intents = _intents(understood, context)
    if not intents:
        await connection.write(NotRecognized(sentence, context))
    elif len(intents) == 1:
        await connection.write(intents[0])
    else:
        await connection.write(IntentsStart(context))
        for intent in intents:
            await connection.write(intent)
        await connection.write(IntentsStop(context))


def _intents(understood: Understood, context: dict[str, object] | None) -> list[Intent]:
    """Each act once, however many bridges share it."""
    found: list[Intent] = []
    for sent in understood.intents:
        entities = [Entity(name, value) for name, value in sent.slots.items()]
        intent = Intent(sent.intent, entities, understood.text, context)
        if intent not in found:
            found.append(intent)
    return found
