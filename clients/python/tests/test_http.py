from __future__ import annotations

import asyncio
import unittest
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from waggle import Client, TaskContext, Worker
from waggle.errors import BlobMissingError, ResultNotJsonError
from waggle.testing import ScriptedHub, hub
from waggle.testing import client as sends

from .hub import TestHub, until

Refuse = Callable[[str, dict[str, str]], int | None]


class Proxy:
    """A proxy before the hub: it answers what `refuse` returns a status for, and passes on everything else."""

    def __init__(self, target: str, refuse: Refuse) -> None:
        self._target = urlsplit(target)
        self._refuse = refuse
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> str:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aexit__(self, *_: object) -> None:
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task:
            self._tasks.add(task)
        upstream = None
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode().split("\r\n")
            fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
            status = self._refuse(first.split()[0], fields)
            if status is not None:
                await reader.readexactly(int(fields.get("content-length", "0")))
                writer.write(b"HTTP/1.1 %d Later\r\nRetry-After: 0\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlater" % status)
                await writer.drain()
                return
            there, upstream = await asyncio.open_connection(self._target.hostname, self._target.port)
            upstream.write(head.replace(fields["host"].encode(), self._target.netloc.encode(), 1))
            await asyncio.gather(_pump(reader, upstream), _pump(there, writer))
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()
            if upstream:
                upstream.close()
            if task:
                self._tasks.discard(task)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def write(task: TaskContext[Any]) -> str:
    return "x" * 2_000_000


class HttpTests(unittest.IsolatedAsyncioTestCase):
    hub: TestHub

    @classmethod
    def setUpClass(cls) -> None:
        cls.hub = TestHub()
        cls.addClassCleanup(cls.hub.dispose)

    async def test_an_upload_that_is_answered_with_429_or_503_is_repeated_with_the_token(self) -> None:
        answers = [429, 503]
        tokens: list[str | None] = []

        def refuse(method: str, fields: dict[str, str]) -> int | None:
            if method != "PUT":
                return None
            tokens.append(fields.get("authorization"))
            return answers.pop(0) if answers else None

        async with Proxy(self.hub.url, refuse) as url, Client(self.hub.url) as client:
            worker = Worker(url, id="refused", token="mine", backoff_base=0.001)
            worker.task("long")(write)
            async with worker:
                view = await client.tasks.wait(await client.tasks.create("Write", type="long"))
        self.assertEqual(("completed", 1, ["Bearer mine"] * 3), (view["state"], view["attempt"], tokens))

    async def test_an_upload_ends_when_the_lease_is_not_in_force_any_more(self) -> None:
        uploads = 0

        def refuse(method: str, fields: dict[str, str]) -> int | None:
            nonlocal uploads
            uploads += method == "PUT"
            return 503 if method == "PUT" else None

        async with Proxy(self.hub.url, refuse) as url, Client(self.hub.url) as client:
            worker = Worker(url, id="stopped", backoff_base=0.001, backoff_cap=0.05)
            worker.task("long-stopped")(write)
            async with worker:
                task = await client.tasks.create("Write", type="long-stopped")
                await until(lambda: uploads > 0, "the upload is tried")
                await client.tasks.cancel(task, force=True)
                await until(lambda: worker.holding == 0, "the worker dropped the task")
            before = uploads
            self.assertEqual("cancelled", (await client.tasks.get(task))["state"])
        self.assertEqual(before, uploads)

    async def test_an_upload_that_the_hub_refuses_for_good_fails_the_task(self) -> None:
        async with Proxy(self.hub.url, lambda method, fields: 413 if method == "PUT" else None) as url, Client(self.hub.url) as client:
            worker = Worker(url, id="rejected")
            worker.task("long-rejected")(write)
            async with worker:
                view = await client.tasks.wait(await client.tasks.create("Write", type="long-rejected"))
        self.assertEqual(("failed", "RESULT_REJECTED", 1), (view["state"], view.get("error", {}).get("code"), view["attempt"]))

    async def test_a_part_of_a_result_that_is_too_large_for_an_assignment_is_in_the_input(self) -> None:
        worker = Worker(self.hub.url, id="parts")
        refs: list[int] = []

        def run(task: TaskContext[Any]) -> Any:
            if task.spec["title"] == "Make":
                return {"name": "x", "pad": "p" * 300_000}
            refs.append(len(task.input_refs))
            return task.input

        worker.task("parts")(run)
        steps: list[dict[str, Any]] = [
            {"id": "make", "task": {"title": "Make", "type": "parts"}},
            {"id": "use", "depends_on": ["make"], "task": {"title": "Use", "type": "parts", "input": {"name": {"$": "steps.make.output.name"}}}},
        ]
        async with Client(self.hub.url) as client, worker:
            definition = {"id": "parts", "output": {"$": "steps.use.output"}, "steps": steps}
            await client.request({"type": "workflow.define", "definition": definition})
            started = (await client.request({"type": "run.start", "run": {"workflow": "parts"}})).result
            while started["state"] != "completed":
                await asyncio.sleep(0.05)
                started = (await client.request({"type": "run.show", "run": started["id"]})).result
        self.assertEqual(({"name": "x"}, [0]), (started["output"], refs))

    async def test_a_result_that_the_hub_has_lost_or_that_is_not_json_is_an_error(self) -> None:
        reference = {"blob": "b1", "bytes": 2_000_000, "sha256": "00"}
        with self.assertRaises(BlobMissingError):
            await self.read({"result_ref": reference, "result_missing": True})
        with self.assertRaisesRegex(ResultNotJsonError, "http://scripted/api/v1/tasks/t1/result"):
            await self.read({"result_ref": {**reference, "content_type": "image/png"}})

    async def read(self, view: dict[str, Any]) -> Any:
        scripted = ScriptedHub([
            sends({"type": "hello"}), hub({"type": "welcome"}),
            sends({"type": "subscribe", "id": "s"}), hub({"type": "reply", "id": "s", "result": {"subscription": "s1"}}),
            sends({"type": "task.show", "id": "t"}), hub({"type": "reply", "id": "t", "result": {"id": "t1", "state": "completed", **view}}),
        ])  # fmt: skip
        async with Client("http://scripted", opener=scripted.open) as client:
            return await client.tasks.result("t1")
