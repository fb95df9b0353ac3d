"""Parts of scripts for workers."""

from __future__ import annotations

from typing import Any

from waggle import TaskContext, Worker
from waggle.testing import ScenarioFrame, ScriptedHub, hub
from waggle.testing import client as sends
from waggle.types import TaskAck

from .hub import until

AGENT: dict[str, Any] = {"id": "ann", "swarm": "default", "keep": [], "stop": [], "missing": []}
WELCOME: dict[str, Any] = {"type": "welcome", "agent": AGENT}
LEASE = {"task": "t1", "attempt": 1, "token": 7}
ASSIGN: dict[str, Any] = {"type": "assign", **LEASE, "lease_ms": 30_000, "swarm": "default", "spec": {"title": "A"}}


def opening() -> list[ScenarioFrame]:
    return [sends({"type": "hello"}), hub(WELCOME)]


def ended(state: str, key: str = "e") -> ScenarioFrame:
    return hub({"type": "reply", "id": key, "result": {"task": "t1", "state": state, "duplicate": False, "cancel_requested": False}})


def ends(kind: str, **fields: Any) -> list[ScenarioFrame]:
    """The end of the task, and its acknowledgement."""
    return [sends({"type": kind, "id": "e", **LEASE, **fields}), ended("ended")]


def refused(key: str, code: str) -> ScenarioFrame:
    return hub({"type": "error", "id": key, "code": code, "message": "No."})


def sent(scripted: ScriptedHub, kind: str) -> list[dict[str, Any]]:
    return [m for m in scripted.sent if m["type"] == kind]


async def work(scripted: ScriptedHub, handler: Any, **options: Any) -> None:
    """Runs a worker until the script has been played and the worker holds nothing."""
    arguments: Any = {"opener": scripted.open, "backoff_base": 0.001, **options}
    worker = Worker("http://scripted", **arguments)
    worker.otherwise(handler)
    await worker.start()
    try:
        await until(lambda: scripted.finished and worker.holding == 0, f"the end; the client sent {[m['type'] for m in scripted.sent]}")
    finally:
        unexpected = list(scripted.unexpected)
        # A worker that closes waits for the answer to its drain.
        scripted.add(sends({"type": "agent.drain", "id": "drain"}), hub({"type": "reply", "id": "drain", "result": {}}))
        await worker.close(0.01)
    if unexpected:
        raise AssertionError(f"The script has no such messages: {unexpected}")


def ignore(error: BaseException) -> None: ...


class Codes(list[str | None]):
    """The codes of the rejections that `on_ended` was told of; None for an acknowledgement."""

    def told(self, task: TaskContext[Any], ack: TaskAck | None, code: str | None) -> None:
        self.append(code)
