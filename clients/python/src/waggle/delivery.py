"""The delivery of the last message of an attempt."""

from __future__ import annotations

import asyncio
from typing import cast

from .connection import Connection
from .errors import WaggleError
from .holding import End
from .types import Lease, TaskAck

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0


async def deliver(connection: Connection, lease: Lease, end: End) -> tuple[TaskAck | None, WaggleError | None]:
    """Sends the end of an attempt until the hub has acknowledged it, or has refused it for good."""
    pause = _FIRST_PAUSE
    while True:
        try:
            return cast(TaskAck, (await connection.request({**end.fields, **lease}, counted=False)).result), None
        except WaggleError as error:
            # An answer to another question makes room for this one, so the task has not failed.
            full = end.is_question and error.code == "QUOTA_EXCEEDED"
            wait = error.retry_after if error.retry_after is not None else pause if full else None
            if wait is None or connection.ended:
                return None, error
        await asyncio.sleep(wait)
        pause = min(2 * pause, _LONGEST_PAUSE)
