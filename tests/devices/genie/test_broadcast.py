"""Announcements to all rooms or to one, and the answers to them."""

from typing import Any

import pytest
from genies import ManualClock, ask, said, there

from hub.messages import Say, Topic

pytestmark = pytest.mark.usefixtures("genie")


async def rooms(listener: Any, **satellites: str) -> None:
    """Satellites, and where they stand; the assistant knows when it has answered something later."""
    for satellite, room in satellites.items():
        there(listener, satellite, room=room)
    await ask(listener, "HassNevermind")


async def test_everybody_is_told(listener: Any) -> None:
    await rooms(listener, living="거실", bedroom="안방")
    assert await ask(listener, "HassBroadcast", "living", message="밥 먹자") == "네, 모두에게 전했어요."
    assert (await listener.object(Topic.say("all")))["text"] == "거실에서 전해요. 밥 먹자고 해요."


async def test_one_room_is_told(listener: Any) -> None:
    await rooms(listener, living="거실", kids="아이방", kids2="아이방")
    answered = await ask(listener, "HassBroadcast", "living", message="손 씻으라", area="아이방")
    assert answered == "네, 아이방에 전했어요."
    for satellite in ("kids", "kids2"):
        assert (await listener.object(Topic.say(satellite)))["text"] == "거실에서 전해요. 손 씻으라고 해요."
    assert Topic.say("all") not in said(listener)


async def test_a_room_without_a_loudspeaker_is_named(listener: Any) -> None:
    await rooms(listener, living="거실", bedroom="안방")
    there(listener, "bedroom", state="offline")
    await ask(listener, "HassNevermind")
    answered = await ask(listener, "HassBroadcast", "living", message="밥 먹자", area="안방")
    assert answered == "not_found: 안방에는 지금 켜져 있는 스피커가 없어요."
    assert said(listener) == []


async def test_an_answer_goes_where_the_announcement_came_from(listener: Any) -> None:
    await rooms(listener, living="거실", kids="아이방", bedroom="안방")
    await ask(listener, "HassBroadcast", "living", message="밥 먹자", area="아이방")
    assert await ask(listener, "JipsaAnswerBroadcast", "kids", message="금방 간다") == "네, 답을 전했어요."
    assert (await listener.object(Topic.say("living")))["text"] == "아이방에서 답이 왔어요. 금방 간다고 해요."
    assert "not_found" in await ask(listener, "JipsaAnswerBroadcast", "bedroom", message="나도")


@pytest.mark.parametrize("message", [None, "", "  ", 3, ["밥"], "밥" * 201])
async def test_without_a_message_nothing_is_said(listener: Any, message: object) -> None:
    await rooms(listener, living="거실")
    assert (await ask(listener, "HassBroadcast", message=message)).startswith("bad_payload")
    assert said(listener) == []


async def test_somebody_unknown_announces_without_a_room(listener: Any) -> None:
    await ask(listener, "HassBroadcast", message="택배가 왔습니다")
    assert (await listener.object(Topic.say("all")))["text"] == "택배가 왔습니다"


# From outside.


async def test_who_is_outside_announces_and_is_answered_there(listener: Any) -> None:
    await rooms(listener, living="거실", kids="아이방")
    assert await ask(listener, "HassBroadcast", "remote-mother", message="곧 도착한다") == "네, 모두에게 전했어요."
    assert (await listener.object(Topic.say("all")))["text"] == "밖에서 전해요. 곧 도착한다고 해요."
    assert await ask(listener, "JipsaAnswerBroadcast", "kids", message="알았다") == "네, 답을 전했어요."
    assert (await listener.object(Topic.say("remote-mother")))["text"] == "아이방에서 답이 왔어요. 알았다고 해요."
    assert said(listener) == [Topic.say("all"), Topic.say("remote-mother")]


async def test_nobody_outside_speaks_through_a_loudspeaker_while_an_answer_is_waited_for(
    listener: Any, clock: ManualClock
) -> None:
    await rooms(listener, living="거실", kids="아이방")
    listener.bus.publish(Topic.say("all"), Say(text="오늘은 쉬는 날이에요."))
    assert (
        await ask(listener, "HassBroadcast", "remote-mother", message="네", area="아이방") == "네, 아이방에 전했어요."
    )
    listener.bus.publish(Topic.say("all"), Say(text="현관문을 열까요?", asks=True))
    for intent in ("HassBroadcast", "JipsaAnswerBroadcast"):
        assert (await ask(listener, intent, "remote-thief", message="네", area="아이방")).startswith("not_now")
    assert await ask(listener, "HassBroadcast", "living", message="네", area="아이방") == "네, 아이방에 전했어요."
    clock.advance(60)
    assert (
        await ask(listener, "HassBroadcast", "remote-mother", message="네", area="아이방") == "네, 아이방에 전했어요."
    )
    assert len(listener.all(Topic.say("kids"))) == 3
