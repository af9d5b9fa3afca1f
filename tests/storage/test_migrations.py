"""The schema's versions: up, down and up again; an unknown one is refused; a step that fails leaves all as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from storage.engines import migration_engine, parse_url
from storage.migrate import FOLDER, NewerSchema, migrate, newest
from storage.tables import metadata


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        made = migration_engine(parse_url(f"sqlite:///{tmp_path / 'test.db'}"))
    else:
        made = migration_engine(parse_url(request.getfixturevalue("postgres_url")))
    yield made
    made.dispose()


def tables(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_the_newest_version_is_the_one_that_the_steps_end_at() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert newest() == ScriptDirectory.from_config(config).get_current_head()


def test_up_makes_just_what_the_program_expects(engine: Engine) -> None:
    migrate(engine)
    assert tables(engine) == set(metadata.tables)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    assert differences == []


def test_up_down_and_up_again(engine: Engine) -> None:
    migrate(engine)
    migrate(engine, "0001")
    migrate(engine)
    assert tables(engine) == set(metadata.tables)
    migrate(engine)


def test_a_newer_schema_is_refused_and_left_alone(engine: Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerSchema, match=r"9999.*Update Sidestage"):
        migrate(engine)
    assert tables(engine) == set(metadata.tables)


def test_a_step_that_fails_half_way_leaves_the_schema_as_it_was(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(engine, "0001")
    before = tables(engine)
    upgrade = command.upgrade

    def fails(*arguments: object) -> None:
        upgrade(*arguments)  # type: ignore[arg-type]
        raise RuntimeError("the power went")

    monkeypatch.setattr(command, "upgrade", fails)
    with pytest.raises(RuntimeError):
        migrate(engine)
    assert tables(engine) == before
    monkeypatch.undo()
    migrate(engine)
    assert tables(engine) == set(metadata.tables)
