"""Waiting for at most some time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable


async def within(awaitable: Awaitable[object], timeout: float) -> None:
    """Awaits something for at most `timeout` seconds; then it is cancelled."""
    try:
        async with asyncio.timeout(timeout):
            await awaitable
    except TimeoutError:
        return
