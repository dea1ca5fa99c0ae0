"""Sentences that are carried out later: planned, told, cancelled, kept over a restart, and never done too late."""

import json
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from genies import NOON, ManualClock, Start, alarm, ask, said, there

import hub.utter
from devices.genie.bridge import GenieBridge
from hub.messages import Topic, Understood

OFF = "거실 불 꺼줘"


async def utterance(listener: Any, **values: Any) -> dict[str, Any]:
    """The first sentence that was uttered; a butler takes it."""
    found: dict[str, Any] = await listener.object(Topic.UTTERANCE, **values)
    listener.bus.publish(Topic.UNDERSTOOD, Understood(utterance_id=found["id"], text=found["text"]))
    return found


def uttered(listener: Any) -> list[str]:
    """Every sentence that was uttered so far."""
    return [json.loads(payload)["text"] for payload in listener.all(Topic.UTTERANCE)]


async def test_a_sentence_is_carried_out_in_a_while(genie: GenieBridge, listener: Any, clock: ManualClock) -> None:
    answer = await ask(listener, "HassStartTimer", "living", "거실", minutes=10, conversation_command=OFF)
    assert answer == "네, 10분 뒤에 ‘거실 불 꺼줘’ 할게요."
    assert genie.states["timers"]["next_name"] == "‘거실 불 꺼줘’ 예약"
    clock.advance(599)
    assert await ask(listener, "HassTimerStatus") == "오후 12시 10분에 ‘거실 불 꺼줘’ 하기로 했어요."
    assert not uttered(listener)
    clock.advance(1)
    found = await utterance(listener)
    assert (found["text"], found["satellite"], found["room"], found["source"]) == (OFF, "living", "거실", "timer")
    assert await ask(listener, "HassTimerStatus") == "맞춰 둔 타이머가 없어요."
    assert not said(listener)


