"""Schedules from iCalendar files: real files, and a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from genies import ManualClock, Start, ask

from devices.genie import calendars as reading
from devices.genie import schedule
from devices.genie.bridge import GenieBridge
from devices.genie.calendars import HomeCalendar
from devices.genie.schedule import OFTEN, ScheduleSkill
from hub.config import Settings
from hub.messages import Topic
from hub.yamlfile import SettingsError, YamlFile

ASKED = "JipsaGetSchedule"
SEOUL = "DTSTART;TZID=Asia/Seoul:"


def event(title: str, *lines: str, uid: str | None = None) -> str:
    head = ("BEGIN:VEVENT", f"UID:{uid or title}", "DTSTAMP:20260101T000000Z", f"SUMMARY:{title}")
    return "\r\n".join((*head, *lines, "END:VEVENT", ""))


def ics(*events: str) -> str:
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//home//tests//KO", "")) + "".join(
        (*events, "END:VCALENDAR\r\n")
    )


DENTIST = event("치과", f"{SEOUL}20261125T100000", "DTEND;TZID=Asia/Seoul:20261125T110000")
DINNER = event("저녁 약속", f"{SEOUL}20261125T190000", "DURATION:PT2H")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine takes its time for the first look."""
    monkeypatch.setattr(schedule, "PATIENCE", 60.0)


@asynccontextmanager
async def with_calendars(
    started: Start, *sources: str | Path, language: str = "ko", clock: ManualClock | None = None
) -> AsyncIterator[GenieBridge]:
    """An assistant with these calendars, called 가족, 학교 and so on."""
    found = [HomeCalendar(name, str(source)) for name, source in zip(("가족", "학교", "회사"), sources, strict=False)]
    options = {} if clock is None else {"clock": clock}
    async with started(language, more=[partial(ScheduleSkill, calendars=found)], **options) as bridge:
        yield bridge


@pytest.fixture
def family(tmp_path: Path) -> Path:
    path = tmp_path / "family.ics"
    path.write_text(ics(DENTIST, DINNER))
    return path


async def test_a_day_is_told(family: Path, started: Start, listener: Any) -> None:
    async with with_calendars(started, family):
        assert await ask(listener, ASKED, day="tomorrow") == (
            "내일은 일정이 2개 있어요. 오전 10시 치과, 오후 7시 저녁 약속이에요."
        )
        assert await ask(listener, ASKED) == "오늘은 일정이 없어요."
        assert await ask(listener, ASKED, date="2026-11-30") == "11월 30일 월요일은 일정이 없어요."
        assert await ask(listener, ASKED, which="next") == "다음 일정은 내일 오전 10시 치과예요."


async def test_a_day_is_told_in_english(family: Path, started: Start, listener: Any) -> None:
    async with with_calendars(started, family, language="en"):
        assert await ask(listener, ASKED, day="tomorrow") == (
            "Planned for tomorrow: 치과 at 10:00 AM, 저녁 약속 at 7:00 PM."
        )
        assert await ask(listener, ASKED, which="next") == "Next is 치과 tomorrow at 10:00 AM."


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["DTSTART;VALUE=DATE:20261125"], "하루 종일 일"),
        (["DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261127"], "하루 종일 일"),
        (["DTSTART;VALUE=DATE:20261124"], None),
        (["DTSTART;VALUE=DATE:20261126"], None),
        (["DTSTART:20261125T010000Z"], "오전 10시 일"),
        (["DTSTART:20261124T160000Z"], "오전 1시 일"),
        (["DTSTART;TZID=America/New_York:20261124T200000"], "오전 10시 일"),
        (["DTSTART;TZID=America/New_York:20261125T200000"], None),
        (["DTSTART:20261125T093000"], "오전 9시 30분 일"),
        ([f"{SEOUL}20261125T000000"], "자정 일"),
        ([f"{SEOUL}20261126T000000"], None),
        ([f"{SEOUL}20261124T220000", "DURATION:PT4H"], "오전 2시까지 일"),
        ([f"{SEOUL}20261124T220000", "DURATION:P3D"], "하루 종일 일"),
        ([f"{SEOUL}20261124T220000", "DURATION:PT2H"], None),
        ([f"{SEOUL}20200101T090000", "RRULE:FREQ=DAILY"], "오전 9시 일"),
        ([f"{SEOUL}20261104T180000", "RRULE:FREQ=WEEKLY;BYDAY=WE"], "오후 6시 일"),
        ([f"{SEOUL}20261104T180000", "RRULE:FREQ=WEEKLY;COUNT=3"], None),
        ([f"{SEOUL}20200101T090000", "RRULE:FREQ=DAILY", "EXDATE;TZID=Asia/Seoul:20261125T090000"], None),
        ([f"{SEOUL}20261125T100000", "STATUS:CANCELLED"], None),
    ],
)
async def test_events_of_every_kind_are_told_by_the_clock_of_the_home(
    lines: list[str], told: str | None, tmp_path: Path, started: Start, listener: Any
) -> None:
    path = tmp_path / "one.ics"
    path.write_text(ics(event("일", *lines)))
    async with with_calendars(started, path):
        answer = await ask(listener, ASKED, day="tomorrow")
        assert answer == (f"내일은 일정이 1개 있어요. {told}이에요." if told else "내일은 일정이 없어요.")


