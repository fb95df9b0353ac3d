from __future__ import annotations

import re
import typing
import unittest
from typing import Any

import waggle.types
from waggle import errors
from waggle.address import http_url, socket_url

from .hub import ROOT

# The name of a record of the hub, where the type has another one here.
RENAMED = {
    "AttemptView": "Attempt",
    "MemoryEntryView": "MemoryEntry",
    "SearchIndexView": "SearchIndex",
    "TaskError": "TaskFailure",
    "TopologyView": "SwarmTopology",
}
RECORD = re.compile(r"^public (?:sealed )?record (\w+)(?:\([^)]*\))?[^\n{]*\n?\{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
PROPERTY = re.compile(r"^    public .* (\w+) \{ get; init; \}", re.MULTILINE)


class ModelTests(unittest.TestCase):
    def test_a_type_has_each_field_of_the_record_of_the_hub_with_its_name(self) -> None:
        missing: list[str] = []
        compared = 0
        for file in sorted((ROOT / "src/Waggle.Protocol/Model").glob("*.cs")):
            for name, body in RECORD.findall(file.read_text(encoding="utf-8")):
                own: Any = getattr(waggle.types, RENAMED.get(str(name), str(name)), None)
                if not typing.is_typeddict(own):
                    continue
                compared += 1
                fields = {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", p).lower() for p in PROPERTY.findall(body)}
                missing += [f"{name}.{field}" for field in sorted(fields - set(own.__annotations__))]
        self.assertEqual([], missing, "src/waggle/types has no such fields: add them")
        self.assertGreater(compared, 20)

    def test_each_state_of_a_task_is_known(self) -> None:
        text = (ROOT / "src/Waggle.Protocol/Model/TaskState.cs").read_text(encoding="utf-8")
        declared = re.search(r"enum TaskState\n\{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
        assert declared
        names = re.findall(r"^    (\w+),$", declared[1], re.MULTILINE)
        states = {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in names}
        self.assertEqual(states, set(typing.get_args(waggle.types.TaskState)))

    def test_each_code_of_the_hub_has_a_class_with_its_name(self) -> None:
        page = (ROOT / "spec/errors.md").read_text(encoding="utf-8")
        codes = [code for row in re.findall(r"^\| (`[A-Z_`, ]+`) \|", page, re.MULTILINE) for code in re.findall(r"[A-Z_]+", row)]
        self.assertGreater(len(codes), 40)
        for code in codes:
            error = errors.error_of(code, "text", 2.5)
            self.assertEqual("".join(word.capitalize() for word in code.split("_")) + "Error", type(error).__name__)
            self.assertEqual((code, 2.5, f"{code}: text"), (error.code, error.retry_after, str(error)))

    def test_a_code_that_this_version_does_not_know_stays_an_error(self) -> None:
        error = errors.error_of("NEW_CODE", "text")
        self.assertEqual(("NEW_CODE", errors.WaggleError), (error.code, type(error)))

    def test_close_codes_from_4500_on_are_final(self) -> None:
        page = (ROOT / "spec/close-codes.md").read_text(encoding="utf-8")
        codes = [int(code) for code in re.findall(r"^\| (\d{4}) \|", page, re.MULTILINE)]
        self.assertGreater(len(codes), 10)
        for code in codes:
            self.assertEqual(code == 1009 or code >= 4500, errors.trouble_of(code, "").final, code)

    def test_addresses(self) -> None:
        for url, socket, http in (
            ("http://127.0.0.1:3000", "ws://127.0.0.1:3000/ws/waggle", "http://127.0.0.1:3000/"),
            ("https://example.org/waggle/", "wss://example.org/waggle/ws/waggle", "https://example.org/waggle/"),
            ("ws://[::1]:1/ws/waggle?a=b#c", "ws://[::1]:1/ws/waggle?a=b", "http://[::1]:1/"),
            ("wss://example.org/own/place", "wss://example.org/own/place", "https://example.org/"),
        ):
            self.assertEqual((socket, http), (socket_url(url), http_url(url)))
        for wrong in ("ftp://example.org", "example.org:3000", "http://", "", "http://a/b c", "http://a/\r\nX: y", "http://bücher.example"):
            with self.assertRaises(ValueError):
                socket_url(wrong)
