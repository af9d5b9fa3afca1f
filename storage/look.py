"""A look at the database from beside a running bot: reads only, waits for seconds at most, makes nothing."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import Connection, Engine, create_engine, exists, false, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from core.app.findings import Finding
from core.domain.surfaces import ROOMS, Place
from storage import tables
from storage.engines import parse_url
from storage.migrate import FOLDER, newest
from storage.rows import mappings
from storage.sealed import KeyLost, Ring

SECONDS = 2
SETTING = "SIDESTAGE_DATABASE_URL"
KEY = "SIDESTAGE_SECRET_KEY"


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many joined a session in this venue, where they are let into a chat that is yet to be opened."""

    session: str
    venue: str
    number: int


@dataclass(frozen=True, slots=True)
class Looked:
    """``rooms``: every adopted room of a session that is not over; ``crowds``: who waits for which doors to open."""

    findings: Sequence[Finding] = ()
    rooms: Sequence[Place] = ()
    crowds: Sequence[Crowd] = ()


def look(address: str, secret: str | None) -> Looked:
    """``secret``: the keys of sealed text, None where none was made yet."""
    url = parse_url(address)
    if url.get_backend_name() != "sqlite":
        waits = {"connect_timeout": SECONDS, "options": f"-c statement_timeout={SECONDS * 1_000}"}
        return _looked(create_engine(url, poolclass=NullPool, connect_args=waits), secret, "")
    if not url.database or url.database == ":memory:":
        return Looked()
    file = Path(url.database).absolute()
    if found := _folder(file):
        return Looked((found,))
    if not file.exists():
        return Looked()
    damage = _damage(file)
    if damage is not None:
        return Looked((damage,))
    engine = create_engine("sqlite://", poolclass=NullPool, creator=lambda: _read_only(file))
    return _looked(engine, secret, str(file))


def _folder(file: Path) -> Finding | None:
    """The journal and the lock are made beside the file, so its folder must be writable too."""
    if not file.parent.is_dir():
        return Finding(f"The database's folder {file.parent} is not there", f"make it, or change {SETTING}")
    if not os.access(file.parent, os.W_OK | os.X_OK):
        return Finding(f"The database's folder {file.parent} cannot be written to", f"allow it, or change {SETTING}")
    if file.exists() and not os.access(file, os.R_OK | os.W_OK):
        return Finding(f"The database {file} cannot be read and written", f"allow it, or change {SETTING}")
    return None


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=SECONDS, check_same_thread=False)


def _damage(file: Path) -> Finding | None:
    """What SQLite's own check finds within the time; a file too large for it is taken for whole."""
    end = time.monotonic() + SECONDS
    try:
        with closing(_read_only(file)) as connection:
            connection.set_progress_handler(lambda: int(time.monotonic() > end), 10_000)
            try:
                told = connection.execute("PRAGMA quick_check(1)").fetchone()
            except sqlite3.OperationalError as stopped:
                if stopped.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                    return None
                return Finding(f"The database {file} cannot be read ({stopped.sqlite_errorname})", "look at its rights")
    except sqlite3.Error:
        told = None
    if told == ("ok",):
        return None
    return Finding(f"The database {file} is damaged or no database", f"put a backup in its place, or change {SETTING}")


def _looked(engine: Engine, secret: str | None, file: str) -> Looked:
    name = f"The database {file}" if file else "The database"
    try:
        with engine.connect() as connection:
            found, made = _version(connection, name)
            readable = made and not found
            rooms, crowds = (_rooms(connection), _crowds(connection)) if readable else ((), ())
            found += [*_standby(connection), *(_key(connection, secret) if readable else ())]
            return Looked(found, rooms, crowds)
    except DBAPIError as trouble:
        # Only its kind is told: the library's words may repeat the address with its password.
        why = type(trouble.orig).__name__
        return Looked((Finding(f"{name} does not answer ({why})", f"start it, or look at {SETTING}"),))
    finally:
        engine.dispose()


def _version(connection: Connection, name: str) -> tuple[list[Finding], bool]:
    """(what is amiss, whether its tables are those of this program)."""
    if not _has(connection, "alembic_version"):
        return [], False
    current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if current == newest():
        return [], True
    if any((FOLDER / "versions").glob(f"{current}_*.py")):
        older = f"{name} is of an older Sidestage, so its rooms were not looked at"
        return [Finding(older, "start the bot: it brings it up to date itself", note=True)], False
    return [Finding(f"{name} is at version {current}, which this Sidestage does not know", "update Sidestage")], False


def _has(connection: Connection, table: str) -> bool:
    return connection.dialect.has_table(connection, table)


def _standby(connection: Connection) -> Sequence[Finding]:
    if connection.dialect.name != "postgresql":
        return ()
    if connection.execute(text("SHOW transaction_read_only")).scalar() == "off":
        return ()
    return (Finding("The database takes no writes", f"let {SETTING} name the primary server, not a standby"),)


def _rooms(connection: Connection) -> Sequence[Place]:
    mapped = mappings(Ring(Fernet.generate_key().decode()))[Place]
    place, session = tables.place.c, tables.session.c
    query = (
        select(*(place[name] for name in mapped.names))
        .join(tables.session, session.id == place.session)
        .where(place.kind.in_((*ROOMS, "voice")), place.ref.is_not(None), place.state != "released")
        .where(session.state.not_in(("ended", "archived")))
        .order_by(place.id)
    )
    return [mapped.row(tuple(found)) for found in connection.execute(query)]


def _crowds(connection: Connection) -> Sequence[Crowd]:
    """Of announced sessions whose chat is for those who join, but where a channel that all may read was chosen."""
    session, held, seat, member, place = (
        it.c for it in (tables.session, tables.held, tables.seat, tables.member, tables.place)
    )
    readable = exists().where(
        place.session == session.id,
        place.venue == held.venue,
        place.kind == "stage",
        place.state == "open",
        place.private == false(),
    )
    agreed = (
        select(func.count(seat.person.distinct()))
        .join(tables.member, (member.session == seat.session) & (member.person == seat.person))
        .where(seat.session == session.id, seat.venue == held.venue, member.consented_at.is_not(None))
        .scalar_subquery()
    )
    query = (
        select(session.name, held.venue, agreed)
        .join(tables.held, held.session == session.id)
        .where(session.state == "announced", session.access == "gated", ~readable)
        .order_by(session.starts_at, session.id, held.venue)
    )
    return [Crowd(*found) for found in connection.execute(query)]


def _key(connection: Connection, secret: str | None) -> Sequence[Finding]:
    """Whether a sealed text can be opened."""
    sealed = connection.execute(select(tables.message.c.body).limit(1)).scalar()
    if sealed is None:
        return ()
    if secret is None:
        return (Finding("The key of the stored text is missing", f"put sidestage.key back, or set {KEY}"),)
    try:
        Ring(*(key.strip() for key in secret.split(",") if key.strip())).open(sealed)
    except KeyLost:
        return (Finding("The stored text was sealed with another key", f"put the old key back, last in {KEY}"),)
    except ValueError:
        return (Finding("The key of the stored text is no Fernet key", f"put sidestage.key back, or set {KEY}"),)
    return ()
