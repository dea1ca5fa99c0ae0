import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from speech.conftest import REPOSITORY, recordings

from hub.grammar.acceptor import Acceptor
from hub.grammar.spoken import spoken_grammar
from hub.home import load_home
from hub.speech.commands import Commands
from hub.speech.graphs import ensure_graph
from hub.speech.model import find_model
from hub.speech.recognizer import Recognizer, Segment, Word, after_wake, is_call
from hub.speech.sound import wav_frames
from hub.speech.wake import wake_cuts, with_wake

COMMANDS = Acceptor([(0, 1, "거실"), (1, 2, "불"), (2, 3, "켜줘"), (0, 1, "")], frozenset({3}))


@pytest.mark.parametrize(
    "said", ["@지니야", "@지니야 @지니야", "@지니야 거실 불 켜줘", "@집사야 불 켜줘", "거실 불 켜줘"]
)
def test_a_name_may_stand_before_every_command_and_alone(said: str) -> None:
    assert Commands.of(with_wake(COMMANDS, ["지니야", "집사야"])).complete(said.split())


@pytest.mark.parametrize("said", ["거실 불 켜줘 @지니야", "거실 @지니야 불 켜줘", "@지니야 거실", "@자기야"])
def test_nowhere_else(said: str) -> None:
    assert not Commands.of(with_wake(COMMANDS, ["지니야", "집사야"])).complete(said.split())


def test_without_names_nothing_but_commands_is_listened_for() -> None:
    commands = Commands.of(with_wake(COMMANDS, []))
    assert commands.complete(["불", "켜줘"])
    assert not commands.complete([])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("지니야", ["지니 야", "지 니야", "지 니 야", "진 이 야"]),
        ("기가지니", ["기 가 지니", "기 가 진 이"]),
        ("코뿔소", ["코 뿔 소", "코 풀 소"]),
    ],
)
def test_a_name_is_said_in_every_way(name: str, said: list[str]) -> None:
    syllables = {syllable for way in said for syllable in way.split()}
    words = syllables | {word for way in said for word in way.split()}
    found = [" ".join(cut) for cut in wake_cuts(name, words)]
    assert set(said) <= set(found)
    assert [len(way.split()) for way in found] == sorted(len(way.split()) for way in found)


def words(*texts: str, sure: float = 1.0, pause: float = 0.2) -> list[Word]:
    return [Word(text, place, place + 1 - pause, sure, sure) for place, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("said", "command", "called"),
    [
        (["@지니야", "불", "켜줘"], "불 켜줘", True),
        (["…", "@지니야", "불", "켜줘"], "불 켜줘", True),
        (["@지니야", "…"], "…", True),
        (["…", "@지니야"], "", True),
        (["…", "@지니야", "…"], "…", False),  # talk in which something sounds like the name
        (["…", "@지니야", "불", "…"], "불 …", False),
    ],
)
def test_who_is_called(said: Sequence[str], command: str, called: bool) -> None:
    name, rest = after_wake(words(*said))
    assert name is not None
    assert " ".join(word.text for word in rest) == command
    assert is_call(words(*said), name) is called


def test_a_name_right_behind_other_talk_calls_nobody() -> None:
    said = words("…", "@지니야", "큰방", "온도", pause=0)
    assert not is_call(said, said[1])


def test_a_name_that_is_doubtful_calls_nobody() -> None:
    name, _ = after_wake(words("@지니야", sure=0.4))
    assert name is not None
    assert not is_call(words("@지니야", sure=0.4), name)


@pytest.fixture(scope="session")
def called_rhino(tmp_path_factory: pytest.TempPathFactory) -> Recognizer:
    """The home of the samples, called by the name that the person of a recording says."""
    cache = tmp_path_factory.mktemp("called")
    called = with_wake(spoken_grammar(load_home(REPOSITORY / "config/home.yaml")), ["코뿔소"]).to_json()
    return Recognizer(asyncio.run(ensure_graph(called, find_model(), cache, lambda *_: None)))


async def heard(recognizer: Recognizer, path: Path) -> list[Segment]:
    return [segment async for segment in recognizer.segments(wav_frames(path))]


@pytest.mark.parametrize("path", recordings("wake"), ids=lambda path: path.stem)
async def test_a_person_who_calls_is_heard_with_the_command_in_one_breath(called_rhino: Recognizer, path: Path) -> None:
    (segment,) = await heard(called_rhino, path)
    assert segment.called
    assert segment.refused is None
    assert segment.text.startswith("모든 불을 다 파란색으로")


@pytest.mark.parametrize("path", [*recordings("none"), *recordings("command")], ids=lambda path: path.stem)
async def test_nobody_else_calls(called_rhino: Recognizer, path: Path) -> None:
    assert not any(segment.called for segment in await heard(called_rhino, path))
