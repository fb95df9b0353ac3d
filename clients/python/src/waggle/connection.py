"""One connection to a hub that reconnects by itself."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any, cast

from .address import http_url, socket_url
from .errors import ClosedError, Trouble, UnauthenticatedError, UnreachableError, WaggleError, error_of, trouble_of
from .jsontext import dumps
from .options import ConnectionOptions, ConnectionState
from .outbox import Outbox, error_in, messages_of
from .requests import OnReply, Reply, RequestTable
from .types import Welcome
from .upgrade import UpgradeRefused
from .waiting import within
from .websocket import Socket, SocketClosed, open_websocket

MAX_INCOMING = 64 * 1024 * 1024
"""The longest frame that is read. The hub's own are far shorter."""

_DEFAULT_LIMIT = 1_048_576


class ConnectionOwner:
    """What a client, an observer or a worker adds to a connection. Everything is called on the connection's loop."""

    def hello(self) -> dict[str, Any]:
        """The fields of hello beside protocols, client and token."""
        return {}

    def welcomed(self, welcome: Welcome) -> None: ...

    def received(self, message: dict[str, Any]) -> None: ...

    def ended(self, error: WaggleError) -> None: ...

    def longest_pause(self) -> float | None:
        """The longest pause between two attempts in seconds; the hub's own return time is longer in any case."""
        return None

    def gives_up(self, error: WaggleError, generation: int) -> bool:
        """Whether a refusal that may be repeated ends the connection all the same."""
        return False


