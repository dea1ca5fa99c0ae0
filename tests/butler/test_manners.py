"""What the butler does with too many sentences, and with what is not for it."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from hub.address import BrokerAddress
from hub.butler.dialogue import MOST_SESSIONS
from hub.butler.service import MANNERS, Butler
from hub.home import Home
from hub.messages import About, Reply, ServiceState, Topic, Utterance


@pytest.fixture
async def butler() -> AsyncIterator[Butler]:
    """A butler that is told of everything, and whose answers go nowhere."""
    found = Butler(BrokerAddress("nowhere", 1), Home())
    yield found
    for task in list(found._tasks):
        task.cancel()
    await asyncio.gather(*found._tasks, return_exceptions=True)


def say(butler: Butler, satellite: str | None = None, **fields: object) -> bool:
    """Whether a sentence is taken."""
    before = len(butler._tasks)
    said = {"text": "불 켜줘", "satellite": satellite, **fields}
    butler.bus.take(Topic.UTTERANCE, json.dumps(said).encode())
    return len(butler._tasks) > before


async def test_a_satellite_that_says_too_much_is_not_heard_and_another_is(
    butler: Butler, caplog: pytest.LogCaptureFixture
) -> None:
    _, at_once = MANNERS
    taken = [say(butler, "loud") for _ in range(at_once + 40)]
    assert at_once <= sum(taken) < at_once + 10
    assert taken[:at_once] == [True] * at_once
    assert say(butler, "polite")
    assert len(caplog.records) == 1
    assert "5 sentences a second came from loud" in caplog.text


@pytest.mark.parametrize(
    "fields",
    [
        {"heard_at": "9999-12-31T23:59:59-14:00"},
        {"heard_at": "0001-01-01T00:00:00+14:00"},
        {"text": "가" * 1_001},
        {"id": "a\nb"},
        {"satellite": "../all"},
    ],
)
async def test_what_no_voice_says_is_not_taken(fields: dict[str, object], butler: Butler) -> None:
    assert not say(butler, **fields)


async def test_sessions_are_bounded_whatever_clocks_say(butler: Butler) -> None:
    for number in range(3 * MOST_SESSIONS):
        utterance = Utterance(text="응", satellite=f"s{number}", heard_at="2999-01-01T00:00:00Z")  # type: ignore[arg-type]
        butler._dialogue.session(utterance)
    assert len(butler._dialogue._sessions._items) == MOST_SESSIONS


async def test_an_about_or_a_reply_on_the_topic_of_another_is_refused(butler: Butler) -> None:
    about = About(id="mine", bridge="x", type="light", name="등")
    butler.bus.take(Topic.device("other", "about"), about.to_payload())
    assert not butler.house.abouts
    waiting: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
    butler._asker._waiting["asked"] = waiting
    butler.bus.take(Topic.reply("asked"), Reply(id="other", bridge="x", ok=True).to_payload())
    assert not waiting.done()
    butler.bus.take(Topic.reply("asked"), Reply(id="asked", bridge="x", ok=True).to_payload())
    assert waiting.result().ok


async def test_a_bridge_that_is_cleared_is_forgotten(butler: Butler) -> None:
    butler.bus.take(Topic.bridge("x", "state"), ServiceState(state="offline").to_payload())
    butler.bus.take(Topic.bridge("x", "state"), b"")
    assert not butler._bridges
