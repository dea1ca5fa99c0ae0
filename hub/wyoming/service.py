"""All of Wyoming on this hub: two addresses, one for services and one for the satellite, and their announcement."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from hub.config import Settings
from hub.follow import Follower
from hub.speech.service import Voice
from hub.speech.sound import Frames
from hub.speech.synthesis import Spoken
from hub.together import together
from hub.wyoming.announce import announce
from hub.wyoming.handle import Handler
from hub.wyoming.heard import Heard
from hub.wyoming.satellite import Satellite
from hub.wyoming.server import Server
from hub.wyoming.services import Services


class Wyoming:
    """What this machine's voice is to Home Assistant. Make it before the voice runs, whose bus it uses."""

    def __init__(self, settings: Settings, voice: Voice, spoken: Spoken) -> None:
        self._settings = settings
        self.heard = Heard()
        """What was recognized a moment ago."""
        follower = Follower(voice.bus, "+", states=False)
        handler = Handler(follower, self.heard, settings.language)
        self.questions = handler.questions
        """The butler's last answers that ask something."""
        services = Services(settings, lambda: voice.recognizer, spoken, follower, handler, self.heard)
        self._satellite = Satellite(settings, voice, self.heard, self.questions)
        wyoming = settings.wyoming
        self.services = Server("wyoming.port", wyoming.host, wyoming.port, services.serve)
        self.satellite = Server(
            "wyoming.satellite_port", wyoming.host, wyoming.satellite_port, self._satellite.serve
        )  # fmt: skip

    def frames(self, microphone: Frames) -> Frames:
        """The frames of the microphone, on their way to the voice."""
        return self._satellite.frames(microphone)

    async def run(self) -> None:
        """Serve until cancelled. Home Assistant treats an address with a satellite as nothing else: there are two."""
        name = f"jipsa-{self._settings.voice.satellite}"
        ports = {name: self._settings.wyoming.port}
        servers: list[Coroutine[Any, Any, None]] = [self.services.run()]
        if self._settings.voice.microphone != "off" or self._settings.speaker.device != "off":
            ports[f"{name}-satellite"] = self._settings.wyoming.satellite_port
            servers.append(self.satellite.run())
        if self._settings.wyoming.zeroconf:
            servers.append(announce(self._settings.wyoming.host, ports))
        async with together(servers):
            await asyncio.Event().wait()