class Connection:
    """A connection that reconnects with a random pause below a limit that doubles (full jitter), and not before the time that the hub named.

    It belongs to the event loop on which it was started.
    """

    def __init__(self, url: str, options: ConnectionOptions, owner: ConnectionOwner) -> None:
        self._url = socket_url(url)
        self.http = http_url(url)
        self.options = options
        self.welcome: Welcome | None = None
        self.generation = 0
        self.ended: WaggleError | None = None
        self._owner = owner
        self._requests = RequestTable(options.queue_capacity)
        self._out = Outbox()
        self._opened: Socket | None = None
        self._failures = 0
        self._refreshed = False
        self._last: WaggleError | None = None
        self._reading = asyncio.Event()
        self._reading.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._supervisor: asyncio.Task[None] | None = None
        self._first: asyncio.Future[Welcome] | None = None

    @property
    def is_open(self) -> bool:
        """Whether a socket with a welcome is open."""
        return self._out.is_open and self.ended is None

    @property
    def limit(self) -> int:
        """The longest message that the hub reads, in bytes."""
        return self.welcome["max_message_bytes"] if self.welcome else _DEFAULT_LIMIT

    def pause_of(self, failures: int, least: float = 0.0) -> float:
        """A random pause below a limit that doubles with each failure, and not shorter than the hub's own time."""
        limit = min(self.options.backoff_base * 2 ** min(failures, 30), self.options.backoff_cap)
        longest = self._owner.longest_pause()
        pause = self.options.random() * limit
        return max(least, pause if longest is None else min(pause, longest))

    async def start(self) -> Welcome:
        """Connects and returns the first welcome. Raises the hub's refusal, or `UnreachableError` after `connect_timeout`."""
        self._first = asyncio.get_running_loop().create_future()
        self._supervisor = asyncio.create_task(self._supervise(), name="waggle-connection")
        try:
            async with asyncio.timeout(self.options.connect_timeout):
                return await asyncio.shield(self._first)
        except TimeoutError:
            last = f" The last attempt: {self._last.message}" if self._last else ""
            error = UnreachableError(f"No hub answered at {self._url} within {self.options.connect_timeout} s.{last}")
            self.end(error)
            raise error from None
        except asyncio.CancelledError:
            self.end(ClosedError("The program gave the connection up."))
            raise

    async def request(self, message: Mapping[str, Any], *, repeatable: bool = True, on_reply: OnReply | None = None) -> Reply[Any]:
        """Sends a message and returns the hub's answer. A repeatable one is written again after a reconnect, until it is answered."""
        return await self._requests.add(message, repeatable, self.limit, self._out.write, on_reply)

    def post(self, message: Mapping[str, Any]) -> bool:
        """Sends a message that nobody waits for. Returns False, and sends nothing, while no socket is open or the hub does not read."""
        return not self._out.is_behind and self._out.write(dumps(message))

    def pause(self) -> None:
        """Closes the socket until `resume`: its reader is behind."""
        self._reading.clear()
        if self._opened:
            self._opened.close(1000)

    def resume(self) -> None:
        self._reading.set()

    async def close(self, timeout: float = 2.0) -> None:
        """Waits for the answers that are due, at most `timeout` seconds, and ends the connection."""
        if self.ended is None:
            await within(self._requests.idle(), timeout)
            self.end(ClosedError("The connection was closed by its owner."))
        if self._supervisor:
            await asyncio.wait({self._supervisor}, timeout=timeout)

    def end(self, error: WaggleError) -> None:
        """Ends the connection at once; what waits for an answer fails with the error."""
        if self.ended:
            return
        self._out.flush()
        self._out.close()
        self.ended = error
        self._requests.end(error)
        if self._opened:
            self._opened.close(1000)
        elif self._supervisor and self._supervisor is not asyncio.current_task():
            self._supervisor.cancel()

    async def _supervise(self) -> None:
        try:
            await self._run()
        except asyncio.CancelledError:
            self.end(ClosedError("The connection's loop ends."))
        except Exception as error:
            failure = error_of("INTERNAL", f"The connection failed: {error!r}")
            failure.__cause__ = error
            self.end(failure)
        ended = self.ended or ClosedError("The connection has ended.")
        if self._first and not self._first.done():
            self._first.set_exception(ended)
            self._first.exception()
        self._owner.ended(ended)
        self.options.tell(ConnectionState("closed", error=ended))

    async def _run(self) -> None:
        while self.ended is None:
            trouble = await self._attempt()
            if self.ended is not None:
                return
            self._last = trouble.error
            if trouble.final and not self._may_try_another_token(trouble.error):
                self.end(trouble.error)
                return
            least = trouble.error.retry_after or 0.0
            pause = self.pause_of(self._failures, least)
            self._failures += 1
            self.options.tell(ConnectionState("waiting", error=trouble.error, retry_in=pause))
            await asyncio.sleep(pause)
            await self._reading.wait()

    async def _attempt(self) -> Trouble:
        self.options.tell(ConnectionState("connecting"))
        try:
            token = await self.options.present_token()
        except Exception as error:
            return Trouble(UnauthenticatedError(f"No token: {error}"), False)
        try:
            async with asyncio.timeout(self.options.connect_timeout):
                socket = await self._open()
        except UpgradeRefused as refused:
            return refused.trouble
        except OSError as error:
            # A certificate that is not trusted now is not trusted in a second.
            final = isinstance(error, ssl.SSLCertVerificationError) and self.generation == 0
            return Trouble(UnreachableError(f"The hub was not reached at {self._url}: {error or 'no answer in time'}"), final)
        self._opened = socket
        try:
            hello = {"type": "hello", "id": "hello", "protocols": ["waggle.v1"], "client": self.options.client, "batch": True}
            socket.send(dumps({**hello, **({"token": token} if token else {}), **self._owner.hello()}))
            return await self._read(socket)
        finally:
            self._opened = None
            self._out.close()
            socket.abort()

    async def _open(self) -> Socket:
        if self.options.opener:
            return await self.options.opener(self._url)
        return await open_websocket(self._url, limit=MAX_INCOMING, tls=self.options.tls)

    async def _read(self, socket: Socket) -> Trouble:
        refusal: WaggleError | None = None
        bye: dict[str, Any] = {}
        try:
            while True:
                for message in messages_of(await self._next(socket)):
                    kind = message.get("type")
                    if self.ended:
                        continue
                    if kind == "bye":
                        bye = message
                    elif kind == "welcome":
                        self._welcomed(socket, cast(Welcome, message))
                    elif kind == "error" and message.get("id") == "hello" and not self._out.is_open:
                        refusal = error_in(message)
                        socket.close(1000)
                    else:
                        self._received(message)
        except SocketClosed as closed:
            wait = bye.get("retry_after_ms")
            trouble = trouble_of(bye.get("code", closed.code), bye.get("reason", closed.reason), None if wait is None else wait / 1000)
        self._requests.lost(trouble.error)
        return self._refused(refusal, trouble) if refusal else trouble

    async def _next(self, socket: Socket) -> str:
        beat = self.welcome["heartbeat_ms"] / 1000 if self.welcome else 10.0
        heard, silent = socket.heard, 0
        while True:
            try:
                async with asyncio.timeout(beat if silent < 2 else 5.0):
                    return await socket.receive()
            except TimeoutError:
                heard, silent = socket.heard, 1 if socket.heard != heard else silent + 1
            if silent > 2:
                socket.abort()
                raise SocketClosed(1001, "The hub fell silent.")
            socket.ping()

    def _welcomed(self, socket: Socket, welcome: Welcome) -> None:
        self.welcome = welcome
        self.generation += 1
        self._out.open(socket, self.limit)
        self._failures = 0
        self._refreshed = False
        self._owner.welcomed(welcome)
        for text in self._requests.unwritten():
            self._out.write(text)
        self.options.tell(ConnectionState("open", welcome=welcome))
        if self._first and not self._first.done():
            self._first.set_result(welcome)

    def _received(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if kind == "reply":
            self._requests.answer(message["id"], Reply(message.get("result"), message.get("position")))
        elif kind == "error" and message.get("id"):
            self._requests.refuse(message["id"], error_in(message))
        elif kind == "auth.expiring":
            task = asyncio.create_task(self._refresh())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._owner.received(message)

    def _refused(self, refusal: WaggleError, trouble: Trouble) -> Trouble:
        if refusal.retry_after is None:
            return Trouble(refusal, True)
        return Trouble(refusal, self._owner.gives_up(refusal, self.generation))

    def _may_try_another_token(self, error: WaggleError) -> bool:
        # Only a function can have another token; a refusal of that one, too, is final.
        if error.code != "UNAUTHENTICATED" or not callable(self.options.token) or self._refreshed:
            return False
        self._refreshed = True
        return True

    async def _refresh(self) -> None:
        if not callable(self.options.token):
            return
        try:
            token = await self.options.present_token()
            if token:
                await self.request({"type": "auth.refresh", "token": token}, repeatable=False)
        except Exception as error:
            # The hub closes with 4503 when the token has expired, and the next attempt asks for another one.
            self.options.report(error)
