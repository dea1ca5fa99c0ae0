"""Who is there: what rings for a page, for Assist or for a satellite that is away rings everywhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from genies import ManualClock, Start, alarm, ask, said, there

import hub.utter
from devices.genie.bridge import GenieBridge
from hub.messages import SatelliteButton, Topic

SET, STOP, SNOOZE, ENOUGH = "JipsaSetAlarm", "JipsaStopAlarm", "JipsaSnooze", "HassNevermind"

OFF = "거실 불 꺼줘"

PAGE = "web-00000001"


async def knows(listener: Any) -> None:
    """The assistant reads in order: what was said before, it knows when it has answered this."""
    await ask(listener, "HassGetCurrentTime")


def at(listener: Any, satellite: str) -> int:
    """How often something was said there."""
    return len(listener.all(Topic.say(satellite)))


async def rings(listener: Any, satellite: str, times: int) -> None:
    """Wait until something was said there so many times."""
    await listener.until(lambda _topic, _payload: at(listener, satellite) >= times)


# What is set where somebody speaks, and what is said when it is due.


async def a_timer(listener: Any) -> str:
    await ask(listener, "HassStartTimer", PAGE, minutes=5)
    return "5분 타이머가 끝났어요."


async def an_alarm(listener: Any) -> str:
    await ask(listener, SET, PAGE, time="12:05")
    return "오후 12시 5분 알람이에요."


async def a_reminder(listener: Any) -> str:
    await ask(listener, "JipsaRemind", PAGE, minutes=5, message="약 먹으라고")
    return "약 먹을 시간이에요."


async def to_be_woken_again(listener: Any) -> str:
    await ask(listener, SNOOZE, PAGE, minutes=5)
    return "오후 12시 5분 알람이에요."


async def a_plan(listener: Any) -> str:
    await ask(listener, "HassStartTimer", PAGE, minutes=5, conversation_command=OFF)
    return f"‘{OFF}’ 하려고 했는데, 명령을 받는 곳이 없어서 못 했어요. jipsa 로그를 봐 주세요."


ERRANDS = [a_timer, an_alarm, a_reminder, to_be_woken_again, a_plan]


# How a satellite is not there.


def never_was(listener: Any) -> None:
    """A page, a conversation of Assist, a terminal."""


def went_offline(listener: Any) -> None:
    there(listener, PAGE, state="offline")


def was_cleared(listener: Any) -> None:
    listener.bus.forget(Topic.satellite(PAGE))


@pytest.mark.parametrize("away", [never_was, went_offline, was_cleared])
@pytest.mark.parametrize("errand", ERRANDS)
async def test_what_is_due_where_nobody_is_any_more_is_heard_everywhere(
    errand: Callable[[Any], Awaitable[str]],
    away: Callable[[Any], None],
    genie: GenieBridge,
    listener: Any,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub.utter, "RESEND", 0.01)
    monkeypatch.setattr(hub.utter, "PATIENCE", 0.02)
    there(listener, "kitchen")
    if away is not never_was:
        there(listener, PAGE)
    told = await errand(listener)
    away(listener)
    await knows(listener)
    clock.advance(300)
    assert await alarm(listener) == told
    assert said(listener) == [Topic.say("all")]


@pytest.mark.parametrize("errand", ERRANDS)
async def test_what_came_due_while_off_is_told_everywhere_too(
    errand: Callable[[Any], Awaitable[str]], started: Start, listener: Any, clock: ManualClock
) -> None:
    async with started():
        await errand(listener)
    there(listener, "kitchen")
    clock.advance(600)
    async with started():  # it waits for nobody: the kitchen is there
        assert "집사가 꺼져 있" in await alarm(listener)
    assert said(listener) == [Topic.say("all")]


async def test_what_rings_follows_who_comes_and_goes(genie: GenieBridge, listener: Any, clock: ManualClock) -> None:
    there(listener, "bedroom")
    await ask(listener, SET, "bedroom", time="12:05")
    clock.advance(300)
    await rings(listener, "bedroom", 1)
    there(listener, "bedroom", state="offline")
    await knows(listener)
    clock.advance(15)
    await rings(listener, "all", 1)
    there(listener, "bedroom", state="muted")  # the microphone is: it still speaks
    await knows(listener)
    clock.advance(15)
    await rings(listener, "bedroom", 2)
    assert at(listener, "all") == 1


def by_a_button(listener: Any) -> Any:
    listener.bus.publish(Topic.satellite("kitchen", "button"), SatelliteButton())
    return knows(listener)


@pytest.mark.parametrize(
    "stop",
    [
        lambda listener: ask(listener, STOP, PAGE),
        lambda listener: ask(listener, ENOUGH, PAGE),
        lambda listener: ask(listener, STOP, "kitchen"),
        lambda listener: ask(listener, ENOUGH, "web-00000002"),
        by_a_button,
    ],
    ids=["by_the_page", "with_enough", "in_the_kitchen", "by_another_page", "by_a_button"],
)
async def test_what_rings_everywhere_is_silenced_anywhere(
    stop: Callable[[Any], Awaitable[Any]], genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    there(listener, "kitchen")
    await ask(listener, SET, PAGE, time="12:05")
    clock.advance(300)
    await alarm(listener)
    await stop(listener)
    await listener.object(Topic.device("alarms", "state"), ringing=False, count=0)
    clock.advance(15)
    await knows(listener)
    assert at(listener, "all") == 1


async def test_a_page_silences_what_is_heard_there_before_what_rings_in_a_room(
    genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    there(listener, "bedroom")
    await ask(listener, SET, "bedroom", time="12:05", name="기상")
    await ask(listener, SET, PAGE, time="12:05", name="약")
    clock.advance(300)
    await rings(listener, "all", 1)
    await rings(listener, "bedroom", 1)
    assert await ask(listener, STOP, PAGE) == "네, 껐어요."
    assert await ask(listener, ENOUGH, PAGE) == "네."  # is not about an alarm that is not heard there
    clock.advance(15)
    await rings(listener, "bedroom", 2)
    assert at(listener, "all") == 1
    assert await ask(listener, STOP, PAGE) == "네, 껐어요."  # nothing else can be meant
    await listener.object(Topic.device("alarms", "state"), ringing=False, count=0)


async def test_it_is_quiet_everywhere_while_somebody_speaks_anywhere(
    genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    await ask(listener, SET, PAGE, time="12:05")
    there(listener, "kitchen", state="listening")
    await knows(listener)
    clock.advance(300)
    await knows(listener)
    assert not at(listener, "all")
    there(listener, "kitchen", state="thinking")
    await alarm(listener)


async def test_an_answer_for_a_page_is_heard_everywhere(genie: GenieBridge, listener: Any) -> None:
    there(listener, "kids", room="아이방")
    await ask(listener, "HassBroadcast", PAGE, message="밥 먹자")
    await ask(listener, "JipsaAnswerBroadcast", "kids", message="금방 간다")
    await listener.object(Topic.say("all"), text="아이방에서 답이 왔어요. 금방 간다고 해요.")
    assert set(said(listener)) == {Topic.say("all")}
