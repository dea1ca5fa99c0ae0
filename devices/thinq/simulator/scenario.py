"""A scenario: what goes wrong with the simulated cloud, and when; a YAML file with a step a line.

- {at: 10, latency: 0.5}                        # seconds that every answer takes from then on
- {at: 20, fail: ["1306", "2000"]}              # error codes of the next control requests
- {at: 30, offline: washer}                     # and `online: washer`
- {at: 40, push: silent}                        # lives, and tells nothing; `cut` hangs up, `lives` mends it
- {at: 50, token: expired}                      # and `token: valid`
- {at: 60, status: 503}                         # no answer but this HTTP status; 200 mends it
- {at: 70, control: {living_ac: {operation: {airConOperationMode: POWER_ON}}}}  # somebody at the appliance
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from devices.thinq.simulator.appliance import RefusedError

if TYPE_CHECKING:
    from devices.thinq.simulator.cloud import Simulator

log = logging.getLogger(__name__)


class ScenarioError(ValueError):
    """A scenario that cannot be played; the text says where and why."""


class Step(BaseModel):
    """One thing that happens, `at` seconds after the beginning."""

    model_config = ConfigDict(extra="forbid")

    at: Annotated[float, Field(ge=0)]
    latency: Annotated[float, Field(ge=0)] | None = None
    fail: list[str] = Field(default_factory=list)
    offline: str | None = None
    online: str | None = None
    push: Literal["silent", "cut", "lives"] | None = None
    token: Literal["expired", "valid"] | None = None
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    control: dict[str, dict[str, Any]] = Field(default_factory=dict)


def load_scenario(path: Path, appliances: Collection[str]) -> list[Step]:
    """The steps of a file, in the order of their time; raises ScenarioError, for unknown appliances too."""
    try:
        steps = TypeAdapter(list[Step]).validate_python(YAML(typ="safe").load(path))
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror}") from None
    except YAMLError as error:
        raise ScenarioError(f"{path}: {error}") from None
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(str(level) for level in fault["loc"])
        raise ScenarioError(f"{path}: step {where}: {fault['msg']}") from None
    for number, step in enumerate(steps):
        for device in (*step.control, *filter(None, (step.offline, step.online))):
            if device not in appliances:
                raise ScenarioError(f"{path}: step {number}: there is no appliance {device!r}")
    return sorted(steps, key=lambda step: step.at)


async def play(steps: list[Step], simulator: Simulator) -> None:
    """Let everything happen in its time."""
    began = asyncio.get_running_loop().time()
    for step in steps:
        await asyncio.sleep(max(0.0, began + step.at - asyncio.get_running_loop().time()))
        happen(step, simulator)


def happen(step: Step, simulator: Simulator) -> None:
    """Do what a step says."""
    if step.latency is not None:
        simulator.latency = step.latency
    if step.status is not None:
        simulator.status = step.status
    if step.token is not None:
        simulator.expired = step.token == "expired"  # noqa: S105  # a word of the scenario
    simulator.fail_next(*step.fail)
    for device, online in ((step.offline, False), (step.online, True)):
        if device is not None:
            simulator.appliances[device].online = online
    if step.push is not None and simulator.push is not None:
        simulator.push.silent = step.push == "silent"
        if step.push == "cut":
            simulator.push.drop()
    for device, payload in step.control.items():
        try:
            simulator.appliances[device].control(payload)
        except RefusedError as refusal:
            log.warning("at %g s: %s does not take that: %s (%s)", step.at, device, refusal, refusal.code)
