"""The upload of a result that is too long for a message (docs/rest.md)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from .connection import Connection
from .download import lease_headers
from .errors import UnauthenticatedError
from .holding import End, text_of, with_usage
from .http import HttpRequest, send_http
from .jsontext import RawJson, loads
from .types import Lease, Usage


async def upload(connection: Connection, agent: dict[str, Any], lease: Lease, result: RawJson, usage: Usage | None) -> End:
    """Uploads a result, again while the hub is away, and returns the end of the attempt that refers to it. Cancel it when the lease is gone."""
    headers = {"Content-Type": "application/json", **lease_headers(agent, lease)}
    path = f"api/v1/leases/{quote(lease['task'], safe='')}/result"
    try:
        answer = await send_http(connection, HttpRequest(path, "PUT", result.text.encode(), headers), persistent=True)
        return End(with_usage({"type": "task.complete", "result_ref": loads(answer)}, usage))
    except Exception as error:
        # Whatever it is: without an end the lease would be renewed for ever.
        reason = {"code": "RESULT_REJECTED", "message": f"The hub did not take the result: {text_of(error)}"[:10_000]}
        return End({"type": "task.fail", "error": reason, "retryable": isinstance(error, UnauthenticatedError)})
