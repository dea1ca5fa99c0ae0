"""Hold to talk: from the microphone of a browser, by way of its own resampling and the recognizer, to a light."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile
from brokers import TestBroker, free_port
from playwright.async_api import Page, expect
from speech.conftest import graph, recognizer  # noqa: F401
from web.pages import Chromium, TestHub, chromium, needs_chromium, running_hub

from hub.messages import SatelliteHeard
from hub.samples import load_samples
from hub.speech.recognizer import Recognizer
from hub.speech.sound import RATE, wav_frames
from hub.web.access import set_password
from hub.web.service import Web

pytestmark = needs_chromium

SAMPLES = {sample.file: sample.path for sample in load_samples()}

ROOM = 1.5
"""Seconds of the quiet room after what is said: time to let the button go."""

NOTHING = re.compile("듣지 못했어요|못 알아들었어요")
"""What the page says where there was only noise."""

QUIET = np.random.default_rng(1).normal(0, 2, round(RATE * ROOM))


@pytest.fixture
async def hub(tmp_path: Path, recognizer: Recognizer) -> AsyncIterator[TestHub]:  # noqa: F811
    """A hub that hears."""
    broker = TestBroker("amqtt", tmp_path)
    await broker.start()
    async with running_hub(broker, tmp_path, recognizer=lambda: recognizer) as running:
        yield running
    await broker.stop()


async def said_in_a_room(sample: str, folder: Path) -> tuple[Path, float]:
    """A sample as a microphone hears it, with the hiss of a room, and how long it takes (seconds)."""
    frames = [np.frombuffer(frame, "<i2") async for frame in wav_frames(SAMPLES[sample])]
    sound = np.concatenate([*frames, QUIET.round().astype("<i2")])
    path = folder / sample
    await asyncio.to_thread(soundfile.write, path, sound, RATE, subtype="PCM_16")
    return path, len(sound) / RATE - ROOM


@asynccontextmanager
async def hearing(path: Path) -> AsyncIterator[Chromium]:
    """Chromium, whose microphone begins with this sound when it is opened."""
    async with chromium(
        "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={path}%noloop",
    ) as browser:  # fmt: skip
        yield browser


async def press(page: Page) -> None:
    await page.locator(".mic").hover()
    await page.mouse.down()


async def heard_of(hub: TestHub) -> SatelliteHeard:
    """What the hub tells of the sound."""
    found = await hub.listener.until(
        lambda topic, _: topic.startswith("jipsa/satellite/web-") and topic.endswith("/heard")
    )
    return SatelliteHeard.from_payload(*found)


async def last_words(hub: TestHub, words: str) -> None:
    """Wait until these words were heard."""
    await hub.listener.until(lambda topic, payload: topic.endswith("/partial") and words.encode() in payload)


async def test_a_command_is_said_while_the_button_is_held(hub: TestHub, tmp_path: Path) -> None:
    path, _ = await said_in_a_room("lights-blue.wav", tmp_path)
    async with hearing(path) as browser:
        page = await browser.open(hub.url)
        await press(page)
        await expect(page.locator(".mic.hearing")).to_be_visible()
        await page.wait_for_function(
            "() => getComputedStyle(document.querySelector('.mic')).getPropertyValue('--level') > 0.4"
        )
        await expect(page.locator(".bubble.now .heard")).to_contain_text("모든 불")  # before it was said to its end
        await last_words(hub, "바꿔줘")
        await page.mouse.up()
        await hub.state("living_light", power=True, color="blue")
        await hub.state("bedroom_light", power=True, color="blue")
        await expect(page.locator(".bubble .answer")).to_contain_text("파란색으로")
        assert (await heard_of(hub)).utterance_id is not None
        await page.click('#tabs a[href="#/conversation"]')
        await page.locator(".said").click()
        await expect(page.locator(".way .meter").first).to_contain_text("크기")
        await expect(page.locator(".way .track.good")).to_have_count(2)


async def test_a_key_is_held_as_the_button_is(hub: TestHub, tmp_path: Path) -> None:
    path, _ = await said_in_a_room("living-ac-25.wav", tmp_path)
    async with hearing(path) as browser:
        page = await browser.open(hub.url)
        await page.locator(".mic").focus()
        await page.keyboard.down("Space")
        await last_words(hub, "맞춰줘")
        await page.keyboard.up("Space")
        await hub.state("living_ac", target_temperature=25)


async def test_a_tap_goes_on_until_no_word_is_added(hub: TestHub, tmp_path: Path) -> None:
    path, _ = await said_in_a_room("living-ac-25.wav", tmp_path)
    async with hearing(path) as browser:
        page = await browser.open(hub.url)
        await page.locator(".mic").click()
        await expect(page.get_by_text("한 번 더 누르세요")).to_be_visible()
        await hub.state("living_ac", target_temperature=25)
        await expect(page.locator(".mic.hearing")).to_have_count(0)


async def test_a_second_tap_ends_it(hub: TestHub, tmp_path: Path) -> None:
    path = tmp_path / "quiet.wav"
    await asyncio.to_thread(soundfile.write, path, QUIET.round().astype("<i2"), RATE, subtype="PCM_16")
    async with hearing(path) as browser:
        page = await browser.open(hub.url)
        mic = page.locator(".mic")
        await mic.click()
        await expect(page.locator(".mic.hearing")).to_be_visible()
        await mic.click()
        await expect(page.locator(".bubble:not(.now)")).to_contain_text(NOTHING)
        assert (await heard_of(hub)).utterance_id is None


async def test_the_words_before_the_ears_were_ready_are_heard_too(hub: TestHub, tmp_path: Path) -> None:
    """The hub takes its time to begin; what is said meanwhile waits in the page."""
    path, _ = await said_in_a_room("living-ac-25.wav", tmp_path)
    talk = hub.web._talk
    begin, let_go = talk.calls["hear.begin"], asyncio.Event()

    async def late(page, given):  # type: ignore[no-untyped-def]
        await let_go.wait()
        return await begin(page, given)

    hub.web._calls["hear.begin"] = late
    async with hearing(path) as browser:
        page = await browser.open(hub.url)
        await press(page)
        await page.wait_for_function(
            "() => getComputedStyle(document.querySelector('.mic')).getPropertyValue('--level') > 0.4"
        )
        await page.wait_for_function(
            "() => getComputedStyle(document.querySelector('.mic')).getPropertyValue('--level') < 0.1"
        )
        let_go.set()
        await last_words(hub, "맞춰줘")
        await page.mouse.up()
        await hub.state("living_ac", target_temperature=25)


async def test_who_forbids_the_microphone_is_told_how_to_allow_it(hub: TestHub) -> None:
    async with chromium("--use-fake-device-for-media-stream", "--deny-permission-prompts") as browser:
        page = await browser.open(hub.url)
        await press(page)
        await expect(page.get_by_role("dialog")).to_contain_text("마이크를 허용하고")
        await page.mouse.up()
        await page.keyboard.press("Escape")
        await expect(page.locator(".mic:not(.opening)")).to_be_visible()


async def test_without_tls_another_machine_has_no_microphone(tmp_path: Path) -> None:
    broker = TestBroker("amqtt", tmp_path)
    await broker.start()
    async with (
        running_hub(broker, tmp_path) as hub,
        chromium("--host-resolver-rules=MAP hub.example 127.0.0.1") as browser,
    ):
        set_password(hub.settings.state_dir, "우리집 2026!")
        page = await (await browser.context()).new_page()
        await page.goto(hub.url.replace("127.0.0.1", "hub.example"))
        await page.fill("input[name=password]", "우리집 2026!")
        await page.click("button")
        await page.wait_for_selector("#tabs .tab")
        await expect(page.locator(".away")).to_have_count(0)
        await press(page)
        await expect(page.get_by_role("dialog")).to_contain_text("https")
    await broker.stop()


async def test_a_connection_that_is_lost_meanwhile_is_told(
    hub: TestHub,
    tmp_path: Path,
    recognizer: Recognizer,  # noqa: F811
) -> None:
    path, _ = await said_in_a_room("lights-blue.wav", tmp_path)
    settings = hub.settings.model_copy(update={"web": hub.settings.web.model_copy(update={"port": free_port()})})
    async with hearing(path) as browser:
        async with Web(settings, hub.config, lambda: recognizer).serving():
            page = await browser.open(f"http://127.0.0.1:{settings.web.port}")
            await press(page)
            await expect(page.locator(".bubble.now .heard")).to_contain_text("모든 불")
        await expect(page.get_by_text("연결이 끊겨서 끝까지 듣지 못했어요")).to_be_visible()
        await expect(page.locator(".mic.hearing")).to_have_count(0)
        await page.mouse.up()
        browser.faults.clear()  # the browser tells of connections that were refused
        async with Web(settings, hub.config, lambda: recognizer).serving():
            await expect(page.locator(".away")).to_have_count(0, timeout=15_000)
            await page.locator(".mic").click()
            await expect(page.locator(".mic.hearing")).to_be_visible()
            await page.locator(".mic").click()
            await expect(page.locator(".bubble:not(.now)")).to_contain_text(NOTHING)
            browser.faults.clear()


RESAMPLED = """
async ([rate, tone]) => {
  const seconds = 1;
  const context = new OfflineAudioContext(1, rate * seconds, rate);
  await context.audioWorklet.addModule("static/mic-worklet.js");
  const frames = new AudioWorkletNode(context, "frames", { channelCount: 1, channelCountMode: "explicit" });
  const samples = [];
  frames.port.onmessage = ({ data }) => samples.push(...new Int16Array(data));
  const source = new OscillatorNode(context, { frequency: tone });
  source.connect(new GainNode(context, { gain: 0.5 })).connect(frames).connect(context.destination);
  source.start();
  await context.startRendering();
  await new Promise((done) => setTimeout(done, 100));
  return samples;
}
"""


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 96_000, 8_000])
async def test_every_rate_becomes_16_khz_without_tones_that_were_not_there(
    hub: TestHub, browser: Chromium, rate: int
) -> None:
    page = await browser.open(hub.url)

    async def level(tone: int) -> tuple[float, int]:
        """Decibels of the tone at its loudest frequency in what comes out, and that frequency."""
        sound = np.array(await page.evaluate(RESAMPLED, [rate, tone]), dtype=float)
        assert len(sound) > 0.9 * RATE
        middle = sound[4_000:12_000] / 32768 * np.hanning(8_000)
        spectrum = np.abs(np.fft.rfft(middle)) / (8_000 / 4)
        return 20 * np.log10(spectrum.max() + 1e-9), int(spectrum.argmax() * RATE / 8_000)

    for tone in (300, 1_000, 3_000, 6_000)[: 4 if rate >= RATE else 3]:
        loud, where = await level(tone)
        assert abs(loud - -6.02) < 0.2, (tone, loud)
        assert where == tone
    if rate > RATE:
        for tone in (8_300, 9_000, 12_000, 15_000):
            loud, _ = await level(tone)
            assert loud < -65, (tone, loud)
