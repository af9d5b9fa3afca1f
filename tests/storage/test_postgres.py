"""The private PostgreSQL itself: its databases are apart, it survives a power cut, and nothing of it stays behind."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tests.storage.postgres import MISSING, PostgreSQL, programs


@pytest.fixture
def own_postgres() -> Iterator[PostgreSQL]:
    folder = programs()
    if folder is None:
        pytest.skip(MISSING)
    server = PostgreSQL(folder, durable=True)
    yield server
    server.stop()


def execute(address: str, statement: str) -> list[object]:
    engine = sa.create_engine(address, poolclass=sa.NullPool)
    with engine.begin() as connection:
        result = connection.execute(sa.text(statement))
        return list(result.scalars()) if result.returns_rows else []


def eventually(condition: Callable[[], bool], within: float = 10.0) -> bool:
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_every_database_is_apart(postgres: PostgreSQL, postgres_url: str) -> None:
    execute(postgres_url, "CREATE TABLE mine (id int)")

    other = postgres.database()

    assert execute(other, "SELECT count(*) FROM pg_tables WHERE tablename = 'mine'") == [0]
    postgres.drop(other)


def test_a_copy_holds_what_was_prepared_once(postgres: PostgreSQL) -> None:
    prepared: list[str] = []

    def prepare(address: str) -> None:
        prepared.append(address)
        execute(address, "CREATE TABLE seeded AS SELECT 7 AS number")

    copies = [postgres.copy_of("seeded", prepare) for _ in range(2)]

    assert [execute(address, "SELECT number FROM seeded") for address in copies] == [[7], [7]]
    assert len(prepared) == 1


def test_dropping_a_database_ends_those_who_are_connected(postgres: PostgreSQL) -> None:
    address = postgres.database()
    with sa.create_engine(address, poolclass=sa.NullPool).connect() as connection:
        postgres.drop(address)
        with pytest.raises(sa.exc.OperationalError):
            connection.execute(sa.text("SELECT 1"))
        connection.invalidate()


def test_what_was_committed_survives_a_power_cut(own_postgres: PostgreSQL) -> None:
    address = own_postgres.database()
    execute(address, "CREATE TABLE kept AS SELECT 1 AS number")

    own_postgres.kill()
    with pytest.raises(sa.exc.OperationalError):
        execute(address, "SELECT 1")
    own_postgres.start()

    assert execute(address, "SELECT number FROM kept") == [1]


def test_a_frozen_server_answers_again_after_the_thaw(own_postgres: PostgreSQL) -> None:
    address = own_postgres.database()
    own_postgres.freeze()
    with pytest.raises(psycopg.errors.ConnectionTimeout):
        psycopg.connect(address.replace("+psycopg", ""), connect_timeout=2)
    own_postgres.thaw()

    assert execute(address, "SELECT 1") == [1]


def test_nothing_stays_behind_when_the_test_run_is_killed() -> None:
    folder = programs()
    if folder is None:
        pytest.skip(MISSING)
    program = (
        "import os, pathlib, signal; from tests.storage.postgres import PostgreSQL;"
        f"server = PostgreSQL(pathlib.Path({str(folder)!r}));"
        "print(server.folder, server.pid, flush=True);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    kept, server = ended.stdout.split()

    assert eventually(lambda: not Path(kept).exists() and not Path(f"/proc/{server}").exists())
