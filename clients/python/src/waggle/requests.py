"""The requests without an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .errors import ConnectionLostError, QueueFullError, TooLargeError, WaggleError
from .jsontext import dumps_message

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """The answer to a request: what was returned, and the position up to which its effect is durable."""

    result: T
    position: str | None


OnReply = Callable[[Reply[Any]], None]


class _Waiting:
    __slots__ = ("text", "repeatable", "counted", "written", "future", "on_reply")

    def __init__(self, text: str, repeatable: bool, counted: bool, future: asyncio.Future[Reply[Any]], on_reply: OnReply | None) -> None:
        self.text = text
        self.repeatable = repeatable
        self.counted = counted
        self.written = False
        self.future = future
        self.on_reply = on_reply


class RequestTable:
    """The requests without an answer, in their order. They outlive sockets: after a reconnect the repeatable ones are written again, and those that were
    written and may not be repeated fail with `ConnectionLostError`."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._next = 1
        self._counted = 0
        self._waiting: dict[str, _Waiting] = {}
        self._ended: WaggleError | None = None
        self._idle: list[asyncio.Future[None]] = []

    async def add(
        self,
        message: Mapping[str, Any],
        repeatable: bool,
        limit: int,
        write: Callable[[str], bool],
        on_reply: OnReply | None,
        *,
        counted: bool = True,
    ) -> Reply[Any]:
        """Sends a request, if a socket is open, and returns its answer. `on_reply` handles it before the message that follows it in the same frame.

        The capacity is that of the `counted` ones; the slots of a worker bound the others.
        """
        if self._ended:
            raise self._ended
        if counted and self._counted >= self._capacity:
            raise QueueFullError(f"{self._capacity} requests wait for an answer already.")
        key = str(self._next)
        self._next += 1
        text = dumps_message({**message, "id": key})
        if size_of(text) > limit and len(text.encode("utf-8")) > limit:
            raise TooLargeError(f"The message is longer than {limit} bytes.")
        waiting = _Waiting(text, repeatable, counted, asyncio.get_running_loop().create_future(), on_reply)
        self._waiting[key] = waiting
        self._counted += counted
        waiting.written = write(text)
        try:
            return await waiting.future
        finally:
            self._take(key)

    def answer(self, key: str, reply: Reply[Any]) -> None:
        waiting = self._take(key)
        if waiting is None or waiting.future.done():
            return
        try:
            if waiting.on_reply:
                waiting.on_reply(reply)
        except Exception as error:
            failure = ConnectionLostError("The answer could not be handled.")
            failure.__cause__ = error
            waiting.future.set_exception(failure)
            raise
        waiting.future.set_result(reply)

    def refuse(self, key: str, error: WaggleError) -> None:
        waiting = self._take(key)
        if waiting and not waiting.future.done():
            waiting.future.set_exception(error)

    def lost(self, error: WaggleError) -> None:
        """Fails what was written to the broken socket and may not be written again."""
        for key, waiting in list(self._waiting.items()):
            if waiting.written and not waiting.repeatable:
                self.refuse(key, error)
            waiting.written = False

    def unwritten(self) -> Iterator[str]:
        """The requests for a new socket, in their order."""
        for waiting in list(self._waiting.values()):
            if not waiting.written:
                waiting.written = True
                yield waiting.text

    def end(self, error: WaggleError) -> None:
        if self._ended is None:
            self._ended = error
            for key in list(self._waiting):
                self.refuse(key, error)

    async def idle(self) -> None:
        """Returns when every request has its answer."""
        if self._waiting:
            future = asyncio.get_running_loop().create_future()
            self._idle.append(future)
            await future

    def _take(self, key: str) -> _Waiting | None:
        waiting = self._waiting.pop(key, None)
        if waiting:
            self._counted -= waiting.counted
        if not self._waiting:
            for future in self._idle:
                if not future.done():
                    future.set_result(None)
            self._idle.clear()
        return waiting


def size_of(text: str) -> int:
    """The bytes of a text in UTF-8, or for a short text a number that is not less."""
    return len(text.encode("utf-8")) if len(text) > 4096 else 4 * len(text)
