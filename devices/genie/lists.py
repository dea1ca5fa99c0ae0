"""Lists: what to buy, what to do. Each is a device, too, so that others can show it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Final

from devices.commands import CommandError
from devices.genie.store import Store
from hub.korean.jamo import squash
from hub.messages import About, ErrorCode, Intent, Property, Value, now
from hub.texts import Language, text

SHOPPING: Final = "쇼핑"
TODO: Final = "할 일"

LISTS: Final = {SHOPPING: "shopping_list", TODO: "todo_list"}
"""Every list by the name that intents give it, and the id of its device."""

LONGEST_ITEM = 100
MOST = 200
"""Items that one list may have."""

MOST_TOLD = 7
"""Items that one answer tells of."""

_BETWEEN = re.compile(r"\s*,\s*|\s+그리고\s+|하고\s+")
"""What stands between several items; 이랑 and 와 may be the end of a word."""


class ListSkill:
    """The list intents of Home Assistant. Every handler returns what to say, or raises CommandError.

    `changed` is told the device and its state after every change.
    """

    def __init__(self, store: Store, language: Language, changed: Callable[[str, dict[str, Value]], object]) -> None:
        self._store = store
        self._language: Language = language
        self._changed = changed

    def handlers(self) -> dict[str, Callable[[Intent], Awaitable[str]]]:
        """Intent → handler."""
        return {
            "HassShoppingListAddItem": self.add,
            "HassShoppingListCompleteItem": self.take_off,
            "HassListAddItem": self.add,
            "HassListCompleteItem": self.take_off,
            "HassListRemoveItem": self.take_off,
            "JipsaGetList": self.tell,
        }

    def abouts(self, bridge: str) -> list[About]:
        """The lists as devices."""
        properties = {"count": Property(type="integer", min=0), "items": Property(type="string")}
        return [
            About(id=device, bridge=bridge, type="todo", name=self._name(name), properties=properties)
            for name, device in LISTS.items()
        ]

    async def report(self) -> None:
        """Tell the state of every list."""
        for name in LISTS:
            items = await self._items(name)
            self._changed(LISTS[name], {"count": len(items), "items": ", ".join(items)})

    async def add(self, intent: Intent) -> str:
        """Put something on a list."""
        name, wanted = self._list(intent), self._wanted(intent)
        there = {squash(item) for item in await self._items(name)}
        new = [item for item in wanted if squash(item) not in there]
        if len(there) + len(new) > MOST:
            raise self._error(ErrorCode.NOT_NOW, "list_full", list=self._name(name))
        for item in new:
            await self._store.change("INSERT OR IGNORE INTO items VALUES (?, ?, ?)", (name, item, now().isoformat()))
        await self.report()
        return self._say("list_added" if new else "list_has", list=self._name(name), items=", ".join(new or wanted))

    async def take_off(self, intent: Intent) -> str:
        """Take something off a list: it is bought, done, or not wanted any more."""
        name, items = self._list(intent), await self._items(self._list(intent))
        found = [item for wanted in self._wanted(intent) if (item := _meant(wanted, items)) is not None]
        if not found:
            wanted = ", ".join(self._wanted(intent))
            raise self._error(ErrorCode.NOT_FOUND, "list_has_not", list=self._name(name), items=wanted)
        for item in found:
            await self._store.change("DELETE FROM items WHERE list = ? AND item = ?", (name, item))
        await self.report()
        return self._say("list_taken_off", list=self._name(name), items=", ".join(found))

    async def tell(self, intent: Intent) -> str:
        """What is on a list."""
        name = self._list(intent)
        items = await self._items(name)
        if not items:
            return self._say("list_empty", list=self._name(name))
        key = "list_told" if len(items) <= MOST_TOLD else "list_told_some"
        return self._say(key, list=self._name(name), items=", ".join(items[:MOST_TOLD]), count=len(items))

    async def _items(self, name: str) -> list[str]:
        rows = await self._store.ask("SELECT item FROM items WHERE list = ? ORDER BY added_at, rowid", (name,))
        return [str(item) for (item,) in rows]

    def _list(self, intent: Intent) -> str:
        name = intent.slots.get("name", SHOPPING)
        if "Shopping" in intent.intent:
            return SHOPPING
        if name not in LISTS:
            raise self._error(ErrorCode.NOT_FOUND, "no_such_list", list=str(name))
        return str(name)

    def _wanted(self, intent: Intent) -> list[str]:
        item = intent.slots.get("item")
        parts = _BETWEEN.split(item.strip()) if isinstance(item, str) else []
        wanted = [part for part in parts if part]
        if not wanted or any(len(part) > LONGEST_ITEM for part in wanted):
            raise self._error(ErrorCode.BAD_PAYLOAD, "no_item")
        return wanted

    def _name(self, name: str) -> str:
        return text(f"genie.list-{LISTS[name]}", self._language)

    def _say(self, key: str, **values: object) -> str:
        return text(f"genie.{key}", self._language, **values)

    def _error(self, code: ErrorCode, key: str, **values: object) -> CommandError:
        return CommandError(code, self._say(key, **values))


def _meant(wanted: str, items: list[str]) -> str | None:
    """The item that is called so, or the only one that has it in its name."""
    said = squash(wanted)
    same = [item for item in items if squash(item) == said]
    near = same or [item for item in items if said in squash(item)]
    return near[0] if len(near) == 1 else None
