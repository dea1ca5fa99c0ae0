"""What clients ask of the push side over HTTP: to be registered, certified, and told of changes and events."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from devices.thinq.simulator.appliance import (
    BAD_PARAMETER,
    MISSING_PARAMETER,
    RefusedError,
    SimulatedAppliance,
    changes,
)
from devices.thinq.simulator.push import Client, PushService

SERVICE = "SVC202"
"""The service code that clients name."""


class Subscriptions:
    """The requests of clients; `told` gives them what changed since it was last asked."""

    def __init__(self, appliances: Mapping[str, SimulatedAppliance], service: PushService) -> None:
        self._appliances = appliances
        self._service = service
        self._known = {device: copy.deepcopy(one.state) for device, one in appliances.items()}

    def tell(self) -> None:
        """Publish what has changed and happened since the last time."""
        for device, appliance in self._appliances.items():
            report = changes(self._known.get(device), appliance.state) if device in self._known else None
            if report is not None or device not in self._known:
                self._known[device] = copy.deepcopy(appliance.state)
            codes, appliance.pushes = appliance.pushes, []
            about = {"deviceId": device, "deviceType": appliance.type}
            for client in self._service.clients.values():
                if report is not None and device in client.events:
                    self._service.publish(client, {"pushType": "DEVICE_STATUS", **about, "report": report})
                for code in codes if device in client.pushes else ():
                    self._service.publish(client, {"pushType": "DEVICE_PUSH", **about, "pushCode": code})

    def tell_account(self, kind: str, device: str) -> None:
        """Publish that a device was registered, unregistered or renamed."""
        for client in self._service.clients.values():
            if client.account:
                self._service.publish(client, {"pushType": kind, "deviceId": device})

    async def serve(self, request: web.Request, body: Any) -> Any:
        """The response to a request below client, route, push or event. Raises RefusedError."""
        what, *rest = request.path.strip("/").split("/")
        name = request.headers["x-client-id"]
        match request.method, what, rest:
            case "GET", "route", []:
                return {"mqttServer": self._service.address}
            case "POST", "client", []:
                _same(body, "service-code", SERVICE)
                self._service.register(name)
                return {}
            case "DELETE", "client", []:
                self._service.clients.pop(name, None)
                return {}
            case "POST", "client", ["certificate"]:
                _same(body, "service-code", SERVICE)
                self._client(name)
                return {"result": self._service.issue(name, str(body.get("csr", "")))}
            case "GET", "push" | "event", []:
                return [{"deviceId": device} for device in sorted(self._wishes(name, what))]
            case "GET", "push", ["devices"]:
                return [name] if self._client(name).account else []
            case ("POST" | "DELETE") as method, "push", ["devices"]:
                self._client(name).account = method == "POST"
                return {}
            case "POST", "push" | "event", [device, "subscribe"]:
                self._subscribe(self._wishes(name, what), device)
                return {}
            case "DELETE", "push" | "event", [device, "unsubscribe"]:
                self._wishes(name, what).discard(device)
                return {}
        raise RefusedError("1000", "Bad request")

    def _client(self, name: str) -> Client:
        try:
            return self._service.clients[name]
        except KeyError:
            raise RefusedError(MISSING_PARAMETER, "Not registered client") from None

    def _wishes(self, name: str, what: str) -> set[str]:
        client = self._client(name)
        return client.pushes if what == "push" else client.events

    def _subscribe(self, wishes: set[str], device: str) -> None:
        appliance = self._appliances.get(device)
        if appliance is None:
            raise RefusedError("1205", "Not exist device")
        if not appliance.reportable:
            raise RefusedError("1214", "Not subscribable device")
        if device in wishes:
            raise RefusedError("1207", "Already subscribed push")
        wishes.add(device)


def _same(body: Any, key: str, value: str) -> None:
    if not isinstance(body, dict) or body.get(key) != value:
        raise RefusedError(BAD_PARAMETER, f"Unacceptable parameters: {key}")
