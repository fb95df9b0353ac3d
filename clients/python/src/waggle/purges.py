"""Purges: the erasure of payloads."""

from __future__ import annotations

from typing import Any, cast

from .connection import Connection
from .tasks import without_none
from .types import PurgeCounts, PurgePage, PurgeSpec, PurgeView


class Purges:
    """Count, begin and show purges. All of it needs `admin:system`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def count(self, purge: PurgeSpec) -> PurgeCounts:
        """What a purge would begin with. Nothing changes."""
        return (await self._ask("purge.count", purge=purge))["counts"]

    async def start(self, purge: PurgeSpec) -> PurgeView:
        """Begins a purge; the hub works on it.

        A purge of the same that has not ended is returned, so a start over a broken connection takes effect once.
        """
        return await self._ask("purge.start", purge=purge)

    async def get(self, purge: str) -> PurgeView:
        return await self._ask("purge.show", purge=purge)

    async def list(self, *, cursor: str | None = None, limit: int | None = None) -> PurgePage:
        """One page of purges, newest first."""
        return cast(PurgePage, await self._ask("purge.list", cursor=cursor, limit=limit))

    async def _ask(self, kind: str, **fields: Any) -> Any:
        return (await self._connection.request({"type": kind, **without_none(fields)})).result
