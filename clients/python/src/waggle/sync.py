"""The SDK for programs without an event loop: the same client, observer and worker, with calls that block. Any thread may call them.

    with Client("http://127.0.0.1:3000") as client:
        task = client.tasks.create("Count", type="count-words", input={"text": "so few words"})
        print(client.tasks.result(task, timeout=60))
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import inspect
from collections.abc import Callable, Coroutine, Iterable
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, Unpack

from . import bulks as _bulks
from . import client as _client
from . import memory as _memory
from . import observer as _observer
from . import purges as _purges
from . import tasks as _tasks
from . import worker as _worker
from .errors import ClosedError
from .loop_thread import LoopThread
from .options import ConnectionArguments
from .types import TaskView

A = TypeVar("A")
O = TypeVar("O", bound="_client.Client | _worker.Worker")  # noqa: E741
P = ParamSpec("P")
R = TypeVar("R")


class _Facade(Generic[A]):
    """Calls the coroutines of an object on the loop of a thread, and waits for them."""

    def __init__(self, target: A, thread: LoopThread) -> None:
        self._target = target
        self._thread = thread

    def _check(self) -> None:
        if self._thread.is_current:
            raise RuntimeError("A function that the SDK calls on its own loop cannot wait for that loop: call it in another thread.")

    def _wait(self, work: Coroutine[Any, Any, R], timeout: float | None = None) -> R:
        try:
            self._check()
            future = self._thread.submit(_limited(work, timeout))
        except RuntimeError:
            work.close()
            raise
        try:
            return future.result()
        except concurrent.futures.CancelledError:
            if inspect.getcoroutinestate(work) == inspect.CORO_CREATED:
                work.close()
            raise ClosedError("Another thread closed it while the call waited.") from None
        finally:
            # Where a signal ended the wait, nobody reads the result any more.
            future.cancel()


def _blocking(method: Callable[Concatenate[A, P], Coroutine[Any, Any, R]]) -> Callable[Concatenate[_Facade[A], P], R]:
    @functools.wraps(method)
    def call(self: _Facade[A], *arguments: P.args, **named: P.kwargs) -> R:
        return self._wait(method(self._target, *arguments, **named))  # pyright: ignore[reportPrivateUsage]

    return call


class Tasks(_Facade[_tasks.Tasks]):
    """`waggle.Tasks`, with calls that block."""

    create = _blocking(_tasks.Tasks.create)
    create_many = _blocking(_tasks.Tasks.create_many)
    get = _blocking(_tasks.Tasks.get)
    list = _blocking(_tasks.Tasks.list)
    cancel = _blocking(_tasks.Tasks.cancel)
    retry = _blocking(_tasks.Tasks.retry)
    set_priority = _blocking(_tasks.Tasks.set_priority)
    assign = _blocking(_tasks.Tasks.assign)

    def wait(self, task: _tasks.TaskLike, *, timeout: float | None = None) -> TaskView:
        """Waits until a task has ended and returns it. Raises `TimeoutError` after `timeout` seconds."""
        return self._wait(self._target.wait(task), timeout)

    def result(self, task: _tasks.TaskLike, *, timeout: float | None = None) -> Any:
        """Waits for a task's result. Raises `TimeoutError` after `timeout` seconds, and what `waggle.Tasks.result` raises."""
        return self._wait(self._target.result(task), timeout)


class Bulks(_Facade[_bulks.Bulks]):
    """`waggle.bulks.Bulks`, with calls that block."""

    count = _blocking(_bulks.Bulks.count)
    start = _blocking(_bulks.Bulks.start)
    get = _blocking(_bulks.Bulks.get)
    stop = _blocking(_bulks.Bulks.stop)
    list = _blocking(_bulks.Bulks.list)


class Purges(_Facade[_purges.Purges]):
    """`waggle.purges.Purges`, with calls that block."""

    count = _blocking(_purges.Purges.count)
    start = _blocking(_purges.Purges.start)
    get = _blocking(_purges.Purges.get)
    list = _blocking(_purges.Purges.list)


