"""JSON as it is on the wire: compact, without NaN, always valid UTF-8."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any


def dumps(value: Any) -> str:
    """The JSON text of a value; dataclasses are objects. Raises `TypeError` or `ValueError` for what JSON cannot express."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_default)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        # Half a surrogate pair has no UTF-8; escaped, the hub reads it as U+FFFD.
        text = json.dumps(value, allow_nan=False, separators=(",", ":"), default=_default)
    return text


@dataclasses.dataclass(frozen=True, slots=True)
class RawJson:
    """A JSON text that a message has as the value of a field."""

    text: str


def dumps_message(message: Mapping[str, Any]) -> str:
    """The JSON text of a message, whose fields may be `RawJson`."""
    raw = {name: value.text for name, value in message.items() if isinstance(value, RawJson)}
    if not raw:
        return dumps(message)
    plain = dumps({name: value for name, value in message.items() if name not in raw})
    return plain[:-1] + "".join(f',"{name}":{text}' for name, text in raw.items()) + "}"


def loads(text: str | bytes) -> Any:
    """The value of a JSON text. A whole number of thousands of digits, which `int` refuses, becomes a float."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return json.loads(text, parse_int=_int)


def _int(digits: str) -> int | float:
    try:
        return int(digits)
    except ValueError:
        return float(digits)


def _default(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"A {type(value).__name__} is not JSON.")
