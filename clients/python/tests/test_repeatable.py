from __future__ import annotations

import re
import unittest
from typing import Any

from waggle.repeatable import is_repeatable

from .hub import ROOT


class RepeatableTests(unittest.TestCase):
    def test_what_the_typescript_client_sends_once_this_client_sends_once(self) -> None:
        text = (ROOT / "clients/typescript/src/client.ts").read_text(encoding="utf-8")
        table = re.search(r"const Once[^=]*= new Set\(\[(.*?)\]\)", text, re.DOTALL)
        assert table
        once = re.findall(r"'([\w.]+)'", table[1])
        self.assertGreater(len(once), 10)
        self.assertEqual([], [kind for kind in once if is_repeatable({"type": kind})])

    def test_creations_need_an_idempotency_key_each(self) -> None:
        keyed, plain = {"title": "A", "idempotency_key": "a"}, {"title": "B"}
        for message, repeatable in (
            ({"type": "task.create", "tasks": [keyed, plain]}, False),
            ({"type": "task.create", "tasks": [keyed]}, True),
            ({"type": "vote.open", "proposal": {"question": "?"}}, False),
            ({"type": "vote.open", "proposal": {"question": "?", "idempotency_key": "a"}}, True),
            ({"type": "run.start", "run": {"workflow": "w"}}, False),
            ({"type": "run.start", "run": {"workflow": "w", "idempotency_key": "a"}}, True),
            ({"type": "chat.post", "conversation": "c", "content": "hello"}, False),
            ({"type": "chat.post", "conversation": "c", "content": "hello", "idempotency_key": "a"}, True),
            ({"type": "memory.put", "namespace": "n", "key": "k", "value": 1, "if_version": 3}, False),
            ({"type": "memory.put", "namespace": "n", "key": "k", "value": 1}, True),
            ({"type": "task.list"}, True),
        ):
            with self.subTest(message=message):
                self.assertEqual(repeatable, is_repeatable(message))

    def test_a_message_of_any_shape_has_an_answer(self) -> None:
        odd: list[Any] = [None, 1, "text", [1], [None], {}]
        for field in odd:
            self.assertIsInstance(is_repeatable({"type": "task.create", "tasks": field}), bool)
