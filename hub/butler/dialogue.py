"""The conversation with each satellite: what was said last there, what was done, and what is asked.

A session ends by itself: who says 꺼줘 after a minute of silence is asked what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hub.butler.followups import (
    Before,
    about_it,
    before,
    corrected_midway,
    takes_back,
    whole_sentences,
)
from hub.butler.resolve import Refusal, Resolved
from hub.butler.understanding import Understanding
from hub.butler.undoing import MORE, changes_nothing, undoing
from hub.home import Home
from hub.messages import Utterance
from hub.recent import Recent

LASTS = timedelta(seconds=60)
"""How long a session lasts after the last sentence."""

MOST_SESSIONS = 500
"""Sessions that are remembered: who speaks over MQTT may take another satellite's name every time."""

WAITS = timedelta(seconds=30)
"""How long what has to be confirmed waits for a yes."""

YES, NO, NEVERMIND, UNDO = "JipsaYes", "JipsaNo", "HassNevermind", "JipsaUndo"

FRAGMENT = "JipsaFragment"
"""What the recognizer may hear that is no sentence without the one before it: 안방이요, 5분으로."""

ANSWERS = frozenset({YES, NO})
"""What nothing but an answer is."""

Done = tuple[Resolved, frozenset[str]]
"""An act, and the devices that it changed."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Acts that wait for a yes: what was said, what it means, and whether a bridge asked.

    A yes to the butler's own question, whether it heard well, is none to a bridge's.
    """

    text: str
    acts: tuple[Resolved, ...]
    asked_at: datetime
    by_bridge: bool


@dataclass(slots=True)
class Session:
    """One conversation."""

    at: datetime
    answer: str = ""
    last: Before | None = None
    done: tuple[Done, ...] = ()
    """What the last sentence did."""
    undoable: tuple[Done, ...] = ()
    """What the last sentence did that changed something."""
    pending: Pending | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What the butler makes of one sentence: what is to be carried out, or the key of a text that answers it."""

    understood: Understanding
    confirmed: bool = False
    says: str | None = None
    asks: bool = False
    repeats: bool = False
    """Whether the last answer is said again."""
    undone: tuple[Resolved, ...] = ()
    """What is taken back before, without a word."""


class Dialogue:
    """All sessions, by satellite. `understand` takes a sentence and the speaker's room."""

    def __init__(self, understand: Callable[[str, str | None], Understanding]) -> None:
        self._understand = understand
        self._sessions: Recent[str | None, Session] = Recent(MOST_SESSIONS)

    def session(self, utterance: Utterance) -> Session:
        """The session that a sentence belongs to, which may have begun with it."""
        now = _heard(utterance)
        known = self._sessions.get(utterance.satellite)
        if known is None or not abs(now - known.at) < LASTS:
            known = Session(now)
        self._sessions.put(utterance.satellite, known)
        known.at = now
        return known

    def asks(self, utterance: Utterance) -> bool:
        """Whether an answer to something is waited for where this is said."""
        session = self.session(utterance)
        pending = session.pending
        waits = pending is not None and _heard(utterance) - pending.asked_at < WAITS
        return waits or (session.last is not None and session.last.asked)

    def turn(self, utterance: Utterance, home: Home) -> Turn:
        """What a sentence means now."""
        session = self.session(utterance)
        understood = self._understand(utterance.text, utterance.room)
        if only(understood) == FRAGMENT:
            understood = replace(understood, intents=(), refused=Refusal.NOT_A_COMMAND)
        pending, session.pending = session.pending, None
        if pending is not None and not _heard(utterance) - pending.asked_at < WAITS:
            pending = None
        if (turn := _answer(understood, pending)) is not None:
            return turn
        if (turn := _about_before(understood, session)) is not None:
            return turn
        followed = self._followed(utterance, understood, session, home)
        # It may have been the opposite. Who says the same again means it.
        if utterance.unsure and followed.refused is None and (pending is None or pending.text != utterance.text):
            session.pending = Pending(utterance.text, followed.intents, _heard(utterance), by_bridge=False)
            return Turn(replace(followed, intents=(), refused=Refusal.UNSURE))
        return Turn(followed, undone=_taken_back(utterance.text, followed, session))

    def carried_out(
        self, utterance: Utterance, understood: Understanding, done: Sequence[Done], home: Home, *, asked: bool
    ) -> None:
        """Remember what was done; `asked` when an answer is awaited."""
        session = self.session(utterance)
        if any(act.intent == NEVERMIND for act in understood.intents):
            session.last = None
        if not asked and all(changes_nothing(act) and not act.targets for act in understood.intents):
            return
        session.last = before(understood, home, asked=asked)
        session.done = tuple(done)
        if not all(changes_nothing(act) for act in understood.intents):
            session.undoable = tuple(done)

    def waits(self, utterance: Utterance, acts: Iterable[Resolved]) -> None:
        """These acts wait until somebody confirms them to the bridge that asked."""
        pending = Pending(utterance.text, tuple(acts), _heard(utterance), by_bridge=True)
        self.session(utterance).pending = pending

    def answered(self, utterance: Utterance, said: str) -> None:
        """Remember what was answered."""
        self.session(utterance).answer = said

    def _followed(self, utterance: Utterance, understood: Understanding, session: Session, home: Home) -> Understanding:
        """The sentence, or the whole one that it stands for after what was said before."""
        last = session.last
        if understood.refused is None:
            longer = about_it(utterance.text, last) if last is not None and _names_nobody(understood) else None
            whole = self._understand(longer, utterance.room) if longer else understood
            return whole if _same_act(whole, understood) else understood
        if understood.refused not in _INCOMPLETE:
            return understood
        whole_ones = [*corrected_midway(utterance.text)]
        if last is not None:
            whole_ones += whole_sentences(utterance.text, last, home)
        for sentence in dict.fromkeys(whole_ones):
            found = self._understand(sentence, utterance.room)
            if found.refused is None and found.corrected is None and only(found) not in {FRAGMENT, *ANSWERS}:
                return found
        return understood


