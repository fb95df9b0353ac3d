"""What the hub sends beside the views of tasks: welcome, assignments, agents, swarms, questions (spec/waggle.v1.md)."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from .tasks import Dependency, InputRef, Lease, TaskSpec


class AgentWelcome(TypedDict):
    id: str
    swarm: str
    keep: list[Lease]
    stop: list[Lease]
    missing: list[Lease]


class Welcome(TypedDict):
    type: Literal["welcome"]
    protocol: str
    hub: str
    hive: str
    session: str
    position: str
    heartbeat_ms: int
    max_message_bytes: int
    agent: NotRequired[AgentWelcome]
    token_expires_at: NotRequired[str]


class QuestionSpec(TypedDict):
    """A question of a worker about its task. Without `hold` the attempt ends, and the answer starts another one."""

    text: str
    choices: NotRequired[list[str]]
    schema: NotRequired[Any]
    """A JSON schema that the answer satisfies."""
    deadline_ms: NotRequired[int]
    default: NotRequired[Any]
    """The answer where nobody gives one before the deadline."""
    hold: NotRequired[bool]
    key: NotRequired[str]
    """Names the question, so that a later attempt finds its answer and does not ask again."""


class Answer(TypedDict):
    question: str
    key: NotRequired[str]
    attempt: int
    state: Literal["answered", "defaulted"]
    answer: Any
    answered_by: NotRequired[str]


class Assign(Lease):
    type: Literal["assign"]
    lease_ms: int
    swarm: str
    spec: TaskSpec
    dependencies: NotRequired[list[Dependency]]
    answers: NotRequired[list[Answer]]
    """The answers to the questions of earlier attempts, the newest last."""
    checkpoint: NotRequired[Any]
    """The checkpoint that the last attempt kept."""
    input_refs: NotRequired[list[InputRef]]
    """The parts of the input that are too large for the message."""


class AgentMessage(TypedDict):
    type: Literal["message"]
    message: str
    agent: str
    swarm: str
    from_agent: NotRequired[str]
    from_user: NotRequired[str]
    content: Any
    sent_at: str
    expires_at: str


class VoteRequested(TypedDict):
    type: Literal["vote.requested"]
    proposal: str
    swarm: str
    question: str
    options: list[str]
    rule: str
    deadline: str


class QuestionView(TypedDict):
    """A question as it is shown."""

    id: str
    task: str
    title: str
    swarm: str
    agent: str
    attempt: int
    text: str
    choices: NotRequired[list[str]]
    schema: NotRequired[Any]
    default: NotRequired[Any]
    hold: bool
    key: NotRequired[str]
    state: Literal["open", "answered", "defaulted", "expired", "cancelled"]
    asked_at: str
    deadline: str
    closed_at: NotRequired[str]
    answered_by: NotRequired[str]
    answer: NotRequired[Any]
    duplicate: NotRequired[bool]


class ProficiencyView(TypedDict):
    """What the declaration and the outcomes say about a capability; the interval holds the proficiency with a probability of 90 %."""

    declared: float
    mean: float
    lower: float
    upper: float
    evidence: float
    outcomes: int
    checked: int


class AgentFailure(TypedDict):
    reason: str
    at: str
    exit_code: NotRequired[int]
    signal: NotRequired[str]
    message: NotRequired[str]


class AgentView(TypedDict):
    id: str
    name: str
    type: NotRequired[str]
    types: NotRequired[list[str]]
    swarm: str
    status: Literal["online", "draining", "offline", "unknown", "removed"]
    capabilities: dict[str, float]
    slots: int
    holding: list[str]
    registered_at: str
    last_seen_at: NotRequired[str]
    completed: int
    failed: int
    lost: int
    average_ms: NotRequired[float]
    proficiency: NotRequired[dict[str, ProficiencyView]]
    """What the hub learned, by capability; lists have none."""

    failure: NotRequired[AgentFailure]


class SwarmTopology(TypedDict):
    kind: str
    current: str
    leads: list[str]
    entry: NotRequired[str]
    since: NotRequired[str]
    changed_by: NotRequired[str]
    reason: NotRequired[str]


class SwarmTotals(TypedDict):
    completed: int
    failed: int
    cancelled: int
    expired: int
    rejected: int
    average_ms: NotRequired[float]


class QueueWait(TypedDict):
    mean_ms: float
    p50_ms: float
    p90_ms: float
    max_ms: float


class SwarmWindow(TypedDict):
    window_ms: int
    completed: int
    failed: int
    completed_per_minute: NotRequired[float]
    average_ms: NotRequired[float]
    busy_slot_ms: int
    available_slot_ms: int
    utilization: NotRequired[float]
    assigned: int
    queue_wait: NotRequired[QueueWait]


class SwarmMetrics(TypedDict):
    """What a swarm did: counts since its creation, and the figures of the last minutes. A figure that was not measured is absent."""

    agents: dict[str, int]
    failed_agents: int
    totals: SwarmTotals
    window: SwarmWindow


class QuotaUse(TypedDict):
    limit: int
    used: int


class SwarmQuotaView(TypedDict):
    """The quota of a swarm and what it has of it."""

    open_tasks: NotRequired[QuotaUse]
    agents: NotRequired[QuotaUse]
    bytes: NotRequired[QuotaUse]


class SwarmView(TypedDict):
    id: str
    name: str
    created_at: str
    agents: int
    tasks: dict[str, int]
    state: Literal["active", "paused", "stopped"]
    state_since: NotRequired[str]
    state_by: NotRequired[str]
    metrics: NotRequired[SwarmMetrics]
    topology: NotRequired[SwarmTopology]
    quota: NotRequired[SwarmQuotaView]


class AlertView(TypedDict):
    id: str
    rule: str
    resource: str
    module: NotRequired[str]
    level: Literal["info", "warning", "critical"]
    state: Literal["firing", "acknowledged", "resolved"]
    title: str
    message: str
    metric: str
    unit: str
    value: NotRequired[float]
    threshold: float
    resolve_at: float
    trend: NotRequired[Literal["rising", "falling", "steady"]]
    since: str
    fired_at: str
    acknowledged_at: NotRequired[str]
    acknowledged_by: NotRequired[str]
    resolved_at: NotRequired[str]
    reason: NotRequired[str]
