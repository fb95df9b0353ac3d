"""The leases of a worker, on the loop of its connection."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol, cast

from .connection import Connection, ConnectionOwner
from .delivery import deliver
from .errors import ClosedError, WaggleError
from .holding import CancelCause, End, Holding, instead_of, key_of, with_usage
from .jsontext import RawJson
from .options import ConnectionOptions
from .tasks import without_none
from .types import AgentMessage, Answer, Assign, Lease, TaskAck, Usage, VoteRequested, Welcome
from .upload import upload
from .waiting import within

_REPORT_PAUSE = 0.1
_ENVELOPE = 16_384


class Workplace(Protocol):
    """Where the handlers run. Everything is called on the keeper's loop and must not wait."""

    @property
    def alive(self) -> bool: ...

    def assigned(self, holding: Holding) -> None: ...

    def cancel(self, holding: Holding, cause: CancelCause, reason: str) -> None: ...

    def finished(self, holding: Holding, ack: TaskAck | None, code: str | None) -> None: ...

    def vote_requested(self, vote: VoteRequested) -> None: ...

    def message_received(self, message: AgentMessage) -> None: ...

    def over(self, error: WaggleError) -> None: ...


class LeaseKeeper(ConnectionOwner):
    """Holds the leases of an agent: renews them, presents them after a reconnect, and keeps the end of each task until the hub has acknowledged it.

    It runs on a loop in a thread of its own, so that a handler that blocks its loop loses no lease. Except for the constructor, everything is called there.
    """

    def __init__(self, url: str, options: ConnectionOptions, agent: dict[str, Any], workplace: Workplace, *, wait_while_in_use: bool) -> None:
        self.connection = Connection(url, options, self)
        self._agent = agent
        self._workplace = workplace
        self._waits = wait_while_in_use
        self._held: dict[tuple[str, int, int], Holding] = {}
        self._closing = False
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._empty = asyncio.Event()
        self._empty.set()
        self._draining: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def count(self) -> int:
        """The number of leases, those included whose end the hub has not acknowledged."""
        return len(self._held)

    async def start(self) -> str:
        """Connects and returns the agent's id."""
        await self.connection.start()
        return cast(str, self._agent["id"])

    async def drain(self, timeout: float) -> None:
        """Takes no new tasks and waits up to `timeout` seconds for those it holds."""
        self._closing = True
        self._draining = self._spawn(self._send_drain())
        await within(self._empty.wait(), timeout)

    async def release(self, timeout: float) -> None:
        """Returns what is left to the queue and closes the connection."""
        for holding in list(self._held.values()):
            if not holding.ended:
                self._cancel(holding, "closing", "The worker is closing.")
                self.end(holding, End({"type": "task.release", "reason": "The worker is closing."}))
        await within(self._empty.wait(), timeout)
        if self._timer:
            self._timer.cancel()
        if self._draining:
            self._draining.cancel()
        await self.connection.close(timeout)

    # What handlers do.

    def report(self, holding: Holding) -> None:
        """Sends what the attempt has reported, ten times a second at most."""
        if not holding.ended and holding.timer is None:
            holding.timer = asyncio.get_running_loop().call_later(_REPORT_PAUSE, self._flush, holding)

    def begin(self, holding: Holding) -> None:
        holding.reports.start()
        self._flush(holding)

    def complete(self, holding: Holding, result: RawJson, usage: Usage | None) -> None:
        """Ends an attempt with its result. One that is too long for a message is uploaded over HTTP first."""
        size = len(result.text) if result.text.isascii() else len(result.text.encode())
        if size <= self.connection.limit - _ENVELOPE:
            self.end(holding, End(with_usage({"type": "task.complete", "result": result}, usage)))
        elif not holding.ended:
            holding.upload = self._spawn(self._upload(holding, result, usage))

    def end(self, holding: Holding, end: End) -> None:
        """Sends the last message of an attempt, until it is answered."""
        if holding.ended:
            return
        holding.ended = True
        self._flush(holding)
        self._spawn(self._finish(holding, end))

    async def ask(self, holding: Holding, question: dict[str, Any], checkpoint: Any) -> Answer:
        """Asks with `hold`, and waits for the answer."""
        message = {"type": "task.ask", **holding.lease, "question": question, **without_none({"checkpoint": checkpoint})}
        asked = cast(str, (await self.connection.request(message)).result["question"])
        while asked not in holding.answers:
            if holding.cause:
                raise asyncio.CancelledError
            holding.changed.clear()
            await holding.changed.wait()
        return holding.answers[asked]

    async def keep(self, holding: Holding, checkpoint: Any) -> None:
        await self.connection.request({"type": "task.checkpoint", **holding.lease, "checkpoint": checkpoint})

    # What the hub says.

    def hello(self) -> dict[str, Any]:
        return {"agent": {**self._agent, "holding": [h.lease for h in self._held.values()]}}

    def welcomed(self, welcome: Welcome) -> None:
        agent = welcome.get("agent")
        if agent is None:
            raise RuntimeError("The welcome names no agent.")
        self._agent["id"] = agent["id"]
        for lease in agent["stop"]:
            self._stop(lease, "The hub no longer knows the lease.")
        for holding in self._held.values():
            self._flush(holding)
        if self._closing:
            self._draining = self._spawn(self._send_drain())
        self._schedule(self._shortest_lease())

    def received(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if kind == "assign":
            self._assigned(cast(Assign, message))
        elif kind == "cancel" and (holding := self._find(message)):
            self._cancel(holding, "cancelled", message.get("reason") or "The task was cancelled.")
        elif kind == "stop":
            self._stop(cast(Lease, message), message["reason"])
        elif kind == "answer" and (holding := self._find(message)):
            holding.answers[message["answer"]["question"]] = message["answer"]
            holding.changed.set()
        elif kind == "vote.requested":
            self._workplace.vote_requested(cast(VoteRequested, message))
        elif kind == "message":
            self._workplace.message_received(cast(AgentMessage, message))

    def ended(self, error: WaggleError) -> None:
        if self._timer:
            self._timer.cancel()
        for holding in list(self._held.values()):
            self._cancel(holding, "stopped", error.message)
            if not holding.ended:
                holding.ended = True
                self._drop(holding)
        self._workplace.over(error)

    def longest_pause(self) -> float | None:
        return self._shortest_lease() / 3 if self._held else None

    def gives_up(self, error: WaggleError, generation: int) -> bool:
        return error.code == "AGENT_IN_USE" and generation == 0 and not self._waits

    # Leases.

    def _assigned(self, assign: Assign) -> None:
        holding = Holding(assign)
        self._held[key_of(holding.lease)] = holding
        self._empty.clear()
        self._schedule(holding.lease_time)
        self._workplace.assigned(holding)

    def _find(self, message: Any) -> Holding | None:
        return self._held.get(key_of(message))

    def _cancel(self, holding: Holding, cause: CancelCause, reason: str) -> None:
        if holding.cause and cause != "stopped":
            return
        holding.cause = cause
        holding.changed.set()
        if cause != "cancelled" and holding.upload:
            holding.upload.cancel()
        self._workplace.cancel(holding, cause, reason)

    def _stop(self, lease: Lease, reason: str) -> None:
        # A result that is ready is sent all the same: the hub takes that of a lapsed lease while nobody else has the task.
        holding = self._find(lease)
        if holding is None or holding.ended:
            return
        self._cancel(holding, "stopped", reason)
        holding.ended = True
        self._drop(holding)
        self._workplace.finished(holding, None, "STALE_LEASE")

    def _drop(self, holding: Holding) -> None:
        self._held.pop(key_of(holding.lease), None)
        if holding.timer:
            holding.timer.cancel()
        if not self._held:
            self._empty.set()

    def _shortest_lease(self) -> float:
        return min((h.lease_time for h in self._held.values()), default=float("inf"))

    def _schedule(self, shortest: float) -> None:
        # A lease may bring the next renewal forward. It never defers it: the leases that are held wait for it.
        loop = asyncio.get_running_loop()
        heartbeat = self.connection.welcome["heartbeat_ms"] / 1000 if self.connection.welcome else 10.0
        due = loop.time() + min(heartbeat, shortest / 3)
        if self._timer and self._due <= due:
            return
        if self._timer:
            self._timer.cancel()
        self._due = due
        self._timer = loop.call_at(due, self._renew_now)

    def _renew_now(self) -> None:
        self._timer = None
        if not self._workplace.alive:
            # The handlers have ended with their loop, without a close: a lease without them would keep its task from everybody.
            self.connection.end(ClosedError("The loop of the program has ended."))
            return
        self._schedule(self._shortest_lease())
        if self.connection.is_open:
            self._spawn(self._renew())

    async def _renew(self) -> None:
        try:
            leases = [h.lease for h in self._held.values()]
            reply = await self.connection.request({"type": "lease.renew", "leases": leases}, repeatable=False)
        except WaggleError:
            # The next hello names the leases.
            return
        for lease in reply.result["stop"]:
            self._stop(lease, "The lease is not in force.")
        for lease in reply.result["cancel"]:
            if holding := self._find(lease):
                self._cancel(holding, "cancelled", "The task was cancelled.")

    # Ends.

    def _flush(self, holding: Holding) -> None:
        if holding.timer:
            holding.timer.cancel()
            holding.timer = None
        if not holding.reports.flush(self.connection.post) and self.connection.is_open:
            self.report(holding)

    async def _upload(self, holding: Holding, result: RawJson, usage: Usage | None) -> None:
        self.end(holding, await upload(self.connection, self._agent, holding.lease, result, usage))

    async def _finish(self, holding: Holding, end: End) -> None:
        ack, error = await deliver(self.connection, holding.lease, end)
        if error and end.is_question and (instead := instead_of(error, holding.cause)):
            ack, error = await deliver(self.connection, holding.lease, instead)
        self._drop(holding)
        self._workplace.finished(holding, ack, error.code if error else None)

    async def _send_drain(self) -> None:
        try:
            await self.connection.request({"type": "agent.drain"}, repeatable=False)
        except WaggleError:
            # The next hello drains again.
            return

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.connection.options.report(error)
