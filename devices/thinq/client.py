"""The ThinQ Connect cloud, through LG's own SDK: a few calls, and its errors turned into ours.

Source of the error codes: `thinqconnect.ThinQAPIErrorCodes`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from typing import Any

import aiohttp
from pydantic import BaseModel, Field, ValidationError
from thinqconnect import ThinQApi, ThinQAPIException
from thinqconnect.country import get_region_from_country

from devices.commands import CommandError
from hub.messages import ErrorCode
from hub.texts import Language, text

log = logging.getLogger(__name__)

TIMEOUT = 10.0
"""Seconds that one call may take: an intent lives for fifteen."""

CONNECTIONS = 4
"""Calls at a time; LG's quota is per account."""

ENERGY = "energyUsage"
"""The property that the energy calls are about; watt hours."""

UNREACHABLE = ("unreachable", ErrorCode.VENDOR_UNREACHABLE, "thinq.unreachable")

FAULTS: Mapping[str, tuple[ErrorCode, str]] = {
    # LG's code: what it is to us, and the sentence
    **dict.fromkeys(("1103", "1218", "1301", "1302", "1303"), (ErrorCode.VENDOR_UNREACHABLE, "thinq.token")),
    "1304": (ErrorCode.VENDOR_UNREACHABLE, "thinq.terms"),
    **dict.fromkeys(("1305", "1309", "1310"), (ErrorCode.VENDOR_UNREACHABLE, "thinq.not_allowed")),
    **dict.fromkeys(("1306", "1312"), (ErrorCode.VENDOR_UNREACHABLE, "thinq.quota")),
    "1307": (ErrorCode.VENDOR_UNREACHABLE, "thinq.country"),
    **dict.fromkeys(("1216", "1104", "2000"), (ErrorCode.VENDOR_UNREACHABLE, "thinq.unreachable")),
    "1308": (ErrorCode.NOT_SUPPORTED, "thinq.no_authority"),
    **dict.fromkeys(
        ("1205", "1210", "1211", "1212", "1213", "1217", "1224", "2213"),
        (ErrorCode.UNKNOWN_DEVICE, "thinq.unregistered"),
    ),
    **dict.fromkeys(
        ("1219", "1220", "1221", "2101", "2201", "2202", "2203"), (ErrorCode.NOT_SUPPORTED, "bridge.not_supported")
    ),
    "1222": (ErrorCode.DEVICE_OFFLINE, "bridge.offline"),
    **dict.fromkeys(("1223", "2205", "2302"), (ErrorCode.NOT_NOW, "thinq.state")),
    **dict.fromkeys(("2209", "2210", "2212"), (ErrorCode.DEVICE_ERROR, "thinq.slow")),
    "2301": (ErrorCode.REMOTE_CONTROL_OFF, "thinq.remote_control_off"),
    "2303": (ErrorCode.DEVICE_ERROR, "thinq.in_error"),
    "2304": (ErrorCode.POWERED_OFF, "thinq.powered_off"),
    "2305": (ErrorCode.NOT_NOW, "thinq.mode"),
}

REFUSED = (ErrorCode.DEVICE_ERROR, "thinq.refused")
"""What every other code is: LG did not take the request, which is more likely our mistake than the person's."""


def serves(country: str) -> bool:
    """Whether LG ThinQ Connect has a region for the country (ISO code, capitals)."""
    try:
        get_region_from_country(country)
    except RuntimeError:
        return False
    return True


class ThinqError(CommandError):
    """A call that failed: our code and sentence, and LG's own code (`unreachable` where none came)."""

    def __init__(self, code: ErrorCode, message: str, vendor_code: str) -> None:
        super().__init__(code, message)
        self.vendor_code = vendor_code


class DeviceInfo(BaseModel):
    """What the device list says of one device."""

    device_type: str = Field(alias="deviceType")
    model_name: str = Field(alias="modelName", default="")
    alias: str = ""
    reportable: bool = True


