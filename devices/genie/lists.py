"""Lists: what to buy, what to do. Each is a device, too, so that others can show it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from devices.genie.skill import Handler, Skill
from hub.korean.jamo import squash
from hub.messages import About, ErrorCode, Intent, Property
from hub.payloads import Value, now

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


class ListSkill(Skill):
    """The list intents of Home Assistant."""

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return {
            "HassShoppingListAddItem": self.add,
            "HassShoppingListCompleteItem": self.take_off,
            "HassListAddItem": self.add,
            "HassListCompleteItem": self.take_off,
            "HassListRemoveItem": self.take_off,
            "JipsaGetList": self.tell,
        }

    def abouts(self) -> list[About]:
        """The lists as devices."""
        properties = {"count": Property(type="integer", min=0), "items": Property(type="string")}
        return [
            About(id=device, bridge="genie", type="todo", name=self._name(name), properties=properties)
            for name, device in LISTS.items()
        ]

    async def start(self) -> None:
        """Show every list."""
        await self._report()

    async def agenda(self) -> Mapping[str, Value]:
        """The lists, each with the name that the intents know it by."""
        lists: list[Value] = [
            {"id": device, "name": name, "title": self._name(name), "items": [*await self._items(name)]}
            for name, device in LISTS.items()
        ]
        return {"lists": lists}

    async def _report(self) -> None:
        for name in LISTS:
            items = await self._items(name)
            self.desk.report(LISTS[name], {"count": len(items), "items": ", ".join(items)})

    async def add(self, intent: Intent) -> str:
        """Put something on a list."""
        name, wanted = self._list(intent), self._wanted(intent)
        there = {squash(item) for item in await self._items(name)}
        new = list({squash(item): item for item in wanted if squash(item) not in there}.values())
        if len(there) + len(new) > MOST:
            raise self.error(ErrorCode.NOT_NOW, "list_full", list=self._name(name))
        for item in new:
            values = (name, item, now().isoformat())
            await self.desk.store.change("INSERT OR IGNORE INTO items VALUES (?, ?, ?)", values)
        await self._report()
        return self.text("list_added" if new else "list_has", list=self._name(name), items=", ".join(new or wanted))

    async def take_off(self, intent: Intent) -> str:
        """Take something off a list: it is bought, done, or not wanted any more."""
        name, items = self._list(intent), await self._items(self._list(intent))
        found = [item for wanted in self._wanted(intent) if (item := _meant(wanted, items)) is not None]
        if not found:
            wanted = ", ".join(self._wanted(intent))
            raise self.error(ErrorCode.NOT_FOUND, "list_has_not", list=self._name(name), items=wanted)
        for item in found:
            await self.desk.store.change("DELETE FROM items WHERE list = ? AND item = ?", (name, item))
        await self._report()
        return self.text("list_taken_off", list=self._name(name), items=", ".join(found))

    async def tell(self, intent: Intent) -> str:
        """What is on a list."""
        name = self._list(intent)
        items = await self._items(name)
        if not items:
            return self.text("list_empty", list=self._name(name))
        key = "list_told" if len(items) <= MOST_TOLD else "list_told_some"
        return self.text(key, list=self._name(name), items=", ".join(items[:MOST_TOLD]), count=len(items))

    async def _items(self, name: str) -> list[str]:
        rows = await self.desk.store.ask("SELECT item FROM items WHERE list = ? ORDER BY added_at, rowid", (name,))
        return [str(item) for (item,) in rows]

    def _list(self, intent: Intent) -> str:
        name = intent.slots.get("name", SHOPPING)
        if "Shopping" in intent.intent:
            return SHOPPING
        if name not in LISTS:
            raise self.error(ErrorCode.NOT_FOUND, "no_such_list", list=str(name))
        return str(name)

    def _wanted(self, intent: Intent) -> list[str]:
        item = intent.slots.get("item")
        parts = _BETWEEN.split(item.strip()) if isinstance(item, str) else []
        wanted = [part for part in parts if part]
        if not wanted or any(len(part) > LONGEST_ITEM for part in wanted):
            raise self.error(ErrorCode.BAD_PAYLOAD, "no_item")
        return wanted

    def _name(self, name: str) -> str:
        return self.text(f"list-{LISTS[name]}")


def _meant(wanted: str, items: list[str]) -> str | None:
    """The item that is called so, or the only one that has it in its name."""
    if wanted in items:
        return wanted
    said = squash(wanted)
    same = [item for item in items if squash(item) == said]
    near = same or [item for item in items if said in squash(item)]
    return near[0] if len(near) == 1 else None
