"""The addresses of a hub."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

_SOCKET_PATH = "/ws/waggle"
_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}


def socket_url(url: str) -> str:
    """The address of the hub's WebSocket: the path of an http URL is the place of the hub within an application."""
    parsed = urlsplit(url)
    scheme = _SCHEMES.get(parsed.scheme)
    if scheme is None or not parsed.hostname or not re.fullmatch(r"[!-~]+", url):
        raise ValueError(f"The hub's URL is '{shown(url)}'; it begins with http, https, ws or wss, has a host, and is ASCII without blanks.")
    path = parsed.path
    if path in ("", "/") or (parsed.scheme.startswith("http") and not path.endswith(_SOCKET_PATH)):
        path = path.rstrip("/") + _SOCKET_PATH
    return urlunsplit(SplitResult(scheme, parsed.netloc, path, parsed.query, ""))


def shown(url: str) -> str:
    """A URL for messages: its scheme, host and path. The others may hold a token."""
    parsed = urlsplit(url)
    return urlunsplit(SplitResult(parsed.scheme, parsed.netloc.rpartition("@")[2], parsed.path, "", ""))


def http_url(url: str) -> str:
    """The base of the hub's other paths, with a slash at the end."""
    parsed = urlsplit(socket_url(url))
    path = parsed.path[: 1 - len(_SOCKET_PATH)] if parsed.path.endswith(_SOCKET_PATH) else "/"
    return urlunsplit(SplitResult("http" if parsed.scheme == "ws" else "https", parsed.netloc, path, "", ""))


def host_and_port(url: SplitResult) -> tuple[str, int]:
    """Where to connect: the port of the scheme unless the URL has one."""
    return url.hostname or "", url.port or (443 if url.scheme in ("https", "wss") else 80)
