"""Bulks: one change of all tasks that a filter selects (spec/waggle.v1.md)."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from .tasks import TaskState

BulkAction = Literal["cancel", "retry", "set_priority"]

BulkState = Literal["running", "done", "stopped"]


class TaskQuery(TypedDict, total=False):
    """Selects tasks; what is left out does not narrow the selection."""

    swarm: str
    states: list[TaskState]
    parent: str
    agent: str
    """The agent that holds the tasks, or held them last."""
    type: str
    text: str
    """Words that a task has all of in its title, type, error or metadata; `word*` is the beginning of a word."""
    error: str
    """The fingerprint of the error of tasks that failed, expired or wait for a retry."""


class TaskErrorGroup(TypedDict):
    """The tasks that failed, expired or wait for a retry with one error."""

    fingerprint: str
    code: str
    message: str
    """The message of the last task that had the error."""
    count: int
    first_at: str
    last_at: str
    task: str
    """The task that had the error last."""
    types: list[str]


class TaskErrorPage(TypedDict):
    errors: list[TaskErrorGroup]
    more: bool


class BulkSpec(TypedDict):
    """The action changes the selected tasks in the states in which it applies."""

    action: BulkAction
    filter: TaskQuery
    priority: NotRequired[int]
    """1 (first) to 5 (last), with `set_priority`."""
    reason: NotRequired[str]
    """The reason of `cancel`."""
    force: NotRequired[bool]
    """Whether `cancel` ends running tasks at once."""
    idempotency_key: NotRequired[str]
    """A second start of the same user with the same key returns the first bulk."""


class BulkFailure(TypedDict):
    """Tasks that a bulk could not change, for one reason."""

    code: str
    message: str
    task: str
    """The first of them."""
    count: int


class BulkView(TypedDict):
    id: str
    spec: BulkSpec
    state: BulkState
    matched: int
    """The tasks that matched when the bulk began."""
    changed: int
    unchanged: int
    """The tasks that already were as the bulk would make them."""
    skipped: int
    """The tasks that no longer matched when their turn came."""
    failed: int
    failures: NotRequired[list[BulkFailure]]
    started_by: str
    started_at: str
    ended_at: NotRequired[str]
    stopped_by: NotRequired[str]


class BulkPage(TypedDict):
    bulks: list[BulkView]
    cursor: NotRequired[str]
