"""Stores that open at once: the empty newest database is made once a test run, and what was compiled is kept.

Bringing a fresh database to the newest version costs more than most stories; tests/storage/test_migrations.py tries it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from cryptography.fernet import Fernet
from psycopg import sql
from sqlalchemy import URL, Engine, create_engine

from storage import engines
from storage.store import SqlStore, open_store
from storage.tables import metadata


def store_at(url: str, secret: str = "") -> SqlStore:
    """The store at this address, which the caller closes; a file that is not there yet is copied."""
    file = Path(url.partition(":///")[2])
    if url.startswith("sqlite:") and not file.exists():
        sqlite_at(file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "create_engine", remembering)
        return open_store(url, secret=secret or Fernet.generate_key().decode())


@contextmanager
def opened(url: str, secret: str = "") -> Iterator[SqlStore]:
    """The store at this address, closed at the end."""
    with closing(store_at(url, secret)) as store:
        yield store


def sqlite_at(file: Path) -> str:
    """The address of an empty database of the newest version, in a file of its own."""
    file.write_bytes(migrated())
    return f"sqlite:///{file}"


def make_newest(address: str) -> None:
    """Bring an empty database to the newest version."""
    open_store(address, secret=Fernet.generate_key().decode()).close()


def empty(address: str) -> None:
    """All rows but the version's: far cheaper than a database of its own for each test."""
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        # Left open by a test that failed: it must not hold up the next one.
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        deleting = (
            sql.SQL("DELETE FROM {}").format(sql.Identifier(it.name)) for it in reversed(metadata.sorted_tables)
        )
        connection.execute(sql.SQL(";").join(deleting))


@cache
def migrated() -> bytes:
    """An empty database of the newest version."""
    with TemporaryDirectory() as folder:
        make_newest(f"sqlite:///{folder}/empty.db")
        return (Path(folder) / "empty.db").read_bytes()


_FIRST: dict[Any, Engine] = {}


def remembering(url: URL, **more: Any) -> Engine:
    """An engine that knows what those before it compiled."""
    made = create_engine(url, **more)
    first = _FIRST.setdefault((made.dialect.name, more.get("poolclass")), made)
    made.dialect, made._compiled_cache = first.dialect, first._compiled_cache
    return made
