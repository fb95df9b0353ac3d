"""Runs the handlers of a worker, on the loop of the program."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from .context import TaskContext
from .errors import InvalidInputError
from .handlers import Handlers, Registered
from .holding import CancelCause, End, Holding, TaskAsked, TaskFailed, TaskRefused, failure, text_of
from .jsontext import RawJson, dumps
from .keeper import LeaseKeeper
from .loop_thread import LoopThread
from .tasks import without_none

_MAX_REASON = 10_000


class _Work:
    """An attempt with its handler."""

    def __init__(self, task: TaskContext[Any], registered: Registered | None) -> None:
        self.task = task
        self.registered = registered
        self.runner: asyncio.Task[None] | None = None
        self.interruptible = False


class Running:
    """The attempts that run. Everything is called on the loop of the program."""

    def __init__(self, handlers: Handlers, keeper: LeaseKeeper, thread: LoopThread, slots: int) -> None:
        self._handlers = handlers
        self._keeper = keeper
        self._thread = thread
        self._executor = ThreadPoolExecutor(max_workers=max(1, slots), thread_name_prefix="waggle-handler")
        self._works: dict[Holding, _Work] = {}
        self._runners: set[asyncio.Task[None]] = set()

    def start(self, holding: Holding) -> None:
        """Starts the handler of an assignment."""
        spec = holding.assign["spec"]
        task = TaskContext[Any](holding, spec.get("input"), self._thread, self._keeper)
        work = _Work(task, self._handlers.find(spec.get("type")))
        self._works[holding] = work
        work.runner = asyncio.create_task(self._run(work, holding), name=f"waggle-task-{task.id}")
        self._runners.add(work.runner)
        work.runner.add_done_callback(self._runners.discard)

    def cancel(self, holding: Holding, cause: CancelCause, reason: str) -> None:
        """Tells a handler to stop: a coroutine by `CancelledError`, a plain function by `cancelled`."""
        work = self._works.get(holding)
        if work is None:
            return
        work.task.mark_cancelled(cause, reason)
        if work.runner and work.interruptible:
            work.runner.cancel(reason)

    def forget(self, holding: Holding) -> TaskContext[Any] | None:
        """Drops an attempt whose end the hub has answered."""
        work = self._works.pop(holding, None)
        return work.task if work else None

    async def settle(self, timeout: float) -> None:
        """Waits for the handlers that were told to stop."""
        if self._runners:
            await asyncio.wait(set(self._runners), timeout=timeout)

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: _Work, holding: Holding) -> None:
        try:
            end = await self._end_of(work, holding)
        except Exception as error:
            # What the handler raised cannot even be described, for example by an error code that is no string.
            self._keeper.connection.options.report(error)
            end = failure(RuntimeError(f"The handler failed with what is not an error of a task: {text_of(error)}"), None)
        if end is not None:
            self._thread.post(self._keeper.ends.end, holding, end)

    async def _end_of(self, work: _Work, holding: Holding) -> End | None:
        task = work.task
        try:
            result = await self._handle(work, holding)
        except (KeyboardInterrupt, SystemExit) as error:
            self._thread.post(self._keeper.ends.end, holding, failure(error, task.usage))
            raise
        except BaseException as error:
            return self._end_of_error(task, holding, _unwrapped(error))
        try:
            text = RawJson(dumps(result))
        except Exception as error:
            return failure(TaskFailed("INVALID_RESULT", f"The result is not JSON: {text_of(error)}", retryable=False), task.usage)
        self._thread.post(self._keeper.ends.complete, holding, text, task.usage)
        return None

    async def _handle(self, work: _Work, holding: Holding) -> Any:
        task, registered = work.task, work.registered
        if registered is None:
            raise TaskRefused(f"This worker has no handler for tasks of type '{task.spec.get('type')}'.")
        task.raise_if_cancelled()
        if task.input_refs:
            await self._interruptible(work, task.fill())
        begin: Callable[[], None] = functools.partial(self._thread.post, self._keeper.ends.begin, holding)
        task.input = registered.input_of(task.input)
        if registered.is_async:
            begin()
            return await self._interruptible(work, registered.run(task))
        call: Callable[[], Any] = functools.partial(_call, registered.run, task, begin)
        run: Callable[[Callable[[], Any]], Any] = contextvars.copy_context().run
        result = await asyncio.get_running_loop().run_in_executor(self._executor, run, call)
        return await self._interruptible(work, result) if inspect.isawaitable(result) else result

    async def _interruptible(self, work: _Work, running: Awaitable[Any]) -> Any:
        work.interruptible = True
        try:
            return await running
        finally:
            work.interruptible = False

    def _end_of_error(self, task: TaskContext[Any], holding: Holding, error: BaseException) -> End | None:
        if task.cancel_cause == "cancelled":
            return End({"type": "task.cancelled"})
        if task.cancel_cause is not None:
            # The lease is not in force, or the closing worker has returned it.
            if task.cancel_cause == "stopped":
                self._thread.post(self._keeper.ends.report_usage, holding)
            return None
        if isinstance(error, TaskAsked):
            return End({"type": "task.ask", "question": error.question, **without_none({"checkpoint": error.checkpoint})})
        if isinstance(error, TaskRefused):
            return End({"type": "task.refuse", "reason": text_of(error)[:_MAX_REASON]})
        if isinstance(error, asyncio.CancelledError):
            runner = asyncio.current_task()
            if runner and runner.cancelling():
                return End({"type": "task.release", "reason": "The program of the worker ends."})
            return failure(TaskFailed("HANDLER_FAILED", "The handler cancelled itself."), task.usage)
        if not isinstance(error, TaskFailed | InvalidInputError):
            self._keeper.connection.options.report(error)
        return failure(error, task.usage)


def _unwrapped(error: BaseException) -> BaseException:
    """The only error of a group, or the first question of one that holds nothing else: what a handler raises in an `asyncio.TaskGroup` counts as without."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    inner = [_unwrapped(one) for one in cast(BaseExceptionGroup[BaseException], error).exceptions]
    if len(inner) == 1 or all(isinstance(one, TaskAsked) for one in inner):
        return inner[0]
    return cast(BaseException, error)


def _call(function: Callable[[TaskContext[Any]], Any], task: TaskContext[Any], begin: Callable[[], None]) -> Any:
    # The lease may have ended while the call waited for a thread that an earlier handler occupied.
    task.raise_if_cancelled()
    begin()
    try:
        return function(task)
    except StopIteration as error:
        # A future cannot carry it.
        raise RuntimeError("The handler raised StopIteration.") from error