async def test_one_of_many_that_was_moved_is_told_where_it_went(tmp_path: Path, started: Start, listener: Any) -> None:
    daily = event("요가", f"{SEOUL}20261101T090000", "RRULE:FREQ=DAILY")
    moved = event("요가", "RECURRENCE-ID;TZID=Asia/Seoul:20261125T090000", f"{SEOUL}20261125T203000")
    path = tmp_path / "yoga.ics"
    path.write_text(ics(daily, moved))
    async with with_calendars(started, path):
        assert await ask(listener, ASKED, day="tomorrow") == "내일은 일정이 1개 있어요. 오후 8시 30분 요가예요."
        assert "오전 9시 요가" in await ask(listener, ASKED, date="2026-11-26")


async def test_a_summer_time_of_the_home_is_its_own(tmp_path: Path, started: Start, listener: Any) -> None:
    path = tmp_path / "berlin.ics"
    path.write_text(ics(event("Arzt", "DTSTART:20270401T080000Z")))
    clock = ManualClock(datetime(2027, 3, 20, 12, tzinfo=ZoneInfo("Europe/Berlin")))
    async with with_calendars(started, path, clock=clock):
        assert "오전 10시 Arzt" in await ask(listener, ASKED, date="2027-04-01")


async def test_several_calendars_are_told_as_one(family: Path, tmp_path: Path, started: Start, listener: Any) -> None:
    school = tmp_path / "school.ics"
    untitled = event("", f"{SEOUL}20261125T150000")
    school.write_text(ics(DINNER, event("소풍", "DTSTART;VALUE=DATE:20261125"), untitled))
    async with with_calendars(started, family, school):
        assert await ask(listener, ASKED, day="tomorrow") == (
            "내일은 일정이 4개 있어요. 하루 종일 소풍, 오전 10시 치과, 오후 3시 제목 없는 일정, "
            "오후 7시 저녁 약속이에요."
        )


async def test_a_full_day_is_told_in_short(tmp_path: Path, started: Start, listener: Any) -> None:
    path = tmp_path / "full.ics"
    path.write_text(ics(*(event(f"일 {hour}", f"{SEOUL}20261125T{hour:02}0000") for hour in range(9, 18))))
    async with with_calendars(started, path):
        answer = await ask(listener, ASKED, day="tomorrow")
        assert answer.startswith("내일은 일정이 9개 있어요. 오전 9시 일 9, ")
        assert answer.endswith("오후 3시 일 15 등이에요.")


async def test_a_whole_day_may_come_next(tmp_path: Path, started: Start, listener: Any) -> None:
    path = tmp_path / "whole.ics"
    path.write_text(ics(event("김장", "DTSTART;VALUE=DATE:20261128"), event("오늘", "DTSTART;VALUE=DATE:20261124")))
    async with with_calendars(started, path):
        assert await ask(listener, ASKED, which="next") == "다음 일정은 11월 28일 토요일 김장이에요."


