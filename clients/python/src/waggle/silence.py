"""Notices a hub that has fallen silent."""

from __future__ import annotations

import asyncio

from .websocket import Socket, SocketClosed

_LAST_WAIT = 5.0


async def receive(socket: Socket, heartbeat: float) -> str:
    """The next text. After each `heartbeat` seconds without any byte the peer is asked for a sign of life; after two in vain the socket is aborted."""
    heard, silent = socket.heard, 0
    while True:
        try:
            async with asyncio.timeout(heartbeat if silent < 2 else _LAST_WAIT):
                return await socket.receive()
        except TimeoutError:
            heard, silent = socket.heard, 1 if socket.heard != heard else silent + 1
        if silent > 2:
            socket.abort()
            raise SocketClosed(1001, "The hub fell silent.")
        socket.ping()
