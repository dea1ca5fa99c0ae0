"""What is said in which order, how loud and when: real espeak-ng, and a PyAudio-shaped loudspeaker."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from speech.loudspeakers import Jack
from speech.test_synthesis import needs_espeak

from hub.messages import Priority, Say
from hub.settings.voice import QuietHours, SpeakerSettings
from hub.speech import mouth as mouth_module
from hub.speech.loudspeaker import Loudspeaker
from hub.speech.mouth import Mouth, gain, sentences_of
from hub.speech.synthesis import voice_of
from hub.speech.tones import Tone, tone

pytestmark = needs_espeak

LONG = "오늘은 전국에 비가 오고 바람이 많이 불겠습니다."


class Stage:
    """A mouth that speaks, and what was heard of it."""

    def __init__(self, jack: Jack, cache: Path, **settings: object) -> None:
        self.jack = jack
        self.time = datetime(2026, 11, 26, 12, 0)
        speaker = SpeakerSettings.model_validate({"volume": 100, **settings})
        self.loudspeaker = Loudspeaker()
        self.mouth = Mouth(voice_of(speaker, "ko", cache), self.loudspeaker, speaker, lambda: self.time)
        self.mouth.on_speaking = self._told
        self.heard: list[str] = []
        self.news = asyncio.Event()
        self.speaking = False

    def _told(self, text: str | None) -> None:
        self.speaking = text is not None
        if text is not None and (not self.heard or self.heard[-1] != text):
            self.heard.append(text)
        self.news.set()

    def say(self, text: str, priority: Priority = "announcement") -> asyncio.Future[None]:
        return self.mouth.say(Say(text=text, priority=priority))

    async def until_heard(self, text: str) -> None:
        while text not in self.heard:
            self.news.clear()
            await self.news.wait()


@pytest.fixture
async def stage(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Stage]:
    jack = Jack()
    monkeypatch.setitem(sys.modules, "pyaudio", jack.module())
    stage = Stage(jack, tmp_path, **getattr(request, "param", {}))
    running = asyncio.create_task(stage.mouth.run())
    yield stage
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert jack.opened == jack.closed


async def test_one_after_another_and_the_ears_are_told(stage: Stage) -> None:
    await asyncio.gather(stage.say("하나."), stage.say("둘."), stage.say("셋."))
    assert stage.heard == ["하나.", "둘.", "셋."]
    assert not stage.speaking
    assert len(stage.jack.played) > stage.jack.rate


async def test_what_waits_is_said_by_its_priority(stage: Stage) -> None:
    first = stage.say("처음.", "alarm")
    said = [stage.say("소식 하나."), stage.say("대답.", "answer"), stage.say("불이야!", "alarm"), stage.say("소식 둘.")]
    await asyncio.gather(first, *said)
    assert stage.heard == ["처음.", "불이야!", "대답.", "소식 하나.", "소식 둘."]


async def test_an_answer_interrupts_an_announcement_which_is_said_again(stage: Stage) -> None:
    stage.jack.slowly = True
    news = stage.say(LONG)
    await stage.until_heard(LONG)
    stage.jack.slowly = False
    await stage.say("네.", "answer")
    assert not news.done()
    await news
    assert stage.heard == [LONG, "네.", LONG]


async def test_an_announcement_interrupts_nothing(stage: Stage) -> None:
    answer = stage.say("네, 거실 불을 켰어요.", "answer")
    await stage.until_heard("네, 거실 불을 켰어요.")
    await asyncio.gather(stage.say("소식."), answer)
    assert stage.heard == ["네, 거실 불을 켰어요.", "소식."]


async def test_who_calls_makes_it_silent_and_what_was_said_is_over(stage: Stage) -> None:
    stage.jack.slowly = True
    answer = stage.say("지금 서울의 기온은 영하 삼도이고 미세먼지는 보통입니다.", "answer")
    await stage.until_heard("지금 서울의 기온은 영하 삼도이고 미세먼지는 보통입니다.")
    stage.mouth.stop()
    await answer
    assert not stage.speaking
    assert len(stage.jack.played) < 2 * stage.jack.rate


async def test_what_an_alarm_interrupted_is_not_said_again_after_who_called(stage: Stage) -> None:
    stage.jack.slowly = True
    news = stage.say(LONG)
    await stage.until_heard(LONG)
    alarm = stage.say("불이야!", "alarm")
    stage.mouth.stop()
    await asyncio.gather(news, alarm)
    assert stage.heard == [LONG, "불이야!"]


async def test_the_volume_is_changed_in_the_middle_of_a_word(stage: Stage) -> None:
    stage.jack.slowly = True
    answer = stage.say(LONG, "answer")
    await stage.until_heard(LONG)
    stage.mouth.volume = 0
    assert stage.loudspeaker.gain == 0
    stage.mouth.stop()
    await answer


async def test_while_somebody_speaks_announcements_wait_and_answers_are_quieter(stage: Stage) -> None:
    stage.mouth.listening(True)
    news = stage.say("소식.")
    await stage.say("대답.", "answer")
    quiet = np.abs(stage.jack.played).max()
    assert stage.heard == ["대답."]
    stage.jack.blocks.clear()
    stage.mouth.listening(False)
    await news
    await stage.say("대답.", "answer")
    assert quiet == pytest.approx(np.abs(stage.jack.played).max() * mouth_module.DUCKED, rel=0.35)


QUIET = {"quiet": QuietHours(start="22:00", end="07:00", volume=50)}


@pytest.mark.parametrize("stage", [QUIET], indirect=True)
@pytest.mark.parametrize(("hour", "quiet"), [(21, False), (22, True), (0, True), (6, True), (7, False)])
async def test_at_night_announcements_wait_for_the_morning(stage: Stage, hour: int, quiet: bool) -> None:
    stage.time = datetime(2026, 11, 26, hour, 30 if hour != 7 else 0)
    news = stage.say("세탁이 끝났어요.")
    await stage.say("네.", "answer")
    await asyncio.wait([news], timeout=None if not quiet else 0.2)
    assert news.done() is not quiet
    stage.time = datetime(2026, 11, 27, 12, 0)
    stage.mouth.listening(False)
    await news


@pytest.mark.parametrize("stage", [QUIET], indirect=True)
async def test_at_night_answers_are_quiet_and_alarms_are_not(stage: Stage) -> None:
    stage.time = datetime(2026, 11, 26, 23, 0)
    await stage.say("네.", "answer")
    assert stage.loudspeaker.gain == pytest.approx(gain(50))
    await stage.say("불이야!", "alarm")
    assert stage.loudspeaker.gain == 1


async def test_an_alarm_is_preceded_by_its_tone(stage: Stage) -> None:
    await stage.say("불이야!", "alarm")
    sound = np.frombuffer(tone(Tone.ALARM).samples, "<i2")
    start = len(sound) // 8
    assert np.abs(stage.jack.played[start : start + 4_000]).max() == pytest.approx(np.abs(sound).max(), rel=0.1)


async def test_the_same_message_is_said_once(stage: Stage) -> None:
    say = Say(text="한 번만.")
    await asyncio.gather(stage.mouth.say(say), stage.mouth.say(say))
    await stage.mouth.say(say)
    assert stage.heard == ["한 번만."]


async def test_too_much_to_say_is_dropped_from_the_oldest_announcement_on(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.mouth.listening(True)
    waiting = [stage.say(f"소식 {number}.") for number in range(mouth_module.MOST_WAITING + 2)]
    assert [future.done() for future in waiting[:3]] == [True, True, False]
    assert caplog.text.count("too much waits") == 2


async def test_long_texts_are_said_sentence_by_sentence(stage: Stage) -> None:
    text = "첫 문장입니다. 둘째 문장이에요! 셋째일까요?"
    assert sentences_of(text) == ["첫 문장입니다.", "둘째 문장이에요!", "셋째일까요?"]
    assert sentences_of("26.5도예요") == ["26.5도예요"]
    await stage.say(text)
    assert stage.heard == [text]


async def test_without_a_loudspeaker_nothing_is_said_and_nothing_waits(tmp_path: Path) -> None:
    settings = SpeakerSettings()
    mouth = Mouth(voice_of(settings, "ko", tmp_path), None, settings)
    running = asyncio.create_task(mouth.run())
    mouth.play(Tone.WAKE)
    async with asyncio.timeout(30):
        await mouth.say(Say(text="아무도 못 들어요."))
    running.cancel()


async def test_a_loudspeaker_that_is_gone_is_told_once(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.jack.names = ["USB Microphone"]
    await stage.say("하나.")
    await stage.say("둘.")
    assert caplog.text.count("no loudspeaker was found") == 1
    stage.jack.names.append("USB Speaker")
    await stage.say("셋.")
    assert len(stage.jack.played)


def test_volume_is_heard_in_equal_steps() -> None:
    assert gain(0) == 0
    assert gain(100) == 1
    assert gain(80) / gain(60) == pytest.approx(gain(60) / gain(40))
