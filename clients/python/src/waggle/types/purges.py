"""Purges: the erasure of payloads (spec/waggle.v1.md)."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

PurgeState = Literal["running", "done"]

PurgeStep = Literal["tasks", "memory", "messages", "blobs", "log", "files"]


class PurgeSpec(TypedDict, total=False):
    """A task that has ended, or all that a subject brought. Exactly one of the two is there."""

    task: str
    subject: str


class PurgeCounts(TypedDict):
    """What a purge would begin with, or has erased so far."""

    tasks: int
    open_tasks: int
    """Tasks that have not ended, which a purge leaves as they are."""
    memory_entries: int
    messages: int


class PurgeView(TypedDict):
    id: str
    spec: PurgeSpec
    state: PurgeState
    step: NotRequired[PurgeStep]
    counts: PurgeCounts
    open_tasks: NotRequired[list[str]]
    """The first of the tasks that it left because they have not ended."""
    blobs: int
    """The results that it deleted."""
    records: int
    """The records of the log that lost their payload."""
    log_offset: NotRequired[int]
    log_end: NotRequired[int]
    started_by: str
    started_at: str
    ended_at: NotRequired[str]


class PurgePage(TypedDict):
    purges: list[PurgeView]
    cursor: NotRequired[str]