class ListedDevice(BaseModel):
    """One entry of the device list."""

    id: str = Field(alias="deviceId", min_length=1)
    info: DeviceInfo = Field(alias="deviceInfo")

    @property
    def name(self) -> str:
        """What the household calls it in LG's app."""
        return self.info.alias or self.info.model_name or self.id


class _Api(ThinQApi):  # type: ignore[misc]  # the SDK is not typed
    """LG's SDK, talking to another address than LG's when one is given."""

    def __init__(self, base_url: str | None, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._base_url = base_url

    def _get_url_from_endpoint(self, endpoint: str) -> str:
        if self._base_url is not None:
            return f"{self._base_url}/{endpoint}"
        url: str = super()._get_url_from_endpoint(endpoint)
        return url


class ThinqCloud:
    """One account's appliances. Every call raises ThinqError."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        access_token: str,
        country: str,
        client_id: str,
        base_url: str | None,
        language: Language,
    ) -> None:
        self._language: Language = language
        self.api = _Api(base_url, session, access_token, country, client_id)

    async def devices(self) -> list[ListedDevice]:
        """The appliances of the account; an entry that cannot be read is left out, with a warning."""
        entries = await self._call("LG ThinQ", self.api.async_get_device_list())
        listed: list[ListedDevice] = []
        for entry in entries if isinstance(entries, list) else []:
            try:
                listed.append(ListedDevice.model_validate(entry))
            except ValidationError as error:
                log.warning("the ThinQ device list has an entry that cannot be read: %s", error.errors()[0]["loc"])
        return listed

    async def profile(self, device: ListedDevice) -> Any:
        """What the appliance can do, as JSON."""
        return await self._call(device.name, self.api.async_get_device_profile(device.id))

    async def state(self, device: ListedDevice) -> Any:
        """What the appliance is doing, as JSON: an object, or a list with one object per location."""
        return await self._call(device.name, self.api.async_get_device_status(device.id))

    async def control(self, device: ListedDevice, payload: Mapping[str, Any]) -> None:
        """Have the appliance do something."""
        await self._call(device.name, self.api.async_post_device_control(device.id, payload))

    async def has_energy(self, device: ListedDevice) -> bool:
        """Whether the appliance counts what it uses; the account's token may be too old to be told."""
        try:
            answer = await self._call(device.name, self.api.async_get_device_energy_profile(device.id))
        except ThinqError as error:
            if error.vendor_code == UNREACHABLE[0]:
                raise
            return False
        result = answer.get("result") if isinstance(answer, dict) else None
        counted = result.get("property") if isinstance(result, dict) else None
        return isinstance(counted, list) and ENERGY in counted

    async def energy(self, device: ListedDevice, day: str) -> Any:
        """What the appliance used on a day (YYYYMMDD), as JSON."""
        usage = self.api.async_get_device_energy_usage(device.id, ENERGY, "DAILY", day, day)
        return await self._call(device.name, usage)

    async def _call(self, name: str, call: Awaitable[Any]) -> Any:
        try:
            async with asyncio.timeout(TIMEOUT):
                return await call
        except ThinQAPIException as error:
            vendor_code = str(error.code)
            code, key = FAULTS.get(vendor_code, REFUSED)
            log.debug("%s: %s", name, error)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            vendor_code, code, key = UNREACHABLE
            log.debug("%s: %s: %s", name, type(error).__name__, error)  # its repr has the headers, and so the token
        except (ValueError, AttributeError, TypeError) as error:
            # The SDK trips over replies that are not JSON or not LG's error object: a proxy's page, for instance.
            vendor_code, code, key = UNREACHABLE
            log.debug("%s: the cloud's reply cannot be read: %s: %s", name, type(error).__name__, error)
        raise ThinqError(code, text(key, self._language, device=name, code=vendor_code), vendor_code)
