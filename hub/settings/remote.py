"""The settings of the home from outside: `remote`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from hub.payloads import TopicId, is_id
from hub.settings.values import FilePath, Section
from hub.yamlfile import fault_in

Rule = Literal["allow", "ask", "refuse"]
"""What is done about a command from outside: it is carried out, somebody inside is asked, or it is refused."""


def _checked_key(text: str) -> str:
    from hub.remote.keys import public  # its library is large, and few homes have keys

    try:
        public(text)
    except ValueError:
        raise fault_in("bad_remote_key") from None
    return text


def is_key_name(name: str) -> bool:
    """Whether a key may be called so."""
    return is_id(name) and len(name) <= LONGEST_NAME and name != TAKEN


def _checked_name(name: str) -> str:
    if not is_key_name(name):
        raise fault_in("bad_remote_name", got=name, most=LONGEST_NAME, taken=TAKEN)
    return name


LONGEST_NAME = 57
"""Characters of a key's name: after `remote-` it is the id of a satellite, which has 64 at most."""

TAKEN = "routine"
"""Name that no key can have: `remote-routine` says what routines do that were begun from outside."""

KeyName = Annotated[TopicId, AfterValidator(_checked_name)]
"""What a key is called."""

PublicKey = Annotated[str, AfterValidator(_checked_key)]
"""The half of a key that the home knows, in base64."""


class RemoteSettings(Section):
    """From outside: where `enabled`, commands signed with one of the `keys` are let in, as far as the rules allow.

    `rules` says otherwise for single devices, by id or name. A page that is served outside signs with `key_file`.
    """

    enabled: bool = False
    keys: dict[KeyName, PublicKey] = Field(default_factory=dict)
    rules: dict[str, Rule] = Field(default_factory=dict)
    key_file: FilePath | None = None
