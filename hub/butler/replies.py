"""What the butler answers: from intents and the bridges' replies to one short, polite sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hub.butler.done import done
from hub.butler.measures import State
from hub.butler.questions import told
from hub.butler.resolve import SUMMARY, Refusal, Resolved
from hub.butler.summary import summary
from hub.butler.understanding import Understanding
from hub.butler.wording import distinct, kind, listed
from hub.home import Home
from hub.messages import ErrorCode, Reply
from hub.texts import Language, text


def refusal(understood: Understanding, home: Home, language: Language) -> str:
    """Why nothing was done."""
    assert understood.refused is not None
    key = f"refused.{understood.refused}"
    if understood.unexplained is not None:
        return text(f"{key}_named", language, part=f"'{understood.unexplained}'")
    if understood.refused is not Refusal.WHICH_DEVICE:
        return text(key, language, said=f"'{understood.text}'")
    devices = [device for i in understood.choices if (device := home.device(i))]
    rooms = [room.name for device in devices if (room := home.room_of(device))]
    if len(set(rooms)) == len(devices) and len({device.type for device in devices}) == 1:
        called = {device.name for device in devices}
        noun = called.pop() if len(called) == 1 else kind(devices, None, language)
        return text("refused.which_place", language, noun=noun, choices=listed(rooms, language))
    return text(key, language, choices=listed([distinct(device, devices, home) for device in devices], language))


def answer(meant: Resolved, replies: Sequence[Reply], home: Home, language: Language) -> str:
    """What became of one intent, from the replies of all bridges that had a share in it."""
    spoken = [reply.say for reply in replies if reply.say]
    faults = list(dict.fromkeys(reply.error.message for reply in replies if reply.error))
    if not faults and not all(reply.ok for reply in replies):
        faults = [text("butler.failed", language)]
    states = {device: state for reply in replies for device, state in reply.state.items()}
    changed = {device: changes for reply in replies for device, changes in reply.changed.items()}
    if states:
        spoken.extend(_told(meant, states, home, language))
    elif changed and not spoken:
        spoken.append(done(meant, changed, home, language))
    return " ".join([*spoken, *faults]) or text("done.other", language)


def _told(meant: Resolved, states: Mapping[str, State], home: Home, language: Language) -> list[str]:
    if meant.intent != SUMMARY:
        return told(meant, states, home, language)
    known = [(device, state) for i, state in states.items() if (device := home.device(i))]
    asked = meant.slots.get("state")
    return summary(asked if isinstance(asked, str) else None, known, home, language)


def wants_confirmed(reply: Reply) -> bool:
    """Whether a bridge waits for a yes."""
    return reply.error is not None and reply.error.code == ErrorCode.CONFIRM


def unconfirmed(meant: Resolved, shares: Sequence[tuple[Sequence[str], Reply]]) -> list[Resolved]:
    """What remains of an act where bridges want it confirmed: the same for the targets that they own."""
    targets = [
        device
        for devices, reply in shares
        if wants_confirmed(reply)
        for device in devices
        if device not in reply.changed
    ]
    return [replace(meant, targets=tuple(targets))] if targets else []
