"""An agent at work."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import functools
import os
import signal
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, Unpack

from .errors import ClosedError, WaggleError
from .handlers import H, Handlers, Registered
from .holding import CancelCause, Holding
from .inbox import Inbox
from .keeper import LeaseKeeper
from .loop_thread import LoopThread, post
from .options import ConnectionOptions
from .running import Running
from .tasks import without_none
from .types import AgentMessage, TaskAck, VoteRequested
from .worker_options import WorkerArguments, WorkerOptions, arguments_of


class Worker:
    """An agent at work: it takes tasks under leases, renews them, and keeps each result until the hub has acknowledged it.

        worker = Worker("http://127.0.0.1:3000", id="counter", slots=2)

        @worker.task("count-words")
        async def count(task: TaskContext[dict[str, str]]) -> dict[str, int]:
            return {"words": len(task.input["text"].split())}

        async with worker:
            await worker.wait_closed()

    Its connection and its leases live on a loop in a thread of their own: a handler that blocks the loop of the program loses no lease. Handlers that are
    coroutines run on the loop on which the worker was started, plain functions in threads.
    """

    def __init__(self, url: str, **arguments: Unpack[WorkerArguments]) -> None:
        own = WorkerOptions.of(arguments)
        self._url = url
        self._own = own
        self._options = own.connection
        self._handlers = Handlers()
        self._home: asyncio.AbstractEventLoop | None = None
        self._thread: LoopThread | None = None
        self._keeper: LeaseKeeper | None = None
        self._running: Running | None = None
        self._inbox: Inbox | None = None
        self._over: asyncio.Future[WaggleError] | None = None
        self._agent = own.id
        self._closing = False

    @classmethod
    def from_environment(cls, **options: Unpack[WorkerArguments]) -> Self:
        """A worker with what a runner gives the processes that it starts (docs/runner.md): `WAGGLE_URL`, `WAGGLE_TOKEN`, `WAGGLE_AGENT_ID`,
        `WAGGLE_AGENT_NAME`, `WAGGLE_AGENT_SWARM`, `WAGGLE_AGENT_SLOTS` and `WAGGLE_SPAWN_TOKEN`. Arguments take precedence."""
        return cls(os.environ.get("WAGGLE_URL") or "http://127.0.0.1:3000", **{**arguments_of(os.environ), **options})

    @property
    def agent(self) -> str | None:
        """The agent's id, after the start."""
        return self._agent

    @property
    def holding(self) -> int:
        """The number of tasks that the worker holds, those included whose end the hub has not acknowledged."""
        return self._keeper.count if self._keeper else 0

    def task(self, task_type: str, *, parse: Callable[[Any], Any] | None = None) -> Callable[[H], H]:
        """Adds the handler of a type of task, before the start. Without `otherwise` the hub assigns only tasks of such types.

        `parse` makes the handler's input out of JSON, for example `Model.model_validate`; what it raises fails the task with INVALID_INPUT, without a retry.
        """

        def add(handler: H) -> H:
            self._handlers.add(task_type, Registered(handler, parse))
            return handler

        return add

    def otherwise(self, handler: H) -> H:
        """Adds the handler of all other tasks."""
        self._handlers.add(None, Registered(handler, None))
        return handler

    async def start(self) -> Self:
        """Connects. Raises the hub's refusal, or `UnreachableError` after `connect_timeout`; then the worker may be started again."""
        if self._thread:
            raise RuntimeError("The worker was started before.")
        if self._handlers.is_empty:
            raise ValueError("A worker without a handler would refuse every task: add one first.")
        self._home = asyncio.get_running_loop()
        self._over = self._home.create_future()
        agent = {**self._own.fields(), **without_none({"types": self._handlers.types})}
        self._keeper = LeaseKeeper(self._url, self._own_options(), agent, self, wait_while_in_use=self._own.wait_while_in_use)
        self._thread = LoopThread("waggle-worker")
        self._thread.start()
        self._running = Running(self._handlers, self._keeper, self._thread, self._own.slots)
        self._inbox = Inbox(self._keeper.connection, self._thread, self._options, self._own.on_message)
        try:
            self._agent = await asyncio.wrap_future(self._thread.submit(self._keeper.start()))
        except BaseException:
            await self._stop()
            # As before the start, so that another one may follow.
            self._thread = self._keeper = self._running = self._inbox = self._over = None
            raise
        return self

    async def close(self, timeout: float = 10.0) -> None:
        """Takes no new tasks, waits up to `timeout` seconds for those it holds, returns the rest to the queue and closes."""
        if self._thread is None or self._keeper is None or self._running is None or self._closing:
            return
        self._closing = True
        try:
            await asyncio.wrap_future(self._thread.submit(self._keeper.drain(timeout)))
        finally:
            await asyncio.wrap_future(self._thread.submit(self._keeper.release(2.0)))
            await self._running.settle(2.0)
            await self._stop()

    async def wait_closed(self) -> None:
        """Waits until the connection has ended for good. Raises the reason, unless `close` was called."""
        if self._over is None:
            raise RuntimeError("The worker was not started.")
        error = await asyncio.shield(self._over)
        if not isinstance(error, ClosedError):
            raise error

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    def run(self, *, timeout: float = 10.0) -> None:
        """Works until SIGINT or SIGTERM, then closes with `timeout`: for programs without an event loop of their own."""
        asyncio.run(self._run(timeout))

    async def _run(self, timeout: float) -> None:
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, asked.set)
        await self.start()
        over = asyncio.create_task(self.wait_closed())
        stop = asyncio.create_task(asked.wait())
        try:
            await asyncio.wait({over, stop}, return_when=asyncio.FIRST_COMPLETED)
            if over.done():
                over.result()
        finally:
            over.cancel()
            stop.cancel()
            await self.close(timeout)

    async def _stop(self) -> None:
        if self._inbox:
            self._inbox.close()
        if self._running:
            self._running.close()
        if self._thread:
            await asyncio.to_thread(self._thread.stop)

    def _own_options(self) -> ConnectionOptions:
        # The functions of the program are called on its own loop, not in the thread of the connection.
        tell = None if self._options.on_state is None else functools.partial(self._call, self._options.tell)
        return dataclasses.replace(self._options, on_state=tell, on_error=functools.partial(self._call, self._options.report))

    def _call(self, function: Callable[..., object], *arguments: Any) -> None:
        if self._home:
            post(self._home, function, *arguments)

    # What the keeper asks and reports, in its thread.

    @property
    def alive(self) -> bool:
        """Whether the loop of the program has not ended."""
        return self._home is not None and not self._home.is_closed()

    def assigned(self, holding: Holding) -> None:
        if self._running:
            self._call(self._running.start, holding)

    def cancel(self, holding: Holding, cause: CancelCause, reason: str) -> None:
        if self._running:
            self._call(self._running.cancel, holding, cause, reason)

    def finished(self, holding: Holding, ack: TaskAck | None, code: str | None) -> None:
        self._call(self._tell_ended, holding, ack, code)

    def vote_requested(self, vote: VoteRequested) -> None:
        if self._inbox and self._own.on_vote:
            self._call(self._inbox.vote, vote, self._own.on_vote)

    def message_received(self, message: AgentMessage) -> None:
        if self._inbox and self._own.on_message:
            self._call(self._inbox.receive, message)

    def over(self, error: WaggleError) -> None:
        self._call(self._tell_over, error)

    def _tell_over(self, error: WaggleError) -> None:
        if self._over and not self._over.done():
            self._over.set_result(error)

    def _tell_ended(self, holding: Holding, ack: TaskAck | None, code: str | None) -> None:
        task = self._running.forget(holding) if self._running else None
        if task and self._own.on_ended:
            try:
                self._own.on_ended(task, ack, code)
            except Exception as error:
                self._options.report(error)
