"""Tasks of a client."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Unpack, cast
from urllib.parse import quote

from .address import shown
from .connection import Connection
from .errors import BlobMissingError, ProtocolError, ResultNotJsonError, TaskNotCompletedError
from .http import HttpRequest, send_http
from .jsontext import loads
from .types import (
    TERMINAL_STATES, TaskAck, TaskCreated, TaskErrorPage, TaskLogLevel, TaskLogPage, TaskOptions, TaskPage, TaskQuery, TaskSpec, TaskState, TaskView,
)


TaskLike = str | TaskCreated | TaskView
"""A task, or its id."""


def id_of(task: TaskLike) -> str:
    return task if isinstance(task, str) else task["id"]


def without_none(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def new_key() -> str:
    """A key that no other creation has."""
    return secrets.token_hex(16)


class Tasks:
    """Create, list, await and cancel tasks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waits: dict[str, set[asyncio.Event]] = {}

    async def create(self, title: str, **options: Unpack[TaskOptions]) -> TaskCreated:
        """Creates a task. Without an `idempotency_key` the client adds one, so that a creation over a broken connection takes effect once."""
        return (await self.create_many([cast(TaskSpec, {"title": title, **options})]))[0]

    async def create_many(self, specs: Iterable[TaskSpec]) -> list[TaskCreated]:
        """Creates up to 1,000 tasks, all or none."""
        tasks = [spec if spec.get("idempotency_key") is not None else {**spec, "idempotency_key": new_key()} for spec in specs]
        reply = await self._connection.request({"type": "task.create", "tasks": tasks})
        return cast(list[TaskCreated], reply.result["tasks"])

    async def get(self, task: TaskLike) -> TaskView:
        """The task with every attempt."""
        return await self._ask("task.show", task=id_of(task))

    async def list(
        self,
        *,
        swarm: str | None = None,
        states: list[TaskState] | None = None,
        parent: str | None = None,
        agent: str | None = None,
        type: str | None = None,
        text: str | None = None,
        error: str | None = None,
        ascending: bool | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> TaskPage:
        """One page of tasks, newest first, and the position from which an observer misses nothing.

        `text` are words that a task has all of in its title, type, error or metadata, `error` is a fingerprint from `errors`.
        """
        fields = {"swarm": swarm, "states": states, "parent": parent, "agent": agent, "task_type": type, "text": text, "error": error}
        fields |= {"ascending": ascending, "cursor": cursor, "limit": limit}
        reply = await self._connection.request({"type": "task.list", **without_none(fields)})
        return cast(TaskPage, {**reply.result, "position": reply.position})

    async def errors(self, filter: TaskQuery | None = None, *, limit: int | None = None) -> TaskErrorPage:
        """The errors of tasks that failed, expired or wait for a retry, the most frequent first."""
        return await self._ask("task.errors", filter=filter, limit=limit)

    async def cancel(self, task: TaskLike, *, reason: str | None = None, force: bool | None = None) -> TaskAck:
        """Cancels a task: one that waits at once, one that runs after its worker has stopped or its grace period is over; with `force` at once."""
        return await self._ask("task.cancel", task=id_of(task), reason=reason, force=force)

    async def retry(self, task: TaskLike) -> TaskCreated:
        """Creates a new task in place of one that failed, was cancelled or expired."""
        return await self._ask("task.retry", task=id_of(task))

    async def set_priority(self, task: TaskLike, priority: int) -> TaskAck:
        return await self._ask("task.set_priority", task=id_of(task), priority=priority)

    async def assign(self, task: TaskLike, agent: str) -> TaskAck:
        """Gives a waiting task to one agent."""
        return await self._ask("task.assign", task=id_of(task), agent=agent)

    async def logs(
        self,
        task: TaskLike,
        *,
        attempt: int | None = None,
        level: TaskLogLevel | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> TaskLogPage:
        """A page of the task's stored log lines: those after a cursor (`"0"`: from the first line), or the last ones. `level`: and more important ones."""
        return await self._ask("task.logs", task=id_of(task), attempt=attempt, level=level, after=after, limit=limit)

    async def wait(self, task: TaskLike) -> TaskView:
        """Waits until a task has ended and returns it, over reconnects of this client, too. Limit it by `asyncio.timeout`."""
        key = id_of(task)
        changed = asyncio.Event()
        self._waits.setdefault(key, set()).add(changed)
        subscription, generation = "", -1
        try:
            while True:
                changed.clear()
                # The subscription is there before the task is read, so that its end is not missed.
                if generation != self._connection.generation:
                    reply = await self._connection.request({"type": "subscribe", "topics": [f"task.{key}.#"]})
                    subscription, generation = reply.result["subscription"], self._connection.generation
                view = await self.get(key)
                if view["state"] in TERMINAL_STATES:
                    return view
                await changed.wait()
        finally:
            self._waits[key].discard(changed)
            if not self._waits[key]:
                del self._waits[key]
            if generation == self._connection.generation:
                self._connection.post({"type": "unsubscribe", "subscription": subscription})

    async def result(self, task: TaskLike) -> Any:
        """Waits for a task's result; one that is too long for a message is read over HTTP.

        Raises `TaskNotCompletedError` for a task that ended otherwise, `BlobMissingError` for a result that the hub has lost, and `ResultNotJsonError` for one
        that is not JSON.
        """
        view = await self.wait(task)
        if view["state"] == "completed":
            return await self._result_of(view)
        cause = view.get("error")
        why = f" {cause['code']}: {cause['message']}" if cause else ""
        error = TaskNotCompletedError(f"Task '{view['id']}' is {view['state']}.{why}")
        error.state = view["state"]
        raise error

    async def _result_of(self, view: TaskView) -> Any:
        reference = view.get("result_ref")
        if reference is None or "result" in view:
            return view.get("result")
        if view.get("result_missing"):
            raise BlobMissingError(f"The result of task '{view['id']}' ({reference['bytes']} bytes) is gone from the hub's disk.")
        path = f"api/v1/tasks/{quote(view['id'], safe='')}/result"
        content_type = reference.get("content_type", "application/json")
        if not re.search(r"[/+]json\b", content_type):
            where = f"{shown(self._connection.http)}{path}"
            raise ResultNotJsonError(f"The result of task '{view['id']}' is {content_type}, {reference['bytes']} bytes: read it at {where}.")
        body = await send_http(self._connection, HttpRequest(path))
        try:
            return loads(body)
        except (ValueError, RecursionError) as error:
            raise ProtocolError(f"The result of task '{view['id']}' came as what is not JSON: {error}") from error

    async def _ask(self, kind: str, **fields: Any) -> Any:
        return (await self._connection.request({"type": kind, **without_none(fields)})).result

    def received(self, record: dict[str, Any]) -> None:
        """Wakes those who wait for the task of a record."""
        _, _, rest = str(record.get("topic", "")).partition(".")
        for changed in self._waits.get(rest.partition(".")[0], ()) if record.get("class") == "durable" else ():
            changed.set()

    def wake_all(self) -> None:
        for waits in self._waits.values():
            for changed in waits:
                changed.set()