_INCOMPLETE = frozenset({Refusal.NOT_A_COMMAND, Refusal.UNKNOWN_DEVICE, Refusal.WHICH_DEVICE})


def _heard(utterance: Utterance) -> datetime:
    """When it was heard; who sends no time zone means the local one."""
    return utterance.heard_at.astimezone(UTC)


def _answer(understood: Understanding, pending: Pending | None) -> Turn | None:
    """What a yes or a no leads to; None for any other sentence."""
    intent = only(understood)
    if intent not in ANSWERS and (intent != NEVERMIND or pending is None):
        return None
    if pending is not None and intent == YES:
        return Turn(replace(understood, intents=pending.acts), confirmed=pending.by_bridge)
    left = replace(understood, intents=())
    return Turn(left, says="butler.nothing_asked", asks=True) if pending is None else Turn(left, says="butler.left")


def _about_before(understood: Understanding, session: Session) -> Turn | None:
    """What a sentence leads to that is about what was said or done before; None for any other."""
    intent, nothing = only(understood), replace(understood, intents=())
    match intent:
        case "JipsaRepeat":
            return Turn(nothing, repeats=bool(session.answer), says=None if session.answer else "butler.nothing_said")
        case "JipsaAgain":
            more = tuple(act for act, _ in session.done if act.intent in MORE)
            acts = more or tuple(act for act, _ in session.done if "더" not in understood.text)
            return Turn(replace(understood, intents=acts), says=None if acts else "butler.what_again", asks=not acts)
        case "JipsaUndo" | "HassNevermind" if intent == UNDO or "취소" in understood.text:
            acts = tuple(undoing(session.undoable))
            session.undoable = ()
            if acts or intent == UNDO:
                return Turn(replace(understood, intents=acts), says=None if acts else "butler.no_undo")
    return None


def _taken_back(said: str, understood: Understanding, session: Session) -> tuple[Resolved, ...]:
    """What a correction undoes: 거실 불 켜줘, 아니 안방 was not meant for 거실."""
    if not takes_back(said) or understood.refused is not None:
        return ()
    meant = {(act.intent, target) for act in understood.intents for target in act.targets}
    wrong = [
        (act, changed)
        for act, changed in session.undoable
        if any(act.intent == other.intent for other in understood.intents)
        and not any((act.intent, target) in meant for target in act.targets)
    ]
    return tuple(undoing(wrong))


def only(understood: Understanding) -> str | None:
    """The intent of a sentence that has one."""
    intents = understood.intents
    return intents[0].intent if understood.refused is None and len(intents) == 1 else None


def _names_nobody(understood: Understanding) -> bool:
    """Whether a sentence that may be about devices leaves open which."""
    if len(understood.intents) != 1 or any(word.role in {"area", "target", "all"} for word in understood.words):
        return False
    return bool(understood.intents[0].targets) or understood.intents[0] == _HOW_LONG


_HOW_LONG = Resolved("HassTimerStatus", {}, ())
"""얼마나 남았어? A timer, or the machine that was spoken of."""


def _same_act(one: Understanding, other: Understanding) -> bool:
    """Whether two sentences ask for the same, or for how long something takes."""
    intents = [act.intent for act in one.intents]
    return intents == [act.intent for act in other.intents] or intents == ["JipsaGetRemainingTime"]
