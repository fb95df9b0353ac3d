from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
import unittest
from typing import Any

from waggle import Client, Record, TaskContext, Worker, connect, sync
from waggle.errors import ClosedError, IdempotencyConflictError, InvalidRequestError, NotFoundError, VersionConflictError

from .hub import TestHub


def double(task: TaskContext[Any]) -> Any:
    return {"twice": 2 * task.input["n"]}


class ClientTests(unittest.IsolatedAsyncioTestCase):
    hub: TestHub

    @classmethod
    def setUpClass(cls) -> None:
        cls.hub = TestHub()
        cls.addClassCleanup(cls.hub.dispose)

    async def test_a_client_awaits_the_result_of_a_task_that_a_worker_completes(self) -> None:
        worker = Worker(self.hub.url, id="doubler", slots=4)
        worker.task("double")(double)
        async with worker, Client(self.hub.url) as client:
            created = await asyncio.gather(*(client.tasks.create("Double", type="double", input={"n": n}) for n in range(20)))
            results = await asyncio.gather(*(client.tasks.result(task) for task in created))
            self.assertEqual([{"twice": 2 * n} for n in range(20)], results)
            self.assertEqual(["doubler"], [agent["id"] for agent in await client.agents() if agent["status"] == "online"])

    async def test_the_errors_of_the_hub_have_classes(self) -> None:
        async with Client(self.hub.url) as client:
            with self.assertRaises(NotFoundError) as caught:
                await client.tasks.get("t999999")
            self.assertEqual("NOT_FOUND", caught.exception.code)
            with self.assertRaises(InvalidRequestError):
                await client.tasks.create("")
            await client.tasks.create("First", type="nobody", idempotency_key="once")
            with self.assertRaises(IdempotencyConflictError):
                await client.tasks.create("Second", type="nobody", idempotency_key="once")

    async def test_tasks_are_listed_cancelled_retried_and_assigned(self) -> None:
        async with Client(self.hub.url) as client:
            parent = await client.tasks.create("Parent", type="nobody")
            child = await client.tasks.create("Child", type="nobody", parent=parent["id"], priority=5)
            page = await client.tasks.list(parent=parent["id"], states=["pending"])
            self.assertEqual([child["id"]], [task["id"] for task in page["tasks"]])
            self.assertEqual("pending", (await client.tasks.set_priority(child, 1))["state"])
            self.assertEqual("cancelled", (await client.tasks.cancel(child, reason="no"))["state"])
            again = await client.tasks.retry(child)
            self.assertEqual(child["id"], (await client.tasks.get(again)).get("retry_of"))
            with self.assertRaises(NotFoundError):
                await client.tasks.assign(again, "nobody")

    async def test_a_wait_ends_with_its_timeout(self) -> None:
        async with Client(self.hub.url) as client:
            task = await client.tasks.create("Never", type="nobody")
            with self.assertRaises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await client.tasks.wait(task)

    async def test_memory_is_put_read_listed_searched_and_deleted(self) -> None:
        async with Client(self.hub.url) as client:
            put = await client.memory.put("notes", "deploy", "Deployments run on Fridays.", metadata={"by": "ann"})
            self.assertTrue(put.get("created"))
            entry = await client.memory.get("notes", "deploy")
            self.assertEqual(("Deployments run on Fridays.", put["version"]), (entry["value"], entry["version"]))
            with self.assertRaises(VersionConflictError):
                await client.memory.put("notes", "deploy", 1, if_version=put["version"] + 1_000)
            await client.memory.put("notes", "short", 1, ttl=3600)
            self.assertEqual(["deploy", "short"], [e["key"] for e in (await client.memory.list("notes"))["entries"]])

            async def found() -> list[str]:
                return [hit["key"] for hit in (await client.memory.search("deployments", namespace="notes", mode="lexical"))["results"]]

            async with asyncio.timeout(30):
                while await found() != ["deploy"]:
                    await asyncio.sleep(0.02)
            await client.memory.delete("notes", "deploy")
            with self.assertRaises(NotFoundError):
                await client.memory.get("notes", "deploy")

    async def test_a_publication_reaches_an_observer(self) -> None:
        async with Client(self.hub.url) as client, client.observe("app.talk.*") as events:
            await client.publish("app.talk.lobby", {"text": "hello"})
            event = await anext(events)
        assert isinstance(event, Record)
        self.assertEqual(("app.talk.lobby", {"text": "hello"}, "stream"), (event.topic, event.data, event.class_))

    async def test_a_close_ends_what_waits_and_later_requests_fail(self) -> None:
        client = await connect(self.hub.url)
        self.assertTrue(client.is_open and client.welcome["protocol"] == "waggle.v1")
        waiting = asyncio.create_task(client.tasks.wait(await client.tasks.create("Never", type="nobody")))
        await asyncio.sleep(0)
        await client.close(0.5)
        with self.assertRaises(ClosedError):
            await waiting
        with self.assertRaises(ClosedError):
            await client.tasks.list()

    async def test_a_loop_that_was_blocked_does_not_lose_the_client(self) -> None:
        async with Client(self.hub.url) as client:
            threading.Event().wait(0.5)
            self.assertEqual("default", (await client.swarms())[0]["id"])


