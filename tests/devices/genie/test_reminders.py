"""Reminders: taken, told in natural Korean, repeated, cancelled, and kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from genies import ManualClock, Start, alarm, ask, there

from devices.genie.bridge import GenieBridge
from devices.genie.reminders import LONGEST_MESSAGE
from hub.messages import Topic

REMIND, GET, CANCEL = "JipsaRemind", "JipsaGetReminders", "JipsaCancelReminder"


@pytest.mark.parametrize(
    ("message", "promised", "said"),
    [
        ("약 먹으라고", "약 먹으라고", "약 먹을 시간이에요."),
        ("가스 불 확인하라고", "가스 불 확인하라고", "가스 불 확인할 시간이에요."),
        ("음악을 들으라고", "음악을 들으라고", "음악을 들을 시간이에요."),
        ("빨래 널라고", "빨래 널라고", "빨래 널라고 알려 드려요."),
        ("회의라고", "회의라고", "회의라고 알려 드려요."),
        ("회의실은 지하라고", "회의실은 지하라고", "회의실은 지하라고 알려 드려요."),
        ("커피 마시지 말라고", "커피 마시지 말라고", "커피 마시지 말라고 알려 드려요."),
        ("회의 있다고", "회의 있다고", "회의 있다고 알려 드려요."),
        ("밥 먹자고", "밥 먹자고", "밥 먹자고 알려 드려요."),
        ("약 먹게", "약 먹게", "약 먹게 알려 드려요."),
        ("회의", "회의를", "회의 알림이에요."),
        ("약", "약을", "약 알림이에요."),
        ("카메라", "카메라를", "카메라 알림이에요."),
    ],
)
async def test_what_somebody_is_reminded_of(
    message: str, promised: str, said: str, genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    there(listener, "living")
    answer = await ask(listener, REMIND, "living", minutes=10, message=message)
    assert answer == f"네, 10분 뒤에 {promised} 알려 드릴게요."
    assert await ask(listener, GET) == f"오후 12시 10분에 {promised} 알려 드리기로 했어요."
    clock.advance(600)
    assert await alarm(listener, "living") == said
    assert await ask(listener, GET) == "알려 드리기로 한 것이 없어요."


@pytest.mark.parametrize(
    ("message", "ending", "promised"),
    [
        ("약 먹으라", "고", "약 먹으라고"),
        ("숙제하", "도록", "숙제하도록"),
        ("약", "아무거나", "약을"),
        ("약", ["고"], "약을"),
    ],
)
async def test_the_ending_of_the_message_may_be_a_slot_of_its_own(
    message: str, ending: Any, promised: str, genie: GenieBridge, listener: Any
) -> None:
    answer = await ask(listener, REMIND, minutes=10, message=message, ending=ending)
    assert answer == f"네, 10분 뒤에 {promised} 알려 드릴게요."


@pytest.mark.parametrize(
    ("slots", "when"),
    [
        ({"time": "15:00"}, "오후 3시"),
        ({"time": "08:00", "date": "2026-11-25"}, "내일 오전 8시"),
        ({"time": "09:00", "days": "daily"}, "매일 오전 9시"),
        ({"time": "09:00", "days": "mon, thu"}, "월요일, 목요일 오전 9시"),
    ],
)
async def test_at_a_time_of_the_clock(slots: dict[str, Any], when: str, genie: GenieBridge, listener: Any) -> None:
    assert await ask(listener, REMIND, **slots, message="약 먹으라고") == f"네, {when}에 약 먹으라고 알려 드릴게요."
    assert await ask(listener, GET) == f"{when}에 약 먹으라고 알려 드리기로 했어요."


@pytest.mark.parametrize(
    ("slots", "answer"),
    [
        ({"time": "15:00"}, "missing: 무엇을 알려 드릴까요?"),
        ({"time": "15:00", "message": 3}, "bad_payload: 무엇을 알려 드릴까요?"),
        ({"time": "15:00", "message": "가" * (LONGEST_MESSAGE + 1)}, "bad_payload: 무엇을 알려 드릴까요?"),
        ({"message": "약"}, "missing: 언제 알려 드릴까요?"),
        ({"message": "약", "time": "soon"}, "bad_payload: 언제 알려 드릴까요?"),
        ({"message": "약", "minutes": 0}, "out_of_range: 언제 알려 드릴까요?"),
        ({"message": "약", "hours": 1e300}, "out_of_range: 예약은 일 년 안으로만 할 수 있어요."),
        ({"message": "약", "minutes": True}, "out_of_range: 언제 알려 드릴까요?"),
    ],
)
async def test_what_cannot_be_taken_is_said(
    slots: dict[str, Any], answer: str, genie: GenieBridge, listener: Any
) -> None:
    assert await ask(listener, REMIND, **slots) == answer
    assert genie.states["reminders"]["count"] == 0


async def test_what_comes_again_is_told_every_day_and_shown(
    genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    about = await listener.object(Topic.device("reminders", "about"))
    assert about["name"] == "알림"
    there(listener, "living")
    await ask(listener, REMIND, "living", time="13:00", days="daily", message="약 먹으라고")
    for day in (24, 25, 26):
        await listener.object(
            Topic.device("reminders", "state"),
            count=1, next_name="약 먹으라고", next_at=f"2026-11-{day}T13:00:00+09:00",
        )  # fmt: skip
        listener.heard.clear()
        clock.advance(3600 if day == 24 else 24 * 3600)
        assert await alarm(listener, "living") == "약 먹을 시간이에요."


async def test_a_reminder_is_cancelled_by_what_it_is_about_or_when(genie: GenieBridge, listener: Any) -> None:
    assert await ask(listener, CANCEL) == "not_found: 알려 드리기로 한 것이 없어요."
    for time, message in (("15:00", "약 먹으라고"), ("16:00", "회의 있다고"), ("17:00", "약")):
        await ask(listener, REMIND, time=time, message=message)
    everything = "오후 3시에 약 먹으라고, 오후 4시에 회의 있다고, 오후 5시에 약을"
    assert await ask(listener, CANCEL) == f"not_now: 어느 알림 말씀이세요? {everything} 알려 드리기로 했어요."
    assert await ask(listener, CANCEL, message="청소") == (
        f"not_found: 그런 알림은 없어요. {everything} 알려 드리기로 했어요."
    )
    assert await ask(listener, CANCEL, message="회의") == "오후 4시에 회의 있다고 알려 드리기로 한 것을 취소했어요."
    assert (
        await ask(listener, CANCEL, message="약", time="17:00") == "오후 5시에 약을 알려 드리기로 한 것을 취소했어요."
    )
    await ask(listener, REMIND, time="16:00", message="회의 있다고")
    assert await ask(listener, CANCEL, all=True) == "알림 2개를 모두 취소했어요."


async def test_a_reminder_that_came_due_while_off_is_told(started: Start, listener: Any, clock: ManualClock) -> None:
    async with started():
        await ask(listener, REMIND, "living", time="13:00", message="약 먹으라고")
        await ask(listener, REMIND, "living", minutes=61, message="회의")
    there(listener, "living")
    async with started(clock=ManualClock(clock.now() + timedelta(minutes=61, seconds=30))):
        assert await ask(listener, GET) == "알려 드리기로 한 것이 없어요."
        await listener.object(
            Topic.say("living"), text="오후 1시에 약 먹으라고 알려 드려야 했는데, 집사가 꺼져 있었어요."
        )
        await listener.object(Topic.say("living"), text="회의 알림이에요.")


async def test_reminders_in_english(started: Start, listener: Any, clock: ManualClock) -> None:
    async with started("en"):
        said = await ask(listener, REMIND, minutes=10, message="take the pills")
        assert said == "All right, I will remind you in 10 minutes: take the pills."
        assert await ask(listener, GET) == "I am to remind you: take the pills at 12:10 PM."
        clock.advance(600)
        assert await alarm(listener) == "A reminder: take the pills."
