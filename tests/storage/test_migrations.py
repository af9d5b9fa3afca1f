"""The schema's versions: up, down and up again; an unknown one is refused; a step that fails leaves all as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from cryptography.fernet import Fernet
from sqlalchemy import Engine, inspect, select, text

from core.domain.chat import Message
from core.domain.ids import Instant, PlaceId, SessionId, VenueId
from core.domain.people import Person
from core.domain.sessions import Session
from core.domain.surfaces import Place
from storage.engines import migration_engine, parse_url
from storage.migrate import FOLDER, NewerSchema, migrate, newest
from storage.rows import mappings
from storage.sealed import Ring
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


def shape(engine: Engine) -> dict[str, tuple[set[str], list[str]]]:
    """Of every table its columns and its indexes, as the database describes them."""
    with engine.connect() as connection:
        eye = inspect(connection)
        return {
            name: (
                {f"{it['name']} {it['type']} {it['nullable']}" for it in eye.get_columns(name)},
                sorted(described(it) for it in eye.get_indexes(name)),
            )
            for name in sorted(tables(engine))
        }


def described(index: Any) -> str:
    options = [str(it) for it in index["dialect_options"].values()]
    return f"{index['name']} {index['column_names']} {bool(index['unique'])} {options}"


@pytest.mark.parametrize("step", ["0001", "0002"])
def test_down_leaves_just_what_the_older_program_made(engine: Engine, step: str) -> None:
    migrate(engine, step)
    before = shape(engine)
    migrate(engine)
    migrate(engine, step)
    assert shape(engine) == before


def test_rows_of_an_older_program_take_what_was_so_then(engine: Engine) -> None:
    migrate(engine, "0002")
    old = (
        "INSERT INTO session VALUES ('s', 'Keynote', 'live', 1, 2, 'UTC', 'text', 1, true, 0, 3, 0)",
        "INSERT INTO person VALUES ('p', 'Ann', true, true, true, 4)",
        "INSERT INTO message VALUES ('m', 's', 'r', 'a', 'p', '', 1, 2, false, 5)",
        """INSERT INTO place (id, venue, kind, session, ref, state, seen, seen_at)
           VALUES ('r', 'slack:T', 'stage', 's', 'C', 'open', '', 6)""",
    )
    with engine.begin() as connection:
        for statement in old:
            connection.execute(text(statement))
    migrate(engine)
    maps = mappings(Ring(Fernet.generate_key().decode()))
    with engine.connect() as connection:
        rows = {
            of: connection.execute(select(*(maps[of].table.c[name] for name in maps[of].names))).one()
            for of in (Session, Person, Message, Place)
        }
    fields = {of: dict(zip(maps[of].names, row, strict=True)) for of, row in rows.items()}
    assert (fields[Session]["access"], fields[Session]["like"]) == ("gated", "👍")
    assert fields[Person]["settings_at"] == 0
    assert [fields[Message][name] for name in ("reply_to", "voiced", "pinned_at")] == [None, False, None]
    assert maps[Place].row(rows[Place]) == Place(
        PlaceId("r"), VenueId("slack:T"), "stage", SessionId("s"), ref="C", state="open", seen_at=Instant(6)
    )
    migrate(engine, "0002")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM place WHERE ref = 'C'")).scalar_one() == 1
