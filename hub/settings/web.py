"""The settings of the page: `web`."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from hub.settings.values import FilePath, Section
from hub.yamlfile import fault_in


class WebSettings(Section):
    """The page: where it is served, and with which certificate (TLS; PEM files, both or none).

    Whoever sits at this machine needs no password, unless `trust_localhost` is false: so it has to be where a proxy on
    this machine passes the page on.
    """

    enabled: bool = True
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8080, ge=1, le=65535)
    certificate: FilePath | None = None
    key: FilePath | None = None
    trust_localhost: bool = True

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise fault_in("certificate_and_key")
        return self
