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
        self.used: Usage | None = None
        """What the attempt used, as its program said last."""
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
    def kind(self) -> str:
        return self.fields["type"]

    @property
    def is_question(self) -> bool:
        return self.kind == "task.ask"


RELEASE = End({"type": "task.release", "reason": "The worker is closing."})
"""What returns a task of a closing worker to the queue."""


def text_of(error: BaseException) -> str:
    """The message of an error of the program, or the name of its class."""
    try:
        return str(error) or type(error).__name__
    except Exception:
        return type(error).__name__


def final_failure(code: str, message: str) -> End:
    """The end of an attempt that no further attempt would change."""
    return End({"type": "task.fail", "error": {"code": code, "message": message[:_MAX_MESSAGE]}, "retryable": False})


def failure(error: BaseException, usage: Usage | None) -> End:
    """The end of an attempt whose handler raised."""
    code, retryable, wait = "HANDLER_FAILED", True, None
    message = text_of(error)
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


def usage_before(end: End, usage: Usage | None) -> End | None:
    """The usage that an end does not carry: what an attempt used was used, however it ends."""
    return End({"type": "task.usage", "usage": usage}) if usage and end.kind not in ("task.complete", "task.fail") else None


def without_usage(end: End, error: WaggleError) -> End | None:
    """The same end without the usage that the hub refused: the end counts more."""
    if "usage" not in end.fields or error.code not in ("INVALID_REQUEST", "QUOTA_EXCEEDED"):
        return None
    return End({name: value for name, value in end.fields.items() if name != "usage"})


def instead_of(end: End, error: WaggleError, cause: CancelCause | None) -> End | None:
    """What ends an attempt whose end the hub refused for good. Without it the attempt would lose its lease, and each later one, too."""
    if end.is_question and error.code == "INVALID_STATE" and cause == "cancelled":
        return End({"type": "task.cancelled"})
    if error.code in ("STALE_LEASE", "NOT_FOUND", "INVALID_STATE"):
        return None
    if end.is_question:
        return final_failure("QUESTION_REJECTED", f"The question could not be asked: {error.message}")
    return final_failure("RESULT_REJECTED", f"The hub did not take the end of the attempt ({end.kind}): {error.message}")