class Memory(_Facade[_memory.Memory]):
    """`waggle.memory.Memory`, with calls that block."""

    put = _blocking(_memory.Memory.put)
    get = _blocking(_memory.Memory.get)
    list = _blocking(_memory.Memory.list)
    delete = _blocking(_memory.Memory.delete)
    search = _blocking(_memory.Memory.search)


class Questions(_Facade[_memory.Questions]):
    """`waggle.memory.Questions`, with calls that block."""

    list = _blocking(_memory.Questions.list)
    get = _blocking(_memory.Questions.get)
    answer = _blocking(_memory.Questions.answer)


class Observer(_Facade[_observer.Observer]):
    """`waggle.Observer` as an iterator that blocks."""

    def __enter__(self) -> Self:
        self._wait(self._target.start())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    close = _blocking(_observer.Observer.close)

    @property
    def position(self) -> str | None:
        return self._target.position

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> _observer.ObserverEvent:
        event = self.read()
        if event is None:
            raise StopIteration
        return event

    def read(self, *, timeout: float | None = None) -> _observer.ObserverEvent | None:
        """The next event; None after the end. Raises `TimeoutError` after `timeout` seconds; no event is lost by it."""
        return self._wait(_next(self._target), timeout)


class _Owner(_Facade[O]):
    """A facade whose thread starts and ends with it."""

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._wait(self._target.start())
        except BaseException:
            self._thread.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    def _close(self, *timeout: float) -> None:
        if not self._thread.running:
            return
        self._check()
        try:
            self._wait(self._target.close(*timeout))
        except ClosedError:
            # Another thread was faster.
            return
        finally:
            self._thread.stop()


class Client(_Owner[_client.Client]):
    """`waggle.Client`, with calls that block. Its connection lives on a loop in a thread of its own."""

    def __init__(self, url: str, **options: Unpack[ConnectionArguments]) -> None:
        super().__init__(_client.Client(url, **options), LoopThread("waggle-client"))
        self.tasks = Tasks(self._target.tasks, self._thread)
        self.bulks = Bulks(self._target.bulks, self._thread)
        self.purges = Purges(self._target.purges, self._thread)
        self.memory = Memory(self._target.memory, self._thread)
        self.questions = Questions(self._target.questions, self._thread)

    request = _blocking(_client.Client.request)
    agents = _blocking(_client.Client.agents)
    swarms = _blocking(_client.Client.swarms)
    publish = _blocking(_client.Client.publish)

    def observe(
        self,
        topics: str | Iterable[str],
        *,
        since: str | None = None,
        filter: dict[str, Any] | None = None,
        max_rate: _observer.MaxRate | None = None,
        capacity: int = 10_000,
    ) -> Observer:
        """Follows topics: `with client.observe("task.#") as events: for event in events: …`."""
        return Observer(self._target.observe(topics, since=since, filter=filter, max_rate=max_rate, capacity=capacity), self._thread)

    def close(self, timeout: float = 2.0) -> None:
        """Waits for the answers that are due, at most `timeout` seconds, and closes the connection. The client's observers end with it."""
        self._close(timeout)


class Worker(_Owner[_worker.Worker]):
    """Runs a `waggle.Worker` on a loop in a thread of its own, for programs that do something else meanwhile.

        with Worker(waggle_worker):
            ...

    `waggle.Worker.run` is for programs that only work.
    """

    def __init__(self, worker: _worker.Worker) -> None:
        super().__init__(worker, LoopThread("waggle-handlers"))

    @property
    def agent(self) -> str | None:
        return self._target.agent

    @property
    def holding(self) -> int:
        return self._target.holding

    def wait_closed(self, *, timeout: float | None = None) -> None:
        """Waits until the connection has ended for good. Raises the reason, or `TimeoutError` after `timeout` seconds."""
        self._wait(self._target.wait_closed(), timeout)

    def close(self, timeout: float = 10.0) -> None:
        """Takes no new tasks, waits up to `timeout` seconds for those it holds, returns the rest to the queue and closes."""
        self._close(timeout)


async def _limited(work: Coroutine[Any, Any, R], timeout: float | None) -> R:
    async with asyncio.timeout(timeout):
        return await work


async def _next(observer: _observer.Observer) -> _observer.ObserverEvent | None:
    return await anext(observer, None)
