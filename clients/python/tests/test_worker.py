from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import time
import unittest
from dataclasses import dataclass
from typing import Any

from waggle import Client, Record, TaskContext, TaskFailed, TaskRefused, Worker
from waggle.errors import AgentInUseError, TaskNotCompletedError
from waggle.types import TaskAck

from .hub import TestHub, until


def nothing(task: TaskContext[Any]) -> None: ...


class WorkerTests(unittest.IsolatedAsyncioTestCase):
    hub: TestHub

    @classmethod
    def setUpClass(cls) -> None:
        cls.hub = TestHub()
        cls.addClassCleanup(cls.hub.dispose)

    async def asyncSetUp(self) -> None:
        self.client = await Client(self.hub.url, backoff_base=0.05, backoff_cap=0.3).start()
        self.addAsyncCleanup(self.client.close)

    async def state_is(self, task: Any, state: str) -> None:
        async def reached() -> bool:
            return (await self.client.tasks.get(task))["state"] == state

        await until(reached, f"the task is {state}")

    async def test_progress_log_lines_and_usage_of_an_attempt_reach_its_observers_and_its_view(self) -> None:
        worker = Worker(self.hub.url, id="reporter")

        @worker.task("reporting")
        async def report(task: TaskContext[None]) -> str:
            task.progress(0.5, "half")
            task.log("line 1", "line 2")
            task.usage = {"input_tokens": 3, "cost_usd": 0.01}
            return "done"

        kinds: list[str] = []
        async with worker, self.client.observe("task.#") as events:
            task = await self.client.tasks.create("Report", type="reporting")
            async for event in events:
                if isinstance(event, Record):
                    kinds.append(event.kind)
                    if event.kind == "task_completed":
                        break
        self.assertEqual(["task_created", "task_assigned", "task_started", "task_log", "task_progress", "task_usage", "task_completed"], kinds)
        attempt = (await self.client.tasks.get(task)).get("attempts", [])[0]
        self.assertEqual(["line 1", "line 2"], attempt.get("log_tail"))
        page = await self.client.tasks.logs(task, after="0", limit=1)
        self.assertEqual((["line 1"], True), ([line["line"] for line in page["attempts"][0]["lines"]], page["more"]))
        page = await self.client.tasks.logs(task, after=page["cursor"])
        self.assertEqual((["line 2"], False), ([line["line"] for line in page["attempts"][0]["lines"]], page["more"]))
        self.assertEqual(0.5, attempt.get("last_progress"))
        self.assertEqual({"input_tokens": 3, "cost_usd": 0.01, "cost_basis": "reported"}, attempt.get("usage"))

    async def test_a_handler_that_blocks_the_loop_for_three_lease_times_keeps_its_lease(self) -> None:
        worker = Worker(self.hub.url, id="blocker")

        @worker.task("blocking")
        async def block(task: TaskContext[None]) -> str:
            task.progress(0.25)
            # What this test is about: the loop stands still, and so does every coroutine on it.
            time.sleep(9)
            return "on the first attempt"

        # The client has a loop of its own, so that it sees the task while this one is blocked.
        async with worker:
            seen: list[Any] = []

            def watch() -> None:
                async def follow() -> None:
                    async with Client(self.hub.url) as client:
                        task = await client.tasks.create("Block", type="blocking", lease_ms=3000)
                        seen.append(await client.tasks.wait(task))

                asyncio.run(follow())

            watcher = threading.Thread(target=watch)
            watcher.start()
            await until(lambda: bool(seen), "the task ends", 60)
            watcher.join()
        view = seen[0]
        self.assertEqual(("completed", "on the first attempt", 0), (view["state"], view["result"], view["losses"]))
        self.assertEqual(["completed"], [a["outcome"] for a in view["attempts"]])
        self.assertEqual(0.25, view["attempts"][0]["last_progress"])

    async def test_a_cancel_is_a_cancelled_error_in_the_handler(self) -> None:
        causes: list[Any] = []
        worker = Worker(self.hub.url, id="cancelled")

        @worker.task("waiting")
        async def wait(task: TaskContext[None]) -> None:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                causes.append((task.cancelled, task.cancel_cause, task.cancel_reason))
                raise

        async with worker:
            task = await self.client.tasks.create("Wait", type="waiting")
            await self.state_is(task, "running")
            await self.client.tasks.cancel(task, reason="enough")
            view = await self.client.tasks.wait(task)
        self.assertEqual("cancelled", view["state"])
        self.assertEqual([(True, "cancelled", "enough")], causes)

    async def test_a_plain_function_runs_in_a_thread_and_sees_its_cancellation(self) -> None:
        worker = Worker(self.hub.url, id="plain", slots=2)

        @worker.task("adding")
        def add(task: TaskContext[list[int]]) -> tuple[int, bool]:
            return sum(task.input), threading.current_thread() is threading.main_thread()

        @worker.task("polling")
        def poll(task: TaskContext[None]) -> None:
            while True:
                task.raise_if_cancelled()
                time.sleep(0.01)

        async with worker:
            self.assertEqual([6, False], await self.client.tasks.result(await self.client.tasks.create("Add", type="adding", input=[1, 2, 3])))
            task = await self.client.tasks.create("Poll", type="polling")
            await self.state_is(task, "running")
            await self.client.tasks.cancel(task)
            self.assertEqual("cancelled", (await self.client.tasks.wait(task))["state"])

    async def test_a_handler_fails_and_refuses(self) -> None:
        worker = Worker(self.hub.url, id="moody", slots=3, on_error=lambda error: None)

        @worker.otherwise
        async def work(task: TaskContext[Any]) -> Any:
            if task.input == "fail":
                raise TaskFailed("NO_INK", "The pen is empty.", retryable=False)
            if task.input == "refuse":
                raise TaskRefused("not my kind")
            if task.input == "set":
                return {1, 2}
            raise KeyError("ink")

        async with worker:
            failed = await self.client.tasks.create("Fail", input="fail")
            with self.assertRaisesRegex(TaskNotCompletedError, "NO_INK: The pen is empty"):
                await self.client.tasks.result(failed)
            view = await self.client.tasks.wait(await self.client.tasks.create("Set", input="set"))
            self.assertEqual("INVALID_RESULT", view.get("error", {}).get("code"))
            view = await self.client.tasks.wait(await self.client.tasks.create("Raise", input="raise", max_attempts=1))
            self.assertEqual({"code": "HANDLER_FAILED", "message": "'ink'"}, view.get("error"))
            refused = await self.client.tasks.create("Refuse", input="refuse")

            async def counted() -> bool:
                return (await self.client.tasks.get(refused))["refusals"] == 1

            await until(counted, "the refusal is counted")
            await self.client.tasks.cancel(refused)

    async def test_a_parse_function_makes_the_input_and_what_it_raises_is_not_retried(self) -> None:
        @dataclass(frozen=True)
        class Pages:
            first: int
            last: int

        worker = Worker(self.hub.url, id="parser")

        @worker.task("pages", parse=lambda value: Pages(**value))
        async def count(task: TaskContext[Pages]) -> Pages:
            return Pages(task.input.last, task.input.last - task.input.first + 1)

        async with worker:
            task = await self.client.tasks.create("Count", type="pages", input={"first": 3, "last": 7})
            self.assertEqual({"first": 7, "last": 5}, await self.client.tasks.result(task))
            view = await self.client.tasks.wait(await self.client.tasks.create("Wrong", type="pages", input={"page": 1}))
        self.assertEqual(("failed", "INVALID_INPUT", 1), (view["state"], view.get("error", {}).get("code"), view["attempt"]))

    async def test_a_result_of_two_megabytes_is_uploaded_and_read_over_http(self) -> None:
        worker = Worker(self.hub.url, id="writer")

        @worker.task("long")
        async def write(task: TaskContext[None]) -> str:
            return "x" * 2_000_000

        async with worker:
            task = await self.client.tasks.create("Write", type="long")
            self.assertEqual(2_000_000, len(await self.client.tasks.result(task)))
            self.assertEqual(2_000_002, (await self.client.tasks.get(task)).get("result_ref", {}).get("bytes"))

    async def test_a_closing_worker_returns_what_it_cannot_finish_in_time(self) -> None:
        worker = Worker(self.hub.url, id="leaver")

        @worker.task("slow")
        async def work(task: TaskContext[None]) -> None:
            await asyncio.Event().wait()

        await worker.start()
        task = await self.client.tasks.create("Slow", type="slow")
        await self.state_is(task, "running")
        await worker.close(timeout=0.1)
        view = await self.client.tasks.get(task)
        self.assertEqual(("pending", 0, "released"), (view["state"], view["losses"], view.get("attempts", [])[0]["outcome"]))
        await self.client.tasks.cancel(task)

    async def test_an_agent_that_another_worker_holds_is_in_use(self) -> None:
        first = Worker(self.hub.url, id="wanted")
        second = Worker(self.hub.url, id="wanted")
        for worker in (first, second):
            worker.otherwise(nothing)
        async with first:
            with self.assertRaises(AgentInUseError):
                await second.start()

    async def test_a_handler_that_cancels_itself_has_failed_and_one_that_its_program_cancels_returns_its_task(self) -> None:
        worker = Worker(self.hub.url, id="self-canceller")

        @worker.task("cancelling-itself")
        async def cancel(task: TaskContext[bool]) -> None:
            runner = asyncio.current_task()
            assert runner
            if task.input and task.attempt == 1:
                runner.cancel()
                await asyncio.sleep(0)
            elif not task.input:
                raise asyncio.CancelledError

        async with worker:
            view = await self.client.tasks.wait(await self.client.tasks.create("Cancel", type="cancelling-itself", input=False, max_attempts=1))
            self.assertEqual(("failed", "HANDLER_FAILED"), (view["state"], view.get("error", {}).get("code")))
            view = await self.client.tasks.wait(await self.client.tasks.create("Cancel", type="cancelling-itself", input=True))
            self.assertEqual(["released", "completed"], [a["outcome"] for a in view.get("attempts", [])])

    async def test_on_ended_has_the_acknowledgement(self) -> None:
        acks: list[tuple[str, TaskAck | None, str | None]] = []
        worker = Worker(self.hub.url, id="told", on_ended=lambda task, ack, code: acks.append((task.id, ack, code)))
        worker.task("told")(nothing)
        async with worker:
            task = await self.client.tasks.create("Told", type="told")
            await self.client.tasks.wait(task)
            await until(lambda: bool(acks), "the acknowledgement")
        self.assertEqual([(task["id"], "completed", None)], [(i, ack["state"] if ack else None, code) for i, ack, code in acks])

    async def test_run_works_until_a_signal_and_returns_its_tasks(self) -> None:
        program = """
import sys
from waggle import Worker
worker = Worker(sys.argv[1], id="runner")
@worker.task("run")
async def work(task):
    task.log("here")
    return "ran"
worker.run()
print("closed")
"""
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, self.hub.url, stdout=asyncio.subprocess.PIPE)
        try:
            self.assertEqual("ran", await self.client.tasks.result(await self.client.tasks.create("Run", type="run")))
            process.terminate()
            output, _ = await process.communicate()
            self.assertEqual((0, b"closed\n"), (process.returncode, output))
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
