"""Bringing the schema up to date at start; an older program refuses a newer schema rather than guess at it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

FOLDER = Path(__file__).with_name("migrations")
ADVISORY_LOCK = 7_345_801
"""PostgreSQL: only one replica migrates at a time."""


class NewerSchema(Exception):
    """The database was made by a newer Sidestage."""


def migrate(engine: Engine, to: str = "head") -> None:
    """One transaction for all steps: a migration that is stopped half-way leaves the schema as it was."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": ADVISORY_LOCK})
        scripts = ScriptDirectory.from_config(_config(connection))
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
            raise NewerSchema(
                f"The database is at version {current}, which this Sidestage does not know. Update Sidestage."
            )
        if to == "head" and current == scripts.get_current_head():
            return
        if to == "head" or current is None or to in {it.revision for it in scripts.iterate_revisions("head", current)}:
            command.upgrade(_config(connection), to)
        else:
            command.downgrade(_config(connection), to)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config
