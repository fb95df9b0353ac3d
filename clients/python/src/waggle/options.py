"""Options of every connection. Durations are seconds."""

from __future__ import annotations

import asyncio
import inspect
import logging
import random
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

from .errors import WaggleError
from .types import Welcome
from .websocket import Socket

Token = str | Callable[[], str | None | Awaitable[str | None]] | None
"""A token, or a function that returns one."""

Opener = Callable[[str], Awaitable[Socket]]
"""Opens the socket of an address; for tests (`waggle.testing`)."""

_log = logging.getLogger("waggle")


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """A change of a connection. `waiting` has the error and the pause in seconds before the next attempt, `closed` the error that ended it."""

    state: Literal["connecting", "open", "waiting", "closed"]
    welcome: Welcome | None = None
    error: WaggleError | None = None
    retry_in: float | None = None


class ConnectionArguments(TypedDict, total=False):
    """The keyword arguments of a client, a worker or an observer that belong to its connection."""

    token: Token
    """A token, or a function that returns one. It is asked at each connection and before a token expires; a worker asks it in a thread of its own."""
    client: str
    """Name and version of the software."""
    connect_timeout: float
    """How long the first connection may take, and each attempt after it; default 10."""
    backoff_base: float
    """The upper limit of the first pause before another attempt; it doubles with each failure; default 0.5."""
    backoff_cap: float
    """The upper limit of all pauses; default 30."""
    queue_capacity: int
    """The most requests that wait for an answer; default 10,000. More fail with `QueueFullError`."""
    tls: ssl.SSLContext | None
    """The certificates that `wss` and `https` trust; default: those of the system."""
    on_state: Callable[[ConnectionState], Any] | None
    """Called with each change of the connection."""
    on_error: Callable[[BaseException], Any] | None
    """Called with what a function of the program raised, which does not end the connection; default: the logger `waggle`."""
    random: Callable[[], float]
    """The source of randomness for the pauses, 0 to 1; for tests."""
    opener: Opener | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionOptions:
    """`ConnectionArguments` with their defaults."""

    token: Token = field(default=None, repr=False)
    client: str = "waggle-python/0.1"
    connect_timeout: float = 10.0
    backoff_base: float = 0.5
    backoff_cap: float = 30.0
    queue_capacity: int = 10_000
    tls: ssl.SSLContext | None = None
    on_state: Callable[[ConnectionState], Any] | None = None
    on_error: Callable[[BaseException], Any] | None = None
    random: Callable[[], float] = random.random
    opener: Opener | None = None

    def report(self, error: BaseException) -> None:
        """Tells the program what one of its functions raised."""
        if self.on_error is None:
            _log.error("A function of the program raised: %r", error, exc_info=error)
            return
        try:
            self.on_error(error)
        except Exception:
            _log.exception("on_error raised.")

    def tell(self, state: ConnectionState) -> None:
        """Calls `on_state`. What it raises is reported, and changes nothing else."""
        if self.on_state is None:
            return
        try:
            self.on_state(state)
        except Exception as error:
            self.report(error)

    async def present_token(self) -> str | None:
        """The token to present now, without blanks and line ends around it. Raises `TimeoutError` for a function that takes longer than `connect_timeout`."""
        token = await self._ask_for_token(self.token) if callable(self.token) else self.token
        if token is not None and not isinstance(token, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"The token is a {type(token).__name__}, not a string.")
        return token.strip() if token else None

    async def _ask_for_token(self, function: Callable[[], str | None | Awaitable[str | None]]) -> str | None:
        # A plain function may block, for example on a request of its own: in a thread it stops neither renewals nor answers to pings.
        try:
            async with asyncio.timeout(self.connect_timeout):
                token = function() if inspect.iscoroutinefunction(function) else await asyncio.to_thread(function)
                return await token if inspect.isawaitable(token) else token
        except TimeoutError:
            raise TimeoutError(f"the function for tokens did not return within {self.connect_timeout} s") from None
