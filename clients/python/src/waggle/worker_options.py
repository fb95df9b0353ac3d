"""Options of a worker."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypedDict, cast

from .context import TaskContext
from .options import ConnectionArguments, ConnectionOptions
from .tasks import without_none
from .types import AgentMessage, TaskAck, VoteRequested


class Vote(TypedDict, total=False):
    """The vote of an agent: one option, or with the rule `approval` one or more, and a confidence from 0 to 1."""

    choices: list[str]
    confidence: float


OnVote = Callable[[VoteRequested], Vote | None | Awaitable[Vote | None]]
OnMessage = Callable[[AgentMessage], Any]
OnEnded = Callable[[TaskContext[Any], TaskAck | None, str | None], Any]


class WorkerArguments(ConnectionArguments, total=False):
    """The keyword arguments of a worker."""

    id: str | None
    """The agent's id; the hub generates one where left out."""
    name: str | None
    secret: str | None
    """16 to 200 characters that prove that this is the same worker; default: random. Store it if another process is to continue the agent's work."""
    swarm: str | None
    capabilities: dict[str, float] | None
    """Proficiency 0 to 1 by capability."""
    slots: int
    """The number of tasks at a time; default 1."""
    spawn_token: str | None
    """The token that a runner gave the process (docs/runner.md)."""
    wait_while_in_use: bool
    """Wait while another worker holds the agent, in place of an error."""
    on_vote: OnVote | None
    """Casts the agent's vote, or returns None for none."""
    on_message: OnMessage | None
    """Handles a message to the agent, one after the other; each is acknowledged when it returned, or raised three times."""
    on_ended: OnEnded | None
    """Called when the hub has acknowledged an end, or with the code of its rejection."""


_OWN = frozenset(WorkerArguments.__annotations__) - frozenset(ConnectionArguments.__annotations__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """`WorkerArguments` with their defaults."""

    id: str | None = None
    name: str | None = None
    secret: str | None = field(default=None, repr=False)
    swarm: str | None = None
    capabilities: dict[str, float] | None = None
    slots: int = 1
    spawn_token: str | None = field(default=None, repr=False)
    wait_while_in_use: bool = False
    on_vote: OnVote | None = None
    on_message: OnMessage | None = None
    on_ended: OnEnded | None = None
    connection: ConnectionOptions = field(default_factory=ConnectionOptions)

    @classmethod
    def of(cls, arguments: WorkerArguments) -> Self:
        named = cast(dict[str, Any], arguments)
        connection = ConnectionOptions(**{name: value for name, value in named.items() if name not in _OWN})
        return cls(connection=connection, **{name: value for name, value in named.items() if name in _OWN})

    def fields(self) -> dict[str, Any]:
        """The agent of a hello, without its types and leases."""
        fields = {"id": self.id, "name": self.name, "swarm": self.swarm, "capabilities": self.capabilities, "spawn_token": self.spawn_token}
        return {**without_none(fields), "secret": self.secret or secrets.token_hex(16), "slots": self.slots}


def arguments_of(environment: Mapping[str, str]) -> WorkerArguments:
    """What a runner gives the processes that it starts."""
    arguments: WorkerArguments = {}
    if token := environment.get("WAGGLE_TOKEN"):
        arguments["token"] = token
    if agent := environment.get("WAGGLE_AGENT_ID"):
        arguments["id"] = agent
    if name := environment.get("WAGGLE_AGENT_NAME"):
        arguments["name"] = name
    if swarm := environment.get("WAGGLE_AGENT_SWARM"):
        arguments["swarm"] = swarm
    if spawn_token := environment.get("WAGGLE_SPAWN_TOKEN"):
        arguments["spawn_token"] = spawn_token
    if (slots := environment.get("WAGGLE_AGENT_SLOTS", "")).isdigit():
        arguments["slots"] = int(slots)
    return arguments
