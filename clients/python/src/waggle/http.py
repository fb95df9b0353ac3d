"""HTTP beside a connection, for what is too long for a message (docs/rest.md)."""

from __future__ import annotations

import asyncio
import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .address import host_and_port, shown
from .connection import Connection
from .errors import ProtocolError, UnauthenticatedError, UnreachableError, WaggleError, error_of
from .upgrade import parse_problem, retry_after

_TRIES = 5
_TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request below the hub's base. `body` is sent whole."""

    path: str
    method: str = "GET"
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


async def send_http(connection: Connection, request: HttpRequest, *, persistent: bool = False) -> bytes:
    """Sends a request with the connection's token and returns the body of the answer.

    While the hub is away or asks for a pause, the request is sent again, until the call is cancelled or the connection ends. `persistent`: also while the
    WebSocket is open, where a proxy may refuse HTTP for good; else it is tried a few times.
    """
    failures = 0
    while True:
        try:
            return await _attempt(connection, request)
        except WaggleError as error:
            if error.retry_after is None:
                raise
            if not persistent and failures >= _TRIES and connection.is_open:
                raise
            pause = connection.pause_of(failures, error.retry_after)
        failures += 1
        await asyncio.sleep(pause)
        if connection.ended:
            raise connection.ended


async def _attempt(connection: Connection, request: HttpRequest) -> bytes:
    try:
        token = await connection.options.present_token()
    except Exception as error:
        raise UnauthenticatedError(f"No token: {error}", retry_after=0) from error
    headers = {**request.headers, **({"Authorization": f"Bearer {token}"} if token else {})}
    try:
        status, fields, body = await asyncio.to_thread(_exchange, connection.http, request, headers, connection.options.tls)
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(f"The hub was not reached at {shown(connection.http)}: {error!r}", retry_after=0) from error
    except ValueError:
        # The text of the error would quote the token.
        raise ProtocolError("The request cannot be written: the token or a header has characters that HTTP does not allow.") from None
    if 200 <= status < 300:
        return body
    problem = parse_problem(body)
    message = str(problem.get("detail") or f"The hub, or a proxy before it, answered with HTTP {status}.")
    later = status == 429 or (status >= 500 and status != 501)
    wait = retry_after(fields, problem)
    raise error_of(str(problem.get("code") or "PROTOCOL"), message, (1.0 if wait is None else wait) if later else None)


def _exchange(base: str, request: HttpRequest, headers: Mapping[str, str], tls: ssl.SSLContext | None) -> tuple[int, dict[str, str], bytes]:
    url = urlsplit(base)
    host, port = host_and_port(url)
    if url.scheme == "https":
        client = http.client.HTTPSConnection(host, port, timeout=_TIMEOUT, context=tls)
    else:
        client = http.client.HTTPConnection(host, port, timeout=_TIMEOUT)
    try:
        client.request(request.method, url.path + request.path, request.body, dict(headers))
        answer = client.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        client.close()