@pytest.mark.parametrize(
    ("slots", "when", "after"),
    [
        ({"time": "19:00"}, "오후 7시", 7 * 3600),
        ({"time": "07:30"}, "내일 오전 7시 30분", 19.5 * 3600),
        ({"time": "12:00"}, "내일 정오", 24 * 3600),
        ({"time": "09:00", "date": "2026-11-28"}, "11월 28일 토요일 오전 9시", 93 * 3600),
        ({"time": "15:00", "date": "2026-11-24"}, "오후 3시", 3 * 3600),
    ],
)
async def test_a_sentence_is_carried_out_at_a_time(
    slots: dict[str, Any], when: str, after: float, genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    answer = await ask(listener, "JipsaSchedule", **slots, conversation_command="거실 불 켜줘")
    assert answer == f"네, {when}에 ‘거실 불 켜줘’ 할게요."
    assert await ask(listener, "HassTimerStatus") == f"{when}에 ‘거실 불 켜줘’ 하기로 했어요."
    clock.advance(after - 1)
    await ask(listener, "HassGetCurrentTime")
    assert not uttered(listener)
    clock.advance(1)
    assert (await utterance(listener))["text"] == "거실 불 켜줘"


@pytest.mark.parametrize(
    ("intent", "slots", "answer"),
    [
        ("JipsaSchedule", {"time": "19:00"}, "bad_payload: 그때 무엇을 할지도 함께 말씀해 주세요."),
        (
            "JipsaSchedule",
            {"time": "19:00", "conversation_command": " "},
            "bad_payload: 그때 무엇을 할지도 함께 말씀해 주세요.",
        ),
        (
            "HassStartTimer",
            {"minutes": 3, "conversation_command": 7},
            "bad_payload: 그때 무엇을 할지도 함께 말씀해 주세요.",
        ),
        ("JipsaSchedule", {"conversation_command": OFF}, "missing: 언제 할지도 함께 말씀해 주세요."),
        (
            "JipsaSchedule",
            {"time": "25:00", "conversation_command": OFF},
            "bad_payload: 언제 할지도 함께 말씀해 주세요.",
        ),
        (
            "JipsaSchedule",
            {"time": "11:00", "date": "2026-11-24", "conversation_command": OFF},
            "out_of_range: 그 시각은 이미 지났어요.",
        ),
        (
            "JipsaSchedule",
            {"time": "11:00", "date": "2028-11-24", "conversation_command": OFF},
            "out_of_range: 예약은 일 년 안으로만 할 수 있어요.",
        ),
    ],
)
async def test_what_cannot_be_planned_is_said(
    intent: str, slots: dict[str, Any], answer: str, genie: GenieBridge, listener: Any
) -> None:
    assert await ask(listener, intent, **slots) == answer
    assert genie.states["timers"]["count"] == 0


async def test_plans_are_cancelled_by_what_and_when(genie: GenieBridge, listener: Any) -> None:
    assert await ask(listener, "JipsaCancelDelay") == "not_found: 예약해 둔 일이 없어요."
    for time in ("19:00", "21:00"):
        await ask(listener, "JipsaSchedule", time=time, conversation_command=OFF)
    assert await ask(listener, "HassCancelTimer") == (
        "not_now: 어느 타이머 말씀이세요? 오후 7시 ‘거실 불 꺼줘’ 예약, 오후 9시 ‘거실 불 꺼줘’ 예약이 있어요."
    )
    assert await ask(listener, "HassCancelAllTimers") == "타이머와 예약 2개를 모두 취소했어요."
    await ask(listener, "JipsaSchedule", time="07:00", conversation_command=OFF)
    assert await ask(listener, "JipsaCancelDelay") == "내일 오전 7시 ‘거실 불 꺼줘’ 예약을 취소했어요."


async def test_who_cancels_a_timer_means_no_plan(genie: GenieBridge, listener: Any) -> None:
    await ask(listener, "HassStartTimer", minutes=10, conversation_command=OFF)
    await ask(listener, "HassStartTimer", minutes=3)
    assert await ask(listener, "HassCancelTimer") == "3분 타이머를 취소했어요."
    assert await ask(listener, "HassCancelTimer") == "오후 12시 10분 ‘거실 불 꺼줘’ 예약을 취소했어요."
    await ask(listener, "HassStartTimer", minutes=3)
    assert await ask(listener, "JipsaCancelDelay") == "not_now: 예약해 둔 일이 없어요."


async def test_a_delay_can_be_moved_and_a_time_of_day_cannot(genie: GenieBridge, listener: Any) -> None:
    await ask(listener, "JipsaSchedule", time="19:00", conversation_command=OFF)
    assert await ask(listener, "HassPauseTimer") == "not_now: 돌아가고 있는 타이머가 없어요."
    assert await ask(listener, "HassIncreaseTimer", minutes=5) == "not_now: 맞춰 둔 타이머가 없어요."
    assert await ask(listener, "HassDecreaseTimer", minutes=5) == "not_now: 맞춰 둔 타이머가 없어요."
    await ask(listener, "HassStartTimer", minutes=10, conversation_command=OFF)
    assert await ask(listener, "HassIncreaseTimer", minutes=5) == (
        "오후 12시 15분 ‘거실 불 꺼줘’ 예약을 5분 늘렸어요. 15분 남았어요."
    )
    assert await ask(listener, "HassPauseTimer") == "‘거실 불 꺼줘’ 예약을 멈췄어요. 15분 남았어요."
    assert "‘거실 불 꺼줘’ 예약은 15분 남은 채 멈춰 있어요." in await ask(listener, "HassTimerStatus")


async def test_plans_survive_a_restart(started: Start, listener: Any, clock: ManualClock) -> None:
    async with started():
        await ask(listener, "HassStartTimer", "living", "거실", minutes=10, conversation_command=OFF)
        await ask(listener, "JipsaSchedule", "living", "거실", time="12:20", conversation_command="티비 켜줘")
    again = ManualClock(clock.now() + timedelta(minutes=9))
    async with started(clock=again):
        assert await ask(listener, "HassTimerStatus") == (
            "오후 12시 10분에 ‘거실 불 꺼줘’ 하기로 했어요. 오후 12시 20분에 ‘티비 켜줘’ 하기로 했어요."
        )
        again.advance(60)
        found = await utterance(listener)
        assert (found["text"], found["satellite"], found["room"]) == (OFF, "living", "거실")
        again.advance(600)
        await utterance(listener, text="티비 켜줘")
    async with started(clock=again):
        assert await ask(listener, "HassTimerStatus") == "맞춰 둔 타이머가 없어요."


async def test_a_plan_that_is_hardly_late_is_carried_out_after_a_restart(
    started: Start, listener: Any, clock: ManualClock
) -> None:
    async with started():
        await ask(listener, "HassStartTimer", minutes=10, conversation_command=OFF)
    async with started(clock=ManualClock(clock.now() + timedelta(minutes=11))):
        assert (await utterance(listener))["text"] == OFF
        assert await ask(listener, "HassTimerStatus") == "맞춰 둔 타이머가 없어요."


@pytest.mark.parametrize(
    ("intent", "slots"), [("HassStartTimer", {"minutes": 10}), ("JipsaSchedule", {"time": "12:10"})]
)
async def test_a_plan_whose_moment_passed_while_off_is_missed(
    intent: str, slots: dict[str, Any], started: Start, listener: Any, clock: ManualClock
) -> None:
    async with started():
        await ask(listener, intent, "living", **slots, conversation_command=OFF)
    async with started(clock=ManualClock(clock.now() + timedelta(minutes=11, seconds=1))):
        there(listener, "living")
        assert await alarm(listener, "living") == (
            "오후 12시 10분에 ‘거실 불 꺼줘’ 하기로 했는데, 집사가 꺼져 있어서 못 했어요."
        )
        assert await ask(listener, "HassTimerStatus") == "맞춰 둔 타이머가 없어요."
    assert not uttered(listener)


async def test_what_is_planned_for_a_time_of_day_follows_the_wall(
    genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    await ask(listener, "JipsaSchedule", time="19:00", conversation_command=OFF)
    await ask(listener, "HassStartTimer", hours=8, name="긴")
    clock.set_wall(NOON + timedelta(hours=6, minutes=50))
    clock.advance(60)  # the bridge looks at the wall once a minute
    await listener.object(Topic.device("timers", "state"), next_ends_at="2026-11-24T19:00:00+09:00")
    clock.advance(9 * 60)
    assert (await utterance(listener))["text"] == OFF
    assert genie.states["timers"]["next_name"] == "긴 타이머"


async def test_waking_up_in_the_past_loses_no_plan(started: Start, listener: Any, clock: ManualClock) -> None:
    async with started():
        await ask(listener, "JipsaSchedule", time="09:00", date="2027-11-20", conversation_command=OFF)
    past = ManualClock(NOON - timedelta(days=300))
    async with started(clock=past):
        await ask(listener, "HassStartTimer", minutes=3)
    async with started(clock=ManualClock(NOON)):
        assert "11월 20일 토요일 오전 9시에 ‘거실 불 꺼줘’ 하기로 했어요." in await ask(listener, "HassTimerStatus")


async def test_timers_of_the_version_before_are_taken_up_once(
    started: Start, listener: Any, clock: ManualClock, tmp_path: Path
) -> None:
    saved = {
        "id": "a", "seconds": 600, "name": "라면", "satellite": "kitchen", "room": "주방",
        "left": 600.0, "ends_at": (NOON + timedelta(minutes=10)).astimezone(UTC).isoformat(),
    }  # fmt: skip
    plan = {**saved, "id": "b", "name": None, "command": OFF, "at": (NOON + timedelta(hours=7)).isoformat()}
    file = tmp_path / "state" / "timers.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"version": 2, "timers": [saved, plan]}))
    there(listener, "kitchen")
    told = "라면 타이머가 10분 남았어요. 오후 7시에 ‘거실 불 꺼줘’ 하기로 했어요."
    async with started():
        assert await ask(listener, "HassTimerStatus") == told
        assert not file.exists()
    assert file.with_name("timers.json.imported").exists()
    async with started():
        assert await ask(listener, "HassTimerStatus") == told
        clock.advance(600)
        assert await alarm(listener, "kitchen") == "라면 타이머가 끝났어요."
    async with started():
        assert await ask(listener, "HassTimerStatus") == "오후 7시에 ‘거실 불 꺼줘’ 하기로 했어요."


async def test_timers_of_the_version_before_stay_where_nothing_can_be_kept(
    started: Start, listener: Any, tmp_path: Path
) -> None:
    saved = {"id": "a", "seconds": 600, "left": 600.0, "ends_at": (NOON + timedelta(minutes=10)).isoformat()}
    (tmp_path / "state/assistant.db").mkdir(parents=True)
    (tmp_path / "state/timers.json").write_text(json.dumps({"timers": [saved]}))
    async with started():
        assert await ask(listener, "HassTimerStatus") == "10분 타이머가 10분 남았어요."
    assert (tmp_path / "state/timers.json").exists()


async def test_a_sentence_that_nobody_takes_is_not_lost_in_silence(
    genie: GenieBridge, listener: Any, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub.utter, "RESEND", 0.01)
    monkeypatch.setattr(hub.utter, "PATIENCE", 0.02)
    there(listener, "living")
    await ask(listener, "HassStartTimer", "living", minutes=10, conversation_command=OFF)
    clock.advance(600)
    assert await alarm(listener, "living") == (
        "‘거실 불 꺼줘’ 하려고 했는데, 명령을 받는 곳이 없어서 못 했어요. jipsa 로그를 봐 주세요."
    )


async def test_plans_are_told_in_english(started: Start, listener: Any, clock: ManualClock) -> None:
    async with started("en"):
        said = await ask(listener, "JipsaSchedule", time="19:00", conversation_command="lights off")
        assert said == "All right, “lights off” at 7:00 PM."
        said = await ask(listener, "HassStartTimer", minutes=10, conversation_command="lights on")
        assert said == "All right, “lights on” in 10 minutes."
        assert await ask(listener, "HassTimerStatus") == (
            "“lights on” is to be done at 12:10 PM. “lights off” is to be done at 7:00 PM."
        )
        assert await ask(listener, "HassCancelAllTimers") == "All 2 timers and plans cancelled."
