"""Why a broker cannot be reached, in a sentence that says what to do; what its certificate is checked against."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiomqtt
from paho.mqtt.reasoncodes import ReasonCode

from hub.texts import Language, text

CERTIFICATE: Final[Mapping[int, str]] = {9: "not_yet_valid", 10: "expired", 62: "wrong_name", 64: "wrong_name"}
"""What OpenSSL finds wrong with a certificate whose CA is known (X509_V_ERR_…), and its sentence in broker.yaml."""

NOT_LET_IN: Final = frozenset({134, 135})
"""Reason codes of MQTT 5: a wrong name or password, and not authorized; paho turns those of MQTT 3.1.1 into them."""


class Unheard(aiomqtt.MqttError):
    """The broker refuses a subscription; the text is its topic filter."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """Why there is no connection: a key of the texts `broker`, and what is filled in there."""

    key: str
    host: str
    port: int
    username: str | None
    ca_file: Path | None
    error: str

    def told(self, language: Language) -> str:
        """It in a sentence."""
        user, ca = self.username or "-", self.ca_file or "-"
        return text(f"broker.{self.key}", language, host=self.host, port=self.port, user=user, ca=ca, reason=self.error)


def reason(error: BaseException, *, tls: bool, ca_file: Path | None) -> str:
    """The key of what a failed attempt to connect was about."""
    if isinstance(error, Unheard):
        return "unheard"
    if isinstance(error, aiomqtt.MqttCodeError):
        return "refused" if isinstance(error.rc, ReasonCode) and error.rc.value in NOT_LET_IN else "unreachable"
    cause = error.__context__ if isinstance(error, aiomqtt.MqttError) else error  # aiomqtt only keeps its text
    if isinstance(cause, ssl.SSLCertVerificationError):
        return CERTIFICATE.get(cause.verify_code, "unknown_ca" if ca_file is None else "other_ca")
    if tls and isinstance(cause, ssl.SSLError | ConnectionError | TimeoutError):
        return "unreachable" if isinstance(cause, ConnectionRefusedError) else "no_tls"
    return "silent" if isinstance(cause, TimeoutError) else "unreachable"


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """What a broker has to show: a certificate for its name, by this CA or else by one that this machine trusts.

    Raises OSError where the file cannot be read, or holds no certificate (ssl.SSLError).
    """
    return ssl.create_default_context(cafile=ca_file)
