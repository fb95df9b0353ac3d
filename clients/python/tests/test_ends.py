from __future__ import annotations

import asyncio
import threading
import unittest
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from waggle import TaskContext, TaskFailed, TaskRefused, Worker
from waggle.jsontext import dumps, loads
from waggle.testing import ScriptedHub, hub
from waggle.testing import client as sends

from .hub import until
from .scripts import ASSIGN, LEASE, Codes, ended, ends, ignore, opening, refused, sent, work


class Undescribed(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class Logged(ScriptedHub):
    """Counts lines up to the end, in any number of messages."""

    lines = 0

    def received(self, text: str) -> None:
        frame = loads(text)
        messages = cast(list[dict[str, Any]], frame if isinstance(frame, list) else [frame])
        for message in messages:
            if message["type"] == "task.log" and not self.finished:
                self.lines += len(message["lines"])
            else:
                super().received(dumps(message))


def script(*frames: Any) -> ScriptedHub:
    return ScriptedHub([*opening(), hub(ASSIGN), sends({"type": "task.start", **LEASE}), *frames])


class EndTests(unittest.IsolatedAsyncioTestCase):
    async def test_an_end_that_is_not_json_fails_the_task_and_its_lease_is_dropped(self) -> None:
        async def usage(task: TaskContext[Any]) -> str:
            spent: Any = {"cost_usd": Decimal("0.5")}
            task.usage = spent
            return "done"

        async def fail(task: TaskContext[Any]) -> None:
            await usage(task)
            raise TaskFailed("NO_INK", "The pen is empty.")

        async def checkpoint(task: TaskContext[Any]) -> None:
            await task.ask("Which?", checkpoint={"seen": {1}})

        async def default(task: TaskContext[Any]) -> None:
            await task.ask("Which?", default=object())

        async def result(task: TaskContext[Any]) -> Any:
            return {1, 2}

        for handler in (usage, fail, checkpoint, default, result):
            with self.subTest(handler.__name__):
                scripted = script(*ends("task.fail", retryable=False))
                await work(scripted, handler, on_error=ignore)
                self.assertEqual(["INVALID_RESULT"], [m["error"]["code"] for m in sent(scripted, "task.fail")])

    async def test_what_a_handler_raises_without_a_text_or_with_a_code_that_is_none_fails_the_task(self) -> None:
        async def undescribed(task: TaskContext[Any]) -> None:
            raise Undescribed

        async def coded(task: TaskContext[Any]) -> None:
            code: Any = 7
            raise TaskFailed(code, "A number is no code.")

        for handler in (undescribed, coded):
            with self.subTest(handler.__name__):
                scripted = script(*ends("task.fail"))
                await work(scripted, handler, on_error=ignore)
                self.assertEqual(["HANDLER_FAILED"], [m["error"]["code"] for m in sent(scripted, "task.fail")])

    async def test_progress_is_any_number_and_a_report_of_any_type_does_not_end_the_worker(self) -> None:
        # One report a task: of several that are made at once, the pause between reports decides how many messages there are.
        def fraction(task: Any) -> None:
            task.progress(Fraction(1, 2), "7")

        def number(task: Any) -> None:
            task.progress(Decimal("0.5"), 7)

        def lines(task: Any) -> None:
            task.log(b"bytes", 3)

        progress = sends({"type": "task.progress", **LEASE, "progress": 0.5, "message": "7"})
        log = sends({"type": "task.log", **LEASE, "lines": ["b'bytes'", "3"]})
        for report, told in ((fraction, progress), (number, progress), (lines, log)):
            with self.subTest(report.__name__):

                async def handle(task: TaskContext[Any], report: Any = report) -> str:
                    report(task)
                    return "done"

                await work(script(told, *ends("task.complete", result="done")), handle)

    async def test_an_end_that_the_hub_refuses_for_good_becomes_a_failure_that_is_not_retried_and_is_logged(self) -> None:
        async def complete(task: TaskContext[Any]) -> str:
            return "done"

        async def refuse(task: TaskContext[Any]) -> None:
            raise TaskRefused("not mine")

        for handler, kind in ((complete, "task.complete"), (refuse, "task.refuse")):
            codes = Codes()
            with self.subTest(kind), self.assertLogs("waggle", "WARNING") as logs:
                scripted = script(sends({"type": kind, "id": "c"}), refused("c", "INVALID_REQUEST"), *ends("task.fail", retryable=False))
                await work(scripted, handler, on_ended=codes.told)
                self.assertEqual(["RESULT_REJECTED"], [m["error"]["code"] for m in sent(scripted, "task.fail")])
                self.assertIn("INVALID_REQUEST", logs.output[0])

    async def test_an_end_whose_lease_is_not_in_force_stays_refused(self) -> None:
        for code in ("STALE_LEASE", "NOT_FOUND", "INVALID_STATE"):
            codes = Codes()

            async def complete(task: TaskContext[Any]) -> str:
                return "done"

            with self.subTest(code):
                scripted = script(sends({"type": "task.complete", "id": "c"}), refused("c", code))
                await work(scripted, complete, on_ended=codes.told)
                await until(lambda codes=codes: bool(codes), "the end is told")
                self.assertEqual([code], codes)

    async def test_ends_do_not_count_against_the_capacity_of_the_queue(self) -> None:
        async def complete(task: TaskContext[Any]) -> str:
            return "done"

        await work(script(*ends("task.complete", result="done")), complete, queue_capacity=0)

    async def test_a_question_in_a_group_of_tasks_ends_the_attempt_as_a_question(self) -> None:
        async def one(task: TaskContext[Any]) -> None:
            async with asyncio.TaskGroup() as group:
                group.create_task(task.ask("First?", key="first"))
                group.create_task(asyncio.sleep(3600))

        async def two(task: TaskContext[Any]) -> None:
            async with asyncio.TaskGroup() as group:
                group.create_task(task.ask("First?", key="first"))
                group.create_task(task.ask("Second?", key="second"))

        for handler in (one, two):
            with self.subTest(handler.__name__):
                await work(script(*ends("task.ask", question={"text": "First?", "key": "first"})), handler)

    async def test_a_failure_in_a_group_of_tasks_keeps_its_code(self) -> None:
        async def fail(task: TaskContext[Any]) -> None:
            raise TaskFailed("NO_INK", "The pen is empty.", retryable=False)

        async def group(task: TaskContext[Any]) -> None:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail(task))

        await work(script(*ends("task.fail", error={"code": "NO_INK", "message": "The pen is empty."}, retryable=False)), group)

    async def test_lines_that_the_hub_cannot_take_at_once_precede_the_end(self) -> None:
        # Far more than a connection may be behind: they need several turns, and the end waits for them.
        async def write(task: TaskContext[Any]) -> str:
            for _ in range(1_200):
                task.log("x" * 10_000)
            return "done"

        scripted = Logged([*opening(), hub(ASSIGN), sends({"type": "task.start", **LEASE}), *ends("task.complete", result="done")])
        await work(scripted, write)
        self.assertEqual((1_200, 1), (scripted.lines, len(sent(scripted, "task.complete"))))

    async def test_a_plain_function_whose_lease_ended_while_it_waited_for_a_thread_does_not_run(self) -> None:
        second: dict[str, Any] = {**LEASE, "task": "t2"}
        begun, free = threading.Event(), threading.Event()
        ran: list[str] = []

        def block(task: TaskContext[Any]) -> str:
            ran.append(task.id)
            begun.set()
            free.wait(60)
            return "done"

        # One thread, since the worker has one slot. The hub takes the first lease back, and the handler does not notice.
        scripted = ScriptedHub([
            *opening(), hub(ASSIGN), sends({"type": "task.start", **LEASE}),
            hub({"type": "stop", **LEASE, "reason": "It lapsed."}, {**ASSIGN, **second}, {"type": "stop", **second, "reason": "It lapsed."}),
        ])  # fmt: skip
        ended_ids: list[str] = []
        worker = Worker("http://scripted", opener=scripted.open, on_ended=lambda task, ack, code: ended_ids.append(task.id))
        worker.otherwise(block)
        async with worker:
            await until(lambda: ended_ids == ["t1", "t2"], "both leases are over")
            free.set()
        self.assertEqual((["t1"], ["t1"]), (ran, [m["task"] for m in sent(scripted, "task.start")]))

    async def test_a_task_that_is_assigned_to_a_closing_worker_goes_back_at_once(self) -> None:
        ran: list[str] = []

        async def never(task: TaskContext[Any]) -> None:
            ran.append(task.id)

        scripted = ScriptedHub([
            *opening(), sends({"type": "agent.drain", "id": "d"}),
            hub(ASSIGN, {"type": "reply", "id": "d", "result": {}}), sends({"type": "task.release", "id": "e", **LEASE}), ended("pending"),
        ])  # fmt: skip
        worker = Worker("http://scripted", opener=scripted.open)
        worker.otherwise(never)
        async with worker:
            pass
        self.assertEqual(([], [], True), (ran, scripted.unexpected, scripted.finished))
