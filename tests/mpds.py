"""A real mpd in a folder of its own, with a few songs, and a radio station on a real HTTP server."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import mpd
import numpy as np
import soundfile
from aiohttp import web
from brokers import free_port
from mpd.asyncio import MPDClient

MPD = shutil.which("mpd", path="/usr/bin:/usr/local/bin")

CONFIG = """
music_directory "{folder}/music"
playlist_directory "{folder}/playlists"
db_file "{folder}/database"
state_file "{folder}/state"
sticker_file "{folder}/stickers"
bind_to_address "127.0.0.1"
port "{port}"
filesystem_charset "UTF-8"
restore_paused "yes"
audio_output {{
    type "null"
    name "nothing"
    mixer_type "{mixer}"
}}
"""

SONGS: tuple[tuple[str, dict[str, str]], ...] = (
    ("아이유/밤편지.flac", {"title": "밤편지", "artist": "아이유", "album": "Palette", "genre": "Ballad"}),
    ("아이유/가을 아침.flac", {"title": "가을 아침", "artist": "아이유", "album": "꽃갈피 둘", "genre": "Ballad"}),
    ("take five.flac", {"title": "Take Five", "artist": "Dave Brubeck", "album": "Time Out", "genre": "Cool Jazz"}),
    ("비 - 자장가 \"'\\ $(x); 'q' #1.flac", {}),
)
"""Files and their tags; the last one is as strange as a file name can be."""

RATE = 44_100


class TestMpd:
    """One mpd on a port of its own; its folder outlives it."""

    __test__ = False

    def __init__(self, folder: Path, mixer: str = "software", more: str = "") -> None:
        self.folder = folder
        self.port = free_port()
        self._mixer = mixer
        self._more = more
        self._process: asyncio.subprocess.Process | None = None
        for name in ("music", "playlists"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    async def __aenter__(self) -> TestMpd:
        return self

    async def __aexit__(self, *why: object) -> None:
        await self.stop()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def add(self, name: str, tags: dict[str, str], seconds: float = 60) -> None:
        """Put a quiet song into the music folder."""
        path = self.folder / "music" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_song(tuple(tags.items()), seconds))

    async def start(self, password: str | None = None) -> None:
        """Start it, and wait until it knows its songs."""
        assert MPD is not None, "mpd is not installed (apt install mpd)"
        config = self.folder / "mpd.conf"
        config.write_text(CONFIG.format(folder=self.folder, port=self.port, mixer=self._mixer) + self._more)
        with (self.folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                MPD, "--no-daemon", "--stderr", str(config), stderr=log, stdout=log
            )
        async with asyncio.timeout(20), self.client(password) as client:
            await client.update()
            while "updating_db" in await client.status():
                await asyncio.sleep(0.01)

    def crowd(self) -> None:
        """Let all that it does from now on have one processor: what is played fails before mpd has answered."""
        assert self._process is not None
        os.sched_setaffinity(self._process.pid, {min(os.sched_getaffinity(0))})

    def pause(self, paused: bool) -> None:
        """Let it hang, or go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP if paused else signal.SIGCONT)

    async def stop(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None

    @asynccontextmanager
    async def client(self, password: str | None = None) -> AsyncIterator[MPDClient]:
        """Another client of it."""
        client = MPDClient()
        while True:
            try:
                await client.connect("127.0.0.1", self.port)
                break
            except (OSError, mpd.ConnectionError):
                await asyncio.sleep(0.01)
        try:
            if password is not None:
                await client.password(password)
            yield client
        finally:
            client.disconnect()


class TestRadio:
    """Stations that send silence for ever, and say in between what they play (ICY metadata)."""

    __test__ = False

    EVERY = 8_192
    """Bytes of sound between two titles."""

    def __init__(self) -> None:
        self.port = free_port()
        self.title = "봄날"
        self.listeners = 0
        self.sends = asyncio.Event()
        """Without it, a station takes who calls, and sends nothing."""
        self.sends.set()
        app = web.Application()
        app.router.add_get("/{station}", self._send)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)

    def url(self, station: str) -> str:
        return f"http://127.0.0.1:{self.port}/{station}?quality=high"

    async def start(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _send(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["station"] == "gone":
            raise web.HTTPNotFound
        headers = {
            "Content-Type": f"audio/L16;rate={RATE};channels=2",
            "icy-name": "icy",
            "icy-metaint": str(self.EVERY),
        }
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        self.listeners += 1
        told = ""
        try:
            while True:
                await self.sends.wait()
                await response.write(bytes(self.EVERY) + _metadata("" if told == self.title else self.title))
                told = self.title
                await asyncio.sleep(self.EVERY / RATE / 4)  # as fast as it is heard
        except ConnectionError:
            return response
        finally:
            self.listeners -= 1


@cache
def _song(tags: tuple[tuple[str, str], ...], seconds: float) -> bytes:
    sound = io.BytesIO()
    with soundfile.SoundFile(sound, "w", RATE, 1, format="FLAC") as file:
        for tag, value in tags:
            setattr(file, tag, value)
        file.write(np.zeros(int(RATE * seconds), dtype=np.float32))
    return sound.getvalue()


def _metadata(title: str) -> bytes:
    said = f"StreamTitle='{title}';".encode() if title else b""
    blocks = -(-len(said) // 16)
    return bytes([blocks]) + said.ljust(16 * blocks, b"\0")
