"""Changes of all tasks that a filter selects."""

from __future__ import annotations

from typing import Any, cast

from .connection import Connection
from .tasks import new_key, without_none
from .types import BulkPage, BulkSpec, BulkState, BulkView


class Bulks:
    """Count, begin, show and stop bulks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def count(self, bulk: BulkSpec) -> int:
        """The number of tasks that a bulk would begin with. Nothing changes."""
        return (await self._ask("bulk.count", bulk=bulk))["matched"]

    async def start(self, bulk: BulkSpec) -> BulkView:
        """Begins a bulk; the hub works on it in batches.

        Without an `idempotency_key` the client adds one, so that a start over a broken connection takes effect once.
        """
        keyed = bulk if bulk.get("idempotency_key") is not None else {**bulk, "idempotency_key": new_key()}
        return await self._ask("bulk.start", bulk=keyed)

    async def get(self, bulk: str) -> BulkView:
        return await self._ask("bulk.show", bulk=bulk)

    async def stop(self, bulk: str) -> BulkView:
        """Stops a bulk before its next batch. What it changed stays changed."""
        return await self._ask("bulk.stop", bulk=bulk)

    async def list(self, *, state: BulkState | None = None, cursor: str | None = None, limit: int | None = None) -> BulkPage:
        """One page of bulks, newest first."""
        return cast(BulkPage, await self._ask("bulk.list", state=state, cursor=cursor, limit=limit))

    async def _ask(self, kind: str, **fields: Any) -> Any:
        return (await self._connection.request({"type": kind, **without_none(fields)})).result
