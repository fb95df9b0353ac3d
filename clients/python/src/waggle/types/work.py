"""Workflows and schedules (spec/waggle.v1.md)."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from .tasks import InputRef, TaskSpec
from .usage import RunBudget, UsageTotals


class WorkflowStart(TypedDict):
    """The start of a run."""

    workflow: str
    version: NotRequired[int]
    input: NotRequired[Any]
    key: NotRequired[str]
    on_conflict: NotRequired[Literal["reject", "enqueue", "replace"]]
    budget: NotRequired[RunBudget]
    """The limit of what the run may use. Default: that of the definition."""
    idempotency_key: NotRequired[str]


class WorkflowView(TypedDict):
    id: str
    version: int
    swarm: str
    description: NotRequired[str]
    steps: int
    defined_at: str
    defined_by: str
    versions: list[int]
    definition: NotRequired[WorkflowDefinition]
    duplicate: bool


class WorkflowError(TypedDict):
    code: str
    message: str
    step: NotRequired[str]


class WorkflowRunView(TypedDict):
    id: str
    workflow: str
    version: int
    swarm: str
    state: Literal["queued", "running", "stopping", "compensating", "cancelling", "completed", "failed", "cancelled"]
    key: NotRequired[str]
    created_at: str
    created_by: str
    started_at: NotRequired[str]
    ended_at: NotRequired[str]
    deadline: str
    steps: int
    ended_steps: int
    failed_steps: int
    skipped_steps: int
    progress: float
    remaining_ms: NotRequired[int]
    remaining_unknown: NotRequired[str]
    error: NotRequired[WorkflowError]
    cancel_reason: NotRequired[str]
    usage: NotRequired[UsageTotals]
    """What the tasks of the run, and of the runs that its steps started, reported."""
    retries: int
    compensated: bool
    parent_run: NotRequired[str]
    parent_step: NotRequired[str]
    output: NotRequired[Any]
    output_refs: NotRequired[list[InputRef]]
    duplicate: bool
    waiting_for: NotRequired[str]
    """Why the next steps do not begin, for a request for one run."""


class WorkflowStepView(TypedDict):
    step: str
    state: Literal["waiting", "evaluating", "running", "completed", "failed", "skipped", "cancelled", "not_run"]
    kind: str
    depends_on: NotRequired[list[str]]
    task: NotRequired[str]
    run: NotRequired[str]
    signal: NotRequired[str]
    started_at: NotRequired[str]
    ended_at: NotRequired[str]
    due_at: NotRequired[str]
    items: NotRequired[int]
    ended_items: NotRequired[int]
    failed_items: NotRequired[int]
    error: NotRequired[WorkflowError]
    compensation_task: NotRequired[str]
    compensation: NotRequired[Literal["waiting", "evaluating", "running", "completed", "failed", "skipped", "cancelled", "not_run"]]
    waiting_for: NotRequired[str]
    """Why the step, or the next items of its map, does not begin although the steps before it have ended."""


class WorkflowPage(TypedDict):
    workflows: list[WorkflowView]
    cursor: NotRequired[str]


class WorkflowRunPage(TypedDict):
    runs: list[WorkflowRunView]
    cursor: NotRequired[str]


class WorkflowStepPage(TypedDict):
    """The steps of a run in the order of the definition."""

    steps: list[WorkflowStepView]
    cursor: NotRequired[str]


class WorkflowDefinition(TypedDict):
    """A workflow: steps with dependencies. A run keeps the version with which it started."""

    id: str
    description: NotRequired[str]
    swarm: NotRequired[str]
    on_failure: NotRequired[Literal["stop", "continue", "compensate"]]
    on_conflict: NotRequired[Literal["reject", "enqueue", "replace"]]
    timeout_ms: NotRequired[int]
    budget: NotRequired[RunBudget]
    """The limit of what a run may use: its steps and the runs that they start, together."""
    output: NotRequired[Any]
    steps: list[WorkflowStep]


class WorkflowStep(TypedDict):
    """A step. It has exactly one of `task`, `workflow`, `timer` and `signal`."""

    id: str
    task: NotRequired[TaskSpec]
    workflow: NotRequired[WorkflowCall]
    timer: NotRequired[WorkflowTimer]
    signal: NotRequired[WorkflowSignal]
    depends_on: NotRequired[list[str]]
    join: NotRequired[Literal["all", "any", "n_of_m", "all_done"]]
    at_least: NotRequired[int]
    when: NotRequired[str]
    map: NotRequired[WorkflowMap]
    on_failure: NotRequired[Literal["stop", "continue", "compensate"]]
    weight: NotRequired[float]
    compensate: NotRequired[TaskSpec]


class WorkflowMap(TypedDict):
    over: str
    join: NotRequired[Literal["all", "any", "n_of_m", "all_done"]]
    at_least: NotRequired[int]


class WorkflowCall(TypedDict):
    id: str
    version: NotRequired[int]
    input: NotRequired[Any]


class WorkflowTimer(TypedDict):
    delay_ms: int


class WorkflowSignal(TypedDict):
    name: str
    timeout_ms: NotRequired[int]


class ScheduleSpec(TypedDict):
    """The times at which the hub creates a task, and the task. Exactly one of cron, every_ms and run_at is given."""

    cron: NotRequired[str]
    time_zone: NotRequired[str]
    every_ms: NotRequired[int]
    run_at: NotRequired[str]
    task: TaskSpec
    overlap: NotRequired[Literal["skip", "queue", "replace", "allow"]]
    catch_up_ms: NotRequired[int]
    jitter_ms: NotRequired[int]


class ScheduleView(TypedDict):
    """A schedule and its runs. Counts begin with the schedule and are kept when it is set again."""

    id: str
    swarm: str
    state: Literal["active", "paused", "ended"]
    spec: ScheduleSpec
    next_due_at: NotRequired[str]
    next_run_at: NotRequired[str]
    last_run_at: NotRequired[str]
    last_task: NotRequired[str]
    running: list[str]
    queued: int
    runs: int
    skipped: int
    too_late: int
    last_problem: NotRequired[str]
    created_at: str
    set_by: str
    set_at: str
