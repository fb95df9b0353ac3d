"""A lease that a worker holds, and how it ends."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any, Literal

from .errors import WaggleError
from .reports import Reports
from .types import Answer, Assign, Lease, Usage

CancelCause = Literal["cancelled", "stopped", "closing"]
"""Why a handler is to stop: a client cancelled the task, its lease is not in force any more, or the worker is closing."""

_MAX_MESSAGE = 10_000
_MAX_CODE = 100


class TaskFailed(Exception):
    """Raised by a handler: the attempt failed. `retryable=False` ends the task; `retry_after` replaces the back-off, in seconds."""

    def __init__(self, code: str, message: str, *, retryable: bool = True, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable
        self.retry_after = retry_after


class TaskRefused(Exception):
    """Raised by a handler: another agent should have the task."""


class TaskAsked(BaseException):
    """Raised by `TaskContext.ask` without `hold`: the attempt ends with its question. It is no `Exception`, so that a handler lets it pass."""

    def __init__(self, question: dict[str, Any], checkpoint: Any) -> None:
        super().__init__("The attempt ends with a question; its answer starts another one. Let this error pass.")
        self.question = question
        self.checkpoint = checkpoint


class Holding:
    """A lease that the worker holds, on the loop of its connection."""

    def __init__(self, assign: Assign) -> None:
        self.assign = assign
        self.lease: Lease = {"task": assign["task"], "attempt": assign["attempt"], "token": assign["token"]}
        self.reports = Reports(self.lease)
        self.cause: CancelCause | None = None
        self.ended = False
        """Whether the last message is made. It is kept until the hub has answered it."""
        self.timer: asyncio.TimerHandle | None = None
        self.upload: asyncio.Task[None] | None = None
        # The answers of this attempt by question. One may precede the reply to its question, and the hub does not send it again for the same question.
        self.answers: dict[str, Answer] = {}
        self.changed = asyncio.Event()

    @property
    def lease_time(self) -> float:
        """The length of the lease in seconds."""
        return self.assign["lease_ms"] / 1000


def key_of(lease: Lease) -> tuple[str, int, int]:
    return lease["task"], lease["attempt"], lease["token"]


@dataclasses.dataclass(frozen=True, slots=True)
class End:
    """The last message of an attempt, without its lease."""

    fields: dict[str, Any]

    @property
    def is_question(self) -> bool:
        return self.fields["type"] == "task.ask"


def failure(error: BaseException, usage: Usage | None) -> End:
    """The end of an attempt whose handler raised."""
    code, retryable, wait = "HANDLER_FAILED", True, None
    message = str(error) or type(error).__name__
    if isinstance(error, TaskFailed):
        code, retryable, wait = error.code, error.retryable, error.retry_after
    elif isinstance(error, WaggleError) and error.code == "INVALID_INPUT":
        code, retryable, message = error.code, False, error.message
    fields: dict[str, Any] = {"type": "task.fail", "error": {"code": code[:_MAX_CODE] or "HANDLER_FAILED", "message": message[:_MAX_MESSAGE]}}
    fields["retryable"] = retryable
    if wait is not None:
        fields["retry_after_ms"] = max(0, round(wait * 1000))
    return End(with_usage(fields, usage))


def with_usage(fields: dict[str, Any], usage: Usage | None) -> dict[str, Any]:
    return {**fields, "usage": usage} if usage else fields


def instead_of(error: WaggleError, cause: CancelCause | None) -> End | None:
    """What ends an attempt whose question the hub refused. One that it can never accept would lose the lease, and that of each later attempt."""
    if error.code == "INVALID_STATE" and cause == "cancelled":
        return End({"type": "task.cancelled"})
    if error.code in ("STALE_LEASE", "NOT_FOUND", "INVALID_STATE"):
        return None
    message = f"The question could not be asked: {error.message}"
    return End({"type": "task.fail", "error": {"code": "QUESTION_REJECTED", "message": message[:_MAX_MESSAGE]}, "retryable": False})
