"""Routines: on whose behalf their steps are said, and who is told what became of them."""

import json
from typing import Any

import pytest
from genies import Start, ask

from devices.genie.routines import RoutineSkill
from hub.messages import Intent, Say, Topic, Understood
from hub.routines import Routine, Step

GUESTS = Routine(id="guests", name="손님", say=("손님 왔어",), steps=(Step(do="문 열어줘"),))


async def begun(listener: Any, satellite: str | None) -> tuple[Intent, dict[str, Any]]:
    """Begin the routine; what began it, and its first step."""
    intent = Intent(
        intent="JipsaRoutine", slots={"id": "guests"}, satellite=satellite, room="거실", utterance_id="said"
    )
    listener.bus.publish(Topic.intent("genie"), intent)
    return intent, await listener.object(Topic.UTTERANCE, text="문 열어줘")


async def held(listener: Any, step: dict[str, Any]) -> None:
    """The step is not done, but asked about."""
    told = Understood(utterance_id=step["id"], text=step["text"], refused="asks_inside")
    listener.bus.publish(Topic.UNDERSTOOD, told)
    say = Say(text="집 안에서 허락하면 할게요.", priority="answer", utterance_id=step["id"])
    listener.bus.publish(Topic.say(step["satellite"]), say)


@pytest.mark.parametrize(
    ("satellite", "steps"),
    [("living", "routine"), (None, "routine"), ("remote-mother", "remote-routine"), ("remote-x", "remote-routine")],
)
async def test_steps_come_from_where_the_routine_was_begun(
    started: Start, listener: Any, satellite: str | None, steps: str
) -> None:
    async with started(more=[lambda desk: RoutineSkill(desk, [GUESTS])]):
        _, step = await begun(listener, satellite)
        assert (step["satellite"], step["room"], step["source"]) == (steps, "거실", "routine")


async def test_a_routine_of_the_page_or_of_a_device_is_begun_at_home(started: Start, listener: Any) -> None:
    async with started(more=[lambda desk: RoutineSkill(desk, [GUESTS])]):
        listener.bus.publish(Topic.device("routine-guests", "set"), json.dumps({"operation": "start"}))
        assert (await listener.object(Topic.UTTERANCE, text="문 열어줘"))["satellite"] == "routine"


@pytest.mark.parametrize("satellite", ["routine", "remote-routine"])
async def test_a_routine_begins_no_other(started: Start, listener: Any, satellite: str) -> None:
    async with started(more=[lambda desk: RoutineSkill(desk, [GUESTS])]):
        assert (await ask(listener, "JipsaRoutine", satellite, id="guests")).startswith("not_allowed")
        assert not listener.all(Topic.UTTERANCE)


async def test_what_becomes_of_a_step_later_is_told_who_began_it_outside(started: Start, listener: Any) -> None:
    async with started(more=[lambda desk: RoutineSkill(desk, [GUESTS])]):
        intent, step = await begun(listener, "remote-mother")
        await held(listener, step)
        reply = await listener.object(Topic.reply(intent.id))
        assert "집 안에서 허락하면 할게요." in reply["say"]
        later = Say(text="집 안에서 허락했어요. 문을 열었어요.", priority="answer", utterance_id=step["id"])
        listener.bus.publish(Topic.say("remote-routine"), later)
        told = await listener.object(Topic.say("remote-mother"))
        assert (told["text"], told["utterance_id"], told["priority"]) == (later.text, "said", "answer")
        listener.bus.publish(Topic.say("remote-routine"), Say(text="다른 것", utterance_id="another"))
        await ask(listener, "HassNevermind")
        assert len(listener.all(Topic.say("remote-mother"))) == 1


async def test_at_home_nobody_is_told_later(started: Start, listener: Any) -> None:
    async with started(more=[lambda desk: RoutineSkill(desk, [GUESTS])]):
        intent, step = await begun(listener, "living")
        await held(listener, step)
        await listener.object(Topic.reply(intent.id))
        listener.bus.publish(Topic.say("routine"), Say(text="했어요.", utterance_id=step["id"]))
        await ask(listener, "HassNevermind")
        assert not listener.all(Topic.say("living"))