class SyncTests(unittest.TestCase):
    hub: TestHub

    @classmethod
    def setUpClass(cls) -> None:
        cls.hub = TestHub()
        cls.addClassCleanup(cls.hub.dispose)

    def test_a_program_without_a_loop_creates_works_waits_and_observes(self) -> None:
        worker = Worker(self.hub.url, id="sync-doubler")
        worker.task("double")(double)
        with sync.Worker(worker), sync.Client(self.hub.url) as client, client.observe("task.*.completed") as events:
            task = client.tasks.create("Double", type="double", input={"n": 4})
            self.assertEqual({"twice": 8}, client.tasks.result(task, timeout=60))
            self.assertEqual("completed", client.tasks.wait(task, timeout=60)["state"])
            event = next(events)
            assert isinstance(event, Record)
            self.assertEqual(task["id"], event.data["task"])
            with self.assertRaises(TimeoutError):
                events.read(timeout=0.05)
            client.memory.put("notes", "a", [1, 2])
            self.assertEqual([1, 2], client.memory.get("notes", "a")["value"])
            self.assertEqual([], client.questions.list()["questions"])
            self.assertEqual("default", client.swarms()[0]["id"])
            never = client.tasks.create("Never", type="nobody")
            with self.assertRaises(TimeoutError):
                client.tasks.wait(never, timeout=0.1)

    def test_threads_share_a_client(self) -> None:
        with sync.Client(self.hub.url) as client:
            ids: list[str] = []

            def create(n: int) -> None:
                ids.append(client.tasks.create(f"Task {n}", type="nobody")["id"])

            threads = [threading.Thread(target=create, args=(n,)) for n in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(8, len(set(ids)))

    def test_a_client_that_was_refused_leaves_no_thread(self) -> None:
        before = threading.active_count()
        with self.assertRaises(ValueError):
            sync.Client("ftp://nowhere")
        with self.assertRaises(Exception), sync.Client("http://127.0.0.1:9", connect_timeout=0.1):
            pass
        sync.Client("http://127.0.0.1:9").close()
        self.assertEqual(before, threading.active_count())

    def test_a_client_that_is_closed_says_so_and_a_second_close_does_nothing(self) -> None:
        with sync.Client(self.hub.url) as client:
            client.close()
        client.close()
        with self.assertRaisesRegex(RuntimeError, "with"):
            client.swarms()

    def test_control_c_ends_a_wait_that_blocks(self) -> None:
        program = """
import signal, sys
from waggle import sync
signal.signal(signal.SIGINT, signal.default_int_handler)
with sync.Client(sys.argv[1]) as client:
    task = client.tasks.create("Never", type="nobody")
    try:
        print("waiting", flush=True)
        client.tasks.wait(task)
    except KeyboardInterrupt:
        print(len(client.swarms()), flush=True)
"""
        process = subprocess.Popen([sys.executable, "-c", program, self.hub.url], stdout=subprocess.PIPE, text=True)
        assert process.stdout
        with process.stdout:
            self.assertEqual("waiting\n", process.stdout.readline())
            process.send_signal(signal.SIGINT)
            self.assertEqual("1\n", process.stdout.read())
        self.assertEqual(0, process.wait())
