"""Alarms: set, told, cancelled, ringing until somebody is awake, and right whatever the clock does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from genies import NOON, ManualClock, Start, alarm, ask, reply_to, there

from devices.genie.bridge import GenieBridge
from hub.messages import Activity, ErrorCode, Intent, SatelliteButton, Topic

SET, CANCEL, GET, STOP, SNOOZE = "JipsaSetAlarm", "JipsaCancelAlarm", "JipsaGetAlarms", "JipsaStopAlarm", "JipsaSnooze"

NEW_YORK = ZoneInfo("America/New_York")


def ids(listener: Any, satellite: str = "all") -> list[str]:
    """The ids of all that a satellite was told to speak."""
    return [json.loads(say)["id"] for say in listener.all(Topic.say(satellite))]


async def rings(listener: Any, number: int, satellite: str = "all") -> None:
    """Wait until the only alarm there has rung so many times after the first."""
    first = (await listener.object(Topic.say(satellite), priority="alarm"))["id"]
    await listener.object(Topic.say(satellite), id=f"{first}-{number}" if number else first)


async def silent(listener: Any, ringing: bool = False) -> None:
    await listener.object(Topic.device("alarms", "state"), ringing=ringing)


async def test_an_alarm_rings_again_and_again_where_it_was_set(
    genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    there(listener, "bedroom")
    assert await ask(listener, SET, "bedroom", time="12:05") == "네, 오후 12시 5분 알람을 맞췄어요."
    clock.advance(299)
    assert await ask(listener, GET) == "오후 12시 5분 알람이 있어요."
    clock.advance(1)
    assert await alarm(listener, "bedroom") == "오후 12시 5분 알람이에요."
    for number in range(1, 20):
        await rings(listener, number - 1, "bedroom")
        clock.advance(15)
    await rings(listener, 19, "bedroom")
    assert len(ids(listener, "bedroom")) == len(set(ids(listener, "bedroom"))) == 20
    await silent(listener, ringing=True)
    listener.heard.clear()
    clock.advance(15)  # five minutes are over
    await silent(listener)
    assert await ask(listener, GET) == "맞춰 둔 알람이 없어요."
    assert await ask(listener, STOP) == "not_now: 지금 울리는 알람이 없어요."
    assert not ids(listener, "bedroom")


@pytest.mark.parametrize(
    ("slots", "told"),
    [
        ({"time": "07:00"}, "내일 오전 7시 알람"),
        ({"time": "19:00", "name": "약 알람"}, "오후 7시 약 알람"),
        ({"time": "07:00", "date": "2026-11-26"}, "모레 오전 7시 알람"),
        ({"time": "07:00", "days": "daily"}, "매일 오전 7시 알람"),
        ({"time": "07:00", "days": "weekdays"}, "평일 오전 7시 알람"),
        ({"time": "09:30", "days": "weekend"}, "주말 오전 9시 30분 알람"),
        ({"time": "07:00", "days": "mon"}, "월요일 오전 7시 알람"),
        ({"time": "07:00", "days": "wed, mon,fri"}, "월요일, 수요일, 금요일 오전 7시 알람"),
        ({"time": "07:00", "days": ["tue", "thu"]}, "화요일, 목요일 오전 7시 알람"),
        ({"time": "07:00", "days": ["mon", "tue", "wed", "thu", "fri"], "name": "출근"}, "평일 오전 7시 출근 알람"),
    ],
)
async def test_alarms_are_told_by_when_they_ring(
    slots: dict[str, Any], told: str, genie: GenieBridge, listener: Any
) -> None:
    assert await ask(listener, SET, **slots) == f"네, {told}을 맞췄어요."
    assert await ask(listener, SET, **slots) == f"{told}은 이미 맞춰져 있어요."
    assert await ask(listener, GET) == f"{told}이 있어요."
    assert await ask(listener, CANCEL) == f"{told}을 취소했어요."
    assert await ask(listener, GET) == "맞춰 둔 알람이 없어요."


@pytest.mark.parametrize(
    ("slots", "answer"),
    [
        ({}, "missing: 몇 시에 맞출까요?"),
        ({"days": "daily"}, "missing: 몇 시에 맞출까요?"),
        ({"time": "25:00"}, "bad_payload: 몇 시에 맞출까요?"),
        ({"time": 7}, "bad_payload: 몇 시에 맞출까요?"),
        ({"time": ["07:00"]}, "bad_payload: 몇 시에 맞출까요?"),
        ({"time": "07:00", "days": "someday"}, "bad_payload: 몇 시에 맞출까요?"),
        ({"time": "07:00", "days": []}, "bad_payload: 몇 시에 맞출까요?"),
        ({"time": "07:00", "days": {"mon": True}}, "bad_payload: 몇 시에 맞출까요?"),
        ({"time": "07:00", "days": [["mon"]]}, "bad_payload: 몇 시에 맞출까요?"),
        ({"time": "07:00", "date": "0001-01-01"}, "out_of_range: 그 시각은 이미 지났어요."),
        ({"time": "07:00", "date": "9999-12-31"}, "out_of_range: 예약은 일 년 안으로만 할 수 있어요."),
        ({"time": "11:00", "date": "2026-11-24"}, "out_of_range: 그 시각은 이미 지났어요."),
    ],
)
async def test_what_cannot_be_set_is_said(
    slots: dict[str, Any], answer: str, genie: GenieBridge, listener: Any
) -> None:
    assert await ask(listener, SET, **slots) == answer
    assert genie.states["alarms"]["count"] == 0


async def test_an_alarm_is_cancelled_by_what_is_said_of_it(genie: GenieBridge, listener: Any) -> None:
    assert await ask(listener, CANCEL) == "not_found: 맞춰 둔 알람이 없어요."
    for slots in ({"time": "07:00"}, {"time": "08:00", "days": "weekdays"}, {"time": "20:00", "name": "약"}):
        await ask(listener, SET, **slots)
    labels = "오후 8시 약 알람, 내일 오전 7시 알람, 평일 오전 8시 알람"
    assert await ask(listener, CANCEL) == f"not_now: 어느 알람 말씀이세요? {labels}이 있어요."
    assert await ask(listener, CANCEL, time="06:00") == f"not_found: 그런 알람은 없어요. 지금 있는 건 {labels}이에요."
    assert (await ask(listener, CANCEL, days="nonsense")).startswith("not_found")
    assert await ask(listener, CANCEL, days="weekdays") == "평일 오전 8시 알람을 취소했어요."
    assert await ask(listener, CANCEL, name="약") == "오후 8시 약 알람을 취소했어요."
    assert await ask(listener, CANCEL, time="19:00") == "내일 오전 7시 알람을 취소했어요."  # 7시, said at noon
    for time in ("07:00", "08:00"):
        await ask(listener, SET, time=time)
    assert await ask(listener, CANCEL, all=True) == "알람 2개를 모두 취소했어요."


async def test_what_does_not_ring_yet_is_not_stopped(genie: GenieBridge, listener: Any) -> None:
    assert await ask(listener, STOP) == "not_now: 지금 울리는 알람이 없어요."
    await ask(listener, SET, time="07:00")
    assert await ask(listener, STOP) == (
        "not_now: 지금 울리는 알람이 없어요. 맞춰 둔 알람을 지우려면 ‘알람 취소해줘’라고 말씀해 주세요."
    )
    assert await ask(listener, GET) == "내일 오전 7시 알람이 있어요."


def by_voice(listener: Any) -> Any:
    return ask(listener, STOP, "bedroom")


def from_another_room(listener: Any) -> Any:
    return ask(listener, STOP, "kitchen")


def with_enough(listener: Any) -> Any:
    return ask(listener, "HassNevermind", "bedroom")


async def over_mqtt(listener: Any) -> None:
    listener.bus.publish(Topic.device("alarms", "set"), b'{"ringing": false}')


async def with_an_answer(listener: Any) -> None:
    reply = await reply_to(listener, "JipsaSet", targets=["alarms"], slots={"ringing": False})
    assert reply.changed == {"alarms": {"ringing": False}}


async def by_its_button(listener: Any) -> None:
    listener.bus.publish(Topic.satellite("bedroom", "button"), SatelliteButton())


@pytest.mark.parametrize("stop", [by_voice, from_another_room, with_enough, over_mqtt, with_an_answer, by_its_button])
async def test_an_alarm_is_silenced(
    stop: Callable[[Any], Any], genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    there(listener, "bedroom")
    await ask(listener, SET, "bedroom", time="12:05")
    clock.advance(300)
    await rings(listener, 0, "bedroom")
    await silent(listener, ringing=True)
    listener.heard.clear()
    await stop(listener)
    await silent(listener)
    clock.advance(60)
    await ask(listener, GET)
    assert not ids(listener, "bedroom")
    assert not ids(listener)


async def test_a_button_or_enough_in_another_room_silences_nothing_here(
    genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    there(listener, "bedroom")
    await ask(listener, SET, "bedroom", time="12:05")
    clock.advance(300)
    await rings(listener, 0, "bedroom")
    listener.bus.publish(Topic.satellite("kitchen", "button"), b"garbage")
    assert await ask(listener, "HassNevermind", "kitchen") == "네."
    clock.advance(15)
    await rings(listener, 1, "bedroom")


async def test_an_alarm_cannot_be_made_to_ring(genie: GenieBridge, listener: Any) -> None:
    listener.bus.publish(Topic.device("alarms", "set"), b'{"ringing": true}')
    line = await listener.object(Topic.bridge("genie", "log"), level="warning")
    assert "알람은 끌 수만 있어요" in line["message"]
    for name, value in (("ringing", True), ("count", 3), ("volume", 3)):
        reply = await reply_to(listener, "JipsaSet", targets=["alarms"], slots={name: value})
        assert reply.error is not None
        assert reply.error.code == ErrorCode.NOT_SUPPORTED


async def test_a_timer_rings_too_and_is_silenced_alike(genie: GenieBridge, listener: Any, clock: ManualClock) -> None:
    there(listener, "kitchen")
    await ask(listener, "HassStartTimer", "kitchen", minutes=3)
    clock.advance(180)
    await rings(listener, 0, "kitchen")
    clock.advance(15)
    await rings(listener, 1, "kitchen")
    assert await ask(listener, STOP, "kitchen") == "네, 껐어요."
    clock.advance(60)
    await ask(listener, GET)
    assert len(ids(listener, "kitchen")) == 2


async def test_who_cancels_a_timer_that_rings_silences_it(
    genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    there(listener, "kitchen")
    await ask(listener, "HassStartTimer", "kitchen", minutes=1, name="라면")
    await ask(listener, "HassStartTimer", "kitchen", minutes=3)
    clock.advance(60)
    await rings(listener, 0, "kitchen")
    assert await ask(listener, "HassCancelTimer", "kitchen", name="라면") == "네, 껐어요."
    assert await ask(listener, "HassTimerStatus") == "3분 타이머가 2분 남았어요."
    clock.advance(120)
    await listener.object(Topic.say("kitchen"), text="3분 타이머가 끝났어요.")
    assert await ask(listener, "HassCancelAllTimers", "kitchen") == "네, 껐어요."
    assert await ask(listener, "HassCancelTimer", "kitchen") == "not_found: 맞춰 둔 타이머가 없어요."


async def test_it_is_quiet_while_somebody_speaks_to_the_satellite(
    genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    async def does(activity: Activity) -> None:
        there(listener, "bedroom", state=activity)
        await ask(listener, GET)  # the bridge reads in order: now it knows

    await does("idle")
    await ask(listener, SET, "bedroom", time="12:05")
    clock.advance(300)
    await rings(listener, 0, "bedroom")
    await does("listening")
    clock.advance(15)
    await ask(listener, GET)
    assert len(ids(listener, "bedroom")) == 1
    await does("thinking")
    await rings(listener, 1, "bedroom")
    await does("listening")
    clock.advance(15)
    await ask(listener, GET)
    clock.advance(15)  # a television that is taken for a voice does not keep it quiet for good
    await rings(listener, 2, "bedroom")


async def test_snooze(genie: GenieBridge, listener: Any, clock: ManualClock) -> None:
    there(listener, "bedroom")
    assert await ask(listener, SNOOZE) == "not_now: 지금 울리는 알람이 없어요."
    await ask(listener, SET, "bedroom", time="12:05", name="낮잠")
    clock.advance(300)
    await rings(listener, 0, "bedroom")
    assert await ask(listener, SNOOZE, "bedroom") == "네, 5분 뒤에 다시 알려 드릴게요."
    listener.heard.clear()
    await ask(listener, GET)
    clock.advance(299)
    assert await ask(listener, GET) == "오후 12시 10분 낮잠 알람이 있어요."
    assert not ids(listener, "bedroom")
    clock.advance(1)
    assert await alarm(listener, "bedroom") == "오후 12시 10분 낮잠 알람이에요."
    assert await ask(listener, SNOOZE, minutes=0) == "out_of_range: 1초부터 12시간까지 미룰 수 있어요."
    assert await ask(listener, SNOOZE, minutes=10) == "네, 10분 뒤에 다시 알려 드릴게요."
    assert await ask(listener, STOP) == (
        "not_now: 지금 울리는 알람이 없어요. 맞춰 둔 알람을 지우려면 ‘알람 취소해줘’라고 말씀해 주세요."
    )


async def test_who_asks_to_be_woken_again_when_it_is_silent_already_is_woken(
    genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    there(listener, "bedroom")
    assert await ask(listener, SNOOZE, "bedroom", minutes=5) == "네, 5분 뒤에 다시 알려 드릴게요."
    clock.advance(300)
    assert await alarm(listener, "bedroom") == "오후 12시 5분 알람이에요."


async def test_a_timer_is_put_off_as_a_timer(genie: GenieBridge, listener: Any, clock: ManualClock) -> None:
    there(listener, "kitchen")
    await ask(listener, "HassStartTimer", "kitchen", minutes=3, name="라면")
    clock.advance(180)
    await rings(listener, 0, "kitchen")
    await ask(listener, SNOOZE, "kitchen", minutes=1)
    assert await ask(listener, "HassTimerStatus") == "라면 타이머가 1분 남았어요."


async def test_what_comes_again_rings_on_each_of_its_days(
    genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    await ask(listener, SET, time="12:00", days="weekdays")  # it is Tuesday noon
    for day in ("wed", "thu", "fri", "sat", "sun", "mon", "tue"):
        listener.heard.clear()
        clock.advance(24 * 3600)
        if day not in {"sat", "sun"}:
            assert await alarm(listener) == "정오 알람이에요."
            await ask(listener, STOP)
        assert await ask(listener, GET) == "평일 정오 알람이 있어요."
        assert len(ids(listener)) == (day not in {"sat", "sun"})


# What the clock does, and what is kept.


@pytest.mark.parametrize(
    ("now", "days"),
    [
        (datetime(2026, 3, 6, 8, tzinfo=NEW_YORK), 3),  # summer time begins on the 8th at 2:00
        (datetime(2026, 10, 30, 8, tzinfo=NEW_YORK), 3),  # and ends on November 1 at 2:00
    ],
)
async def test_half_past_seven_stays_half_past_seven(now: datetime, days: int, started: Start, listener: Any) -> None:
    clock = ManualClock(now)
    async with started(clock=clock):
        await ask(listener, SET, time="07:30", days="daily")
        for day in range(1, days + 1):
            listener.heard.clear()
            due = (now + timedelta(days=day)).replace(hour=7, minute=30)
            clock.advance(due.timestamp() - clock.now().timestamp() - 1)
            await ask(listener, GET)
            assert not ids(listener)
            clock.advance(1)
            assert await alarm(listener) == "오전 7시 30분 알람이에요."
            await ask(listener, STOP)


async def test_a_time_that_clocks_leave_out_rings_at_the_next_that_there_is(started: Start, listener: Any) -> None:
    clock = ManualClock(datetime(2026, 3, 7, 12, tzinfo=NEW_YORK))
    async with started(clock=clock):
        await ask(listener, SET, time="02:30", days="daily")
        state = await listener.object(Topic.device("alarms", "state"), count=1)
        assert state["next_at"] == "2026-03-08T03:00:00-04:00"
        clock.advance(14 * 3600)
        await rings(listener, 0)
        await ask(listener, STOP)
        await listener.object(Topic.device("alarms", "state"), next_at="2026-03-09T02:30:00-04:00")


async def test_a_time_that_clocks_show_twice_rings_once(started: Start, listener: Any) -> None:
    clock = ManualClock(datetime(2026, 10, 31, 12, tzinfo=NEW_YORK))
    async with started(clock=clock):
        await ask(listener, SET, time="01:30", days="daily")
        clock.advance(13.5 * 3600)
        await rings(listener, 0)
        await ask(listener, STOP)
        clock.advance(3600)  # it is 1:30 once more
        await ask(listener, GET)
        assert len(ids(listener)) == 1
        await listener.object(Topic.device("alarms", "state"), next_at="2026-11-02T01:30:00-05:00")


async def test_alarms_follow_who_moves_to_another_zone(started: Start, listener: Any, clock: ManualClock) -> None:
    async with started():
        await ask(listener, SET, time="07:00")
        clock.set_wall(clock.now().astimezone(NEW_YORK))
        clock.advance(10)
        assert await ask(listener, SET, time="23:00") == "네, 오후 11시 알람을 맞췄어요."  # it is 22:00 of Monday there
        await listener.object(Topic.device("alarms", "state"), next_at="2026-11-23T23:00:00-05:00")
        assert await ask(listener, GET) == "오후 11시 알람, 모레 오전 7시 알람이 있어요."


async def test_a_clock_that_is_set_is_followed(genie: GenieBridge, listener: Any, clock: ManualClock) -> None:
    await ask(listener, SET, time="19:00")
    clock.set_wall(NOON + timedelta(hours=6, minutes=59))
    clock.advance(10)
    await ask(listener, GET)
    assert not ids(listener)
    clock.advance(50)
    assert await alarm(listener) == "오후 7시 알람이에요."
    clock.set_wall(NOON + timedelta(hours=6, minutes=59))
    clock.advance(60)
    await ask(listener, STOP)
    clock.advance(60)
    await ask(listener, GET)
    assert len(set(ids(listener))) == len(ids(listener))
    assert {say.split("-")[0] for say in ids(listener)} == {ids(listener)[0]}


async def test_an_alarm_over_which_the_clock_is_set_is_told_to_be_missed(
    genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    await ask(listener, SET, time="19:00")
    clock.set_wall(NOON + timedelta(hours=8))
    clock.advance(10)
    assert await alarm(listener) == "오후 7시 알람을 놓쳤어요. 그 사이에 시계가 맞춰졌어요."


@pytest.mark.parametrize("seconds", [-5, -3600, 5])
async def test_what_comes_again_rings_once_a_day_though_the_clock_is_put_right(
    seconds: float, genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    await ask(listener, SET, time="12:05", days="daily")
    clock.advance(300)
    await rings(listener, 0)
    await ask(listener, STOP)
    clock.set_wall(clock.now() + timedelta(seconds=seconds))
    clock.advance(10)
    clock.advance(4000)
    await ask(listener, GET)
    assert len(ids(listener)) == 1


async def test_a_clock_that_ran_years_ahead_keeps_nobody_waiting(
    genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    await ask(listener, SET, time="12:05", days="daily")
    clock.set_wall(NOON + timedelta(days=1000, hours=-1))
    clock.advance(10)
    await alarm(listener)
    clock.set_wall(NOON)
    async with asyncio.timeout(20):
        while genie.states["alarms"]["next_at"] != "2026-11-24T12:05:00+09:00":
            clock.advance(1)
            await ask(listener, GET)
    listener.heard.clear()
    clock.advance(300 - (clock.now() - NOON).total_seconds())
    await listener.object(Topic.say("all"), text="오후 12시 5분 알람이에요.")


async def test_alarms_wait_until_the_clock_is_right_and_timers_do_not(
    started: Start, listener: Any, clock: ManualClock
) -> None:
    async with started():
        await ask(listener, SET, time="07:00", days="daily")
    asleep = ManualClock(NOON + timedelta(hours=19, minutes=30))  # it is Wednesday, 8:00, really
    asleep.right = False
    async with started(clock=asleep):
        assert await ask(listener, SET, time="07:30", name="차") == "네, 내일 오전 7시 30분 차 알람을 맞췄어요."
        await ask(listener, "HassStartTimer", seconds=60)
        asleep.advance(60)
        assert await alarm(listener) == "1분 타이머가 끝났어요."
        await ask(listener, STOP)
        listener.heard.clear()
        await ask(listener, GET)
        assert not ids(listener)
        asleep.set_wall(NOON + timedelta(hours=20))
        asleep.right = True
        asleep.advance(10)
        assert await alarm(listener) == "오전 7시 알람을 놓쳤어요. 그 사이에 시계가 맞춰졌어요."
        assert await ask(listener, GET) == "매일 오전 7시 알람, 내일 오전 7시 30분 차 알람이 있어요."


async def test_a_timer_of_before_is_counted_anew_once_the_clock_is_right(
    started: Start, listener: Any, clock: ManualClock
) -> None:
    async with started():
        await ask(listener, "HassStartTimer", hours=1)
    asleep = ManualClock(NOON)  # 50 minutes have passed, which the clock does not know
    asleep.right = False
    async with started(clock=asleep):
        assert await ask(listener, "HassTimerStatus") == "1시간 타이머가 1시간 남았어요."
        asleep.set_wall(NOON + timedelta(minutes=50))
        asleep.right = True
        asleep.advance(10)
        assert await ask(listener, "HassTimerStatus") == "1시간 타이머가 9분 50초 남았어요."


async def test_an_alarm_rings_on_after_a_restart(started: Start, listener: Any, clock: ManualClock) -> None:
    there(listener, "bedroom")
    async with started():
        await ask(listener, SET, "bedroom", time="12:05")
        clock.advance(300)
        await rings(listener, 0, "bedroom")
    listener.heard.clear()
    clock.advance(20)
    async with started():
        assert await alarm(listener, "bedroom") == "오후 12시 5분 알람이에요."
        clock.advance(10)
        await rings(listener, 2, "bedroom")
        await ask(listener, STOP)
    async with started():
        assert await ask(listener, GET) == "맞춰 둔 알람이 없어요."


async def test_an_alarm_of_the_night_is_told_to_be_missed_once(
    started: Start, listener: Any, clock: ManualClock
) -> None:
    async with started():
        await ask(listener, SET, "bedroom", time="07:00", days="daily")
        await ask(listener, SET, "bedroom", time="07:30")
    there(listener, "bedroom")
    clock.advance(3 * 24 * 3600)
    for _ in range(2):
        async with started():
            for time in ("7시", "7시 30분"):
                said = f"11월 25일 수요일 오전 {time} 알람을 놓쳤어요. 집사가 꺼져 있었어요."
                await listener.object(Topic.say("bedroom"), text=said)
            assert await ask(listener, GET) == "매일 오전 7시 알람이 있어요."
    assert len(set(ids(listener, "bedroom"))) == 2


async def test_an_intent_that_is_sent_again_after_a_kill_sets_no_second_alarm(
    started: Start, listener: Any, clock: ManualClock
) -> None:
    sent = Intent(intent=SET, slots={"time": "07:00"})
    timer = Intent(intent="HassStartTimer", slots={"minutes": 3})
    for _ in range(2):
        async with started():
            for intent in (sent, timer):
                listener.heard.clear()
                listener.bus.publish(Topic.intent("genie"), intent)
                await listener.object(Topic.reply(intent.id), ok=True)
            assert await ask(listener, GET) == "내일 오전 7시 알람이 있어요."
            await ask(listener, "HassTimerStatus")
            clock.advance(60)
    async with started():
        assert await ask(listener, "HassTimerStatus") == "3분 타이머가 1분 남았어요."
