"""What single settings may be: paths, addresses, names; a fault is a sentence of hub/texts/config.yaml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from hub.address import BrokerAddress, BusError
from hub.korean.jamo import is_syllable, squash
from hub.printable import public
from hub.yamlfile import fault_in

CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"
"""A time of day, as 22:00."""


class Section(BaseModel):
    """What stands below one key of the settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _from_folder(path: Path, info: ValidationInfo) -> Path:
    folder = info.context["folder"] if info.context else Path()
    return Path(folder, path.expanduser()).absolute()


def _checked_broker(url: str) -> str:
    try:
        BrokerAddress.from_url(url)
    except BusError:
        raise fault_in("bad_broker", got=public(url)) from None
    return url


def _checked_web_url(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", url):
        raise fault_in("bad_web_address", got=public(url))
    return url


def _checked_calendar(source: str, info: ValidationInfo) -> str:
    if "://" not in source and source.strip():
        return str(_from_folder(Path(source), info))
    if not re.fullmatch(r"https?://[^\s/?#]+(/\S*)?", source):
        raise fault_in("bad_calendar", got=public(source))
    return source


def _checked_country(country: str) -> str:
    if not (len(country) == 2 and country.isascii() and country.isupper()):
        raise fault_in("bad_country", got=country)
    return country


def _checked_wake(name: str) -> str:
    if not name or not all(map(is_syllable, squash(name))):
        raise fault_in("bad_wake", got=name)
    return squash(name)


FilePath = Annotated[Path, AfterValidator(_from_folder)]
"""A path as the settings mean it: relative to the folder of their file."""

BrokerUrl = Annotated[str, AfterValidator(_checked_broker), Field(repr=False)]
"""mqtt://[user[:password]@]host:port, or mqtts://."""

WebUrl = Annotated[str, AfterValidator(_checked_web_url)]
"""http:// or https://, without a login or a query."""

CalendarSource = Annotated[str, AfterValidator(_checked_calendar), Field(repr=False)]
"""An iCalendar file, made absolute, or the address of one, which is often secret."""

Country = Annotated[str, AfterValidator(_checked_country)]
"""Two capitals, as KR."""

WakeName = Annotated[str, AfterValidator(_checked_wake)]
"""What somebody is called by: Hangul, kept without spaces."""
