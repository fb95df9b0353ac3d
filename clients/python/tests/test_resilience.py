from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
import threading
import time
import unittest
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

from waggle import Client, Record, Recovered, TaskContext, Worker, sync
from waggle.types import TERMINAL_STATES, TaskSpec

from .hub import TestHub, until

VICTIM = """
import asyncio, os, sys
from waggle import Worker

url, agent, journal = sys.argv[1:]
worker = Worker(url, id=agent, secret=f"the secret of {agent}", slots=20, backoff_base=0.05, backoff_cap=0.2)
log = open(journal, "a", buffering=1)

@worker.otherwise
async def work(task):
    log.write(f"{task.id} {task.attempt} {task.token} {os.getpid()}\\n")
    await asyncio.sleep(0.05)
    return {"pid": os.getpid(), "attempt": task.attempt}

worker.run()
"""


class ResilienceTests(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.hub = TestHub()
        self.addCleanup(self.hub.dispose)
        self.client = await Client(self.hub.url, backoff_base=0.05, backoff_cap=0.2).start()
        self.addAsyncCleanup(self.client.close)

    async def running(self, task: Any) -> None:
        async def runs() -> bool:
            return (await self.client.tasks.get(task))["state"] == "running"

        await until(runs, "the task runs")

    async def test_a_result_that_is_ready_while_the_hub_is_away_arrives_once(self) -> None:
        acks: list[Any] = []
        finish = asyncio.Event()
        worker = Worker(self.hub.url, id="keeper", backoff_base=0.05, backoff_cap=0.2, on_ended=lambda task, ack, code: acks.append((ack, code)))

        @worker.task("kept")
        async def keep(task: TaskContext[None]) -> str:
            await finish.wait()
            task.log("made while the hub was away")
            return "kept"

        async with worker:
            task = await self.client.tasks.create("Keep", type="kept")
            await self.running(task)
            await asyncio.to_thread(self.hub.kill)
            finish.set()
            await asyncio.to_thread(self.hub.restart)
            view = await self.client.tasks.wait(task)
            self.assertEqual(("completed", "kept", 1), (view["state"], view.get("result"), view["attempt"]))
            await until(lambda: bool(acks), "the acknowledgement")
        self.assertEqual([("completed", None)], [(ack["state"], code) for ack, code in acks])
        self.assertEqual(["made while the hub was away"], view.get("attempts", [])[0].get("log_tail"))
        records = self.records("task.*.completed")
        self.assertEqual(1, len(records), "the task ended once")

    async def test_a_worker_whose_loop_is_blocked_reconnects_to_a_hub_that_was_killed_and_keeps_its_lease(self) -> None:
        began, back = threading.Event(), threading.Event()
        worker = Worker(self.hub.url, id="blocked", backoff_base=0.05, backoff_cap=0.2)

        @worker.task("blocking")
        async def block(task: TaskContext[None]) -> bool:
            began.set()
            return back.wait(120)

        def kill_and_follow() -> Any:
            with sync.Client(self.hub.url, backoff_base=0.05, backoff_cap=0.2) as client:
                task = client.tasks.create("Block", type="blocking", lease_ms=5_000)
                self.assertTrue(began.wait(60))
                self.hub.kill()
                self.hub.restart()
                # The welcome of the reconnect renews the lease while the handler still blocks.
                end = time.monotonic() + 60
                while [agent["status"] for agent in client.agents()] != ["online"] and time.monotonic() < end:
                    time.sleep(0.02)
                state = client.tasks.get(task)["state"]
                back.set()
                return state, client.tasks.wait(task, timeout=60)

        async with worker:
            state, view = await asyncio.to_thread(kill_and_follow)
        self.assertEqual(("running", "completed", True), (state, view["state"], view["result"]))
        self.assertEqual(["completed"], [a["outcome"] for a in view["attempts"]])

    async def test_a_long_result_that_is_ready_while_the_hub_is_away_is_uploaded_when_it_is_back(self) -> None:
        finish = asyncio.Event()
        worker = Worker(self.hub.url, id="patient", backoff_base=0.05, backoff_cap=0.2)

        @worker.task("long")
        async def write(task: TaskContext[None]) -> str:
            await finish.wait()
            return "x" * 2_000_000

        async with worker:
            task = await self.client.tasks.create("Write", type="long")
            await self.running(task)
            await asyncio.to_thread(self.hub.kill)
            finish.set()
            await asyncio.to_thread(self.hub.restart)
            self.assertEqual(2_000_000, len(await self.client.tasks.result(task)))

    async def test_an_observer_catches_up_after_the_hub_was_killed(self) -> None:
        seen: list[Any] = []
        recovered: list[bool] = []
        second: Any = None
        async with self.client.observe("task.*.created") as events:
            first = await self.client.tasks.create("Before")
            async for event in events:
                if isinstance(event, Recovered):
                    recovered.append(event.recovered)
                elif isinstance(event, Record):
                    seen.append(event.data["task"])
                if len(seen) == 2:
                    break
                if len(seen) == 1 and not recovered:
                    await asyncio.to_thread(self.hub.kill)
                    await asyncio.to_thread(self.hub.restart)
                    second = await self.client.tasks.create("After")
        self.assertEqual([first["id"], second["id"]], seen)
        self.assertEqual([True], recovered)

    async def test_after_a_stop_the_client_comes_back_at_the_time_that_the_hub_named(self) -> None:
        states: list[Any] = []
        async with Client(self.hub.url, backoff_base=0.001, random=lambda: 0.0, on_state=states.append) as client:
            await asyncio.to_thread(self.hub.stop)
            await until(lambda: any(s.state == "waiting" for s in states), "the client waits")
            named = next(s for s in states if s.state == "waiting")
            self.assertGreaterEqual(named.retry_in, 0.5, "the dice said 0, the hub said later")
            listed = asyncio.create_task(client.tasks.list())
            await asyncio.to_thread(self.hub.restart)
            self.assertEqual([], (await listed)["tasks"])

    async def test_workers_are_killed_under_load_and_each_task_ends_once(self) -> None:
        count = 200
        with tempfile.TemporaryDirectory(prefix="waggle-python-") as folder:
            journal = Path(folder) / "journal"
            process = await self.victim("ann", journal)
            try:
                specs: list[TaskSpec] = [{"title": f"Task {n}", "lease_ms": 3_000, "poison_losses": 100} for n in range(count)]
                created = await self.client.tasks.create_many(specs)
                # The same agent comes back and holds nothing; then another one comes, and the leases run out.
                for done, agent in ((count // 6, "ann"), (count // 3, "ben")):
                    await until(lambda done=done: len(_lines(journal)) >= done, f"{done} attempts began", 60)
                    process.kill()
                    await process.wait()
                    process = await self.victim(agent, journal)
                ended = await asyncio.gather(*(self.client.tasks.wait(task) for task in created))
                self.assertEqual({"completed"}, {view["state"] for view in ended})
            finally:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
            began = _lines(journal)
        ends = Counter[str]()
        for record in self.records("task.#"):
            if record["data"].get("state") in TERMINAL_STATES and record["data"].get("old_state") not in TERMINAL_STATES:
                ends[record["data"]["task"]] += 1
        self.assertEqual({task["id"]: 1 for task in created}, dict(ends), "the log of the hub has one end for each task")
        self.assertEqual({task["id"] for task in created}, {line[0] for line in began}, "each task reached a handler")
        self.assertEqual(len(began), len({(task, token) for task, _, token, _ in began}), "no lease was worked on twice")
        self.assertEqual(3, len({pid for *_, pid in began}), "three processes worked")
        views = await asyncio.gather(*(self.client.tasks.get(task) for task in created))
        self.assertGreater(sum(view["losses"] for view in views), 0, "the kills hit tasks at work")
        for view in views:
            attempts = view.get("attempts", [])
            result: Any = view.get("result")
            self.assertEqual(["completed"], [a["outcome"] for a in attempts if a["outcome"] not in ("lost", "not_started", "not_held")])
            self.assertIn((view["id"], str(result["attempt"]), str(attempts[-1]["token"]), str(result["pid"])), began)

    async def victim(self, agent: str, journal: Path) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(sys.executable, "-c", VICTIM, self.hub.url, agent, str(journal))

    def records(self, pattern: str) -> list[Any]:
        """What the log of the hub has."""
        records: list[Any] = []
        since = "1:0"
        while True:
            path = f"{self.hub.url}/api/v1/events?pattern={pattern.replace('#', '%23')}&since={since}&limit=1000"
            with urllib.request.urlopen(urllib.request.Request(path, headers={"Accept": "application/json"}), timeout=30) as answer:
                page = json.load(answer)
            records += page["records"]
            if not page["records"]:
                return records
            since = page["records"][-1]["position"]


def _lines(journal: Path) -> list[tuple[str, ...]]:
    return [tuple(line.split()) for line in journal.read_text(encoding="utf-8").splitlines()] if journal.exists() else []
