"""Bringing the schema up to date at start; an older program refuses a newer schema rather than guess at it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

FOLDER = Path(__file__).with_name("migrations")
ADVISORY_LOCK = 7_345_801
"""PostgreSQL: only one replica migrates at a time."""


class NewerSchema(Exception):
    """The database was made by a newer Sidestage."""


def newest() -> str:
    """The last version: migrations are named ``<number>_<what>.py`` and follow one another."""
    return max(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def migrate(engine: Engine, to: str = "head") -> None:
    """One transaction for all steps: a migration that is stopped half-way leaves the schema as it was."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": ADVISORY_LOCK})
        current = _version(connection)
        if to == "head" and current == newest():
            return
        # Alembic takes 10 MB, which a bot on an up-to-date database need not carry.
        from storage.steps import walk

        if not walk(connection, current, to):
            raise NewerSchema(
                f"The database is at version {current}, which this Sidestage does not know. Update Sidestage."
            )


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
