"""Small talk and announcements."""

from typing import Any

import pytest
from genies import Start, ask, said

from devices.genie.bridge import GenieBridge
from hub.messages import Topic


async def test_small_talk_is_answered(genie: GenieBridge, listener: Any) -> None:
    assert await ask(listener, "HassRespond") == (
        "네, 저는 집사예요. 불이나 에어컨, 타이머처럼 필요한 게 있으면 언제든 말씀하세요."
    )
    assert await ask(listener, "HassNevermind") == "네."


async def test_a_message_is_told_everywhere(genie: GenieBridge, listener: Any) -> None:
    assert await ask(listener, "HassBroadcast", satellite="kitchen", message=" 밥 먹자 ") == "네, 모두에게 전했어요."
    announced = await listener.object(Topic.say("all"))
    assert (announced["text"], announced["priority"]) == ("밥 먹자", "announcement")


@pytest.mark.parametrize("slots", [{}, {"message": " "}, {"message": 3}])
async def test_an_announcement_needs_a_message(slots: dict[str, Any], genie: GenieBridge, listener: Any) -> None:
    assert await ask(listener, "HassBroadcast", **slots) == "bad_payload: 뭐라고 전할지 말씀해 주세요."
    assert not said(listener)


async def test_talk_in_english(started: Start, listener: Any) -> None:
    async with started("en"):
        assert await ask(listener, "HassNevermind") == "All right."
        assert await ask(listener, "HassBroadcast", message="dinner") == "All right, everybody was told."
