"""What attempts report and how they end, on the loop of the worker's connection."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from .background import Background
from .connection import Connection
from .delivery import deliver
from .errors import WaggleError
from .holding import End, Holding, final_failure, instead_of, text_of, usage_before, with_usage, without_usage
from .jsontext import RawJson
from .types import TaskAck, Usage
from .upload import upload

_REPORT_PAUSE = 0.1
_ENVELOPE = 16_384

_log = logging.getLogger("waggle")


class Ends:
    """Sends the reports of attempts, and keeps the end of each until the hub has acknowledged it.

    `finished` is called once for each end, with the acknowledgement or the code of the rejection.
    """

    def __init__(
        self,
        connection: Connection,
        agent: dict[str, Any],
        background: Background,
        finished: Callable[[Holding, TaskAck | None, str | None], None],
    ) -> None:
        self._connection = connection
        self._agent = agent
        self._background = background
        self._finished = finished

    def report(self, holding: Holding) -> None:
        """Sends what the attempt has reported, ten times a second at most."""
        if not holding.ended and holding.timer is None:
            holding.timer = asyncio.get_running_loop().call_later(_REPORT_PAUSE, self.flush, holding)

    def begin(self, holding: Holding) -> None:
        if not holding.ended:
            holding.reports.start()
            self.flush(holding)

    def flush(self, holding: Holding) -> bool:
        """Sends what waits. Returns False when it cannot send everything now. It raises nothing: a report that cannot be written is dropped and told."""
        if holding.timer:
            holding.timer.cancel()
            holding.timer = None
        try:
            sent = holding.reports.flush(self._connection.post)
        except Exception as error:
            holding.reports.discard()
            self._connection.options.report(error)
            return True
        if not sent and self._connection.is_open:
            self.report(holding)
        return sent

    def complete(self, holding: Holding, result: RawJson, usage: Usage | None) -> None:
        """Ends an attempt with its result. One that is too long for a message is uploaded over HTTP first."""
        size = len(result.text) if result.text.isascii() else len(result.text.encode())
        if size <= self._connection.limit - _ENVELOPE:
            self.end(holding, End(with_usage({"type": "task.complete", "result": result}, usage)))
        elif not holding.ended:
            holding.upload = self._background.spawn(self._upload(holding, result, usage))

    def end(self, holding: Holding, end: End) -> None:
        """Sends the last message of an attempt, until it is answered."""
        if not holding.ended:
            holding.ended = True
            self._background.spawn(self._finish(holding, end))

    def report_usage(self, holding: Holding) -> None:
        """Reports what an attempt used whose lease is not in force any more."""
        if holding.used:
            self._background.spawn(self._deliver_usage(holding, End({"type": "task.usage", "usage": holding.used})))

    async def _upload(self, holding: Holding, result: RawJson, usage: Usage | None) -> None:
        self.end(holding, await upload(self._connection, self._agent, holding.lease, result, usage))

    async def _finish(self, holding: Holding, end: End) -> None:
        # The hub takes no line after the end: those that wait go first, even if the hub does not read at the moment.
        while not self.flush(holding) and not self._connection.ended:
            await asyncio.sleep(_REPORT_PAUSE)
        if before := usage_before(end, holding.used):
            await self._deliver_usage(holding, before)
        ack, error = await self._deliver(holding, end)
        self._finished(holding, ack, error.code if error else None)

    async def _deliver_usage(self, holding: Holding, used: End) -> None:
        try:
            await deliver(self._connection, holding.lease, used)
        except Exception as failed:
            # The usage has a value that is not JSON.
            self._connection.options.report(failed)

    async def _deliver(self, holding: Holding, end: End) -> tuple[TaskAck | None, WaggleError | None]:
        try:
            ack, error = await deliver(self._connection, holding.lease, end)
        except Exception as failed:
            # The message has a value that is not JSON: without an end the lease would be renewed for ever.
            self._connection.options.report(failed)
            instead = final_failure("INVALID_RESULT", f"The end of the attempt ({end.kind}) could not be sent: {text_of(failed)}")
            return await deliver(self._connection, holding.lease, instead)
        if error and not self._connection.ended and (plain := without_usage(end, error)):
            _log.warning("The hub refused the usage of task '%s': %s. The worker sends %s without it.", holding.lease["task"], error, end.kind)
            end = plain
            ack, error = await deliver(self._connection, holding.lease, end)
        if error is None or self._connection.ended or (instead := instead_of(end, error, holding.cause)) is None:
            return ack, error
        _log.warning("The hub refused %s of task '%s': %s. The worker sends %s.", end.kind, holding.lease["task"], error, instead.kind)
        return await deliver(self._connection, holding.lease, instead)
