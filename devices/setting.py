"""The `set` topics of a bridge's devices: properties that anybody sets, of which the last one counts."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from devices.commands import Changes, CommandError, check
from devices.manners import Manners
from hub.messages import About, Topic
from hub.payloads import PayloadError, Value, read_object, read_text, read_value
from hub.texts import text

if TYPE_CHECKING:
    from devices.bridge import Bridge

log = logging.getLogger(__name__)


class Setting:
    """Takes what is set on the devices of one bridge; what cannot be done is complained of, for nobody is answered."""

    def __init__(self, bridge: Bridge, manners: Manners) -> None:
        self._bridge = bridge
        self._manners = manners
        self._waiting: dict[str, Changes] = {}  # until the device takes it
        bridge.bus.subscribe(Topic.device("+", "set"), self._on_set)
        bridge.bus.subscribe(Topic.device("+", "set/+"), self._on_set)

    def _on_set(self, topic: str, payload: bytes) -> None:
        _, _, device, _, *rest = topic.split("/")
        about = self._bridge.abouts.get(device)
        if about is None:
            return  # another bridge's device
        asked: Changes = {rest[0]: _plain_value(topic, payload)} if rest else read_object(topic, payload)
        try:
            changes = check(asked, about, self._bridge.language)
        except CommandError as error:
            self._manners.complain("set", f"{topic}: {error}")
            return
        if not changes:
            return
        waiting = self._waiting.get(device)
        if waiting is not None:
            waiting |= changes  # a dial that is turned: what is not sent yet is not worth sending any more
            return
        self._waiting[device] = changes
        self._bridge.carry(self._set(topic, about))

    async def _set(self, topic: str, about: About) -> None:
        try:
            await self._bridge.change(about.id, lambda state: self._waiting.pop(about.id), confirmed=True)
        except CommandError as error:
            self._manners.complain("set", f"{topic}: {error}")
        except Exception:
            log.exception("%s failed", topic)
            self._bridge.log("error", f"{topic}: {text('bridge.failed', self._bridge.language, device=about.name)}")


def _plain_value(topic: str, payload: bytes) -> Value:
    """A `set/<property>` payload: JSON where it is JSON, plain text otherwise; raises PayloadError where it is none."""
    try:
        return read_value(topic, payload)
    except PayloadError:
        return read_text(topic, payload).strip()
