"""Reported usage of models, and its sums. Costs are US dollars."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class Usage(TypedDict):
    """What an attempt used so far with one model. The numbers are cumulative: each report contains those before it."""

    model: NotRequired[str]
    """The model, as its provider names it, 1 to 128 characters."""
    input_tokens: NotRequired[int]
    """All input, including the cached tokens."""
    output_tokens: NotRequired[int]
    """All output, including the tokens of reasoning."""
    cached_tokens: NotRequired[int]
    reasoning_tokens: NotRequired[int]
    cost_usd: NotRequired[float]
    cost_basis: NotRequired[Literal["reported", "priced", "mixed"]]
    """The origin of the cost, which the hub sets: the worker, the operator's prices, or both."""


class RunBudget(TypedDict):
    """The limits of a workflow run: of all its steps, and of the runs that its steps start, together."""

    tokens: NotRequired[int]
    """The limit of input and output tokens together."""
    cost_usd: NotRequired[float]
    unknown_cost: NotRequired[Literal["refuse", "allow"]]
    """What happens to an agent whose cost is unknown. Default: refuse."""


class UsageTotals(TypedDict):
    """The sum of the usage of several attempts."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    cost_usd: NotRequired[float]
    """The sum of the known costs."""
    correction_usd: NotRequired[float]
    """The part, negative, by which reports lowered costs of earlier days."""
    unknown_costs: int
    """The number of models of attempts whose cost is unknown. Their tokens are in the sums."""
