"""A butler that is killed between a sentence and its answer: the next one does nothing a second time."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from faults.houses import House, timers
from faults.processes import jipsa, until

from hub.together import end


async def test_what_a_killed_butler_has_sent_is_done_once(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.utter.ANSWER_PATIENCE", 120)  # by then every machine has started another one
    butler, genie = jipsa(tmp_path / "butler", house.url, "butler"), house.genie()
    async with house.served_by(butler), house.running(genie):
        await until(lambda: house.states["genie online"], 60)
        assert (await house.say("1분 타이머 맞춰줘")).ok
        genie.freeze()
        saying = asyncio.create_task(house.say("3분 타이머 맞춰줘"))
        await until(lambda: len(house.heard("intent")) > 1 and len(house.heard("understood")) > 1)
        sentence = json.loads(house.heard("understood")[-1])["utterance_id"]
        await butler.kill()
        genie.thaw()
        await until(lambda: timers(tmp_path / "genie/state") == {60: 1, 180: 1})
        await house.start_butler(butler)

        def explained() -> int:
            return sum(json.loads(payload)["utterance_id"] == sentence for payload in house.heard("understood"))

        await until(lambda: explained() > 1, 60)
        assert (await house.say("5분 타이머 맞춰줘")).ok
        assert timers(tmp_path / "genie/state") == {60: 1, 180: 1, 300: 1}
        assert not [said for said in house.heard("say") if json.loads(said).get("utterance_id") == sentence]
        await end(saying)
