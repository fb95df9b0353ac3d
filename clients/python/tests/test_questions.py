from __future__ import annotations

import unittest
from typing import Any

from waggle import Client, TaskContext, TaskFailed, Worker

from .hub import TestHub, until


class QuestionTests(unittest.IsolatedAsyncioTestCase):
    hub: TestHub

    @classmethod
    def setUpClass(cls) -> None:
        cls.hub = TestHub()
        cls.addClassCleanup(cls.hub.dispose)

    async def asyncSetUp(self) -> None:
        self.client = await Client(self.hub.url).start()
        self.addAsyncCleanup(self.client.close)

    async def state_is(self, task: Any, state: str) -> None:
        async def reached() -> bool:
            return (await self.client.tasks.get(task))["state"] == state

        await until(reached, f"the task is {state}")

    async def test_a_worker_asks_with_hold_and_without_it(self) -> None:
        worker = Worker(self.hub.url, id="asker", slots=2)

        @worker.task("asking")
        async def ask(task: TaskContext[bool]) -> Any:
            answer = await task.ask("Release it?", choices=["yes", "no"], hold=task.input, checkpoint={"step": 1})
            return {"answer": answer, "checkpoint": task.checkpoint}

        @worker.task("asking-plainly")
        def ask_plainly(task: TaskContext[None]) -> Any:
            return task.wait(task.ask("Release it?", hold=True))

        async with worker:
            for kind, hold in (("asking", True), ("asking", False), ("asking-plainly", None)):
                task = await self.client.tasks.create("Ask", type=kind, input=hold)
                await self.state_is(task, "input_required")
                questions = (await self.client.questions.list(task=task["id"]))["questions"]
                await self.client.questions.answer(questions[0]["id"], "yes")
                view = await self.client.tasks.wait(task)
                if hold is None:
                    self.assertEqual("yes", view.get("result"))
                else:
                    wanted = {"answer": "yes", "checkpoint": None if hold else {"step": 1}}
                    self.assertEqual((wanted, 1 if hold else 2), (view.get("result"), view["attempt"]))

    async def test_a_checkpoint_reaches_the_next_attempt(self) -> None:
        worker = Worker(self.hub.url, id="keeper", on_error=lambda error: None)

        @worker.task("keeping")
        async def keep(task: TaskContext[None]) -> Any:
            if task.checkpoint is None:
                await task.save_checkpoint({"page": 7})
                raise TaskFailed("BROKEN", "The first attempt breaks.", retry_after=0)
            return task.checkpoint

        async with worker:
            self.assertEqual({"page": 7}, await self.client.tasks.result(await self.client.tasks.create("Keep", type="keeping")))

    async def test_a_question_that_the_hub_refuses_fails_its_task_at_once(self) -> None:
        worker = Worker(self.hub.url, id="wrong-asker")

        @worker.task("asking-wrongly")
        async def ask(task: TaskContext[None]) -> Any:
            return await task.ask("Which?", choices=["x" * 1000])

        async with worker:
            view = await self.client.tasks.wait(await self.client.tasks.create("Ask", type="asking-wrongly"))
        self.assertEqual(("failed", "QUESTION_REJECTED", 1), (view["state"], view.get("error", {}).get("code"), view["attempt"]))

    async def test_questions_without_a_key_find_their_answers_in_the_next_attempt_and_again_in_the_same_one(self) -> None:
        worker = Worker(self.hub.url, id="content-asker")

        @worker.task("asking-by-content")
        async def ask(task: TaskContext[bool]) -> Any:
            return [await task.ask(text, choices=["a", "b"], hold=task.input) for text in ("First?", "Second?", "First?")]

        async with worker:
            for hold in (True, False):
                task = await self.client.tasks.create("Ask", type="asking-by-content", input=hold)
                for text, answer in (("First?", "a"), ("Second?", "b")):
                    await self.answer(task["id"], text, answer)
                view = await self.client.tasks.wait(task)
                self.assertEqual((["a", "b", "a"], 1 if hold else 3), (view.get("result"), view["attempt"]))

    async def test_a_handler_that_catches_exceptions_does_not_catch_its_question(self) -> None:
        worker = Worker(self.hub.url, id="catcher")

        @worker.task("catching")
        async def work(task: TaskContext[None]) -> Any:
            try:
                return await task.ask("Go on?", deadline=0.2, default="by itself")
            except Exception:
                return "caught"

        async with worker:
            self.assertEqual("by itself", await self.client.tasks.result(await self.client.tasks.create("Catch", type="catching")))

    async def test_a_plain_function_that_waits_for_its_answer_is_cancelled(self) -> None:
        worker = Worker(self.hub.url, id="plain-asker")

        @worker.task("asking-in-vain")
        def ask(task: TaskContext[None]) -> Any:
            return task.wait(task.ask("Anybody?", hold=True))

        async with worker:
            task = await self.client.tasks.create("Ask", type="asking-in-vain")
            await self.state_is(task, "input_required")
            await self.client.tasks.cancel(task)
            self.assertEqual("cancelled", (await self.client.tasks.wait(task))["state"])
            again = await self.client.tasks.create("Ask", type="asking-in-vain")
            await self.state_is(again, "input_required")
            await self.client.tasks.cancel(again)

    async def answer(self, task: str, text: str, answer: str) -> None:
        found: list[str] = []

        async def asked() -> bool:
            questions = (await self.client.questions.list(task=task, state="open"))["questions"]
            found[:] = [q["id"] for q in questions if q["text"] == text]
            return bool(found)

        await until(asked, f"the task asks {text}")
        await self.client.questions.answer(found[0], answer)
