"""Shared memory and questions of a client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, NotRequired, TypedDict

from .tasks import without_none
from .types import MemoryEntry, MemoryPage, MemorySearchResult, MemoryValue, QuestionView

Ask = Callable[[Mapping[str, Any]], Awaitable[Any]]
"""Sends a message and returns the result of its answer."""

Vector = list[float]


class Memory:
    """JSON values under namespaces and keys (docs/memory.md). `swarm` names the swarm of a namespace; without it the whole hive shares the namespace."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def put(
        self,
        namespace: str,
        key: str,
        value: Any,
        *,
        swarm: str | None = None,
        if_version: int | None = None,
        ttl: float | None = None,
        metadata: dict[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> MemoryEntry:
        """Stores a value, for `ttl` seconds if given. `if_version`: only in place of that version (0: of none), else `VersionConflictError`.

        With an `idempotency_key` a put with `if_version`, too, is sent again after a lost connection.
        """
        ttl_ms = None if ttl is None else max(1, round(ttl * 1000))
        more = without_none({"swarm": swarm, "if_version": if_version, "ttl_ms": ttl_ms, "metadata": metadata, "idempotency_key": idempotency_key})
        return await self._ask({"type": "memory.put", "namespace": namespace, "key": key, "value": value, **more})

    async def get(self, namespace: str, key: str, *, swarm: str | None = None) -> MemoryValue:
        """The entry with its value. Raises `NotFoundError`."""
        return await self._ask({"type": "memory.get", "namespace": namespace, "key": key, **without_none({"swarm": swarm})})

    async def list(
        self, namespace: str, *, prefix: str | None = None, swarm: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> MemoryPage:
        """One page of entries without their values, by key."""
        more = without_none({"prefix": prefix, "swarm": swarm, "cursor": cursor, "limit": limit})
        return await self._ask({"type": "memory.list", "namespace": namespace, **more})

    async def delete(self, namespace: str, key: str, *, swarm: str | None = None, if_version: int | None = None) -> MemoryEntry:
        """Deletes an entry and returns it as it was, without its value."""
        more = without_none({"swarm": swarm, "if_version": if_version})
        return await self._ask({"type": "memory.delete", "namespace": namespace, "key": key, **more})

    async def search(
        self,
        query: str | None = None,
        *,
        vector: Vector | None = None,
        namespace: str | None = None,
        swarm: str | None = None,
        prefix: str | None = None,
        limit: int | None = None,
        threshold: float | None = None,
        mode: Literal["lexical", "vector", "hybrid"] | None = None,
    ) -> MemorySearchResult:
        """Finds entries by words, by meaning, or by both (docs/search.md), best first."""
        fields = {"query": query, "vector": vector, "namespace": namespace, "swarm": swarm}
        more = {"prefix": prefix, "limit": limit, "threshold": threshold, "mode": mode}
        return await self._ask({"type": "memory.search", **without_none(fields), **without_none(more)})


class QuestionPage(TypedDict):
    """Questions, newest first. The last page has no `cursor`."""

    questions: list[QuestionView]
    cursor: NotRequired[str]


class Questions:
    """The questions of workers (docs/questions.md)."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def list(
        self,
        *,
        swarm: str | None = None,
        task: str | None = None,
        state: Literal["open", "answered", "defaulted", "expired", "cancelled"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> QuestionPage:
        fields = {"swarm": swarm, "task": task, "state": state, "cursor": cursor, "limit": limit}
        return await self._ask({"type": "question.list", **without_none(fields)})

    async def get(self, question: str) -> QuestionView:
        return await self._ask({"type": "question.show", "question": question})

    async def answer(self, question: str, answer: Any) -> QuestionView:
        """Answers a question. Raises `QuestionClosedError` if it has another answer."""
        return await self._ask({"type": "task.answer", "question": question, "answer": answer})