async def test_the_schedule_is_a_device(family: Path, clock: ManualClock, started: Start, listener: Any) -> None:
    async with with_calendars(started, family):
        about = await listener.object(Topic.device("schedule", "about"))
        assert (about["type"], about["name"]) == ("sensor", "일정")
        state = Topic.device("schedule", "state")
        await listener.object(state, next_title="치과", next_at="2026-11-25T10:00:00+09:00", today_count=0)
        clock.advance(timedelta(hours=22).total_seconds())
        await listener.object(state, next_title="저녁 약속", next_at="2026-11-25T19:00:00+09:00", today_count=2)


async def test_what_begins_is_no_longer_next(tmp_path: Path, clock: ManualClock, started: Start, listener: Any) -> None:
    path = tmp_path / "soon.ics"
    path.write_text(ics(event("회의", f"{SEOUL}20261124T121000"), DINNER))
    state = Topic.device("schedule", "state")
    async with with_calendars(started, path):
        await listener.object(state, next_title="회의", today_count=1)
        clock.advance(600)
        await listener.object(state, next_title="저녁 약속", today_count=1)


async def test_a_calendar_is_looked_at_again(family: Path, clock: ManualClock, started: Start, listener: Any) -> None:
    async with with_calendars(started, family):
        await listener.object(Topic.device("schedule", "state"), next_title="치과")
        family.write_text(ics(event("산책", f"{SEOUL}20261124T180000")))
        clock.advance(OFTEN)
        await listener.object(Topic.device("schedule", "state"), next_title="산책")
        assert await ask(listener, ASKED) == "오늘은 일정이 1개 있어요. 오후 6시 산책이에요."


async def test_what_was_known_is_told_while_a_calendar_is_away(
    family: Path, clock: ManualClock, started: Start, listener: Any
) -> None:
    async with with_calendars(started, family):
        await listener.object(Topic.device("schedule", "state"), next_title="치과")
        family.unlink()
        clock.advance(timedelta(hours=22, seconds=1).total_seconds())
        await listener.object(Topic.device("schedule", "state"), next_title="저녁 약속")
        assert await ask(listener, ASKED, which="next") == (
            "다음 일정은 오후 7시 저녁 약속이에요. ‘가족’ 달력을 열 수 없어요. 주소나 파일 경로를 확인해 주세요."
        )


AWAY = "‘가족’ 달력을 열 수 없어요. 주소나 파일 경로를 확인해 주세요."
BROKEN = "‘가족’ 달력을 읽을 수 없어요. iCalendar(.ics) 파일인지 확인해 주세요."
LARGE = "‘가족’ 달력이 5MB보다 커서 읽지 않았어요. 오래된 일정을 지워 주세요."


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, AWAY),
        (b"", BROKEN),
        (b"<html>not found</html>", BROKEN),
        (b"\xff\xfe\x00\x01", BROKEN),
        (b"BEGIN:VCALENDAR\r\n", BROKEN),
        (b"X" * (reading.LARGEST + 1), LARGE),
    ],
)
async def test_a_file_that_is_no_calendar_is_named(
    content: bytes | None, told: str, tmp_path: Path, started: Start, listener: Any
) -> None:
    path = tmp_path / "broken.ics"
    if content is not None:
        path.write_bytes(content)
    async with with_calendars(started, path):
        assert await ask(listener, ASKED) == f"not_now: {told}"


async def test_a_broken_calendar_hides_no_other(family: Path, tmp_path: Path, started: Start, listener: Any) -> None:
    async with with_calendars(started, tmp_path / "none.ics", family):
        answer = await ask(listener, ASKED, day="tomorrow")
        assert answer == f"내일은 일정이 2개 있어요. 오전 10시 치과, 오후 7시 저녁 약속이에요. {AWAY}"


async def test_endless_events_are_given_up(
    tmp_path: Path, started: Start, listener: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "READ_SECONDS", 3.0)
    path = tmp_path / "endless.ics"
    path.write_text(ics(event("똑딱", "DTSTART:19700101T000000Z", "RRULE:FREQ=SECONDLY")))
    async with with_calendars(started, path):
        await listener.object(Topic.device("schedule", "state"), today_count=0)
        told = "‘가족’ 달력을 읽는 데 너무 오래 걸려요. 끝없이 되풀이되는 일정을 지워 주세요."
        assert await ask(listener, ASKED) == f"not_now: {told}"


