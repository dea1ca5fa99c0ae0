"""LG, KT and the music player: simulators that are real servers, and a real MPD."""

from __future__ import annotations

from pathlib import Path

import pytest
from brokers import free_port
from doctors import QUIET, case, outcomes, results
from mpds import MPD, SONGS, TestMpd

from devices.genie.agents.kt_simulator import CLIENT_ID, KEY, SECRET, KtSimulator
from devices.thinq.simulator.cloud import TOKEN, Simulator


async def test_lg_takes_the_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    simulator = Simulator()
    async with simulator.serving() as url:
        examined = case(tmp_path, "thinq: {simulate: false, token_file: token}", thinq_url=url)
        (result,) = await results(examined, "thinq")
        assert (result.finding, result.outcome) == ("thinq", "ok")
        assert f"{len(simulator.appliances)}개" in result.message
        assert {request.method for request in simulator.requests} == {"GET"}  # nothing is switched
        (client_id,) = (tmp_path / "state").iterdir()
        kept = client_id.read_text()
        await results(examined, "thinq")
        assert client_id.read_text() == kept  # LG may block who comes with another one each time


async def test_lg_does_not(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    simulator = Simulator()
    async with simulator.serving() as url:
        examined = case(tmp_path, "thinq: {simulate: false, token_file: token}", thinq_url=url)
        simulator.expired = True
        (result,) = await results(examined, "thinq")
        assert (result.finding, result.outcome) == ("other", "failure")
        assert "토큰이 맞지 않아요" in result.message
    (result,) = await results(examined, "thinq")
    assert "연결할 수 없어요" in result.message


@pytest.mark.parametrize(
    ("settings", "finding", "outcome"),
    [
        ("thinq: {simulate: false}", "thinq_no_token", "failure"),
        ("thinq: {simulate: false, country: XX, token_file: token}", "thinq_country", "failure"),
        ("thinq: {simulate: false, token_file: empty}", "other", "failure"),
        ("thinq: {enabled: false, simulate: false}", "thinq_off", "ok"),
        ("", "thinq_simulated", "ok"),
    ],
)
async def test_lg_is_not_asked(tmp_path: Path, settings: str, finding: str, outcome: str) -> None:
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "empty").write_text("\n")
    examined = case(tmp_path, settings, thinq_url=f"http://127.0.0.1:{free_port()}")
    assert await outcomes(examined, "thinq") == {finding: outcome}


# KT.


def kt(folder: Path, port: int, key: str = KEY) -> str:
    (folder / "key").write_text(key)
    (folder / "secret").write_text(SECRET)
    keys = f"client_id: {CLIENT_ID}, key_file: key, secret_file: secret, host: 127.0.0.1, port: {port}, tls: false"
    return f"genie: {{agent: {{kind: kt, {keys}}}}}\nspeaker: {{voice: kt, kt: {{{keys}}}}}\n"


async def test_kt_takes_the_keys(tmp_path: Path) -> None:
    simulator = KtSimulator()
    async with simulator.serving() as port:
        found = await results(case(tmp_path, kt(tmp_path, port)), "kt")
    assert [(result.finding, result.outcome) for result in found] == [("kt", "ok"), ("kt", "ok")]
    assert "speaker.kt" in found[0].message
    assert "genie.agent" in found[1].message


async def test_kt_does_not(tmp_path: Path) -> None:
    simulator = KtSimulator()
    async with simulator.serving() as port:
        assert await outcomes(case(tmp_path, kt(tmp_path, port, key="wrong")), "kt") == {"kt_refused": "failure"}
    assert await outcomes(case(tmp_path, kt(tmp_path, port)), "kt") == {"kt_unreachable": "failure"}
    (tmp_path / "key").unlink()
    settings = case(tmp_path, kt(tmp_path, port))
    (tmp_path / "key").unlink()
    assert await outcomes(settings, "kt") == {"other": "failure"}


async def test_kt_is_not_used(tmp_path: Path) -> None:
    assert await outcomes(case(tmp_path, QUIET), "kt") == {"kt_off": "ok"}


# MPD.


@pytest.mark.skipif(MPD is None, reason="mpd is not installed (apt install mpd)")
async def test_the_music_player(tmp_path: Path) -> None:
    async with TestMpd(
        tmp_path / "mpd", more='password "geheim@read,add,control,admin"\ndefault_permissions ""\n'
    ) as mpd:
        music = f"genie: {{music: {{mpd: '{mpd.address}', password_file: password}}}}"
        examined = case(tmp_path, music)
        (tmp_path / "password").write_text("geheim")
        assert await outcomes(examined, "mpd") == {"mpd_away": "failure"}
        await mpd.start("geheim")
        assert await outcomes(examined, "mpd") == {"mpd_empty": "warning"}
        stations = music.replace("password}", "password, stations: [{name: 방송, url: 'http://127.0.0.1/'}]}")
        assert await outcomes(case(tmp_path, stations), "mpd") == {"mpd": "ok"}
        mpd.add(*SONGS[0], seconds=1)
        async with mpd.client("geheim") as client:
            await client.update()
            while "updating_db" in await client.status():
                pass
        (result,) = await results(case(tmp_path, music), "mpd")
        assert (result.finding, result.outcome) == ("mpd", "ok")
        assert "1곡" in result.message
        (tmp_path / "password").write_text("wrong")
        assert await outcomes(examined, "mpd") == {"mpd_refused": "failure"}
        assert await outcomes(case(tmp_path, f"genie: {{music: {{mpd: '{mpd.address}'}}}}"), "mpd") == {
            "mpd_refused": "failure"
        }
    assert await outcomes(case(tmp_path, QUIET), "mpd") == {"mpd_off": "ok"}
