"""The charts in a browser: what was measured is drawn, and can be read with a pointer, with keys and in words."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect
from web.pages import PHONE, Chromium, TestHub, needs_chromium

from hub.air import GRADES, dust_grade
from hub.texts import text
from hub.web.history.file import DAY, Answered, HistoryFile, Series
from hub.web.history.kinds import KINDS
from hub.web.history.track import Minute

pytestmark = needs_chromium

STEP = 300
"""Seconds from point to point of a chart of a day."""

COOL, WARM = Series("living_ac", "current_temperature", "temperature"), Series("cellar", "temperature", "temperature")


def measured(hub: TestHub, rows: Iterable[tuple[Series, Minute]], sentences: Iterable[Answered] = ()) -> None:
    """Have the hub know this of the past."""
    file = HistoryFile(hub.settings.state_dir / "history.sqlite")
    file.write(list(rows), list(sentences))
    file.close()


def minutes(series: Series, value: float, begin: float, end: float) -> list[tuple[Series, Minute]]:
    """A number that does not change from `begin` to `end`."""
    return [
        (series, Minute(at, value * 60, 60, value - 1, value + 1)) for at in range(int(begin) // 60 * 60, int(end), 60)
    ]


def now() -> float:
    """The beginning of a step of a chart of a day."""
    return time.time() // STEP * STEP


async def charts(browser: Chromium, hub: TestHub, size: dict[str, int] = PHONE, kind: str = "온도") -> Page:
    page = await browser.open(hub.url, size)
    await page.click('#tabs a[href="#/charts"]')
    await page.get_by_role("button", name=kind, exact=True).click()
    await expect(page.get_by_role("heading", level=2).first).to_contain_text(kind)
    return page


async def test_what_a_device_measures_is_drawn(hub: TestHub, browser: Chromium) -> None:
    state = await hub.state("living_ac")
    await hub.web.history.flush(whole=False)
    page = await charts(browser, hub)
    key = page.get_by_role("button", name="거실 에어컨")
    await expect(key).to_contain_text(f"{state['current_temperature']:g} °C")
    await expect(page.locator(".chart .line").first).to_have_attribute("d", re.compile(r"^M[\d.]+ [\d.]+"))


async def test_every_kind_has_its_words() -> None:
    for kind in KINDS:
        assert text(f"web_charts.{kind}", "ko") != text(f"web_charts.{kind}", "en")
    for grade in GRADES:
        assert text(f"web_charts.{grade}", "ko")


async def test_values_are_read_with_the_keys_at_the_time_of_this_browser(hub: TestHub, browser: Chromium) -> None:
    peak = now() - 3 * 3600
    values = [
        *minutes(COOL, 20, now() - DAY, peak),
        *minutes(COOL, 33.3, peak, peak + STEP),
        *minutes(COOL, 21, peak + STEP, now()),
    ]
    measured(hub, values)
    page = await charts(browser, hub)
    slider = page.get_by_role("slider").first
    await slider.focus()
    await page.keyboard.press("End")
    there = datetime.fromtimestamp(peak, ZoneInfo("Asia/Seoul"))
    label = f"{'오전' if there.hour < 12 else '오후'} {there.hour % 12 or 12}:{there:%M}"
    read = str(await slider.get_attribute("aria-valuetext"))
    for _ in range(60):
        await page.keyboard.press("ArrowLeft")
        await expect(slider).not_to_have_attribute("aria-valuetext", read)
        read = str(await slider.get_attribute("aria-valuetext"))
        if "33.3 °C" in read:
            break
    assert re.search(f"^{label}, .*거실 에어컨 33.3 °C", read), read
    await expect(page.get_by_role("button", name="거실 에어컨")).to_contain_text(re.compile("33.3 °C|2[01] °C"))
    await expect(page.locator(".chart .cursor circle").first).to_be_visible()


async def test_values_are_read_with_a_pointer(hub: TestHub, browser: Chromium) -> None:
    half = now() - DAY / 2
    measured(hub, [*minutes(WARM, 10, now() - DAY, half), *minutes(WARM, 30, half, now())])
    page = await charts(browser, hub)
    box = await page.locator(".chart").first.bounding_box()
    assert box is not None
    for part, value in ((0.3, "10 °C"), (0.9, "30 °C")):
        await page.mouse.move(box["x"] + box["width"] * part, box["y"] + 60)
        await expect(page.get_by_role("button", name="cellar")).to_contain_text(value)
    await page.mouse.move(1, 1)
    await expect(page.locator(".cursor")).to_have_count(0)


async def test_what_was_not_known_is_a_gap_and_the_table_says_so(hub: TestHub, browser: Chromium) -> None:
    away, back = now() - 16 * 3600, now() - 8 * 3600
    measured(hub, [*minutes(WARM, 20, now() - DAY, away), *minutes(WARM, 24, back, now())])
    page = await charts(browser, hub)
    key = page.get_by_role("button", name="cellar")
    index = str(await key.locator(".key").get_attribute("class")).split()[-1]
    path = str(await page.locator(f".chart .{index} .line").get_attribute("d"))
    assert path.count("M") == 2
    band = str(await page.locator(f".chart .{index} .band").get_attribute("d"))
    assert band.count("Z") == 2
    await page.get_by_text("표로 보기").click()
    rows = await page.locator("details tr").all_inner_texts()
    column = [cell.strip() for cell in rows[0].split("\t")].index("cellar")
    cells = [row.split("\t")[column].strip() for row in rows[1:]]
    assert cells[:3] == ["19 °C", "22 °C", "25 °C"]  # lowest, mean, highest
    assert cells[3:].count("기록 없음") in {7, 8, 9}
    assert {"20 °C", "24 °C"} < set(cells[3:])


async def test_a_week_and_a_month_reach_further_back(hub: TestHub, browser: Chromium) -> None:
    measured(
        hub,
        [*minutes(WARM, 11, now() - 5 * DAY, now() - 4 * DAY), *minutes(WARM, 22, now() - 20 * DAY, now() - 19 * DAY)],
    )
    page = await charts(browser, hub)
    summary = page.get_by_text("표로 보기")
    for name, lowest, highest in (("일주일", "10 °C", "12 °C"), ("한 달", "10 °C", "23 °C")):
        await page.get_by_role("button", name=name).click()
        await expect(page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
        if await page.locator("details[open]").count() == 0:
            await summary.click()
        await expect(page.locator("details tbody tr").nth(0)).to_contain_text(lowest)
        await expect(page.locator("details tbody tr").nth(2)).to_contain_text(highest)


async def test_a_line_is_left_out_and_drawn_again(hub: TestHub, browser: Chromium) -> None:
    many = [Series(f"sensor_{number}", "temperature", "temperature") for number in range(9)]
    measured(hub, [row for number, series in enumerate(many) for row in minutes(series, number, now() - 3600, now())])
    page = await charts(browser, hub)
    pressed = page.locator('.charts-keys [aria-pressed="true"]')
    await expect(pressed).to_have_count(8)
    await expect(page.get_by_text("한 번에 8개까지")).to_be_visible()
    last = page.get_by_role("button", name="sensor_8")
    await expect(last).to_have_attribute("aria-pressed", "false")
    await expect(last).to_have_attribute("aria-disabled", "true")
    await page.get_by_role("button", name="sensor_0").click()
    await expect(pressed).to_have_count(7)
    await last.click()
    await expect(last).to_have_attribute("aria-pressed", "true")
    await expect(last).to_contain_text("8 °C")
    await expect(page.locator(".chart").first.locator(".line")).to_have_count(8)


async def test_dust_is_seen_against_the_grades_of_the_country(hub: TestHub, browser: Chromium) -> None:
    for kind, name in (("pm25", "초미세먼지"), ("pm10", "미세먼지")):
        measured(hub, minutes(Series("outside", kind, kind), 160, now() - 3600, now()))
        page = await charts(browser, hub, kind=name)
        bands = page.locator(".chart .grade rect")
        await expect(bands).to_have_count(4)
        # Where a value stands in the picture tells its grade: between the edges of that band.
        texts = await page.locator(".chart").first.locator("text[text-anchor=end]").all_text_contents()
        ticks = [float(tick) for tick in texts if tick.isdigit()]
        edges = [
            (float(str(await bands.nth(n).get_attribute("y"))), float(str(await bands.nth(n).get_attribute("height"))))
            for n in range(4)
        ]
        (high_y, _), (low_y, low_height) = edges[3], edges[0]
        for value in (1, 14, 16, 29, 31, 34, 36, 74, 76, 79, 81, 149, 151):
            y = low_y + low_height - (value - ticks[0]) / (ticks[-1] - ticks[0]) * (low_y + low_height - high_y)
            (grade,) = [n for n, (start, height) in enumerate(edges) if start < y < start + height]
            assert GRADES[grade] == dust_grade(kind, value)
        await page.close()


async def test_what_counters_counted_stands_as_bars_on_one_another(hub: TestHub, browser: Chromium) -> None:
    hour = int(time.time()) // 3600 * 3600
    rows = [
        (Series(name, "energy", "energy"), Minute(hour - 3600 * back + 60, used, 0))
        for name, used in (("living_ac", 0.5), ("washer", 0.25))
        for back in range(4)
    ]
    measured(hub, rows)
    page = await charts(browser, hub, kind="전기 사용량")
    chart = page.locator(".chart").first
    await expect(chart.locator(".bar")).to_have_count(8)
    await expect(page.get_by_text("모두 3 kWh")).to_be_visible()
    tall, short = [float(str(await chart.locator(f".bar.c{index}").first.get_attribute("height"))) for index in (0, 1)]
    assert tall == pytest.approx(2 * short, abs=0.3)
    await page.get_by_role("button", name="일주일").click()
    await expect(chart.locator(".bar").first).to_be_visible()
    await expect(page.get_by_text("모두 3 kWh")).to_be_visible()


async def test_how_fast_sentences_were_answered(hub: TestHub, browser: Chromium) -> None:
    sentences = [
        Answered(f"s{n}", time.time() - 600 + n, 10, None if n == 2 else 110, 310 + 1000 * n) for n in range(3)
    ]
    measured(hub, minutes(WARM, 20, now() - 3600, now()), sentences)
    page = await charts(browser, hub)
    latency = page.locator("section", has_text="대답까지 걸린 시간")
    await expect(latency).to_contain_text("중앙값 1.3초")
    slider = latency.get_by_role("slider")
    await slider.focus()
    await page.keyboard.press("Home")
    await expect(slider).to_have_attribute("aria-valuetext", re.compile("310ms, 이해 10ms, 실행 100ms, 대답 200ms"))
    await page.keyboard.press("End")
    await expect(slider).to_have_attribute("aria-valuetext", re.compile("2.3초, 이해 10ms, 실행 0ms, 대답 2.3초"))
    await slider.blur()
    await page.locator("#talk input").first.fill("거실 불 켜줘")
    await page.keyboard.press("Enter")
    await hub.state("living_light", power=True)
    await expect(page.get_by_text("켰어요").first).to_be_visible()
    await hub.web.history.flush()
    await page.get_by_role("button", name="하루").click()
    await expect(slider).to_have_attribute("max", "3")
    await page.get_by_label("Switch to English").click()
    await expect(page.get_by_text("Time to the answer")).to_be_visible()
    await expect(page.get_by_role("button", name="Temperature")).to_be_visible()


async def test_where_nothing_is_known_it_says_why(hub: TestHub, browser: Chromium, tmp_path: Path) -> None:
    page = await browser.open(hub.url)
    await page.click('#tabs a[href="#/charts"]')
    await expect(page.get_by_text("아직 기록이 없어요")).to_be_visible()
    await expect(page.get_by_text("아직 대답한 말이 없어요")).to_be_visible()
    hub.web.history.kept = False
    await page.click('#tabs a[href="#/home"]')
    await page.click('#tabs a[href="#/charts"]')
    await expect(page.get_by_text("저장하지 못하고 있어요")).to_be_visible()
