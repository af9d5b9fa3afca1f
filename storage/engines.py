"""How the databases are reached: SQLite through one writing connection and readers, PostgreSQL through one pool.

SQLite by SQLAlchemy silently loses read-then-write updates unless every writing transaction is BEGIN IMMEDIATE.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.pool import NullPool, QueuePool

BUSY_MS = 5_000


class SecondRunner(Exception):
    """Another process runs on this SQLite file; PostgreSQL is for more than one."""


def writing_engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        return create_engine(url, pool_pre_ping=True, pool_size=4, max_overflow=8, pool_recycle=1_800)
    engine = create_engine(url, poolclass=QueuePool, pool_size=1, max_overflow=0, connect_args=_SQLITE)
    event.listen(engine, "connect", _prepare_writer)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def reading_engine(url: URL, writer: Engine) -> Engine:
    if url.get_backend_name() == "postgresql":
        return writer
    engine = create_engine(url, poolclass=QueuePool, pool_size=4, max_overflow=8, connect_args=_SQLITE)
    event.listen(engine, "connect", _prepare_reader)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def migration_engine(url: URL) -> Engine:
    """For Alembic: its own connection, gone afterwards."""
    if url.get_backend_name() == "postgresql":
        return create_engine(url, poolclass=NullPool)
    engine = create_engine(url, poolclass=NullPool, connect_args=_SQLITE)
    event.listen(engine, "connect", _prepare_writer)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


_SQLITE: dict[str, Any] = {"check_same_thread": False, "isolation_level": None, "timeout": BUSY_MS / 1000}
"""``isolation_level=None``: the driver begins nothing by itself; the hooks above do."""


def _prepare_writer(connection: sqlite3.Connection, _: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    # What is deleted is overwritten: after its end nothing of an anonymous ballot may be left in the file (SPEC 5.4).
    connection.execute("PRAGMA secure_delete=ON")


def _prepare_reader(connection: sqlite3.Connection, _: Any) -> None:
    connection.execute("PRAGMA query_only=1")


class FileLock:
    """Holds a lock file beside the database while this process runs on it; the system lets go when the process dies."""

    def __init__(self, database: Path) -> None:
        """Raises SecondRunner when another process holds it."""
        self._file = os.open(database.with_name(database.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise SecondRunner(
                f"{database} is in use by another Sidestage; stop it first, or use PostgreSQL."
            ) from None

    def release(self) -> None:
        os.close(self._file)


def parse_url(address: str) -> URL:
    """The address with the driver that is shipped. Raises ValueError for other databases."""
    url = make_url(address)
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite":
        return url
    raise ValueError("only sqlite:///… and postgresql://… are known")
