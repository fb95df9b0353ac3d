"""One connection to a hub that reconnects by itself."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Mapping
from typing import Any, cast

from .address import http_url, shown, socket_url
from .background import Background
from .errors import ClosedError, Trouble, UnauthenticatedError, UnreachableError, WaggleError, error_of, trouble_of
from .jsontext import dumps
from .options import ConnectionOptions, ConnectionState
from .outbox import Outbox, error_in, messages_of
from .owner import ConnectionOwner
from .pauses import Pauses
from .requests import OnReply, Reply, RequestTable
from .silence import receive
from .types import Welcome
from .upgrade import UpgradeRefused
from .waiting import within
from .websocket import Socket, SocketClosed, open_websocket

MAX_INCOMING = 64 * 1024 * 1024
"""The longest frame that is read. The hub's own are far shorter."""

_DEFAULT_LIMIT = 1_048_576
_DEFAULT_HEARTBEAT = 10.0

_log = logging.getLogger("waggle")


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
        self._pauses = Pauses(options, owner.longest_pause)
        self._refreshed = False
        self._paused = False
        self._stumbled = False
        self._welcomed_at: float | None = None
        self._bye: Trouble | None = None
        self._refusal: WaggleError | None = None
        self._broken = ""
        self._last: WaggleError | None = None
        self._reading = asyncio.Event()
        self._reading.set()
        self._background = Background(options.report)
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

    @property
    def heartbeat(self) -> float:
        """The pause between two signs of life in seconds, as the hub named it."""
        return self.welcome["heartbeat_ms"] / 1000 if self.welcome else _DEFAULT_HEARTBEAT

    @property
    def heard(self) -> int:
        return self._opened.heard if self._opened else 0

    def pause_of(self, failures: int, least: float = 0.0) -> float:
        """A random pause below a limit that doubles with each failure, and not shorter than the hub's own time."""
        return self._pauses.of(failures, least)

    async def start(self) -> Welcome:
        """Connects and returns the first welcome. Raises the hub's refusal, or `UnreachableError` after `connect_timeout`. A second call connects no more."""
        if self.ended:
            raise self.ended
        if self._first is None:
            self._first = asyncio.get_running_loop().create_future()
            self._supervisor = asyncio.create_task(self._supervise(), name="waggle-connection")
        try:
            while True:
                try:
                    async with asyncio.timeout(self.options.connect_timeout):
                        return await asyncio.shield(self._first)
                except TimeoutError:
                    if self._last and self._owner.waits_for(self._last):
                        continue
                    last = f" The last attempt: {self._last.message}" if self._last else ""
                    error = UnreachableError(f"No hub answered at {shown(self._url)} within {self.options.connect_timeout} s.{last}")
                    self.end(error)
                    raise error from None
        except asyncio.CancelledError:
            self.end(ClosedError("The program gave the connection up."))
            raise

    async def request(self, message: Mapping[str, Any], *, repeatable: bool = True, on_reply: OnReply | None = None, counted: bool = True) -> Reply[Any]:
        """Sends a message and returns the hub's answer. A repeatable one is written again after a reconnect, until it is answered."""
        return await self._requests.add(message, repeatable, self.limit, self._out.write, on_reply, counted=counted)

    def post(self, message: Mapping[str, Any]) -> bool:
        """Sends a message that nobody waits for. Returns False, and sends nothing, while no socket is open or the hub does not read."""
        return not self._out.is_behind and self._out.write(dumps(message))

    def pause(self) -> None:
        """Closes the socket until `resume`: its reader is behind."""
        self._reading.clear()
        self._paused = True
        if self._opened:
            self._opened.close(1000)

    def resume(self) -> None:
        self._reading.set()

    def break_off(self, reason: str) -> None:
        """Aborts the socket, so that the connection is made anew."""
        if self._opened:
            self._broken = reason
            self._opened.abort()

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
            # A hub that welcomes and then ends the connection at once is a failure as well.
            lived = self._welcomed_at is not None and asyncio.get_running_loop().time() - self._welcomed_at >= self.heartbeat
            pause = self._pauses.next(trouble.error.retry_after or 0.0, lived=lived, wanted=self._paused)
            self._paused = False
            self.options.tell(ConnectionState("waiting", error=trouble.error, retry_in=pause))
            await asyncio.sleep(pause)
            await self._reading.wait()

    async def _attempt(self) -> Trouble:
        self.options.tell(ConnectionState("connecting"))
        self._welcomed_at, self._bye, self._refusal, self._broken = None, None, None, ""
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
            return Trouble(UnreachableError(f"The hub was not reached at {shown(self._url)}: {error or 'no answer in time'}"), final)
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
        try:
            while True:
                for message in messages_of(await receive(socket, self.heartbeat)):
                    if self.ended is None:
                        self._handle(socket, message)
        except SocketClosed as closed:
            trouble = self._bye or trouble_of(closed.code, self._broken or closed.reason)
        self._requests.lost(trouble.error)
        return self._refused(self._refusal, trouble) if self._refusal else trouble

    def _handle(self, socket: Socket, message: dict[str, Any]) -> None:
        kind = message.get("type")
        try:
            if kind == "bye":
                wait = message.get("retry_after_ms")
                self._bye = trouble_of(message["code"], message["reason"], None if wait is None else wait / 1000)
            elif kind == "welcome":
                self._welcomed(socket, cast(Welcome, message))
            elif kind == "error" and message.get("id") == "hello" and not self._out.is_open:
                self._refusal = error_in(message)
                socket.close(1000)
            else:
                self._received(message)
                self._stumbled = False
        except Exception as error:
            if self._stumbled:
                raise
            # Perhaps the next connection does without it; if not, nothing does.
            self._stumbled = True
            _log.exception("A message '%s' of the hub could not be handled. The connection is made anew.", kind)
            self.break_off(f"A message '{kind}' of the hub could not be handled: {error!r}")

    def _welcomed(self, socket: Socket, welcome: Welcome) -> None:
        self.welcome = welcome
        self.generation += 1
        self._out.open(socket, self.limit)
        self._welcomed_at = asyncio.get_running_loop().time()
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
            self._background.spawn(self._refresh())
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
