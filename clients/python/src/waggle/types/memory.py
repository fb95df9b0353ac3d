"""Shared memory: entries and searches (spec/waggle.v1.md)."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class MemoryEntry(TypedDict):
    """An entry without its value. `bytes` and `sha256` are those of the value's JSON text."""

    namespace: str
    key: str
    swarm: NotRequired[str]
    version: int
    bytes: int
    sha256: str
    metadata: NotRequired[dict[str, str]]
    created_at: str
    updated_at: str
    updated_by: str
    expires_at: NotRequired[str]
    created: NotRequired[bool]
    duplicate: NotRequired[bool]
    """In the answer to a put: an earlier one with the same idempotency key has done it."""


class MemoryValue(MemoryEntry):
    """An entry with its value."""

    value: Any


class MemoryPage(TypedDict):
    """Entries by key. The last page has no `cursor`."""

    entries: list[MemoryEntry]
    cursor: NotRequired[str]


class MemoryHit(MemoryEntry):
    """An entry that a search found. Without a vector it has no `score`."""

    score: NotRequired[float]
    bm25: NotRequired[float]
    word_rank: NotRequired[int]
    vector_rank: NotRequired[int]
    excerpt: NotRequired[str]


class IndexRebuild(TypedDict):
    done: int
    total: int


class SearchIndex(TypedDict):
    """How far the index of the search is."""

    position: NotRequired[str]
    entries: NotRequired[int]
    pending_changes: NotRequired[int]
    pending_vectors: NotRequired[int]
    rebuild: NotRequired[IndexRebuild]
    problem: NotRequired[str]


class MemorySearchResult(TypedDict):
    """The hits of a search, best first."""

    results: list[MemoryHit]
    mode: Literal["lexical", "vector", "hybrid"]
    score_kind: str
    embedder: NotRequired[str]
    semantic: bool
    below_threshold: int
    best_below: NotRequired[float]
    took_ms: float
    embedding_ms: NotRequired[float]
    reduced: NotRequired[str]
    """Why a hybrid search was by words only."""
    index: SearchIndex
