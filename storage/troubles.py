"""The database's troubles in the words of the ports: nothing outside of the storage ever meets another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.app.ports import Conflict, StorageDown

_AGAIN = ("40001", "40P01")
"""PostgreSQL: serialization failure and deadlock; the whole transaction is tried once more (RELIABILITY 31)."""
_DOWN = ("25006", "53", "57P", "08")
"""PostgreSQL: read-only standby, no resources, shutting down, connection gone."""


@contextmanager
def plain_errors() -> Iterator[None]:
    """The database's troubles in the words of the ports."""
    try:
        yield
    except DBAPIError as trouble:
        state = getattr(trouble.orig, "sqlstate", None) or ""
        # Somebody else made the same row at the same moment.
        if state in _AGAIN or isinstance(trouble, IntegrityError):
            raise Conflict(str(trouble.orig)) from trouble
        # SQLite says plain DatabaseError, and none of its kinds, of a file that is damaged or no database at all.
        gone = isinstance(trouble, OperationalError) or type(trouble) is DatabaseError
        if gone or trouble.connection_invalidated or state.startswith(_DOWN):
            raise StorageDown(type(trouble.orig).__name__) from trouble
        raise
    except PoolTimeout as trouble:
        raise StorageDown("no connection was free") from trouble
