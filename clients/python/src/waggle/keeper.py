"""The leases of a worker, on the loop of its connection."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Protocol, cast

from .background import Background
from .connection import Connection
from .download import read_input
from .ends import Ends
from .errors import ClosedError, WaggleError
from .holding import RELEASE, CancelCause, Holding, key_of
from .options import ConnectionOptions
from .owner import ConnectionOwner
from .tasks import without_none
from .types import AgentMessage, Answer, Assign, Lease, TaskAck, VoteRequested, Welcome
from .waiting import within

_LEAST_ANSWER_TIME = 1.0

_log = logging.getLogger("waggle")


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
        self._background = Background(options.report)
        self.ends = Ends(self.connection, agent, self._background, self._finished)

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
        self._draining = self._background.spawn(self._send_drain())
        await within(self._empty.wait(), timeout)

    async def release(self, timeout: float) -> None:
        """Returns what is left to the queue and closes the connection."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        if self._draining and self.connection.is_open:
            # What the hub assigned before it knew of the drain precedes its answer.
            await asyncio.wait({self._draining}, timeout=timeout)
        while self._held:
            for holding in list(self._held.values()):
                if not holding.ended:
                    self._cancel(holding, "closing", "The worker is closing.")
                    self.ends.end(holding, RELEASE)
            left = end - loop.time()
            if left <= 0:
                break
            await within(self._empty.wait(), left)
        if self._timer:
            self._timer.cancel()
        if self._draining:
            self._draining.cancel()
        await self.connection.close(timeout)

    # What handlers do; `ends` has the rest.

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

    async def read_input(self, holding: Holding) -> dict[str, Any]:
        """Reads the whole input of a task whose assignment lacks parts of it."""
        return await read_input(self.connection, self._agent, holding.lease)

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
            self.ends.flush(holding)
        if self._closing:
            self._draining = self._background.spawn(self._send_drain())
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
        if not isinstance(error, ClosedError) and self.connection.generation > 0:
            # Before the first welcome `start` raises it. Now a program that does not await `wait_closed` would not learn it.
            _log.error("The worker '%s' has ended: %s", self._agent["id"], error)
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

    def waits_for(self, error: WaggleError) -> bool:
        return error.code == "AGENT_IN_USE" and self._waits

    # Leases.

    def _assigned(self, assign: Assign) -> None:
        holding = Holding(assign)
        self._held[key_of(holding.lease)] = holding
        self._empty.clear()
        self._schedule(holding.lease_time)
        if self._closing:
            # The hub assigned it before it knew of the drain.
            self.ends.end(holding, RELEASE)
        else:
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

    def _finished(self, holding: Holding, ack: TaskAck | None, code: str | None) -> None:
        self._drop(holding)
        self._workplace.finished(holding, ack, code)

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
        due = loop.time() + min(self.connection.heartbeat, shortest / 3)
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
            self._background.spawn(self._renew())

    async def _renew(self) -> None:
        leases = [h.lease for h in self._held.values()]
        limit = max(_LEAST_ANSWER_TIME, self._shortest_lease() / 3) if leases else None
        heard = self.connection.heard
        try:
            async with asyncio.timeout(limit):
                reply = await self.connection.request({"type": "lease.renew", "leases": leases}, repeatable=False, counted=False)
        except TimeoutError:
            # What has arrived meanwhile, and was not read because this thread stood still, is read first.
            await asyncio.sleep(0)
            if self.connection.heard == heard:
                # The connection is dead. There is time for another one before the lease ends.
                self.connection.break_off("The hub did not answer a renewal in time.")
            return
        except WaggleError:
            # The next hello names the leases.
            return
        for lease in reply.result["stop"]:
            self._stop(lease, "The lease is not in force.")
        for lease in reply.result["cancel"]:
            if holding := self._find(lease):
                self._cancel(holding, "cancelled", "The task was cancelled.")

    async def _send_drain(self) -> None:
        try:
            await self.connection.request({"type": "agent.drain"}, repeatable=False, counted=False)
        except WaggleError:
            # The next hello drains again.
            return
