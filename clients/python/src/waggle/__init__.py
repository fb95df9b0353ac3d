"""Client, observer and worker of a Waggle hub."""

from .client import Client, connect
from .context import TaskContext
from .errors import WaggleError
from .holding import CancelCause, TaskFailed, TaskRefused
from .observer import Gap, MaxRate, Observer, ObserverEvent, Record, Recovered
from .options import ConnectionState
from .requests import Reply
from .tasks import Tasks
from .types import TaskOptions
from .worker import Worker
from .worker_options import Vote

__all__ = [
    "CancelCause",
    "Client",
    "ConnectionState",
    "Gap",
    "MaxRate",
    "Observer",
    "ObserverEvent",
    "Record",
    "Recovered",
    "Reply",
    "TaskContext",
    "TaskFailed",
    "TaskOptions",
    "TaskRefused",
    "Tasks",
    "Vote",
    "WaggleError",
    "Worker",
    "connect",
]
