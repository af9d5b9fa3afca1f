"""Alembic's steps from one version of the schema to another; loaded only when there are any to take."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.migrate import FOLDER


def walk(connection: Connection, current: str | None, to: str) -> bool:
    """Take the steps on this connection; False when the current version is not known here."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
        return False
    up = to == "head" or current is None or to in {it.revision for it in scripts.iterate_revisions("head", current)}
    (command.upgrade if up else command.downgrade)(config, to)
    return True
