"""What the player keeps over a restart, by name."""

from __future__ import annotations

from devices.genie.store import Store


class Kept:
    """A table of its own in the assistant's store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open(self) -> dict[str, str]:
        """All that is kept."""
        await self._store.change("CREATE TABLE IF NOT EXISTS music (name TEXT PRIMARY KEY, value TEXT) STRICT", ())
        return {str(name): str(value) for name, value in await self._store.ask("SELECT name, value FROM music")}

    async def keep(self, name: str, value: str | int) -> None:
        """Keep a value; it is on the disk when this returns."""
        await self._store.change("INSERT OR REPLACE INTO music VALUES (?, ?)", (name, str(value)))
