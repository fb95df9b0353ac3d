"""Messages to the agent of a worker, and requests for its vote."""

from __future__ import annotations

import asyncio
import inspect
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, cast

from .connection import Connection
from .errors import WaggleError
from .loop_thread import LoopThread
from .options import ConnectionOptions
from .tasks import without_none
from .types import AgentMessage, VoteRequested

_TRIES = 3
_PAUSE = 1.0


class Inbox:
    """Calls the functions of the program for messages and votes, on its loop. The hub bounds the messages that wait for an agent."""

    def __init__(self, connection: Connection, thread: LoopThread, options: ConnectionOptions, on_message: Callable[[AgentMessage], Any] | None) -> None:
        self._connection = connection
        self._thread = thread
        self._options = options
        self._on_message = on_message
        self._known: set[str] = set()
        self._waiting: deque[AgentMessage] = deque()
        self._reader: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def receive(self, message: AgentMessage) -> None:
        # One after the other, so that a message that is tried again stays before those that follow it.
        if message["message"] in self._known:
            return
        self._known.add(message["message"])
        self._waiting.append(message)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())

    def vote(self, vote: VoteRequested, on_vote: Callable[[VoteRequested], Any]) -> None:
        task = asyncio.create_task(self._vote(vote, on_vote))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        for task in (*self._tasks, *((self._reader,) if self._reader else ())):
            task.cancel()

    async def _read(self) -> None:
        while self._waiting:
            message = self._waiting.popleft()
            try:
                failed = await self._try(message)
                acknowledgement = {"type": "message.acknowledge", "messages": [message["message"]], **without_none({"failed": failed})}
                await self._request(acknowledgement)
            except WaggleError as error:
                # Without an acknowledgement the hub sends the message again.
                self._options.report(error)
            finally:
                self._known.discard(message["message"])

    async def _try(self, message: AgentMessage) -> str | None:
        attempt = 1
        while True:
            try:
                await _call(self._on_message, message)
                return None
            except Exception as error:
                self._options.report(error)
                if attempt == _TRIES:
                    # Everybody who reads agents receives the reason: the name of the class does not quote the message.
                    return type(error).__name__[:100]
            await asyncio.sleep(attempt * _PAUSE)
            attempt += 1

    async def _vote(self, vote: VoteRequested, on_vote: Callable[[VoteRequested], Any]) -> None:
        try:
            cast_vote = await _call(on_vote, vote)
            if cast_vote:
                await self._request({"type": "vote.cast", "proposal": vote["proposal"], **cast(Mapping[str, Any], cast_vote)})
        except Exception as error:
            self._options.report(error)

    async def _request(self, message: Mapping[str, Any]) -> None:
        await asyncio.wrap_future(self._thread.submit(self._connection.request(message)))


async def _call(function: Callable[..., Any] | None, argument: Any) -> Any:
    result = function(argument) if function else None
    return await result if inspect.isawaitable(result) else result
