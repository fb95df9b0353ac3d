"""The errors of the hub (spec/errors.md) and of the client, a class for each code."""

from __future__ import annotations

from dataclasses import dataclass


class WaggleError(Exception):
    """An error of the hub, or of the connection to it. The code is stable; the message is for people.

    `retry_after` is set where the same request may succeed after that many seconds.
    """

    code: str = "INTERNAL"

    def __init__(self, message: str, *, code: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.code}: {self.args[0]}"

    @property
    def message(self) -> str:
        return str(self.args[0])

    def __init_subclass__(cls, code: str | None = None) -> None:
        super().__init_subclass__()
        if code is not None:
            cls.code = code
            _BY_CODE[code] = cls


_BY_CODE: dict[str, type[WaggleError]] = {}


def error_of(code: str, message: str, retry_after: float | None = None) -> WaggleError:
    """The error of a code; a plain `WaggleError` for one that this version does not know."""
    return _BY_CODE.get(code, WaggleError)(message, code=code, retry_after=retry_after)


# The codes of the hub.


class MalformedMessageError(WaggleError, code="MALFORMED_MESSAGE"): ...


class UnknownTypeError(WaggleError, code="UNKNOWN_TYPE"): ...


class InvalidRequestError(WaggleError, code="INVALID_REQUEST"): ...


class HelloRequiredError(WaggleError, code="HELLO_REQUIRED"): ...


class UnsupportedProtocolError(WaggleError, code="UNSUPPORTED_PROTOCOL"): ...


class NotFoundError(WaggleError, code="NOT_FOUND"): ...


class AlreadyExistsError(WaggleError, code="ALREADY_EXISTS"): ...


class InvalidStateError(WaggleError, code="INVALID_STATE"): ...


class SwarmStoppedError(WaggleError, code="SWARM_STOPPED"): ...


class StaleLeaseError(WaggleError, code="STALE_LEASE"): ...


class AgentInUseError(WaggleError, code="AGENT_IN_USE"): ...


class NotAnAgentError(WaggleError, code="NOT_AN_AGENT"): ...


class AgentNotAbleError(WaggleError, code="AGENT_NOT_ABLE"): ...


class NotLinkedError(WaggleError, code="NOT_LINKED"): ...


class AgentRemovedError(WaggleError, code="AGENT_REMOVED"): ...


class UnauthenticatedError(WaggleError, code="UNAUTHENTICATED"): ...


class ForbiddenError(WaggleError, code="FORBIDDEN"): ...


class StoreUnavailableError(WaggleError, code="STORE_UNAVAILABLE"): ...


class StoreFullError(WaggleError, code="STORE_FULL"): ...


class TooLargeError(WaggleError, code="TOO_LARGE"): ...


class BlobMissingError(WaggleError, code="BLOB_MISSING"): ...


class IdempotencyConflictError(WaggleError, code="IDEMPOTENCY_CONFLICT"): ...


class VersionConflictError(WaggleError, code="VERSION_CONFLICT"): ...


class QuotaExceededError(WaggleError, code="QUOTA_EXCEEDED"): ...


class RunActiveError(WaggleError, code="RUN_ACTIVE"): ...


class VoteClosedError(WaggleError, code="VOTE_CLOSED"): ...


class NotAnElectorError(WaggleError, code="NOT_AN_ELECTOR"): ...


class AlreadyVotedError(WaggleError, code="ALREADY_VOTED"): ...


class QuestionClosedError(WaggleError, code="QUESTION_CLOSED"): ...


class EmbedderFailedError(WaggleError, code="EMBEDDER_FAILED"): ...


class RateLimitedError(WaggleError, code="RATE_LIMITED"): ...


class NotAvailableError(WaggleError, code="NOT_AVAILABLE"): ...


class InternalError(WaggleError, code="INTERNAL"): ...


# The codes of the hub that exist over HTTP only, for example in the answer to an upgrade.


class MethodNotAllowedError(WaggleError, code="METHOD_NOT_ALLOWED"): ...


class RequestTimeoutError(WaggleError, code="REQUEST_TIMEOUT"): ...


class TooManyConnectionsError(WaggleError, code="TOO_MANY_CONNECTIONS"): ...


class HubFullError(WaggleError, code="HUB_FULL"): ...


class DrainingError(WaggleError, code="DRAINING"): ...


class UpgradeRequiredError(WaggleError, code="UPGRADE_REQUIRED"): ...


class ForbiddenAddressError(ForbiddenError, code="FORBIDDEN_ADDRESS"): ...


class ForbiddenHostError(ForbiddenError, code="FORBIDDEN_HOST"): ...


class ForbiddenOriginError(ForbiddenError, code="FORBIDDEN_ORIGIN"): ...


# The codes of the client.


class ConnectionLostError(WaggleError, code="CONNECTION_LOST"):
    """The connection broke before the answer of a request that may not be repeated."""


class ClosedError(WaggleError, code="CLOSED"):
    """The program closed the connection."""


class UnreachableError(WaggleError, code="UNREACHABLE"):
    """No hub answered at the address."""


class ReplacedError(WaggleError, code="REPLACED"):
    """A newer connection of the same agent took over."""


class QueueFullError(WaggleError, code="QUEUE_FULL"):
    """Too many requests wait for an answer."""


class TaskNotCompletedError(WaggleError, code="TASK_NOT_COMPLETED"):
    """The task ended without a result. `state` is its state; the message contains the reason that the hub has."""

    state: str = ""


class InvalidInputError(WaggleError, code="INVALID_INPUT"):
    """A `parse` function refused the input of a task."""


class ResultNotJsonError(WaggleError, code="RESULT_NOT_JSON"):
    """The result of a task has another content type than JSON: read it over HTTP."""


class ProtocolError(WaggleError, code="PROTOCOL"):
    """An answer over HTTP that is not the hub's."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a socket ended, and whether another attempt is pointless."""

    error: WaggleError
    final: bool


_NAMES = {4500: "REPLACED", 4501: "AGENT_REMOVED", 1009: "TOO_LARGE", 4503: "UNAUTHENTICATED"}


def trouble_of(code: int, reason: str, retry_after: float | None = None) -> Trouble:
    """The close codes of spec/close-codes.md: below 4500 a client reconnects."""
    text = f": {reason}" if reason else "."
    error = error_of(_NAMES.get(code, "CONNECTION_LOST"), f"The connection ended with code {code}{text}", retry_after)
    return Trouble(error, code == 1009 or code >= 4500)
