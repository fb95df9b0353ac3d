"""A WebSocket of a client over asyncio's streams."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from typing import Protocol
from urllib.parse import urlsplit

from .address import host_and_port
from .frames import Binary, Close, Event, FrameError, FrameReader, Opcode, Ping, Text, encode, encode_close
from .upgrade import upgrade

_CLOSING_TIME = 2.0
_READ = 65_536


class SocketClosed(Exception):
    """The socket has ended, with a code of RFC 6455 (1006: without a close frame)."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class Socket(Protocol):
    """What a connection needs of a WebSocket. All methods are called on one event loop."""

    heard: int
    """Grows with all that arrives, also with answers to pings."""

    @property
    def backlog(self) -> int:
        """The number of bytes that were sent but not yet taken by the system."""
        ...

    async def receive(self) -> str:
        """The next text. Raises `SocketClosed` at the end. A cancelled call loses no message."""
        ...

    def send(self, text: str) -> None:
        """Sends a text, without waiting. After the end it does nothing."""
        ...

    def ping(self) -> None:
        """Asks the peer for a sign of life."""
        ...

    def close(self, code: int, reason: str = "") -> None:
        """Begins the close; `receive` ends when the peer has answered, or after two seconds."""
        ...

    def abort(self) -> None:
        """Ends the socket at once."""
        ...


class WebSocket:
    """The socket of `open_websocket`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int) -> None:
        self._reader = reader
        self._writer = writer
        self._frames = FrameReader(limit)
        self._events: deque[Event | FrameError] = deque()
        self._closing = False
        self.heard = 0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def backlog(self) -> int:
        return self._writer.transport.get_write_buffer_size()

    async def receive(self) -> str:
        while True:
            while not self._events:
                await self._fill()
            event = self._events.popleft()
            if isinstance(event, Text):
                return event.text
            if isinstance(event, Ping):
                self._write(encode(Opcode.PONG, event.data))
            elif isinstance(event, FrameError):
                raise self._broken(event.code, str(event))
            elif isinstance(event, Binary):
                raise self._broken(1003, "A binary message arrived.")
            elif isinstance(event, Close):
                self._answer_close(event.code)
                raise SocketClosed(event.code, event.reason)

    def send(self, text: str) -> None:
        if not self._closing:
            self._write(encode(Opcode.TEXT, text.encode("utf-8")))

    def ping(self) -> None:
        if not self._closing:
            self._write(encode(Opcode.PING, b""))

    def close(self, code: int, reason: str = "") -> None:
        if self._closing:
            return
        self._closing = True
        self._write(encode_close(code, reason))
        self._timer = asyncio.get_running_loop().call_later(_CLOSING_TIME, self.abort)

    def abort(self) -> None:
        self._closing = True
        if self._timer:
            self._timer.cancel()
        self._writer.transport.abort()

    async def _fill(self) -> None:
        try:
            data = await self._reader.read(_READ)
        except (OSError, ssl.SSLError) as error:
            data, reason = b"", str(error)
        else:
            reason = ""
        if not data:
            self.abort()
            raise SocketClosed(1006, reason)
        self.heard += 1
        try:
            for event in self._frames.feed(data):
                self._events.append(event)
        except FrameError as error:
            # What came before the violation counts.
            self._events.append(error)

    def _broken(self, code: int, reason: str) -> SocketClosed:
        self._write(encode_close(code, reason))
        self._end()
        return SocketClosed(code, reason)

    def _answer_close(self, code: int) -> None:
        if not self._closing:
            self._write(encode_close(1000 if code == 1005 else code))
        self._end()

    def _end(self) -> None:
        self._closing = True
        if self._timer:
            self._timer.cancel()
        # What is written goes out before the end of the stream, but a peer that does not read it cannot keep the socket open.
        self._writer.close()
        asyncio.get_running_loop().call_later(_CLOSING_TIME, self._writer.transport.abort)

    def _write(self, frame: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(frame)


async def open_websocket(url: str, *, limit: int, tls: ssl.SSLContext | None = None) -> WebSocket:
    """Connects to `ws://` or `wss://`. Raises `OSError` or `UpgradeRefused`. Text of more than `limit` bytes ends the socket with 1009."""
    parsed = urlsplit(url)
    host, port = host_and_port(parsed)
    context = (tls or ssl.create_default_context()) if parsed.scheme == "wss" else None
    reader, writer = await asyncio.open_connection(host, port, ssl=context, happy_eyeballs_delay=0.25)
    try:
        await upgrade(reader, writer, parsed)
    except BaseException:
        writer.transport.abort()
        raise
    return WebSocket(reader, writer, limit)
