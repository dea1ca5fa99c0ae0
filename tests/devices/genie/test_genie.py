"""The assistant over a real broker, with a clock that the test turns."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from genies import NOON, ManualClock, Start, alarm, ask, reply_to, said, there

from devices.genie.bridge import GenieBridge
from devices.genie.countdown import MOST
from hub.messages import Intent, Topic


async def test_time_and_date_are_told(genie: GenieBridge, listener: Any) -> None:
    assert await ask(listener, "HassGetCurrentTime") == "지금은 정오예요."
    assert await ask(listener, "HassGetCurrentDate") == "오늘은 11월 24일 화요일이에요."
    assert await ask(listener, "HassGetCurrentDate", day="tomorrow") == "내일은 11월 25일 수요일이에요."
    assert await ask(listener, "HassGetCurrentDate", date="2026-02-30") == "bad_payload: 그런 날짜는 없어요."


async def test_an_unknown_intent_is_refused(genie: GenieBridge, listener: Any) -> None:
    assert (await ask(listener, "HassMakeCoffee")).startswith("unknown_intent: ")


async def test_an_intent_about_devices_without_any_asks_which(genie: GenieBridge, listener: Any) -> None:
    assert await ask(listener, "HassMediaPause") == "unknown_device: 어느 기기인지 알려 주세요."


async def test_a_timer_rings_where_it_was_set(genie: GenieBridge, listener: Any, clock: ManualClock) -> None:
    there(listener, "kitchen")
    assert await ask(listener, "HassStartTimer", satellite="kitchen", minutes=3) == "3분 타이머를 시작했어요."
    clock.advance(179)
    assert await ask(listener, "HassTimerStatus") == "3분 타이머가 1초 남았어요."
    assert not said(listener)
    clock.advance(1)
    assert await alarm(listener, "kitchen") == "3분 타이머가 끝났어요."
    assert genie.states["timers"]["count"] == 0
    assert await ask(listener, "HassTimerStatus") == "맞춰 둔 타이머가 없어요."


async def test_a_named_timer_rings_by_its_name_everywhere(
    genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    answer = await ask(listener, "HassStartTimer", name="라면 타이머", minutes=4, seconds=30)
    assert answer == "4분 30초 라면 타이머를 시작했어요."
    clock.advance(270)
    assert await alarm(listener) == "라면 타이머가 끝났어요."


async def test_timers_that_end_together_all_ring(genie: GenieBridge, listener: Any, clock: ManualClock) -> None:
    for name in ("계란", "라면"):
        await ask(listener, "HassStartTimer", name=name, minutes=1)
    clock.advance(60)
    for name in ("계란", "라면"):
        await listener.object(Topic.say("all"), text=f"{name} 타이머가 끝났어요.")


async def test_the_timers_device_tells_count_and_next(genie: GenieBridge, listener: Any, clock: ManualClock) -> None:
    about = await listener.object(Topic.device("timers", "about"))
    assert about["type"] == "timer"
    assert await listener.until(
        lambda topic, payload: (topic, payload) == (Topic.device("timers", "available"), b"online")
    )
    await ask(listener, "HassStartTimer", minutes=10)
    await ask(listener, "HassStartTimer", minutes=2, name="라면")
    state = await listener.object(Topic.device("timers", "state"), count=2)
    assert state["next_name"] == "라면 타이머"
    assert datetime.fromisoformat(state["next_ends_at"]) == NOON + timedelta(minutes=2)
    reply = await reply_to(listener, "HassGetState", targets=["timers"])
    assert reply.state["timers"]["count"] == 2


async def test_a_change_is_part_of_the_reply(genie: GenieBridge, listener: Any) -> None:
    reply = await reply_to(listener, "HassStartTimer", slots={"hours": 1})
    assert reply.changed["timers"]["count"] == 1
    assert reply.changed["timers"]["next_name"] == "1시간 타이머"


@pytest.mark.parametrize(
    ("slots", "answer"),
    [
        ({}, "missing: 몇 분으로 맞출까요?"),
        ({"seconds": 0}, "out_of_range: 타이머는 1초부터 7일까지 맞출 수 있어요."),
        ({"hours": 168, "seconds": 1}, "out_of_range: 타이머는 1초부터 7일까지 맞출 수 있어요."),
        ({"minutes": -3}, "out_of_range: 타이머는 1초부터 7일까지 맞출 수 있어요."),
        ({"minutes": "셋"}, "out_of_range: 타이머는 1초부터 7일까지 맞출 수 있어요."),
        ({"minutes": True}, "out_of_range: 타이머는 1초부터 7일까지 맞출 수 있어요."),
        ({"minutes": "1e999"}, "out_of_range: 타이머는 1초부터 7일까지 맞출 수 있어요."),
        ({"minutes": [3]}, "out_of_range: 타이머는 1초부터 7일까지 맞출 수 있어요."),
        ({"hours": 168}, "168시간 타이머를 시작했어요."),
        ({"minutes": "1.5"}, "1분 30초 타이머를 시작했어요."),
    ],
)
async def test_a_timer_runs_from_a_second_to_a_week(
    slots: dict[str, Any], answer: str, genie: GenieBridge, listener: Any
) -> None:
    assert await ask(listener, "HassStartTimer", **slots) == answer


async def test_there_is_an_end_of_timers(genie: GenieBridge, listener: Any) -> None:
    for number in range(MOST):
        await genie.carry_out(Intent(intent="HassStartTimer", slots={"minutes": number + 1}))
    assert await ask(listener, "HassStartTimer", minutes=3) == f"out_of_range: 타이머는 {MOST}개까지 맞출 수 있어요."
    status = await ask(listener, "HassTimerStatus")
    assert status.startswith("1분 타이머가 1분 남았어요. 2분")
    assert status.endswith(f"그 밖에 {MOST - 5}개가 더 있어요.")


async def test_the_only_timer_needs_no_name(genie: GenieBridge, listener: Any) -> None:
    await ask(listener, "HassStartTimer", minutes=3)
    assert await ask(listener, "HassCancelTimer") == "3분 타이머를 취소했어요."
    assert await ask(listener, "HassCancelTimer") == "not_found: 맞춰 둔 타이머가 없어요."


async def test_an_ambiguous_cancel_is_a_question_and_cancels_nothing(genie: GenieBridge, listener: Any) -> None:
    await ask(listener, "HassStartTimer", minutes=3)
    await ask(listener, "HassStartTimer", minutes=5, name="라면")
    answer = await ask(listener, "HassCancelTimer")
    assert answer == "not_now: 어느 타이머 말씀이세요? 3분 타이머, 라면 타이머가 있어요."
    assert await ask(listener, "HassCancelTimer", name="계란") == (
        "not_found: 그런 타이머는 없어요. 지금 있는 건 3분 타이머, 라면 타이머예요."
    )
    assert genie.states["timers"]["count"] == 2
    assert await ask(listener, "HassCancelTimer", start_minutes=3) == "3분 타이머를 취소했어요."
    assert await ask(listener, "HassCancelTimer", name="라면") == "라면 타이머를 취소했어요."


async def test_who_asks_means_the_timer_set_at_the_same_place(genie: GenieBridge, listener: Any) -> None:
    await ask(listener, "HassStartTimer", minutes=3, satellite="kitchen", room="주방")
    await ask(listener, "HassStartTimer", minutes=5, satellite="living", room="거실")
    assert await ask(listener, "HassCancelTimer", satellite="living") == "5분 타이머를 취소했어요."
    await ask(listener, "HassStartTimer", minutes=5, satellite="living", room="거실")
    assert await ask(listener, "HassCancelTimer", satellite="bedroom", area="주방") == "3분 타이머를 취소했어요."


async def test_of_timers_nobody_could_tell_apart_the_first_to_end_is_meant(
    genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    await ask(listener, "HassStartTimer", minutes=3)
    clock.advance(60)
    await ask(listener, "HassStartTimer", minutes=3)
    await ask(listener, "HassCancelTimer")
    assert await ask(listener, "HassTimerStatus") == "3분 타이머가 3분 남았어요."


async def test_all_timers_are_cancelled(genie: GenieBridge, listener: Any) -> None:
    assert await ask(listener, "HassCancelAllTimers") == "not_found: 맞춰 둔 타이머가 없어요."
    for minutes in (3, 5):
        await ask(listener, "HassStartTimer", minutes=minutes)
    assert await ask(listener, "HassCancelAllTimers") == "타이머 2개를 모두 취소했어요."
    assert genie.states["timers"]["count"] == 0


async def test_a_paused_timer_stands_still(genie: GenieBridge, listener: Any, clock: ManualClock) -> None:
    await ask(listener, "HassStartTimer", minutes=3)
    assert await ask(listener, "HassUnpauseTimer") == "not_now: 멈춰 둔 타이머가 없어요."
    clock.advance(60)
    assert await ask(listener, "HassPauseTimer") == "3분 타이머를 멈췄어요. 2분 남았어요."
    clock.advance(3600)
    assert await ask(listener, "HassTimerStatus") == "3분 타이머는 2분 남은 채 멈춰 있어요."
    assert await ask(listener, "HassPauseTimer") == "not_now: 돌아가고 있는 타이머가 없어요."
    assert await ask(listener, "HassUnpauseTimer") == "3분 타이머를 다시 시작했어요. 2분 남았어요."
    clock.advance(120)
    assert await alarm(listener) == "3분 타이머가 끝났어요."


async def test_a_timer_is_lengthened_and_shortened(genie: GenieBridge, listener: Any, clock: ManualClock) -> None:
    await ask(listener, "HassStartTimer", minutes=3)
    assert await ask(listener, "HassIncreaseTimer", minutes=2) == "3분 타이머를 2분 늘렸어요. 5분 남았어요."
    assert await ask(listener, "HassDecreaseTimer", minutes=4) == "3분 타이머를 4분 줄였어요. 1분 남았어요."
    assert await ask(listener, "HassDecreaseTimer", minutes=1) == (
        "out_of_range: 1분밖에 안 남아서 1분을 줄일 수 없어요."
    )
    assert (await ask(listener, "HassIncreaseTimer", hours=168)).startswith("out_of_range: ")
    clock.advance(60)
    assert await alarm(listener) == "3분 타이머가 끝났어요."


async def test_setting_the_wall_clock_moves_no_timer(genie: GenieBridge, listener: Any, clock: ManualClock) -> None:
    await ask(listener, "HassStartTimer", minutes=3)
    clock.set_wall(NOON + timedelta(days=1))
    assert await ask(listener, "HassTimerStatus") == "3분 타이머가 3분 남았어요."
    clock.advance(60)  # the bridge looks at the wall once a minute and tells the new end
    ends = (NOON + timedelta(days=1, minutes=3)).isoformat(timespec="seconds")
    await listener.object(Topic.device("timers", "state"), next_ends_at=ends)
    clock.advance(120)
    assert await alarm(listener) == "3분 타이머가 끝났어요."


async def test_timers_survive_a_restart(started: Start, listener: Any, clock: ManualClock) -> None:
    there(listener, "kitchen")
    async with started():
        await ask(listener, "HassStartTimer", minutes=3, name="라면", satellite="kitchen")
        await ask(listener, "HassStartTimer", minutes=10)
        await ask(listener, "HassPauseTimer", start_minutes=10)
    again = ManualClock(clock.now() + timedelta(minutes=1))
    async with started(clock=again):
        assert await ask(listener, "HassTimerStatus") == (
            "라면 타이머가 2분 남았어요. 10분 타이머는 10분 남은 채 멈춰 있어요."
        )
        again.advance(120)
        assert await alarm(listener, "kitchen") == "라면 타이머가 끝났어요."


async def test_a_timer_that_ended_while_off_is_announced_once_somebody_listens(
    started: Start, listener: Any, clock: ManualClock
) -> None:
    async with started():
        await ask(listener, "HassStartTimer", minutes=3)
    again = ManualClock(clock.now() + timedelta(minutes=13))
    async with started(clock=again):
        assert await ask(listener, "HassGetCurrentTime") == "지금은 오후 12시 13분이에요."
        assert not said(listener)
        there(listener, "living")
        assert await alarm(listener) == "3분 타이머가 10분 전에 끝났어요. 집사가 꺼져 있어서 이제 알려 드려요."
    async with started(clock=again):
        assert await ask(listener, "HassTimerStatus") == "맞춰 둔 타이머가 없어요."


async def test_a_late_timer_does_not_wait_for_ears_forever(started: Start, listener: Any, clock: ManualClock) -> None:
    async with started():
        await ask(listener, "HassStartTimer", minutes=3)
    again = ManualClock(clock.now() + timedelta(minutes=3))
    async with started(clock=again):
        await ask(listener, "HassGetCurrentTime")
        again.advance(30)
        assert await alarm(listener) == "3분 타이머가 30초 전에 끝났어요. 집사가 꺼져 있어서 이제 알려 드려요."


async def test_waking_up_in_the_past_lengthens_no_timer(started: Start, listener: Any) -> None:
    async with started():
        await ask(listener, "HassStartTimer", minutes=3)
    async with started(clock=ManualClock(NOON - timedelta(days=300))):
        assert await ask(listener, "HassTimerStatus") == "3분 타이머가 3분 남았어요."


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b'{"version": 3}',
        b'{"timers": [{"id": 1}]}',
        b'{"timers": [{"id":"a","seconds":3,"left":NaN}]}',
    ],
)
async def test_a_broken_file_is_put_aside(content: bytes, started: Start, listener: Any, tmp_path: Path) -> None:
    file = tmp_path / "state" / "timers.json"
    file.parent.mkdir()
    file.write_bytes(content)
    async with started():
        assert await ask(listener, "HassTimerStatus") == "맞춰 둔 타이머가 없어요."
        await ask(listener, "HassStartTimer", minutes=3)
    assert file.with_suffix(".broken").read_bytes() == content
    assert not file.exists()


async def test_a_full_disk_costs_only_the_memory_of_timers(
    started: Start, listener: Any, clock: ManualClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    async with started():
        assert await ask(listener, "HassStartTimer", minutes=3) == "3분 타이머를 시작했어요."
        assert "다시 켤 때까지만 기억해요" in caplog.text
        clock.advance(180)
        assert await alarm(listener) == "3분 타이머가 끝났어요."


async def test_the_assistant_speaks_english(started: Start, listener: Any, clock: ManualClock) -> None:
    async with started("en"):
        assert await ask(listener, "HassStartTimer", minutes=90) == "1 hour 30 minute timer started."
        assert await ask(listener, "HassStartTimer", minutes=1, name="egg timer") == "1 minute egg timer started."
        clock.advance(60)
        assert await alarm(listener) == "Your egg timer has ended."
