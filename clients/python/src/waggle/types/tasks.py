"""Tasks: their specs, attempts and views (spec/waggle.v1.md).

Times are UTC texts, durations whole milliseconds, progress and proficiencies 0 to 1.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from .flow import ConcurrencySpec, DebounceSpec, FairnessSpec, RateSpec, SingletonSpec
from .usage import Usage, UsageTotals

TaskState = Literal[
    "blocked",
    "pending",
    "assigned",
    "running",
    "input_required",
    "verifying",
    "retry_wait",
    "cancelling",
    "completed",
    "failed",
    "cancelled",
    "expired",
    "rejected",
]

TERMINAL_STATES: frozenset[TaskState] = frozenset(("completed", "failed", "cancelled", "expired", "rejected"))
"""The states in which a task has ended."""


class Lease(TypedDict):
    """The identity of a lease. A message about a task that a worker holds carries all three."""

    task: str
    attempt: int
    token: int


class ReviewSpec(TypedDict):
    type: NotRequired[str]
    requires: NotRequired[dict[str, float]]
    count: NotRequired[int]


class VerifySpec(TypedDict):
    """At least one of the checks is given; the schema comes first."""

    schema: NotRequired[Any]
    """A JSON schema (2020-12) that the result satisfies, at most 16 KiB."""
    review: NotRequired[ReviewSpec]
    """The tasks by which agents other than the author check the result; more than half of them decide."""
    deadline_ms: NotRequired[int]
    """The time for all checks, 10 minutes if left out."""


class TaskOptions(TypedDict, total=False):
    """The optional fields of a task (spec/waggle.v1.md). Durations are milliseconds."""

    type: str
    input: Any
    swarm: str
    requires: dict[str, float]
    priority: int
    """1 (first) to 5 (last)."""
    depends_on: list[str]
    join: Literal["all_completed", "all_ended"]
    assign_to: str
    parent: str
    idempotency_key: str
    metadata: dict[str, str]
    lease_ms: int
    max_attempts: int
    poison_losses: int
    backoff_base_ms: int
    backoff_cap_ms: int
    schedule_to_start_ms: int
    start_to_close_ms: int
    schedule_to_close_ms: int
    cancel_grace_ms: int
    exclude: list[str]
    """Agents that never get the task; at most 100."""
    verify: VerifySpec
    """How the hub checks the result before the task is completed."""
    concurrency: ConcurrencySpec
    """How many tasks with the same key run at a time."""
    fairness: FairnessSpec
    """The key that shares the agents of the swarm with other keys, and the weight of its share."""
    rate: RateSpec
    """How many tasks with the same key are assigned in a period."""
    singleton: SingletonSpec
    """The key of which the swarm has one open task at a time."""
    debounce: DebounceSpec
    """The task waits for the period, and a later one with the same key within it takes its place."""


class TaskSpec(TaskOptions):
    """A task as it is created."""

    title: str


class TaskFailure(TypedDict):
    code: str
    message: str


class ResultRef(TypedDict):
    blob: str
    bytes: int
    sha256: str
    content_type: NotRequired[str]


class InputRef(TypedDict):
    """A part of an input that the hub fills in when a worker gets the task, so that an output is stored once."""

    at: str
    task: NotRequired[str]
    run: NotRequired[str]
    items: NotRequired[str]
    path: str
    result_ref: NotRequired[ResultRef]
    gone: NotRequired[bool]
    """The value existed and retention deleted it: the place in the input is null."""


class TaskInput(TypedDict):
    """The input of a task with the parts that were too large for its assignment."""

    input: NotRequired[Any]
    input_refs: NotRequired[list[InputRef]]


class AssignmentReason(TypedDict):
    score: float
    proficiency: NotRequired[float]
    free_share: float
    candidates: int
    avoided: bool
    resumed: NotRequired[bool]
    """The agent was chosen because it asked the question that is now answered."""


class DurationEstimate(TypedDict):
    """The duration to expect: the median and the 90th percentile of the last attempts of the agent on tasks of the same type."""

    p50_ms: float
    p90_ms: float
    samples: int


class UnschedulableReason(TypedDict):
    code: str
    message: str
    capability: NotRequired[str]
    nearest: NotRequired[str]
    short_by: NotRequired[float]


class Attempt(TypedDict):
    task: str
    attempt: int
    agent: str
    token: int
    outcome: str
    assigned_at: str
    started_at: NotRequired[str]
    ended_at: NotRequired[str]
    last_progress: NotRequired[float]
    log_tail: NotRequired[list[str]]
    reason: NotRequired[AssignmentReason]
    estimate: NotRequired[DurationEstimate]
    usage: NotRequired[Usage]
    """What the attempt used, all models together."""
    model_usage: NotRequired[list[Usage]]
    """What the attempt used by model, if it used more than one."""
    error: NotRequired[TaskFailure]
    claimed_outcome: NotRequired[str]
    """What the worker reported about a result that the hub checked: completed."""
    verification: NotRequired[str]
    """The end of the checks: passed, failed or incomplete."""


class LeaseView(TypedDict):
    agent: str
    attempt: int
    token: int
    assigned_at: str
    started_at: NotRequired[str]
    reason: NotRequired[AssignmentReason]
    estimate: NotRequired[DurationEstimate]


class Verdict(TypedDict):
    task: str
    agent: NotRequired[str]
    passed: NotRequired[bool]
    reason: NotRequired[str]


class TaskView(TypedDict):
    id: str
    swarm: str
    state: TaskState
    priority: int
    assignee: NotRequired[str]
    """The only agent that may have the task."""
    created_at: str
    updated_at: str
    ended_at: NotRequired[str]
    created_by: NotRequired[str]
    attempt: int
    failures: int
    losses: int
    refusals: int
    dead_letter: bool
    cancel_requested: bool
    spec: TaskSpec
    lease: NotRequired[LeaseView]
    result: NotRequired[Any]
    result_ref: NotRequired[ResultRef]
    result_missing: NotRequired[bool]
    usage: NotRequired[Usage]
    """What the last attempt used, all models together."""
    model_usage: NotRequired[list[Usage]]
    """What the last attempt used by model, if it used more than one."""
    total_usage: NotRequired[UsageTotals]
    """What all attempts used."""
    stop_reason: NotRequired[str]
    """Why the hub asked the worker to stop, in the reply to a request for this one task."""
    claimed_outcome: NotRequired[str]
    verified_outcome: NotRequired[str]
    verification: NotRequired[str]
    verdicts: NotRequired[list[Verdict]]
    """The reviews that ended, while the task is `verifying`."""
    verifies: NotRequired[str]
    """The task whose result this one reviews."""
    attempts: NotRequired[list[Attempt]]
    next_retry_at: NotRequired[str]
    progress: NotRequired[float]
    remaining_ms: NotRequired[int]
    """The time that the attempt is expected to take from now; absent without a basis, and in lists."""
    error: NotRequired[TaskFailure]
    cancel_reason: NotRequired[str]
    cancelled_by: NotRequired[str]
    retry_of: NotRequired[str]
    purged_at: NotRequired[str]
    """The time when a purge erased the task's payload."""
    purged_by: NotRequired[str]
    input_refs: NotRequired[list[InputRef]]
    unschedulable_reason: NotRequired[UnschedulableReason]
    waiting_for: NotRequired[str]
    """The limit that keeps a pending task from being assigned, such as `concurrency:repo-7 (3 of 3)`; absent in lists."""
    question: NotRequired[str]
    """The question that the task waits for."""
    checkpoint: NotRequired[Any]


class TaskCreated(TypedDict):
    id: str
    state: TaskState
    duplicate: bool
    matching_agents: int
    unschedulable_reason: NotRequired[UnschedulableReason]


class TaskAck(TypedDict):
    task: str
    state: TaskState
    duplicate: bool
    cancel_requested: bool


class Dependency(TypedDict):
    task: str
    state: NotRequired[TaskState]
    result: NotRequired[Any]
    result_ref: NotRequired[ResultRef]
    error: NotRequired[TaskFailure]
    omitted: NotRequired[bool]


class TaskPage(TypedDict):
    """One page of tasks. The last page has no `cursor`; `position` is that of the list."""

    tasks: list[TaskView]
    cursor: NotRequired[str]
    position: str
