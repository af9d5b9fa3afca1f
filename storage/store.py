"""The store: transactions that fill and flush units of work, and reads beside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from core.app.ports import Needs, StorageDown
from core.app.unit_of_work import UnitOfWork
from core.domain.interactions.secret import BallotKey
from storage.engines import FileLock, migration_engine, parse_url, reading_engine, writing_engine
from storage.fill import fill
from storage.flush import flush
from storage.ledger import SqlLedger
from storage.migrate import migrate
from storage.outbox import SqlOutbox
from storage.rows import mappings
from storage.sealed import Ring
from storage.troubles import plain_errors

log = structlog.get_logger()
SCRUBBED = ("ballot", "ballot_key", "superseded", "draft")
"""Where something of an anonymous ballot can be."""


class SqlTransaction:
    """One writing transaction."""

    def __init__(self, store: SqlStore, connection: Connection, lock: str) -> None:
        self._store, self._connection, self._lock = store, connection, lock
        self.ledger = SqlLedger(connection, store.maps)

    def fill(self, work: UnitOfWork, needs: Needs) -> None:
        fill(self._connection, self._store.maps, work, needs, self._lock)

    def flush(self, work: UnitOfWork) -> None:
        flush(self._connection, self._store.maps, work)
        self._store.to_scrub |= any(isinstance(row, BallotKey) for row in work.removals())

    def commit(self) -> None:
        raw = self._connection.connection.dbapi_connection
        if self._store.sqlite and raw is not None and not raw.in_transaction:
            # A full disk rolls SQLite's whole transaction back under us; a COMMIT would then succeed with nothing.
            self._connection.invalidate()
            raise StorageDown("the transaction was rolled back by the database")
        self._connection.commit()
        if self._store.to_scrub:
            self._store.scrub(self._connection)


class SqlStore:
    """Implements :class:`core.app.ports.Store` on SQLite or PostgreSQL."""

    def __init__(self, address: str, ring: Ring) -> None:
        """Open and migrate. Raises SecondRunner, ValueError for an unknown address, StorageDown."""
        url = parse_url(address)
        self.sqlite = url.get_backend_name() == "sqlite"
        self.to_scrub = False
        """Something was deleted of which nothing may be left in the database's files."""
        self._lock = FileLock(Path(url.database)) if self.sqlite and url.database else None
        try:
            with plain_errors():
                maker = migration_engine(url)
                migrate(maker)
                maker.dispose()
        except BaseException:
            self._unlock()
            raise
        self.maps = mappings(ring)
        self.writer = writing_engine(url)
        self.reader = reading_engine(url, self.writer)
        self.outbox = SqlOutbox(self.reader, self.maps)
        if self.sqlite:
            self._free_lanes()

    @contextmanager
    def writing(self, *, alone: bool = False) -> Iterator[SqlTransaction]:
        lock = "" if self.sqlite else "update" if alone else "share"
        with plain_errors(), self.writer.connect() as connection:
            connection.begin()
            yield SqlTransaction(self, connection, lock)

    def read(self, needs: Needs) -> UnitOfWork:
        work = UnitOfWork()
        with plain_errors(), self.reader.connect() as connection:
            fill(connection, self.maps, work, needs)
        return work

    def ready(self) -> bool:
        try:
            with self.writing() as transaction:
                transaction.ledger.probe()
                transaction.commit()
        except StorageDown:
            return False
        return True

    def close(self) -> None:
        self.reader.dispose()
        self.writer.dispose()
        self._unlock()

    def scrub(self, connection: Connection) -> None:
        """Empty the journal of what was deleted; tried again with the next commit while somebody reads from it."""
        try:
            if not self.sqlite:
                with self.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as alone:
                    alone.exec_driver_sql(f"VACUUM {', '.join(SCRUBBED)}")
                self.to_scrub = False
            elif (raw := connection.connection.dbapi_connection) is not None:
                [(busy, *_)] = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                self.to_scrub = bool(busy)
        except SQLAlchemyError as trouble:
            log.warning("deleted rows are still in the journal; tried again", why=type(trouble).__name__)

    def _free_lanes(self) -> None:
        """The file's lock says that whoever held them is gone."""
        with self.writing() as transaction:
            transaction.ledger.release_all()
            transaction.commit()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def open_store(address: str, *, secret: str) -> SqlStore:
    """The store at this address; ``secret`` is the Fernet key of sealed columns, several separated by commas."""
    return SqlStore(address, Ring(*(key.strip() for key in secret.split(",") if key.strip())))
