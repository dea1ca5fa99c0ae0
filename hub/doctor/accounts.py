"""What is not ours but is talked to: LG ThinQ, KT, and the music player."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import aiohttp

from hub.bridges import thinq_client_id, thinq_token_file
from hub.config import Settings
from hub.credentials import credential
from hub.doctor.findings import Case, Findings, FirstError
from hub.doctor.machine import lacks
from hub.settings.genie import KtAgentSettings
from hub.settings.voice import KtAccess

PATIENCE = 10.0
"""Seconds that an answer may take."""


async def thinq(case: Case, found: Findings) -> None:
    """Whether there is a token for LG ThinQ, and LG takes it; where it is needed."""
    from devices.thinq.client import ThinqCloud, ThinqError, serves

    own, language = case.settings.thinq, case.settings.language
    if not own.enabled:
        found.ok("thinq_off")
        return
    if own.simulate:
        found.ok("thinq_simulated")
        return
    path = thinq_token_file(case.settings)
    if not path.is_file():
        found.failure("thinq_no_token", path=path)
        return
    if not serves(own.country):
        found.failure("thinq_country", country=own.country)
        return
    token = credential(path, "", "thinq.token_file")
    client_id = own.client_id or thinq_client_id(case.settings)
    async with aiohttp.ClientSession() as session:
        cloud = ThinqCloud(
            session, access_token=token, country=own.country, client_id=client_id, base_url=case.thinq_url,
            language=language,
        )  # fmt: skip
        try:
            found.ok("thinq", n=len(await cloud.devices()))
        except ThinqError as error:
            found.error(f"{error} ({error.vendor_code})")


async def kt(case: Case, found: Findings) -> None:
    """Whether KT takes the keys: it is asked for a greeting."""
    used = dict(_kt(case.settings))
    if not used:
        found.ok("kt_off")
        return
    if lacks("kt"):
        raise FirstError("packages")
    from hub.kt import Kt, KtError

    for setting, access in used.items():
        try:
            async with asyncio.timeout(PATIENCE):
                await Kt.of(access, setting).query("안녕", "jipsa-doctor")
        except TimeoutError:
            found.failure("kt_unreachable", setting=setting, reason=f"{PATIENCE:g} s")
        except KtError as error:
            found.failure("kt_refused" if error.why == "refused" else "kt_unreachable", setting=setting, reason=error)
        else:
            found.ok("kt", setting=setting)


def _kt(settings: Settings) -> Iterator[tuple[str, KtAccess]]:
    """The settings that say how KT is reached, as far as they are used."""
    if settings.speaker.voice == "kt" and settings.speaker.kt is not None:
        yield "speaker.kt", settings.speaker.kt
    agent = settings.genie.agent
    if isinstance(agent, KtAgentSettings):
        yield "genie.agent", agent


async def mpd(case: Case, found: Findings) -> None:
    """Whether the music player lets the assistant in, and has songs."""
    own = case.settings.genie.music
    if own.mpd is None:
        found.ok("mpd_off")
        return
    if lacks("music"):
        raise FirstError("packages")
    from mpd.asyncio import MPDClient

    from devices.genie.music.player import AwayError, PlayerError, faults

    host, _, port = own.mpd.rpartition(":")
    password = credential(own.password_file, "mpd-password", "genie.music.password_file") if own.password_file else None
    client = MPDClient()
    try:
        with faults():
            async with asyncio.timeout(PATIENCE):
                await client.connect(host, int(port))
                if password is not None:
                    await client.password(password)
                songs = int((await client.stats())["songs"])
    except AwayError:
        found.failure("mpd_away", address=own.mpd)
    except PlayerError as error:
        found.failure("mpd_refused", address=own.mpd, reason=error)
    else:
        if songs or own.stations:
            found.ok("mpd", address=own.mpd, version=client.mpd_version, songs=songs)
        else:
            found.warning("mpd_empty", address=own.mpd)
    finally:
        client.disconnect()
