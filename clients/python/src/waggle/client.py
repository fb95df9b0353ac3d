"""A client of a hub."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self, Unpack

from .bulks import Bulks
from .connection import Connection
from .errors import WaggleError
from .memory import Memory, Questions
from .observer import MaxRate, Observer
from .options import ConnectionArguments, ConnectionOptions, ConnectionState
from .owner import ConnectionOwner
from .purges import Purges
from .repeatable import is_repeatable
from .requests import Reply
from .tasks import Tasks
from .types import AgentView, SwarmView, Welcome


class Client(ConnectionOwner):
    """A client of a hub, `http://127.0.0.1:3000` or the place of the hub within an application, `https://example.org/waggle`. It reconnects by itself.

        async with Client("http://127.0.0.1:3000") as client:
            task = await client.tasks.create("Count", type="count-words", input={"text": "so few words"})
            print(await client.tasks.result(task))

    It belongs to the event loop on which it was started. `waggle.sync` has a client for programs without one.
    """

    def __init__(self, url: str, **options: Unpack[ConnectionArguments]) -> None:
        self._url = url
        self._options = ConnectionOptions(**options)
        self._connection = Connection(url, self._options, self)
        self.tasks = Tasks(self._connection)
        self.bulks = Bulks(self._connection)
        self.purges = Purges(self._connection)
        self.memory = Memory(self._ask)
        self.questions = Questions(self._ask)

    @property
    def is_open(self) -> bool:
        """Whether a socket with a welcome is open."""
        return self._connection.is_open

    @property
    def welcome(self) -> Welcome:
        """The hub's last welcome, after the start."""
        if self._connection.welcome is None:
            raise RuntimeError("The client was not started.")
        return self._connection.welcome

    async def start(self) -> Self:
        """Connects. Raises the hub's refusal, or `UnreachableError` after `connect_timeout`."""
        await self._connection.start()
        return self

    async def close(self, timeout: float = 2.0) -> None:
        """Waits for the answers that are due, at most `timeout` seconds, and closes the connection."""
        await self._connection.close(timeout)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def request(self, message: Mapping[str, Any], *, repeatable: bool | None = None) -> Reply[Any]:
        """Sends any message of spec/waggle.v1.md and returns the hub's answer with its position.

        A request waits while the hub is away. One that may take effect twice fails with `ConnectionLostError` if the connection broke before its answer; the
        others are written again.
        """
        return await self._connection.request(message, repeatable=is_repeatable(message) if repeatable is None else repeatable)

    async def agents(self, swarm: str | None = None) -> list[AgentView]:
        return (await self._ask({"type": "agent.list", **({"swarm": swarm} if swarm else {})}))["agents"]

    async def swarms(self) -> list[SwarmView]:
        return (await self._ask({"type": "swarm.list"}))["swarms"]

    async def publish(self, topic: str, data: Any = None) -> None:
        """Publishes any JSON under `app.`, for the clients that are subscribed now."""
        await self._ask({"type": "publish", "topic": topic, "data": data})

    def observe(
        self,
        topics: str | Iterable[str],
        *,
        since: str | None = None,
        filter: dict[str, Any] | None = None,
        max_rate: MaxRate | None = None,
        capacity: int = 10_000,
        on_state: Callable[[ConnectionState], Any] | None = None,
    ) -> Observer:
        """Follows topics or patterns, `task.*.completed` or `agent.#`, over a connection of its own.

        `since`: start after this position, for example that of a list, so that what was loaded and what follows have no hole between them.
        """
        names = [topics] if isinstance(topics, str) else list(topics)
        options = dataclasses.replace(self._options, on_state=on_state)
        return Observer(self._url, options, names, since=since, filter=filter, max_rate=max_rate, capacity=capacity)

    async def _ask(self, message: Mapping[str, Any]) -> Any:
        return (await self.request(message)).result

    def welcomed(self, welcome: Welcome) -> None:
        self.tasks.wake_all()

    def received(self, message: dict[str, Any]) -> None:
        if message.get("type") == "record":
            self.tasks.received(message)
        elif message.get("type") == "gap":
            self.tasks.wake_all()

    def ended(self, error: WaggleError) -> None:
        self.tasks.wake_all()


async def connect(url: str, **options: Unpack[ConnectionArguments]) -> Client:
    """Connects to a hub; `async with Client(url)` also closes the connection."""
    return await Client(url, **options).start()
