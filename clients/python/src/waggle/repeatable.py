"""Which requests may be sent a second time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

# Requests that take effect again, or are refused, when the hub receives them a second time.
_ONCE = frozenset((
    "auth.refresh",
    "unsubscribe",
    "publish",
    "swarm.create",
    "agent.spawn",
    "agent.stop",
    "agent.log",
    "agent.send",
    "chat.open",
    "chat.post",
    "notification.send",
    "vote.withdraw",
    "schedule.run",
    "schedule.remove",
    "budget.remove",
    "workflow.delete",
    "run.retry",
))  # fmt: skip

# The fields of requests whose contents need an idempotency key each to be repeatable.
_KEYED = {"task.create": "tasks", "vote.open": "proposal", "run.start": "run", "bulk.start": "bulk"}


def is_repeatable(message: Mapping[str, Any]) -> bool:
    """Whether a message has the same effect when the hub receives it twice."""
    if message.get("idempotency_key") is not None:
        return True
    kind = message["type"]
    if kind in _KEYED:
        field = message.get(_KEYED[kind])
        items = cast(list[Any], field) if isinstance(field, list) else [field]
        return all(isinstance(item, Mapping) and cast(Mapping[str, Any], item).get("idempotency_key") is not None for item in items)
    return kind not in _ONCE and message.get("if_version") is None
