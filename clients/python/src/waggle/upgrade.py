"""The request that turns a TCP connection into a WebSocket (RFC 6455 4), and the reasons why a hub refuses it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
from typing import Any, cast
from urllib.parse import SplitResult

from .errors import Trouble, error_of

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_MAX_PROBLEM = 65_536
_BODY_TIME = 2.0


class UpgradeRefused(Exception):
    """The server answered with another status than 101, or with an invalid answer."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(str(trouble.error))
        self.trouble = trouble


def new_key() -> bytes:
    return base64.b64encode(os.urandom(16))


def accept_of(key: bytes) -> bytes:
    """The answer that only a WebSocket server gives to a key."""
    return base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())


def request_of(url: SplitResult, key: bytes) -> bytes:
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    host = url.netloc.rpartition("@")[2]
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key.decode()}",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: waggle.v1",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


async def upgrade(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, url: SplitResult) -> None:
    """Sends the request and reads the answer. Raises `UpgradeRefused` unless the connection is a WebSocket now."""
    key = new_key()
    writer.write(request_of(url, key))
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise UpgradeRefused(Trouble(error_of("UNREACHABLE", f"The server sent no answer to the upgrade: {error}"), False)) from None
    status, headers = parse_head(head)
    if status != 101:
        raise UpgradeRefused(trouble_of_status(status, headers, await _body(reader, headers)))
    if (
        headers.get("upgrade", "").lower() != "websocket"
        or "upgrade" not in headers.get("connection", "").lower()
        or headers.get("sec-websocket-accept", "").encode() != accept_of(key)
        or headers.get("sec-websocket-protocol", "waggle.v1") != "waggle.v1"
        or "sec-websocket-extensions" in headers
    ):
        raise UpgradeRefused(Trouble(error_of("UNREACHABLE", "The server's answer to the upgrade is not that of a WebSocket."), False))


def parse_head(head: bytes) -> tuple[int, dict[str, str]]:
    """The status and the header fields, their names in lower case."""
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():
        raise UpgradeRefused(Trouble(error_of("UNREACHABLE", f"The server does not speak HTTP: {first[:100]!r}"), False))
    fields = (line.partition(":") for line in lines if ":" in line)
    return int(words[1]), {name.strip().lower(): value.strip() for name, _, value in fields}


def trouble_of_status(status: int, headers: dict[str, str], body: bytes) -> Trouble:
    """401 and 403 are final; a hub at a limit says when to come back; anything else may be a proxy whose hub is away."""
    problem = parse_problem(body)
    message = str(problem.get("detail") or f"The server answered the upgrade with HTTP {status}.")
    code = str(problem.get("code") or {401: "UNAUTHENTICATED", 403: "FORBIDDEN"}.get(status, "UNREACHABLE"))
    return Trouble(error_of(code, message, retry_after(headers, problem)), status in (401, 403))


def parse_problem(body: bytes) -> dict[str, Any]:
    """The problem document of an answer (RFC 9457); empty if the answer is a proxy's."""
    try:
        problem = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return cast(dict[str, Any], problem) if isinstance(problem, dict) else {}


def retry_after(headers: dict[str, str], problem: dict[str, Any]) -> float | None:
    """Seconds to wait before the request may succeed; None if the answer does not say."""
    milliseconds = problem.get("retry_after_ms")
    if isinstance(milliseconds, int):
        return milliseconds / 1000
    text = headers.get("retry-after", "")
    return float(text) if text.isdigit() else None


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    """At most 64 KiB of the body, of what arrives in time. An incomplete one is no reason to lose the status."""
    body = bytearray()
    length = headers.get("content-length", "")
    chunked = headers.get("transfer-encoding", "").lower().endswith("chunked")
    try:
        async with asyncio.timeout(_BODY_TIME):
            if chunked:
                await _read_chunks(reader, body)
            else:
                await _read_into(body, reader, int(length) if length.isdigit() else _MAX_PROBLEM)
    except (TimeoutError, OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return bytes(body)
    return bytes(body)


async def _read_chunks(reader: asyncio.StreamReader, body: bytearray) -> None:
    while len(body) < _MAX_PROBLEM:
        line = await reader.readuntil(b"\r\n")
        size = int(line.partition(b";")[0], 16)
        if size <= 0:
            return
        await _read_into(body, reader, size)
        await reader.readexactly(2)


async def _read_into(body: bytearray, reader: asyncio.StreamReader, size: int) -> None:
    end = min(len(body) + size, _MAX_PROBLEM)
    while len(body) < end and (data := await reader.read(end - len(body))):
        body += data
