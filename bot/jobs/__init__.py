"""Durable work, performed: what the worker takes, how fast it may send, and who owns all background tasks."""

from .nursery import Nursery, every
from .pace import pace
from .work import AWAY, BUSY, CLOSED, DONE, Outcome, Perform, Work
from .worker import BACKOFF, LEASE, Worker

__all__ = [
    "AWAY",
    "BACKOFF",
    "BUSY",
    "CLOSED",
    "DONE",
    "LEASE",
    "Nursery",
    "Outcome",
    "Perform",
    "Work",
    "Worker",
    "every",
    "pace",
]
