from __future__ import annotations

import unittest
from collections.abc import Mapping
from typing import Any

from waggle.jsontext import dumps
from waggle.reports import Reports

LEASE: Any = {"task": "t1", "attempt": 1, "token": 7}


class ReportTests(unittest.TestCase):
    def setUp(self) -> None:
        self.reports = Reports(LEASE)
        self.sent: list[Mapping[str, Any]] = []

    def post(self, message: Mapping[str, Any]) -> bool:
        self.sent.append(message)
        return True

    def test_the_start_precedes_the_lines_and_they_precede_the_progress(self) -> None:
        self.reports.progress(0.5, "half")
        self.reports.log(("one", "two"))
        self.reports.start()
        self.reports.progress(0.75, None)
        self.assertTrue(self.reports.flush(self.post))
        self.assertEqual(["task.start", "task.log", "task.progress"], [m["type"] for m in self.sent])
        self.assertEqual((["one", "two"], 0.75), (self.sent[1]["lines"], self.sent[2]["progress"]))
        self.assertFalse(self.reports.waiting)

    def test_what_cannot_be_sent_is_kept(self) -> None:
        self.reports.log(("one",))
        self.assertFalse(self.reports.flush(lambda message: False))
        self.reports.log(("two",))
        self.assertTrue(self.reports.flush(self.post))
        self.assertEqual([["one", "two"]], [m["lines"] for m in self.sent])

    def test_no_message_is_longer_than_the_hub_reads(self) -> None:
        self.reports.log(("\x01" * 25_000, *("x" * 9_999 for _ in range(300)), *("" for _ in range(2_500))))
        self.assertTrue(self.reports.flush(self.post))
        self.assertEqual(3 + 300 + 2_500, sum(len(m["lines"]) for m in self.sent))
        for message in self.sent:
            self.assertLessEqual(len(message["lines"]), 1_000)
            self.assertLess(len(dumps(message)), 400_000)

    def test_the_oldest_lines_are_dropped_and_a_line_says_how_many(self) -> None:
        for n in range(10_250):
            self.reports.log((f"line {n}",))
        self.assertTrue(self.reports.flush(self.post))
        lines = [line for m in self.sent for line in m["lines"]]
        self.assertEqual(10_001, len(lines))
        self.assertIn("250 lines were dropped", lines[0])
        self.assertEqual(("line 250", "line 10249"), (lines[1], lines[-1]))

    def test_a_message_has_lines_of_one_level(self) -> None:
        self.reports.log(("one", "two"))
        self.reports.log(("three",), "warn")
        self.reports.log(("four",), "warn")
        self.assertTrue(self.reports.flush(self.post))
        self.assertEqual([(None, ["one", "two"]), ("warn", ["three", "four"])], [(m.get("level"), m["lines"]) for m in self.sent])
