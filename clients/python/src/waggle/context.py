"""One assignment, as its handler sees it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import hashlib
import threading
from collections.abc import Coroutine
from typing import Any, Generic, TypeVar, cast

from .holding import CancelCause, Holding, TaskAsked
from .jsontext import dumps
from .keeper import LeaseKeeper
from .loop_thread import LoopThread
from .tasks import without_none
from .types import Answer, Dependency, InputRef, TaskLogLevel, TaskSpec, Usage

I = TypeVar("I")  # noqa: E741
T = TypeVar("T")


class TaskContext(Generic[I]):
    """One assignment, as its handler sees it. `progress`, `log` and `usage` may be used in any thread."""

    input: I
    """The input of the task, or what the `parse` of its handler made of it."""

    def __init__(self, holding: Holding, value: I, thread: LoopThread, keeper: LeaseKeeper) -> None:
        self.input = value
        self._holding = holding
        self._assign = holding.assign
        self._thread = thread
        self._keeper = keeper
        self._loop = asyncio.get_running_loop()
        self._cancelled = threading.Event()
        self._cause: CancelCause | None = None
        self._reason = ""

    @property
    def usage(self) -> Usage | None:
        """What the attempt used: `{"input_tokens": …, "output_tokens": …, "cost_usd": …}`; sent with or before its last message, however it ends."""
        return self._holding.used

    @usage.setter
    def usage(self, usage: Usage | None) -> None:
        self._holding.used = usage

    @property
    def id(self) -> str:
        """The task's id."""
        return self._assign["task"]

    @property
    def attempt(self) -> int:
        """The number of the attempt, from 1."""
        return self._assign["attempt"]

    @property
    def token(self) -> int:
        """The fencing token, which only grows: pass it with writes to other systems."""
        return self._assign["token"]

    @property
    def swarm(self) -> str:
        return self._assign["swarm"]

    @property
    def spec(self) -> TaskSpec:
        return self._assign["spec"]

    @property
    def dependencies(self) -> list[Dependency]:
        """The results of the tasks that this one waited for."""
        return self._assign.get("dependencies", [])

    @property
    def answers(self) -> list[Answer]:
        """The answers to questions of earlier attempts."""
        return self._assign.get("answers", [])

    @property
    def checkpoint(self) -> Any:
        """What an earlier attempt kept; None without one."""
        return self._assign.get("checkpoint")

    @property
    def input_refs(self) -> list[InputRef]:
        """The parts of the input that the worker did not read: they are no JSON, or larger than 16 MiB (docs/workflows.md)."""
        return self._assign.get("input_refs", [])

    @property
    def cancelled(self) -> bool:
        """Whether the work is to stop. A coroutine also receives `CancelledError`; a plain function looks here from time to time."""
        return self._cancelled.is_set()

    @property
    def cancel_cause(self) -> CancelCause | None:
        """Why the work is to stop."""
        return self._cause

    @property
    def cancel_reason(self) -> str:
        return self._reason

    def raise_if_cancelled(self) -> None:
        """Ends a plain function whose work is to stop, by `CancelledError`."""
        if self.cancelled:
            raise asyncio.CancelledError(self._reason)

    def progress(self, progress: float, message: str | None = None) -> None:
        """Reports progress, any number from 0 to 1. Only the newest counts: at most ten a second are sent."""
        value = float(progress)
        if not 0 <= value <= 1:
            raise ValueError("Progress is 0 to 1.")
        self._holding.reports.progress(value, message)
        self._thread.post(self._keeper.ends.report, self._holding)

    def log(self, *lines: str, level: TaskLogLevel | None = None) -> None:
        """Adds lines to the task's log."""
        self._holding.reports.log(lines, level)
        self._thread.post(self._keeper.ends.report, self._holding)

    async def save_checkpoint(self, checkpoint: Any) -> None:
        """Keeps JSON of up to 32 KiB, which the next attempt of the task receives. Returns when the hub has stored it."""
        await self._on_thread(self._keeper.keep(self._holding, checkpoint))

    async def ask(
        self,
        text: str,
        *,
        choices: list[str] | None = None,
        schema: Any = None,
        deadline: float | None = None,
        default: Any = None,
        hold: bool = False,
        key: str | None = None,
        checkpoint: Any = None,
    ) -> Any:
        """Asks people or other agents (docs/questions.md), with a `deadline` in seconds.

        With `hold` the worker keeps its lease and this returns the answer. Without it the attempt ends here, by an exception that the handler lets pass: the
        next attempt has `checkpoint`, and the same question then returns its answer at once. A question has the name `key`; without one its text, schema and
        choices name it. One question has one answer: ask anew with another text or `key`.
        """
        question = without_none({"text": text, "choices": choices, "schema": schema, "default": default})
        question["key"] = key or _key_of(text, schema, choices)
        if deadline is not None:
            question["deadline_ms"] = round(deadline * 1000)
        for answer in reversed(self.answers):
            if answer.get("key") == question["key"]:
                return answer["answer"]
        if not hold:
            raise TaskAsked(question, checkpoint)
        self.raise_if_cancelled()
        answer = await self._on_thread(self._keeper.ask(self._holding, {**question, "hold": True}, checkpoint))
        return answer["answer"]

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine, for example that of `ask`, from a handler that is a plain function, and returns its result."""
        try:
            running = asyncio.get_running_loop()
        except RuntimeError:
            running = None
        if running is not None:
            work.close()
            raise RuntimeError("An event loop runs in this thread: await the coroutine.")
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop).result()
        except concurrent.futures.CancelledError:
            raise asyncio.CancelledError(self._reason) from None

    async def _on_thread(self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(self._thread.submit(work))

    async def fill(self) -> None:
        """Reads the parts of the input that the assignment lacks; called by the worker before the handler."""
        whole = await self._on_thread(self._keeper.read_input(self._holding))
        self._assign["spec"]["input"] = value = whole.get("input")
        self.input = cast(I, value)
        self._assign["input_refs"] = whole.get("input_refs", [])

    def mark_cancelled(self, cause: CancelCause, reason: str) -> None:
        """Notes that the work is to stop; called by the worker."""
        self._cause = cause
        self._reason = reason
        self._cancelled.set()


def _key_of(text: str, schema: Any, choices: list[str] | None) -> str:
    # As the other SDKs do, so that the next attempt, which asks the same, finds the answer.
    content = "\n".join([text, dumps(schema), *(choices or [])])
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:32]
