from collections.abc import AsyncIterator

import numpy as np
import pytest

from hub.speech.ears import Ears
from hub.speech.loudness import QUIETEST, decibels
from hub.speech.sound import FRAME_BYTES, FRAME_SECONDS
from hub.speech.tuning import LONGEST_ATTENTION, NO_SPEECH

LOUD = np.full(FRAME_BYTES // 2, 9000, "<i2").tobytes()


class Room:
    """Ears, and a microphone that gives loud frames, as many as a test asks for."""

    def __init__(self) -> None:
        self.missed = 0
        self.ears = Ears(self._miss)
        self._passed = self.ears.frames(self._microphone())

    def _miss(self) -> None:
        self.missed += 1

    async def _microphone(self) -> AsyncIterator[bytes]:
        while True:
            yield LOUD

    async def after(self, seconds: float) -> bytes:
        """The last frame of so many seconds."""
        frame = b""
        for _ in range(round(seconds / FRAME_SECONDS)):
            frame = await anext(self._passed)
        return frame


@pytest.fixture
def room() -> Room:
    return Room()


async def test_who_called_is_listened_to_until_nothing_was_said_for_long(room: Room) -> None:
    assert not room.ears.attentive
    await room.after(1)
    room.ears.attend()
    await room.after(NO_SPEECH - 0.1)
    assert room.ears.attentive
    assert not room.missed
    await room.after(0.2)
    assert not room.ears.attentive
    assert room.missed == 1
    await room.after(2 * NO_SPEECH)
    assert room.missed == 1


async def test_who_goes_on_is_listened_to_longer_but_not_forever(room: Room) -> None:
    room.ears.attend()
    heard_for = 0.0
    while room.ears.attentive:
        await room.after(NO_SPEECH / 2)
        room.ears.heard()
        heard_for += NO_SPEECH / 2
    assert heard_for > NO_SPEECH
    assert heard_for == pytest.approx(LONGEST_ATTENTION, abs=NO_SPEECH / 2)


async def test_who_was_understood_has_missed_nothing(room: Room) -> None:
    room.ears.attend()
    room.ears.rest()
    room.ears.heard()
    await room.after(2 * NO_SPEECH)
    assert not room.missed


async def test_closed_ears_hear_a_quiet_room(room: Room) -> None:
    assert await room.after(0.05) == LOUD
    room.ears.close("mouth", "it speaks", 60)
    frame = await room.after(0.05)
    assert len(frame) == FRAME_BYTES
    assert QUIETEST < decibels(np.frombuffer(frame, "<i2")) < -75
    room.ears.open("mouth")
    assert await room.after(0.05) == LOUD


async def test_ears_are_opened_by_who_closed_them(room: Room) -> None:
    room.ears.close("mouth", "it speaks", 60)
    room.ears.close("telephone", "a call", 60)
    room.ears.open("mouth")
    room.ears.open("nobody")
    assert room.ears.closed
    room.ears.open("telephone")
    assert not room.ears.closed


async def test_ears_that_nobody_opens_open_after_their_time(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    room.ears.close("mouth", "it speaks", 2)
    await room.after(1.9)
    assert room.ears.closed
    await room.after(0.2)
    assert not room.ears.closed
    assert "mouth closed the microphone (it speaks) for too long" in caplog.text
