"""`jipsa run`: broker, butler, bridges and voice in one process, sample commands, then typed Korean."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from rich.console import Console

from devices.bridge import Bridge
from devices.genie.bridge import GenieBridge
from devices.gpio.bridge import GpioBridge
from devices.thinq.bridge import ThinqBridge
from devices.thinq.simulator import TOKEN, Simulator
from hub.broker import EmbeddedBrokerError, embedded_broker
from hub.bus import BrokerAddress, Bus, BusError
from hub.butler.service import Butler
from hub.config import Settings
from hub.follow import Follower
from hub.hear import ensure_graph
from hub.home import Home, load_home
from hub.messages import Utterance, new_id
from hub.samples import SampleRow, load_samples, say_sample
from hub.show import change_lines, intent_line
from hub.speech.model import ModelError
from hub.speech.recognizer import Recognizer
from hub.speech.service import Voice
from hub.speech.sound import SoundError, microphone
from hub.texts import text

READY_TIMEOUT = 30.0
"""Seconds in which every device of the home should have been announced."""
