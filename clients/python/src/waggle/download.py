"""The input of a task whose parts are too large for its assignment (docs/workflows.md)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from .connection import Connection
from .errors import UnauthenticatedError, WaggleError
from .holding import TaskFailed
from .http import HttpRequest, send_http
from .jsontext import loads
from .types import Lease


def lease_headers(agent: dict[str, Any], lease: Lease) -> dict[str, str]:
    """The headers that prove a lease over HTTP."""
    return {
        "Waggle-Agent": agent["id"],
        "Waggle-Secret": agent["secret"],
        "Waggle-Attempt": str(lease["attempt"]),
        "Waggle-Token": str(lease["token"]),
    }


async def read_input(connection: Connection, agent: dict[str, Any], lease: Lease) -> dict[str, Any]:
    """Reads the whole input, again while the hub is away: `input`, and `input_refs` for what it lacks."""
    path = f"api/v1/leases/{quote(lease['task'], safe='')}/input"
    try:
        return loads(await send_http(connection, HttpRequest(path, headers=lease_headers(agent, lease)), persistent=True))
    except WaggleError as error:
        retryable = isinstance(error, UnauthenticatedError) or error.retry_after is not None
        raise TaskFailed("INPUT_UNREADABLE", f"The input could not be read: {error.message}", retryable=retryable) from error
