"""What can go wrong with the database.

StorageError
    StorageUnavailable   locked, read-only, full, out of reach; nothing was written, repeating can help
    Conflict             a constraint said no; carries its name or columns
    AlreadyRunning       another process serves this database file
    LeaseLost            somebody else took the job over; nothing was written
"""


class StorageError(Exception):
    """Base of all."""


class StorageUnavailable(StorageError):
    """Locked, read-only, full or out of reach. Nothing was written."""


class Conflict(StorageError):
    """A constraint said no."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


class AlreadyRunning(StorageError):
    """Another process holds the lock of this database file."""


class LeaseLost(StorageError):
    """The lease had ended and somebody else holds the job now."""
