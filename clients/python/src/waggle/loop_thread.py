"""An event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """An event loop in a daemon thread. All methods may be called from any other thread."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        # What is submitted before the stop is on the loop before it: nobody waits for what never runs.
        self._lock = threading.Lock()

    @property
    def running(self) -> bool:
        """Whether the thread was started and not stopped."""
        return self._thread is not None

    @property
    def is_current(self) -> bool:
        """Whether the caller runs on the loop."""
        return self._thread is threading.current_thread()

    def start(self) -> None:
        if self._thread is not None:
            raise RuntimeError("It was started before.")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(self._loop,), name=self._name, daemon=True)
        self._thread.start()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Runs a coroutine on the loop. `stop` cancels it."""
        try:
            with self._lock:
                if self._loop is None:
                    raise RuntimeError("It was not started, or is closed: use it in a `with` statement.")
                return asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError:
            work.close()
            raise

    def post(self, call: Callable[..., object], *arguments: Any) -> None:
        """Calls a function on the loop. After the end of the loop it does nothing."""
        loop = self._loop
        if loop is not None:
            post(loop, call, *arguments)

    def stop(self) -> None:
        """Ends the loop and waits for its thread. What still runs on it is cancelled. A second call does nothing."""
        with self._lock:
            loop, thread = self._loop, self._thread
            if loop is None or thread is None:
                return
            self._loop = self._thread = None
            post(loop, loop.stop)
        if threading.current_thread() is not thread:
            thread.join()

    @staticmethod
    def _run(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
        finally:
            while left := asyncio.all_tasks(loop):
                for task in left:
                    task.cancel()
                loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()


def post(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *arguments: Any) -> None:
    """Calls a function on a loop from any thread. A loop that has ended calls nothing: nobody is left to be told."""
    try:
        loop.call_soon_threadsafe(call, *arguments)
    except RuntimeError:
        if not loop.is_closed():
            raise
