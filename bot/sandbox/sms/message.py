"""A message that a provider has taken, as the network, the desk and the tests see it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """What a provider knows of a message. Everything after SENT is final."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    EXPIRED = "expired"
    FAILED = "failed"
    REJECTED = "rejected"
    ODD = "odd"  # a code that no document has


@dataclass(slots=True)
class StoredMessage:
    """One text to one phone."""

    id: str  # the provider's; SMSC gives one id to all phones of a request
    provider: str  # "smsru" | "smsc" | "http"
    to: str  # E.164
    text: str
    sender: str
    ref: str  # the client's own id, "" where the protocol has none
    segments: int
    cost: int  # kopecks
    at: datetime  # aware, UTC
    state: State = State.QUEUED
    changed_at: datetime | None = None
    delivered_at: datetime | None = None

    @property
    def digits(self) -> str:
        """The phone as providers write it: 79161234567."""
        return self.to.removeprefix("+")

    def as_json(self) -> dict[str, Any]:
        moments = {name: moment and moment.isoformat() for name, moment in (
            ("at", self.at), ("changed_at", self.changed_at), ("delivered_at", self.delivered_at),
        )}  # fmt: skip
        return asdict(self) | moments
