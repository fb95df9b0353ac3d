from __future__ import annotations

import unittest
from typing import Any

from waggle import Client, TaskContext, Worker

from .hub import TestHub


class ClientTests(unittest.IsolatedAsyncioTestCase):
    hub: TestHub

    @classmethod
    def setUpClass(cls) -> None:
        cls.hub = TestHub()
        cls.addClassCleanup(cls.hub.dispose)

    async def test_a_client_awaits_the_result_of_a_task_that_a_worker_completes(self) -> None:
        worker = Worker(self.hub.url, id="doubler")

        @worker.task("double")
        async def double(task: TaskContext[Any]) -> Any:
            return {"twice": 2 * task.input["n"]}

        async with worker, Client(self.hub.url) as client:
            task = await client.tasks.create("Double", type="double", input={"n": 21})
            self.assertEqual({"twice": 42}, await client.tasks.result(task))
        self.assertIsNotNone(double)
