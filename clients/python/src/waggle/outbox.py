"""What a connection writes, and how it reads a frame."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from .errors import WaggleError, error_of
from .jsontext import loads
from .requests import size_of
from .websocket import Socket, SocketClosed

_MESSAGES_PER_FRAME = 1000
_MAX_BACKLOG = 4 * 1024 * 1024


class Outbox:
    """Messages on their way to the socket: those of one turn of the program share a frame, within the hub's limit."""

    def __init__(self) -> None:
        self._socket: Socket | None = None
        self._messages: list[str] = []
        self._size = 0
        self._limit = 0

    @property
    def is_open(self) -> bool:
        return self._socket is not None

    @property
    def is_behind(self) -> bool:
        """Whether the hub does not read what was sent, or more was written in this turn than it may be behind."""
        return self._socket is not None and self._socket.backlog + self._size > _MAX_BACKLOG

    def open(self, socket: Socket, limit: int) -> None:
        self._socket = socket
        self._limit = limit

    def close(self) -> None:
        self._socket = None
        self._messages.clear()
        self._size = 0

    def write(self, text: str) -> bool:
        """Whether a socket is open, and will send the message."""
        if self._socket is None:
            return False
        self._messages.append(text)
        self._size += len(text)
        if len(self._messages) == 1:
            asyncio.get_running_loop().call_soon(self.flush)
        return True

    def flush(self) -> None:
        messages, self._messages, self._size = self._messages, [], 0
        start = 0
        while self._socket and start < len(messages):
            size, stop = size_of(messages[start]) + 2, start + 1
            while stop < len(messages) and stop - start < _MESSAGES_PER_FRAME:
                size += size_of(messages[stop]) + 1
                if size > self._limit:
                    break
                stop += 1
            self._socket.send(messages[start] if stop == start + 1 else f"[{','.join(messages[start:stop])}]")
            start = stop


def messages_of(text: str) -> list[dict[str, Any]]:
    """The messages of a frame of the hub."""
    try:
        frame = loads(text)
    except (ValueError, RecursionError):
        raise SocketClosed(1007, "The hub sent a frame that is not JSON.") from None
    messages = cast(list[Any], frame) if isinstance(frame, list) else [frame]
    return [cast(dict[str, Any], m) for m in messages if isinstance(m, dict)]


def error_in(message: dict[str, Any]) -> WaggleError:
    """The error that an `error` message reports."""
    wait = message.get("retry_after_ms")
    return error_of(message["code"], message.get("message") or "The hub gave no reason.", None if wait is None else wait / 1000)
