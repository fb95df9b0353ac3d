"""Follows topics, and reports what is missing."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self, TypedDict

from .connection import Connection
from .errors import ClosedError, ConnectionLostError, WaggleError
from .options import ConnectionOptions
from .owner import ConnectionOwner
from .requests import Reply
from .tasks import without_none
from .types import Welcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A change or an event in the hive. `snapshot`: the newest value of a topic at the (re)start, of the class latest."""

    position: str
    topic: str
    kind: str
    class_: Literal["durable", "latest", "stream"]
    at: str
    swarm: str | None
    data: Any
    snapshot: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Records of the classes latest and stream were dropped, because the reader was slow. `dropped` is None if nobody counted them.

    No durable record is missing.
    """

    start: str
    end: str
    dropped: int | None


@dataclass(frozen=True, slots=True)
class Recovered:
    """The observer resumed after a break. `recovered=False`: durable records after `since` are missing; load the state again and go on from `position`."""

    recovered: bool
    since: str
    position: str


ObserverEvent = Record | Gap | Recovered


class MaxRate(TypedDict, total=False):
    """At most `per_second` records of the classes latest and stream for each `key` (default: the topic)."""

    per_second: float
    key: str


class Observer(ConnectionOwner):
    """Follows topics over a connection of its own and resumes after breaks. One reader at a time iterates it.

        async with client.observe("task.#") as events:
            async for event in events:
                ...

    A reader that is more than `capacity` events behind is disconnected, and resumes when it has read half of them: memory is bounded, durable records come
    again, and a `Gap` stands for the others.
    """

    def __init__(
        self,
        url: str,
        options: ConnectionOptions,
        topics: list[str],
        *,
        since: str | None = None,
        filter: dict[str, Any] | None = None,
        max_rate: MaxRate | None = None,
        capacity: int = 10_000,
    ) -> None:
        self._connection = Connection(url, options, self)
        self._fields = without_none({"topics": topics, "filter": filter, "max_rate": max_rate})
        self._capacity = capacity
        self._events: deque[ObserverEvent] = deque()
        self._changed = asyncio.Event()
        self._position = since
        self._skipped: str | None = None
        self._error: WaggleError | None = None
        self._ready: asyncio.Future[None] | None = None
        self._subscribing: asyncio.Task[None] | None = None

    @property
    def position(self) -> str | None:
        """The position up to which everything was read or waits to be read."""
        return self._position

    async def start(self) -> Self:
        """Connects and subscribes. From then on each record of the topics is delivered, or an event that reports the missing ones."""
        if self._ready is None:
            self._ready = asyncio.get_running_loop().create_future()
            try:
                await self._connection.start()
                await self._ready
            except BaseException:
                self._connection.end(ClosedError("The observer did not start."))
                raise
        return self

    async def close(self, timeout: float = 2.0) -> None:
        """Ends the observer; the events that were received can still be read."""
        await self._connection.close(timeout)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ObserverEvent:
        """The next event. A cancelled call loses no event."""
        if self._ready is None:
            raise RuntimeError("The observer was not started: use `async with`.")
        while not self._events:
            if self._error is None:
                self._changed.clear()
                await self._changed.wait()
            elif isinstance(self._error, ClosedError):
                raise StopAsyncIteration
            else:
                raise self._error
        event = self._events.popleft()
        if self._skipped is not None and len(self._events) <= self._capacity // 2:
            self._connection.resume()
        return event

    def welcomed(self, welcome: Welcome) -> None:
        if self._subscribing:
            self._subscribing.cancel()
        self._subscribing = asyncio.create_task(self._subscribe(welcome["position"]))

    async def _subscribe(self, now: str) -> None:
        since = self._position
        message = {"type": "subscribe", **self._fields, **without_none({"since": since})}
        failures = 0
        while True:
            try:
                # The reply and the first records may share a frame: the reply is handled before them, not in a later turn of the program.
                await self._connection.request(message, repeatable=False, on_reply=lambda reply: self._subscribed(reply, since, now))
                return
            except ConnectionLostError:
                return
            except WaggleError as error:
                if error.retry_after is None:
                    self._connection.end(error)
                    return
                pause = self._connection.pause_of(failures, error.retry_after)
            failures += 1
            await asyncio.sleep(pause)

    def _subscribed(self, reply: Reply[Any], since: str | None, now: str) -> None:
        now = reply.position or now
        result = reply.result
        if since is not None:
            self._events.append(Recovered(result["recovered"], since, now))
        if self._skipped is not None:
            self._events.append(Gap(self._skipped, now, None))
        self._skipped = None
        self._events.extend(_record(r) for r in result["records"])
        self._events.extend(_record(r, snapshot=True) for r in result["latest"])
        self._position = now
        self._changed.set()
        if self._ready and not self._ready.done():
            self._ready.set_result(None)

    def received(self, message: dict[str, Any]) -> None:
        if self._skipped is not None:
            return
        kind = message.get("type")
        if kind == "position":
            self._position = message["position"]
        elif kind == "gap":
            self._position = message["to"]
            self._push(Gap(message["from"], message["to"], message.get("dropped")))
        elif kind == "record":
            if message["class"] == "durable":
                self._position = message["position"]
            self._push(_record(message))

    def ended(self, error: WaggleError) -> None:
        if self._subscribing:
            self._subscribing.cancel()
        self._error = error
        self._changed.set()
        if self._ready and not self._ready.done():
            self._ready.set_exception(error)
            self._ready.exception()

    def _push(self, event: ObserverEvent) -> None:
        self._events.append(event)
        self._changed.set()
        if len(self._events) >= self._capacity:
            self._skipped = self._position
            self._connection.pause()


def _record(message: dict[str, Any], *, snapshot: bool = False) -> Record:
    return Record(
        position=message["position"],
        topic=message["topic"],
        kind=message["kind"],
        class_=message["class"],
        at=message["at"],
        swarm=message.get("swarm"),
        data=message.get("data"),
        snapshot=snapshot,
    )