OVER = web.AppKey("over", asyncio.Event)
"""Set when the test is over: a server that is slow answers then."""


async def _served(request: web.Request) -> web.StreamResponse:
    match request.path:
        case "/slow.ics":
            await request.app[OVER].wait()
        case "/family.ics":
            return web.Response(text=ics(DENTIST), content_type="text/calendar")
        case "/large.ics":
            response = web.StreamResponse()
            await response.prepare(request)
            for _ in range(100):
                await response.write(b"X" * 100_000)
            return response
    return web.Response(status=404)


@pytest.fixture
async def address() -> AsyncIterator[str]:
    app = web.Application()
    app[OVER] = asyncio.Event()
    app.router.add_get("/{name}", _served)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    app[OVER].set()
    await runner.cleanup()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("family.ics", "내일은 일정이 1개 있어요. 오전 10시 치과예요."),
        ("none.ics", f"not_now: {AWAY}"),
        ("large.ics", f"not_now: {LARGE}"),
    ],
)
async def test_a_calendar_may_be_on_the_web(name: str, told: str, address: str, started: Start, listener: Any) -> None:
    async with with_calendars(started, f"{address}/{name}"):
        assert await ask(listener, ASKED, day="tomorrow") == told


async def test_who_asks_too_early_is_told_so(
    address: str, started: Start, listener: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "PATIENCE", 0.0)
    async with with_calendars(started, f"{address}/slow.ics"):
        told = "아직 달력을 읽고 있어요. 잠시 뒤에 다시 물어봐 주세요."
        assert await ask(listener, ASKED) == f"not_now: {told}"


async def test_a_server_that_does_not_answer_is_given_up(
    address: str, started: Start, listener: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "FETCH_SECONDS", 0.2)
    async with with_calendars(started, f"{address}/slow.ics"):
        assert await ask(listener, ASKED) == f"not_now: {AWAY}"


async def test_a_server_that_is_not_there_is_told(started: Start, listener: Any) -> None:
    async with with_calendars(started, "http://127.0.0.1:1/family.ics"):
        assert await ask(listener, ASKED) == f"not_now: {AWAY}"


@pytest.mark.parametrize("slots", [{"day": "someday"}, {"date": "2026-02-30"}, {"date": 3}, {"date": "9999-12-31"}])
async def test_what_is_no_day_is_refused(slots: dict[str, Any], family: Path, started: Start, listener: Any) -> None:
    async with with_calendars(started, family):
        assert await ask(listener, ASKED, **slots) == "bad_payload: 그런 날짜는 없어요."


async def test_without_a_calendar_it_is_told_where_to_name_one(started: Start, listener: Any) -> None:
    async with with_calendars(started):
        assert (await ask(listener, ASKED)).startswith("not_supported: 연결된 달력이 없어요.")
    assert not [topic for topic, _ in listener.heard if "/schedule/" in topic]


def settings(tmp_path: Path, source: str) -> Settings:
    path = tmp_path / "jipsa.yaml"
    path.write_text(f"genie:\n  calendars: [{{name: 가족, source: '{source}'}}]\n")
    return YamlFile.read(path, "en").validate(Settings)


def test_a_path_is_beside_the_settings(tmp_path: Path) -> None:
    [calendar] = settings(tmp_path, "family.ics").genie.calendars
    assert calendar.source == str(tmp_path / "family.ics")


@pytest.mark.parametrize("source", ["https://example.com/a/basic.ics?key=1", "http://127.0.0.1:8080/x.ics"])
def test_an_address_stays_as_it_is(source: str, tmp_path: Path) -> None:
    [calendar] = settings(tmp_path, source).genie.calendars
    assert calendar.source == source


@pytest.mark.parametrize("source", ["", " ", "ftp://example.com/a.ics", "https://", "https://a b/c.ics"])
def test_what_is_no_calendar_is_named_in_the_settings(source: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is no calendar"):
        settings(tmp_path, source)
