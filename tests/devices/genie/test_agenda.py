"""What the assistant shows when it is asked for its agenda, and intents that mean one thing of it by its id."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from genies import NOON, ManualClock, Start, alarm, ask, there

from devices.genie.bridge import GenieBridge
from devices.genie.routines import RoutineSkill, first_said
from hub.messages import Topic
from hub.payloads import new_id
from hub.routines import Routine

READ = Routine(id="read", name="독서", say=("[나] [이제] 책 (읽을래|볼래)",), steps=(), reply="즐겁게 보세요.")
NAMED_READ = Routine(id="other", name="read", say=(), steps=(), reply="다른 것이에요.")


async def agenda(listener: Any) -> dict[str, Any]:
    """What the assistant shows now."""
    transaction = new_id()
    listener.bus.publish(Topic.bridge("genie", "request/agenda"), f'{{"transaction": "{transaction}"}}')
    response = await listener.object(Topic.bridge("genie", "response/agenda"), transaction=transaction)
    assert response["status"] == "ok", response
    data: dict[str, Any] = response["data"]
    return data


def due(seconds: float) -> str:
    return str((NOON + timedelta(seconds=seconds)).isoformat(timespec="milliseconds"))


async def test_nothing_is_planned(genie: GenieBridge, listener: Any) -> None:
    found = await agenda(listener)
    assert found.pop("now") == due(0)
    assert [found.pop(kind) for kind in ("timers", "plans", "alarms", "reminders", "ringing")] == [[], [], [], [], []]
    assert found == {
        "lists": [
            {"id": "shopping_list", "name": "쇼핑", "title": "쇼핑 목록", "items": []},
            {"id": "todo_list", "name": "할 일", "title": "할 일 목록", "items": []},
        ]
    }


async def test_another_request_is_answered_as_by_any_bridge(genie: GenieBridge, listener: Any) -> None:
    listener.bus.publish(Topic.bridge("genie", "request/health_check"), "{}")
    assert (await listener.object(Topic.bridge("genie", "response/health_check")))["data"]["healthy"] is True
    listener.bus.publish(Topic.bridge("genie", "request/dance"), "{}")
    assert (await listener.object(Topic.bridge("genie", "response/dance")))["status"] == "error"


async def test_timers_and_plans_are_shown_with_what_is_left(
    genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    await ask(listener, "HassStartTimer", "kitchen", "주방", minutes=3, name="라면")
    await ask(listener, "HassStartTimer", minutes=10)
    await ask(listener, "HassStartTimer", minutes=20, conversation_command="불 꺼줘")
    await ask(listener, "JipsaSchedule", time="19:00", conversation_command="에어컨 켜줘")
    clock.advance(60.5)
    await ask(listener, "HassPauseTimer", start_minutes=10)
    clock.advance(9.5)
    found = await agenda(listener)
    assert found["now"] == due(70)
    noodles, ten = found["timers"]
    assert noodles.pop("id")
    assert noodles == {
        "name": "라면", "room": "주방", "satellite": "kitchen", "seconds": 180, "seconds_left": 110, "paused": False,
        "due_at": due(180),
    }  # fmt: skip
    assert (ten["seconds"], ten["seconds_left"], ten["paused"]) == (600, 539.5, True)
    assert "due_at" not in ten
    shown = [(plan["command"], plan["due_at"], plan["paused"]) for plan in found["plans"]]
    assert shown == [("불 꺼줘", due(1200), False), ("에어컨 켜줘", due(7 * 3600), False)]


async def test_alarms_and_reminders_are_shown_with_their_days(genie: GenieBridge, listener: Any) -> None:
    await ask(listener, "JipsaSetAlarm", "bedroom", "안방", time="07:00", days="weekdays", name="출근")
    await ask(listener, "JipsaSetAlarm", time="18:30")
    await ask(listener, "JipsaRemind", message="약", time="20:00", days="mon, tue")
    await ask(listener, "JipsaRemind", message="빨래", minutes=30)
    found = await agenda(listener)
    once, work = found["alarms"]
    assert (once["time"], once["days"], once["due_at"]) == ("18:30", [], due(6.5 * 3600))
    assert (work["time"], work["days"], work["name"]) == ("07:00", ["mon", "tue", "wed", "thu", "fri"], "출근")
    assert (work["due_at"], work["room"]) == (due(19 * 3600), "안방")
    laundry, pill = found["reminders"]
    assert (laundry["message"], laundry["days"], laundry["due_at"]) == ("빨래", [], due(1800))
    assert (pill["message"], pill["days"], pill["due_at"]) == ("약", ["mon", "tue"], due(8 * 3600))


async def test_items_are_shown_one_by_one(genie: GenieBridge, listener: Any) -> None:
    await ask(listener, "HassListAddItem", name="할 일", item="빨래, 빨 래, 청소")
    shopping, todo = (await agenda(listener))["lists"]
    assert (shopping["items"], todo["items"]) == ([], ["빨 래", "청소"])


async def test_an_item_is_taken_off_by_its_whole_name(genie: GenieBridge, listener: Any) -> None:
    await ask(listener, "HassListAddItem", name="쇼핑", item="우유, 딸기 우유")
    for item in ("우유", "딸기 우유"):
        answer = await ask(listener, "HassListCompleteItem", name="쇼핑", item=item)
        assert answer == f"쇼핑 목록에서 {item}를 지웠어요."


async def test_routines_are_shown_and_done_by_id(started: Start, listener: Any) -> None:
    async with started(more=[partial(RoutineSkill, routines=[NAMED_READ, READ])]):
        assert (await agenda(listener))["routines"] == [
            {"id": "other", "name": "read", "say": None},
            {"id": "read", "name": "독서", "say": "책 읽을래"},
        ]
        assert await ask(listener, "JipsaRoutine", id="read") == "즐겁게 보세요."
        assert await ask(listener, "JipsaRoutine", name="read") == "다른 것이에요."
        for wrong in ("nothing", 3, None):
            assert (await ask(listener, "JipsaRoutine", id=wrong)).startswith("not_found")


@pytest.mark.parametrize(
    ("template", "said"),
    [("불 꺼", "불 꺼"), ("[나 ]책 (읽을래|볼래)", "책 읽을래"), ("((a|b) c|d) [e [f]]g", "a c g"), ("a|b", "a")],
)
def test_what_a_template_says_first(template: str, said: str) -> None:
    assert first_said(template) == said


# One of two that are alike.


@pytest.fixture
async def alike(genie: GenieBridge, listener: Any, clock: ManualClock) -> list[str]:
    """The ids of two timers of ten minutes, the second a second later."""
    await ask(listener, "HassStartTimer", minutes=10)
    clock.advance(1)
    await ask(listener, "HassStartTimer", minutes=10)
    return [timer["id"] for timer in (await agenda(listener))["timers"]]


async def test_of_two_timers_alike_the_one_with_the_id_is_cancelled(alike: list[str], listener: Any) -> None:
    assert await ask(listener, "HassCancelTimer", id=alike[1]) == "10분 타이머를 취소했어요."
    assert [timer["id"] for timer in (await agenda(listener))["timers"]] == alike[:1]
    assert (await ask(listener, "HassCancelTimer", id=alike[1])).startswith("not_found")
    assert (await ask(listener, "HassCancelTimer", id=[alike[0]])).startswith("not_found")
    assert len((await agenda(listener))["timers"]) == 1


async def test_of_two_timers_alike_one_stands_still_and_is_longer(alike: list[str], listener: Any) -> None:
    first, second = alike
    await ask(listener, "HassPauseTimer", id=second)
    await ask(listener, "HassIncreaseTimer", id=second, minutes=1)
    shown = {timer["id"]: (timer["paused"], timer["seconds_left"]) for timer in (await agenda(listener))["timers"]}
    assert shown == {first: (False, 599), second: (True, 660)}
    assert (await ask(listener, "HassPauseTimer", id=second)).startswith("not_now")
    await ask(listener, "HassUnpauseTimer", id=second)
    await ask(listener, "HassDecreaseTimer", id=second, minutes=2)
    shown = {timer["id"]: (timer["paused"], timer["seconds_left"]) for timer in (await agenda(listener))["timers"]}
    assert shown == {first: (False, 599), second: (False, 540)}


async def test_a_timer_that_rings_goes_on_while_another_is_cancelled(
    genie: GenieBridge, listener: Any, clock: ManualClock
) -> None:
    there(listener, "kitchen")
    await ask(listener, "HassStartTimer", "kitchen", "주방", minutes=1)
    await ask(listener, "HassStartTimer", minutes=5)
    clock.advance(60)
    await alarm(listener, "kitchen")
    await listener.object(Topic.device("timers", "state"), count=1)
    found = await agenda(listener)
    ((ringing,), (waiting,)) = found["ringing"], found["timers"]
    assert (ringing["kind"], ringing["satellite"]) == ("timer", "kitchen")
    assert ringing["text"] == "1분 타이머가 끝났어요."
    await ask(listener, "HassCancelTimer", id=waiting["id"])
    found = await agenda(listener)
    assert ([one["id"] for one in found["ringing"]], found["timers"]) == ([ringing["id"]], [])
    assert await ask(listener, "HassCancelTimer", id=ringing["id"]) == "네, 껐어요."
    assert (await agenda(listener))["ringing"] == []


async def two_ring(listener: Any, clock: ManualClock) -> list[dict[str, Any]]:
    await ask(listener, "JipsaSetAlarm", time="12:01", name="약")
    await ask(listener, "JipsaSetAlarm", time="12:01", name="회의")
    clock.advance(60)
    await listener.until(lambda topic, payload: topic == "jipsa/say/all" and "회의".encode() in payload)
    await listener.until(lambda topic, payload: topic == "jipsa/say/all" and "약".encode() in payload)
    found: list[dict[str, Any]] = (await agenda(listener))["ringing"]
    return sorted(found, key=lambda bell: str(bell["text"]))


async def test_of_two_alarms_that_ring_one_is_silenced(genie: GenieBridge, listener: Any, clock: ManualClock) -> None:
    pill, meeting = await two_ring(listener, clock)
    assert (meeting["kind"], pill["text"]) == ("alarm", "오후 12시 1분 약 알람이에요.")
    assert await ask(listener, "JipsaStopAlarm", id=pill["id"]) == "네, 껐어요."
    assert [bell["id"] for bell in (await agenda(listener))["ringing"]] == [meeting["id"]]
    assert (await ask(listener, "JipsaStopAlarm", id=pill["id"])).startswith("not_now")
    assert [bell["id"] for bell in (await agenda(listener))["ringing"]] == [meeting["id"]]


async def test_of_two_alarms_that_ring_one_is_put_off(genie: GenieBridge, listener: Any, clock: ManualClock) -> None:
    pill, meeting = await two_ring(listener, clock)
    await ask(listener, "JipsaSnooze", id=pill["id"], minutes=10)
    found = await agenda(listener)
    assert [bell["id"] for bell in found["ringing"]] == [meeting["id"]]
    ((later,)) = found["alarms"]
    assert (later["name"], later["due_at"], "time" in later) == ("약", due(660), False)
    assert (await ask(listener, "JipsaSnooze", id=pill["id"], minutes=10)).startswith("not_now")
    assert len((await agenda(listener))["alarms"]) == 1


async def test_of_two_alarms_alike_one_is_cancelled(genie: GenieBridge, listener: Any) -> None:
    await ask(listener, "JipsaSetAlarm", "bedroom", time="07:00")
    await ask(listener, "JipsaSetAlarm", "living", time="07:00")
    kept, gone = (await agenda(listener))["alarms"]
    assert await ask(listener, "JipsaCancelAlarm", id=gone["id"]) == "내일 오전 7시 알람을 취소했어요."
    assert [one["id"] for one in (await agenda(listener))["alarms"]] == [kept["id"]]
    assert (await ask(listener, "JipsaCancelAlarm", id=gone["id"], all=True)).startswith("not_found")


async def test_an_alarm_is_changed_and_stays_where_it_was(
    genie: GenieBridge, started: Start, listener: Any, clock: ManualClock
) -> None:
    there(listener, "bedroom")
    await ask(listener, "JipsaSetAlarm", "bedroom", "안방", time="07:00", name="출근")
    ((before,)) = (await agenda(listener))["alarms"]
    answer = await ask(listener, "JipsaSetAlarm", "phone", id=before["id"], time="12:30", days=["tue", "sat"])
    assert answer == "네, 화요일, 토요일 오후 12시 30분 알람을 맞췄어요."
    ((after,)) = (await agenda(listener))["alarms"]
    assert (after["id"], after["satellite"], after["room"]) == (before["id"], "bedroom", "안방")
    assert (after["time"], after["days"], "name" in after) == ("12:30", ["tue", "sat"], False)
    ((kept,)) = await genie.store.ask("SELECT body FROM countdowns WHERE kind = 'alarm'")
    assert '"days":[1,5]' in kept[0]
    clock.advance(1800)
    assert await alarm(listener, "bedroom") == "오후 12시 30분 알람이에요."


async def test_an_alarm_that_is_not_there_is_not_changed(genie: GenieBridge, listener: Any) -> None:
    await ask(listener, "JipsaSetAlarm", time="07:00")
    for wrong in ("nothing", 3, ["x"], ""):
        assert (await ask(listener, "JipsaSetAlarm", id=wrong, time="08:00")).startswith("not_found")
    assert [one["time"] for one in (await agenda(listener))["alarms"]] == ["07:00"]


async def test_of_two_reminders_alike_one_is_cancelled(genie: GenieBridge, listener: Any) -> None:
    await ask(listener, "JipsaRemind", message="약", minutes=10)
    await ask(listener, "JipsaRemind", message="약", minutes=10)
    kept, gone = (await agenda(listener))["reminders"]
    answer = await ask(listener, "JipsaCancelReminder", id=gone["id"])
    assert answer == "오후 12시 10분에 약을 알려 드리기로 한 것을 취소했어요."
    assert [one["id"] for one in (await agenda(listener))["reminders"]] == [kept["id"]]


async def test_of_two_plans_alike_one_is_cancelled(genie: GenieBridge, listener: Any) -> None:
    await ask(listener, "JipsaSchedule", time="19:00", conversation_command="불 꺼줘")
    await ask(listener, "JipsaSchedule", time="19:00", conversation_command="불 꺼줘")
    kept, gone = (await agenda(listener))["plans"]
    await ask(listener, "JipsaCancelDelay", id=gone["id"])
    assert [plan["id"] for plan in (await agenda(listener))["plans"]] == [kept["id"]]


@pytest.mark.parametrize(
    ("first", "second", "change", "device"),
    [
        (("HassStartTimer", {"minutes": 1}), ("HassStartTimer", {"minutes": 9}), "HassPauseTimer", "timers"),
        (("JipsaSetAlarm", {"time": "13:00"}), ("JipsaSetAlarm", {"time": "15:00"}), "JipsaSetAlarm", "alarms"),
    ],
)
async def test_whoever_shows_the_agenda_is_told_of_what_no_property_shows(
    first: tuple[str, dict[str, Any]],
    second: tuple[str, dict[str, Any]],
    change: str,
    device: str,
    genie: GenieBridge,
    listener: Any,
) -> None:
    await ask(listener, first[0], **first[1])
    await ask(listener, second[0], **second[1])
    wanted = (await agenda(listener))[device][1]["id"]
    before = await listener.object(Topic.device(device, "state"), count=2)
    listener.heard.clear()
    await ask(listener, change, id=wanted, **({"time": "16:00"} if change == "JipsaSetAlarm" else {}))
    after = await listener.object(Topic.device(device, "state"))
    assert datetime.fromisoformat(after.pop("updated_at")) > datetime.fromisoformat(before.pop("updated_at"))
    assert after == before
